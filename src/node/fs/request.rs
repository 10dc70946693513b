//! One operation, three forms. What an operation does is a closure without script values; it runs here (`…Sync`), or on the
//! pool with its result going to a callback or a promise.

use std::{
    io,
    path::{Path, PathBuf},
};

use boa_engine::{Context, JsError, JsResult, JsValue};

use super::error::FsError;
use crate::{
    engine::native,
    node::{async_hooks::promises, errors},
    runtime::{
        access,
        pool::{self, Class, JobError},
    },
};

/// What an operation leaves behind: a boxed `Result<T, FsError>`.
type Output = pool::Output;
type Work = Box<dyn FnOnce(&mut dyn FnMut(Output)) -> Output + Send>;
type OnPart = Box<dyn FnMut(Output, &mut Context)>;
type Finish = Box<dyn FnOnce(Output, &mut Context) -> JsResult<Values>>;

/// What script gets of an operation: mostly one value.
pub enum Values {
    None,
    One(JsValue),
    Two(JsValue, JsValue),
}

impl Values {
    /// The first, or `undefined`.
    pub fn first(self) -> JsValue {
        match self {
            Self::None => JsValue::undefined(),
            Self::One(value) | Self::Two(value, _) => value,
        }
    }

    /// Both; `undefined` for what isn't there.
    pub fn both(self) -> (JsValue, JsValue) {
        match self {
            Self::Two(first, second) => (first, second),
            other => (other.first(), JsValue::undefined()),
        }
    }
}

/// An operation whose arguments have been checked and copied.
pub struct Request {
    work: Work,
    /// What script's thread does with each part of the result, where there are parts.
    on_part: Option<OnPart>,
    finish: Finish,
}

