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
    property::{Attribute, PropertyDescriptor, PropertyKey},
    string::JsStrVariant,
};

use super::native;
use crate::runtime::State;

/// Entries that may stand in the place of one: those that meet there don't drive each other out. A request of http asks with some 200
/// different ones; with two to a place, there was one where three met.
const WAYS: usize = 4;

/// Places in the table, a power of two.
const SETS: usize = 512;

/// Longer chains are walked.
const MOST_PROTOTYPES: usize = 12;

/// What is remembered.
#[derive(Default)]
pub struct LookUps {
    sets: RefCell<Vec<[Option<Box<Entry>>; WAYS]>>,
}

/// Where objects of a shape have a property.
struct Entry {
    /// Where the shape and the name are in memory: what is asked with is compared with these.
    id: Id,
    /// Kept alive, so that no other shape comes to be where it is.
    _shape: Shape,
    found: Found,
    /// The prototypes up to the one that has it, or all.
    chain: Vec<Link>,
}

/// A shape and a name, by where they are. Names that stand in the program's text stay there.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Id {
    shape: usize,
    name: usize,
    length: usize,
}

impl Id {
    fn new(shape: usize, name: &JsString) -> Self {
        let (name, length) = match name.as_str().variant() {
            JsStrVariant::Latin1(units) => (units.as_ptr().addr(), units.len()),
            JsStrVariant::Utf16(units) => (units.as_ptr().addr(), units.len()),
        };
        Self {
            shape,
            name,
            length,
        }
    }

    /// The place in the table.
    fn set(self) -> usize {
        const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
        let mixed = (self.shape as u64 ^ (self.name as u64).rotate_left(20)).wrapping_mul(SPREAD);
        (mixed >> (u64::BITS - SETS.trailing_zeros())) as usize
    }
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
    /// Where the shape is, if it is shared; nowhere otherwise.
    address: usize,
}

impl Link {
    /// Whether it still has the properties that it had. Shapes of one object stay the same as properties come, so those are asked.
    fn lacks_still(&self, key: &PropertyKey) -> bool {
        let object = self.object.borrow();
        let address = object.shape().to_addr_usize();
        address == self.address
            || (address == self.shape.to_addr_usize() && !object.properties().contains_key(key))
    }
}

/// What the table says of a property, and where it is.
enum Answer {
    Found(PropertyDescriptor, Found),
    Nowhere,
    Unknown,
}

impl LookUps {
    /// Forgets everything, and keeps nothing alive.
    pub fn forget(&self) {
        self.sets.borrow_mut().clear();
    }

    #[inline]
    fn ask(&self, object: &JsObject, key: &PropertyKey, id: Id) -> Answer {
        let sets = self.sets.borrow();
        let known = sets
            .get(id.set())
            .and_then(|set| set.iter().flatten().find(|entry| entry.id == id));
        let Some(known) = known else {
            return Answer::Unknown;
        };
        let found = match known.found {
            Found::Own => object.borrow().properties().get(key),
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
        found.map_or(Answer::Unknown, |property| {
            Answer::Found(property, known.found)
        })
    }

    /// Notes where an object has a property.
    fn learn(&self, object: &JsObject, key: &PropertyKey, id: Id) {
        let Some(entry) = search(object, id, key) else {
            return;
        };
        let mut sets = self.sets.borrow_mut();
        if sets.is_empty() {
            sets.resize_with(SETS, Default::default);
        }
        if let Some(set) = sets.get_mut(id.set()) {
            let outdated = set.iter().flatten().position(|known| known.id == id);
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
fn search(object: &JsObject, id: Id, key: &PropertyKey) -> Option<Entry> {
    let shape = object.borrow().shape().clone();
    let mut next = Some(shape.prototype()?);
    let mut entry = Entry {
        _shape: shape,
        id,
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
        let address = match shape.is_shared() {
            true => shape.to_addr_usize(),
            false => 0,
        };
        entry.chain.push(Link {
            object: prototype,
            shape,
            address,
        });
        if has_it {
            entry.found = Found::Inherited;
            break;
        }
    }
    Some(entry)
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
    let id = Id::new(shape, &name);
    let key = PropertyKey::String(name);
    match look_ups.ask(object, &key, id) {
        Answer::Nowhere => Ok(JsValue::undefined()),
        Answer::Found(property, _) => {
            if let Some(value) = property.value() {
                return Ok(value.clone());
            }
            match property.get().and_then(JsValue::as_callable) {
                Some(getter) => getter.call(&object.clone().into(), &[], context),
                None => Ok(JsValue::undefined()),
            }
        }
        Answer::Unknown => {
            look_ups.learn(object, &key, id);
            object.get(key, context)
        }
    }
}

/// `object.name = value`, in strict code, for such names. Pays where the object hasn't the property yet, but its prototypes say what
/// becomes of it.
///
/// # Errors
/// What a setter throws, and a `TypeError` for what can't be assigned.
pub fn set(
    object: &JsObject,
    name: JsString,
    value: JsValue,
    context: &mut Context,
) -> JsResult<()> {
    let (shape, shared) = {
        let object = object.borrow();
        (object.shape().to_addr_usize(), object.shape().is_shared())
    };
    if !shared || !name.is_static() || object.is::<Proxy>() {
        return object.set(name, value, true, context).map(drop);
    }
    let state = State::of(context);
    let look_ups = &state.memory.look_ups;
    let id = Id::new(shape, &name);
    let key = PropertyKey::String(name);
    match look_ups.ask(object, &key, id) {
        Answer::Found(property, Found::Inherited) => {
            if let Some(setter) = property.set().and_then(JsValue::as_callable) {
                return setter
                    .call(&object.clone().into(), &[value], context)
                    .map(drop);
            }
            if property.writable() == Some(true) && object.is_extensible(context)? {
                object.insert_property(key, native::property(value, Attribute::all()));
                return Ok(());
            }
        }
        Answer::Nowhere if object.is_extensible(context)? => {
            object.insert_property(key, native::property(value, Attribute::all()));
            return Ok(());
        }
        Answer::Unknown => look_ups.learn(object, &key, id),
        _ => {}
    }
    object.set(key, value, true, context).map(drop)
}

/// The value of a data property that an object has itself, read in place. No script runs: a proxy has none.
pub fn own_value(object: &JsObject, key: &PropertyKey) -> Option<JsValue> {
    if object.is::<Proxy>() {
        return None;
    }
    object.borrow().properties().get(key)?.value().cloned()
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
