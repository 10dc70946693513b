//! From bytes to a value.

use std::cell::Cell;

use boa_engine::{
    Context, Finalize, JsObject, JsResult, JsString, JsValue, Trace,
    builtins::array_buffer::{ArrayBuffer, SharedArrayBuffer},
    js_string,
    object::builtins::{JsArray, JsArrayBuffer, JsMap, JsRegExp, JsSet},
    property::PropertyKey,
};
use boa_gc::GcRefCell;

use super::{
    DEEPEST, LENGTH_TRACKING, REGEXP_FLAGS, VERSION, broken, builtins, input::Input, tag, too_deep,
};
use crate::{
    engine::{
        native::{METHOD, new_object, property},
        stack,
    },
    node::{buffer, errors},
    runtime::State,
};

/// V8 reads nothing older, nor do we.
const OLDEST_VERSION: u64 = 13;

/// What the users of a [`Reader`] do differently.
pub trait ReadHooks {
    /// The SharedArrayBuffer of a number.
    ///
    /// # Errors
    /// When there is none.
    fn shared(&self, _id: u32, context: &mut Context) -> JsResult<JsObject> {
        Err(broken(context))
    }

    /// Reads what [`host_object`](super::WriteHooks::host_object) has written.
    ///
    /// # Errors
    /// When that isn't there.
    fn host_object(&self, _reader: &Reader, context: &mut Context) -> JsResult<JsObject> {
        Err(broken(context))
    }
}

/// Bytes that are being read, and the objects that came out of them.
#[derive(Trace, Finalize)]
pub struct Reader {
    #[unsafe_ignore_trace]
    input: Input,
    #[unsafe_ignore_trace]
    version: Cell<u32>,
    /// In the order in which they begin; an error or an object of the platform is there when it is complete.
    objects: GcRefCell<Vec<JsValue>>,
    transferred: GcRefCell<Vec<(u32, JsObject)>>,
    #[unsafe_ignore_trace]
    depth: Cell<usize>,
}

