//! Listeners that an emitter keeps natively: messages of http get and lose a dozen of them each, an agent's sockets as many with each
//! request, and hardly a program ever looks at `_events`, whose properties would cost more than all that is done with them.
//!
//! A table holds what `_events` would: events in the order in which they were first listened to, and the listeners of each. It is
//! there until somebody reads `_events`, or does what isn't plain (listens for 'newListener', or to a symbol): then [`show`] makes
//! the properties that other emitters have, and the emitter is one of these from then on.

mod sockets;

pub use sockets::{OfSocket, define_for_sockets, take_over};

use boa_engine::{
    Context, Finalize, JsObject, JsResult, JsString, JsValue, Trace, js_string,
    object::{NativeObject, builtins::JsArray},
    property::PropertyKey,
};

use super::listeners::{data, is_too_many, limit_of, wraps};
use crate::{
    engine::lookup::own_named,
    node::{
        http::{Incoming, Outgoing, record},
        stream::readable::PipeListener,
    },
    runtime::State,
};

/// Who listens.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub enum Listener {
    Function(JsObject),
    /// A pipe, which has no function before somebody asks for it.
    Pipe(PipeListener),
}

impl Listener {
    /// Whether this is the function, or a wrapper of it.
    fn is(&self, wanted: &JsObject) -> bool {
        match self {
            Self::Function(function) => {
                JsObject::equals(function, wanted)
                    || wraps(function)
                        .and_then(|inner| inner.as_object())
                        .is_some_and(|inner| JsObject::equals(&inner, wanted))
            }
            Self::Pipe(_) => false,
        }
    }

    fn into_function(self, context: &mut Context) -> JsObject {
        match self {
            Self::Function(function) => function,
            Self::Pipe(listener) => listener.into_function(context),
        }
    }
}

/// The listeners of an event; there is always one.
#[derive(Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
struct Entry {
    #[unsafe_ignore_trace]
    event: JsString,
    first: Listener,
    more: Vec<Listener>,
}

/// The listeners of an emitter.
#[derive(Default, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub struct Table {
    entries: Vec<Entry>,
    #[unsafe_ignore_trace]
    stage: Stage,
}

/// How far an emitter has come.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    /// It never had a listener.
    #[default]
    Fresh,
    Used,
    /// Its listeners are properties.
    Shown,
}

impl Table {
    fn place(&self, event: &JsString) -> Option<usize> {
        let is_it = |entry: &Entry| entry.event.len() == event.len() && entry.event == *event;
        self.entries.iter().position(is_it)
    }

    fn count(&self, event: &JsString) -> usize {
        match self.place(event) {
            Some(at) => self.entries[at].more.len() + 1,
            None => 0,
        }
    }

    fn add(&mut self, event: JsString, mut listener: Listener, first: bool) {
        self.stage = Stage::Used;
        let Some(at) = self.place(&event) else {
            let more = Vec::new();
            self.entries.push(Entry {
                event,
                first: listener,
                more,
            });
            return;
        };
        let entry = &mut self.entries[at];
        if first {
            std::mem::swap(&mut entry.first, &mut listener);
            entry.more.insert(0, listener);
        } else {
            entry.more.push(listener);
        }
    }

    /// Takes the last listener that is meant away.
    fn remove(&mut self, event: &JsString, is_it: impl Fn(&Listener) -> bool) {
        let Some(at) = self.place(event) else {
            return;
        };
        let entry = &mut self.entries[at];
        if let Some(index) = entry.more.iter().rposition(&is_it) {
            entry.more.remove(index);
        } else if is_it(&entry.first) {
            if entry.more.is_empty() {
                self.entries.remove(at);
            } else {
                entry.first = entry.more.remove(0);
            }
        }
    }

    /// Script has given the emitter another `_events`.
    pub fn replace(&mut self) {
        self.stage = Stage::Shown;
        self.entries.clear();
    }
}

/// A message, as far as who listens to it is concerned.
pub trait Listening: NativeObject {
    /// Its table.
    fn table(&mut self) -> &mut Table;
}

