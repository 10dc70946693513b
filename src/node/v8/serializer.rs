//! The class `v8.Serializer`.

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsString, JsValue,
    builtins::{array_buffer::ArrayBuffer, dataview::DataView, typed_array::TypedArray},
    js_string,
    object::builtins::JsFunction,
};

use super::{Native, invalid_argument, native_of, values};
use crate::{
    engine::{
        clone::{WriteHooks, Writer, cannot_clone},
        native::{self, Natives},
    },
    node::{buffer, errors},
};

/// The constructor.
pub fn class(context: &mut Context) -> JsResult<JsFunction> {
    let class = native::constructor(context, "Serializer", 0, construct);
    let prototype = super::add_prototype(&class, context);
    drop(
        Natives::on(prototype, context)
            .function("writeHeader", 0, |this, _, context| {
                native_of::<Writer>(this, context)?.header();
                Ok(JsValue::undefined())
            })
            .function("writeValue", 1, write_value)
            .function("releaseBuffer", 0, |this, _, context| {
                let bytes = native_of::<Writer>(this, context)?.release();
                buffer::from_vec(bytes, context).map(JsValue::from)
            })
            .function("transferArrayBuffer", 2, transfer)
            .function("writeUint32", 1, |this, args, context| {
                let value = args.get_or_undefined(0).to_u32(context)?;
                native_of::<Writer>(this, context)?.varint(u64::from(value));
                Ok(JsValue::undefined())
            })
            .function("writeUint64", 2, |this, args, context| {
                let high = args.get_or_undefined(0).to_u32(context)?;
                let low = args.get_or_undefined(1).to_u32(context)?;
                native_of::<Writer>(this, context)?.varint(u64::from(high) << 32 | u64::from(low));
                Ok(JsValue::undefined())
            })
            .function("writeDouble", 1, |this, args, context| {
                let value = args.get_or_undefined(0).to_number(context)?;
                native_of::<Writer>(this, context)?.double(value);
                Ok(JsValue::undefined())
            })
            .function("writeRawBytes", 1, |this, args, context| {
                let bytes = values::bytes_of_view(args.get_or_undefined(0), "source", context)?;
                native_of::<Writer>(this, context)?.raw(&bytes);
                Ok(JsValue::undefined())
            })
            .function(
                "_setTreatArrayBufferViewsAsHostObjects",
                1,
                |this, args, context| {
                    let flag = args.get_or_undefined(0).to_boolean();
                    native_of::<Writer>(this, context)?.treat_views_as_hosts(flag);
                    Ok(JsValue::undefined())
                },
            )
            .function("_writeView", 1, write_view),
    );
    Ok(class)
}

fn construct(new_target: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let prototype = super::prototype_for(new_target, "Serializer", context)?;
    let native = Native::new(Writer::default());
    Ok(JsObject::from_proto_and_data(Some(prototype), native).into())
}

fn write_value(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let writer = native_of::<Writer>(this, context)?;
    let hooks = Hooks(this.to_object(context)?);
    writer.value(args.get_or_undefined(0), &hooks, context)?;
    Ok(true.into())
}

fn transfer(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let id = args.get_or_undefined(0).to_u32(context)?;
    let buffer = args.get_or_undefined(1).as_object();
    let Some(buffer) = buffer.filter(JsObject::is::<ArrayBuffer>) else {
        let message = "arrayBuffer must be an ArrayBuffer";
        return Err(invalid_argument(message, context));
    };
    native_of::<Writer>(this, context)?.transfer(id, buffer);
    Ok(JsValue::undefined())
}

/// What `DefaultSerializer.prototype._writeHostObject` does.
fn write_view(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let writer = native_of::<Writer>(this, context)?;
    let view = args.get_or_undefined(0).as_object();
    match view.filter(|object| object.is::<TypedArray>() || object.is::<DataView>()) {
        Some(view) => values::write_view(&writer, &view, context).map(|()| JsValue::undefined()),
        None => Ok(false.into()),
    }
}

/// What script may have overridden on the instance.
struct Hooks(JsObject);

impl Hooks {
    fn method(&self, name: JsString, context: &mut Context) -> JsResult<Option<JsObject>> {
        Ok(self.0.get(name, context)?.as_callable())
    }
}

impl WriteHooks for Hooks {
    fn error(&self, message: &str, context: &mut Context) -> JsError {
        let this = self.0.clone().into();
        let made = match self.method(js_string!("_getDataCloneError"), context) {
            Ok(Some(method)) => method.call(&this, &[JsString::from(message).into()], context),
            Ok(None) => return errors::plain(errors::Base::Plain, message, context),
            Err(error) => return error,
        };
        made.map_or_else(|error| error, JsError::from_opaque)
    }

    fn shared(&self, buffer: &JsObject, context: &mut Context) -> JsResult<Option<u32>> {
        let method = self.method(js_string!("_getSharedArrayBufferId"), context)?;
        let Some(method) = method else {
            return Ok(None);
        };
        let id = method.call(&self.0.clone().into(), &[buffer.clone().into()], context)?;
        id.to_u32(context).map(Some)
    }

    fn host_object(&self, _: &Writer, object: &JsObject, context: &mut Context) -> JsResult<()> {
        let method = self.method(js_string!("_writeHostObject"), context)?;
        let Some(method) = method else {
            let message = cannot_clone(&object.clone().into(), context);
            return Err(self.error(&message, context));
        };
        method.call(&self.0.clone().into(), &[object.clone().into()], context)?;
        Ok(())
    }
}
