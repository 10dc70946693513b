//! `spawnSync`: a child on a loop of its own, which runs until the child has ended and its pipes are empty. Nothing else
//! happens meanwhile.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray,
};
use ouro_loop::{Event, EventLoop, ExitStatus, HandleId, ReadResult, RunMode, SpawnOptions};

use super::options::{self, signal_name};
use crate::{
    engine::native::Natives,
    node::{
        buffer,
        errors::system::{errno_of, errno_of_name},
    },
    runtime::{
        access::{self, Operation},
        batch,
    },
};

/// One read asks for so many bytes.
const READ_BYTES: usize = 64 * 1024;

/// When the child is stopped before its time.
struct Limits {
    timeout_ms: u64,
    /// Bytes of output of all pipes together.
    max_buffer: f64,
    kill_signal: i32,
}

/// What is known of the child at the end.
#[derive(Default)]
struct Outcome {
    pid: i32,
    status: Option<ExitStatus>,
    /// What each pipe gave; `None` for what is no pipe, or one that the child reads.
    output: Vec<Option<Vec<u8>>>,
    errno: i32,
}

/// `spawnSync(options)`: `{ pid, status, signal, output, error }`, where `error` is an error number or left out.
pub fn spawn_sync(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0).to_object(context)?;
    let (options, inputs) = options::read(&given, context)?;
    access::check(
        Operation::ChildProcess(&options.program.to_string_lossy()),
        context,
    )?;
    let limits = limits(&given, context)?;
    batch::send_all(context);
    let outcome = match EventLoop::new() {
        Ok(event_loop) => run(&event_loop, &options, inputs, &limits),
        Err(error) => Outcome {
            errno: errno_of(&error),
            ..Outcome::default()
        },
    };
    result(outcome, context)
}

fn limits(options: &JsObject, context: &mut Context) -> JsResult<Limits> {
    let mut number = |name| options.get(name, context)?.to_number(context);
    let timeout = number(js_string!("timeout"))?;
    let max_buffer = number(js_string!("maxBuffer"))?;
    let kill_signal = number(js_string!("killSignal"))?;
    Ok(Limits {
        timeout_ms: if timeout > 0.0 { timeout as u64 } else { 0 },
        max_buffer: if max_buffer >= 0.0 {
            max_buffer
        } else {
            f64::INFINITY
        },
        kill_signal: if kill_signal > 0.0 {
            kill_signal as i32
        } else {
            crate::node::process::signal_number("SIGTERM").unwrap_or(15)
        },
    })
}

fn run(
    ev: &EventLoop,
    options: &SpawnOptions,
    inputs: Vec<Option<Vec<u8>>>,
    limits: &Limits,
) -> Outcome {
    let child = match ev.spawn(options) {
        Ok(child) => child,
        Err(error) => {
            return Outcome {
                errno: errno_of(&error),
                ..Outcome::default()
            };
        }
    };
    let mut run = Run {
        ev,
        child: child.id,
        limits,
        pipes: child.stdio,
        killed: false,
        pipe_errno: 0,
        buffered: 0.0,
        outcome: Outcome {
            pid: child.pid,
            ..Outcome::default()
        },
    };
    run.start_pipes(inputs);
    run.start_timer();
    while let Some(event) = ev.next_event(RunMode::Default) {
        run.take(event);
    }
    if run.outcome.errno == 0 {
        run.outcome.errno = run.pipe_errno;
    }
    run.outcome
}

struct Run<'a> {
    ev: &'a EventLoop,
    child: HandleId,
    limits: &'a Limits,
    pipes: Vec<Option<HandleId>>,
    killed: bool,
    /// The first failure of a pipe, which counts if nothing else went wrong.
    pipe_errno: i32,
    buffered: f64,
    outcome: Outcome,
}

