//! `assert`: what an assertion that holds costs. The rest is script.

use boa_engine::{
    Context, JsArgs, JsNativeError, JsObject, JsResult, JsString, JsValue, NativeFunction,
    object::FunctionObjectBuilder,
};

use crate::engine::native::Natives;

/// What the script half is built on.
///
/// # Errors
/// None but those of the engine.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    Ok(Natives::new(context)
        .function("ok", 2, ok)
        .function("equal", 3, equal)
        .function("strictEqual", 3, strict_equal)
        .function("notStrictEqual", 3, not_strict_equal)
        .build())
}

/// Whether an assertion holds. If it doesn't, or that takes more to say, its script is asked.
type Holds = fn(&[JsValue]) -> bool;

/// `ok(otherwise)`: the assertion, which calls `otherwise` in its place unless it is plain that it holds. So with the others.
fn ok(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    assertion("ok", 0, args, context, |args| {
        args.first().is_some_and(JsValue::to_boolean)
    })
}

fn equal(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    // What is the same is also equal; what isn't may be.
    assertion("equal", 3, args, context, are_same)
}

fn strict_equal(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    assertion("strictEqual", 3, args, context, are_same)
}

fn not_strict_equal(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    assertion(
        "notStrictEqual",
        3,
        args,
        context,
        |args| matches!(args, [actual, expected, ..] if !JsValue::same_value(actual, expected)),
    )
}

/// Whether there are two values, and `Object.is` says that they are the same.
fn are_same(args: &[JsValue]) -> bool {
    matches!(args, [actual, expected, ..] if JsValue::same_value(actual, expected))
}

fn assertion(
    name: &str,
    length: usize,
    args: &[JsValue],
    context: &mut Context,
    holds: Holds,
) -> JsResult<JsValue> {
    let otherwise = args.get_or_undefined(0).as_callable().ok_or_else(|| {
        JsNativeError::typ().with_message(format!("there is no script of {name}"))
    })?;
    let check = NativeFunction::from_copy_closure_with_captures(
        move |this, args, otherwise: &JsObject, context| match holds(args) {
            true => Ok(JsValue::undefined()),
            false => otherwise.call(this, args, context),
        },
        otherwise.clone(),
    );
    let check = FunctionObjectBuilder::new(context.realm(), check)
        .name(JsString::from(name))
        .length(length)
        .build();
    Ok(check.into())
}
