//! The bytes behind typed arrays, DataViews and array buffers, without a property look-up.
//!
//! A [`View`] is found once and then read or written in place. Nothing of it is borrowed between calls. The bytes of a
//! SharedArrayBuffer can't be reached in place: they are copied out, and copied back after writing.

use boa_engine::{
    Context, JsObject, JsResult, JsValue,
    builtins::{
        array_buffer::{ArrayBuffer, SharedArrayBuffer},
        dataview::DataView,
        typed_array::{TypedArray, TypedArrayKind},
    },
    object::builtins::{
        JsArrayBuffer, JsDataView, JsSharedArrayBuffer, JsTypedArray, JsUint8Array,
    },
};

/// A range of bytes of a buffer.
#[derive(Clone)]
pub struct View {
    store: Store,
    offset: usize,
    length: usize,
}

#[derive(Clone)]
enum Store {
    Plain(JsArrayBuffer),
    Shared(JsSharedArrayBuffer),
}

impl Store {
    fn of(object: JsObject) -> Option<Self> {
        match object.downcast::<ArrayBuffer>() {
            Ok(buffer) => Some(Self::Plain(buffer.into())),
            Err(object) => JsSharedArrayBuffer::from_object(object)
                .ok()
                .map(Self::Shared),
        }
    }

    fn byte_length(&self) -> usize {
        match self {
            Self::Plain(buffer) => buffer.byte_length(),
            Self::Shared(buffer) => buffer.byte_length(),
        }
    }
}

impl View {
    /// The bytes of a typed array (of any kind) or DataView; `None` for everything else.
    pub fn of(value: &JsValue, context: &mut Context) -> Option<Self> {
        Self::of_object(&value.as_object()?, context)
    }

    /// The same for an object.
    pub fn of_object(object: &JsObject, context: &mut Context) -> Option<Self> {
        let (offset, known) = {
            let Some(array) = object.downcast_ref::<TypedArray>() else {
                return Self::of_data_view(object, context);
            };
            // A length beyond any buffer is how the engine says "as long as the buffer".
            let length = array.byte_length(usize::MAX);
            (
                array.byte_offset() as usize,
                usize::try_from(length).ok().filter(|l| *l < 1 << 53),
            )
        };
        let store =
            JsTypedArray::from_object(object.clone()).and_then(|array| array.buffer(context));
        let store = Store::of(store.ok()?.as_object()?)?;
        let room = store.byte_length().checked_sub(offset);
        // Out of bounds, because the buffer was detached or has shrunk: no bytes.
        let length = match (known, room) {
            (Some(known), Some(room)) if known <= room => known,
            (None, Some(room)) => room,
            _ => 0,
        };
        Some(Self {
            store,
            offset: if length == 0 { 0 } else { offset },
            length,
        })
    }

    fn of_data_view(object: &JsObject, context: &mut Context) -> Option<Self> {
        if !object.is::<DataView>() {
            return None;
        }
        let view = JsDataView::from_object(object.clone()).ok()?;
        let store = Store::of(view.buffer(context).ok()?.as_object()?)?;
        let length = view.byte_length(context).unwrap_or(0) as usize;
        let offset = view.byte_offset(context).unwrap_or(0) as usize;
        Some(Self {
            store,
            offset,
            length,
        })
    }

    /// The bytes of an ArrayBuffer or SharedArrayBuffer as well.
    pub fn of_any(value: &JsValue, context: &mut Context) -> Option<Self> {
        let object = value.as_object()?;
        if object.is::<ArrayBuffer>() || object.is::<SharedArrayBuffer>() {
            let store = Store::of(object)?;
            let length = store.byte_length();
            return Some(Self {
                store,
                offset: 0,
                length,
            });
        }
        Self::of_object(&object, context)
    }

    /// The bytes of a Uint8Array (a `Buffer` is one); `None` for everything else.
    pub fn of_uint8(value: &JsValue, context: &mut Context) -> Option<Self> {
        let object = value.as_object()?;
        if !is_uint8_array(&object) {
            return None;
        }
        Self::of_object(&object, context)
    }

