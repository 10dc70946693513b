//! The global `structuredClone`. The value is written and read again; buffers of the `transfer` list move, with their
//! memory, without a copy.
//!
//! A class of the platform takes part through two methods under hidden keys (`binding('structured_clone')`): `[kClone]()`
//! of its instances gives `[module, data]`, and `[kRevive](data)` of what the internal module exports makes an object of
//! the data again.
//!
//! Behaviour: <https://html.spec.whatwg.org/#dom-structuredclone>

use std::cell::{OnceCell, RefCell};

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsString, JsSymbol, JsValue,
    builtins::{
        array_buffer::{ArrayBuffer, SharedArrayBuffer},
        proxy::Proxy,
    },
    js_string,
    object::builtins::{JsArray, JsArrayBuffer, JsSharedArrayBuffer},
    property::Attribute,
};

use super::{dom_exception::dom_exception, url};
use crate::{
    engine::{
        clone::{ReadHooks, Reader, WriteHooks, Writer},
        native::{self, Natives},
        registry,
    },
    node::{arguments, errors},
    runtime::State,
};

/// The keys of the two methods; made when the first class of the platform asks for them.
#[derive(Default)]
struct Keys {
    clone: OnceCell<JsSymbol>,
    revive: OnceCell<JsSymbol>,
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
    let clone = key(&keys.clone, js_string!("kClone"));
    let revive = key(&keys.revive, js_string!("kRevive"));
    Ok(Natives::new(context)
        .value("kClone", clone)
        .value("kRevive", revive)
        .function("structuredClone", 2, structured_clone)
        .build())
}

/// Defines the global.
///
/// # Errors
/// None but those of the engine.
pub fn install(context: &mut Context) -> JsResult<()> {
    let function = native::function(context, "structuredClone", 2, structured_clone);
    context.register_global_property(js_string!("structuredClone"), function, Attribute::all())
}

/// `structuredClone(value, { transfer })`
fn structured_clone(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(value) = args.first() else {
        return Err(arguments::missing(&["value"], context));
    };
    // What hangs on nothing is its own clone.
    if args.len() == 1 && !value.is_object() && !value.is_symbol() {
        return Ok(value.clone());
    }
    let transfer = transfer_list(args.get_or_undefined(1), context)?;
    clone(value, &transfer, context)
}

/// A clone of a value; the buffers of the list are detached and theirs have their memory.
///
/// # Errors
/// `DataCloneError`, and what getters throw.
pub fn clone(value: &JsValue, transfer: &[JsObject], context: &mut Context) -> JsResult<JsValue> {
    let hooks = Hooks::default();
    let writer = Writer::default();
    for (id, buffer) in transfer.iter().enumerate() {
        writer.transfer(id as u32, buffer.clone());
    }
    writer.header();
    writer.value(value, &hooks, context)?;
    for buffer in transfer {
        // A getter may have detached it.
        if JsArrayBuffer::from_object(buffer.clone())?.data().is_none() {
            return Err(not_transferable(context));
        }
    }
    let reader = Reader::new(writer.release());
    for (id, buffer) in transfer.iter().enumerate() {
        reader.transfer(id as u32, moved(buffer, context)?);
    }
    reader.header(context)?;
    reader.value(&hooks, context)
}

fn not_transferable(context: &mut Context) -> JsError {
    data_clone_error("Cannot transfer object of unsupported type.", context)
}

fn data_clone_error(message: &str, context: &mut Context) -> JsError {
    dom_exception(message, "DataCloneError", context)
}

/// A buffer with the memory of another, which is detached.
///
/// # Errors
/// When it is detached already, or not an ArrayBuffer.
pub fn moved(buffer: &JsObject, context: &mut Context) -> JsResult<JsObject> {
    let resizable = buffer.get(js_string!("resizable"), context)?.to_boolean();
    let most = buffer
        .get(js_string!("maxByteLength"), context)?
        .to_length(context)?;
    let block = JsArrayBuffer::from_object(buffer.clone())?.detach(&JsValue::undefined())?;
    let successor = JsArrayBuffer::from_byte_block(block, context)?;
    Ok(if resizable {
        successor.with_max_byte_length(most).into()
    } else {
        successor.into()
    })
}

fn wrong_options(problem: &str, context: &mut Context) -> JsError {
    let message = format!("Failed to execute 'structuredClone': {problem}");
    errors::coded(
        "ERR_INVALID_ARG_TYPE",
        errors::Base::Type,
        &message,
        context,
    )
}

