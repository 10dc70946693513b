//! What can't be cloned: which objects of the language, and what V8 calls a value in the text of the error.

use boa_engine::{
    Context, JsObject, JsString, JsSymbol, JsValue,
    builtins::{
        async_generator::AsyncGenerator, generator::Generator, promise::Promise, proxy::Proxy,
        typed_array::TypedArray,
    },
    js_string,
};

use crate::node::util::kinds::{self, Kind};

/// Whether an object is one of the language's whose state nothing can copy.
pub fn is_engine_only(object: &JsObject, context: &Context) -> bool {
    if object.is::<Promise>()
        || object.is::<Generator>()
        || object.is::<AsyncGenerator>()
        || object.is::<JsSymbol>()
    {
        return true;
    }
    if matches!(
        kinds::kind_of(object, context),
        Kind::MapIterator
            | Kind::SetIterator
            | Kind::WeakMap
            | Kind::WeakSet
            | Kind::Arguments
            | Kind::Namespace
    ) {
        return true;
    }
    let intrinsics = context.intrinsics();
    let constructors = intrinsics.constructors();
    // What array iterators inherit from, all iterators do.
    let iterators = intrinsics
        .objects()
        .iterator_prototypes()
        .array()
        .prototype();
    let closed = [
        Some(constructors.weak_ref().prototype()),
        Some(constructors.finalization_registry().prototype()),
        iterators,
    ];
    let mut next = object.prototype();
    while let Some(prototype) = next {
        if closed
            .iter()
            .flatten()
            .any(|known| JsObject::equals(known, &prototype))
        {
            return true;
        }
        next = prototype.prototype();
    }
    false
}

/// The text of the error for a value that can't be cloned.
pub fn cannot_clone(value: &JsValue, context: &mut Context) -> String {
    format!("{} could not be cloned.", describe(value, context))
}

/// `Symbol(x)`, the text of a function, `#<Promise>`, `[object Generator]`. Runs no script but getters of a constructor.
fn describe(value: &JsValue, context: &mut Context) -> String {
    if let Some(symbol) = value.as_symbol() {
        return symbol.descriptive_string().to_std_string_lossy();
    }
    let Some(object) = value.as_object() else {
        return value.display().to_string();
    };
    if object.is::<Proxy>() {
        return "#<Object>".to_owned();
    }
    if object.is_callable() {
        return text_of_function(&object, context);
    }
    let name = class_name(&object).unwrap_or_else(|| "Object".to_owned());
    // V8 looks whether there is a `toString` of its own: typed arrays have that of arrays.
    if (name == "Object" || object.is::<JsSymbol>() || object.is::<TypedArray>())
        && let Ok(tag) = object.get(JsSymbol::to_string_tag(), context)
        && let Some(tag) = tag.as_string()
    {
        return format!("[object {}]", tag.to_std_string_lossy());
    }
    format!("#<{name}>")
}

fn text_of_function(function: &JsObject, context: &mut Context) -> String {
    let prototype = context.intrinsics().constructors().function().prototype();
    prototype
        .get(js_string!("toString"), context)
        .ok()
        .and_then(|method| method.as_callable())
        .and_then(|method| method.call(&function.clone().into(), &[], context).ok())
        .and_then(|text| text.as_string())
        .map_or_else(|| "function".to_owned(), |text| text.to_std_string_lossy())
}

/// The name of the first constructor up the chain.
fn class_name(object: &JsObject) -> Option<String> {
    let mut next = Some(object.clone());
    while let Some(holder) = next {
        let found = holder
            .borrow()
            .properties()
            .get(&js_string!("constructor").into());
        if let Some(class) = found
            .and_then(|found| found.value().cloned())
            .and_then(|class| class.as_callable())
        {
            let name = class
                .borrow()
                .properties()
                .get(&js_string!("name").into())
                .and_then(|name| name.value().and_then(JsValue::as_string))
                .map(|name: JsString| name.to_std_string_lossy());
            return name.filter(|name| !name.is_empty());
        }
        next = holder.prototype();
    }
    None
}
