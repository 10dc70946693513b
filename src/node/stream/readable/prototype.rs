//! What script sees: the properties of `_readableState`, and the members of `Readable.prototype` that need no script.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
    object::builtins::JsArray, property::Attribute,
};

use super::{Chunk, ReadableState, Slot, State, bits, flow, iterator, listen, pipe, push, read};
use crate::{
    engine::{
        lookup::LookUp,
        native::{self, Natives},
        registry,
    },
    node::stream::{
        calls, destroy,
        state::{self, Accessor, Bits, look},
    },
};

const BOOLEANS: &[(&str, u32)] = &[
    ("objectMode", bits::OBJECT_MODE),
    ("ended", bits::ENDED),
    ("endEmitted", bits::END_EMITTED),
    ("reading", bits::READING),
    ("constructed", bits::CONSTRUCTED),
    ("sync", bits::SYNC),
    ("needReadable", bits::NEED_READABLE),
    ("emittedReadable", bits::EMITTED_READABLE),
    ("readableListening", bits::READABLE_LISTENING),
    ("resumeScheduled", bits::RESUME_SCHEDULED),
    ("errorEmitted", bits::ERROR_EMITTED),
    ("emitClose", bits::EMIT_CLOSE),
    ("autoDestroy", bits::AUTO_DESTROY),
    ("destroyed", bits::DESTROYED),
    ("closed", bits::CLOSED),
    ("closeEmitted", bits::CLOSE_EMITTED),
    ("multiAwaitDrain", bits::MULTI_AWAIT_DRAIN),
    ("readingMore", bits::READING_MORE),
    ("dataEmitted", bits::DATA_EMITTED),
];

/// `ReadableState.prototype`
pub fn state_prototype(context: &mut Context) -> JsObject {
    let slot = Slot::of(context);
    if let Some(known) = slot.prototype.get() {
        return known.clone();
    }
    let prototype = state::prototype_of::<ReadableState>(BOOLEANS, ACCESSORS, context);
    let prototype = Natives::on(prototype, context)
        .function("revive", 0, revive)
        .build();
    slot.prototype.get_or_init(|| prototype).clone()
}

/// Changes the record.
fn change(
    this: &JsValue,
    args: &[JsValue],
    write: impl FnOnce(&mut ReadableState, JsValue),
) -> JsResult<JsValue> {
    if let Some(state) = State::from_value(this) {
        let value = args.get_or_undefined(0).clone();
        state.with(|record| write(record, value));
    }
    Ok(JsValue::undefined())
}

/// An accessor of a value that the record keeps as it is.
macro_rules! kept {
    ($name:literal, $field:ident) => {
        (
            $name,
            |this, _, _| look(this, |record: &ReadableState| record.$field.clone()),
            Some(|this, args, _| change(this, args, |record, value| record.$field = value)),
        )
    };
}

