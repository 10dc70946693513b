//! The classes `Hash` and `Hmac`, and `crypto.hash()`. Instances are native objects; what makes them streams is in
//! `lazy_stream`, and loads when an instance is first used as one.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace, js_string,
    object::builtins::JsFunction, property::Attribute,
};

use super::{
    algorithm::{Algorithm, Hasher},
    errors::{finalized, illegal_invocation, invalid_digest, openssl, plain},
    input::{self, Input},
    keys, lazy_stream,
};
use crate::{
    engine::native::{self, METHOD, Natives},
    node::{
        buffer::{self, Encoding},
        errors,
    },
};

/// Which class an instance is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Hash,
    Hmac,
}

/// The native half of an instance.
#[derive(Trace, Finalize, JsData)]
pub struct Running {
    #[unsafe_ignore_trace]
    kind: Kind,
    #[unsafe_ignore_trace]
    algorithm: Algorithm,
    #[unsafe_ignore_trace]
    length: usize,
    /// Whether `digest()` was called.
    #[unsafe_ignore_trace]
    finalized: Cell<bool>,
    /// `None` once the digest has been made.
    #[unsafe_ignore_trace]
    hasher: RefCell<Option<Box<dyn Hasher>>>,
    /// The digest, for those who take it after the stream did.
    #[unsafe_ignore_trace]
    digest: RefCell<Option<Vec<u8>>>,
}

/// The two classes of a runtime.
pub struct Classes {
    /// `crypto.Hash`.
    pub hash: JsFunction,
    hash_prototype: JsObject,
    /// `crypto.Hmac`.
    pub hmac: JsFunction,
    hmac_prototype: JsObject,
}

/// The classes of the context's runtime; made when they are first asked for.
pub fn classes(context: &mut Context) -> JsResult<Rc<Classes>> {
    if let Some(classes) = context.get_data::<Rc<Classes>>() {
        return Ok(classes.clone());
    }
    let stream = lazy_stream::prototype(context)?;
    let (hash, hash_prototype) = class("Hash", 2, construct_hash, &stream, context);
    let (hmac, hmac_prototype) = class("Hmac", 3, construct_hmac, &stream, context);
    drop(
        Natives::on(hash_prototype.clone(), context)
            .attributes(Attribute::all())
            .function("copy", 1, copy),
    );
    for prototype in [&hash_prototype, &hmac_prototype] {
        drop(
            Natives::on(prototype.clone(), context)
                .attributes(Attribute::all())
                .function("_transform", 3, transform)
                .function("_flush", 1, flush)
                .function("update", 2, update)
                .function("digest", 1, digest),
        );
    }
    let classes = Rc::new(Classes {
        hash,
        hash_prototype,
        hmac,
        hmac_prototype,
    });
    context.insert_data(classes.clone());
    Ok(classes)
}

fn class(
    name: &str,
    length: usize,
    construct: boa_engine::native_function::NativeFunctionPointer,
    parent: &JsObject,
    context: &mut Context,
) -> (JsFunction, JsObject) {
    let constructor = native::constructor(context, name, length, construct);
    let prototype = JsObject::from_proto_and_data(
        Some(parent.clone()),
        boa_engine::builtins::object::OrdinaryObject,
    );
    prototype.insert_property(
        js_string!("constructor"),
        native::property(constructor.clone(), METHOD),
    );
    constructor.insert_property(
        js_string!("prototype"),
        native::property(prototype.clone(), Attribute::WRITABLE),
    );
    (constructor, prototype)
}

impl Running {
    fn new(kind: Kind, algorithm: Algorithm, length: usize, hasher: Box<dyn Hasher>) -> Self {
        Self {
            kind,
            algorithm,
            length,
            finalized: Cell::new(false),
            hasher: RefCell::new(Some(hasher)),
            digest: RefCell::new(None),
        }
    }

    /// Takes input; `false` once the digest has been taken.
    fn update(&self, input: &Input) -> bool {
        match self.hasher.borrow_mut().as_mut() {
            Some(hasher) => {
                input.read(|bytes| hasher.update(bytes));
                true
            }
            None => false,
        }
    }

    /// The digest, computed once.
    fn digest(&self) -> Vec<u8> {
        if let Some(hasher) = self.hasher.borrow_mut().take() {
            *self.digest.borrow_mut() = Some(hasher.finish(self.length));
        }
        self.digest.borrow().clone().unwrap_or_default()
    }
}

