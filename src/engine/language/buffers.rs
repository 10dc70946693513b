//! `ArrayBuffer.prototype.transfer`, `transferToFixedLength` and `detached`. A buffer that keeps its length moves with its
//! memory; one that changes it is copied.

use boa_engine::{
    Context, JsArgs, JsNativeError, JsObject, JsResult, JsValue,
    builtins::array_buffer::ArrayBuffer,
    js_string,
    object::builtins::JsArrayBuffer,
    property::{Attribute, PropertyDescriptor},
};

use super::{super::native, method};
use crate::web::structured_clone::moved;

pub fn install(context: &mut Context) -> JsResult<()> {
    let prototype = context
        .intrinsics()
        .constructors()
        .array_buffer()
        .prototype();
    method(&prototype, "transfer", 0, transfer, context);
    method(
        &prototype,
        "transferToFixedLength",
        0,
        transfer_to_fixed_length,
        context,
    );
    let get = native::function(context, "get detached", 0, detached);
    let descriptor = PropertyDescriptor::builder()
        .get(get)
        .enumerable(false)
        .configurable(true);
    prototype.insert_property(js_string!("detached"), descriptor.build());
    Ok(())
}

fn buffer_of(this: &JsValue, name: &str) -> JsResult<(JsObject, JsArrayBuffer)> {
    let object = this
        .as_object()
        .filter(|object| object.is::<ArrayBuffer>())
        .ok_or_else(|| {
            JsNativeError::typ().with_message(format!(
                "Method ArrayBuffer.prototype.{name} called on incompatible receiver {}",
                this.display()
            ))
        })?;
    Ok((object.clone(), JsArrayBuffer::from_object(object)?))
}

/// `buffer.detached`
fn detached(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let (_, buffer) = buffer_of(this, "detached")?;
    Ok(buffer.data().is_none().into())
}

fn transfer(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (object, buffer) = buffer_of(this, "transfer")?;
    copy_and_detach(&object, &buffer, args, true, "transfer", context)
}

fn transfer_to_fixed_length(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let name = "transferToFixedLength";
    let (object, buffer) = buffer_of(this, name)?;
    copy_and_detach(&object, &buffer, args, false, name, context)
}

/// <https://tc39.es/ecma262/#sec-arraybuffercopyanddetach>
fn copy_and_detach(
    object: &JsObject,
    buffer: &JsArrayBuffer,
    args: &[JsValue],
    keep_resizable: bool,
    name: &str,
    context: &mut Context,
) -> JsResult<JsValue> {
    let wanted = args.get_or_undefined(0);
    let wanted = match wanted.is_undefined() {
        true => None,
        false => Some(wanted.to_index(context)?),
    };
    let Some(length) = buffer.data().map(|data| data.len()) else {
        return Err(JsNativeError::typ()
            .with_message(format!(
                "Cannot perform ArrayBuffer.prototype.{name} on a detached ArrayBuffer"
            ))
            .into());
    };
    let resizable = object.get(js_string!("resizable"), context)?.to_boolean();
    let wanted = wanted.unwrap_or(length as u64);
    if wanted == length as u64 && (keep_resizable || !resizable) {
        return moved(object, context).map(JsValue::from);
    }
    let constructor = context
        .intrinsics()
        .constructors()
        .array_buffer()
        .constructor();
    let mut arguments = vec![JsValue::from(wanted)];
    if keep_resizable && resizable {
        let most = object.get(js_string!("maxByteLength"), context)?;
        let options = JsObject::with_object_proto(context.intrinsics());
        let attributes = Attribute::all();
        options.insert_property(
            js_string!("maxByteLength"),
            native::property(most, attributes),
        );
        arguments.push(options.into());
    }
    let successor = constructor.construct(&arguments, None, context)?;
    let bytes = buffer.detach(&JsValue::undefined())?;
    let target = JsArrayBuffer::from_object(successor.clone())?;
    if let Some(mut data) = target.data_mut() {
        let count = data.len().min(bytes.len());
        data[..count].copy_from_slice(&bytes[..count]);
    }
    Ok(successor.into())
}