const ACCESSORS: &[Accessor] = &[
    (
        "highWaterMark",
        |this, _, _| look(this, |record: &ReadableState| record.high_water_mark.into()),
        Some(|this, args, context| {
            let mark = args.get_or_undefined(0).to_number(context)?;
            change(this, args, |record, _| record.high_water_mark = mark)
        }),
    ),
    (
        "length",
        |this, _, _| look(this, |record: &ReadableState| (record.length as f64).into()),
        Some(|this, args, context| {
            let length = args.get_or_undefined(0).to_length(context)?;
            change(this, args, |record, _| record.length = length as usize)
        }),
    ),
    ("buffer", buffer, Some(set_buffer)),
    ("bufferIndex", |_, _, _| Ok(0.into()), None),
    ("decoder", decoder, Some(set_decoder)),
    kept!("encoding", encoding),
    kept!("defaultEncoding", default_encoding),
    kept!("awaitDrainWriters", await_drain),
    (
        "errored",
        |this, _, _| look(this, |record: &ReadableState| record.error.clone()),
        Some(|this, args, _| change(this, args, ReadableState::set_error)),
    ),
    (
        "flowing",
        |this, _, _| {
            look(this, |record: &ReadableState| {
                two(record, bits::HAS_FLOWING, bits::FLOWING)
            })
        },
        Some(|this, args, _| {
            change(this, args, |record, value| {
                if value.is_null_or_undefined() {
                    record.clear(bits::HAS_FLOWING | bits::FLOWING);
                } else {
                    record.set_flowing(value.to_boolean());
                }
            })
        }),
    ),
    (
        "paused",
        |this, _, _| {
            look(this, |record: &ReadableState| {
                two(record, bits::HAS_PAUSED, bits::PAUSED)
            })
        },
        Some(|this, args, _| {
            change(this, args, |record, value| {
                record.clear(bits::PAUSED);
                record.set(bits::HAS_PAUSED);
                if value.to_boolean() {
                    record.set(bits::PAUSED);
                }
            })
        }),
    ),
    (
        "pipes",
        |this, _, context| match State::from_value(this) {
            Some(state) => Ok(pipes(&state, context).into()),
            None => Ok(JsValue::undefined()),
        },
        Some(|this, args, _| change(this, args, |record, value| record.pipes = value)),
    ),
    (
        "pipesCount",
        |this, _, context| match State::from_value(this) {
            Some(state) => pipes(&state, context).look_up(js_string!("length"), context),
            None => Ok(JsValue::undefined()),
        },
        None,
    ),
];

/// A boolean that is null until it is set.
fn two(record: &ReadableState, has: u32, bit: u32) -> JsValue {
    if record.any(has) {
        record.any(bit).into()
    } else {
        JsValue::null()
    }
}

/// The array of writers that a stream is piped to; made when first asked for.
pub(super) fn pipes(state: &State, context: &mut Context) -> JsObject {
    if let Some(known) = state.with(|record| record.pipes.as_object()) {
        return known;
    }
    let made: JsObject = JsArray::from_iter([], context).into();
    state.with(|record| record.pipes = made.clone().into());
    made
}

/// The decoder that script sees: one of the stream's encoding, of which nothing reads unless script puts its own there.
fn decoder(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(state) = State::from_value(this) else {
        return Ok(JsValue::undefined());
    };
    let (known, encoding) = state.with(|record| {
        let encoding = record.decoding.as_ref().map(|decoder| decoder.encoding());
        (record.decoder.clone(), encoding)
    });
    let Some(encoding) = encoding.filter(|_| known.is_null()) else {
        return Ok(known);
    };
    let module = registry::require("string_decoder", context)?.to_object(context)?;
    let class = module.look_up(js_string!("StringDecoder"), context)?;
    let Some(class) = class.as_constructor() else {
        return Ok(known);
    };
    let name = JsString::from(encoding.name()).into();
    let made: JsValue = class.construct(&[name], None, context)?.into();
    state.with(|record| record.decoder = made.clone());
    Ok(made)
}

fn set_decoder(this: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    change(this, args, |record, value| {
        record.decoding = None;
        record.decoder = value;
    })
}

/// The chunks that wait, in an array of their own: to change the buffer, assign one.
fn buffer(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(state) = State::from_value(this) else {
        return Ok(JsValue::undefined());
    };
    let chunks: Vec<JsValue> =
        state.with(|record| record.buffer.iter().map(|c| c.value.clone()).collect());
    Ok(JsArray::from_iter(chunks, context).into())
}

fn set_buffer(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (Some(state), Some(list)) = (
        State::from_value(this),
        args.get_or_undefined(0).as_object(),
    ) else {
        return Ok(JsValue::undefined());
    };
    let list = JsArray::from_object(list)?;
    let mut chunks = Vec::new();
    for index in 0..list.length(context)? {
        chunks.push(list.get(index, context)?);
    }
    state.with(|record| {
        record.buffer = chunks
            .into_iter()
            .map(|value| Chunk {
                size: record.size_of(&value),
                value,
            })
            .collect();
    });
    Ok(JsValue::undefined())
}

