//! The intrinsics as they were before user code ran, for internal script.
//!
//! A script half names what it needs in one statement, `const { ArrayPrototypePush, ObjectKeys } = primordials;`. The
//! loader reads that statement and puts exactly those names on the object, so that what nobody asks for costs nothing:
//! at start only the property tables of the intrinsics are noted.
//!
//! Names: `<Ctor>` the constructor, `<Ctor><Static>` a static, `<Ctor>Prototype` the prototype, `<Ctor>Prototype<Method>` the
//! method with `this` as its first argument, `<Ctor>PrototypeGet<Name>` a getter likewise; `Safe<Map|Set|WeakMap|WeakSet>` a
//! subclass whose methods nobody can patch.

use std::cell::RefCell;

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue, NativeFunction,
    Script, Source, js_string,
    object::FunctionObjectBuilder,
    property::{PropertyDescriptor, PropertyKey},
};

const CONSTRUCTORS: &[&str] = &[
    "AggregateError",
    "Array",
    "ArrayBuffer",
    "Atomics",
    "BigInt",
    "BigInt64Array",
    "BigUint64Array",
    "Boolean",
    "DataView",
    "Date",
    "Error",
    "EvalError",
    "FinalizationRegistry",
    "Float16Array",
    "Float32Array",
    "Float64Array",
    "Function",
    "Int16Array",
    "Int32Array",
    "Int8Array",
    "JSON",
    "Map",
    "Math",
    "Number",
    "Object",
    "Promise",
    "Proxy",
    "RangeError",
    "ReferenceError",
    "Reflect",
    "RegExp",
    "Set",
    "SharedArrayBuffer",
    "String",
    "Symbol",
    "SyntaxError",
    "TypeError",
    "URIError",
    "Uint16Array",
    "Uint32Array",
    "Uint8Array",
    "Uint8ClampedArray",
    "WeakMap",
    "WeakRef",
    "WeakSet",
];

const FUNCTIONS: &[&str] = &[
    "decodeURI",
    "decodeURIComponent",
    "encodeURI",
    "encodeURIComponent",
    "escape",
    "eval",
    "unescape",
    "parseInt",
    "parseFloat",
    "isNaN",
    "isFinite",
];

/// Intrinsics that no global names: found through an instance or a prototype chain.
const HIDDEN: &[(&str, &str)] = &[
    ("TypedArray", "Object.getPrototypeOf(Uint8Array)"),
    (
        "AsyncIteratorPrototype",
        "Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}).prototype)",
    ),
    (
        "ArrayIteratorPrototype",
        "Object.getPrototypeOf([][Symbol.iterator]())",
    ),
    (
        "StringIteratorPrototype",
        "Object.getPrototypeOf(''[Symbol.iterator]())",
    ),
    (
        "MapIteratorPrototype",
        "Object.getPrototypeOf(new Map()[Symbol.iterator]())",
    ),
    (
        "SetIteratorPrototype",
        "Object.getPrototypeOf(new Set()[Symbol.iterator]())",
    ),
    ("GeneratorFunction", "(function* () {}).constructor"),
    ("AsyncFunction", "(async function () {}).constructor"),
];

struct Table {
    object: JsObject,
    properties: Vec<(PropertyKey, PropertyDescriptor)>,
}

impl Table {
    fn of(object: JsObject) -> Self {
        let keys = object.borrow().shape().keys();
        let borrowed = object.borrow();
        let properties = keys
            .into_iter()
            .filter_map(|key| borrowed.properties().get(&key).map(|found| (key, found)))
            .collect();
        drop(borrowed);
        Self { object, properties }
    }

    fn find(&self, key: &PropertyKey) -> Option<&PropertyDescriptor> {
        self.properties
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, found)| found)
    }
}

struct Intrinsic {
    name: &'static str,
    own: Table,
    prototype: Option<Table>,
}