/// Looks into the table of an emitter; `None` if there is none, or none any longer.
fn with<R>(emitter: &JsObject, context: &Context, act: impl FnOnce(&mut Table) -> R) -> Option<R> {
    if let Some(mut message) = emitter.downcast_mut::<Incoming>() {
        return of(message.table()).map(act);
    }
    if let Some(mut message) = emitter.downcast_mut::<Outgoing>() {
        return of(message.table()).map(act);
    }
    sockets::with(emitter, context, act)
}

fn of(table: &mut Table) -> Option<&mut Table> {
    (table.stage != Stage::Shown).then_some(table)
}

/// How many listen for an event; `None` if that is to be asked otherwise.
pub fn count(emitter: &JsObject, event: &JsString, context: &Context) -> Option<usize> {
    with(emitter, context, |table| table.count(event))
}

/// Who hears an event.
pub enum Heard {
    Nobody,
    One(Listener),
    Many(Vec<Listener>),
}

/// Who hears an event, as a list that stays as it is; `None` if that is to be asked otherwise.
pub fn heard(emitter: &JsObject, key: &PropertyKey, context: &Context) -> Option<Heard> {
    with(emitter, context, |table| {
        let PropertyKey::String(event) = key else {
            return Heard::Nobody;
        };
        let Some(at) = table.place(event) else {
            return Heard::Nobody;
        };
        let entry = &table.entries[at];
        if entry.more.is_empty() {
            return Heard::One(entry.first.clone());
        }
        let mut all = Vec::with_capacity(entry.more.len() + 1);
        all.push(entry.first.clone());
        all.extend(entry.more.iter().cloned());
        Heard::Many(all)
    })
}

/// Whether a function is all that listens for an event, and that is known here.
pub fn hears_alone(
    emitter: &JsObject,
    event: &JsString,
    listener: &JsObject,
    context: &Context,
) -> bool {
    let alone = with(emitter, context, |table| {
        let entry = &table.entries[table.place(event)?];
        let first =
            matches!(&entry.first, Listener::Function(one) if JsObject::equals(one, listener));
        Some(first && entry.more.is_empty())
    });
    alone.flatten() == Some(true)
}

/// The pipes that hear an event; `None` if there are others, or that is to be asked otherwise.
pub fn pipes(emitter: &JsObject, event: &JsString, context: &Context) -> Option<Vec<PipeListener>> {
    with(emitter, context, |table| {
        let Some(at) = table.place(event) else {
            return Some(Vec::new());
        };
        let entry = &table.entries[at];
        let all = std::iter::once(&entry.first).chain(&entry.more);
        all.map(|one| match one {
            Listener::Pipe(pipe) => Some(pipe.clone()),
            Listener::Function(_) => None,
        })
        .collect()
    })
    .flatten()
}

/// Events whose listeners see others come and go.
fn is_watcher(event: &JsString) -> bool {
    *event == js_string!("newListener") || *event == js_string!("removeListener")
}

/// Adds listeners, each of an event of its own. Answers whether they are in the table; if not, none is.
///
/// # Errors
/// What accessors of the emitter throw.
pub fn add_all(
    emitter: &JsObject,
    events: &[JsString],
    listener: impl Fn(usize) -> Listener,
    first: bool,
    context: &mut Context,
) -> JsResult<bool> {
    let is_plain = !State::of(context).emitters.capture.get() && !events.iter().any(is_watcher);
    let known = with(emitter, context, |table| {
        let most = events.iter().map(|event| table.count(event)).max();
        let most = most.unwrap_or_default();
        let at_once = is_plain && most == 0 && table.stage == Stage::Used;
        if at_once {
            for (index, event) in events.iter().enumerate() {
                table.add(event.clone(), listener(index), first);
            }
        }
        (table.stage, most, at_once)
    });
    let Some((stage, most, at_once)) = known else {
        return Ok(false);
    };
    if at_once {
        return Ok(true);
    }
    if !is_plain || (most > 0 && is_too_many(most + 1, limit_of(emitter, context)?)) {
        show(emitter, context);
        return Ok(false);
    }
    if stage == Stage::Fresh {
        record::listened(emitter, context)?;
    }
    with(emitter, context, |table| {
        for (index, event) in events.iter().enumerate() {
            table.add(event.clone(), listener(index), first);
        }
    });
    Ok(true)
}

