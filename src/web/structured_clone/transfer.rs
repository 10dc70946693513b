//! The list of what a message takes along: how it is read, and what may be on it.

use boa_engine::{
    Context, JsObject, JsResult, JsSymbol, JsValue, builtins::array_buffer::ArrayBuffer, js_string,
};

use super::{data_clone_error, hosts, is_attached, not_transferable};
use crate::node::worker_threads::Port;

/// What an iterable gives; `None` if it isn't one.
///
/// # Errors
/// What script throws.
pub fn entries(list: &JsValue, context: &mut Context) -> JsResult<Option<Vec<JsValue>>> {
    let Some(object) = list.as_object() else {
        return Ok(None);
    };
    let method = object.get(JsSymbol::iterator(), context)?;
    let Some(method) = method.as_callable() else {
        return Ok(None);
    };
    let Some(iterator) = method.call(list, &[], context)?.as_object() else {
        return Ok(None);
    };
    let next = iterator.get(js_string!("next"), context)?;
    let Some(next) = next.as_callable() else {
        return Ok(None);
    };
    let iterator = JsValue::from(iterator);
    let mut found = Vec::new();
    loop {
        let Some(step) = next.call(&iterator, &[], context)?.as_object() else {
            return Ok(None);
        };
        if step.get(js_string!("done"), context)?.to_boolean() {
            return Ok(Some(found));
        }
        found.push(step.get(js_string!("value"), context)?);
    }
}

/// What goes with a message and is gone from here: buffers, ports, objects of the platform.
#[derive(Default)]
pub struct TransferList {
    pub(super) buffers: Vec<JsObject>,
    pub(super) hosts: Vec<JsObject>,
}

impl TransferList {
    /// Checks the entries of a list; `source` is the port that they are sent on.
    ///
    /// # Errors
    /// `DataCloneError` for what can't be transferred or is there twice.
    pub fn check(
        entries: Vec<JsValue>,
        source: Option<&JsObject>,
        context: &mut Context,
    ) -> JsResult<Self> {
        let mut list = Self::default();
        for entry in entries {
            let Some(object) = entry.as_object() else {
                return Err(invalid(context));
            };
            if object.is::<ArrayBuffer>() {
                list.add_buffer(object, context)?;
            } else if object.is::<Port>() || hosts::transfers(&object, context)? {
                list.add_host(object, source, context)?;
            } else {
                return Err(invalid(context));
            }
        }
        // What the objects take along belongs to them: script has no say in it.
        let mut at = 0;
        while at < list.hosts.len() {
            for along in hosts::transfers_along(&list.hosts[at].clone(), context)? {
                list.add_host(along, source, context)?;
            }
            at += 1;
        }
        Ok(list)
    }

    fn add_buffer(&mut self, buffer: JsObject, context: &mut Context) -> JsResult<()> {
        if hosts::is_marked(hosts::Mark::Untransferable, &buffer, context)?
            || !is_attached(&buffer)?
        {
            return Err(not_transferable(context));
        }
        if is_among(&buffer, &self.buffers) {
            let message = "Transfer list contains duplicate ArrayBuffer";
            return Err(data_clone_error(message, context));
        }
        self.buffers.push(buffer);
        Ok(())
    }

    fn add_host(
        &mut self,
        object: JsObject,
        source: Option<&JsObject>,
        context: &mut Context,
    ) -> JsResult<()> {
        if hosts::is_marked(hosts::Mark::Untransferable, &object, context)? {
            return Err(not_transferable(context));
        }
        if source.is_some_and(|source| JsObject::equals(source, &object)) {
            return Err(data_clone_error(
                "Transfer list contains source port",
                context,
            ));
        }
        if is_among(&object, &self.hosts) {
            let class = object.get(js_string!("constructor"), context)?;
            let name = match class.as_object() {
                Some(class) => class.get(js_string!("name"), context)?.to_string(context)?,
                None => js_string!("Object"),
            };
            let message = format!("Transfer list contains duplicate {}", name.display_lossy());
            return Err(data_clone_error(&message, context));
        }
        if object
            .downcast_ref::<Port>()
            .is_some_and(|port| port.is_detached())
        {
            let message = "MessagePort in transfer list is already detached";
            return Err(data_clone_error(message, context));
        }
        self.hosts.push(object);
        Ok(())
    }
}

pub(super) fn is_among(object: &JsObject, list: &[JsObject]) -> bool {
    list.iter().any(|known| JsObject::equals(known, object))
}

fn invalid(context: &mut Context) -> boa_engine::JsError {
    data_clone_error("Found invalid value in transferList.", context)
}
