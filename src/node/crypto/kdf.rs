//! Keys from passwords and from other keys: `pbkdf2`, `scrypt`, `hkdf`. The forms with a callback work on the pool.
//!
//! The order of the checks is Node's: first the arguments, then the digest, then what the derivation itself refuses.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue,
    object::builtins::{AlignedVec, JsArrayBuffer},
};

use super::{
    algorithm::Algorithm,
    errors::{invalid_digest, plain},
    input::{self, option, secret_argument},
    keys,
};
use crate::{
    node::{arguments, buffer, errors},
    runtime::{
        State,
        pool::{self, Class},
    },
};

const MOST: f64 = i32::MAX as f64;

/// Why a derivation failed.
enum Failure {
    /// OpenSSL's text, or Node's.
    Text(&'static str),
    /// `ERR_CRYPTO_INVALID_SCRYPT_PARAMS`
    Scrypt,
}

impl Failure {
    fn error(&self, context: &mut Context) -> boa_engine::JsError {
        match self {
            Self::Text(text) => plain(text, context),
            Self::Scrypt => errors::node_error("ERR_CRYPTO_INVALID_SCRYPT_PARAMS", &[], context),
        }
    }
}

const DERIVING: Failure = Failure::Text("Deriving bits failed");
const EXTENDABLE: Failure =
    Failure::Text("error:1C8000B7:Provider routines::xof digests not allowed");

type Derived = Result<AlignedVec<u8>, Failure>;
type Wrap = fn(AlignedVec<u8>, &mut Context) -> JsResult<JsObject>;

fn zeroed(length: usize) -> AlignedVec<u8> {
    AlignedVec::from_iter(0, std::iter::repeat_n(0, length))
}

/// Hands a derived key out: at once, or to a callback when the pool has made it. `kind` is what hooks of `async_hooks` are told.
fn derive(
    kind: &'static str,
    work: impl FnOnce() -> Derived + Send + 'static,
    wrap: Wrap,
    callback: Option<JsObject>,
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(callback) = callback else {
        return match work() {
            Ok(key) => wrap(key, context).map(JsValue::from),
            Err(failure) => Err(failure.error(context)),
        };
    };
    pool::submit_as(Class::Cpu, kind, context, work, move |result, context| {
        let args = match result {
            Ok(Ok(key)) => [JsValue::null(), wrap(key, context)?.into()],
            Ok(Err(failure)) => {
                let error = failure.error(context).into_opaque(context)?;
                [error, JsValue::undefined()]
            }
            Err(error) => {
                let error = plain(&error.to_string(), context).into_opaque(context)?;
                [error, JsValue::undefined()]
            }
        };
        let args = if args[0].is_null() {
            &args[..]
        } else {
            &args[..1]
        };
        callback.call(&JsValue::undefined(), args, context)?;
        Ok(())
    });
    Ok(JsValue::undefined())
}

fn array_buffer(key: AlignedVec<u8>, context: &mut Context) -> JsResult<JsObject> {
    State::of(context).memory.allocated(key.len());
    JsArrayBuffer::from_byte_block(key, context).map(JsObject::from)
}

/// `crypto.pbkdf2(password, salt, iterations, keylen, digest, callback)`
pub fn pbkdf2(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    // A digest left out moves the callback; its absence is reported as that of the digest.
    let (digest, callback) = match args.get_or_undefined(4) {
        value if value.is_callable() => (JsValue::undefined(), value),
        value => (value.clone(), args.get_or_undefined(5)),
    };
    let given = [0, 1, 2, 3].map(|at| args.get_or_undefined(at).clone());
    let job = check_pbkdf2(&given, &digest, context)?;
    let callback = input::callback(callback, context)?;
    let job = with_digest(job, &digest, context)?;
    derive(
        "PBKDF2REQUEST",
        job,
        buffer::from_aligned,
        Some(callback),
        context,
    )
}

/// `crypto.pbkdf2Sync(password, salt, iterations, keylen, digest)`
pub fn pbkdf2_sync(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let given = [0, 1, 2, 3].map(|at| args.get_or_undefined(at).clone());
    let digest = args.get_or_undefined(4);
    let job = check_pbkdf2(&given, digest, context)?;
    let job = with_digest(job, digest, context)?;
    derive("PBKDF2REQUEST", job, buffer::from_aligned, None, context)
}

struct Pbkdf2 {
    password: Vec<u8>,
    salt: Vec<u8>,
    rounds: u32,
    length: usize,
}

fn check_pbkdf2(args: &[JsValue; 4], digest: &JsValue, context: &mut Context) -> JsResult<Pbkdf2> {
    arguments::string(digest, "digest", context)?;
    let password = secret_argument(&args[0], "password", context)?;
    let salt = secret_argument(&args[1], "salt", context)?;
    let rounds = arguments::integer(&args[2], "iterations", 1.0, MOST, context)? as u32;
    let length = arguments::integer(&args[3], "keylen", 0.0, MOST, context)? as usize;
    Ok(Pbkdf2 {
        password,
        salt,
        rounds,
        length,
    })
}

fn with_digest(
    job: Pbkdf2,
    digest: &JsValue,
    context: &mut Context,
) -> JsResult<impl FnOnce() -> Derived + Send + 'static> {
    let algorithm = algorithm(digest, context)?;
    Ok(move || {
        if algorithm.is_extendable() {
            return Err(EXTENDABLE);
        }
        if job.length == 0 {
            return Err(DERIVING);
        }
        let mut key = zeroed(job.length);
        algorithm.pbkdf2(&job.password, &job.salt, job.rounds, &mut key);
        Ok(key)
    })
}

