//! The glue between Rust and script: builders for the objects that hold native functions, and lazy properties.
//!
//! A module's native half is made like this and registered in `node::BINDINGS`:
//! ```text
//! pub fn binding(context: &mut Context) -> JsResult<JsObject> {
//!     Ok(Natives::new(context).function("byteLength", 2, byte_length).build())
//! }
//! fn byte_length(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue>;
//! ```

use boa_engine::{
    Context, Finalize, JsObject, JsResult, JsString, JsValue, NativeFunction, Trace,
    builtins::object::OrdinaryObject,
    native_function::NativeFunctionPointer,
    object::{FunctionObjectBuilder, builtins::JsFunction},
    property::{Attribute, PropertyDescriptor, PropertyKey},
};
use boa_gc::{Gc, GcRefCell};

use crate::runtime::{State, tasks::Microtask};

/// Attributes of a method: writable, configurable, not enumerable.
pub const METHOD: Attribute =
    Attribute::from_bits_truncate(Attribute::WRITABLE.bits() | Attribute::CONFIGURABLE.bits());

/// A data property.
#[inline]
pub fn property(value: impl Into<JsValue>, attributes: Attribute) -> PropertyDescriptor {
    PropertyDescriptor::builder()
        .value(value.into())
        .writable(attributes.writable())
        .enumerable(attributes.enumerable())
        .configurable(attributes.configurable())
        .build()
}

/// An empty object that shares its shapes with others of the same keys.
pub fn new_object(context: &Context) -> JsObject {
    let prototype = context.intrinsics().constructors().object().prototype();
    JsObject::new(context.root_shape(), prototype, OrdinaryObject).upcast()
}

/// A function object around a native function.
pub fn function(
    context: &Context,
    name: &str,
    length: usize,
    f: NativeFunctionPointer,
) -> JsFunction {
    builder(context, name, length, f).build()
}

/// A native function that `new` can be used on (`new_target` is its `this` then; `undefined` in a plain call).
pub fn constructor(
    context: &Context,
    name: &str,
    length: usize,
    f: NativeFunctionPointer,
) -> JsFunction {
    builder(context, name, length, f).constructor(true).build()
}

fn builder<'realm>(
    context: &'realm Context,
    name: &str,
    length: usize,
    f: NativeFunctionPointer,
) -> FunctionObjectBuilder<'realm> {
    FunctionObjectBuilder::new(context.realm(), NativeFunction::from_fn_ptr(f))
        .name(JsString::from(name))
        .length(length)
}

/// What a lazy property calls on first touch.
pub type LazyValue = fn(&mut Context) -> JsResult<JsValue>;

/// Fills an object with natives, constants, accessors and lazy values.
pub struct Natives<'context> {
    object: JsObject,
    context: &'context mut Context,
    attributes: Attribute,
    /// Whether natives that look methods and accessors up go past the engine.
    direct: bool,
}

impl<'context> Natives<'context> {
    /// Starts with an empty ordinary object; properties are enumerable, as those of module exports are.
    pub fn new(context: &'context mut Context) -> Self {
        let object = JsObject::with_object_proto(context.intrinsics());
        Self {
            object,
            context,
            attributes: Attribute::all(),
            direct: false,
        }
    }

    /// Adds to an object that exists; properties are not enumerable, as those of prototypes and globals are.
    pub fn on(object: JsObject, context: &'context mut Context) -> Self {
        Self {
            object,
            context,
            attributes: METHOD,
            direct: false,
        }
    }

    /// The attributes of what is added from here on.
    pub fn attributes(mut self, attributes: Attribute) -> Self {
        self.attributes = attributes;
        self
    }

    /// Natives that look up what is added from here on call methods and getters past the engine. For objects that live as long as
    /// the runtime, and functions that work on their `this` and arguments alone.
    pub fn direct(mut self) -> Self {
        self.direct = true;
        self
    }

    /// Adds a native function.
    pub fn function(self, name: &str, length: usize, f: NativeFunctionPointer) -> Self {
        let value = function(self.context, name, length, f);
        self.note(&value, f);
        self.value(name, value)
    }

    fn note(&self, function: &JsFunction, native: NativeFunctionPointer) {
        if self.direct {
            let look_ups = &State::of(self.context).memory.look_ups;
            look_ups.note_direct(function.clone().into(), native);
        }
    }

    /// Adds a data property.
    pub fn value(self, name: &str, value: impl Into<JsValue>) -> Self {
        let key = PropertyKey::from(JsString::from(name));
        self.keyed(key, value)
    }

    /// Adds a data property under any key.
    pub fn keyed(self, key: impl Into<PropertyKey>, value: impl Into<JsValue>) -> Self {
        let descriptor = property(value, self.attributes);
        self.object.insert_property(key, descriptor);
        self
    }

    /// Adds an accessor; without a setter it is read-only.
    pub fn accessor(
        self,
        name: &str,
        get: NativeFunctionPointer,
        set: Option<NativeFunctionPointer>,
    ) -> Self {
        let native = get;
        let get = function(self.context, &format!("get {name}"), 0, native);
        self.note(&get, native);
        let set = set.map(|set| function(self.context, &format!("set {name}"), 1, set));
        let descriptor = PropertyDescriptor::builder()
            .get(get)
            .set(set.map_or_else(JsValue::undefined, JsValue::from))
            .enumerable(self.attributes.enumerable())
            .configurable(self.attributes.configurable())
            .build();
        self.object
            .insert_property(JsString::from(name), descriptor);
        self
    }

    /// Adds a property that is made on first touch.
    pub fn lazy(self, name: &'static str, make: LazyValue) -> Self {
        let attributes = self.attributes;
        define_lazy(&self.object, name, attributes, make, self.context);
        self
    }