/// Takes a function away that may listen for an event. Answers whether there is a table to take it from.
pub fn remove(
    emitter: &JsObject,
    event: &JsString,
    listener: &JsObject,
    context: &Context,
) -> bool {
    let is_it = |one: &Listener| one.is(listener);
    with(emitter, context, |table| table.remove(event, is_it)).is_some()
}

/// Takes functions away, each of an event of its own, likewise.
pub fn remove_all(
    emitter: &JsObject,
    listeners: &[(JsString, &JsObject)],
    context: &Context,
) -> bool {
    with(emitter, context, |table| {
        for (event, listener) in listeners {
            table.remove(event, |one| one.is(listener));
        }
    })
    .is_some()
}

/// Takes a pipe away, likewise.
pub fn remove_pipe(
    emitter: &JsObject,
    event: &JsString,
    is_it: impl Fn(&PipeListener) -> bool,
    context: &Context,
) -> bool {
    let is_it = |one: &Listener| matches!(one, Listener::Pipe(pipe) if is_it(pipe));
    with(emitter, context, |table| table.remove(event, is_it)).is_some()
}

/// Gives an emitter the properties that other emitters have. One that never had listeners has none.
pub fn show(emitter: &JsObject, context: &mut Context) {
    let taken = with(emitter, context, |table| match table.stage {
        Stage::Fresh => None,
        _ => {
            table.stage = Stage::Shown;
            Some(std::mem::take(&mut table.entries))
        }
    });
    let Some(entries) = taken.flatten() else {
        return;
    };
    let events = JsObject::with_null_proto();
    let count = entries.len() as i32;
    for entry in entries {
        let first = entry.first.into_function(context);
        let listeners = if entry.more.is_empty() {
            first
        } else {
            let mut all = vec![JsValue::from(first)];
            all.extend(
                (entry.more.into_iter()).map(|one| JsValue::from(one.into_function(context))),
            );
            JsArray::from_iter(all, context).into()
        };
        events.insert_property(entry.event, data(listeners));
    }
    emitter.insert_property(js_string!("_events"), data(events));
    emitter.insert_property(js_string!("_eventsCount"), data(count));
}

/// The message that an object is or inherits from.
fn message<T: Listening>(this: &JsValue) -> Option<JsObject> {
    let mut at = this.as_object();
    while let Some(object) = at {
        if object.is::<T>() {
            return Some(object);
        }
        at = object.prototype();
    }
    None
}

/// The getter of `_events`. The engine may call it where the property is the message's own by now.
///
/// # Errors
/// None.
pub fn get_events<T: Listening>(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(message) = message::<T>(this) else {
        return Ok(JsValue::undefined());
    };
    show(&message, context);
    Ok(own_named(&message, js_string!("_events")).unwrap_or_default())
}

/// The getter of `_eventsCount`, likewise.
///
/// # Errors
/// None.
pub fn get_count<T: Listening>(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(message) = message::<T>(this) else {
        return Ok(0.into());
    };
    if let Some(count) = with(&message, context, |table| table.entries.len()) {
        return Ok((count as u32).into());
    }
    let own = own_named(&message, js_string!("_eventsCount"));
    Ok(own.unwrap_or_else(|| 0.into()))
}

/// The setter of `_eventsCount`.
///
/// # Errors
/// None.
pub fn set_count<T: Listening>(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    if let Some(message) = message::<T>(this) {
        show(&message, context);
    }
    let count = args.first().cloned().unwrap_or_default();
    record::define_own(this, js_string!("_eventsCount"), count);
    Ok(JsValue::undefined())
}
