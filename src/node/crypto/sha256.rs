//! SHA-256 and SHA-224.

pub use sha2::{Sha224, Sha256};