impl Request {
    /// `finish` makes the result for script.
    pub fn new<T: Send + 'static>(
        work: impl FnOnce() -> Result<T, FsError> + Send + 'static,
        finish: impl FnOnce(T, &mut Context) -> JsResult<JsValue> + 'static,
    ) -> Self {
        Self::with_values(work, |value, context| {
            finish(value, context).map(Values::One)
        })
    }

    /// The same for a callback that takes several values.
    pub fn with_values<T: Send + 'static>(
        work: impl FnOnce() -> Result<T, FsError> + Send + 'static,
        finish: impl FnOnce(T, &mut Context) -> JsResult<Values> + 'static,
    ) -> Self {
        Self {
            work: Box::new(move |_| Box::new(work())),
            on_part: None,
            finish: Box::new(move |output, context| finish(result(output, context)?, context)),
        }
    }

    /// An operation that gives parts of its result while it goes on: script's thread makes values of them meanwhile. After an error
    /// those are forgotten.
    pub fn in_parts<P: Send + 'static>(
        work: impl FnOnce(&mut dyn FnMut(P)) -> Result<(), FsError> + Send + 'static,
        mut on_part: impl FnMut(P, &mut Context) + 'static,
        finish: impl FnOnce(&mut Context) -> JsResult<Values> + 'static,
    ) -> Self {
        Self {
            work: Box::new(move |give| Box::new(work(&mut |part| give(Box::new(part))))),
            on_part: Some(Box::new(move |part, context| {
                let part = part
                    .downcast()
                    .expect("it is what this request's own work gave");
                on_part(*part, context);
            })),
            finish: Box::new(move |output, context| {
                result::<()>(output, context)?;
                finish(context)
            }),
        }
    }

    /// An operation without a result.
    pub fn nothing(work: impl FnOnce() -> Result<(), FsError> + Send + 'static) -> Self {
        Self::with_values(work, |(), _| Ok(Values::None))
    }

    /// An operation that fails with an error that is known before it begins.
    fn refused(error: JsError) -> Self {
        Self::with_values(|| Ok(()), |(), _| Err(error))
    }

    /// One call of the system on a path, without a result.
    pub fn on_path(
        path: PathBuf,
        syscall: &'static str,
        call: impl FnOnce(&Path) -> io::Result<()> + Send + 'static,
    ) -> Self {
        Self::nothing(move || call(&path).map_err(FsError::at(syscall, &path)))
    }

    /// One call of the system on two paths, without a result.
    pub fn between(
        from: PathBuf,
        to: PathBuf,
        syscall: &'static str,
        call: impl FnOnce(&Path, &Path) -> io::Result<()> + Send + 'static,
    ) -> Self {
        Self::nothing(move || call(&from, &to).map_err(FsError::between(syscall, &from, &to)))
    }

    /// One call of the system on a descriptor, without a result.
    pub fn on_descriptor(
        fd: i32,
        syscall: &'static str,
        call: impl FnOnce(i32) -> io::Result<()> + Send + 'static,
    ) -> Self {
        Self::nothing(move || call(fd).map_err(FsError::call(syscall)))
    }

    /// Runs it here.
    ///
    /// # Errors
    /// When it fails.
    pub fn run(self, context: &mut Context) -> JsResult<Values> {
        let mut on_part = self.on_part;
        let output = (self.work)(&mut |part| {
            if let Some(on_part) = &mut on_part {
                on_part(part, context);
            }
        });
        (self.finish)(output, context)
    }

    /// Runs it on the pool; `done` gets the result through the door.
    pub fn submit(
        self,
        kind: &'static str,
        context: &mut Context,
        done: impl FnOnce(JsResult<Values>, &mut Context) -> JsResult<()> + 'static,
    ) {
        let Self {
            work,
            on_part,
            finish,
        } = self;
        let done = move |result: Result<Output, JobError>, context: &mut Context| {
            let outcome = match result {
                Ok(output) => finish(output, context),
                Err(JobError::Canceled) => return Ok(()),
                Err(error) => Err(errors::plain(
                    errors::Base::Plain,
                    &error.to_string(),
                    context,
                )),
            };
            done(outcome, context)
        };
        match on_part {
            None => pool::submit_boxed(Class::Fs, kind, context, || work(&mut drop), done),
            Some(on_part) => pool::submit_in_parts(Class::Fs, kind, context, work, on_part, done),
        };
    }
}

/// What the work of a request returned.
fn result<T: 'static>(output: Output, context: &mut Context) -> JsResult<T> {
    let result = output
        .downcast::<Result<T, FsError>>()
        .expect("it is what this request's own work returned");
    result.map_err(|error| error.into_js(context))
}

/// In which form an operation was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `…Sync`: runs on the script's thread.
    Sync,
    /// With a callback as the last argument.
    Callback,
    /// On `fs.promises`.
    Promise,
}

/// An operation of the table.
pub trait Operation: 'static {
    /// Where the callback is in the callback form, when all arguments are given.
    const CALLBACK_AT: usize;
    /// How many arguments come before the callback at least.
    const REQUIRED: usize;
    /// Where the options with an `AbortSignal` may be.
    const SIGNAL_AT: Option<usize>;
    /// Its name.
    const NAME: &'static str;

    /// Checks the arguments, and copies what the operation needs.
    ///
    /// # Errors
    /// An `ERR_…` of the first argument that is wrong.
    fn prepare(args: &[JsValue], form: Form, context: &mut Context) -> JsResult<Request>;
}

/// The form without a callback, which blocks.
pub fn sync<O: Operation>(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let values = O::prepare(args, Form::Sync, context)?.run(context)?;
    Ok(values.first())
}

