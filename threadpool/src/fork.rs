//! What a process has for itself. After a `fork` the child has a copy of the parent's memory and none of its
//! threads: locks in it may be held for ever by threads that aren't there, and what waits in it will never be run. So the
//! pool and the queues keep their insides in a [`ForkLocal`], which makes new ones at their first use in a child.

use std::sync::OnceLock;

use crate::sys::generation;

/// A value made anew in each forked process that uses it.
pub(crate) struct ForkLocal<T> {
    generation: u32,
    /// There until it is dropped.
    value: Option<T>,
    /// The value of a process forked from the one this was made in.
    child: OnceLock<Box<ForkLocal<T>>>,
}

impl<T> ForkLocal<T> {
    pub(crate) fn new(value: T) -> Self {
        Self {
            generation: generation(),
            value: Some(value),
            child: OnceLock::new(),
        }
    }

    /// This process's value. In a child of the process that made it, `renew` makes a new one of the parent's, of which
    /// it must not take a lock.
    pub(crate) fn get(&self, renew: impl Fn(&T) -> T) -> &T {
        let generation = generation();
        let mut here = self;
        loop {
            let value = here.value.as_ref().expect("it is taken when it is dropped");
            if here.generation == generation {
                return value;
            }
            here = here.child.get_or_init(|| Box::new(Self::new(renew(value))));
        }
    }
}

impl<T> Drop for ForkLocal<T> {
    fn drop(&mut self) {
        // What is the parent's can't be dropped here: that would wait for threads that aren't there.
        if self.generation != generation() {
            std::mem::forget(self.value.take());
        }
    }
}
