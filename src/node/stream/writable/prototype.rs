//! What script sees: the properties of `_writableState`, and the members of `Writable.prototype` that need no script.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string,
    property::{Attribute, PropertyDescriptor},
};

use super::{Slot, State, WritableState, bits, buffered, finish, write};
use crate::{
    engine::lookup::LookUp,
    engine::native::{self, Natives},
    node::{
        buffer::Encoding,
        errors::node_error,
        stream::{
            calls, destroy,
            halves::{Flag, Halves},
            state::{self, Accessor, look},
        },
    },
};

const BOOLEANS: &[(&str, u32)] = &[
    ("objectMode", bits::OBJECT_MODE),
    ("finalCalled", bits::FINAL_CALLED),
    ("needDrain", bits::NEED_DRAIN),
    ("ending", bits::ENDING),
    ("ended", bits::ENDED),
    ("finished", bits::FINISHED),
    ("destroyed", bits::DESTROYED),
    ("decodeStrings", bits::DECODE_STRINGS),
    ("writing", bits::WRITING),
    ("sync", bits::SYNC),
    ("bufferProcessing", bits::BUFFER_PROCESSING),
    ("constructed", bits::CONSTRUCTED),
    ("prefinished", bits::PREFINISHED),
    ("errorEmitted", bits::ERROR_EMITTED),
    ("emitClose", bits::EMIT_CLOSE),
    ("autoDestroy", bits::AUTO_DESTROY),
    ("closed", bits::CLOSED),
    ("closeEmitted", bits::CLOSE_EMITTED),
    ("allBuffers", bits::ALL_BUFFERS),
    ("allNoop", bits::ALL_NOOP),
];

/// `WritableState.prototype`
pub fn state_prototype(context: &mut Context) -> JsObject {
    let slot = Slot::of(context);
    if let Some(known) = slot.prototype.get() {
        return known.clone();
    }
    let prototype = state::prototype_of::<WritableState>(BOOLEANS, ACCESSORS, context);
    let prototype = Natives::on(prototype, context)
        .function("getBuffer", 0, get_buffer)
        .function("revive", 0, revive)
        .build();
    slot.prototype.get_or_init(|| prototype).clone()
}

/// Changes a number of the record.
fn count(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
    write: impl FnOnce(&mut WritableState, f64),
) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0).to_number(context)?;
    if let Some(state) = State::from_value(this) {
        state.with(|record| write(record, value));
    }
    Ok(JsValue::undefined())
}

fn number(value: usize) -> JsValue {
    i32::try_from(value).map_or_else(|_| JsValue::from(value as f64), JsValue::from)
}

const ACCESSORS: &[Accessor] = &[
    (
        "highWaterMark",
        |this, _, _| look(this, |record: &WritableState| record.high_water_mark.into()),
        Some(|this, args, context| {
            count(this, args, context, |record, mark| {
                record.high_water_mark = mark;
            })
        }),
    ),
    (
        "length",
        |this, _, _| look(this, |record: &WritableState| number(record.length)),
        Some(|this, args, context| {
            count(this, args, context, |record, length| {
                record.length = length as usize;
            })
        }),
    ),
    (
        "writelen",
        |this, _, _| look(this, |record: &WritableState| number(record.write_length)),
        None,
    ),
    (
        "corked",
        |this, _, _| look(this, |record: &WritableState| number(record.corked)),
        Some(|this, args, context| {
            count(this, args, context, |record, corked| {
                record.corked = corked as usize;
            })
        }),
    ),
    (
        "bufferedRequestCount",
        |this, _, _| look(this, |record: &WritableState| number(record.buffered.len())),
        None,
    ),
    ("buffered", get_buffer, None),
    ("bufferedIndex", |_, _, _| Ok(0.into()), None),
    (
        "defaultEncoding",
        |this, _, _| {
            look(this, |record: &WritableState| {
                record.default_encoding.clone()
            })
        },
        Some(|this, args, _| {
            if let Some(state) = State::from_value(this) {
                let name = args.get_or_undefined(0).clone();
                state.with(|record| record.default_encoding = name);
            }
            Ok(JsValue::undefined())
        }),
    ),
    (
        "errored",
        |this, _, _| look(this, |record: &WritableState| record.error.clone()),
        Some(|this, args, _| {
            if let Some(state) = State::from_value(this) {
                let error = args.get_or_undefined(0).clone();
                state.with(|record| record.set_error(error));
            }
            Ok(JsValue::undefined())
        }),
    ),
];