fn algorithm(digest: &JsValue, context: &mut Context) -> JsResult<Algorithm> {
    let name = digest.to_string(context)?;
    Algorithm::parse(&name.to_std_string_lossy()).ok_or_else(|| invalid_digest(&name, context))
}

/// `crypto.scrypt(password, salt, keylen[, options], callback)`
pub fn scrypt(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (options, callback) = match args.get_or_undefined(3) {
        value if args.get_or_undefined(4).is_undefined() => (JsValue::undefined(), value),
        value => (value.clone(), args.get_or_undefined(4)),
    };
    let job = check_scrypt(args, &options, context)?;
    let callback = input::callback(callback, context)?;
    check_cost(&job, context)?;
    derive(
        "SCRYPTREQUEST",
        move || job.run(),
        buffer::from_aligned,
        Some(callback),
        context,
    )
}

/// `crypto.scryptSync(password, salt, keylen[, options])`
pub fn scrypt_sync(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let job = check_scrypt(args, args.get_or_undefined(3), context)?;
    check_cost(&job, context)?;
    derive(
        "SCRYPTREQUEST",
        move || job.run(),
        buffer::from_aligned,
        None,
        context,
    )
}

struct Scrypt {
    password: Vec<u8>,
    salt: Vec<u8>,
    length: usize,
    cost: u32,
    block_size: u32,
    parallelization: u32,
    maxmem: f64,
}

fn check_scrypt(args: &[JsValue], options: &JsValue, context: &mut Context) -> JsResult<Scrypt> {
    let password = secret_argument(args.get_or_undefined(0), "password", context)?;
    let salt = secret_argument(args.get_or_undefined(1), "salt", context)?;
    let length = arguments::integer(args.get_or_undefined(2), "keylen", 0.0, MOST, context)?;
    let mut job = Scrypt {
        password,
        salt,
        length: length as usize,
        cost: 16384,
        block_size: 8,
        parallelization: 1,
        maxmem: 32.0 * 1024.0 * 1024.0,
    };
    if !options.is_object() {
        return Ok(job);
    }
    let names = [
        ("N", "cost", &mut job.cost),
        ("r", "blockSize", &mut job.block_size),
        ("p", "parallelization", &mut job.parallelization),
    ];
    for (short, long, field) in names {
        let has_short = number(options, short, field, context)?;
        let value = option(options, long, context)?;
        if has_short && !value.is_undefined() {
            let names = [JsString::from(short).into(), JsString::from(long).into()];
            let code = "ERR_INCOMPATIBLE_OPTION_PAIR";
            return Err(errors::node_error(code, &names, context));
        }
        number(options, long, field, context)?;
    }
    let maxmem = option(options, "maxmem", context)?;
    if !maxmem.is_undefined() {
        const SAFE: f64 = 9_007_199_254_740_991.0;
        job.maxmem = arguments::integer(&maxmem, "maxmem", 0.0, SAFE, context)?;
    }
    // 0 stands for what is usual.
    for (field, usual) in [
        (&mut job.cost, 16384),
        (&mut job.block_size, 8),
        (&mut job.parallelization, 1),
    ] {
        if *field == 0 {
            *field = usual;
        }
    }
    if job.maxmem == 0.0 {
        job.maxmem = 32.0 * 1024.0 * 1024.0;
    }
    Ok(job)
}

fn number(options: &JsValue, name: &str, field: &mut u32, context: &mut Context) -> JsResult<bool> {
    let value = option(options, name, context)?;
    if value.is_undefined() {
        return Ok(false);
    }
    *field = arguments::integer(&value, name, 0.0, f64::from(u32::MAX), context)? as u32;
    Ok(true)
}

