//! The native half of `domain`: which one is active, for emitters that natives make and for promises that are rejected, and
//! the handler of what nobody caught. `domain.js` is the rest; until it has been loaded nothing here is asked.

use std::cell::RefCell;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, js_string, property::Attribute,
    property::PropertyDescriptor,
};

use crate::{
    engine::native::{Natives, property},
    runtime::State,
};

/// What a runtime knows of its domains.
#[derive(Default)]
struct Domains {
    /// `process.domain`, whatever a program has put there.
    active: RefCell<JsValue>,
}

/// `binding('domain')`: `active()`, `setActive(domain)`, `setCapture(function | null)`.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    Ok(Natives::new(context)
        .function("active", 0, get_active)
        .function("setActive", 1, set_active)
        .function("setCapture", 1, set_capture)
        .build())
}

fn get_active(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let domains = State::of(context).slot::<Domains>();
    let active = domains.active.borrow().clone();
    Ok(active)
}

fn set_active(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let domains = State::of(context).slot::<Domains>();
    domains.active.replace(args.get_or_undefined(0).clone());
    Ok(JsValue::undefined())
}

/// What `process.setUncaughtExceptionCaptureCallback` sets, which refuses to once there are domains.
fn set_capture(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let callback = args.get_or_undefined(0).as_callable();
    State::of(context).uncaught_capture.replace(callback);
    Ok(JsValue::undefined())
}

/// The domain that is active, if there is one. Domains keep ids: where none are kept there are no domains.
#[inline]
pub fn active(state: &State) -> Option<JsObject> {
    if !state.async_context.is_tracking() {
        return None;
    }
    state.slot::<Domains>().active.borrow().as_object()
}

/// Gives an emitter that was made without its constructor the domain that is active.
#[inline]
pub fn adopt(emitter: &JsObject, context: &Context) {
    if let Some(domain) = active(&State::of(context)) {
        let attributes = Attribute::WRITABLE | Attribute::CONFIGURABLE;
        let descriptor: PropertyDescriptor = property(domain, attributes);
        emitter.insert_property(js_string!("domain"), descriptor);
    }
}
