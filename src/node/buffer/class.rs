//! The class `Buffer`, and how its instances are made: natively, from a cached prototype and a shared pool of memory.

use std::{
    cell::{Cell, OnceCell, RefCell},
    rc::Rc,
};

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue, NativeFunction,
    js_string,
    object::{
        FunctionObjectBuilder,
        builtins::{AlignedVec, JsArrayBuffer},
    },
    property::{Attribute, PropertyDescriptor},
};

use super::{create, numbers, search, text, view::View, web::WebFunctions, whole};
use crate::{
    engine::{
        builtins,
        native::{self, Natives},
    },
    node::arguments::inspect_symbol,
    runtime::State,
};

/// What `Buffer.poolSize` is before a script changes it.
const POOL_BYTES: usize = 64 * 1024;

/// The class of one runtime.
pub struct BufferClass {
    /// The global `Buffer`.
    pub constructor: JsObject,
    /// `Buffer.prototype`.
    pub prototype: JsObject,
    /// What typed array methods construct: `Buffer` without its deprecated ways to be called.
    fast: JsObject,
    uint8_array: JsObject,
    /// `atob` and `btoa`, once they are asked for.
    pub web: OnceCell<WebFunctions>,
    /// `buffer.INSPECT_MAX_BYTES`.
    pub inspect_max_bytes: Cell<f64>,
    pool: RefCell<Option<JsArrayBuffer>>,
    pool_offset: Cell<usize>,
    pool_size: Cell<usize>,
}

/// Where a runtime keeps it.
#[derive(Default)]
pub struct Slot(RefCell<Option<Rc<BufferClass>>>);

impl Slot {
    /// Lets go of the heap.
    pub fn clear(&self) {
        self.0.borrow_mut().take();
    }
}

/// The class of the context's runtime; made when it is first asked for.
pub fn class(context: &mut Context) -> JsResult<Rc<BufferClass>> {
    let state = State::of(context);
    if let Some(class) = &*state.buffers.0.borrow() {
        return Ok(class.clone());
    }
    let class = Rc::new(make(context)?);
    *state.buffers.0.borrow_mut() = Some(class.clone());
    Ok(class)
}

fn make(context: &mut Context) -> JsResult<BufferClass> {
    let uint8 = context.intrinsics().constructors().typed_uint8_array();
    let (uint8_array, uint8_prototype) = (uint8.constructor(), uint8.prototype());
    let prototype = JsObject::from_proto_and_data(
        uint8_prototype,
        boa_engine::builtins::object::OrdinaryObject,
    );
    builtins::bring_near_to(&prototype, context);

    let captured = uint8_array.clone();
    let construct = NativeFunction::from_copy_closure_with_captures(
        |new_target, args, uint8_array: &JsObject, context| {
            let Some(target) = new_target.as_object() else {
                let message = "Class constructor FastBuffer cannot be invoked without 'new'";
                return Err(JsNativeError::typ().with_message(message).into());
            };
            uint8_array
                .construct(args, Some(&target), context)
                .map(JsValue::from)
        },
        captured,
    );
    let fast: JsObject = FunctionObjectBuilder::new(context.realm(), construct)
        .name(js_string!("FastBuffer"))
        .length(3)
        .constructor(true)
        .build()
        .into();
    let constructor: JsObject = native::constructor(context, "Buffer", 3, create::construct).into();
    for function in [&fast, &constructor] {
        function.set_prototype(Some(uint8_array.clone()));
        let descriptor = native::property(prototype.clone(), Attribute::WRITABLE);
        function.insert_property(js_string!("prototype"), descriptor);
    }
    Natives::on(prototype.clone(), context).value("constructor", constructor.clone());

    let species = NativeFunction::from_copy_closure_with_captures(
        |_, _, fast: &JsObject, _| Ok(fast.clone().into()),
        fast.clone(),
    );
    let species = FunctionObjectBuilder::new(context.realm(), species)
        .name(js_string!("get [Symbol.species]"))
        .build();
    let descriptor = PropertyDescriptor::builder()
        .get(species)
        .enumerable(false)
        .configurable(true);
    constructor.insert_property(JsSymbol::species(), descriptor.build());

    let statics = Natives::on(constructor.clone(), context)
        .attributes(Attribute::all())
        .accessor("poolSize", pool_size, Some(set_pool_size));
    create::statics(statics);
    let methods = Natives::on(prototype.clone(), context).attributes(Attribute::all());
    let methods = numbers::methods(methods);
    let methods = text::methods(methods);
    let methods = search::methods(methods);
    whole::methods(methods);
    let aliases = numbers::ALIASES
        .iter()
        .chain(&[("toLocaleString", "toString")]);
    for (alias, name) in aliases {
        let method = prototype.get(JsString::from(*name), context)?;
        prototype.create_data_property_or_throw(JsString::from(*alias), method, context)?;
    }
    let key = inspect_symbol(context)?;
    let method = prototype.get(js_string!("inspect"), context)?;
    prototype.create_data_property_or_throw(key, method, context)?;

    Ok(BufferClass {
        constructor,
        prototype,
        fast,
        uint8_array,
        web: OnceCell::new(),
        inspect_max_bytes: Cell::new(50.0),
        pool: RefCell::default(),
        pool_offset: Cell::new(0),
        pool_size: Cell::new(POOL_BYTES),
    })
}

