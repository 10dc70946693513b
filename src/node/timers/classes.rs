//! The classes `Timeout` and `Immediate`: what `setTimeout` and `setImmediate` return.

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsSymbol, JsValue, Trace, js_string,
};

use super::lists::Entry;
use crate::{
    engine::native::{self, Natives},
    node::errors,
    runtime::{State, async_context::Frame},
};

/// The state of a timeout or an interval.
#[derive(Trace, Finalize, JsData)]
pub struct Timeout {
    pub callback: JsValue,
    pub args: Vec<JsValue>,
    /// Milliseconds; -1 once it is cleared.
    #[unsafe_ignore_trace]
    pub delay: f64,
    #[unsafe_ignore_trace]
    pub start: u64,
    #[unsafe_ignore_trace]
    pub repeat: Option<u64>,
    #[unsafe_ignore_trace]
    pub destroyed: bool,
    #[unsafe_ignore_trace]
    pub referenced: bool,
    #[unsafe_ignore_trace]
    pub entry: Option<Entry>,
    #[unsafe_ignore_trace]
    pub id: u64,
    pub frame: Frame,
}

/// The state of an immediate.
#[derive(Trace, Finalize, JsData)]
pub struct Immediate {
    pub callback: JsValue,
    pub args: Vec<JsValue>,
    #[unsafe_ignore_trace]
    pub destroyed: bool,
    #[unsafe_ignore_trace]
    pub referenced: bool,
    pub frame: Frame,
}

pub fn timeout_prototype(context: &mut Context) -> JsResult<JsObject> {
    let state = State::of(context);
    if let Some(prototype) = state.timers.timeout_prototype.borrow().as_ref() {
        return Ok(prototype.clone());
    }
    let (class, prototype) = class("Timeout", context)?;
    let natives = Natives::on(prototype.clone(), context)
        .direct()
        .function("ref", 0, timeout_ref)
        .function("unref", 0, timeout_unref)
        .function("hasRef", 0, timeout_has_ref)
        .function("refresh", 0, timeout_refresh)
        .function("close", 0, timeout_close)
        .accessor("_idleTimeout", get_idle_timeout, Some(set_idle_timeout))
        .accessor("_idleStart", get_idle_start, None)
        .accessor("_onTimeout", get_on_timeout, Some(set_on_timeout))
        .accessor("_repeat", get_repeat, Some(set_repeat))
        .accessor("_destroyed", get_destroyed, None);
    drop(natives);
    let to_primitive = native::function(context, "[Symbol.toPrimitive]", 0, timeout_to_primitive);
    let dispose = native::function(context, "[Symbol.dispose]", 0, timeout_close);
    let mut natives =
        Natives::on(prototype.clone(), context).keyed(JsSymbol::to_primitive(), to_primitive);
    if let Some(symbol) = dispose_symbol(natives.context())? {
        natives = natives.keyed(symbol, dispose);
    }
    drop(natives);
    drop(class);
    *state.timers.timeout_prototype.borrow_mut() = Some(prototype.clone());
    Ok(prototype)
}

pub fn immediate_prototype(context: &mut Context) -> JsResult<JsObject> {
    let state = State::of(context);
    if let Some(prototype) = state.timers.immediate_prototype.borrow().as_ref() {
        return Ok(prototype.clone());
    }
    let (_, prototype) = class("Immediate", context)?;
    let dispose = native::function(context, "[Symbol.dispose]", 0, immediate_dispose);
    let mut natives = Natives::on(prototype.clone(), context)
        .function("ref", 0, immediate_ref)
        .function("unref", 0, immediate_unref)
        .function("hasRef", 0, immediate_has_ref)
        .accessor("_onImmediate", get_on_immediate, None)
        .accessor("_destroyed", get_immediate_destroyed, None);
    if let Some(symbol) = dispose_symbol(natives.context())? {
        natives = natives.keyed(symbol, dispose);
    }
    drop(natives);
    *state.timers.immediate_prototype.borrow_mut() = Some(prototype.clone());
    Ok(prototype)
}

fn class(name: &str, context: &mut Context) -> JsResult<(JsObject, JsObject)> {
    let class: JsObject = native::constructor(context, name, 0, |_, _, context| {
        Err(errors::type_error("Illegal constructor", context))
    })
    .into();
    let prototype = JsObject::with_object_proto(context.intrinsics());
    class.set(js_string!("prototype"), prototype.clone(), true, context)?;
    drop(Natives::on(prototype.clone(), context).value("constructor", class.clone()));
    Ok((class, prototype))
}