    /// The context that it builds in.
    pub fn context(&mut self) -> &mut Context {
        self.context
    }

    /// The finished object.
    pub fn build(self) -> JsObject {
        self.object
    }
}

/// Defines a property whose value is made on first touch; assigning to it replaces the value.
///
/// It stays an accessor for ever. If the getter put a data property in its place, the engine's inline cache would
/// remember the accessor's slot under the object's new shape, and take the value for a getter the next time.
pub fn define_lazy(
    object: &JsObject,
    name: &'static str,
    attributes: Attribute,
    make: LazyValue,
    context: &mut Context,
) {
    define_late(
        object,
        JsString::from(name),
        attributes,
        Maker::Native(make),
        context,
    );
}

/// Who makes the value of a late property.
#[derive(Clone, Trace, Finalize)]
pub enum Maker {
    /// Rust.
    Native(#[unsafe_ignore_trace] LazyValue),
    /// A function of script, called without arguments.
    Script(JsObject),
}

#[derive(Clone, Trace, Finalize)]
struct Late {
    holder: JsObject,
    name: JsString,
    #[unsafe_ignore_trace]
    attributes: Attribute,
    make: Maker,
    value: Gc<GcRefCell<Option<JsValue>>>,
    /// The getter in place, to know the property again.
    getter: Gc<GcRefCell<Option<JsObject>>>,
}

impl Late {
    fn get(&self, context: &mut Context) -> JsResult<JsValue> {
        let known = self.value.borrow().clone();
        if let Some(value) = known {
            return Ok(value);
        }
        let value = match &self.make {
            Maker::Native(make) => make(context)?,
            Maker::Script(make) => make.call(&JsValue::undefined(), &[], context)?,
        };
        // What the value's own making assigned stays.
        let assigned = self.value.borrow().clone();
        if let Some(assigned) = assigned {
            return Ok(assigned);
        }
        self.become_value(value.clone(), context);
        Ok(value)
    }

    /// Makes it a data property, but not at once: the engine's inline caches take a property that changes inside its
    /// own accessor for one that still has it, and would call the value.
    fn become_value(&self, value: JsValue, context: &mut Context) {
        let waiting = self.value.borrow().is_some();
        *self.value.borrow_mut() = Some(value);
        if waiting {
            return;
        }
        let late = self.clone();
        let settle = move |_: &mut Context| {
            late.settle();
            Ok(())
        };
        State::of(context)
            .tasks
            .push_microtask(Microtask::Native(Box::new(settle)));
    }

    /// Puts the accessors of the property in place.
    fn define(&self, context: &mut Context) {
        let get = NativeFunction::from_copy_closure_with_captures(
            |_, _, late: &Late, context| late.get(context),
            self.clone(),
        );
        let set = NativeFunction::from_copy_closure_with_captures(
            |this, args, late: &Late, context| {
                let value = args.first().cloned().unwrap_or_default();
                match this.as_object() {
                    Some(own) if !JsObject::equals(&own, &late.holder) => {
                        define_value(&own, late.name.clone().into(), value, Attribute::all());
                    }
                    _ => late.become_value(value, context),
                }
                Ok(JsValue::undefined())
            },
            self.clone(),
        );
        let realm = context.realm().clone();
        let get = FunctionObjectBuilder::new(&realm, get)
            .name(self.name.clone())
            .build();
        *self.getter.borrow_mut() = Some(get.clone().into());
        let set = FunctionObjectBuilder::new(&realm, set)
            .name(self.name.clone())
            .length(1)
            .build();
        let descriptor = PropertyDescriptor::builder()
            .get(get)
            .enumerable(self.attributes.enumerable())
            .configurable(true);
        // A value that can't be written has no setter.
        let fixed = self.value.borrow().is_some() && !self.attributes.writable();
        let descriptor = if fixed {
            descriptor.set(JsValue::undefined())
        } else {
            descriptor.set(set)
        };
        self.holder
            .insert_property(self.name.clone(), descriptor.build());
    }

    fn settle(&self) {
        let key = PropertyKey::from(self.name.clone());
        let current = self.holder.borrow().properties().get(&key);
        let Some(value) = self.value.borrow().clone() else {
            return;
        };
        // Somebody may have put another property there.
        let getter = self.getter.borrow().clone().map(JsValue::from);
        if current.is_some_and(|found| getter.is_some() && found.get() == getter.as_ref()) {
            define_value(&self.holder, key, value, self.attributes);
        }
    }
}

fn define_value(object: &JsObject, key: PropertyKey, value: JsValue, attributes: Attribute) {
    object.insert_property(key, property(value, attributes));
}

/// A property that has its value already but becomes a data property only when the microtasks run: for use inside an
/// accessor of that property.
pub fn define_known(
    object: &JsObject,
    name: JsString,
    attributes: Attribute,
    value: JsValue,
    context: &mut Context,
) {
    let late = Late {
        holder: object.clone(),
        name,
        attributes,
        make: Maker::Native(|_| Ok(JsValue::undefined())),
        value: Gc::new(GcRefCell::new(None)),
        getter: Gc::new(GcRefCell::new(None)),
    };
    late.become_value(value, context);
    late.define(context);
}

/// The same as [`define_lazy`] with a name that is known at run time, made by Rust or by script.
pub fn define_late(
    object: &JsObject,
    name: JsString,
    attributes: Attribute,
    make: Maker,
    context: &mut Context,
) {
    let late = Late {
        holder: object.clone(),
        name: name.clone(),
        attributes,
        make,
        value: Gc::new(GcRefCell::new(None)),
        getter: Gc::new(GcRefCell::new(None)),
    };
    late.define(context);
}
