//! `options.signal` of `readFile`, `writeFile` and `appendFile`: rare, so a script half that is parsed when it is used does it.

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::JsArray,
};

use super::request::{Operation, callback as callback_form, promise as promise_form};
use crate::engine::{native, registry};

/// The signal among the arguments of an operation that takes one.
fn signal_of<O: Operation>(args: &[JsValue], context: &mut Context) -> JsResult<Option<JsValue>> {
    let options = O::SIGNAL_AT
        .and_then(|at| args.get(at))
        .and_then(JsValue::as_object);
    let Some(options) = options.filter(|options| !options.is_callable()) else {
        return Ok(None);
    };
    let signal = options.get(js_string!("signal"), context)?;
    Ok(Some(signal).filter(|signal| !signal.is_undefined()))
}

/// The arguments without the signal.
fn without_signal<O: Operation>(args: &[JsValue], context: &mut Context) -> JsResult<Vec<JsValue>> {
    let mut args = args.to_vec();
    let options = O::SIGNAL_AT.and_then(|at| args.get_mut(at));
    if let Some(options) = options {
        let copy = JsObject::with_object_proto(context.intrinsics());
        for name in ["encoding", "flag", "mode", "flush"] {
            let value = options
                .to_object(context)?
                .get(JsString::from(name), context)?;
            copy.create_data_property_or_throw(JsString::from(name), value, context)?;
        }
        *options = copy.into();
    }
    Ok(args)
}

fn script(name: JsString, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let exports = registry::require("fs/signal", context)?.to_object(context)?;
    let Some(function) = exports.get(name, context)?.as_callable() else {
        return Err(JsNativeError::typ()
            .with_message("fs/signal is incomplete")
            .into());
    };
    function.call(&JsValue::undefined(), args, context)
}

/// Runs the callback form under a signal, if there is one.
///
/// # Errors
/// When the signal isn't one.
pub fn callback<O: Operation>(
    args: &[JsValue],
    callback: &JsObject,
    context: &mut Context,
) -> JsResult<Option<JsValue>> {
    let Some(signal) = signal_of::<O>(args, context)? else {
        return Ok(None);
    };
    let plain = without_signal::<O>(args, context)?;
    let plain = JsArray::from_iter(plain, context);
    let run = native::function(context, O::NAME, 1, callback_form::<O>);
    script(
        js_string!("callback"),
        &[signal, run.into(), plain.into(), callback.clone().into()],
        context,
    )
    .map(Some)
}

/// The same for the form on `fs.promises`.
///
/// # Errors
/// When the signal isn't one.
pub fn promise<O: Operation>(args: &[JsValue], context: &mut Context) -> JsResult<Option<JsValue>> {
    let Some(signal) = signal_of::<O>(args, context)? else {
        return Ok(None);
    };
    let plain = without_signal::<O>(args, context)?;
    let plain = JsArray::from_iter(plain, context);
    let run = native::function(context, O::NAME, 1, promise_form::<O>);
    script(
        js_string!("promise"),
        &[signal, run.into(), plain.into()],
        context,
    )
    .map(Some)
}