fn dispose_symbol(context: &mut Context) -> JsResult<Option<JsSymbol>> {
    let symbol = context.intrinsics().constructors().symbol().constructor();
    Ok(symbol.get(js_string!("dispose"), context)?.as_symbol())
}

fn with<T>(this: &JsValue, read: impl FnOnce(&mut Timeout) -> T) -> Option<T> {
    let object = this.as_object()?;
    let mut timeout = object.downcast_mut::<Timeout>()?;
    Some(read(&mut timeout))
}

fn timeout_ref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if with(this, |timeout| {
        !std::mem::replace(&mut timeout.referenced, true) && !timeout.destroyed
    }) == Some(true)
    {
        super::timeouts::count_reference(&State::of(context), 1);
    }
    Ok(this.clone())
}

fn timeout_unref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if with(this, |timeout| {
        std::mem::replace(&mut timeout.referenced, false) && !timeout.destroyed
    }) == Some(true)
    {
        super::timeouts::count_reference(&State::of(context), -1);
    }
    Ok(this.clone())
}

fn timeout_has_ref(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(with(this, |timeout| timeout.referenced)
        .unwrap_or_default()
        .into())
}

fn timeout_refresh(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(object) = this.as_object() {
        super::timeouts::refresh(&State::of(context), &object, context);
    }
    Ok(this.clone())
}

fn timeout_close(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(object) = this.as_object() {
        super::timeouts::cancel(&State::of(context), &object);
    }
    Ok(this.clone())
}

fn timeout_to_primitive(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let id = with(this, |timeout| timeout.id).unwrap_or_default();
    if let Some(object) = this.as_object() {
        State::of(context)
            .timers
            .by_id
            .borrow_mut()
            .insert(id, object);
    }
    Ok(JsValue::from(id as f64))
}

fn get_idle_timeout(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(with(this, |timeout| timeout.delay)
        .map(JsValue::from)
        .unwrap_or_default())
}

fn set_idle_timeout(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let delay = args.get_or_undefined(0).to_number(context)?;
    with(this, |timeout| timeout.delay = delay);
    Ok(JsValue::undefined())
}

fn get_idle_start(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(with(this, |timeout| timeout.start as f64)
        .map(JsValue::from)
        .unwrap_or_default())
}

fn get_on_timeout(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(with(this, |timeout| timeout.callback.clone()).unwrap_or_default())
}

fn set_on_timeout(this: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    with(this, |timeout| {
        timeout.callback = args.get_or_undefined(0).clone()
    });
    Ok(JsValue::undefined())
}

fn get_repeat(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let repeat = with(this, |timeout| timeout.repeat).flatten();
    Ok(repeat.map_or(JsValue::null(), |repeat| JsValue::from(repeat as f64)))
}

fn set_repeat(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    let repeat = if value.to_boolean() {
        Some(value.to_number(context)?.max(1.0) as u64)
    } else {
        None
    };
    with(this, |timeout| timeout.repeat = repeat);
    Ok(JsValue::undefined())
}

fn get_destroyed(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(with(this, |timeout| timeout.destroyed)
        .unwrap_or_default()
        .into())
}

fn with_immediate<T>(this: &JsValue, read: impl FnOnce(&mut Immediate) -> T) -> Option<T> {
    let object = this.as_object()?;
    let mut immediate = object.downcast_mut::<Immediate>()?;
    Some(read(&mut immediate))
}

fn immediate_ref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let changed = with_immediate(this, |immediate| {
        !std::mem::replace(&mut immediate.referenced, true) && !immediate.destroyed
    });
    if changed == Some(true) {
        super::immediates::count_immediate(&State::of(context), 1);
    }
    Ok(this.clone())
}

fn immediate_unref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let changed = with_immediate(this, |immediate| {
        std::mem::replace(&mut immediate.referenced, false) && !immediate.destroyed
    });
    if changed == Some(true) {
        super::immediates::count_immediate(&State::of(context), -1);
    }
    Ok(this.clone())
}

fn immediate_has_ref(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(with_immediate(this, |immediate| immediate.referenced)
        .unwrap_or_default()
        .into())
}

fn immediate_dispose(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(object) = this.as_object() {
        super::immediates::cancel_immediate(&State::of(context), &object);
    }
    Ok(JsValue::undefined())
}

fn get_on_immediate(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(with_immediate(this, |immediate| immediate.callback.clone()).unwrap_or_default())
}

fn get_immediate_destroyed(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(with_immediate(this, |immediate| immediate.destroyed)
        .unwrap_or_default()
        .into())
}
