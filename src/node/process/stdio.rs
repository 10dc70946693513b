//! The standard streams. `process.stdout` and `process.stderr` write synchronously whatever they are open on; standard
//! input is read by the loop, or from a file on the pool.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/process.html#a-note-on-process-io>

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};
use ouro_loop::{Event, HandleId, ReadResult, TtyMode};

use crate::{
    engine::{native::Natives, registry},
    node::{buffer, errors},
    runtime::{State, async_context::Frame, dispatch::Owner},
    sys::{self, StreamKind},
};

/// One read from standard input asks for so many bytes.
const READ_BYTES: usize = 64 * 1024;

/// The standard streams of one runtime.
#[derive(Default)]
pub struct Stdio {
    /// What is read, by the numbers that script has.
    inputs: RefCell<Vec<Option<HandleId>>>,
    touched: Cell<bool>,
    scratch: RefCell<Vec<u8>>,
}

impl Stdio {
    /// Whether script has touched `process.stdout` or `process.stderr`: output has to go through them then.
    pub fn is_touched(&self) -> bool {
        self.touched.get()
    }
}

/// Adds the lazy streams to the process object.
pub fn add(natives: Natives<'_>) -> Natives<'_> {
    natives
        .lazy("stdin", |context| stream(js_string!("stdin"), context))
        .lazy("stdout", |context| output(js_string!("stdout"), context))
        .lazy("stderr", |context| output(js_string!("stderr"), context))
        .function("openStdin", 0, resume_stdin)
}

fn stream(name: JsString, context: &mut Context) -> JsResult<JsValue> {
    let module = registry::require("process/stdio", context)?;
    let make = module.to_object(context)?.get(name, context)?;
    match make.as_callable() {
        Some(make) => make.call(&JsValue::undefined(), &[], context),
        None => Ok(JsValue::undefined()),
    }
}

/// `process.openStdin()`: standard input, flowing.
fn resume_stdin(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let process = super::exports(context)?.to_object(context)?;
    let stdin = process.get(js_string!("stdin"), context)?;
    let resume = stdin
        .to_object(context)?
        .get(js_string!("resume"), context)?;
    if let Some(resume) = resume.as_callable() {
        resume.call(&stdin, &[], context)?;
    }
    Ok(stdin)
}

fn output(name: JsString, context: &mut Context) -> JsResult<JsValue> {
    State::of(context).process.stdio.touched.set(true);
    stream(name, context)
}

/// What the script half needs.
pub fn add_natives(natives: Natives<'_>) -> Natives<'_> {
    natives
        .function("streamKind", 1, stream_kind)
        .function("writeSync", 2, write_sync)
        .function("windowSize", 1, window_size)
        .function("openInput", 2, open_input)
        .function("inputReadStart", 1, input_read_start)
        .function("inputReadStop", 1, input_read_stop)
        .function("inputSetRef", 2, input_set_ref)
        .function("inputSetRawMode", 2, input_set_raw_mode)
        .function("inputClose", 1, input_close)
}

/// `streamKind(fd)`: 'TTY', 'FILE', 'PIPE', 'TCP' or 'UNKNOWN'.
fn stream_kind(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let fd = args.get_or_undefined(0).to_i32(context)?;
    let name = match sys::stream_kind(fd) {
        StreamKind::Terminal => js_string!("TTY"),
        StreamKind::File => js_string!("FILE"),
        StreamKind::Pipe => js_string!("PIPE"),
        StreamKind::Socket => js_string!("TCP"),
        StreamKind::Unknown => js_string!("UNKNOWN"),
    };
    Ok(name.into())
}

/// `writeSync(fd, chunk)`: writes all of a string (as UTF-8) or of a view; returns the bytes written, throws `EPIPE` and
/// the like.
fn write_sync(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let fd = args.get_or_undefined(0).to_i32(context)?;
    let chunk = args.get_or_undefined(1);
    let (length, outcome) = match chunk.as_string() {
        Some(text) => {
            let text = text.to_std_string_lossy();
            (text.len(), sys::write_all(fd, text.as_bytes()))
        }
        None => match buffer::bytes_of(chunk, context) {
            Some(bytes) => (bytes.len(), sys::write_all(fd, &bytes)),
            None => {
                return Err(errors::invalid_arg_type(
                    "chunk",
                    &["string", "Buffer"],
                    chunk,
                    context,
                ));
            }
        },
    };
    match outcome {
        Ok(()) => Ok(JsValue::from(length)),
        Err(error) => Err(errors::errno_exception(
            errors::errno_of(&error),
            "write",
            None,
            context,
        )),
    }
}

fn window_size(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let fd = args.get_or_undefined(0).to_i32(context)?;
    Ok(match sys::window_size(fd) {
        Some((columns, rows)) => {
            let pair = [JsValue::from(columns), JsValue::from(rows)];
            JsArray::from_iter(pair, context).into()
        }
        None => JsValue::undefined(),
    })
}

struct InputOwner {
    callback: JsObject,
    frame: Frame,
}

impl Owner for InputOwner {
    fn on_event(self: Rc<Self>, event: Event, context: &mut Context) -> JsResult<()> {
        let Event::Readable(id) = event else {
            return Ok(());
        };
        let state = State::of(context);
        let mut scratch = state.process.stdio.scratch.take();
        scratch.resize(READ_BYTES, 0);
        let result = state.event_loop.read(id, &mut scratch);
        let args = match result {
            ReadResult::Data(count) => {
                let chunk = buffer::from_vec(scratch[..count].to_vec(), context)?;
                Some([JsValue::null(), chunk.into()])
            }
            ReadResult::Eof => Some([JsValue::null(), JsValue::null()]),
            ReadResult::Err(error) => {
                let error =
                    errors::errno_exception(errors::errno_of(&error), "read", None, context);
                Some([error.into_opaque(context)?, JsValue::null()])
            }
            ReadResult::WouldBlock => None,
        };
        state.process.stdio.scratch.replace(scratch);
        match args {
            Some(args) => self
                .callback
                .call(&JsValue::undefined(), &args, context)
                .map(drop),
            None => Ok(()),
        }
    }

    fn frame(&self) -> Frame {
        self.frame.clone()
    }
}

/// `openInput(fd, (error, chunk | null) => …)`: gives a descriptor to the loop; returns the number that the others want.
/// Nothing is read before `inputReadStart`.
fn open_input(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    let fd = args.get_or_undefined(0).to_i32(context)?;
    let Some(callback) = args.get_or_undefined(1).as_callable() else {
        return Err(errors::invalid_callback(args.get_or_undefined(1), context));
    };
    let opened = sys::open_input(fd).and_then(|fd| sys::open_on(&state.event_loop, fd));
    match opened {
        Ok(handle) => {
            state.owners.set(
                handle,
                Rc::new(InputOwner {
                    callback,
                    frame: state.async_context.resource("TTYWRAP", None, context),
                }),
            );
            let mut inputs = state.process.stdio.inputs.borrow_mut();
            inputs.push(Some(handle));
            Ok((inputs.len() - 1).into())
        }
        Err(error) => Err(errors::errno_exception(
            errors::errno_of(&error),
            "open",
            None,
            context,
        )),
    }
}

/// The handle of the number that is the first argument, unless it is closed.
fn input_of(args: &[JsValue], state: &State) -> Option<HandleId> {
    let number = args.get_or_undefined(0).as_number()? as usize;
    let inputs = state.process.stdio.inputs.borrow();
    inputs.get(number).copied().flatten()
}

fn input_read_start(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    let started = match input_of(args, &state) {
        Some(handle) => state.event_loop.read_start(handle),
        None => return Ok(errors::errno_of_name("EBADF").unwrap_or(-1).into()),
    };
    Ok(started
        .map_or_else(|error| errors::errno_of(&error), |()| 0)
        .into())
}

fn input_read_stop(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    if let Some(handle) = input_of(args, &state) {
        drop(state.event_loop.read_stop(handle));
    }
    Ok(JsValue::undefined())
}

fn input_set_ref(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let referenced = args.get_or_undefined(1).to_boolean();
    let state = State::of(context);
    if let Some(handle) = input_of(args, &state) {
        drop(state.event_loop.set_ref(handle, referenced));
    }
    Ok(JsValue::undefined())
}

/// `inputSetRawMode(input, on)`: an error number, or 0.
fn input_set_raw_mode(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let on = args.get_or_undefined(1).to_boolean();
    let state = State::of(context);
    let Some(handle) = input_of(args, &state) else {
        return Ok(errors::errno_of_name("EBADF").unwrap_or(-1).into());
    };
    let mode = if on { TtyMode::Raw } else { TtyMode::Normal };
    if on && state.options.owns_process {
        sys::reset_tty_when_killed();
    }
    let switched = state.event_loop.tty_set_mode(handle, mode);
    Ok(switched
        .map_or_else(|error| errors::errno_of(&error), |()| 0)
        .into())
}

fn input_close(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    if let Some(handle) = input_of(args, &state) {
        let number = args.get_or_undefined(0).to_length(context)? as usize;
        state.process.stdio.inputs.borrow_mut()[number] = None;
        drop(state.event_loop.close(handle));
    }
    Ok(JsValue::undefined())
}
