//! What the native halves of Readable and Writable have in common: emitting from Rust, ticks, and accessors for the
//! bits of a state. A state (`_readableState`, `_writableState`) is an object whose native data is a record; nothing of
//! a record is borrowed while script runs.

#![expect(dead_code, reason = "the halves that use it follow")]

use std::cell::OnceCell;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsSymbol, JsValue, NativeFunction, js_string,
    native_function::NativeFunctionObject,
    object::{FunctionObjectBuilder, NativeObject, builtins::JsArray},
    property::PropertyDescriptor,
};

use crate::{node::errors, runtime::State};

/// What the module keeps for each runtime.
#[derive(Default)]
pub struct Slot {
    /// `EventEmitter.prototype.emit`: what a stream's `emit` is as long as nobody replaced it.
    emit: OnceCell<JsValue>,
    /// The property that says whether rejections of async listeners are caught, and `catch(emitter, result, type,
    /// ...args)`, which does it.
    capture: OnceCell<(JsSymbol, JsObject)>,
}

impl Slot {
    fn of(context: &Context) -> std::rc::Rc<Self> {
        State::of(context).slot::<Slot>()
    }
}

/// `setUpEmit(emit, kCapture, catch)`: tells the original `emit`, and what to do with promises that listeners return.
pub fn set_up_emit(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let slot = Slot::of(context);
    let emit = args.get_or_undefined(0);
    // A program may have replaced it before streams were loaded: then there is no short way.
    if emit
        .as_object()
        .is_some_and(|emit| emit.is::<NativeFunctionObject>())
    {
        let _ = slot.emit.set(emit.clone());
    }
    if let (Some(key), Some(catch)) = (
        args.get_or_undefined(1).as_symbol(),
        args.get_or_undefined(2).as_object(),
    ) {
        let _ = slot.capture.set((key, catch));
    }
    Ok(JsValue::undefined())
}

/// `stream.emit(event, ...args)`: the short way where nobody has replaced `emit`. Answers whether there were listeners.
pub fn emit(
    stream: &JsObject,
    event: JsString,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<bool> {
    let slot = Slot::of(context);
    let emit = stream.get(js_string!("emit"), context)?;
    // 'error' without a listener throws: that is the original's business.
    if slot.emit.get() != Some(&emit) || event == js_string!("error") {
        return call_emit(stream, &emit, event, args, context);
    }
    let Some(events) = stream.get(js_string!("_events"), context)?.as_object() else {
        return Ok(false);
    };
    let Some(found) = events.get(event.clone(), context)?.as_object() else {
        return Ok(false);
    };
    if found.is_callable() {
        call_listener(&slot, stream, &found, &event, args, context)?;
        return Ok(true);
    }
    // The listeners as they are now: those that come and go during the emission don't change it.
    let list = JsArray::from_object(found)?;
    let length = list.length(context)?;
    let mut listeners = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    for index in 0..length {
        listeners.extend(list.get(index, context)?.as_object());
    }
    for listener in listeners {
        call_listener(&slot, stream, &listener, &event, args, context)?;
    }
    Ok(true)
}

fn call_emit(
    stream: &JsObject,
    emit: &JsValue,
    event: JsString,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<bool> {
    let Some(emit) = emit.as_callable() else {
        return Err(errors::type_error("stream.emit is not a function", context));
    };
    let mut all = Vec::with_capacity(args.len() + 1);
    all.push(event.into());
    all.extend_from_slice(args);
    let heard = emit.call(&stream.clone().into(), &all, context)?;
    Ok(heard.to_boolean())
}

fn call_listener(
    slot: &Slot,
    stream: &JsObject,
    listener: &JsObject,
    event: &JsString,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<()> {
    let this = JsValue::from(stream.clone());
    let result = listener.call(&this, args, context)?;
    if !result.is_object() {
        return Ok(());
    }
    let Some((key, catch)) = slot.capture.get() else {
        return Ok(());
    };
    if !stream.get(key.clone(), context)?.to_boolean() {
        return Ok(());
    }
    let mut all = Vec::with_capacity(args.len() + 3);
    all.extend([this, result, event.clone().into()]);
    all.extend_from_slice(args);
    catch.call(&JsValue::undefined(), &all, context).map(drop)
}

/// A record with the bits of a state.
pub trait Bits: NativeObject {
    /// The bits as they are.
    fn bits(&self) -> u32;
    /// Where they are kept.
    fn bits_mut(&mut self) -> &mut u32;
}

/// Defines boolean accessors on the prototype of the states whose record is `T`, each for one bit.
pub fn define_bits<T: Bits>(prototype: &JsObject, names: &[(&str, u32)], context: &mut Context) {
    for &(name, bit) in names {
        let get = NativeFunction::from_copy_closure(move |this, _, _| {
            let record = this.as_object();
            let record = record.as_ref().and_then(|state| state.downcast_ref::<T>());
            Ok(record.is_some_and(|record| record.bits() & bit != 0).into())
        });
        let set = NativeFunction::from_copy_closure(move |this, args, _| {
            let on = args.get_or_undefined(0).to_boolean();
            if let Some(state) = this.as_object()
                && let Some(mut record) = state.downcast_mut::<T>()
            {
                if on {
                    *record.bits_mut() |= bit;
                } else {
                    *record.bits_mut() &= !bit;
                }
            }
            Ok(JsValue::undefined())
        });
        define_accessor(prototype, name, get, Some(set), context);
    }
}

/// Defines an accessor on the prototype of states.
pub fn define_accessor(
    prototype: &JsObject,
    name: &str,
    get: NativeFunction,
    set: Option<NativeFunction>,
    context: &mut Context,
) {
    let name = JsString::from(name);
    let get = FunctionObjectBuilder::new(context.realm(), get)
        .name(name.clone())
        .build();
    let mut descriptor = PropertyDescriptor::builder()
        .get(get)
        .enumerable(false)
        .configurable(true);
    if let Some(set) = set {
        let set = FunctionObjectBuilder::new(context.realm(), set)
            .name(name.clone())
            .length(1)
            .build();
        descriptor = descriptor.set(set);
    }
    prototype.insert_property(name, descriptor.build());
}
