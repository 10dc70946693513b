//! What an iterator hears of its stream: that there may be something to read, and how it ended. The latter is what
//! `finished` tells of the readable half. A stream that can only be read, says when it is closed and is alive has few
//! ways to end: the listeners for those share the iterator's record. Of any other `finished` itself tells.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/stream.html#streamfinishedstream-options-callback>

use boa_engine::{
    Context, Finalize, JsArgs, JsObject, JsResult, JsString, JsValue, NativeFunction, Trace,
    js_string, object::FunctionObjectBuilder,
};

use super::{Reader, help, is_function};
use crate::node::{
    errors::node_error,
    stream::{
        destroy::catch,
        readable::{
            State, bits,
            listen::{attach, attach_one, detach, detach_one},
        },
    },
};

/// What is listened for, and the place of each listener in the record.
#[derive(Clone, Copy)]
enum Heard {
    Readable,
    End,
    Finish,
    Error,
    Close,
}

impl Heard {
    const ALL: [Self; 5] = [
        Self::Readable,
        Self::End,
        Self::Finish,
        Self::Error,
        Self::Close,
    ];

    /// In the order in which Node takes them away.
    const LEAVING: [Self; 5] = [
        Self::Readable,
        Self::Finish,
        Self::End,
        Self::Error,
        Self::Close,
    ];

    fn event(self) -> JsString {
        match self {
            Self::Readable => js_string!("readable"),
            Self::End => js_string!("end"),
            Self::Finish => js_string!("finish"),
            Self::Error => js_string!("error"),
            Self::Close => js_string!("close"),
        }
    }

    /// What stacks and `listeners()` show.
    fn name(self) -> JsString {
        match self {
            Self::Readable => js_string!("next"),
            Self::End => js_string!("onend"),
            Self::Finish => js_string!("onfinish"),
            Self::Error => js_string!("onerror"),
            Self::Close => js_string!("onclose"),
        }
    }

    /// How many parameters its function shows.
    fn parameters(self) -> usize {
        match self {
            Self::Readable | Self::Error => 1,
            Self::End | Self::Finish | Self::Close => 0,
        }
    }
}

/// What an iterator knows of its stream, and who tells it.
#[derive(Default, Trace, Finalize)]
pub(super) struct Watch {
    listeners: [Option<JsObject>; Heard::ALL.len()],
    /// Takes the listeners of `finished` away, where that watches.
    unwatch: Option<JsObject>,
    #[unsafe_ignore_trace]
    ending: Ending,
}

/// How far the end has come.
#[derive(Clone, Copy, Default)]
struct Ending {
    /// 'end' has come.
    ended: bool,
    /// 'close' isn't waited for any more: the stream was destroyed before its time.
    hasty: bool,
    /// It was told.
    told: bool,
}

impl Reader {
    /// Listens to the stream.
    pub(super) fn watch(&self, context: &mut Context) -> JsResult<()> {
        let stream = self.stream();
        if ends_plainly(&stream, context)? {
            let listeners = Heard::ALL.map(|what| (what.event(), self.listener(what, context)));
            let listeners: Vec<_> = listeners
                .iter()
                .map(|(event, listener)| (event.clone(), listener))
                .collect();
            return attach(&stream, &listeners, context);
        }
        let readable = self.listener(Heard::Readable, context);
        attach_one(&stream, Heard::Readable.event(), &readable, context)?;
        let ended = self.native(js_string!(""), 1, context, |reader, args, context| {
            reader.ended(args.get_or_undefined(0), context);
            Ok(())
        });
        let unwatch = help(js_string!("watch"), &[stream.into(), ended.into()], context)?;
        self.with(|record| record.watch.unwatch = unwatch.as_object());
        Ok(())
    }

    /// Takes the listeners away.
    pub(super) fn unwatch(&self, context: &mut Context) -> JsResult<()> {
        let stream = self.stream();
        let (listeners, unwatch) = self.with(|record| {
            record.watch.ending.told = true;
            let listeners = std::mem::take(&mut record.watch.listeners);
            (listeners, record.watch.unwatch.take())
        });
        if let Some(unwatch) = unwatch {
            if let [Some(readable), ..] = &listeners {
                detach_one(&stream, Heard::Readable.event(), readable, context)?;
            }
            return unwatch.call(&JsValue::undefined(), &[], context).map(drop);
        }
        let listeners: Vec<_> = Heard::LEAVING
            .into_iter()
            .filter_map(|what| Some((what.event(), listeners[what as usize].as_ref()?)))
            .collect();
        detach(&stream, &listeners, context)
    }

    /// The function that listens for an event.
    fn listener(&self, what: Heard, context: &mut Context) -> JsObject {
        let call = move |reader: &Self, args: &[JsValue], context: &mut Context| {
            reader.hear(what, args, context)
        };
        let function = self.native(what.name(), what.parameters(), context, call);
        self.with(|record| record.watch.listeners[what as usize] = Some(function.clone()));
        function
    }

