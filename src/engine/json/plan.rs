//! What objects of one shape have in common, for `JSON.stringify`: which keys are written, and their text.
//!
//! One text leaves what it learned to the next: programs write objects of the same few shapes again and again. That keeps shapes
//! and prototypes alive, so there is a limit to it, and the runtime's collections begin with forgetting.

use boa_engine::{
    Context, JsObject, JsResult, builtins::object::OrdinaryObject, js_string, object::shape::Shape,
    property::PropertyKey,
};
use rustc_hash::FxHashMap;
use std::{cell::Cell, rc::Rc};

use super::{objects::enumerable_keys, writer::Writer};

/// More shapes aren't remembered: they are those of objects that are used as maps.
const MOST: usize = 64;
/// Nor are shapes with more keys.
const MOST_KEYS: usize = 64;

/// The keys of a shape.
pub(super) struct Plan {
    /// Enumerable keys, each with its text if that is Latin-1: in quotes, between a comma and a colon.
    pub keys: Vec<(PropertyKey, Option<Box<[u8]>>)>,
    /// Whether an own `toJSON` is among the properties.
    pub has_to_json: bool,
    /// Keeps the address of the shape from being another's.
    _shape: Shape,
}

/// The plans that a runtime keeps. Whoever is first takes them; what runs meanwhile finds none, and begins with none.
#[derive(Default)]
pub struct KeptPlans(Cell<Plans>);

impl KeptPlans {
    /// Forgets everything, and keeps nothing alive.
    pub fn forget(&self) {
        self.0.take();
    }

    pub(super) fn take(&self) -> Plans {
        self.0.take()
    }

    pub(super) fn keep(&self, plans: Plans) {
        // When there are too many, others begin: these may be of shapes that are no more.
        if plans.known.len() < MOST {
            self.0.set(plans);
        }
    }
}

/// The plans of one run, and of those before it.
#[derive(Default)]
pub(super) struct Plans {
    known: FxHashMap<usize, Rc<Plan>>,
}

impl Plans {
    /// The plan that was made for objects of this one's shape.
    pub fn known(&self, object: &JsObject) -> Option<&Plan> {
        let address = object.borrow().shape().to_addr_usize();
        self.known.get(&address).map(Rc::as_ref)
    }

    /// The plan for an object without elements whose shape it shares with others; `None` for the rest.
    pub fn of(&mut self, object: &JsObject, context: &mut Context) -> JsResult<Option<Rc<Plan>>> {
        if !object.is::<OrdinaryObject>() {
            return Ok(None);
        }
        let shape = {
            let borrowed = object.borrow();
            let properties = borrowed.properties();
            if !borrowed.shape().is_shared() || properties.index_property_keys().next().is_some() {
                return Ok(None);
            }
            if let Some(plan) = self.known.get(&borrowed.shape().to_addr_usize()) {
                return Ok(Some(plan.clone()));
            }
            borrowed.shape().clone()
        };
        if self.known.len() >= MOST {
            return Ok(None);
        }
        let keys = enumerable_keys(object, context)?;
        if keys.len() > MOST_KEYS {
            return Ok(None);
        }
        let to_json = PropertyKey::from(js_string!("toJSON"));
        let plan = Rc::new(Plan {
            keys: keys
                .into_iter()
                .map(|key| (key.clone(), text(&key)))
                .collect(),
            has_to_json: object.borrow().properties().contains_key(&to_json),
            _shape: shape.clone(),
        });
        self.known.insert(shape.to_addr_usize(), plan.clone());
        Ok(Some(plan))
    }
}

fn text(key: &PropertyKey) -> Option<Box<[u8]>> {
    let PropertyKey::String(name) = key else {
        return None;
    };
    let mut writer = Writer::default();
    writer.byte(b',');
    writer.quoted(name);
    writer.byte(b':');
    writer.into_latin1().map(Vec::into_boxed_slice)
}