/// The form with a callback.
pub fn callback<O: Operation>(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let (callback, args) = split_callback::<O>(args, context)?;
    if let Some(answer) = super::signal::callback::<O>(args, &callback, context)? {
        return Ok(answer);
    }
    let request = match O::prepare(args, Form::Callback, context) {
        Err(error) if access::is_denial(&error, context) => Request::refused(error),
        request => request?,
    };
    request.submit("FSREQCALLBACK", context, move |outcome, context| {
        let undefined = JsValue::undefined();
        match outcome {
            Ok(Values::None) => callback.call(&undefined, &[JsValue::null()], context),
            Ok(Values::One(value)) => callback.call(&undefined, &[JsValue::null(), value], context),
            Ok(Values::Two(first, second)) => {
                callback.call(&undefined, &[JsValue::null(), first, second], context)
            }
            Err(error) => {
                let error = error.into_opaque(context)?;
                callback.call(&undefined, &[error], context)
            }
        }
        .map(drop)
    });
    Ok(JsValue::undefined())
}

/// The callback and the arguments before it.
fn split_callback<'args, O: Operation>(
    args: &'args [JsValue],
    context: &mut Context,
) -> JsResult<(boa_engine::JsObject, &'args [JsValue])> {
    let mut at = O::CALLBACK_AT;
    while at > O::REQUIRED && args.get(at).is_none_or(JsValue::is_undefined) {
        if args.get(at - 1).is_some_and(JsValue::is_callable) {
            at -= 1;
            break;
        }
        at -= 1;
    }
    if let Some(callback) = args.get(at).and_then(JsValue::as_callable) {
        return Ok((callback, &args[..at]));
    }
    let given = args.get(O::CALLBACK_AT).cloned().unwrap_or_default();
    if O::NAME == "close" && given.is_undefined() {
        return Ok((
            (*native::function(context, "", 1, throw_if_error)).clone(),
            args,
        ));
    }
    if CALLBACK_LAST.contains(&O::NAME) {
        // These look at what comes before the callback first.
        O::prepare(args, Form::Callback, context)?;
    }
    Err(errors::invalid_arg_type(
        "cb",
        &["Function"],
        &given,
        context,
    ))
}

const CALLBACK_LAST: &[&str] = &[
    "access",
    "chmod",
    "chown",
    "close",
    "fchmod",
    "fchown",
    "ftruncate",
    "futimes",
    "lchown",
    "read",
    "readv",
    "utimes",
    "write",
    "writev",
];

/// The callback of `close` where none is given.
fn throw_if_error(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    match args.first() {
        Some(error) if !error.is_null_or_undefined() => Err(JsError::from_opaque(error.clone())),
        _ => Ok(JsValue::undefined()),
    }
}

/// The form on `fs.promises`.
pub fn promise<O: Operation>(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    match super::signal::promise::<O>(args, context) {
        Ok(Some(answer)) => return Ok(answer),
        Ok(None) => {}
        Err(error) => return rejected(error, context),
    }
    match O::prepare(args, Form::Promise, context) {
        Ok(request) => Ok(settle_later(request, context, |values, _| {
            Ok(values.first())
        })),
        Err(error) => rejected(error, context),
    }
}

/// A promise that is rejected already.
pub fn rejected(error: boa_engine::JsError, context: &mut Context) -> JsResult<JsValue> {
    let (promise, resolvers) = promises::pending(context);
    let reason = error.into_opaque(context)?;
    resolvers
        .reject
        .call(&JsValue::undefined(), &[reason], context)?;
    Ok(promise.into())
}

/// A promise of what a request gives.
pub fn settle_later(
    request: Request,
    context: &mut Context,
    shape: impl FnOnce(Values, &mut Context) -> JsResult<JsValue> + 'static,
) -> JsValue {
    let (promise, resolvers) = promises::pending(context);
    request.submit("FSREQPROMISE", context, move |outcome, context| {
        let settled = outcome.and_then(|values| shape(values, context));
        let (settle, value) = match settled {
            Ok(value) => (resolvers.resolve, value),
            Err(error) => (resolvers.reject, error.into_opaque(context)?),
        };
        settle
            .call(&JsValue::undefined(), &[value], context)
            .map(drop)
    });
    promise.into()
}
