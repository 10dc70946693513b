//! `RegExp.prototype.source` as V8 has it. The engine's own escapes every slash, also one that is escaped already or that
//! stands in a class: `new RegExp(/\//.source)` would be another expression.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, NativeFunction, js_string,
    object::FunctionObjectBuilder, property::PropertyDescriptor,
};
use std::cell::OnceCell;

use crate::runtime::State;

/// The engine's getter of the first realm, which reads the expressions of any.
#[derive(Default)]
struct Original(OnceCell<JsObject>);

/// Replaces the getter in the realm that the context has entered; call it before the intrinsics are captured.
///
/// # Errors
/// None but those of the engine.
pub fn install(context: &mut Context) -> JsResult<()> {
    let prototype = context.intrinsics().constructors().regexp().prototype();
    let key = js_string!("source");
    let found = prototype.borrow().properties().get(&key.clone().into());
    let Some(get) = found.and_then(|found| found.get().and_then(JsValue::as_object)) else {
        return Ok(());
    };
    State::of(context)
        .slot::<Original>()
        .0
        .get_or_init(|| get.clone());
    let get = NativeFunction::from_copy_closure_with_captures(
        |this, _, original: &JsObject, context| source(this, original, context),
        get,
    );
    let get = FunctionObjectBuilder::new(context.realm(), get)
        .name(js_string!("get source"))
        .build();
    let descriptor = PropertyDescriptor::builder()
        .get(get)
        .enumerable(false)
        .configurable(true);
    prototype.insert_property(key, descriptor.build());
    Ok(())
}

fn source(this: &JsValue, original: &JsObject, context: &mut Context) -> JsResult<JsValue> {
    let text = original.call(this, &[], context)?;
    let slash = u16::from(b'/');
    Ok(match text.as_string() {
        Some(text) if text.iter().any(|unit| unit == slash) => escaped(&text).into(),
        _ => text,
    })
}

/// The text of a regular expression.
///
/// # Errors
/// When the object is none.
pub fn source_of(regexp: &JsObject, context: &mut Context) -> JsResult<JsString> {
    let original = State::of(context).slot::<Original>();
    let Some(original) = original.0.get() else {
        return Ok(JsString::default());
    };
    source(&regexp.clone().into(), original, context)?.to_string(context)
}

/// Takes the backslash away that the engine puts before each slash, and puts one where the text has to have it.
fn escaped(text: &JsString) -> JsString {
    let units: Vec<u16> = text.iter().collect();
    let [slash, backslash] = [b'/', b'\\'].map(u16::from);
    let [opening, closing] = [b'[', b']'].map(u16::from);
    let mut result = Vec::with_capacity(units.len());
    let mut in_class = false;
    let mut is_escaped = false;
    let mut at = 0;
    while let Some(&unit) = units.get(at) {
        at += 1;
        if unit == backslash && units.get(at) == Some(&slash) {
            at += 1;
            if !is_escaped && !in_class {
                result.push(backslash);
            }
            result.push(slash);
            is_escaped = false;
            continue;
        }
        result.push(unit);
        if is_escaped {
            is_escaped = false;
        } else if unit == backslash {
            is_escaped = true;
        } else if unit == opening {
            in_class = true;
        } else if unit == closing {
            in_class = false;
        }
    }
    JsString::from(result.as_slice())
}

#[cfg(test)]
mod tests {
    use super::{JsString, escaped};

    #[test]
    fn slashes_are_escaped_once_and_not_in_classes() {
        // What the engine gives, and what V8 gives for the same expression.
        let cases = [
            (r"\\/", r"\/"),
            (r"\/", r"\/"),
            (r"[\/]\\/", r"[/]\/"),
            (r"a\\\\\/b", r"a\\\\\/b"),
            (r"\[\/", r"\[\/"),
            (r"[\\/\]\/]\/", r"[\/\]/]\/"),
        ];
        for (engine, v8) in cases {
            let result = escaped(&JsString::from(engine)).to_std_string_lossy();
            assert_eq!(result, v8, "{engine}");
        }
    }
}
