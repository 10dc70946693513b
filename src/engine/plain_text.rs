//! A value as a short text that no script takes part in making, as V8 shows it where it must not run any: rejections that nobody
//! handled.

use boa_engine::{
    Context, JsObject, JsString, JsValue, builtins::error::Error as ErrorData, js_string,
    property::PropertyKey,
};

/// The text of a primitive value as it is, `Name: message` of an error, the source of a function, `#<Class>` of an
/// object, `[object Array]` and the like of one that has a `toString` of its own kind.
pub fn plain_text(value: &JsValue, context: &mut Context) -> String {
    let Some(object) = value.as_object() else {
        return match value.as_symbol() {
            Some(symbol) => symbol.descriptive_string().to_std_string_lossy(),
            None => match value.to_string(context) {
                Ok(text) => text.to_std_string_lossy(),
                // Primitive values but symbols convert.
                Err(_) => String::new(),
            },
        };
    };
    if object.is::<ErrorData>() {
        return error_text(&object);
    }
    let functions = context.intrinsics().constructors().function().prototype();
    if object.is_callable() {
        let to_string =
            data(&functions, js_string!("toString")).and_then(|found| found.as_object());
        let text = to_string.and_then(|to_string| to_string.call(value, &[], context).ok());
        return text.and_then(|text| text.as_string()).map_or_else(
            || "[object Function]".to_owned(),
            |text| text.to_std_string_lossy(),
        );
    }
    let objects = context.intrinsics().constructors().object().prototype();
    let plain = data(&objects, js_string!("toString"));
    if data(&object, js_string!("toString")) != plain {
        let tag = if object.is_array() { "Array" } else { "Object" };
        return format!("[object {tag}]");
    }
    let class = data(&object, js_string!("constructor"))
        .and_then(|class| data(&class.as_object()?, js_string!("name"))?.as_string());
    match class {
        Some(class) if !class.is_empty() => format!("#<{}>", class.to_std_string_lossy()),
        _ => "[object Object]".to_owned(),
    }
}

fn error_text(error: &JsObject) -> String {
    let text = |name: JsString| {
        let found = data(error, name)?.as_string()?;
        Some(found.to_std_string_lossy()).filter(|text| !text.is_empty())
    };
    let name = text(js_string!("name")).unwrap_or_else(|| "Error".to_owned());
    match text(js_string!("message")) {
        Some(message) => format!("{name}: {message}"),
        None => name,
    }
}

/// The value of a data property of an object or what it inherits from.
fn data(object: &JsObject, name: JsString) -> Option<JsValue> {
    let key = PropertyKey::from(name);
    let mut at = Some(object.clone());
    while let Some(object) = at {
        let found = object.borrow().properties().get(&key);
        if let Some(found) = found {
            return found.value().cloned();
        }
        at = object.prototype();
    }
    None
}