impl Reader {
    /// Starts at the first byte.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self {
            input: Input::new(bytes),
            version: Cell::new(0),
            objects: GcRefCell::default(),
            transferred: GcRefCell::default(),
            depth: Cell::new(0),
        }
    }

    /// What is given in the place of a buffer that was written as this number.
    pub fn transfer(&self, id: u32, buffer: JsObject) {
        self.transferred.borrow_mut().push((id, buffer));
    }

    /// The version that the header named; 0 before it is read.
    pub fn version(&self) -> u32 {
        self.version.get()
    }

    /// Reads the header, if there is one.
    ///
    /// # Errors
    /// When the version isn't known.
    pub fn header(&self, context: &mut Context) -> JsResult<()> {
        if let Some(version) = self.input.header()
            && (OLDEST_VERSION..=u64::from(VERSION)).contains(&version)
        {
            self.version.set(version as u32);
            return Ok(());
        }
        let message = "Unable to deserialize cloned data due to invalid or unsupported version.";
        Err(errors::plain(errors::Base::Plain, message, context))
    }

    /// The place of so many bytes, which are passed over.
    pub fn skip(&self, length: usize) -> Option<usize> {
        self.input.skip(length)
    }

    /// So many bytes.
    pub fn raw(&self, length: usize) -> Option<&[u8]> {
        self.input.raw(length)
    }

    /// Seven bits a byte, the lowest first; what is beyond 64 bits is dropped.
    pub fn varint(&self) -> Option<u64> {
        self.input.varint()
    }

    /// Eight bytes, the lowest first.
    pub fn double(&self) -> Option<f64> {
        self.input.double()
    }

    /// A value with all that hangs on it.
    ///
    /// # Errors
    /// Bytes that mean nothing, and what hooks throw.
    pub fn value(&self, hooks: &dyn ReadHooks, context: &mut Context) -> JsResult<JsValue> {
        // What the innermost object holds is a value too.
        if self.depth.get() > DEEPEST {
            return Err(too_deep(context));
        }
        self.depth.set(self.depth.get() + 1);
        let value = self.any(hooks, context);
        self.depth.set(self.depth.get() - 1);
        let value = value?;
        // A view comes right after its buffer.
        if let Some(object) = value.as_object()
            && (object.is::<ArrayBuffer>() || object.is::<SharedArrayBuffer>())
            && self.input.peek() == Some(tag::VIEW)
        {
            return self.view(object, context);
        }
        Ok(value)
    }

    fn any(&self, hooks: &dyn ReadHooks, context: &mut Context) -> JsResult<JsValue> {
        let Some(tag) = self.input.tag() else {
            return Err(broken(context));
        };
        Ok(match tag {
            tag::UNDEFINED => JsValue::undefined(),
            tag::NULL => JsValue::null(),
            tag::TRUE => true.into(),
            tag::FALSE => false.into(),
            tag::INT32 => {
                let bits = self.input.varint32(context)?;
                (((bits >> 1) as i32) ^ -((bits & 1) as i32)).into()
            }
            tag::UINT32 => self.input.varint32(context)?.into(),
            tag::DOUBLE => self.input.number(context)?.into(),
            tag::BIGINT => self.input.bigint(context)?.into(),
            tag::ONE_BYTE | tag::TWO_BYTE | tag::UTF8 => self.input.text(tag, context)?.into(),
            tag::REFERENCE => {
                let id = self.input.length(context)?;
                let known = self.objects.borrow().get(id).cloned();
                known
                    .filter(JsValue::is_object)
                    .ok_or_else(|| broken(context))?
            }
            tag::OBJECT => {
                let object = new_object(context);
                self.keep(&object);
                self.properties(&object, tag::END_OBJECT, hooks, context)?;
                object.into()
            }
            tag::DENSE_ARRAY => self.dense(hooks, context)?,
            tag::SPARSE_ARRAY => self.sparse(hooks, context)?,
            tag::DATE => {
                let time = self.input.number(context)?;
                let class = context.intrinsics().constructors().date().constructor();
                self.made(class.construct(&[time.into()], None, context)?)
            }
            tag::TRUE_OBJECT => self.made(JsValue::from(true).to_object(context)?),
            tag::FALSE_OBJECT => self.made(JsValue::from(false).to_object(context)?),
            tag::NUMBER_OBJECT => {
                let number = JsValue::from(self.input.number(context)?);
                self.made(number.to_object(context)?)
            }
            tag::BIGINT_OBJECT => {
                let big = JsValue::from(self.input.bigint(context)?);
                self.made(big.to_object(context)?)
            }
            tag::STRING_OBJECT => {
                let text = JsValue::from(self.input.string(context)?);
                self.made(text.to_object(context)?)
            }
            tag::REGEXP => self.regexp(context)?,
            tag::MAP => self.map(hooks, context)?,
            tag::SET => self.set(hooks, context)?,
            tag::ARRAY_BUFFER => self.array_buffer(false, context)?,
            tag::RESIZABLE_ARRAY_BUFFER => self.array_buffer(true, context)?,
            tag::TRANSFERRED => {
                let id = self.input.varint32(context)?;
                let found = self
                    .transferred
                    .borrow()
                    .iter()
                    .find(|(known, _)| *known == id)
                    .map(|(_, buffer)| buffer.clone());
                self.made(found.ok_or_else(|| broken(context))?)
            }
            tag::SHARED => {
                let id = self.input.varint32(context)?;
                self.made(hooks.shared(id, context)?)
            }
            tag::ERROR => self.error(hooks, context)?,
            tag::HOST_OBJECT => {
                let place = self.reserve();
                let object = hooks.host_object(self, context)?;
                self.fill(place, object)
            }
            _ => return Err(broken(context)),
        })
    }

    fn keep(&self, object: &JsObject) {
        self.objects.borrow_mut().push(object.clone().into());
    }

    fn made(&self, object: JsObject) -> JsValue {
        self.keep(&object);
        object.into()
    }

    /// The place of an object that is made only when more is known.
    fn reserve(&self) -> usize {
        let mut objects = self.objects.borrow_mut();
        objects.push(JsValue::undefined());
        objects.len() - 1
    }

    fn fill(&self, place: usize, object: JsObject) -> JsValue {
        let value = JsValue::from(object);
        if let Some(slot) = self.objects.borrow_mut().get_mut(place) {
            *slot = value.clone();
        }
        value
    }

    fn properties(
        &self,
        object: &JsObject,
        end: u8,
        hooks: &dyn ReadHooks,
        context: &mut Context,
    ) -> JsResult<()> {
        let mut count = 0;
        while self.input.peek() != Some(end) {
            let key = self.value(hooks, context)?;
            if !key.is_string() && !key.is_number() {
                return Err(broken(context));
            }
            let key = key.to_property_key(context)?;
            let value = self.value(hooks, context)?;
            object.create_data_property_or_throw(key, value, context)?;
            count += 1;
        }
        self.input.tag();
        if self.input.varint32(context)? == count {
            Ok(())
        } else {
            Err(broken(context))
        }
    }

    fn dense(&self, hooks: &dyn ReadHooks, context: &mut Context) -> JsResult<JsValue> {
        let length = self.input.length(context)?;
        // Each element takes a byte at least.
        if length > self.input.left() {
            return Err(broken(context));
        }
        let array: JsObject = JsArray::new(context)?.into();
        self.keep(&array);
        for index in 0..length {
            if self.input.peek() == Some(tag::HOLE) {
                self.input.tag();
                continue;
            }
            let value = self.value(hooks, context)?;
            let key = PropertyKey::from(index as u64);
            array.create_data_property_or_throw(key, value, context)?;
        }
        array.set(js_string!("length"), length, true, context)?;
        self.properties(&array, tag::END_DENSE_ARRAY, hooks, context)?;
        if self.input.length(context)? != length {
            return Err(broken(context));
        }
        Ok(array.into())
    }

    fn sparse(&self, hooks: &dyn ReadHooks, context: &mut Context) -> JsResult<JsValue> {
        let length = self.input.varint32(context)?;
        let array: JsObject = JsArray::new(context)?.into();
        self.keep(&array);
        array.set(js_string!("length"), length, true, context)?;
        self.properties(&array, tag::END_SPARSE_ARRAY, hooks, context)?;
        if self.input.varint32(context)? != length {
            return Err(broken(context));
        }
        Ok(array.into())
    }

    fn regexp(&self, context: &mut Context) -> JsResult<JsValue> {
        let source = self.input.string(context)?;
        let bits = self.input.varint32(context)?;
        let flags: String = REGEXP_FLAGS
            .iter()
            .filter(|(_, bit)| bits & bit != 0)
            .map(|(letter, _)| *letter)
            .collect();
        let made = JsRegExp::new(source, JsString::from(flags), context);
        let regexp = made.map_err(|_| broken(context))?;
        Ok(self.made(regexp.into()))
    }

    fn map(&self, hooks: &dyn ReadHooks, context: &mut Context) -> JsResult<JsValue> {
        let map = JsMap::new(context);
        let object = JsObject::from(map.clone());
        self.keep(&object);
        let mut count = 0;
        while self.input.peek() != Some(tag::END_MAP) {
            let key = self.value(hooks, context)?;
            let value = self.value(hooks, context)?;
            map.set(key, value, context)?;
            count += 2;
        }
        self.input.tag();
        if self.input.varint32(context)? != count {
            return Err(broken(context));
        }
        Ok(object.into())
    }

    fn set(&self, hooks: &dyn ReadHooks, context: &mut Context) -> JsResult<JsValue> {
        let set = JsSet::new(context);
        let object = JsObject::from(set.clone());
        self.keep(&object);
        let mut count = 0;
        while self.input.peek() != Some(tag::END_SET) {
            let value = self.value(hooks, context)?;
            set.add(value, context)?;
            count += 1;
        }
        self.input.tag();
        if self.input.varint32(context)? != count {
            return Err(broken(context));
        }
        Ok(object.into())
    }

    fn array_buffer(&self, resizable: bool, context: &mut Context) -> JsResult<JsValue> {
        let length = self.input.length(context)?;
        let most = if resizable {
            Some(u64::from(self.input.varint32(context)?))
        } else {
            None
        };
        if most.is_some_and(|most| most < length as u64) {
            return Err(broken(context));
        }
        let Some(bytes) = self.input.raw(length) else {
            return Err(broken(context));
        };
        State::of(context).memory.allocated(length);
        let buffer = JsArrayBuffer::from_byte_block(buffer::aligned(bytes), context)?;
        let buffer = match most {
            Some(most) => buffer.with_max_byte_length(most),
            None => buffer,
        };
        Ok(self.made(buffer.into()))
    }

    fn view(&self, buffer: JsObject, context: &mut Context) -> JsResult<JsValue> {
        self.input.tag();
        let letter = self.input.byte().ok_or_else(|| broken(context))?;
        let offset = self.input.length(context)?;
        let length = self.input.length(context)?;
        let flags = match self.version.get() {
            ..14 => 0,
            _ => self.input.varint32(context)?,
        };
        let kind = builtins::kind_of(letter);
        let (class, size) = match kind {
            Some(kind) => (
                builtins::typed_array(kind, context),
                builtins::element_bytes(kind),
            ),
            None if letter == builtins::DATA_VIEW => {
                let class = context.intrinsics().constructors().data_view();
                (class.constructor(), 1)
            }
            None => return Err(broken(context)),
        };
        if length % size != 0 || offset % size != 0 {
            return Err(broken(context));
        }
        let arguments = [buffer.into(), offset.into(), (length / size).into()];
        let count = if flags & LENGTH_TRACKING == 0 { 3 } else { 2 };
        let view = class
            .construct(&arguments[..count], None, context)
            .map_err(|_| broken(context))?;
        Ok(self.made(view))
    }

    fn error(&self, hooks: &dyn ReadHooks, context: &mut Context) -> JsResult<JsValue> {
        let place = self.reserve();
        let mut class = None;
        let mut message = None;
        let mut stack = None;
        let mut made: Option<JsObject> = None;
        loop {
            match self.input.tag() {
                Some(tag::END_ERROR) => break,
                Some(tag::ERROR_MESSAGE) => message = Some(self.input.string(context)?),
                Some(tag::ERROR_STACK) => {
                    let text = self.input.string(context)?;
                    if let Some(error) = &made {
                        stack::define_stack(error, text.clone().into());
                    }
                    stack = Some(text);
                }
                Some(tag::ERROR_CAUSE) => {
                    // The cause may lead back to the error.
                    let error = new_error(class, message.clone(), stack.clone(), context)?;
                    self.fill(place, error.clone());
                    made = Some(error.clone());
                    let cause = self.value(hooks, context)?;
                    error.insert_property(js_string!("cause"), property(cause, METHOD));
                }
                Some(letter) => class = Some(letter),
                None => return Err(broken(context)),
            }
        }
        match made {
            Some(error) => Ok(error.into()),
            None => Ok(self.fill(place, new_error(class, message, stack, context)?)),
        }
    }
}

fn new_error(
    class: Option<u8>,
    message: Option<JsString>,
    stack: Option<JsString>,
    context: &mut Context,
) -> JsResult<JsObject> {
    let Some(class) = builtins::error_class(class, context) else {
        return Err(broken(context));
    };
    let message = message.map(JsValue::from).unwrap_or_default();
    let error = class.construct(&[message], None, context)?;
    let stack = stack.map(JsValue::from).unwrap_or_default();
    stack::define_stack(&error, stack);
    Ok(error)
}
