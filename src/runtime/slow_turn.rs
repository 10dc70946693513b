//! `--slow-turn=MS`: which callbacks of the loop took longer, what they were, who scheduled them, and how much of it was
//! collection. Off, it costs a look at an option for each event.
//!
//! What is timed is a callback with the ticks and microtasks after it: the time for which nothing else could happen. Collections
//! are those that the runtime begins; what the engine collects by itself can't be timed from outside.

use std::{
    cell::RefCell,
    rc::Rc,
    time::{Duration, Instant},
};

use boa_engine::Context;
use ouro_loop::Event;
use rustc_hash::FxHashMap;

use super::{State, fatal};
use crate::engine::stack;

/// What is known of the event that is being dealt with.
#[derive(Default)]
pub struct Watch {
    /// Who scheduled each timer, by number.
    timers: RefCell<FxHashMap<u64, String>>,
    /// The callback that runs: since when, and who scheduled it.
    current: RefCell<Option<(Instant, Option<String>)>>,
    /// The longest of this event before that.
    longest: RefCell<(Duration, Option<String>)>,
}

impl Watch {
    /// A callback begins, which ends the one before. An event may bring many: timers that are due, jobs that are done.
    fn begin(&self, origin: Option<String>) {
        let before = self.current.replace(Some((Instant::now(), origin)));
        if let Some((began, origin)) = before {
            let took = began.elapsed();
            if took > self.longest.borrow().0 {
                self.longest.replace((took, origin));
            }
        }
    }
}

fn watch(context: &Context) -> Option<Rc<Watch>> {
    let state = State::of(context);
    state.options.slow_turn?;
    Some(state.slot::<Watch>())
}

/// The stack of who schedules something now; `None` unless slow turns are reported.
pub fn origin(context: &mut Context) -> Option<String> {
    watch(context)?;
    let lines = stack::here(context);
    (!lines.is_empty()).then_some(lines)
}

/// What was scheduled there runs now.
pub fn began(origin: Option<String>, context: &Context) {
    if let Some(watch) = watch(context) {
        watch.begin(origin);
    }
}

/// A timer is scheduled.
pub fn timer_made(id: u64, context: &mut Context) {
    if let Some(origin) = origin(context) {
        let watch = State::of(context).slot::<Watch>();
        watch.timers.borrow_mut().insert(id, origin);
    }
}

/// A timer is cleared.
pub fn timer_gone(id: u64, state: &State) {
    if state.options.slow_turn.is_some() {
        state.slot::<Watch>().timers.borrow_mut().remove(&id);
    }
}

/// A timer fires, again if it is an interval.
pub fn timer_fires(id: u64, repeats: bool, context: &Context) {
    let Some(watch) = watch(context) else {
        return;
    };
    let origin = match repeats {
        true => watch.timers.borrow().get(&id).cloned(),
        false => watch.timers.borrow_mut().remove(&id),
    };
    watch.begin(origin);
}

/// Deals with an event, and reports it if that took longer than the limit.
pub fn watched(limit: Duration, event: Event, context: &mut Context) {
    let state = State::of(context);
    let watch = state.slot::<Watch>();
    watch.longest.take();
    watch.current.take();
    let kind = kind_of(&event);
    let collecting = state.memory.time_in_collections();
    let began = Instant::now();
    super::dispatch::dispatch(event, context);
    let took = began.elapsed();
    if took < limit {
        return;
    }
    watch.begin(None);
    let collecting = state.memory.time_in_collections() - collecting;
    let origin = watch.longest.take().1;
    fatal::write_error(&text(took, kind, collecting, origin.as_deref()));
}

fn text(took: Duration, kind: &str, collecting: Duration, origin: Option<&str>) -> String {
    let mut text = format!("slow turn: {took:.1?} in {kind}");
    if !collecting.is_zero() {
        text.push_str(&format!(", {collecting:.1?} of it collection"));
    }
    match origin {
        Some(origin) => {
            text.push_str(", scheduled\n");
            text.push_str(origin.trim_matches('\n'));
            text.push('\n');
        }
        None => text.push('\n'),
    }
    text
}

fn kind_of(event: &Event) -> &'static str {
    match event {
        Event::Timer(_) => "timers",
        Event::Idle(_) | Event::Prepare(_) | Event::Check(_) => "immediates",
        Event::Async(_) => "completions of the pool",
        Event::Signal { .. } => "a signal",
        Event::Poll { .. } => "a descriptor",
        Event::FsChange { .. } => "a watched file",
        Event::Exit { .. } => "the end of a child",
        Event::Connection(_) => "a connection",
        Event::Connected { .. } => "a connection made",
        Event::Readable(_) => "bytes to read",
        Event::Wrote { .. } | Event::Shutdown { .. } => "bytes written",
        _ => "a handle",
    }
}
