//! From a value to bytes.

use std::cell::Cell;

use boa_engine::{
    Context, Finalize, JsBigInt, JsError, JsObject, JsResult, JsString, JsValue, JsVariant, Trace,
    builtins::{
        array_buffer::{ArrayBuffer, SharedArrayBuffer},
        dataview::DataView,
        date::Date,
        error::Error,
        map::ordered_map::OrderedMap,
        object::OrdinaryObject,
        proxy::Proxy,
        regexp::RegExp,
        set::ordered_set::OrderedSet,
        typed_array::TypedArray,
    },
    js_string,
    object::builtins::{JsArrayBuffer, JsDate, JsRegExp},
    property::PropertyKey,
};
use boa_gc::GcRefCell;
use rustc_hash::FxHashMap;

use super::{
    DEEPEST, LENGTH_TRACKING, ON_RESIZABLE, REGEXP_FLAGS, VERSION, builtins,
    describe::{cannot_clone, is_engine_only},
    output::{Output, as_integer},
    tag, too_deep,
};
use crate::{
    engine::{json::objects::enumerable_keys, proxies, regexp_source},
    node::buffer::View,
};

/// What the users of a [`Writer`] do differently.
pub trait WriteHooks {
    /// The error of what can't be cloned.
    fn error(&self, message: &str, context: &mut Context) -> JsError;

    /// The number under which the reader finds a SharedArrayBuffer; `None` if it can't be cloned.
    ///
    /// # Errors
    /// What script throws.
    fn shared(&self, _buffer: &JsObject, _context: &mut Context) -> JsResult<Option<u32>> {
        Ok(None)
    }

    /// Whether [`host_object`](Self::host_object) writes this object. Asked of each, with views if the writer treats them
    /// so: it should be quick.
    fn is_host_object(&self, _object: &JsObject, _context: &mut Context) -> bool {
        false
    }

    /// Writes an object that is the platform's.
    ///
    /// # Errors
    /// What script throws, and `error` if it can't be written.
    fn host_object(
        &self,
        _writer: &Writer,
        object: &JsObject,
        context: &mut Context,
    ) -> JsResult<()> {
        Err(not_cloned(&object.clone().into(), self, context))
    }
}

/// Bytes in the making, and the objects in them.
#[derive(Default, Trace, Finalize)]
pub struct Writer {
    #[unsafe_ignore_trace]
    bytes: Output,
    /// The objects that have been begun, with their numbers.
    ids: GcRefCell<FxHashMap<JsObject, u32>>,
    transferred: GcRefCell<Vec<(JsObject, u32)>>,
    #[unsafe_ignore_trace]
    hosts_views: Cell<bool>,
    #[unsafe_ignore_trace]
    depth: Cell<usize>,
}

fn not_cloned<H: WriteHooks + ?Sized>(
    value: &JsValue,
    hooks: &H,
    context: &mut Context,
) -> JsError {
    let message = cannot_clone(value, context);
    hooks.error(&message, context)
}

impl Writer {
    /// The bytes so far; the writer starts anew.
    pub fn release(&self) -> Vec<u8> {
        self.ids.borrow_mut().clear();
        self.bytes.release()
    }

    /// Whether views go to the hooks instead of being written with their buffers.
    pub fn treat_views_as_hosts(&self, flag: bool) {
        self.hosts_views.set(flag);
    }

    /// From here on the buffer is written as a number, under which the reader is given its successor.
    pub fn transfer(&self, id: u32, buffer: JsObject) {
        self.transferred.borrow_mut().push((buffer, id));
    }

    /// The format and its version.
    pub fn header(&self) {
        self.raw(&[tag::VERSION, VERSION as u8]);
    }

    /// Bytes as they are.
    pub fn raw(&self, bytes: &[u8]) {
        self.bytes.raw(bytes);
    }

    /// Seven bits a byte, the lowest first.
    pub fn varint(&self, value: u64) {
        self.bytes.varint(value);
    }

    /// Eight bytes, the lowest first.
    pub fn double(&self, value: f64) {
        self.bytes.double(value);
    }

