//! `url`, in Rust: the WHATWG classes are those of the globals, the rest is here.
//! <https://nodejs.org/docs/latest-v24.x/api/url.html>

pub mod domain;
mod file;

pub use file::{is_url, path_of_file_url};
