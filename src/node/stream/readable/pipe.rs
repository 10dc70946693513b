//! `readable.pipe(dest)` and `readable.unpipe(dest)`. A pipe is one record that its listeners share: most live for one message of
//! http, and half a dozen script functions for each cost more than what went through them.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/stream.html#readablepipedestination-options>

use std::cell::Cell;

use boa_engine::{
    Context, Finalize, JsArgs, JsObject, JsResult, JsString, JsValue, NativeFunction, Trace,
    js_string,
    native_function::NativeFunctionPointer,
    object::{
        FunctionObjectBuilder,
        builtins::{JsArray, JsSet},
    },
};
use boa_gc::{Gc, GcRefCell};

use super::{
    Slot, State, bits,
    flow::{self, call_resume},
    listen,
    prototype::pipes,
};
use crate::{
    engine::{lookup::LookUp, native::new_object, registry},
    node::{
        events::{self, table},
        stream::{calls, destroy::error_or_destroy, emit, writable},
        task_queue::tick_native,
    },
};

/// What a pipe listens for, and the place of each listener in its record.
#[derive(Clone, Copy)]
pub enum Heard {
    Data,
    End,
    Unpipe,
    Error,
    Close,
    Finish,
    Drain,
}

impl Heard {
    const COUNT: usize = 7;

    fn event(self) -> JsString {
        match self {
            Self::Data => js_string!("data"),
            Self::End => js_string!("end"),
            Self::Unpipe => js_string!("unpipe"),
            Self::Error => js_string!("error"),
            Self::Close => js_string!("close"),
            Self::Finish => js_string!("finish"),
            Self::Drain => js_string!("drain"),
        }
    }

    /// What stacks and `listeners()` show.
    fn name(self) -> JsString {
        match self {
            Self::Data => js_string!("ondata"),
            Self::End => js_string!("onend"),
            Self::Unpipe => js_string!("onunpipe"),
            Self::Error => js_string!("onerror"),
            Self::Close => js_string!("onclose"),
            Self::Finish => js_string!("onfinish"),
            Self::Drain => js_string!("pipeOnDrainFunctionResult"),
        }
    }

    /// How many parameters its function shows.
    fn parameters(self) -> usize {
        match self {
            Self::Data | Self::Error => 1,
            Self::Unpipe => 2,
            Self::End | Self::Close | Self::Finish | Self::Drain => 0,
        }
    }

    /// Whether it listens to the source; the others listen to the destination.
    fn of_source(self) -> bool {
        matches!(self, Self::Data | Self::End)
    }

    fn call(self, pipe: &Gc<Pipe>, args: &[JsValue], context: &mut Context) -> JsResult<()> {
        match self {
            Self::Data => on_data(pipe, args.get_or_undefined(0), context),
            Self::End => {
                pipe.ignore(self, context)?;
                pipe.source_ended(context)
            }
            Self::Unpipe => on_unpipe(pipe, args, context),
            Self::Error => on_error(pipe, args.get_or_undefined(0), context),
            Self::Close | Self::Finish => {
                let over = [Self::Close, Self::Finish];
                pipe.ignore_all(&pipe.destination, &over, context)?;
                pipe.unpipe(context)
            }
            Self::Drain => drained(pipe, context),
        }
    }
}

/// A source on its way into a destination.
#[derive(Trace, Finalize)]
pub struct Pipe {
    source: JsObject,
    destination: JsObject,
    /// The destination ends with the source.
    #[unsafe_ignore_trace]
    ends: bool,
    /// It is over.
    #[unsafe_ignore_trace]
    cleaned: Cell<bool>,
    /// The listeners that are there, by [`Heard`].
    listeners: GcRefCell<[Ear; Heard::COUNT]>,
}

/// One of a pipe's listeners.
#[derive(Clone, Default, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
enum Ear {
    #[default]
    Closed,
    /// It is in the table of an emitter, as a [`PipeListener`].
    Native,
    Function(JsObject),
}

/// A listener of a pipe that has no function yet.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub struct PipeListener {
    pipe: Gc<Pipe>,
    #[unsafe_ignore_trace]
    what: Heard,
}

