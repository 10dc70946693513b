//! Whole values as bytes and back: `v8.serialize`, `v8.deserialize`, and the messages of the 'advanced' channels of
//! `child_process`. Views are written as Node writes them: by number of their kind, length and bytes.

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsValue,
    builtins::typed_array::TypedArray,
    object::builtins::{JsArrayBuffer, JsDataView},
    string::JsStrVariant,
};

use crate::{
    engine::clone::{ReadHooks, Reader, VIEW_KINDS, WriteHooks, Writer, typed_array},
    node::{
        buffer::{self, View},
        errors,
    },
};

const DATA_VIEW: usize = 9;
const BUFFER: usize = 10;
/// How channels mark a view, and what is none.
const CHANNEL_VIEW: u64 = 0;

/// Who reads and writes: `v8`, or a channel, which marks each object of the platform.
#[derive(Clone, Copy, PartialEq, Eq)]
enum User {
    Module,
    Channel,
}

impl WriteHooks for User {
    fn error(&self, message: &str, context: &mut Context) -> JsError {
        errors::plain(errors::Base::Plain, message, context)
    }

    fn host_object(
        &self,
        writer: &Writer,
        object: &JsObject,
        context: &mut Context,
    ) -> JsResult<()> {
        if *self == Self::Channel {
            writer.varint(CHANNEL_VIEW);
        }
        write_view(writer, object, context)
    }
}

impl ReadHooks for User {
    fn host_object(&self, reader: &Reader, context: &mut Context) -> JsResult<JsObject> {
        if *self == Self::Channel && reader.varint() != Some(CHANNEL_VIEW) {
            return reader.value(self, context)?.to_object(context);
        }
        read_view(reader, context)
    }
}

/// Writes a view by kind, length and bytes.
///
/// # Errors
/// When it is none.
pub fn write_view(writer: &Writer, object: &JsObject, context: &mut Context) -> JsResult<()> {
    let kind = if buffer::is_buffer(&object.clone().into(), context) {
        Some(BUFFER)
    } else {
        match object
            .downcast_ref::<TypedArray>()
            .map(|array| array.kind())
        {
            Some(kind) => VIEW_KINDS.iter().position(|known| *known == Some(kind)),
            None => Some(DATA_VIEW),
        }
    };
    let view = View::of_object(object, context);
    let (Some(kind), Some(view)) = (kind, view) else {
        let shown = errors::inspect(&object.clone().into(), context);
        let message = format!("Unserializable host object: {shown}");
        return Err(errors::plain(errors::Base::Plain, &message, context));
    };
    writer.varint(kind as u64);
    writer.varint(view.len() as u64);
    view.read(|bytes| writer.raw(bytes));
    Ok(())
}

/// Reads what [`write_view`] has written, into memory of its own.
///
/// # Errors
/// When it isn't there.
pub fn read_view(reader: &Reader, context: &mut Context) -> JsResult<JsObject> {
    let kind = reader.varint().map(|kind| kind as u32 as usize);
    let length = reader.varint().map(|length| length as u32 as usize);
    let (Some(kind), Some(length)) = (kind, length) else {
        return Err(failed("ReadUint32", context));
    };
    let Some(bytes) = reader.raw(length) else {
        return Err(failed("ReadRawBytes", context));
    };
    let bytes = buffer::aligned(bytes);
    if kind == BUFFER {
        return buffer::from_aligned(bytes, context);
    }
    let memory = JsArrayBuffer::from_byte_block(bytes, context)?;
    if kind == DATA_VIEW {
        return JsDataView::from_js_array_buffer(memory, None, None, context).map(JsObject::from);
    }
    let Some(kind) = VIEW_KINDS.get(kind).copied().flatten() else {
        let message = "Unable to deserialize cloned data.";
        return Err(errors::plain(errors::Base::Plain, message, context));
    };
    typed_array(kind, context).construct(&[memory.into()], None, context)
}

/// `ReadUint32() failed`
pub fn failed(what: &str, context: &mut Context) -> JsError {
    errors::plain(errors::Base::Plain, &format!("{what}() failed"), context)
}

/// `v8.serialize(value)`
pub fn serialize(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let bytes = write(args.get_or_undefined(0), User::Module, context)?;
    buffer::from_vec(bytes, context).map(JsValue::from)
}

/// `v8.deserialize(buffer)`
pub fn deserialize(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let bytes = bytes_of_view(args.get_or_undefined(0), "buffer", context)?;
    read(bytes, User::Module, context)
}

/// `serializeMessage(value)`: a message as it goes over a channel, its length in four bytes first.
pub fn serialize_message(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let bytes = write(args.get_or_undefined(0), User::Channel, context)?;
    let mut message = (bytes.len() as u32).to_be_bytes().to_vec();
    message.extend_from_slice(&bytes);
    buffer::from_vec(message, context).map(JsValue::from)
}

/// `deserializeMessage(bytes)`: what the bytes of a message, without the length, stand for.
pub fn deserialize_message(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let bytes = bytes_of_view(args.get_or_undefined(0), "message", context)?;
    read(bytes, User::Channel, context)
}

fn write(value: &JsValue, user: User, context: &mut Context) -> JsResult<Vec<u8>> {
    let writer = Writer::default();
    writer.treat_views_as_hosts(true);
    writer.header();
    writer.value(value, &user, context)?;
    Ok(writer.release())
}

fn read(bytes: Vec<u8>, user: User, context: &mut Context) -> JsResult<JsValue> {
    let reader = Reader::new(bytes);
    reader.header(context)?;
    reader.value(&user, context)
}

/// A copy of the bytes of a view.
///
/// # Errors
/// `ERR_INVALID_ARG_TYPE` when it is none.
pub fn bytes_of_view(value: &JsValue, name: &str, context: &mut Context) -> JsResult<Vec<u8>> {
    match View::of(value, context) {
        Some(view) => Ok(view.to_vec()),
        None => {
            let message = format!("{name} must be a TypedArray or a DataView");
            Err(super::invalid_argument(&message, context))
        }
    }
}

/// Whether a string is kept with a byte for each character.
pub fn is_one_byte(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).as_string();
    let one_byte =
        text.is_some_and(|text| matches!(text.as_str().variant(), JsStrVariant::Latin1(_)));
    Ok(one_byte.into())
}
