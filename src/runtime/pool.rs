//! The way to the thread pool and back.

/// This runtime's link to the pool.
#[derive(Default)]
pub struct PoolLink {}

impl PoolLink {
    /// Cancels the queued jobs of this runtime and waits for its running ones.
    pub fn shut_down(&self) {}
}