fn make(running: Running, new_target: &JsValue, context: &mut Context) -> JsResult<JsValue> {
    let classes = classes(context)?;
    let default = match running.kind {
        Kind::Hash => classes.hash_prototype.clone(),
        Kind::Hmac => classes.hmac_prototype.clone(),
    };
    let prototype = match new_target.as_object() {
        Some(target) => target
            .get(js_string!("prototype"), context)?
            .as_object()
            .unwrap_or(default),
        None => default,
    };
    let object = JsObject::new(context.root_shape(), prototype, running);
    Ok(object.upcast().into())
}

/// `options.outputLength`, of the range of 32 bits.
fn output_length(options: &JsValue, context: &mut Context) -> JsResult<Option<usize>> {
    let value = input::option(options, "outputLength", context)?;
    if value.is_undefined() {
        return Ok(None);
    }
    let name = "options.outputLength";
    crate::node::arguments::integer(&value, name, 0.0, f64::from(u32::MAX), context)
        .map(|length| Some(length as usize))
}

/// `crypto.createHash(algorithm[, options])`
pub fn create_hash(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    construct_hash(&JsValue::undefined(), args, context)
}

fn construct_hash(
    new_target: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let name = crate::node::arguments::string(args.get_or_undefined(0), "algorithm", context)?;
    let length = output_length(args.get_or_undefined(1), context)?;
    let algorithm = supported(&name, context)?;
    let length = checked_length(algorithm, length, context)?;
    let running = Running::new(Kind::Hash, algorithm, length, algorithm.hasher());
    make(running, new_target, context)
}

/// A digest by name, or OpenSSL's error.
fn supported(name: &JsString, context: &mut Context) -> JsResult<Algorithm> {
    let text = name.to_std_string_lossy();
    Algorithm::parse(&text).ok_or_else(|| {
        // Those that OpenSSL knows, and has in a provider that isn't loaded.
        const LEGACY: &[&str] = &[
            "md4",
            "rsa-md4",
            "md4withrsaencryption",
            "mdc2",
            "whirlpool",
        ];
        if LEGACY.contains(&text.to_ascii_lowercase().as_str()) {
            let library = "digital envelope routines";
            return openssl("0308010C", library, "unsupported", context);
        }
        plain("Digest method not supported", context)
    })
}

fn checked_length(
    algorithm: Algorithm,
    length: Option<usize>,
    context: &mut Context,
) -> JsResult<usize> {
    let usual = algorithm.output_length();
    match length {
        Some(length) if length != usual && !algorithm.is_extendable() => Err(openssl(
            "030000B2",
            "digital envelope routines",
            "not XOF or invalid length",
            context,
        )),
        Some(length) => Ok(length),
        None => Ok(usual),
    }
}

/// `crypto.createHmac(algorithm, key[, options])`
pub fn create_hmac(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    construct_hmac(&JsValue::undefined(), args, context)
}

fn construct_hmac(
    new_target: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let name = crate::node::arguments::string(args.get_or_undefined(0), "hmac", context)?;
    let encoding = input::option(args.get_or_undefined(2), "encoding", context)?;
    let key = args.get_or_undefined(1);
    let key = match key.as_string() {
        Some(text) => Encoding::of(&encoding)
            .unwrap_or_default()
            .encode(text.as_str()),
        None => keyed_bytes(key, context).ok_or_else(|| {
            let expected = [
                "string",
                "ArrayBuffer",
                "Buffer",
                "TypedArray",
                "DataView",
                "KeyObject",
                "CryptoKey",
            ];
            errors::invalid_arg_type("key", &expected, key, context)
        })?,
    };
    let Some(algorithm) = Algorithm::parse(&name.to_std_string_lossy()) else {
        return Err(invalid_digest(&name, context));
    };
    let Some(mac) = algorithm.mac(&key) else {
        return Err(plain("error:00000000:lib(0)::reason(0)", context));
    };
    let running = Running::new(Kind::Hmac, algorithm, algorithm.output_length(), mac);
    make(running, new_target, context)
}

fn keyed_bytes(key: &JsValue, context: &mut Context) -> Option<Vec<u8>> {
    keys::bytes(key).or_else(|| buffer::bytes_of(key, context))
}

/// Runs `f` with the native half of `this`.
fn with_running<R>(
    this: &JsValue,
    context: &mut Context,
    f: impl FnOnce(&Running) -> R,
) -> JsResult<R> {
    if let Some(object) = this.as_object()
        && let Some(running) = object.downcast_ref::<Running>()
    {
        return Ok(f(&running));
    }
    Err(illegal_invocation(context))
}

fn update(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if with_running(this, context, |running| running.finalized.get())? {
        return Err(finalized(context));
    }
    let (data, encoding) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let input = Input::of(data, encoding, "data", context)?;
    if !with_running(this, context, |running| running.update(&input))? {
        return Err(errors::node_error(
            "ERR_CRYPTO_HASH_UPDATE_FAILED",
            &[],
            context,
        ));
    }
    Ok(this.clone())
}

