//! `process`: a native object whose EventEmitter half loads when a script first touches it.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/process.html>

#[cfg(unix)]
mod credentials;
mod emitter;
mod env;
mod execve;
mod exit;
mod info;
mod signals;
mod stdio;
mod threadpool;
mod usage;
mod warnings;

use std::cell::{Cell, RefCell};

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
    object::builtins::JsArray, property::Attribute,
};

use crate::{
    engine::{
        native::{self, METHOD, Natives},
        registry,
    },
    node::{
        errors::{self, Base},
        task_queue,
    },
    runtime::{
        State,
        access::{self, Operation},
        fatal,
    },
};

pub use emitter::{become_emitter, emit};
pub use exit::{
    emit_before_exit, fatal_exception, flush_standard_streams, is_exiting, run_exit_listeners,
};
pub use signals::number_of as signal_number;
pub use warnings::{emit_warning, warn_unhandled_rejection};

/// The process object of one runtime.
#[derive(Default)]
pub struct ProcessState {
    object: RefCell<Option<JsObject>>,
    prototype: RefCell<Option<JsObject>>,
    exiting: Cell<bool>,
    signals: signals::Signals,
    pub stdio: stdio::Stdio,
}

/// The exports of `process`: the object itself.
pub fn exports(context: &mut Context) -> JsResult<JsValue> {
    let object = State::of(context).process.object.borrow().clone();
    Ok(object.map(JsValue::from).unwrap_or_default())
}

/// What the script halves of `process` use.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    let natives = Natives::new(context);
    let natives = warnings::add_natives(natives);
    let natives = usage::add_natives(natives);
    let natives = natives
        .function("noBinding", 1, no_binding)
        .function("allowedFlags", 0, info::allowed_flags)
        .function("execve", 3, execve::execve);
    Ok(stdio::add_natives(natives).build())
}

/// Makes the global `process`.
pub fn install(context: &mut Context) -> JsResult<()> {
    let state = State::of(context);
    let class: JsObject =
        native::constructor(context, "process", 0, |this, _, _| Ok(this.clone())).into();
    let prototype = JsObject::with_object_proto(context.intrinsics());
    class.set(js_string!("prototype"), prototype.clone(), true, context)?;
    drop(Natives::on(prototype.clone(), context).value("constructor", class));

    let object = JsObject::with_object_proto(context.intrinsics());
    object.set_prototype(Some(prototype.clone()));
    let mut natives = Natives::on(object.clone(), context)
        .attributes(Attribute::CONFIGURABLE)
        .keyed(JsSymbol::to_string_tag(), js_string!("process"))
        .attributes(METHOD | Attribute::ENUMERABLE);
    emitter::lend_methods(&prototype, natives.context());
    let natives = info::add(natives, &state.options);
    let natives = usage::add(natives);
    let natives = stdio::add(natives);
    let natives = warnings::add(natives);
    let natives = exit::add(natives);
    drop(
        natives
            .lazy("env", env::make)
            .attributes(METHOD)
            .lazy("threadpool", threadpool::make)
            .attributes(METHOD | Attribute::ENUMERABLE)
            .value("domain", JsValue::null())
            .function("nextTick", 1, task_queue::next_tick)
            .function("cwd", 0, cwd)
            .function("chdir", 1, chdir)
            .function("umask", 1, umask)
            .function("kill", 2, signals::kill)
            .function("_kill", 2, signals::raw_kill)
            .function("_rawDebug", 0, raw_debug)
            .function("getBuiltinModule", 1, get_builtin_module)
            .lazy("binding", |c| late("binding", c))
            .lazy("loadEnvFile", |c| late("loadEnvFile", c))
            .lazy("execve", |c| late("execve", c))
            .lazy("ref", |c| late("ref", c))
            .lazy("unref", |c| late("unref", c))
            .lazy("finalization", |c| late("finalization", c))
            .lazy("report", |c| late("report", c))
            .lazy("setSourceMapsEnabled", |c| late("setSourceMapsEnabled", c))
            .accessor("sourceMapsEnabled", |_, _, _| Ok(false.into()), None)
            .function("dlopen", 1, no_dlopen)
            .function("_getActiveHandles", 0, get_active_handles)
            .function("_getActiveRequests", 0, get_active_requests)
            .function("getActiveResourcesInfo", 0, get_active_resources),
    );
    *state.process.object.borrow_mut() = Some(object.clone());
    *state.process.prototype.borrow_mut() = Some(prototype);
    context
        .global_object()
        .insert_property(js_string!("process"), native::property(object, METHOD));
    Ok(())
}

fn string_array(strings: impl IntoIterator<Item = String>, context: &mut Context) -> JsValue {
    let values: Vec<JsValue> = strings
        .into_iter()
        .map(|text| JsString::from(text.as_str()).into())
        .collect();
    JsArray::from_iter(values, context).into()
}

fn cwd(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    match std::env::current_dir() {
        Ok(path) => Ok(JsString::from(path.to_string_lossy().as_ref()).into()),
        Err(error) => Err(errors::io_error(&error, "uv_cwd", None, context)),
    }
}