/// The descriptor of `pendingcb`.
pub(super) fn pending(context: &mut Context) -> PropertyDescriptor {
    let slot = Slot::of(context);
    slot.pending
        .get_or_init(|| {
            let get = native::function(context, "get pendingcb", 0, |this, _, _| {
                look(this, |record: &WritableState| {
                    (record.pending as f64).into()
                })
            });
            let set = native::function(context, "set pendingcb", 1, |this, args, context| {
                count(this, args, context, |record, pending| {
                    record.pending = pending as isize;
                })
            });
            PropertyDescriptor::builder()
                .get(get)
                .set(set)
                .enumerable(true)
                .configurable(true)
                .build()
        })
        .clone()
}

/// `state.getBuffer()`: what waits, in an array of its own.
fn get_buffer(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    match State::from_value(this) {
        Some(state) => buffered::as_array(&state, context),
        None => Ok(JsValue::undefined()),
    }
}

/// `state.revive()`: as good as new, after the stream was destroyed.
fn revive(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(state) = State::from_value(this) else {
        return Ok(JsValue::undefined());
    };
    const OVER: u32 = bits::ENDED | bits::ENDING | bits::FINISHED;
    state.with(|record| {
        record.set(bits::CONSTRUCTED);
        record.clear(
            OVER | bits::CLOSED
                | bits::CLOSE_EMITTED
                | bits::DESTROYED
                | bits::ERROR_EMITTED
                | bits::FINAL_CALLED
                | bits::PREFINISHED,
        );
        record.set_error(JsValue::null());
    });
    if says_no(&state, context)? {
        state.set(OVER);
    }
    Ok(JsValue::undefined())
}

/// A legacy stream may say no by hand: `writable = false`.
fn says_no(state: &State, context: &mut Context) -> JsResult<bool> {
    let said = state.object().look_up(js_string!("writable"), context)?;
    Ok(said.as_boolean() == Some(false))
}

/// `defineWritable(writable, duplex)`: gives `Writable.prototype` and `Duplex.prototype` their native members.
pub fn define(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let writable = args.get_or_undefined(0).to_object(context)?;
    let duplex = args.get_or_undefined(1).to_object(context)?;
    let nothing_to_do = destroy::default_destroy(context);
    let writable = Natives::on(writable, context)
        .attributes(Attribute::all())
        .direct()
        .function("write", 3, write::write_native)
        .function("cork", 0, buffered::cork)
        .function("uncork", 0, buffered::uncork)
        .function("setDefaultEncoding", 1, set_default_encoding)
        .function("_write", 3, write::default_write)
        .value("_writev", JsValue::null())
        .function("end", 3, finish::end)
        .function("destroy", 2, finish::destroy)
        .value("_destroy", nothing_to_do)
        .build();
    if let Some(write) = writable.look_up(js_string!("write"), context)?.as_object() {
        let _ = Slot::of(context).write.set(write);
    }
    for name in BOTH_METHODS {
        let name = JsString::from(*name);
        let method = writable.get(name.clone(), context)?;
        duplex.create_data_property_or_throw(name, method, context)?;
    }
    for object in [writable.clone(), duplex.clone()] {
        views(object, VIEWS, context);
    }
    views(writable, WRITABLE_VIEWS, context);
    views(duplex, DUPLEX_VIEWS, context);
    Ok(JsValue::undefined())
}

/// What a duplex has of a sink.
const BOTH_METHODS: &[&str] = &[
    "write",
    "cork",
    "uncork",
    "setDefaultEncoding",
    "_write",
    "_writev",
    "end",
    "destroy",
];

fn views(object: JsObject, list: &[Accessor], context: &mut Context) {
    let mut natives = Natives::on(object, context)
        .attributes(Attribute::CONFIGURABLE)
        .direct();
    for &(name, get, set) in list {
        natives = natives.accessor(name, get, set);
    }
}

