//! What `JSON.stringify` is inside of, and the message when a value turns up within itself.

use boa_engine::{Context, JsError, JsObject, js_string, property::PropertyKey};
use rustc_hash::FxHashSet;

use crate::node::errors;

/// Up to this depth a search through the list is faster than a set.
const LISTED: usize = 32;

/// The objects that are being written, outermost first, with the key that each was reached by.
#[derive(Default)]
pub struct Open {
    list: Vec<(PropertyKey, JsObject)>,
    set: FxHashSet<JsObject>,
}

impl Open {
    pub fn depth(&self) -> usize {
        self.list.len()
    }

    /// Enters an object.
    ///
    /// # Errors
    /// The `TypeError` of V8, when it is open already.
    pub fn enter(
        &mut self,
        key: &PropertyKey,
        object: &JsObject,
        context: &mut Context,
    ) -> Result<(), JsError> {
        let listed = self
            .list
            .iter()
            .take(LISTED)
            .position(|(_, open)| JsObject::equals(open, object));
        let found = match listed {
            None if self.set.contains(object) => self
                .list
                .iter()
                .position(|(_, open)| JsObject::equals(open, object)),
            listed => listed,
        };
        if let Some(start) = found {
            let message = self.message(start, key, context);
            return Err(errors::type_error(&message, context));
        }
        if self.list.len() >= LISTED {
            self.set.insert(object.clone());
        }
        self.list.push((key.clone(), object.clone()));
        Ok(())
    }

    /// Leaves the innermost object.
    pub fn leave(&mut self) {
        let Some((_, object)) = self.list.pop() else {
            return;
        };
        if self.list.len() >= LISTED {
            self.set.remove(&object);
        }
    }

    fn message(&self, start: usize, key: &PropertyKey, context: &mut Context) -> String {
        // The first two and the last are named.
        const FIRST: usize = 2;
        let circle = &self.list[start..];
        let mut text = format!(
            "Converting circular structure to JSON\n    --> starting at object with constructor {}",
            constructor_name(&circle[0].1, context)
        );
        for (index, (key, object)) in circle.iter().enumerate().skip(1) {
            if index <= FIRST || index + 1 == circle.len() {
                let holder = &circle[index - 1].1;
                let name = constructor_name(object, context);
                text.push_str(&format!(
                    "\n    |     {} -> object with constructor {name}",
                    place(key, holder)
                ));
            } else if index == FIRST + 1 {
                text.push_str("\n    |     ...");
            }
        }
        let last = &circle[circle.len() - 1].1;
        text.push_str(&format!("\n    --- {} closes the circle", place(key, last)));
        text
    }
}

fn place(key: &PropertyKey, holder: &JsObject) -> String {
    match key {
        PropertyKey::Index(index) if holder.is_array() => format!("index {}", index.get()),
        key => format!("property '{key}'"),
    }
}

/// The name of an object's class, in quotes. Runs no getter.
fn constructor_name(object: &JsObject, context: &mut Context) -> String {
    let mut holder = object.prototype();
    while let Some(prototype) = holder {
        let found = prototype
            .borrow()
            .properties()
            .get(&js_string!("constructor").into());
        let constructor = found.and_then(|found| found.value().and_then(|value| value.as_object()));
        if let Some(constructor) = constructor {
            let name = constructor
                .get(js_string!("name"), context)
                .ok()
                .and_then(|name| name.as_string());
            if let Some(name) = name.filter(|name| !name.is_empty()) {
                return format!("'{}'", name.to_std_string_lossy());
            }
        }
        holder = prototype.prototype();
    }
    "'Object'".into()
}
