//! Objects of the platform in messages: their hidden methods, and how they come to life on the other side.

use std::cell::{OnceCell, RefCell};

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsError, JsObject, JsResult, JsString, JsSymbol, JsValue,
    Trace,
    builtins::{object::OrdinaryObject, proxy::Proxy},
    js_string,
};

use super::data_clone_error;
use crate::{
    engine::{native::Natives, registry},
    node::errors,
    runtime::State,
    web::url,
};

/// The keys of the methods, made when the first class of the platform asks for them; and what a program has marked.
#[derive(Default)]
struct Keys {
    clone: OnceCell<JsSymbol>,
    transfer: OnceCell<JsSymbol>,
    transfer_list: OnceCell<JsSymbol>,
    revive: OnceCell<JsSymbol>,
    /// Script functions that say whether an object is marked: untransferable, uncloneable.
    marks: RefCell<Option<[JsObject; 2]>>,
}

/// What `markAsUntransferable` and `markAsUncloneable` leave behind.
#[derive(Clone, Copy)]
pub enum Mark {
    Untransferable,
    Uncloneable,
}

/// `binding('structured_clone')`.
///
/// # Errors
/// None but those of the engine.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    let keys = State::of(context).slot::<Keys>();
    let key = |cell: &OnceCell<JsSymbol>, name| {
        let made = JsSymbol::new(Some(name));
        match (cell.get(), made) {
            (Some(known), _) => JsValue::from(known.clone()),
            (None, Some(made)) => cell.get_or_init(|| made).clone().into(),
            (None, None) => JsValue::undefined(),
        }
    };
    let clone = key(&keys.clone, js_string!("messaging_clone_symbol"));
    let transfer = key(&keys.transfer, js_string!("messaging_transfer_symbol"));
    let list = key(
        &keys.transfer_list,
        js_string!("messaging_transfer_list_symbol"),
    );
    let revive = key(&keys.revive, js_string!("messaging_deserialize_symbol"));
    Ok(Natives::new(context)
        .value("kClone", clone)
        .value("kTransfer", transfer)
        .value("kTransferList", list)
        .value("kRevive", revive)
        .function("carry", 1, carry)
        .function("onMarked", 2, on_marked)
        .function("structuredClone", 2, super::structured_clone)
        .build())
}

/// An object that both sides of a message share.
#[derive(Trace, Finalize, JsData)]
pub struct Carried(pub JsObject);

/// `carry(object)`: stands for an object in the data of `[kClone]()`; whoever revives the data gets the same object.
fn carry(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let object = args.get_or_undefined(0).to_object(context)?;
    Ok(JsObject::from_proto_and_data(None, Carried(object)).into())
}

/// `onMarked(isUntransferable, isUncloneable)`: from here on they are asked.
fn on_marked(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let keys = State::of(context).slot::<Keys>();
    let functions: Vec<JsObject> = args.iter().filter_map(JsValue::as_callable).collect();
    *keys.marks.borrow_mut() = functions.try_into().ok();
    Ok(JsValue::undefined())
}

/// Whether a program has marked an object so.
///
/// # Errors
/// None but those of the engine.
pub fn is_marked(mark: Mark, object: &JsObject, context: &mut Context) -> JsResult<bool> {
    let keys = State::of(context).slot::<Keys>();
    let ask = keys
        .marks
        .borrow()
        .as_ref()
        .map(|functions| functions[mark as usize].clone());
    match ask {
        None => Ok(false),
        Some(ask) => {
            let answer = ask.call(&JsValue::undefined(), &[object.clone().into()], context)?;
            Ok(answer.to_boolean())
        }
    }
}

/// Whether an object can have hidden methods: it has a class of its own.
fn has_class(object: &JsObject, context: &Context) -> bool {
    if object.is_array() || object.is_callable() || object.is::<Proxy>() {
        return false;
    }
    let plain = context.intrinsics().constructors().object().prototype();
    object
        .prototype()
        .is_some_and(|prototype| !JsObject::equals(&prototype, &plain))
}

fn has(key: &OnceCell<JsSymbol>, object: &JsObject, context: &mut Context) -> bool {
    key.get().is_some_and(|key| {
        object
            .has_property(key.clone(), context)
            .is_ok_and(|found| found)
    })
}