/// What OpenSSL refuses: a cost that is no power of two or too high for the block size, and more memory than allowed.
fn check_cost(job: &Scrypt, context: &mut Context) -> JsResult<()> {
    let (cost, block_size) = (u64::from(job.cost), u64::from(job.block_size));
    let parallelization = u64::from(job.parallelization);
    let is_power = cost.is_power_of_two() && cost >= 2;
    let within = 16 * block_size > u64::from(cost.ilog2().min(63)) || cost == 0;
    let product = block_size.saturating_mul(parallelization) < 1 << 30;
    if !is_power {
        return Err(Failure::Scrypt.error(context));
    }
    let memory = 128.0 * (cost as f64 + parallelization as f64 + 2.0) * block_size as f64;
    if !within || !product || memory > job.maxmem {
        let text = "Invalid scrypt params: error:030000AC:digital envelope routines::memory limit exceeded";
        let base = errors::Base::Range;
        return Err(errors::coded(
            "ERR_CRYPTO_INVALID_SCRYPT_PARAMS",
            base,
            text,
            context,
        ));
    }
    Ok(())
}

impl Scrypt {
    fn run(&self) -> Derived {
        if self.length == 0 {
            return Ok(zeroed(0));
        }
        let log_n = self.cost.ilog2() as u8;
        let params = scrypt::Params::new(log_n, self.block_size, self.parallelization)
            .map_err(|_| Failure::Scrypt)?;
        let mut key = zeroed(self.length);
        scrypt::scrypt(&self.password, &self.salt, &params, &mut key).map_err(|_| DERIVING)?;
        Ok(key)
    }
}

/// `crypto.hkdf(digest, ikm, salt, info, keylen, callback)`
pub fn hkdf(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let job = check_hkdf(args, context)?;
    let callback = input::callback(args.get_or_undefined(5), context)?;
    let job = hkdf_job(job, args.get_or_undefined(0), context)?;
    derive(
        "DERIVEBITSREQUEST",
        job,
        array_buffer,
        Some(callback),
        context,
    )
}

/// `crypto.hkdfSync(digest, ikm, salt, info, keylen)`
pub fn hkdf_sync(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let job = check_hkdf(args, context)?;
    let job = hkdf_job(job, args.get_or_undefined(0), context)?;
    derive("DERIVEBITSREQUEST", job, array_buffer, None, context)
}

struct Hkdf {
    key: Vec<u8>,
    salt: Vec<u8>,
    info: Vec<u8>,
    length: usize,
}

fn check_hkdf(args: &[JsValue], context: &mut Context) -> JsResult<Hkdf> {
    arguments::string(args.get_or_undefined(0), "digest", context)?;
    let key = args.get_or_undefined(1);
    let Some(key) = keys::bytes(key).or_else(|| input::secret(key, context)) else {
        let expected = [
            "string",
            "SecretKeyObject",
            "ArrayBuffer",
            "TypedArray",
            "DataView",
            "Buffer",
        ];
        return Err(errors::invalid_arg_type("ikm", &expected, key, context));
    };
    let mut part = |at: usize, name: &str| {
        let value = args.get_or_undefined(at);
        input::secret(value, context).ok_or_else(|| {
            let expected = ["string", "ArrayBuffer", "TypedArray", "DataView", "Buffer"];
            errors::invalid_arg_type(name, &expected, value, context)
        })
    };
    let (salt, info) = (part(2, "salt")?, part(3, "info")?);
    let length = args.get_or_undefined(4);
    let length = arguments::integer(length, "length", 0.0, 9_007_199_254_740_991.0, context)?;
    if info.len() > 1024 {
        let received = JsValue::from(info.len());
        let range = "must not contain more than 1024 bytes";
        return Err(errors::out_of_range("info", range, &received, context));
    }
    Ok(Hkdf {
        key,
        salt,
        info,
        length: length as usize,
    })
}

fn hkdf_job(
    job: Hkdf,
    digest: &JsValue,
    context: &mut Context,
) -> JsResult<impl FnOnce() -> Derived + Send + 'static> {
    let algorithm = algorithm(digest, context)?;
    if job.length > 255 * algorithm.output_length() {
        return Err(errors::node_error(
            "ERR_CRYPTO_INVALID_KEYLEN",
            &[],
            context,
        ));
    }
    Ok(move || {
        if algorithm.is_extendable() {
            return Err(EXTENDABLE);
        }
        if job.length == 0 {
            return Err(DERIVING);
        }
        expand(algorithm, &job).ok_or(EXTENDABLE)
    })
}

/// RFC 5869: extract, then expand.
fn expand(algorithm: Algorithm, job: &Hkdf) -> Option<AlignedVec<u8>> {
    let mut extract = algorithm.mac(&job.salt)?;
    extract.update(&job.key);
    let secret = extract.finish(0);
    let keyed = algorithm.mac(&secret)?;
    let mut key = zeroed(job.length);
    let mut block: Vec<u8> = Vec::new();
    for (counter, chunk) in key.chunks_mut(algorithm.output_length()).enumerate() {
        let mut mac = keyed.copy();
        mac.update(&block);
        mac.update(&job.info);
        // At most 255 blocks by the check of the length.
        mac.update(&[counter as u8 + 1]);
        block = mac.finish(0);
        chunk.copy_from_slice(&block[..chunk.len()]);
    }
    Some(key)
}