    /// A value with all that hangs on it.
    ///
    /// # Errors
    /// What can't be cloned, and what getters throw.
    pub fn value(
        &self,
        value: &JsValue,
        hooks: &dyn WriteHooks,
        context: &mut Context,
    ) -> JsResult<()> {
        match value.variant() {
            JsVariant::Undefined => self.bytes.byte(tag::UNDEFINED),
            JsVariant::Null => self.bytes.byte(tag::NULL),
            JsVariant::Boolean(true) => self.bytes.byte(tag::TRUE),
            JsVariant::Boolean(false) => self.bytes.byte(tag::FALSE),
            JsVariant::Integer32(number) => self.bytes.integer(number),
            JsVariant::Float64(number) => self.bytes.number(number),
            JsVariant::BigInt(big) => {
                self.bytes.byte(tag::BIGINT);
                self.bytes.bigint(&big);
            }
            JsVariant::String(text) => self.bytes.string(&text),
            JsVariant::Symbol(_) => return Err(not_cloned(value, hooks, context)),
            JsVariant::Object(object) => {
                if self.depth.get() >= DEEPEST {
                    return Err(too_deep(context));
                }
                self.depth.set(self.depth.get() + 1);
                let written = self.object(&object, hooks, context);
                self.depth.set(self.depth.get() - 1);
                return written;
            }
        }
        Ok(())
    }

    fn object(
        &self,
        object: &JsObject,
        hooks: &dyn WriteHooks,
        context: &mut Context,
    ) -> JsResult<()> {
        let is_view = object.is::<TypedArray>() || object.is::<DataView>();
        let known = self.ids.borrow().get(object).copied();
        if let Some(id) = known {
            self.bytes.byte(tag::REFERENCE);
            self.varint(u64::from(id));
            return Ok(());
        }
        let view = if is_view && !self.hosts_views.get() {
            let view = View::of_object(object, context);
            if let Some(view) = &view {
                self.value(&view.buffer().into(), hooks, context)?;
            }
            view
        } else {
            None
        };
        {
            let mut ids = self.ids.borrow_mut();
            let id = ids.len() as u32;
            ids.insert(object.clone(), id);
        }
        if let Some(view) = view {
            return self.view(object, &view, context);
        }
        if is_view || hooks.is_host_object(object, context) {
            self.bytes.byte(tag::HOST_OBJECT);
            return hooks.host_object(self, object, context);
        }
        if object.is::<OrdinaryObject>() {
            return self.plain(object, hooks, context);
        }
        if object.is_array() {
            return self.array(object, hooks, context);
        }
        self.special(object, hooks, context)
    }

    fn special(
        &self,
        object: &JsObject,
        hooks: &dyn WriteHooks,
        context: &mut Context,
    ) -> JsResult<()> {
        // Proxies of the runtime's own (`process.env`) are objects like others in Node.
        if object.is::<Proxy>() && !object.is_callable() {
            let details = proxies::details(object, context)?;
            if details.is_undefined() {
                return self.plain(object, hooks, context);
            }
        }
        if object.is_callable() || object.is::<Proxy>() {
            return Err(not_cloned(&object.clone().into(), hooks, context));
        }
        if object.is::<Date>() {
            let time = JsDate::from_object(object.clone())?.get_time(context)?;
            self.bytes.byte(tag::DATE);
            self.double(time.to_number(context)?);
        } else if object.is::<OrderedMap<JsValue>>() {
            self.map(object, hooks, context)?;
        } else if object.is::<OrderedSet>() {
            self.set(object, hooks, context)?;
        } else if object.is::<Error>() {
            self.error(object, hooks, context)?;
        } else if object.is::<RegExp>() {
            self.regexp(object, context)?;
        } else if object.is::<ArrayBuffer>() {
            self.array_buffer(object, hooks, context)?;
        } else if object.is::<SharedArrayBuffer>() {
            let Some(id) = hooks.shared(object, context)? else {
                return Err(not_cloned(&object.clone().into(), hooks, context));
            };
            self.bytes.byte(tag::SHARED);
            self.varint(u64::from(id));
        } else if !self.boxed(object) {
            if is_engine_only(object, context) {
                return Err(not_cloned(&object.clone().into(), hooks, context));
            }
            // An object that keeps native data of the runtime's: its properties are all that script gave it.
            self.plain(object, hooks, context)?;
        }
        Ok(())
    }

    fn boxed(&self, object: &JsObject) -> bool {
        if let Some(number) = object.downcast_ref::<f64>() {
            self.bytes.byte(tag::NUMBER_OBJECT);
            self.double(*number);
        } else if let Some(flag) = object.downcast_ref::<bool>() {
            self.bytes.byte(if *flag {
                tag::TRUE_OBJECT
            } else {
                tag::FALSE_OBJECT
            });
        } else if let Some(text) = object.downcast_ref::<JsString>() {
            self.bytes.byte(tag::STRING_OBJECT);
            self.bytes.string(&text);
        } else if let Some(big) = object.downcast_ref::<JsBigInt>() {
            self.bytes.byte(tag::BIGINT_OBJECT);
            self.bytes.bigint(&big);
        } else {
            return false;
        }
        true
    }