impl PipeListener {
    /// What happens when the event is emitted.
    ///
    /// # Errors
    /// What streams and their listeners throw.
    pub fn hear(&self, args: &[JsValue], context: &mut Context) -> JsResult<()> {
        self.what.call(&self.pipe, args, context)
    }

    /// The function that is shown for it, and stands in its place from now on.
    pub fn into_function(self, context: &mut Context) -> JsObject {
        listener(&self.pipe, self.what, context)
    }
}

impl Pipe {
    fn target(&self, what: Heard) -> &JsObject {
        if what.of_source() {
            &self.source
        } else {
            &self.destination
        }
    }

    /// Takes a listener away, if it is there.
    fn ignore(&self, what: Heard, context: &mut Context) -> JsResult<()> {
        self.ignore_all(self.target(what), &[what], context)
    }

    /// Takes listeners away, those that are there.
    fn ignore_all(&self, target: &JsObject, all: &[Heard], context: &mut Context) -> JsResult<()> {
        self.ignore_native(target, all, context)?;
        let mut found = Vec::new();
        for what in all {
            let ear = std::mem::take(&mut self.listeners.borrow_mut()[*what as usize]);
            if let Ear::Function(listener) = ear {
                found.push((what.event(), listener));
            }
        }
        let found: Vec<_> = found
            .iter()
            .map(|(event, listener)| (event.clone(), listener))
            .collect();
        if found.is_empty() {
            return Ok(());
        }
        listen::detach(target, &found, context)
    }

    /// Takes those away that have no functions; where that isn't possible, they get them.
    fn ignore_native(
        &self,
        target: &JsObject,
        all: &[Heard],
        context: &mut Context,
    ) -> JsResult<()> {
        let is_native =
            |what: &Heard| matches!(self.listeners.borrow()[*what as usize], Ear::Native);
        let native: Vec<Heard> = all.iter().copied().filter(is_native).collect();
        if native.is_empty() {
            return Ok(());
        }
        let events: Vec<_> = native.iter().map(|what| what.event()).collect();
        let is_it = |index: usize, one: &PipeListener| {
            std::ptr::eq(&raw const *one.pipe, self) && one.what as usize == native[index] as usize
        };
        if !listen::detach_pipe(target, &events, is_it, context)? {
            table::show(target, context);
            return Ok(());
        }
        for what in native {
            self.listeners.borrow_mut()[what as usize] = Ear::Closed;
        }
        Ok(())
    }

    fn is_deaf(&self, what: Heard) -> bool {
        matches!(self.listeners.borrow()[what as usize], Ear::Closed)
    }

    fn source_ended(&self, context: &mut Context) -> JsResult<()> {
        if self.ends {
            calls::call(&self.destination, js_string!("end"), &[], context).map(drop)
        } else {
            self.unpipe(context)
        }
    }

    /// `source.unpipe(destination)`
    fn unpipe(&self, context: &mut Context) -> JsResult<()> {
        let args = [self.destination.clone().into()];
        let slot = Slot::of(context);
        let own = (&slot.unpipe, unpipe as NativeFunctionPointer);
        calls::call_known(&self.source, js_string!("unpipe"), own, &args, context).map(drop)
    }
}

/// The function that listens for an event.
fn listener(pipe: &Gc<Pipe>, what: Heard, context: &mut Context) -> JsObject {
    let native = NativeFunction::from_copy_closure_with_captures(
        move |_, args, pipe: &Gc<Pipe>, context| {
            what.call(pipe, args, context)?;
            Ok(JsValue::undefined())
        },
        pipe.clone(),
    );
    let function: JsObject = FunctionObjectBuilder::new(context.realm(), native)
        .name(what.name())
        .length(what.parameters())
        .build()
        .into();
    pipe.listeners.borrow_mut()[what as usize] = Ear::Function(function.clone());
    function
}