impl Run<'_> {
    fn start_pipes(&mut self, inputs: Vec<Option<Vec<u8>>>) {
        for (index, (pipe, input)) in self.pipes.clone().into_iter().zip(inputs).enumerate() {
            self.outcome.output.push(None);
            let Some(pipe) = pipe else { continue };
            // The child reads the first one only, and the input is all that it gets.
            let started = if index == 0 {
                let written = match input {
                    Some(input) if !input.is_empty() => self.ev.write(pipe, input, 0),
                    _ => Ok(()),
                };
                written.and_then(|()| self.ev.shutdown(pipe))
            } else {
                self.outcome.output[index] = Some(Vec::new());
                self.ev.read_start(pipe)
            };
            if let Err(error) = started {
                self.pipe_failed(&error);
            }
        }
    }

    fn start_timer(&self) {
        if self.limits.timeout_ms == 0 {
            return;
        }
        // Without a timer the child may take as long as it likes.
        if let Ok(timer) = self.ev.timer() {
            let _ = self.ev.timer_start(timer, self.limits.timeout_ms, 0);
            let _ = self.ev.set_ref(timer, false);
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Readable(id) => self.read(id),
            Event::Wrote {
                result: Err(error), ..
            } => self.pipe_failed(&error),
            Event::Exit { status, .. } => self.outcome.status = Some(status),
            Event::Timer(_) => self.stop("ETIMEDOUT"),
            Event::Shutdown { id, .. } => {
                // What a reader that is gone answers to a goodbye is of no interest.
                let _ = self.ev.close(id);
            }
            _ => {}
        }
    }

    fn read(&mut self, id: HandleId) {
        let index = self.pipes.iter().position(|pipe| *pipe == Some(id));
        let Some(Some(output)) = index.and_then(|index| self.outcome.output.get_mut(index)) else {
            return;
        };
        let before = output.len();
        output.resize(before + READ_BYTES, 0);
        let result = self.ev.read(id, &mut output[before..]);
        let count = match result {
            ReadResult::Data(count) => count,
            _ => 0,
        };
        output.truncate(before + count);
        match result {
            ReadResult::Data(count) => {
                self.buffered += count as f64;
                if self.buffered > self.limits.max_buffer {
                    self.stop("ENOBUFS");
                }
            }
            ReadResult::WouldBlock => {}
            ReadResult::Eof => drop(self.ev.close(id)),
            ReadResult::Err(error) => {
                self.pipe_failed(&error);
                let _ = self.ev.close(id);
            }
        }
    }

    fn pipe_failed(&mut self, error: &std::io::Error) {
        let errno = errno_of(error);
        // Writes that were given up when the child was stopped say nothing.
        if self.pipe_errno == 0 && !self.killed {
            self.pipe_errno = errno;
        }
    }

    /// Kills the child and waits for no pipe any more.
    fn stop(&mut self, why: &str) {
        if self.outcome.errno == 0 {
            self.outcome.errno = errno_of_name(why).unwrap_or(-1);
        }
        if std::mem::replace(&mut self.killed, true) {
            return;
        }
        if self.outcome.status.is_none() {
            match self.ev.kill(self.child, self.limits.kill_signal) {
                Err(error) if errno_of(&error) != errno_of_name("ESRCH").unwrap_or(0) => {
                    self.outcome.errno = errno_of(&error);
                    // It has to end in one way or the other.
                    if let Some(signal) = crate::node::process::signal_number("SIGKILL") {
                        let _ = self.ev.kill(self.child, signal);
                    }
                }
                _ => {}
            }
        }
        for pipe in self.pipes.iter().flatten() {
            // Some are closed already.
            let _ = self.ev.close(*pipe);
        }
    }
}

fn result(outcome: Outcome, context: &mut Context) -> JsResult<JsValue> {
    let mut output = Vec::with_capacity(outcome.output.len());
    for bytes in outcome.output {
        output.push(match bytes {
            Some(bytes) => JsValue::from(buffer::from_vec(bytes, context)?),
            None => JsValue::null(),
        });
    }
    let output: JsValue = if outcome.pid == 0 {
        JsValue::null()
    } else {
        JsArray::from_iter(output, context).into()
    };
    let (status, signal) = match outcome.status {
        Some(ExitStatus { code, signal: 0 }) => (code.into(), JsValue::null()),
        Some(ExitStatus { signal, .. }) => (JsValue::null(), signal_name(signal)),
        None => (JsValue::null(), JsValue::null()),
    };
    let natives = Natives::new(context)
        .value("pid", outcome.pid)
        .value("status", status)
        .value("signal", signal)
        .value("output", output);
    Ok(if outcome.errno == 0 {
        natives.build()
    } else {
        natives.value("error", outcome.errno).build()
    }
    .into())
}
