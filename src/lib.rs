//! Ouro: a Node.js-compatible JavaScript runtime. Boa interprets, a libuv-style event loop drives it, and a fixed-size
//! thread pool does what blocks.
//!
//! This crate is the runtime itself; the program `ouro` is a command line around it. To embed it, make a
//! [`Runtime`] on a thread with a large stack ([`on_script_thread`]), evaluate, and [`run`](Runtime::run) it.

#[doc(hidden)]
pub mod cli;
mod engine;
mod modules;
mod node;
mod runtime;
mod sys;
mod web;

pub use engine::memory::CountingAllocator;
pub use runtime::{
    BuildError, Operation, Options, Runtime, RuntimeBuilder, ScriptError, on_script_thread,
    rejections,
};
#[cfg(feature = "mimalloc")]
pub use sys::mimalloc::Mimalloc;
