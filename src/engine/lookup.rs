//! Look-ups of properties along prototypes, remembered: what is done for each event and each chunk.
//!
//! The engine's inline caches are the interpreter's; a native that asks an emitter for `emit` walks from prototype to prototype,
//! with a search in each. But objects with the same shape have the same properties and the same prototype, so where the search
//! ended once it ends again, as long as the prototypes have the shapes that they had. Only that is remembered: which values a
//! property has is looked at each time, since assignment doesn't change a shape.
//!
//! What is remembered keeps shapes and prototypes alive, so there is a limit to it, and the runtime's collections begin with forgetting.

use std::{cell::RefCell, mem::ManuallyDrop};

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue,
    builtins::{object::OrdinaryObject, proxy::Proxy},
    native_function::NativeFunctionPointer,
    object::shape::Shape,
    property::{Attribute, PropertyDescriptor, PropertyKey},
    string::JsStrVariant,
};
use smallvec::SmallVec;

use super::native;
use crate::runtime::State;

/// Entries that may stand in the place of one: those that meet there don't drive each other out. A request of http asks with some 200
/// different ones; with two to a place, there was one where three met.
const WAYS: usize = 4;

/// Places in the table, a power of two.
const SETS: usize = 512;

/// Longer chains are walked.
const MOST_PROTOTYPES: usize = 12;

thread_local! {
    /// What is remembered: of all runtimes of a thread, since no two of them have a shape in common. Natives ask it some 200 times for a request;
    /// a table of each runtime would first have to be found.
    static TABLE: RefCell<Table> = const { RefCell::new(Table(ManuallyDrop::new(Vec::new()))) };
}

/// Where objects have properties, by shape and name. It isn't dropped as its thread ends: what it keeps alive goes with the runtimes, and by then
/// the collector may be gone.
struct Table(ManuallyDrop<Vec<Set>>);

/// Entries that may stand in the place of one, behind what tells most of them apart without a look at them.
#[derive(Default)]
struct Set {
    tags: [u32; WAYS],
    entries: [Option<Box<Entry>>; WAYS],
}

impl Table {
    #[inline]
    fn find(&self, id: Id) -> Option<&Entry> {
        let (set, tag) = id.place();
        let set = self.0.get(set)?;
        for (other, entry) in set.tags.iter().zip(&set.entries) {
            if *other == tag
                && let Some(entry) = entry
                && entry.id == id
            {
                return Some(entry);
            }
        }
        None
    }

    fn insert(&mut self, entry: Entry) {
        if self.0.is_empty() {
            self.0.resize_with(SETS, Default::default);
        }
        let id = entry.id;
        let (set, tag) = id.place();
        let Some(set) = self.0.get_mut(set) else {
            return;
        };
        let known = |known: &Option<Box<Entry>>| known.as_ref().is_some_and(|known| known.id == id);
        let outdated = set.entries.iter().position(known);
        let at = outdated.unwrap_or_else(|| {
            set.tags.rotate_right(1);
            set.entries.rotate_right(1);
            0
        });
        set.tags[at] = tag;
        set.entries[at] = Some(Box::new(entry));
    }
}

/// What look-ups of one runtime know besides: methods and getters that are called past the engine.
#[derive(Default)]
pub struct LookUps {
    direct: RefCell<Vec<Direct>>,
}

/// Where objects of a shape have a property.
struct Entry {
    /// Where the shape and the name are in memory: what is asked with is compared with these.
    id: Id,
    found: Found,
    /// The prototypes before the one that has it, or all.
    before: SmallVec<[Link; 4]>,
    /// The prototype that has it.
    holder: Option<JsObject>,
    /// The method or getter that was found, if it is one that is called past the engine.
    direct: Option<Direct>,
    /// Kept alive, so that no other shape comes to be where they are: that of the object, and those of `before`.
    shapes: Vec<Shape>,
}

impl Entry {
    /// The native to call in the place of a function that was found.
    #[inline]
    fn native_of(&self, function: &JsObject) -> Option<NativeFunctionPointer> {
        match &self.direct {
            Some((known, native)) if JsObject::equals(known, function) => Some(*native),
            _ => None,
        }
    }

