//! The web platform's globals: one folder each.

pub mod dom_exception;
pub mod encoding;
pub mod url;