    fn plain(
        &self,
        object: &JsObject,
        hooks: &dyn WriteHooks,
        context: &mut Context,
    ) -> JsResult<()> {
        self.bytes.byte(tag::OBJECT);
        let keys = enumerable_keys(object, context)?;
        let count = self.properties(object, &keys, hooks, context)?;
        self.bytes.byte(tag::END_OBJECT);
        self.varint(count);
        Ok(())
    }

    /// Writes what of these properties is still there; returns how many.
    fn properties(
        &self,
        object: &JsObject,
        keys: &[PropertyKey],
        hooks: &dyn WriteHooks,
        context: &mut Context,
    ) -> JsResult<u64> {
        let mut count = 0;
        for key in keys {
            let found = object.borrow().properties().get(key);
            let value = match found.as_ref().map(|found| found.value()) {
                Some(Some(value)) => value.clone(),
                Some(None) => object.get(key.clone(), context)?,
                // A getter has removed it, or it is the object's own affair where it is.
                None if object.has_own_property(key.clone(), context)? => {
                    object.get(key.clone(), context)?
                }
                None => continue,
            };
            match key {
                PropertyKey::Index(index) => self.bytes.number(f64::from(index.get())),
                PropertyKey::String(name) => self.bytes.string(name),
                PropertyKey::Symbol(_) => continue,
            }
            self.value(&value, hooks, context)?;
            count += 1;
        }
        Ok(count)
    }

    fn array(
        &self,
        array: &JsObject,
        hooks: &dyn WriteHooks,
        context: &mut Context,
    ) -> JsResult<()> {
        let length = array
            .get(js_string!("length"), context)?
            .to_length(context)?;
        let keys = enumerable_keys(array, context)?;
        let elements = keys
            .iter()
            .take_while(|key| matches!(key, PropertyKey::Index(_)))
            .count();
        let (dense, doubles) = layout(array, length, elements);
        if !dense {
            self.bytes.byte(tag::SPARSE_ARRAY);
            self.varint(length);
            let count = self.properties(array, &keys, hooks, context)?;
            self.bytes.byte(tag::END_SPARSE_ARRAY);
            self.varint(count);
            self.varint(length);
            return Ok(());
        }
        self.bytes.byte(tag::DENSE_ARRAY);
        self.varint(length);
        for key in &keys[..elements] {
            let found = array.borrow().properties().get(key);
            let value = match found.as_ref().map(|found| found.value()) {
                Some(Some(value)) => value.clone(),
                Some(None) => array.get(key.clone(), context)?,
                // A getter of an element before it has removed it.
                None => {
                    self.bytes.byte(tag::HOLE);
                    continue;
                }
            };
            match value.as_number() {
                Some(number) if doubles => {
                    self.bytes.byte(tag::DOUBLE);
                    self.double(number);
                }
                _ => self.value(&value, hooks, context)?,
            }
        }
        let count = self.properties(array, &keys[elements..], hooks, context)?;
        self.bytes.byte(tag::END_DENSE_ARRAY);
        self.varint(count);
        self.varint(length);
        Ok(())
    }

    fn map(&self, map: &JsObject, hooks: &dyn WriteHooks, context: &mut Context) -> JsResult<()> {
        let entries: Vec<JsValue> = map
            .downcast_ref::<OrderedMap<JsValue>>()
            .map(|map| {
                map.iter()
                    .flat_map(|(key, value)| [key.clone(), value.clone()])
                    .collect()
            })
            .unwrap_or_default();
        self.bytes.byte(tag::MAP);
        for entry in &entries {
            self.value(entry, hooks, context)?;
        }
        self.bytes.byte(tag::END_MAP);
        self.varint(entries.len() as u64);
        Ok(())
    }

    fn set(&self, set: &JsObject, hooks: &dyn WriteHooks, context: &mut Context) -> JsResult<()> {
        let entries: Vec<JsValue> = set
            .downcast_ref::<OrderedSet>()
            .map(|set| set.iter().cloned().collect())
            .unwrap_or_default();
        self.bytes.byte(tag::SET);
        for entry in &entries {
            self.value(entry, hooks, context)?;
        }
        self.bytes.byte(tag::END_SET);
        self.varint(entries.len() as u64);
        Ok(())
    }

    fn regexp(&self, object: &JsObject, context: &mut Context) -> JsResult<()> {
        let regexp = JsRegExp::from_object(object.clone())?;
        let source = regexp_source::source_of(object, context)?;
        let flags = regexp.flags(context)?;
        self.bytes.byte(tag::REGEXP);
        self.bytes.string(&source);
        let bits = REGEXP_FLAGS
            .iter()
            .filter(|(letter, _)| flags.contains(*letter))
            .fold(0, |bits, (_, bit)| bits | bit);
        self.varint(u64::from(bits));
        Ok(())
    }

