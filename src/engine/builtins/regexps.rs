//! `RegExp.prototype.exec`, through which all matching goes. The engine matches two-byte units and copies a one-byte
//! string into such at each call: with `g` and `y` the cost of a loop grew with the square of the length. A long string
//! that is looked at again within a turn of the loop gets a twin of two-byte units, which is matched in its place.

use std::cell::RefCell;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyKey,
    string::JsStrVariant,
};

use super::{Method, Originals};
use crate::runtime::{State, tasks::Microtask};

pub const METHODS: &[Method] = &[("exec", 1, exec)];

/// Below this the copy costs less than looking for a twin.
const LONG: usize = 256;

#[derive(Default)]
struct Matching {
    last: RefCell<Option<Seen>>,
}

/// The long string that was matched last.
struct Seen {
    string: JsString,
    twin: Option<JsString>,
}

/// The function as it is now.
pub fn current_exec(context: &Context) -> Option<JsObject> {
    let prototype = context.intrinsics().constructors().regexp().prototype();
    let name = PropertyKey::from(js_string!("exec"));
    let found = prototype.borrow().properties().get(&name);
    found.and_then(|found| found.value()?.as_object())
}

fn exec(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<Option<JsValue>> {
    let Some(string) = args.get_or_undefined(0).as_string() else {
        return Ok(None);
    };
    if string.len() < LONG {
        return Ok(None);
    }
    let matching = State::of(context).slot::<Matching>();
    let Some(twin) = matching.twin(&string, context) else {
        return Ok(None);
    };
    let Some(original) = Originals::of(context, |kept| &kept.exec) else {
        return Ok(None);
    };
    original.call(this, &[twin.into()], context).map(Some)
}

impl Matching {
    /// The twin of a one-byte string that is met for the second time.
    fn twin(&self, string: &JsString, context: &Context) -> Option<JsString> {
        let JsStrVariant::Latin1(bytes) = string.as_str().variant() else {
            return None;
        };
        let mut last = self.last.borrow_mut();
        match &mut *last {
            // The same memory, which `seen` keeps: contents aren't compared.
            Some(seen) if std::ptr::eq(bytes, seen.bytes()) => {
                let twin = seen.twin.get_or_insert_with(|| {
                    let units: Vec<u16> = bytes.iter().map(|&byte| u16::from(byte)).collect();
                    JsString::from(units.as_slice())
                });
                Some(twin.clone())
            }
            other => {
                if other.is_none() {
                    forget_later(context);
                }
                *other = Some(Seen {
                    string: string.clone(),
                    twin: None,
                });
                None
            }
        }
    }
}

impl Seen {
    fn bytes(&self) -> &[u8] {
        match self.string.as_str().variant() {
            JsStrVariant::Latin1(bytes) => bytes,
            JsStrVariant::Utf16(_) => &[],
        }
    }
}

/// Neither string nor twin outlives the turn.
fn forget_later(context: &Context) {
    let forget = |context: &mut Context| {
        let last = State::of(context).slot::<Matching>().last.take();
        drop(last);
        Ok(())
    };
    let tasks = &State::of(context).tasks;
    tasks.push_microtask(Microtask::Native(Box::new(forget)));
}