#[derive(Default)]
pub struct Primordials {
    intrinsics: RefCell<Vec<Intrinsic>>,
    functions: RefCell<Vec<(&'static str, JsValue)>>,
    object: RefCell<Option<JsObject>>,
}

impl Primordials {
    /// Notes the property tables of the intrinsics.
    pub fn capture(&self, context: &mut Context) -> JsResult<()> {
        let global = context.global_object();
        let mut intrinsics = Vec::with_capacity(CONSTRUCTORS.len() + HIDDEN.len());
        for name in CONSTRUCTORS {
            let value = global.get(JsString::from(*name), context)?;
            if let Some(object) = value.as_object() {
                intrinsics.push(Self::note(name, object, context)?);
            }
        }
        // Reached without parsing anything: the rarer hidden ones are evaluated when they are asked for.
        let uint8_array = context
            .intrinsics()
            .constructors()
            .typed_uint8_array()
            .constructor();
        if let Some(typed_array) = uint8_array.prototype() {
            intrinsics.push(Self::note("TypedArray", typed_array, context)?);
        }
        *self.intrinsics.borrow_mut() = intrinsics;
        let mut functions = Vec::with_capacity(FUNCTIONS.len());
        for name in FUNCTIONS {
            functions.push((*name, global.get(JsString::from(*name), context)?));
        }
        *self.functions.borrow_mut() = functions;
        Ok(())
    }

    fn note(name: &'static str, object: JsObject, context: &mut Context) -> JsResult<Intrinsic> {
        let prototype = if object.is_callable() {
            object.get(js_string!("prototype"), context)?.as_object()
        } else {
            None
        };
        Ok(Intrinsic {
            name,
            own: Table::of(object),
            prototype: prototype.map(Table::of),
        })
    }

    /// The object to hand to a script half: holds at least the names that its text destructures.
    pub fn for_source(&self, text: &str, context: &mut Context) -> JsResult<JsObject> {
        let object = self
            .object
            .borrow_mut()
            .get_or_insert_with(JsObject::with_null_proto)
            .clone();
        for name in wanted(text) {
            let key = JsString::from(name);
            if object.has_own_property(key.clone(), context)? {
                continue;
            }
            let Some(value) = self.resolve(name, context)? else {
                return Err(JsNativeError::error()
                    .with_message(format!("No such primordial: {name}"))
                    .into());
            };
            object.create_data_property_or_throw(key, value, context)?;
        }
        Ok(object)
    }

    /// The value of one name.
    pub fn resolve(&self, name: &str, context: &mut Context) -> JsResult<Option<JsValue>> {
        if let Some((_, value)) = self
            .functions
            .borrow()
            .iter()
            .find(|(known, _)| *known == name)
        {
            return Ok(Some(value.clone()));
        }
        match name {
            "globalThis" => return Ok(Some(context.global_object().into())),
            "SafeMap" | "SafeSet" | "SafeWeakMap" | "SafeWeakSet" => {
                return self.safe_class(&name["Safe".len()..], context).map(Some);
            }
            _ => {}
        }
        if let Some((_, expression)) = HIDDEN[1..].iter().find(|(known, _)| *known == name) {
            return context.eval(Source::from_bytes(expression)).map(Some);
        }
        let intrinsics = self.intrinsics.borrow();
        let mut candidates: Vec<&Intrinsic> = intrinsics
            .iter()
            .filter(|known| name.starts_with(known.name))
            .collect();
        candidates.sort_by_key(|known| std::cmp::Reverse(known.name.len()));
        for intrinsic in candidates {
            if let Some(value) = member(intrinsic, &name[intrinsic.name.len()..], context) {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    fn safe_class(&self, base: &str, context: &mut Context) -> JsResult<JsValue> {
        let make = Source::from_bytes(
            "(function (Base, isArray) { return class extends Base { constructor(values) {
              super();
              if (values === undefined || values === null) return;
              const put = this.set === undefined ? (value) => this.add(value) : (pair) => this.set(pair[0], pair[1]);
              if (isArray(values)) for (let i = 0; i < values.length; i++) put(values[i]);
              else for (const value of values) put(value);
            } }; })",
        );
        let make = Script::parse(make, None, context)?.evaluate(context)?;
        let intrinsics = self.intrinsics.borrow();
        let found = intrinsics.iter().find(|known| known.name == base);
        let (Some(make), Some(intrinsic)) = (make.as_callable(), found) else {
            return Ok(JsValue::undefined());
        };
        let is_array = self.resolve("ArrayIsArray", context)?.unwrap_or_default();
        let class = make.call(
            &JsValue::undefined(),
            &[intrinsic.own.object.clone().into(), is_array],
            context,
        )?;
        let prototype = match class.as_object() {
            Some(class) => class.get(js_string!("prototype"), context)?.as_object(),
            None => None,
        };
        if let (Some(prototype), Some(table)) = (prototype, &intrinsic.prototype) {
            for (key, descriptor) in &table.properties {
                if *key != PropertyKey::from(js_string!("constructor")) {
                    prototype.insert_property(key.clone(), descriptor.clone());
                }
            }
            prototype.set_prototype(None);
        }
        Ok(class)
    }
}