fn pool_size(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(class(context)?.pool_size.get().into())
}

fn set_pool_size(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let size = args
        .first()
        .cloned()
        .unwrap_or_default()
        .to_length(context)?;
    class(context)?.pool_size.set(size as usize);
    Ok(JsValue::undefined())
}

impl BufferClass {
    /// A Buffer on a range of an ArrayBuffer.
    pub fn on(
        &self,
        buffer: JsArrayBuffer,
        offset: usize,
        length: usize,
        context: &mut Context,
    ) -> JsResult<JsObject> {
        self.construct(&[buffer.into(), offset.into(), length.into()], context)
    }

    /// A Buffer on a part of what a view sees.
    pub fn on_view(&self, view: &View, context: &mut Context) -> JsResult<JsObject> {
        self.construct(
            &[
                view.buffer().into(),
                view.offset().into(),
                view.len().into(),
            ],
            context,
        )
    }

    /// A Buffer from the arguments of the Uint8Array constructor.
    pub fn construct(&self, args: &[JsValue], context: &mut Context) -> JsResult<JsObject> {
        self.uint8_array.construct(args, Some(&self.fast), context)
    }

    /// Whether the object inherits from `Buffer.prototype`.
    pub fn is_instance(&self, object: &JsObject) -> bool {
        let mut at = object.prototype();
        while let Some(prototype) = at {
            if prototype == self.prototype {
                return true;
            }
            at = prototype.prototype();
        }
        false
    }

    /// Zeroed memory of its own.
    pub fn allocate_zeroed(&self, length: usize, context: &mut Context) -> JsResult<JsObject> {
        let buffer = allocate_array_buffer(length, context)?;
        self.on(buffer, 0, length, context)
    }

    /// Memory from the pool where that has room for as little, and else of its own.
    pub fn allocate(&self, length: usize, context: &mut Context) -> JsResult<JsObject> {
        if !self.is_pooled(length) {
            return self.allocate_zeroed(length, context);
        }
        let (pool, offset) = self.reserve(length, context)?;
        self.on(pool, offset, length, context)
    }

    /// Whether a Buffer of so many bytes is a part of the pool.
    pub fn is_pooled(&self, length: usize) -> bool {
        length > 0 && length < self.pool_size.get() / 2
    }

    /// A Buffer with a copy of the bytes, from the pool if they are few.
    pub fn copy_of(&self, bytes: &[u8], context: &mut Context) -> JsResult<JsObject> {
        let length = bytes.len();
        if !self.is_pooled(length) {
            return self.own(aligned(bytes), context);
        }
        let (pool, offset) = self.reserve(length, context)?;
        if let Some(mut data) = pool.data_mut()
            && let Some(room) = data.get_mut(offset..offset + length)
        {
            room.copy_from_slice(bytes);
        }
        self.on(pool, offset, length, context)
    }

