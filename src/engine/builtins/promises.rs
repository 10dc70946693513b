//! `Promise.all` of an array in which not everything is a promise. The engine makes two promises and four functions for
//! each value; one that is no object needs none of them, since nobody sees them: it takes its turn among the microtasks and
//! that is all. Those next to each other take one turn together.

use std::cell::Cell;

use boa_engine::{
    Context, Finalize, JsArgs, JsObject, JsResult, JsSymbol, JsValue, NativeFunction, Trace,
    js_string,
    object::{
        FunctionObjectBuilder,
        builtins::{JsArray, JsPromise},
    },
    property::PropertyKey,
};
use boa_gc::{Gc, GcRefCell};

use super::{Method, Originals, arrays};
use crate::runtime::{State, tasks::Microtask};

/// `Promise` itself.
pub const STATICS: &[Method] = &[("all", 1, all)];

/// What script could see of the promises that aren't made.
#[derive(Trace, Finalize, PartialEq)]
pub struct Seen {
    resolve: JsObject,
    species: JsObject,
    then: JsObject,
    constructor: JsObject,
}

/// That as it is now.
pub fn seen(context: &Context) -> Option<Seen> {
    let class = context.intrinsics().constructors().promise();
    let own = |object: &JsObject, key: PropertyKey| {
        let found = object.borrow().properties().get(&key)?;
        found.value().or(found.get())?.as_object()
    };
    Some(Seen {
        resolve: own(&class.constructor(), js_string!("resolve").into())?,
        species: own(&class.constructor(), JsSymbol::species().into())?,
        then: own(&class.prototype(), js_string!("then").into())?,
        constructor: own(&class.prototype(), js_string!("constructor").into())?,
    })
}

/// A `Promise.all` under way.
#[derive(Trace, Finalize)]
struct All {
    values: GcRefCell<Vec<JsValue>>,
    #[unsafe_ignore_trace]
    left: Cell<usize>,
    resolve: JsObject,
    reject: JsObject,
}

impl All {
    /// So many more values are there.
    fn arrived(&self, count: usize, context: &mut Context) -> JsResult<()> {
        self.left.set(self.left.get() - count);
        if self.left.get() > 0 {
            return Ok(());
        }
        let values = std::mem::take(&mut *self.values.borrow_mut());
        let values = JsArray::from_iter(values, context);
        let undefined = JsValue::undefined();
        self.resolve
            .call(&undefined, &[values.into()], context)
            .map(drop)
    }
}

/// The place of a value that isn't there yet.
#[derive(Trace, Finalize)]
struct Place {
    all: Gc<All>,
    #[unsafe_ignore_trace]
    index: usize,
    #[unsafe_ignore_trace]
    taken: Cell<bool>,
}

fn all(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<Option<JsValue>> {
    let class = context.intrinsics().constructors().promise().constructor();
    let state = State::of(context);
    if this.as_object().as_ref() != Some(&class) || state.async_context.hooks.any() {
        return Ok(None);
    }
    let Some(values) = arrays::values_of(args.get_or_undefined(0), context) else {
        return Ok(None);
    };
    if values.iter().all(JsValue::is_object) {
        return Ok(None);
    }
    let Some(seen) = Originals::promises(context) else {
        return Ok(None);
    };
    let (promise, functions) = JsPromise::new_pending(context);
    let all = Gc::new(All {
        left: Cell::new(values.len()),
        values: GcRefCell::new(values.clone()),
        resolve: functions.resolve.into(),
        reject: functions.reject.into(),
    });
    let mut at = 0;
    while let Some(value) = values.get(at) {
        if value.is_object() {
            if let Err(error) = follow(&all, at, value, &class, &seen, context) {
                let error = error.into_opaque(context)?;
                all.reject.call(&JsValue::undefined(), &[error], context)?;
                break;
            }
            at += 1;
            continue;
        }
        let others = values[at..].iter().position(JsValue::is_object);
        let count = others.unwrap_or(values.len() - at);
        at += count;
        let waiting = all.clone();
        let turn = move |context: &mut Context| waiting.arrived(count, context);
        state
            .tasks
            .push_microtask(Microtask::Native(Box::new(turn)));
    }
    Ok(Some(promise.into()))
}

/// Waits for a value that may be a promise.
fn follow(
    all: &Gc<All>,
    index: usize,
    value: &JsValue,
    class: &JsObject,
    seen: &Seen,
    context: &mut Context,
) -> JsResult<()> {
    let arguments = std::slice::from_ref(value);
    let next = seen
        .resolve
        .call(&class.clone().into(), arguments, context)?;
    let arrived = NativeFunction::from_copy_closure_with_captures(
        |_, args, place: &Place, context| {
            if !place.taken.replace(true) {
                let value = args.get_or_undefined(0).clone();
                place.all.values.borrow_mut()[place.index] = value;
                place.all.arrived(1, context)?;
            }
            Ok(JsValue::undefined())
        },
        Place {
            all: all.clone(),
            index,
            taken: Cell::new(false),
        },
    );
    let arrived = FunctionObjectBuilder::new(context.realm(), arrived)
        .length(1)
        .build();
    let then = next.to_object(context)?.get(js_string!("then"), context)?;
    let Some(then) = then.as_callable() else {
        return Err(crate::node::errors::type_error(
            "promise.then is not a function",
            context,
        ));
    };
    let reject = all.reject.clone().into();
    then.call(&next, &[arrived.into(), reject], context)
        .map(drop)
}