    /// Whether the prototypes before that which has the property still lack it.
    #[inline]
    fn holds(&self, key: &PropertyKey) -> bool {
        for (index, link) in self.before.iter().enumerate() {
            let address = link.object.borrow().shape().to_addr_usize();
            if address != link.address && !self.lacks(index, key) {
                return false;
            }
        }
        true
    }

    /// Shapes of one object stay the same as properties come, so those are asked.
    #[cold]
    fn lacks(&self, index: usize, key: &PropertyKey) -> bool {
        let (Some(link), Some(shape)) = (self.before.get(index), self.shapes.get(index + 1)) else {
            return false;
        };
        let object = link.object.borrow();
        object.shape().to_addr_usize() == shape.to_addr_usize()
            && !object.properties().contains_key(key)
    }

    /// Who has the property.
    #[inline]
    fn holder<'a>(&'a self, object: &'a JsObject) -> Option<&'a JsObject> {
        match self.found {
            Found::Own => Some(object),
            Found::Inherited => self.holder.as_ref(),
            Found::Nowhere => None,
        }
    }
}

/// A function object, and the native that it calls.
type Direct = (JsObject, NativeFunctionPointer);

/// A prototype as it was.
struct Link {
    object: JsObject,
    /// Where its shape is, if it is shared; nowhere otherwise.
    address: usize,
}

/// A shape and a name, by where they are. Names that stand in the program's text stay there.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Id {
    shape: usize,
    name: usize,
    length: usize,
}

impl Id {
    /// What a property of an object is remembered by; `None` if it can't be remembered.
    #[inline]
    fn of(object: &JsObject, name: &JsString) -> Option<Self> {
        let shape = {
            let object = object.borrow();
            let shape = object.shape();
            shape.is_shared().then(|| shape.to_addr_usize())?
        };
        (name.is_static() && !object.is::<Proxy>()).then(|| Self::new(shape, name))
    }

    #[inline]
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

    /// The place in the table, and a tag that no vacant one has.
    #[inline]
    fn place(self) -> (usize, u32) {
        const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
        let mixed = (self.shape as u64 ^ (self.name as u64).rotate_left(20)).wrapping_mul(SPREAD);
        let set = mixed >> (u64::BITS - SETS.trailing_zeros());
        (set as usize, (mixed >> 16) as u32 | 1)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Own,
    /// On the last of the chain.
    Inherited,
    Nowhere,
}

/// What the table says of a property.
enum Answer<R> {
    Found(R),
    Nowhere,
    Unknown,
}

/// Looks at a property where it was found before.
#[inline]
fn ask<R>(
    object: &JsObject,
    key: &PropertyKey,
    id: Id,
    look: impl FnOnce(&PropertyDescriptor, &Entry) -> R,
) -> Answer<R> {
    TABLE.with_borrow(|table| {
        let Some(known) = table.find(id).filter(|known| known.holds(key)) else {
            return Answer::Unknown;
        };
        let Some(holder) = known.holder(object) else {
            return Answer::Nowhere;
        };
        match holder.borrow().properties().get(key) {
            Some(property) => Answer::Found(look(&property, known)),
            None => Answer::Unknown,
        }
    })
}

impl LookUps {
    /// Forgets everything, and keeps nothing alive.
    pub fn forget(&self) {
        TABLE.with_borrow_mut(|table| table.0.clear());
    }

    /// Notes the native behind a method or getter that lives as long as the runtime. Natives that look it up call it as a plain function
    /// from here on: it has to work on its `this` and arguments alone.
    pub fn note_direct(&self, function: JsObject, native: NativeFunctionPointer) {
        self.direct.borrow_mut().push((function, native));
    }

    /// Forgets these, too: the runtime ends.
    pub fn clear(&self) {
        self.forget();
        self.direct.borrow_mut().clear();
    }

    fn direct_of(&self, object: &JsObject, key: &PropertyKey, entry: &Entry) -> Option<Direct> {
        let holder = entry.holder(object)?;
        let property = holder.borrow().properties().get(key)?;
        let function = property.value().or(property.get())?.as_object()?;
        let direct = self.direct.borrow();
        (direct.iter())
            .find(|(known, _)| JsObject::equals(known, &function))
            .cloned()
    }