    /// A Buffer, from the pool if it is small, that `write` fills; it returns how many bytes it wrote, and must not run
    /// script.
    pub fn written(
        &self,
        room: usize,
        write: impl FnOnce(&mut [u8]) -> usize,
        context: &mut Context,
    ) -> JsResult<JsObject> {
        if !self.is_pooled(room) {
            let mut bytes: AlignedVec<u8> = AlignedVec::with_capacity(0, room);
            bytes.resize(room, 0);
            let length = write(&mut bytes);
            bytes.truncate(length);
            return self.own(bytes, context);
        }
        let (pool, offset) = self.reserve(room, context)?;
        let length = match pool.data_mut() {
            Some(mut data) => data.get_mut(offset..offset + room).map_or(0, write),
            None => 0,
        };
        // What was too much is there for the next one.
        self.use_pool_up_to(offset + length);
        self.on(pool, offset, length, context)
    }

    /// A Buffer that takes over memory.
    pub fn own(&self, bytes: AlignedVec<u8>, context: &mut Context) -> JsResult<JsObject> {
        let length = bytes.len();
        let memory = &State::of(context).memory;
        memory.allocated(length);
        memory.safe_point();
        let buffer = JsArrayBuffer::from_byte_block(bytes, context)?;
        self.on(buffer, 0, length, context)
    }

    /// Room in the pool; a full pool is left to those who have parts of it.
    fn reserve(&self, length: usize, context: &mut Context) -> JsResult<(JsArrayBuffer, usize)> {
        let size = self.pool_size.get();
        let offset = self.pool_offset.get();
        let pool = self.pool.borrow().clone();
        let (pool, offset) = match pool {
            // A pool that a script detached (structured clone can) has no length any more.
            Some(pool) if offset + length <= pool.byte_length() => (pool, offset),
            _ => {
                let pool = allocate_array_buffer(size, context)?;
                *self.pool.borrow_mut() = Some(pool.clone());
                (pool, 0)
            }
        };
        self.use_pool_up_to(offset + length);
        Ok((pool, offset))
    }

    /// The next one starts where any kind of typed array could.
    fn use_pool_up_to(&self, end: usize) {
        self.pool_offset.set(end.next_multiple_of(8));
    }
}

fn allocate_array_buffer(length: usize, context: &mut Context) -> JsResult<JsArrayBuffer> {
    let memory = &State::of(context).memory;
    memory.allocated(length);
    memory.safe_point();
    let failed = || JsNativeError::range().with_message("Array buffer allocation failed");
    JsArrayBuffer::from_byte_block(zeroes(length).ok_or_else(failed)?, context)
        .map_err(|_| failed().into())
}

/// Memory of an array buffer. The engine writes its zeroes one by one.
fn zeroes(length: usize) -> Option<AlignedVec<u8>> {
    let mut bytes: AlignedVec<u8> = AlignedVec::new(0);
    bytes.try_reserve_exact(length).ok()?;
    // SAFETY: the capacity was just reserved, and every byte below the new length is initialised by the zeroes.
    unsafe {
        std::ptr::write_bytes(bytes.as_mut_ptr(), 0, length);
        bytes.set_len(length);
    }
    Some(bytes)
}

/// A copy in memory as the engine's array buffers want it.
pub fn aligned(bytes: &[u8]) -> AlignedVec<u8> {
    let mut copy: AlignedVec<u8> = AlignedVec::with_capacity(0, bytes.len());
    // SAFETY: the capacity was just reserved, the regions are distinct allocations, and every byte below the new
    // length is initialised by the copy.
    unsafe {
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), copy.as_mut_ptr(), bytes.len());
        copy.set_len(bytes.len());
    }
    copy
}