    fn native(
        &self,
        name: JsString,
        parameters: usize,
        context: &mut Context,
        call: impl Fn(&Self, &[JsValue], &mut Context) -> JsResult<()> + Copy + 'static,
    ) -> JsObject {
        let native = NativeFunction::from_copy_closure_with_captures(
            move |_, args, iterator: &JsObject, context| {
                call(&Self(iterator.clone()), args, context)?;
                Ok(JsValue::undefined())
            },
            self.0.clone(),
        );
        FunctionObjectBuilder::new(context.realm(), native)
            .name(name)
            .length(parameters)
            .build()
            .into()
    }

    fn hear(&self, what: Heard, args: &[JsValue], context: &mut Context) -> JsResult<()> {
        match what {
            Heard::Readable => {
                self.wake(context);
                Ok(())
            }
            Heard::End => self.hear_end(context),
            Heard::Finish => self.hear_finish(context),
            Heard::Error => {
                self.ended(args.get_or_undefined(0), context);
                Ok(())
            }
            Heard::Close => self.hear_close(context),
        }
    }

    fn hear_end(&self, context: &mut Context) -> JsResult<()> {
        self.with(|record| record.watch.ending.ended = true);
        if self.is_hasty(context)? {
            self.ended(&JsValue::undefined(), context);
        }
        Ok(())
    }

    /// A stream that can't be written to says this only if a program makes it.
    fn hear_finish(&self, context: &mut Context) -> JsResult<()> {
        let waits = !self.is_hasty(context)? && {
            let writable = self.stream().get(js_string!("writable"), context)?;
            !writable.to_boolean()
        };
        if !waits && self.with(|record| record.watch.ending.ended) {
            self.ended(&JsValue::undefined(), context);
        }
        Ok(())
    }

    /// Whether no 'close' is waited for: it may not follow, once the stream was destroyed by hand.
    fn is_hasty(&self, context: &mut Context) -> JsResult<bool> {
        let destroyed = self.stream().get(js_string!("destroyed"), context)?;
        let destroyed = destroyed.to_boolean();
        Ok(self.with(|record| {
            record.watch.ending.hasty |= destroyed;
            record.watch.ending.hasty
        }))
    }

    fn hear_close(&self, context: &mut Context) -> JsResult<()> {
        if self.with(|record| record.watch.ending.told) {
            return Ok(());
        }
        let state = State::of(&self.stream(), context)?;
        let error = state.with(|record| record.error.clone());
        if error.to_boolean() && !error.is_boolean() {
            self.ended(&error, context);
            return Ok(());
        }
        let ended = self.with(|record| record.watch.ending.ended);
        if ended || is_at_end(&state) {
            self.ended(&JsValue::undefined(), context);
            return Ok(());
        }
        let error = node_error("ERR_STREAM_PREMATURE_CLOSE", &[], context);
        let error = catch(error, context)?;
        self.ended(&error, context);
        Ok(())
    }

    /// The stream is over, with an error or without: the first time counts.
    fn ended(&self, error: &JsValue, context: &mut Context) {
        let first = self.with(|record| {
            if std::mem::replace(&mut record.watch.ending.told, true) {
                return false;
            }
            record.error = match error.to_boolean() {
                true => error.clone(),
                false => JsValue::null(),
            };
            true
        });
        if first {
            self.wake(context);
        }
    }
}

/// Whether all of a stream was read, whether or not 'end' was told.
fn is_at_end(state: &State) -> bool {
    state.with(|record| {
        !record.any(bits::ERRORED)
            && (record.any(bits::END_EMITTED) || (record.any(bits::ENDED) && record.length == 0))
    })
}

/// Whether the listeners here do for a stream: it can only be read, is neither closed nor broken, and will tell when it is closed.
fn ends_plainly(stream: &JsObject, context: &mut Context) -> JsResult<bool> {
    let state = stream.get(js_string!("_readableState"), context)?;
    let Some(state) = State::from_value(&state) else {
        return Ok(false);
    };
    let tells = state.with(|record| {
        const TELLS: u32 = bits::AUTO_DESTROY | bits::EMIT_CLOSE;
        record.bits & (TELLS | bits::CLOSED | bits::ERROR_EMITTED) == TELLS
    });
    if !tells
        || !stream
            .get(js_string!("_writableState"), context)?
            .is_undefined()
        || is_function(&stream.get(js_string!("write"), context)?)
        || stream.get(js_string!("closed"), context)?.as_boolean() != Some(false)
    {
        return Ok(false);
    }
    // The response of an aborted request is over.
    Ok(!stream.get(js_string!("req"), context)?.to_boolean()
        || !stream.get(js_string!("aborted"), context)?.to_boolean())
}