/// `state.revive()`: as good as new, after the stream was destroyed.
fn revive(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(state) = State::from_value(this) else {
        return Ok(JsValue::undefined());
    };
    state.with(|record| {
        record.set(bits::CONSTRUCTED);
        record.clear(
            bits::CLOSED
                | bits::CLOSE_EMITTED
                | bits::DESTROYED
                | bits::ERROR_EMITTED
                | bits::READING
                | bits::ENDED
                | bits::END_EMITTED,
        );
        record.set_error(JsValue::null());
    });
    if says_no(&state, context)? {
        state.set(bits::ENDED | bits::END_EMITTED);
    }
    Ok(JsValue::undefined())
}

/// A legacy stream may say no by hand: `readable = false`.
fn says_no(state: &State, context: &mut Context) -> JsResult<bool> {
    let said = state.object().look_up(js_string!("readable"), context)?;
    Ok(said.as_boolean() == Some(false))
}

/// `defineReadable(prototype)`: gives `Readable.prototype` its native members.
pub fn define(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let prototype = args.get_or_undefined(0).to_object(context)?;
    let slot = Slot::of(context);
    if let Some(parent) = prototype.prototype() {
        let _ = slot.parent.set(parent);
    }
    let nothing_to_do = destroy::default_destroy(context);
    let prototype = Natives::on(prototype, context)
        .attributes(Attribute::all())
        .direct()
        .function("destroy", 2, destroy::destroy)
        .value("_destroy", nothing_to_do)
        .function("push", 2, push::push_native)
        .function("unshift", 2, push::unshift_native)
        .function("isPaused", 0, flow::is_paused)
        .function("setEncoding", 1, set_encoding)
        .function("read", 1, read::read_native)
        .function("on", 2, listen::on)
        .function("removeListener", 2, listen::remove_listener)
        .function("removeAllListeners", 1, listen::remove_all_listeners)
        .function("resume", 0, flow::resume)
        .function("pause", 0, flow::pause)
        .function("pipe", 2, pipe::pipe)
        .function("unpipe", 1, pipe::unpipe)
        .build();
    for (name, alias) in [
        (js_string!("on"), "addListener"),
        (js_string!("removeListener"), "off"),
    ] {
        let method = prototype.get(name, context)?;
        Natives::on(prototype.clone(), context)
            .attributes(Attribute::all())
            .value(alias, method);
    }
    let iterate = native::function(context, "", 0, iterator::of_stream);
    prototype.insert_property(
        JsSymbol::async_iterator(),
        native::property(iterate, Attribute::all()),
    );
    listen::remember_own(&prototype, context)?;
    for (name, known) in [
        (js_string!("read"), &slot.read),
        (js_string!("push"), &slot.push),
        (js_string!("resume"), &slot.resume),
        (js_string!("pause"), &slot.pause),
        (js_string!("unpipe"), &slot.unpipe),
        (js_string!("destroy"), &slot.destroy),
    ] {
        if let Some(method) = prototype.get(name, context)?.as_object() {
            let _ = known.set(method);
        }
    }
    let mut natives = Natives::on(prototype, context)
        .attributes(Attribute::CONFIGURABLE)
        .direct();
    for &(name, get, set) in VIEWS {
        natives = natives.accessor(name, get, set);
    }
    Ok(JsValue::undefined())
}

/// `stream.setEncoding(encoding)`
fn set_encoding(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = calls::this_stream(this, context)?;
    let state = State::of(&stream, context)?;
    super::decode_as(&state, args.get_or_undefined(0), context)?;
    push::decode_waiting(&state, context)?;
    Ok(this.clone())
}

/// Reads a property of a stream's state; `otherwise` if it has none, or none of ours.
fn view(
    this: &JsValue,
    otherwise: JsValue,
    context: &mut Context,
    read: impl FnOnce(&ReadableState) -> JsValue,
) -> JsResult<JsValue> {
    match state_of(this, context)? {
        Some(state) => Ok(state.with(|record| read(record))),
        None => Ok(otherwise),
    }
}