    /// How many bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.length
    }

    /// Where in its buffer the view starts.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The ArrayBuffer or SharedArrayBuffer.
    #[must_use]
    pub fn buffer(&self) -> JsObject {
        match &self.store {
            Store::Plain(buffer) => buffer.clone().into(),
            Store::Shared(buffer) => buffer.clone().into(),
        }
    }

    /// A part of this view.
    #[must_use]
    pub fn part(&self, start: usize, end: usize) -> Self {
        let end = end.min(self.length);
        let start = start.min(end);
        Self {
            store: self.store.clone(),
            offset: self.offset + start,
            length: end - start,
        }
    }

    /// Whether both see the same memory.
    #[must_use]
    pub fn same_memory(&self, other: &Self) -> bool {
        JsObject::equals(&self.buffer(), &other.buffer())
    }

    /// Reads the bytes in place. `read` must not call script.
    pub fn read<R>(&self, read: impl FnOnce(&[u8]) -> R) -> R {
        match &self.store {
            Store::Plain(buffer) => {
                let data = buffer.data();
                read(
                    data.as_deref()
                        .and_then(|bytes| self.within(bytes))
                        .unwrap_or_default(),
                )
            }
            Store::Shared(buffer) => read(self.within(&buffer.to_vec()).unwrap_or_default()),
        }
    }

    /// Reads and writes the bytes in place. `write` must not call script.
    ///
    /// # Errors
    /// When bytes of a SharedArrayBuffer can't be copied back.
    pub fn write<R>(
        &self,
        context: &mut Context,
        write: impl FnOnce(&mut [u8]) -> R,
    ) -> JsResult<R> {
        match &self.store {
            Store::Plain(buffer) => {
                let mut data = buffer.data_mut();
                let range = self.offset..self.offset + self.length;
                let bytes = data.as_deref_mut().and_then(|bytes| bytes.get_mut(range));
                Ok(write(bytes.unwrap_or_default()))
            }
            Store::Shared(buffer) => {
                let mut bytes = self.within(&buffer.to_vec()).unwrap_or_default().to_vec();
                let outcome = write(&mut bytes);
                let target = JsUint8Array::from_shared_array_buffer(buffer.clone(), context)?;
                let source = JsUint8Array::from_iter(bytes, context)?;
                target.set_values(source.into(), Some(self.offset as u64), context)?;
                Ok(outcome)
            }
        }
    }

    /// Copies as much as fits of this view's bytes to the start of another, which may overlap it.
    ///
    /// # Errors
    /// When bytes of a SharedArrayBuffer can't be copied back.
    pub fn copy_to(&self, target: &Self, context: &mut Context) -> JsResult<usize> {
        let length = self.length.min(target.length);
        if length == 0 {
            return Ok(0);
        }
        if let (Store::Plain(buffer), true) = (&self.store, self.same_memory(target)) {
            if let Some(mut data) = buffer.data_mut() {
                data.copy_within(self.offset..self.offset + length, target.offset);
            }
            return Ok(length);
        }
        let source = self.part(0, length);
        match &source.store {
            Store::Plain(buffer) => {
                let data = buffer.data();
                let bytes = data
                    .as_deref()
                    .and_then(|bytes| source.within(bytes))
                    .unwrap_or_default();
                target
                    .part(0, length)
                    .write(context, |into| into.copy_from_slice(bytes))?;
            }
            Store::Shared(_) => {
                let bytes = source.to_vec();
                target
                    .part(0, length)
                    .write(context, |into| into.copy_from_slice(&bytes))?;
            }
        }
        Ok(length)
    }

    /// A copy of the bytes.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        self.read(<[u8]>::to_vec)
    }

    fn within<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        bytes.get(self.offset..self.offset + self.length)
    }
}

/// Whether an object is a Uint8Array: `Buffer`s are, and subclasses.
#[must_use]
pub fn is_uint8_array(object: &JsObject) -> bool {
    object
        .downcast_ref::<TypedArray>()
        .is_some_and(|array| array.kind() == TypedArrayKind::Uint8)
}