/// Listens before the program's own listeners.
fn hear_first(pipe: &Gc<Pipe>, what: Heard, context: &mut Context) -> JsResult<()> {
    let target = pipe.target(what);
    pipe.listeners.borrow_mut()[what as usize] = Ear::Native;
    let native = PipeListener {
        pipe: pipe.clone(),
        what,
    };
    if listen::attach_pipe_first(target, what.event(), &native, context)? {
        return Ok(());
    }
    let listener = listener(pipe, what, context);
    listen::attach_first(target, what.event(), &listener, context)
}

/// Listens to several events of the same stream.
fn hear_all(pipe: &Gc<Pipe>, all: &[Heard], context: &mut Context) -> JsResult<()> {
    let Some(target) = all.first().map(|what| pipe.target(*what)) else {
        return Ok(());
    };
    let events: Vec<_> = all.iter().map(|what| what.event()).collect();
    for what in all {
        pipe.listeners.borrow_mut()[*what as usize] = Ear::Native;
    }
    let native = |index: usize| PipeListener {
        pipe: pipe.clone(),
        what: all[index],
    };
    if listen::attach_pipe(target, &events, native, context)? {
        return Ok(());
    }
    let listeners: Vec<_> = all
        .iter()
        .map(|what| (what.event(), listener(pipe, *what, context)))
        .collect();
    let listeners: Vec<_> = listeners
        .iter()
        .map(|(event, listener)| (event.clone(), listener))
        .collect();
    listen::attach(target, &listeners, context)
}

/// `readable.pipe(destination, options)`
pub(super) fn pipe(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let source = calls::this_stream(this, context)?;
    let destination = calls::this_stream(args.get_or_undefined(0), context)?;
    let options = args.get_or_undefined(1);
    let state = State::of(&source, context)?;
    note_destination(&state, &destination, context)?;
    let may_end = !options.to_boolean()
        || options
            .to_object(context)?
            .look_up(js_string!("end"), context)?
            .as_boolean()
            != Some(false);
    let pipe = Gc::new(Pipe {
        source: source.clone(),
        destination: destination.clone(),
        ends: may_end && !is_stdio(&destination, context)?,
        cleaned: Cell::new(false),
        listeners: GcRefCell::default(),
    });
    if state.any(bits::END_EMITTED) {
        let function = listener(&pipe, Heard::End, context);
        tick_native(
            |args, context| match args.get_or_undefined(0).as_callable() {
                Some(function) => function.call(&JsValue::undefined(), &[], context).map(drop),
                None => Ok(()),
            },
            vec![function.into()],
            context,
        );
        hear_all(&pipe, &[Heard::Data], context)?;
    } else {
        hear_all(&pipe, &[Heard::End, Heard::Data], context)?;
    }
    // Before the program's own.
    hear_first(&pipe, Heard::Error, context)?;
    let of_destination = [Heard::Unpipe, Heard::Close, Heard::Finish];
    hear_all(&pipe, &of_destination, context)?;
    emit(
        &destination,
        js_string!("pipe"),
        std::slice::from_ref(this),
        context,
    )?;
    let full = destination.look_up(js_string!("writableNeedDrain"), context)?;
    if full.as_boolean() == Some(true) {
        pause(&pipe, context)?;
    } else if !state.any(bits::FLOWING) {
        call_resume(&source, &state, context)?;
    }
    Ok(destination.into())
}

/// One more destination in the state. From the second on, those that are waited for are a set.
fn note_destination(state: &State, destination: &JsObject, context: &mut Context) -> JsResult<()> {
    if state.with(|record| record.pipes.is_undefined()) {
        let list = JsArray::from_iter([destination.clone().into()], context);
        state.with(|record| record.pipes = list.into());
        return Ok(());
    }
    let list = JsArray::from_object(pipes(state, context))?;
    if list.length(context)? == 1 && !state.any(bits::MULTI_AWAIT_DRAIN) {
        let set = JsSet::new(context);
        let awaited = state.with(|record| record.await_drain.clone());
        if awaited.is_object() {
            set.add(awaited, context)?;
        }
        state.with(|record| {
            record.set(bits::MULTI_AWAIT_DRAIN);
            record.await_drain = JsObject::from(set).into();
        });
    }
    list.push(destination.clone(), context).map(drop)
}

