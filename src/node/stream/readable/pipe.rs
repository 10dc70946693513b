//! What `pipe` does with each chunk. Setting it up and taking it down is the script's.

use boa_engine::{
    Context, Finalize, JsArgs, JsObject, JsResult, JsValue, NativeFunction, Trace, js_string,
    object::FunctionObjectBuilder,
};

use crate::node::{errors, stream::writable};

#[derive(Trace, Finalize)]
struct Pipe {
    destination: JsObject,
    /// Called when the destination is full.
    pause: JsObject,
}

/// `pipeData(destination, pause)`: the 'data' listener of a pipe.
pub fn pipe_data(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (Some(destination), Some(pause)) = (
        args.get_or_undefined(0).as_object(),
        args.get_or_undefined(1).as_callable(),
    ) else {
        return Err(errors::type_error(
            "pipeData takes a stream and a function",
            context,
        ));
    };
    let listener = NativeFunction::from_copy_closure_with_captures(
        |_, args, pipe: &Pipe, context| {
            let chunk = args.get_or_undefined(0);
            if writable::is_full_after(&pipe.destination, chunk, context)? {
                pipe.pause.call(&JsValue::undefined(), &[], context)?;
            }
            Ok(JsValue::undefined())
        },
        Pipe { destination, pause },
    );
    Ok(FunctionObjectBuilder::new(context.realm(), listener)
        .name(js_string!("ondata"))
        .length(1)
        .build()
        .into())
}
