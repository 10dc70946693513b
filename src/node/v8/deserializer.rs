//! The class `v8.Deserializer`.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue,
    builtins::array_buffer::{ArrayBuffer, SharedArrayBuffer},
    js_string,
    object::builtins::{JsArray, JsFunction},
};

use super::{Native, invalid_argument, native_of, values};
use crate::{
    engine::{
        clone::{ReadHooks, Reader},
        native::{self, Natives},
    },
    node::errors,
};

/// The constructor.
pub fn class(context: &mut Context) -> JsResult<JsFunction> {
    let class = native::constructor(context, "Deserializer", 1, construct);
    let prototype = super::add_prototype(&class, context);
    drop(
        Natives::on(prototype, context)
            .function("readHeader", 0, |this, _, context| {
                native_of::<Reader>(this, context)?.header(context)?;
                Ok(true.into())
            })
            .function("readValue", 0, |this, _, context| {
                let reader = native_of::<Reader>(this, context)?;
                let hooks = Hooks(this.to_object(context)?);
                reader.value(&hooks, context)
            })
            .function("getWireFormatVersion", 0, |this, _, context| {
                Ok(native_of::<Reader>(this, context)?.version().into())
            })
            .function("transferArrayBuffer", 2, transfer)
            .function("readUint32", 0, |this, _, context| {
                let value = native_of::<Reader>(this, context)?.varint();
                let value = value.ok_or_else(|| values::failed("ReadUint32", context))?;
                Ok((value as u32).into())
            })
            .function("readUint64", 0, |this, _, context| {
                let value = native_of::<Reader>(this, context)?.varint();
                let value = value.ok_or_else(|| values::failed("ReadUint64", context))?;
                let halves = [(value >> 32) as u32, value as u32];
                Ok(JsArray::from_iter(halves.map(JsValue::from), context).into())
            })
            .function("readDouble", 0, |this, _, context| {
                let value = native_of::<Reader>(this, context)?.double();
                let value = value.ok_or_else(|| values::failed("ReadDouble", context))?;
                Ok(value.into())
            })
            .function("_readRawBytes", 1, |this, args, context| {
                let length = args.get_or_undefined(0).to_length(context)? as usize;
                let place = native_of::<Reader>(this, context)?.skip(length);
                let place = place.ok_or_else(|| values::failed("ReadRawBytes", context))?;
                Ok(place.into())
            })
            .function("_readView", 0, |this, _, context| {
                let reader = native_of::<Reader>(this, context)?;
                values::read_view(&reader, context).map(JsValue::from)
            }),
    );
    Ok(class)
}

fn construct(new_target: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let prototype = super::prototype_for(new_target, "Deserializer", context)?;
    let buffer = args.get_or_undefined(0);
    let bytes = values::bytes_of_view(buffer, "buffer", context)?;
    let native = Native::new(Reader::new(bytes));
    let object = JsObject::from_proto_and_data(Some(prototype), native);
    object.create_data_property_or_throw(js_string!("buffer"), buffer.clone(), context)?;
    Ok(object.into())
}

fn transfer(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let id = args.get_or_undefined(0).to_u32(context)?;
    let buffer = args.get_or_undefined(1).as_object();
    let is_buffer =
        |object: &JsObject| object.is::<ArrayBuffer>() || object.is::<SharedArrayBuffer>();
    let Some(buffer) = buffer.filter(is_buffer) else {
        let message = "arrayBuffer must be an ArrayBuffer or SharedArrayBuffer";
        return Err(invalid_argument(message, context));
    };
    native_of::<Reader>(this, context)?.transfer(id, buffer);
    Ok(JsValue::undefined())
}

/// What script may have overridden on the instance.
struct Hooks(JsObject);

impl ReadHooks for Hooks {
    fn host_object(&self, _: &Reader, context: &mut Context) -> JsResult<JsObject> {
        let method = self.0.get(js_string!("_readHostObject"), context)?;
        let Some(method) = method.as_callable() else {
            let message = "Unable to deserialize cloned data.";
            return Err(errors::plain(errors::Base::Plain, message, context));
        };
        let made = method.call(&self.0.clone().into(), &[], context)?;
        made.as_object()
            .ok_or_else(|| errors::type_error("readHostObject must return an object", context))
    }
}