fn state_of(this: &JsValue, context: &mut Context) -> JsResult<Option<State>> {
    let Some(stream) = this.as_object() else {
        return Ok(None);
    };
    let state = stream.look_up(js_string!("_readableState"), context)?;
    Ok(State::from_value(&state))
}

/// A view of one bit.
macro_rules! bit {
    ($name:literal, $bit:expr) => {
        (
            $name,
            |this, _, context| {
                view(this, false.into(), context, |record| {
                    record.any($bit).into()
                })
            },
            None,
        )
    };
}

const VIEWS: &[Accessor] = &[
    (
        "readable",
        |this, _, context| {
            let Some(state) = state_of(this, context)? else {
                return Ok(false.into());
            };
            const OVER: u32 = bits::DESTROYED | bits::ERROR_EMITTED | bits::END_EMITTED;
            Ok((!state.any(OVER) && !says_no(&state, context)?).into())
        },
        Some(|this, args, context| {
            if let Some(state) = state_of(this, context)? {
                let value = args.get_or_undefined(0).to_boolean();
                state
                    .object()
                    .set(js_string!("readable"), value, true, context)?;
            }
            Ok(JsValue::undefined())
        }),
    ),
    bit!("readableDidRead", bits::DATA_EMITTED),
    (
        "readableAborted",
        |this, _, context| {
            let Some(state) = state_of(this, context)? else {
                return Ok(false.into());
            };
            let broken =
                state.any(bits::DESTROYED | bits::ERRORED) && !state.any(bits::END_EMITTED);
            Ok((broken && !says_no(&state, context)?).into())
        },
        None,
    ),
    (
        "readableHighWaterMark",
        |this, _, context| {
            view(this, JsValue::undefined(), context, |record| {
                record.high_water_mark.into()
            })
        },
        None,
    ),
    (
        "readableBuffer",
        |this, _, context| match state_of(this, context)? {
            Some(state) => buffer(&state.to_value(), &[], context),
            None => Ok(JsValue::undefined()),
        },
        None,
    ),
    (
        "readableFlowing",
        |this, _, context| {
            view(this, JsValue::undefined(), context, |record| {
                two(record, bits::HAS_FLOWING, bits::FLOWING)
            })
        },
        Some(|this, args, context| {
            if let Some(state) = state_of(this, context)? {
                let value = args.get_or_undefined(0).clone();
                state
                    .object()
                    .set(js_string!("flowing"), value, true, context)?;
            }
            Ok(JsValue::undefined())
        }),
    ),
    (
        "readableLength",
        |this, _, context| {
            view(this, JsValue::undefined(), context, |record| {
                (record.length as f64).into()
            })
        },
        None,
    ),
    bit!("readableObjectMode", bits::OBJECT_MODE),
    (
        "readableEncoding",
        |this, _, context| {
            view(this, JsValue::null(), context, |record| {
                record.encoding.clone()
            })
        },
        None,
    ),
    (
        "errored",
        |this, _, context| {
            view(this, JsValue::null(), context, |record| {
                record.error.clone()
            })
        },
        None,
    ),
    bit!("closed", bits::CLOSED),
    (
        "destroyed",
        |this, _, context| {
            view(this, false.into(), context, |record| {
                record.any(bits::DESTROYED).into()
            })
        },
        // Classes from before `destroy` existed keep this flag themselves.
        Some(|this, args, context| {
            if let Some(state) = state_of(this, context)? {
                let on = args.get_or_undefined(0).to_boolean();
                state.with(|record| {
                    if on {
                        *record.bits_mut() |= bits::DESTROYED;
                    } else {
                        *record.bits_mut() &= !bits::DESTROYED;
                    }
                });
            }
            Ok(JsValue::undefined())
        }),
    ),
    bit!("readableEnded", bits::END_EMITTED),
];