/// The names in the `const { … } = primordials;` of a text, and those it takes with `primordials.Name`.
fn wanted(text: &str) -> impl Iterator<Item = &str> {
    let list = text.find("} = primordials;").and_then(|end| {
        let start = text[..end].rfind('{')?;
        Some(&text[start + 1..end])
    });
    let listed = list
        .unwrap_or_default()
        .split(',')
        .filter_map(|entry| entry.split(':').next().map(str::trim));
    let single = text.split("primordials.").skip(1).filter_map(|rest| {
        rest.split(|symbol: char| !symbol.is_ascii_alphanumeric() && symbol != '_')
            .next()
    });
    listed.chain(single).filter(|name| !name.is_empty())
}

fn member(intrinsic: &Intrinsic, rest: &str, context: &mut Context) -> Option<JsValue> {
    if rest.is_empty() {
        return Some(intrinsic.own.object.clone().into());
    }
    if let (Some(method), Some(table)) = (rest.strip_prefix("Prototype"), &intrinsic.prototype) {
        if method.is_empty() {
            return Some(table.object.clone().into());
        }
        if let Some(getter) = method.strip_prefix("Get")
            && let Some(found) = key_of(getter).iter().find_map(|key| table.find(key))
            && let Some(get) = found.get().and_then(JsValue::as_object)
        {
            return Some(uncurried(get, context));
        }
        let found = key_of(method).iter().find_map(|key| table.find(key))?;
        let value = found.value()?;
        if intrinsic.name == "RegExp"
            && CALLS_EXEC.contains(&method)
            && let (Some(callable), Some(exec)) = (value.as_callable(), exec_of(table))
        {
            return Some(with_own_exec(callable, exec, context));
        }
        return Some(match value.as_callable() {
            Some(callable) => uncurried(callable, context),
            None => value.clone(),
        });
    }
    let value = key_of(rest)
        .iter()
        .find_map(|key| intrinsic.own.find(key))?
        .value()?
        .clone();
    if intrinsic.name == "Object"
        && matches!(rest, "DefineProperty" | "DefineProperties")
        && let Some(callable) = value.as_callable()
    {
        return Some(with_plain_descriptors(
            callable,
            rest == "DefineProperties",
            context,
        ));
    }
    // These statics construct through `this`.
    let needs_this = matches!(intrinsic.name, "Promise" | "Array" | "TypedArray");
    match value.as_callable() {
        Some(callable) if needs_this && rest != "IsArray" => {
            Some(bound(callable, intrinsic.own.object.clone(), context))
        }
        _ => Some(value),
    }
}

/// `Push` may be written `push` in the engine, `SymbolIterator` is `Symbol.iterator`, `MAX_VALUE` is itself.
fn key_of(name: &str) -> Vec<PropertyKey> {
    let mut keys = Vec::with_capacity(3);
    let symbol = match name.strip_prefix("Symbol") {
        Some("Iterator") => Some(JsSymbol::iterator()),
        Some("AsyncIterator") => Some(JsSymbol::async_iterator()),
        Some("Dispose") => Some(JsSymbol::dispose()),
        Some("AsyncDispose") => Some(JsSymbol::async_dispose()),
        Some("Match") => Some(JsSymbol::r#match()),
        Some("Search") => Some(JsSymbol::search()),
        Some("ToPrimitive") => Some(JsSymbol::to_primitive()),
        Some("ToStringTag") => Some(JsSymbol::to_string_tag()),
        Some("HasInstance") => Some(JsSymbol::has_instance()),
        Some("Species") => Some(JsSymbol::species()),
        Some("Replace") => Some(JsSymbol::replace()),
        Some("Split") => Some(JsSymbol::split()),
        _ => None,
    };
    keys.extend(symbol.map(PropertyKey::from));
    let mut letters = name.chars();
    if let Some(first) = letters.next() {
        keys.push(
            JsString::from(format!(
                "{}{}",
                first.to_ascii_lowercase(),
                letters.as_str()
            ))
            .into(),
        );
    }
    keys.push(JsString::from(name).into());
    keys
}

/// What a text takes from the globals that it doesn't ask its primordials for. A name in a string counts too: it costs a
/// parameter that nobody reads.
pub fn free_names(text: &str) -> Vec<&'static str> {
    let asked: Vec<&str> = wanted(text).collect();
    let bytes = text.as_bytes();
    let in_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$');
    let mut found: Vec<&'static str> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let length = bytes[at..].iter().take_while(|byte| in_name(byte)).count();
        if length == 0 {
            at += 1;
            continue;
        }
        let word = &text[at..at + length];
        let member = at > 0 && matches!(bytes[at - 1], b'.' | b'#');
        at += length;
        if member || !word.as_bytes()[0].is_ascii_uppercase() {
            continue;
        }
        if let Ok(index) = CONSTRUCTORS.binary_search(&word)
            && !asked.contains(&word)
            && !found.contains(&CONSTRUCTORS[index])
        {
            found.push(CONSTRUCTORS[index]);
        }
    }
    found
}

