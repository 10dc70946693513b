//! The one access check: each operation of script on files, network, environment and child processes comes by here, once.
//!
//! Without a policy everything is allowed. An embedder gives one with
//! [`RuntimeBuilder::access`](super::RuntimeBuilder::access); what it refuses fails with `ERR_ACCESS_DENIED`.

use std::{fmt, net::SocketAddr, path::Path};

use boa_engine::{Context, JsError, JsResult, JsString, JsValue, js_string};

use super::State;
use crate::node::errors;

/// What script is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operation<'a> {
    /// Read the file or directory, or ask about it.
    FsRead(&'a Path),
    /// Change, make or remove the file or directory.
    FsWrite(&'a Path),
    /// Use a descriptor that is open already.
    Descriptor(i32),
    /// Connect to an address.
    NetConnect(SocketAddr),
    /// Connect to a local socket or named pipe.
    PipeConnect(&'a Path),
    /// Listen at an address.
    NetListen(SocketAddr),
    /// Listen at a local socket or named pipe.
    PipeListen(&'a Path),
    /// Ask for the addresses of a host.
    NetLookup(&'a str),
    /// Read the environment.
    EnvRead,
    /// Change the environment.
    EnvWrite,
    /// Start a program.
    ChildProcess(&'a str),
}

impl Operation<'_> {
    /// The name of the permission, which the error shows: Node's, where Node has it.
    fn permission(&self) -> &'static str {
        match self {
            Self::FsRead(_) => "FileSystemRead",
            Self::FsWrite(_) => "FileSystemWrite",
            Self::Descriptor(_) => "FileDescriptor",
            Self::NetConnect(_)
            | Self::PipeConnect(_)
            | Self::NetListen(_)
            | Self::PipeListen(_)
            | Self::NetLookup(_) => "Net",
            Self::EnvRead => "EnvironmentRead",
            Self::EnvWrite => "EnvironmentWrite",
            Self::ChildProcess(_) => "ChildProcess",
        }
    }

    /// What it is done to, which the error shows.
    fn resource(&self) -> String {
        match self {
            Self::FsRead(path)
            | Self::FsWrite(path)
            | Self::PipeConnect(path)
            | Self::PipeListen(path) => path.to_string_lossy().into_owned(),
            Self::Descriptor(number) => number.to_string(),
            Self::NetConnect(address) | Self::NetListen(address) => address.to_string(),
            Self::NetLookup(name) | Self::ChildProcess(name) => (*name).to_owned(),
            Self::EnvRead | Self::EnvWrite => String::new(),
        }
    }
}

/// Says whether an operation may go on. It runs on the script's thread before the operation begins.
pub type Policy = Box<dyn Fn(&Operation<'_>) -> bool>;

/// The policy of a runtime.
#[derive(Default)]
pub struct Access(pub(super) Option<Policy>);

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.0.is_some() { "policy" } else { "all" };
        f.debug_tuple("Access").field(&kind).finish()
    }
}

/// Lets an operation pass, or not.
///
/// # Errors
/// `ERR_ACCESS_DENIED` where the policy refuses.
pub fn check(operation: Operation<'_>, context: &mut Context) -> JsResult<()> {
    let state = State::of(context);
    match &state.access.0 {
        Some(policy) if !policy(&operation) => Err(denied(operation, context)),
        _ => Ok(()),
    }
}

const DENIED: &str = "ERR_ACCESS_DENIED";

fn denied(operation: Operation<'_>, context: &mut Context) -> JsError {
    let args: [JsValue; 3] = [
        js_string!("Access to this API has been restricted.").into(),
        JsString::from(operation.permission()).into(),
        JsString::from(operation.resource()).into(),
    ];
    errors::node_error(DENIED, &args, context)
}

/// Whether an error is a refusal of [`check`]: a callback hears of it as of a failure of the operation, where an
/// argument that is wrong throws.
pub fn is_denial(error: &JsError, context: &mut Context) -> bool {
    if State::of(context).access.0.is_none() {
        return false;
    }
    let object = error.as_opaque().and_then(JsValue::as_object);
    let code = object.and_then(|object| object.get(js_string!("code"), context).ok());
    code.and_then(|code| code.as_string())
        .is_some_and(|code| code == DENIED)
}
