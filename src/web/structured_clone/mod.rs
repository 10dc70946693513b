//! The global `structuredClone`, and what it shares with ports: a value is written to a [`Message`] and read from it again.
//! Buffers of the `transfer` list move, with their memory, without a copy; ports move too.
//!
//! A class of the platform takes part through methods under hidden keys (`binding('structured_clone')`): `[kClone]()` of its
//! instances, or `[kTransfer]()` where the list names them, gives `{ deserializeInfo: 'module:Class', data }`, and
//! `[kRevive](data)` of what the internal module exports makes an object of the data again. What `[kTransferList]()` gives is
//! transferred along.
//!
//! Behaviour: <https://html.spec.whatwg.org/#dom-structuredclone>

mod hosts;
mod message;
mod transfer;

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsValue, js_string,
    object::builtins::JsArrayBuffer, property::Attribute,
};

pub use self::{
    hosts::binding,
    message::Message,
    transfer::{TransferList, entries},
};
use super::dom_exception::dom_exception;
use crate::{
    engine::native,
    node::{arguments, errors},
};

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
    let list = transfer_list(args.get_or_undefined(1), context)?;
    let message = Message::write(value, &list, context)?;
    Ok(message.read(context)?.value)
}

/// What stands for an object that can't be transferred, or not any more.
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
    message::Moved::from(buffer, context)?.into_buffer(context)
}

fn is_attached(buffer: &JsObject) -> JsResult<bool> {
    Ok(JsArrayBuffer::from_object(buffer.clone())?.data().is_some())
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

fn transfer_list(options: &JsValue, context: &mut Context) -> JsResult<TransferList> {
    if options.is_null_or_undefined() {
        return Ok(TransferList::default());
    }
    let Some(options) = options.as_object() else {
        return Err(wrong_options(
            "Options cannot be converted to a dictionary",
            context,
        ));
    };
    let list = options.get(js_string!("transfer"), context)?;
    if list.is_undefined() {
        return Ok(TransferList::default());
    }
    let Some(found) = entries(&list, context)? else {
        let problem = "transfer in Options cannot be converted to sequence.";
        return Err(wrong_options(problem, context));
    };
    if let Some(index) = found.iter().position(|entry| !entry.is_object()) {
        let problem = format!("transfer in Options[{index}] is not an object.");
        return Err(wrong_options(&problem, context));
    }
    TransferList::check(found, None, context)
}