fn digest(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let taken = with_running(this, context, |running| {
        (running.kind, running.finalized.get())
    })?;
    match taken {
        (Kind::Hash, true) => return Err(finalized(context)),
        // Node gives nothing then, and doesn't complain.
        (Kind::Hmac, true) => return output(&[], args.get_or_undefined(0), context),
        (_, false) => {}
    }
    let encoding = args.get_or_undefined(0);
    // What names an encoding may be an object with a conversion, which runs before anything is done.
    let encoding: JsValue = match encoding {
        value if value.is_object() || value.is_symbol() => value.to_string(context)?.into(),
        value => value.clone(),
    };
    let bytes = with_running(this, context, |running| {
        running.finalized.set(true);
        running.digest()
    })?;
    output(&bytes, &encoding, context)
}

/// Bytes as text in an encoding, or as a Buffer where none is named.
fn output(bytes: &[u8], encoding: &JsValue, context: &mut Context) -> JsResult<JsValue> {
    match Encoding::of(encoding) {
        Some(encoding) => Ok(encoding.decode(bytes).into()),
        None => buffer::from_slice_pooled(bytes, context).map(JsValue::from),
    }
}

fn copy(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (algorithm, hasher) = with_running(this, context, |running| {
        let hasher = running.hasher.borrow();
        let hasher = hasher.as_ref().filter(|_| !running.finalized.get());
        (running.algorithm, hasher.map(|hasher| hasher.copy()))
    })?;
    let Some(hasher) = hasher else {
        return Err(finalized(context));
    };
    let length = output_length(args.get_or_undefined(0), context)?;
    let length = checked_length(algorithm, length, context)?;
    let running = Running::new(Kind::Hash, algorithm, length, hasher);
    make(running, &JsValue::undefined(), context)
}

/// `_transform(chunk, encoding, callback)`
fn transform(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (data, encoding) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let input = Input::of(data, encoding, "data", context)?;
    if !with_running(this, context, |running| running.update(&input))? {
        return Err(finalized(context));
    }
    match args.get_or_undefined(2).as_callable() {
        Some(callback) => callback.call(&JsValue::undefined(), &[], context),
        None => Ok(JsValue::undefined()),
    }
}

/// `_flush(callback)`
fn flush(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let bytes = with_running(this, context, Running::digest)?;
    let bytes = buffer::from_slice(&bytes, context)?;
    if let Some(object) = this.as_object() {
        let push = object.get(js_string!("push"), context)?;
        if let Some(push) = push.as_callable() {
            push.call(this, &[bytes.into()], context)?;
        }
    }
    match args.get_or_undefined(0).as_callable() {
        Some(callback) => callback.call(&JsValue::undefined(), &[], context),
        None => Ok(JsValue::undefined()),
    }
}

/// `crypto.hash(algorithm, data[, options])`
pub fn hash(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = crate::node::arguments::string(args.get_or_undefined(0), "algorithm", context)?;
    let data = args.get_or_undefined(1);
    let input = match data.as_string() {
        Some(text) => Input::Text(text, Encoding::Utf8),
        None => Input::of(data, &JsValue::undefined(), "input", context)?,
    };
    let options = args.get_or_undefined(2);
    let mut encoding: JsValue = js_string!("hex").into();
    let mut length = None;
    if options.is_string() {
        encoding = options.clone();
    } else if !options.is_undefined() {
        let object = crate::node::arguments::object(options, "options", context)?;
        length = output_length(options, context)?;
        let chosen = object.get(js_string!("outputEncoding"), context)?;
        if !chosen.is_undefined() {
            encoding = chosen;
        }
    }
    let text = crate::node::arguments::string(&encoding, "outputEncoding", context)?;
    let encoding_used = Encoding::of(&encoding);
    if encoding_used.is_none() && !text.to_std_string_lossy().eq_ignore_ascii_case("buffer") {
        return Err(errors::invalid_arg_value(
            "outputEncoding",
            &encoding,
            "",
            context,
        ));
    }
    let name = name.to_std_string_lossy();
    let Some(algorithm) = Algorithm::parse(&name) else {
        let message = format!("Digest method {name} is not supported");
        return Err(plain(&message, context));
    };
    let usual = algorithm.output_length();
    let length = length.unwrap_or(usual);
    if length != usual && !algorithm.is_extendable() {
        let message =
            format!("Output length {length} is invalid for {name}, which does not support XOF");
        return Err(plain(&message, context));
    }
    let mut hasher = algorithm.hasher();
    input.read(|bytes| hasher.update(bytes));
    output(&hasher.finish(length), &encoding, context)
}
