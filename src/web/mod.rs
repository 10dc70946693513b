//! The web platform's globals: one folder each.

pub mod encoding;
pub mod url;