/// Whether an object is written by its methods. Asked of each: it is quick where there are none.
pub fn is_host(object: &JsObject, context: &mut Context) -> bool {
    if object.is::<Carried>() || url::is_url_or_params(object) {
        return true;
    }
    let keys = State::of(context).slot::<Keys>();
    if keys.marks.borrow().is_some()
        && object.is::<OrdinaryObject>()
        && is_marked(Mark::Uncloneable, object, context).is_ok_and(|marked| marked)
    {
        return true;
    }
    has_class(object, context)
        && (has(&keys.clone, object, context) || has(&keys.transfer, object, context))
}

/// Whether an object may be on a list of what is transferred.
///
/// # Errors
/// None but those of the engine.
pub fn transfers(object: &JsObject, context: &mut Context) -> JsResult<bool> {
    let keys = State::of(context).slot::<Keys>();
    Ok(has_class(object, context) && has(&keys.transfer, object, context))
}

/// What an object takes along when it is transferred.
///
/// # Errors
/// What its method throws.
pub fn transfers_along(object: &JsObject, context: &mut Context) -> JsResult<Vec<JsObject>> {
    let keys = State::of(context).slot::<Keys>();
    let method = match keys.transfer_list.get() {
        Some(key) if has_class(object, context) => object.get(key.clone(), context)?.as_callable(),
        _ => None,
    };
    let Some(method) = method else {
        return Ok(Vec::new());
    };
    let list = method.call(&object.clone().into(), &[], context)?;
    let found = super::entries(&list, context)?.unwrap_or_default();
    Ok(found.iter().filter_map(JsValue::as_object).collect())
}

/// Whether an object can be cloned by its method, or has to be transferred.
pub fn clones(object: &JsObject, context: &mut Context) -> bool {
    let keys = State::of(context).slot::<Keys>();
    has_class(object, context) && has(&keys.clone, object, context)
}

/// `[deserializeInfo, data]` of an object, from the method for what is `listed`, or for what isn't.
///
/// # Errors
/// What the method throws, and `DataCloneError` where there is none.
pub fn state_of(object: &JsObject, listed: bool, context: &mut Context) -> JsResult<[JsValue; 2]> {
    let keys = State::of(context).slot::<Keys>();
    let key = if listed { &keys.transfer } else { &keys.clone };
    let method = match key.get() {
        Some(key) if !is_marked(Mark::Uncloneable, object, context)? => {
            object.get(key.clone(), context)?.as_callable()
        }
        _ => None,
    };
    let Some(method) = method else {
        return Err(not_cloneable(context));
    };
    let state = method.call(&object.clone().into(), &[], context)?;
    let Some(state) = state.as_object() else {
        return Err(not_cloneable(context));
    };
    let info = state.get(js_string!("deserializeInfo"), context)?;
    let data = state.get(js_string!("data"), context)?;
    Ok([info, data])
}

/// The error of an object that has no way to be cloned.
pub fn not_cloneable(context: &mut Context) -> JsError {
    data_clone_error("Cannot clone object of unsupported type.", context)
}

/// An object again, from what [`state_of`] gave. Only classes that offer it can be revived: what `info` names may come from a
/// program.
///
/// # Errors
/// When there is no such module or class, and what reviving throws.
pub fn revive(info: &JsValue, data: JsValue, context: &mut Context) -> JsResult<JsObject> {
    let info = info.to_string(context)?.to_std_string_lossy();
    let id = info.rsplit_once(':').map_or(info.as_str(), |(id, _)| id);
    if !registry::exists(id) {
        let message = format!("Missing internal module '{id}'");
        return Err(errors::plain(errors::Base::Plain, &message, context));
    }
    let exports = registry::require(id, context)?;
    let keys = State::of(context).slot::<Keys>();
    let method = match keys.revive.get() {
        Some(key) => exports
            .to_object(context)?
            .get(key.clone(), context)?
            .as_callable(),
        None => None,
    };
    let Some(revive) = method else {
        let message = format!("Unknown deserialize spec {info}");
        return Err(errors::plain(errors::Base::Plain, &message, context));
    };
    let class = JsString::from(info.rsplit(':').next().unwrap_or_default());
    let revived = revive.call(&exports, &[data, class.into()], context)?;
    revived.as_object().ok_or_else(|| not_cloneable(context))
}