fn transfer_list(options: &JsValue, context: &mut Context) -> JsResult<Vec<JsObject>> {
    if options.is_null_or_undefined() {
        return Ok(Vec::new());
    }
    let Some(options) = options.as_object() else {
        return Err(wrong_options(
            "Options cannot be converted to a dictionary",
            context,
        ));
    };
    let list = options.get(js_string!("transfer"), context)?;
    if list.is_undefined() {
        return Ok(Vec::new());
    }
    let mut buffers: Vec<JsObject> = Vec::new();
    for (index, entry) in elements(&list, context)?.into_iter().enumerate() {
        let Some(object) = entry.as_object() else {
            let problem = format!("transfer in Options[{index}] is not an object.");
            return Err(wrong_options(&problem, context));
        };
        if !object.is::<ArrayBuffer>() {
            return Err(data_clone_error(
                "Found invalid value in transferList.",
                context,
            ));
        }
        if buffers.iter().any(|known| JsObject::equals(known, &object)) {
            return Err(data_clone_error(
                "Transfer list contains duplicate ArrayBuffer",
                context,
            ));
        }
        if JsArrayBuffer::from_object(object.clone())?.data().is_none() {
            return Err(not_transferable(context));
        }
        buffers.push(object);
    }
    Ok(buffers)
}

/// What an iterable object gives.
fn elements(list: &JsValue, context: &mut Context) -> JsResult<Vec<JsValue>> {
    let problem = "transfer in Options cannot be converted to sequence.";
    let Some(object) = list.as_object() else {
        return Err(wrong_options(problem, context));
    };
    let method = object.get(JsSymbol::iterator(), context)?;
    let Some(method) = method.as_callable() else {
        return Err(wrong_options(problem, context));
    };
    let iterator = method.call(list, &[], context)?;
    let next = iterator
        .to_object(context)?
        .get(js_string!("next"), context)?;
    let Some(next) = next.as_callable() else {
        return Err(wrong_options(problem, context));
    };
    let mut found = Vec::new();
    loop {
        let step = next.call(&iterator, &[], context)?.to_object(context)?;
        if step.get(js_string!("done"), context)?.to_boolean() {
            return Ok(found);
        }
        found.push(step.get(js_string!("value"), context)?);
    }
}

/// Shared memory stays shared; classes of the platform have their methods.
#[derive(Default)]
struct Hooks {
    shared: RefCell<Vec<SharedArrayBuffer>>,
}

impl WriteHooks for Hooks {
    fn error(&self, message: &str, context: &mut Context) -> JsError {
        data_clone_error(message, context)
    }

    fn shared(&self, buffer: &JsObject, _: &mut Context) -> JsResult<Option<u32>> {
        let mut shared = self.shared.borrow_mut();
        shared.push(JsSharedArrayBuffer::from_object(buffer.clone())?.inner());
        Ok(Some(shared.len() as u32 - 1))
    }

    fn is_host_object(&self, object: &JsObject, context: &mut Context) -> bool {
        if url::is_url_or_params(object) {
            return true;
        }
        let keys = State::of(context).slot::<Keys>();
        let Some(key) = keys.clone.get() else {
            return false;
        };
        if object.is_array() || object.is_callable() || object.is::<Proxy>() {
            return false;
        }
        let plain = context.intrinsics().constructors().object().prototype();
        let is_plain = object
            .prototype()
            .is_none_or(|prototype| JsObject::equals(&prototype, &plain));
        !is_plain
            && object
                .has_property(key.clone(), context)
                .is_ok_and(|found| found)
    }

    fn host_object(
        &self,
        writer: &Writer,
        object: &JsObject,
        context: &mut Context,
    ) -> JsResult<()> {
        let keys = State::of(context).slot::<Keys>();
        let method = match keys.clone.get() {
            Some(key) => object.get(key.clone(), context)?.as_callable(),
            None => None,
        };
        let Some(method) = method else {
            return Err(data_clone_error(
                "Cannot clone object of unsupported type.",
                context,
            ));
        };
        let state = method.call(&object.clone().into(), &[], context)?;
        writer.value(&state, self, context)
    }
}

impl ReadHooks for Hooks {
    fn shared(&self, id: u32, context: &mut Context) -> JsResult<JsObject> {
        let buffer = self.shared.borrow().get(id as usize).cloned();
        match buffer {
            Some(buffer) => Ok(JsSharedArrayBuffer::from_buffer(buffer, context).into()),
            None => Err(data_clone_error(
                "Unable to deserialize cloned data.",
                context,
            )),
        }
    }

    fn host_object(&self, reader: &Reader, context: &mut Context) -> JsResult<JsObject> {
        let state = reader.value(self, context)?.to_object(context)?;
        let state = JsArray::from_object(state)?;
        let module = state.get(0, context)?.to_string(context)?;
        let data = state.get(1, context)?;
        let exports = registry::require(&module.to_std_string_lossy(), context)?;
        let keys = State::of(context).slot::<Keys>();
        let method = match keys.revive.get() {
            Some(key) => exports
                .to_object(context)?
                .get(key.clone(), context)?
                .as_callable(),
            None => None,
        };
        let revived = match method {
            Some(revive) => revive.call(&exports, &[data], context)?,
            None => JsValue::undefined(),
        };
        revived.as_object().ok_or_else(|| {
            let message = format!("{} can't be revived", JsString::display_lossy(&module));
            data_clone_error(&message, context)
        })
    }
}