/// The methods of expressions that call `exec` by its name, which a program may have replaced.
const CALLS_EXEC: [&str; 5] = [
    "SymbolReplace",
    "SymbolSplit",
    "SymbolMatch",
    "SymbolSearch",
    "Test",
];

fn exec_of(prototype: &Table) -> Option<JsObject> {
    let exec = PropertyKey::from(js_string!("exec"));
    prototype.find(&exec)?.value()?.as_object()
}

/// Such a method: where `exec` has been replaced, the expression gets the one of old for its own.
fn with_own_exec(method: JsObject, exec: JsObject, context: &mut Context) -> JsValue {
    let call = NativeFunction::from_copy_closure_with_captures(
        |_, args, (method, exec): &(JsObject, JsObject), context| {
            let [this, rest @ ..] = args else {
                return method.call(&JsValue::undefined(), &[], context);
            };
            let key = PropertyKey::from(js_string!("exec"));
            let prototype = context.intrinsics().constructors().regexp().prototype();
            let current = prototype.borrow().properties().get(&key);
            let untouched = current
                .and_then(|found| found.value().and_then(JsValue::as_object))
                .is_some_and(|found| JsObject::equals(&found, exec));
            if !untouched && let Some(expression) = this.as_object() {
                let own = super::native::property(exec.clone(), super::native::METHOD);
                expression.insert_property(key, own);
            }
            method.call(this, rest, context)
        },
        (method, exec),
    );
    FunctionObjectBuilder::new(context.realm(), call)
        .build()
        .into()
}

/// `Object.defineProperty` and `defineProperties` whose descriptors have no prototype, if a program has given that of
/// objects a `get` or the like.
fn with_plain_descriptors(method: JsObject, many: bool, context: &mut Context) -> JsValue {
    let call = NativeFunction::from_copy_closure_with_captures(
        move |_, args, method: &JsObject, context| {
            if descriptors_inherit(context) {
                let last = args.get(if many { 1 } else { 2 });
                if let Some(object) = last.and_then(JsValue::as_object) {
                    if many {
                        let keys = object.own_property_keys(context)?;
                        for key in keys {
                            let one = object.borrow().properties().get(&key);
                            let one = one.and_then(|found| found.value().cloned());
                            if let Some(one) = one.as_ref().and_then(JsValue::as_object) {
                                one.set_prototype(None);
                            }
                        }
                    } else {
                        object.set_prototype(None);
                    }
                }
            }
            method.call(&JsValue::undefined(), args, context)
        },
        method,
    );
    FunctionObjectBuilder::new(context.realm(), call)
        .build()
        .into()
}

fn descriptors_inherit(context: &Context) -> bool {
    let prototype = context.intrinsics().constructors().object().prototype();
    let prototype = prototype.borrow();
    [
        js_string!("get"),
        js_string!("set"),
        js_string!("value"),
        js_string!("writable"),
        js_string!("enumerable"),
        js_string!("configurable"),
    ]
    .into_iter()
    .any(|name| prototype.properties().get(&name.into()).is_some())
}

fn uncurried(method: JsObject, context: &mut Context) -> JsValue {
    let call = NativeFunction::from_copy_closure_with_captures(
        |_, args, method: &JsObject, context| match args {
            [this, rest @ ..] => method.call(this, rest, context),
            [] => method.call(&JsValue::undefined(), &[], context),
        },
        method,
    );
    FunctionObjectBuilder::new(context.realm(), call)
        .build()
        .into()
}

fn bound(method: JsObject, this: JsObject, context: &mut Context) -> JsValue {
    let call = NativeFunction::from_copy_closure_with_captures(
        |_, args, (method, this): &(JsObject, JsObject), context| {
            method.call(&this.clone().into(), args, context)
        },
        (method, this),
    );
    FunctionObjectBuilder::new(context.realm(), call)
        .build()
        .into()
}
