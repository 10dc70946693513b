//! `Proxy` with a memory. The engine keeps a proxy's target and handler to itself, but `util.inspect` has to show the
//! target without running a trap: the global `Proxy` is a native constructor that calls the engine's and notes, weakly,
//! what each proxy stands for.

use std::cell::OnceCell;

use boa_engine::{
    Context, JsArgs, JsNativeError, JsObject, JsResult, JsString, JsValue, NativeFunction,
    js_string,
    object::{
        FunctionObjectBuilder,
        builtins::{JsArray, JsWeakMap},
    },
};

use super::native::{self, METHOD};
use crate::runtime::State;

/// The proxies of one runtime.
#[derive(Default)]
struct Proxies {
    known: OnceCell<JsWeakMap>,
}

/// Replaces the global `Proxy`; call it before the intrinsics are captured.
pub fn install(context: &mut Context) -> JsResult<()> {
    let constructor = native::constructor(context, "Proxy", 2, construct);
    let revocable = native::function(context, "revocable", 2, revocable);
    let method = |value: JsValue| native::property(value, METHOD);
    constructor.insert_property(js_string!("revocable"), method(revocable.into()));
    let proxy = method(constructor.into());
    context
        .global_object()
        .define_property_or_throw(js_string!("Proxy"), proxy, context)?;
    Ok(())
}

fn original(context: &Context) -> JsObject {
    context.intrinsics().constructors().proxy().constructor()
}

fn construct(new_target: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if new_target.is_undefined() {
        return Err(JsNativeError::typ()
            .with_message("Constructor Proxy requires 'new'")
            .into());
    }
    let proxy = original(context).construct(args, None, context)?;
    remember(&proxy, args, context)?;
    Ok(proxy.into())
}

fn remember(proxy: &JsObject, args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let pair = [
        args.get_or_undefined(0).clone(),
        args.get_or_undefined(1).clone(),
    ];
    let pair = JsArray::from_iter(pair, context);
    note(proxy, pair.into(), context)
}

fn note(proxy: &JsObject, what: JsValue, context: &mut Context) -> JsResult<()> {
    let proxies = State::of(context).slot::<Proxies>();
    let known = proxies.known.get_or_init(|| JsWeakMap::new(context));
    known.set(proxy, what, context).map(drop)
}

fn revocable(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let make = original(context).get(js_string!("revocable"), context)?;
    let Some(make) = make.as_callable() else {
        return Ok(JsValue::undefined());
    };
    let made = make
        .call(&JsValue::undefined(), args, context)?
        .to_object(context)?;
    let proxy = made.get(js_string!("proxy"), context)?;
    let revoke = made.get(js_string!("revoke"), context)?;
    if let (Some(proxy), Some(revoke)) = (proxy.as_object(), revoke.as_callable()) {
        remember(&proxy, args, context)?;
        let forget = NativeFunction::from_copy_closure_with_captures(
            |_, _, (proxy, revoke): &(JsObject, JsObject), context| {
                note(proxy, JsValue::null(), context)?;
                revoke.call(&JsValue::undefined(), &[], context)
            },
            (proxy, revoke),
        );
        let forget = FunctionObjectBuilder::new(context.realm(), forget)
            .name(JsString::default())
            .build();
        made.create_data_property_or_throw(js_string!("revoke"), forget, context)?;
    }
    Ok(made.into())
}

/// `[target, handler]` of a proxy, `null` when it has been revoked, `undefined` for what is no proxy of script's making.
pub fn details(proxy: &JsObject, context: &mut Context) -> JsResult<JsValue> {
    let proxies = State::of(context).slot::<Proxies>();
    match proxies.known.get() {
        Some(known) => known.get(proxy, context),
        None => Ok(JsValue::undefined()),
    }
}
