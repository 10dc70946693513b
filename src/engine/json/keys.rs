//! The keys of objects: they come again and again, within one text and in the next, so the last ones are kept.

use std::cell::RefCell;

use boa_engine::{JsString, property::PropertyKey};

use super::parse::Unit;

/// How many are kept, by a hash of their text.
const KEPT: usize = 256;
/// Longer ones aren't.
pub(super) const LONGEST: usize = 32;

/// The keys that were met last.
#[derive(Default)]
pub(super) struct Keys {
    known: RefCell<Vec<Option<(JsString, PropertyKey)>>>,
}

impl Keys {
    /// The key of these units, which are at most [`LONGEST`] and have no escapes.
    pub fn get<T: Unit>(&self, units: &[T]) -> PropertyKey {
        let mut known = self.known.borrow_mut();
        if known.is_empty() {
            known.resize(KEPT, None);
        }
        let slot = &mut known[hash(units) % KEPT];
        if let Some((name, key)) = slot
            && T::is(name, units)
        {
            return key.clone();
        }
        let name = T::string(units);
        let key = PropertyKey::from(name.clone());
        *slot = Some((name, key.clone()));
        key
    }
}

fn hash<T: Unit>(units: &[T]) -> usize {
    units.iter().fold(units.len(), |hash, unit| {
        let unit: u16 = (*unit).into();
        hash.wrapping_mul(31).wrapping_add(usize::from(unit))
    })
}
