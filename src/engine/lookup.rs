//! Look-ups of properties along prototypes, remembered: what is done for each event and each chunk.
//!
//! The engine's inline caches are the interpreter's; a native that asks an emitter for `emit` walks from prototype to prototype,
//! with a search in each. But objects with the same shape have the same properties and the same prototype, so where the search
//! ended once it ends again, as long as the prototypes have the shapes that they had. Only that is remembered: which values a
//! property has is looked at each time, since assignment doesn't change a shape.
//!
//! What is remembered keeps shapes and prototypes alive, so there is a limit to it, and the runtime's collections begin with forgetting.

use std::cell::RefCell;

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue,
    builtins::{object::OrdinaryObject, proxy::Proxy},
    object::shape::Shape,
    property::{PropertyDescriptor, PropertyKey},
    string::JsStrVariant,
};

use crate::runtime::State;

/// Entries that may stand in the place of one: two shapes that meet there don't drive each other out.
const WAYS: usize = 2;

/// Places in the table, a power of two.
const SETS: usize = 1024;

/// Longer chains are walked.
const MOST_PROTOTYPES: usize = 12;

/// What is remembered.
#[derive(Default)]
pub struct LookUps {
    sets: RefCell<Vec<[Option<Box<Entry>>; WAYS]>>,
}

/// Where objects of a shape have a property.
struct Entry {
    shape: Shape,
    name: JsString,
    found: Found,
    /// The prototypes up to the one that has it, or all.
    chain: Vec<Link>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Own,
    /// On the last of the chain.
    Inherited,
    Nowhere,
}

/// A prototype as it was.
struct Link {
    object: JsObject,
    shape: Shape,
}

impl Link {
    /// Whether it still has the properties that it had. Shapes of one object stay the same as properties come, so those are asked.
    fn lacks_still(&self, key: &PropertyKey) -> bool {
        let object = self.object.borrow();
        object.shape().to_addr_usize() == self.shape.to_addr_usize()
            && (self.shape.is_shared() || !object.properties().contains_key(key))
    }
}

/// What the table says of a property.
enum Answer {
    Found(PropertyDescriptor),
    Nowhere,
    Unknown,
}

impl LookUps {
    /// Forgets everything, and keeps nothing alive.
    pub fn forget(&self) {
        self.sets.borrow_mut().clear();
    }

    fn ask(&self, object: &JsObject, name: &JsString, key: &PropertyKey, at: usize) -> Answer {
        let sets = self.sets.borrow();
        let object = object.borrow();
        let address = object.shape().to_addr_usize();
        let known = sets.get(at).and_then(|set| {
            set.iter()
                .flatten()
                .find(|entry| entry.shape.to_addr_usize() == address && is_same(&entry.name, name))
        });
        let Some(known) = known else {
            return Answer::Unknown;
        };
        let found = match known.found {
            Found::Own => object.properties().get(key),
            Found::Nowhere => {
                let lacking = known.chain.iter().all(|link| link.lacks_still(key));
                return match lacking {
                    true => Answer::Nowhere,
                    false => Answer::Unknown,
                };
            }
            Found::Inherited => match known.chain.split_last() {
                Some((last, before)) if before.iter().all(|link| link.lacks_still(key)) => {
                    last.object.borrow().properties().get(key)
                }
                _ => None,
            },
        };
        found.map_or(Answer::Unknown, Answer::Found)
    }

    /// Notes where an object has a property.
    fn learn(&self, object: &JsObject, name: &JsString, key: &PropertyKey, at: usize) {
        let Some(entry) = search(object, name, key) else {
            return;
        };
        let mut sets = self.sets.borrow_mut();
        if sets.is_empty() {
            sets.resize_with(SETS, Default::default);
        }
        if let Some(set) = sets.get_mut(at) {
            let outdated = set.iter().flatten().position(|known| {
                known.shape.to_addr_usize() == entry.shape.to_addr_usize()
                    && is_same(&known.name, name)
            });
            match outdated {
                Some(outdated) => set[outdated] = Some(Box::new(entry)),
                None => {
                    set.rotate_right(1);
                    set[0] = Some(Box::new(entry));
                }
            }
        }
    }
}

/// Looks for a property; `None` where what is found could not be relied on.
fn search(object: &JsObject, name: &JsString, key: &PropertyKey) -> Option<Entry> {
    let shape = object.borrow().shape().clone();
    let mut next = Some(shape.prototype()?);
    let mut entry = Entry {
        shape,
        name: name.clone(),
        found: Found::Nowhere,
        chain: Vec::new(),
    };
    if object.borrow().properties().contains_key(key) {
        entry.found = Found::Own;
        return Some(entry);
    }
    while let Some(prototype) = next {
        if entry.chain.len() == MOST_PROTOTYPES || prototype.is::<Proxy>() {
            return None;
        }
        let shape = prototype.borrow().shape().clone();
        let has_it = prototype.borrow().properties().contains_key(key);
        next = shape.prototype();
        // A module's namespace has no prototype either, and properties that it doesn't keep as such.
        if next.is_none() && !prototype.is::<OrdinaryObject>() {
            return None;
        }
        entry.chain.push(Link {
            object: prototype,
            shape,
        });
        if has_it {
            entry.found = Found::Inherited;
            break;
        }
    }
    Some(entry)
}

/// Whether two strings are the same piece of memory.
fn is_same(one: &JsString, other: &JsString) -> bool {
    place(one) == place(other)
}

fn place(name: &JsString) -> (usize, usize) {
    match name.as_str().variant() {
        JsStrVariant::Latin1(units) => (units.as_ptr().addr(), units.len()),
        JsStrVariant::Utf16(units) => (units.as_ptr().addr(), units.len()),
    }
}

fn set_of(shape: usize, name: &JsString) -> usize {
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let (address, _) = place(name);
    let mixed = (shape as u64 ^ (address as u64).rotate_left(20)).wrapping_mul(SPREAD);
    (mixed >> (u64::BITS - SETS.trailing_zeros())) as usize
}

/// `object.name`, for names that stand in the program's text and are no numbers.
///
/// # Errors
/// What a getter throws.
pub fn get(object: &JsObject, name: JsString, context: &mut Context) -> JsResult<JsValue> {
    let (shape, shared) = {
        let object = object.borrow();
        (object.shape().to_addr_usize(), object.shape().is_shared())
    };
    if !shared || !name.is_static() || object.is::<Proxy>() {
        return object.get(name, context);
    }
    let state = State::of(context);
    let look_ups = &state.memory.look_ups;
    let at = set_of(shape, &name);
    let key = PropertyKey::String(name.clone());
    match look_ups.ask(object, &name, &key, at) {
        Answer::Nowhere => Ok(JsValue::undefined()),
        Answer::Found(property) => {
            if let Some(value) = property.value() {
                return Ok(value.clone());
            }
            match property.get().and_then(JsValue::as_callable) {
                Some(getter) => getter.call(&object.clone().into(), &[], context),
                None => Ok(JsValue::undefined()),
            }
        }
        Answer::Unknown => {
            look_ups.learn(object, &name, &key, at);
            object.get(key, context)
        }
    }
}

/// [`get`] as a method, in the place of `JsObject::get`.
pub trait LookUp {
    /// A property of this object or one of its prototypes, by a name that stands in the program's text and is no number.
    ///
    /// # Errors
    /// What a getter throws.
    fn look_up(&self, name: JsString, context: &mut Context) -> JsResult<JsValue>;
}

impl LookUp for JsObject {
    fn look_up(&self, name: JsString, context: &mut Context) -> JsResult<JsValue> {
        get(self, name, context)
    }
}