    /// Notes where an object has a property.
    fn learn(&self, object: &JsObject, key: &PropertyKey, id: Id) {
        let Some(mut entry) = search(object, id, key) else {
            return;
        };
        entry.direct = self.direct_of(object, key, &entry);
        TABLE.with_borrow_mut(|table| table.insert(entry));
    }
}

/// Looks for a property; `None` where what is found could not be relied on.
fn search(object: &JsObject, id: Id, key: &PropertyKey) -> Option<Entry> {
    let shape = object.borrow().shape().clone();
    let mut next = Some(shape.prototype()?);
    let mut entry = Entry {
        id,
        found: Found::Nowhere,
        before: SmallVec::new(),
        holder: None,
        direct: None,
        shapes: vec![shape],
    };
    if object.borrow().properties().contains_key(key) {
        entry.found = Found::Own;
        return Some(entry);
    }
    while let Some(prototype) = next {
        if entry.before.len() == MOST_PROTOTYPES || prototype.is::<Proxy>() {
            return None;
        }
        let shape = prototype.borrow().shape().clone();
        let has_it = prototype.borrow().properties().contains_key(key);
        next = shape.prototype();
        // A module's namespace has no prototype either, and properties that it doesn't keep as such.
        if next.is_none() && !prototype.is::<OrdinaryObject>() {
            return None;
        }
        if has_it {
            entry.found = Found::Inherited;
            entry.holder = Some(prototype);
            break;
        }
        let address = match shape.is_shared() {
            true => shape.to_addr_usize(),
            false => 0,
        };
        entry.before.push(Link {
            object: prototype,
            address,
        });
        entry.shapes.push(shape);
    }
    Some(entry)
}

/// What a property is, apart from where.
enum Kind {
    Value(JsValue),
    /// One that a native stands behind, which is called past the engine.
    Known(NativeFunctionPointer),
    Getter(JsObject),
    /// An accessor without a getter.
    WriteOnly,
}

impl Kind {
    #[inline]
    fn of(property: &PropertyDescriptor, entry: &Entry) -> Self {
        if let Some(value) = property.value() {
            return Self::Value(value.clone());
        }
        let Some(getter) = property.get().and_then(JsValue::as_object) else {
            return Self::WriteOnly;
        };
        match entry.native_of(&getter) {
            Some(native) => Self::Known(native),
            None => Self::Getter(getter),
        }
    }
}

/// `object.name`, for names that stand in the program's text and are no numbers.
///
/// # Errors
/// What a getter throws.
pub fn get(object: &JsObject, name: JsString, context: &mut Context) -> JsResult<JsValue> {
    let Some(id) = Id::of(object, &name) else {
        return object.get(name, context);
    };
    let key = PropertyKey::String(name);
    match ask(object, &key, id, Kind::of) {
        Answer::Found(Kind::Value(value)) => Ok(value),
        Answer::Found(Kind::Known(native)) => native(&object.clone().into(), &[], context),
        Answer::Found(Kind::Getter(getter)) => getter.call(&object.clone().into(), &[], context),
        Answer::Found(Kind::WriteOnly) | Answer::Nowhere => Ok(JsValue::undefined()),
        Answer::Unknown => get_and_learn(object, key, id, context),
    }
}

#[cold]
fn get_and_learn(
    object: &JsObject,
    key: PropertyKey,
    id: Id,
    context: &mut Context,
) -> JsResult<JsValue> {
    State::of(context).memory.look_ups.learn(object, &key, id);
    object.get(key, context)
}

/// Which of several objects `object.name` is: for methods that a program may have replaced. Getters aren't called: what they would
/// answer is none of these.
pub fn which(
    object: &JsObject,
    name: JsString,
    wanted: &[&JsObject],
    context: &Context,
) -> Option<usize> {
    let look = |property: &PropertyDescriptor| {
        let value = property.value()?.as_object()?;
        (wanted.iter()).position(|wanted| JsObject::equals(&value, wanted))
    };
    let id = Id::of(object, &name);
    let key = PropertyKey::String(name);
    if let Some(id) = id {
        match ask(object, &key, id, |property, _| look(property)) {
            Answer::Found(which) => return which,
            Answer::Nowhere => return None,
            Answer::Unknown => State::of(context).memory.look_ups.learn(object, &key, id),
        }
    }
    let mut at = Some(object.clone());
    while let Some(holder) = at.filter(|holder| !holder.is::<Proxy>()) {
        let found = holder.borrow().properties().get(&key);
        if let Some(found) = found {
            return look(&found);
        }
        at = holder.prototype();
    }
    None
}

/// Whether `object.name` is a certain object, likewise.
#[inline]
pub fn is(object: &JsObject, name: JsString, wanted: &JsObject, context: &Context) -> bool {
    which(object, name, &[wanted], context).is_some()
}

/// A method, by what it takes to call it.
pub enum Method {
    /// A native that is called past the engine.
    Native(NativeFunctionPointer),
    /// What stands in its place otherwise.
    Value(JsValue),
}

impl Method {
    /// Calls it; `None` if it is no function.
    #[inline]
    pub fn call(
        self,
        this: &JsValue,
        args: &[JsValue],
        context: &mut Context,
    ) -> Option<JsResult<JsValue>> {
        match self {
            Self::Native(native) => Some(native(this, args, context)),
            Self::Value(value) => Some(value.as_callable()?.call(this, args, context)),
        }
    }
}

/// `object.name`, to be called.
///
/// # Errors
/// What a getter throws.
pub fn method(object: &JsObject, name: JsString, context: &mut Context) -> JsResult<Method> {
    let look = |property: &PropertyDescriptor, entry: &Entry| {
        let function = property.value()?.as_object()?;
        Some(match entry.native_of(&function) {
            Some(native) => Method::Native(native),
            None => Method::Value(function.into()),
        })
    };
    if let Some(id) = Id::of(object, &name) {
        let key = PropertyKey::String(name.clone());
        if let Answer::Found(Some(method)) = ask(object, &key, id, look) {
            return Ok(method);
        }
    }
    get(object, name, context).map(Method::Value)
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
    let Some(id) = Id::of(object, &name) else {
        return object.set(name, value, true, context).map(drop);
    };
    let key = PropertyKey::String(name);
    let look = |property: &PropertyDescriptor, entry: &Entry| match entry.found {
        Found::Inherited => (
            property.set().and_then(JsValue::as_object),
            property.writable() == Some(true),
        ),
        _ => (None, false),
    };
    match ask(object, &key, id, look) {
        Answer::Found((Some(setter), _)) if setter.is_callable() => {
            return setter
                .call(&object.clone().into(), &[value], context)
                .map(drop);
        }
        Answer::Found((_, true)) | Answer::Nowhere if object.is_extensible(context)? => {
            object.insert_property(key, native::property(value, Attribute::all()));
            return Ok(());
        }
        Answer::Unknown => State::of(context).memory.look_ups.learn(object, &key, id),
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

/// The same where the value is wanted only if it is an object; the inner `None` is any other value.
///
/// Of a proxy it tells nothing that is right.
#[inline]
pub fn own_object(object: &JsObject, key: &PropertyKey) -> Option<Option<JsObject>> {
    let property = object.borrow().properties().get(key)?;
    Some(property.value()?.as_object())
}

/// [`own_value`] by a name that is no number: a conversion to a key would look for one in it.
#[inline]
pub fn own_named(object: &JsObject, name: JsString) -> Option<JsValue> {
    own_value(object, &PropertyKey::String(name))
}

/// [`get`] as a method, in the place of `JsObject::get`.
pub trait LookUp {
    /// A property of this object or one of its prototypes, by a name that stands in the program's text and is no number.
    ///
    /// # Errors
    /// What a getter throws.
    fn look_up(&self, name: JsString, context: &mut Context) -> JsResult<JsValue>;

    /// The same, of a property that this object has itself unless somebody took it away: that is looked at first, and what is
    /// remembered isn't asked.
    ///
    /// # Errors
    /// What a getter throws.
    fn look_up_own(&self, name: JsString, context: &mut Context) -> JsResult<JsValue>;
}

impl LookUp for JsObject {
    fn look_up(&self, name: JsString, context: &mut Context) -> JsResult<JsValue> {
        get(self, name, context)
    }

    fn look_up_own(&self, name: JsString, context: &mut Context) -> JsResult<JsValue> {
        match own_named(self, name.clone()) {
            Some(value) => Ok(value),
            None => get(self, name, context),
        }
    }
}