/// `stream.setDefaultEncoding(encoding)`
fn set_default_encoding(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let stream = calls::this_stream(this, context)?;
    let state = State::of(&stream, context)?;
    let name = args.get_or_undefined(0);
    if Encoding::of(name).is_none() {
        let name = name.clone();
        return Err(node_error("ERR_UNKNOWN_ENCODING", &[name], context));
    }
    let name = name
        .to_string(context)?
        .to_std_string_lossy()
        .to_lowercase();
    state.with(|record| record.default_encoding = JsString::from(name).into());
    Ok(this.clone())
}

fn state_of(this: &JsValue, context: &mut Context) -> JsResult<Option<State>> {
    let Some(stream) = this.as_object() else {
        return Ok(None);
    };
    let state = stream.look_up(js_string!("_writableState"), context)?;
    Ok(State::from_value(&state))
}

/// Reads a property of a stream's state; `otherwise` if it has none, or none of ours.
fn view(
    this: &JsValue,
    otherwise: JsValue,
    context: &mut Context,
    read: impl FnOnce(&WritableState) -> JsValue,
) -> JsResult<JsValue> {
    match state_of(this, context)? {
        Some(state) => Ok(state.with(|record| read(record))),
        None => Ok(otherwise),
    }
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
        "writable",
        |this, _, context| {
            const OVER: u32 = bits::DESTROYED | bits::ERRORED | bits::ENDING | bits::ENDED;
            let Some(state) = state_of(this, context)? else {
                return Ok(false.into());
            };
            Ok((!state.any(OVER) && !says_no(&state, context)?).into())
        },
        Some(|this, args, context| {
            if let Some(state) = state_of(this, context)? {
                let value = args.get_or_undefined(0).to_boolean();
                state
                    .object()
                    .set(js_string!("writable"), value, true, context)?;
            }
            Ok(JsValue::undefined())
        }),
    ),
    bit!("writableFinished", bits::FINISHED),
    bit!("writableObjectMode", bits::OBJECT_MODE),
    (
        "writableBuffer",
        |this, _, context| match state_of(this, context)? {
            Some(state) => buffered::as_array(&state, context),
            None => Ok(JsValue::undefined()),
        },
        None,
    ),
    bit!("writableEnded", bits::ENDING),
    (
        "writableNeedDrain",
        |this, _, context| {
            const LOOKED_AT: u32 = bits::DESTROYED | bits::ENDING | bits::NEED_DRAIN;
            view(this, false.into(), context, |record| {
                (record.bits & LOOKED_AT == bits::NEED_DRAIN).into()
            })
        },
        None,
    ),
    (
        "writableHighWaterMark",
        |this, _, context| {
            view(this, JsValue::undefined(), context, |record| {
                record.high_water_mark.into()
            })
        },
        None,
    ),
    (
        "writableCorked",
        |this, _, context| view(this, 0.into(), context, |record| number(record.corked)),
        None,
    ),
    (
        "writableLength",
        |this, _, context| {
            view(this, JsValue::undefined(), context, |record| {
                number(record.length)
            })
        },
        None,
    ),
    (
        "writableAborted",
        |this, _, context| {
            let Some(state) = state_of(this, context)? else {
                return Ok(false.into());
            };
            let broken = state.any(bits::DESTROYED | bits::ERRORED) && !state.any(bits::FINISHED);
            Ok((broken && !says_no(&state, context)?).into())
        },
        None,
    ),
];

/// What a duplex has from its readable half.
const WRITABLE_VIEWS: &[Accessor] = &[
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
                let on = args.get_or_undefined(0).clone();
                state
                    .object()
                    .set(js_string!("destroyed"), on, true, context)?;
            }
            Ok(JsValue::undefined())
        }),
    ),
];

/// Destroyed means both halves.
const DUPLEX_VIEWS: &[Accessor] = &[(
    "destroyed",
    |this, _, context| {
        let stream = calls::this_stream(this, context)?;
        let halves = Halves::of(&stream, context)?;
        halves.both(Flag::Destroyed, context).map(JsValue::from)
    },
    Some(|this, args, context| {
        let stream = calls::this_stream(this, context)?;
        let on = args.get_or_undefined(0).to_boolean();
        Halves::of(&stream, context)?.put_both(Flag::Destroyed, on, context)?;
        Ok(JsValue::undefined())
    }),
)];