fn chdir(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(path) = args.get_or_undefined(0).as_string() else {
        return Err(errors::invalid_arg_type(
            "directory",
            &["string"],
            args.get_or_undefined(0),
            context,
        ));
    };
    let path = path.to_std_string_lossy();
    access::check(Operation::FsRead(path.as_ref()), context)?;
    if let Err(error) = std::env::set_current_dir(&path) {
        let from = std::env::current_dir().unwrap_or_default();
        let failed = errors::SystemError {
            errno: errors::errno_of(&error),
            syscall: "chdir",
            path: Some(&from.to_string_lossy()),
            dest: Some(&path),
        };
        return Err(errors::system_error(&failed, context));
    }
    Ok(JsValue::undefined())
}

fn umask(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    let mask = match given.as_string() {
        _ if given.is_undefined() => None,
        Some(text) => match u32::from_str_radix(&text.to_std_string_lossy(), 8) {
            Ok(mask) => Some(mask & 0o777),
            Err(_) => {
                let reason = "must be a 32-bit unsigned integer or an octal string";
                return Err(errors::invalid_arg_value("mask", given, reason, context));
            }
        },
        None => {
            let validators = registry::binding("validators", context)?;
            let validate = validators.get(js_string!("validateUint32"), context)?;
            if let Some(validate) = validate.as_callable() {
                validate.call(
                    &JsValue::undefined(),
                    &[given.clone(), js_string!("mask").into()],
                    context,
                )?;
            }
            Some(given.to_u32(context)? & 0o777)
        }
    };
    Ok(crate::sys::umask(mask).into())
}

fn get_builtin_module(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(id) = args.get_or_undefined(0).as_string() else {
        return Err(errors::invalid_arg_type(
            "id",
            &["string"],
            args.get_or_undefined(0),
            context,
        ));
    };
    let id = id.to_std_string_lossy();
    let bare = id.strip_prefix("node:").unwrap_or(&id);
    let known = crate::node::PUBLIC_MODULES.contains(&bare)
        || (bare != id && crate::node::SCHEME_ONLY_MODULES.contains(&bare));
    if known {
        registry::require(bare, context)
    } else {
        Ok(JsValue::undefined())
    }
}

/// `_rawDebug(...args)`: formats as `console.error` does, and writes at once, whatever became of the streams.
fn raw_debug(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let util = registry::require("util", context)?.to_object(context)?;
    let format = util.get(js_string!("format"), context)?;
    let text = match format.as_callable() {
        Some(format) => format.call(&JsValue::undefined(), args, context)?,
        None => JsValue::undefined(),
    };
    let text = text.to_string(context)?.to_std_string_lossy();
    fatal::write_error(&format!("{text}\n"));
    Ok(JsValue::undefined())
}

/// A member that is script and is parsed when it is first touched.
fn late(name: &str, context: &mut Context) -> JsResult<JsValue> {
    let module = registry::require("process/late", context)?.to_object(context)?;
    module.get(JsString::from(name), context)
}

fn no_binding(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = args
        .get_or_undefined(0)
        .to_string(context)?
        .to_std_string_lossy();
    let text = format!("No such module: {name}");
    Err(errors::coded(
        "ERR_INVALID_MODULE",
        Base::Plain,
        &text,
        context,
    ))
}

fn no_dlopen(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Err(errors::coded(
        "ERR_DLOPEN_FAILED",
        Base::Plain,
        "process.dlopen: native addons (.node files) are not supported",
        context,
    ))
}

fn get_active_handles(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(string_array([], context))
}

/// An object for each job of the pool that Node has a request for, of a class of that name.
fn get_active_requests(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let names = active_requests(&State::of(context));
    let mut requests = Vec::new();
    for name in names {
        let class = native::constructor(context, name, 0, |this, _, _| Ok(this.clone()));
        requests.push(JsValue::from(class.construct(&[], None, context)?));
    }
    Ok(JsArray::from_iter(requests, context).into())
}

fn active_requests(state: &State) -> Vec<&'static str> {
    let named = |kind| {
        Some(match kind {
            "FSREQCALLBACK" => "FSReqCallback",
            "FSREQPROMISE" => "FSReqPromise",
            "GETADDRINFOREQWRAP" => "GetAddrInfoReqWrap",
            "GETNAMEINFOREQWRAP" => "GetNameInfoReqWrap",
            _ => return None,
        })
    };
    state.pool.kinds().into_iter().filter_map(named).collect()
}

fn get_active_resources(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    let mut names: Vec<String> = active_requests(&state)
        .into_iter()
        .map(str::to_owned)
        .collect();
    names.extend(
        state
            .event_loop
            .walk()
            .into_iter()
            .filter_map(|(id, kind)| {
                let keeps_alive = state.event_loop.has_ref(id).unwrap_or(false);
                keeps_alive
                    .then(|| resource_name(&format!("{kind:?}")))
                    .flatten()
            }),
    );
    names.extend(state.timers.active_resources());
    Ok(string_array(names, context))
}

fn resource_name(kind: &str) -> Option<String> {
    let name = match kind {
        "TcpListener" | "TcpListen" | "Listener" => "TCPServerWrap",
        "Tcp" | "TcpStream" | "Stream" => "TCPSocketWrap",
        "Pipe" | "PipeStream" => "PipeWrap",
        "Signal" => "SignalWrap",
        _ => return None,
    };
    Some(name.to_owned())
}