    fn error(
        &self,
        error: &JsObject,
        hooks: &dyn WriteHooks,
        context: &mut Context,
    ) -> JsResult<()> {
        let own = |name: JsString| {
            let found = error.borrow().properties().get(&name.into());
            found.and_then(|found| found.value().cloned())
        };
        let message = own(js_string!("message"));
        let cause = own(js_string!("cause"));
        let stack = error.get(js_string!("stack"), context)?;
        let name = error
            .get(js_string!("name"), context)?
            .to_string(context)?
            .to_std_string_lossy();
        self.bytes.byte(tag::ERROR);
        if let Some(letter) = builtins::error_letter(&name) {
            self.bytes.byte(letter);
        }
        if let Some(message) = message {
            let message = message.to_string(context)?;
            self.bytes.byte(tag::ERROR_MESSAGE);
            self.bytes.string(&message);
        }
        if let Some(stack) = stack.as_string() {
            self.bytes.byte(tag::ERROR_STACK);
            self.bytes.string(&stack);
        }
        // The last: it may lead back to the error, which the reader has made by then.
        if let Some(cause) = cause {
            self.bytes.byte(tag::ERROR_CAUSE);
            self.value(&cause, hooks, context)?;
        }
        self.bytes.byte(tag::END_ERROR);
        Ok(())
    }

    fn array_buffer(
        &self,
        object: &JsObject,
        hooks: &dyn WriteHooks,
        context: &mut Context,
    ) -> JsResult<()> {
        let transferred = self
            .transferred
            .borrow()
            .iter()
            .find(|(buffer, _)| JsObject::equals(buffer, object))
            .map(|(_, id)| *id);
        if let Some(id) = transferred {
            self.bytes.byte(tag::TRANSFERRED);
            self.varint(u64::from(id));
            return Ok(());
        }
        let buffer = JsArrayBuffer::from_object(object.clone())?;
        if buffer.data().is_none() {
            let message = "An ArrayBuffer is detached and could not be cloned.";
            return Err(hooks.error(message, context));
        }
        let most = max_byte_length(object, context)?;
        self.bytes.byte(match most {
            Some(_) => tag::RESIZABLE_ARRAY_BUFFER,
            None => tag::ARRAY_BUFFER,
        });
        self.varint(buffer.byte_length() as u64);
        if let Some(most) = most {
            self.varint(most);
        }
        if let Some(data) = buffer.data() {
            self.raw(&data);
        }
        Ok(())
    }

    fn view(&self, object: &JsObject, view: &View, context: &mut Context) -> JsResult<()> {
        let resizable = max_byte_length(&view.buffer(), context)?.is_some();
        let (letter, tracks) = match object.downcast_ref::<TypedArray>() {
            // A length beyond any buffer is how the engine says "as long as the buffer".
            Some(array) => (
                builtins::letter_of(array.kind()),
                array.byte_length(usize::MAX) > 1 << 53,
            ),
            None => (builtins::DATA_VIEW, false),
        };
        self.bytes.byte(tag::VIEW);
        self.bytes.byte(letter);
        self.varint(view.offset() as u64);
        self.varint(view.len() as u64);
        let tracks = if tracks { LENGTH_TRACKING } else { 0 };
        let resizable = if resizable { ON_RESIZABLE } else { 0 };
        self.varint(u64::from(tracks | resizable));
        Ok(())
    }
}

/// The bound of a resizable ArrayBuffer.
fn max_byte_length(buffer: &JsObject, context: &mut Context) -> JsResult<Option<u64>> {
    if !buffer.is::<ArrayBuffer>() || !buffer.get(js_string!("resizable"), context)?.to_boolean() {
        return Ok(None);
    }
    let most = buffer.get(js_string!("maxByteLength"), context)?;
    most.to_length(context).map(Some)
}

/// Whether an array has all its elements, as plain values, and whether they are numbers that V8 would keep as doubles.
fn layout(array: &JsObject, length: u64, elements: usize) -> (bool, bool) {
    if elements as u64 != length {
        return (false, false);
    }
    let borrowed = array.borrow();
    let properties = borrowed.properties();
    let mut only_numbers = true;
    let mut fractions = false;
    for index in 0..elements {
        let found = properties.get(&PropertyKey::from(index as u64));
        let Some(value) = found.as_ref().and_then(|found| found.value()) else {
            return (false, false);
        };
        match value.as_number() {
            Some(number) if only_numbers => fractions |= as_integer(number).is_none(),
            Some(_) => {}
            None => only_numbers = false,
        }
    }
    (true, only_numbers && fractions)
}