/// Only what has a descriptor can be one of them: asking `process` for them would make them.
fn is_stdio(destination: &JsObject, context: &mut Context) -> JsResult<bool> {
    if !destination.look_up(js_string!("fd"), context)?.is_number() {
        return Ok(false);
    }
    let process = registry::require("process", context)?.to_object(context)?;
    for name in [js_string!("stdout"), js_string!("stderr")] {
        let stream = process.get(name, context)?.as_object();
        if stream.is_some_and(|stream| JsObject::equals(&stream, destination)) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn on_data(pipe: &Gc<Pipe>, chunk: &JsValue, context: &mut Context) -> JsResult<()> {
    if writable::is_full_after(&pipe.destination, chunk, context)? {
        pause(pipe, context)?;
    }
    Ok(())
}

/// The destination is full: the source waits for its 'drain'.
fn pause(pipe: &Gc<Pipe>, context: &mut Context) -> JsResult<()> {
    // An 'unpipe' during the write has already undone everything.
    if !pipe.cleaned.get() {
        let state = State::of(&pipe.source, context)?;
        let destinations = events::snapshot(&pipes(&state, context), context)?;
        match destinations.as_slice() {
            [only] if JsObject::equals(only, &pipe.destination) => state.with(|record| {
                record.await_drain = pipe.destination.clone().into();
                record.clear(bits::MULTI_AWAIT_DRAIN);
            }),
            many if many.len() > 1
                && many
                    .iter()
                    .any(|one| JsObject::equals(one, &pipe.destination)) =>
            {
                if let Some(set) = awaited_set(&state) {
                    set.add(pipe.destination.clone(), context)?;
                }
            }
            _ => {}
        }
        calls::call(&pipe.source, js_string!("pause"), &[], context)?;
    }
    if pipe.is_deaf(Heard::Drain) {
        hear_all(pipe, &[Heard::Drain], context)?;
    }
    Ok(())
}

fn awaited_set(state: &State) -> Option<JsSet> {
    let awaited = state.with(|record| record.await_drain.as_object());
    awaited.and_then(|set| JsSet::from_object(set).ok())
}

/// The source goes on when the last of the writers it waits for has drained.
fn drained(pipe: &Gc<Pipe>, context: &mut Context) -> JsResult<()> {
    let state = State::of(&pipe.source, context)?;
    let awaited = state.with(|record| record.await_drain.as_object());
    if awaited.is_some_and(|one| JsObject::equals(&one, &pipe.destination)) {
        state.with(|record| record.await_drain = JsValue::null());
    } else if state.any(bits::MULTI_AWAIT_DRAIN)
        && let Some(set) = awaited_set(&state)
    {
        set.delete(pipe.destination.clone());
    }
    let waits = match awaited_set(&state) {
        Some(set) => set.size() > 0,
        None => state.with(|record| record.await_drain.to_boolean()),
    };
    if !waits && listen::has_listener(&pipe.source, js_string!("data"), context)? {
        calls::call(&pipe.source, js_string!("resume"), &[], context)?;
    }
    Ok(())
}

fn on_error(pipe: &Gc<Pipe>, error: &JsValue, context: &mut Context) -> JsResult<()> {
    pipe.unpipe(context)?;
    pipe.ignore(Heard::Error, context)?;
    let destination = &pipe.destination;
    if listen::has_listener(destination, js_string!("error"), context)? {
        return Ok(());
    }
    let mut state = destination.look_up(js_string!("_writableState"), context)?;
    if !state.to_boolean() {
        state = destination.look_up(js_string!("_readableState"), context)?;
    }
    if let Some(state) = state.as_object()
        && !state
            .look_up(js_string!("errorEmitted"), context)?
            .to_boolean()
    {
        return error_or_destroy(destination, error, false, context);
    }
    let args = std::slice::from_ref(error);
    emit(destination, js_string!("error"), args, context).map(drop)
}

/// The destination hears that a source has left it: this one?
fn on_unpipe(pipe: &Gc<Pipe>, args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let readable = args.get_or_undefined(0).as_object();
    if !readable.is_some_and(|readable| JsObject::equals(&readable, &pipe.source)) {
        return Ok(());
    }
    let Some(info) = args.get_or_undefined(1).as_object() else {
        return Ok(());
    };
    let name = js_string!("hasUnpiped");
    if events::read(&info, name.clone().into(), context)?.as_boolean() != Some(false) {
        return Ok(());
    }
    events::write(&info, name, true, context)?;
    clean_up(pipe, context)
}

/// It is over: nothing is listened for any longer.
fn clean_up(pipe: &Gc<Pipe>, context: &mut Context) -> JsResult<()> {
    let waiting = !pipe.is_deaf(Heard::Drain);
    let of_destination = [
        Heard::Error,
        Heard::Unpipe,
        Heard::Close,
        Heard::Finish,
        Heard::Drain,
    ];
    pipe.ignore_all(&pipe.destination, &of_destination, context)?;
    pipe.ignore_all(&pipe.source, &[Heard::End, Heard::Data], context)?;
    pipe.cleaned.set(true);
    if !waiting {
        return Ok(());
    }
    // The 'drain' that the source waits for may never be heard now.
    let state = State::of(&pipe.source, context)?;
    if !state.with(|record| record.await_drain.to_boolean()) {
        return Ok(());
    }
    let writable = pipe
        .destination
        .look_up(js_string!("_writableState"), context)?;
    let full = match writable.as_object() {
        Some(writable) => writable
            .look_up(js_string!("needDrain"), context)?
            .to_boolean(),
        None => true,
    };
    if full { drained(pipe, context) } else { Ok(()) }
}

/// `readable.unpipe(destination)`
pub(super) fn unpipe(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let source = calls::this_stream(this, context)?;
    let state = State::of(&source, context)?;
    let list = pipes(&state, context);
    let mut all = events::snapshot(&list, context)?;
    if all.is_empty() {
        return Ok(this.clone());
    }
    let wanted = args.get_or_undefined(0);
    if !wanted.to_boolean() {
        state.with(|record| record.pipes = JsValue::undefined());
        calls::call(&source, js_string!("pause"), &[], context)?;
        for destination in all {
            tell_unpiped(&destination, this, context)?;
        }
        return Ok(this.clone());
    }
    let Some(destination) = wanted.as_object() else {
        return Ok(this.clone());
    };
    let Some(at) = all
        .iter()
        .position(|one| JsObject::equals(one, &destination))
    else {
        return Ok(this.clone());
    };
    all.remove(at);
    let left = all.len();
    // In place: script may hold the array.
    let array = JsArray::from_object(list)?;
    for (index, one) in all.into_iter().enumerate().skip(at) {
        array.set(index as u64, one, true, context)?;
    }
    array.pop(context)?;
    if left == 0 {
        let slot = Slot::of(context);
        let own = (&slot.pause, flow::pause as NativeFunctionPointer);
        calls::call_known(&source, js_string!("pause"), own, &[], context)?;
    }
    tell_unpiped(&destination, this, context)?;
    Ok(this.clone())
}

/// Tells a destination that a source has left it. Where nobody hears that but pipes, no object goes round that says whether it was
/// taken note of.
fn tell_unpiped(destination: &JsObject, source: &JsValue, context: &mut Context) -> JsResult<()> {
    let event = js_string!("unpipe");
    if let Some(pipes) = table::pipes(destination, &event, context)
        && events::emits_plainly(destination, context)
    {
        let source = source.as_object();
        let left = pipes.into_iter().find(|one| {
            (source.as_ref()).is_some_and(|source| JsObject::equals(source, &one.pipe.source))
        });
        return left.map_or(Ok(()), |left| clean_up(&left.pipe, context));
    }
    let info = new_object(context);
    info.create_data_property_or_throw(js_string!("hasUnpiped"), false, context)?;
    let args = [source.clone(), info.into()];
    emit(destination, event, &args, context).map(drop)
}
