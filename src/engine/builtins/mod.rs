//! Natives in place of built-ins of the engine that are slow by an order of magnitude, or whose cost grows with the
//! square of the length. Each takes the plain case (a string for a string, an array nobody has tampered with) and leaves
//! every other to the function that it replaces, before anything of it has been evaluated: what script can observe
//! is the engine's own behaviour. The figures are in ARCHITECTURE.md.

mod arrays;
mod keyed;
mod promises;
mod regexps;
mod search;
mod sorting;
mod strings;
mod timsort;
mod typed;

pub use typed::bring_near_to;

use boa_engine::{
    Context, Finalize, JsData, JsObject, JsResult, JsString, JsValue, NativeFunction, Trace,
    object::FunctionObjectBuilder, property::PropertyKey,
};

use super::native::{self, METHOD};

/// The quick way of a built-in; `None` leaves the call to the engine's function.
type Quick = fn(&JsValue, &[JsValue], &mut Context) -> JsResult<Option<JsValue>>;

/// A method that is replaced: its name, its `length`, the quick way.
type Method = (&'static str, usize, Quick);

#[derive(Clone, Trace, Finalize)]
struct Replaced {
    original: JsObject,
    #[unsafe_ignore_trace]
    quick: Quick,
}

/// Functions of the engine as a realm was given them, before script could change anything. Each realm keeps its own.
#[derive(Trace, Finalize, JsData)]
struct Originals {
    /// The getter of `Array[Symbol.species]`.
    species: Option<JsObject>,
    /// `RegExp.prototype.exec`
    exec: Option<JsObject>,
    /// What iterates arrays.
    iteration: Option<arrays::Iteration>,
    /// What script sees of promises that the engine makes.
    promises: Option<promises::Seen>,
}

impl Originals {
    fn keep(context: &Context) {
        let originals = Self {
            species: arrays::species(context),
            exec: regexps::current_exec(context),
            iteration: arrays::iteration(context),
            promises: promises::seen(context),
        };
        context.realm().host_defined_mut().insert(originals);
    }

    /// Whether arrays are iterated as they were.
    fn iterates(now: &arrays::Iteration, context: &Context) -> bool {
        let realm = context.realm().host_defined();
        realm.get::<Self>().and_then(|kept| kept.iteration.as_ref()) == Some(now)
    }

    /// What script sees of promises, if nobody has changed it.
    fn promises(context: &Context) -> Option<promises::Seen> {
        let now = promises::seen(context);
        let realm = context.realm().host_defined();
        let kept = realm.get::<Self>()?;
        now.filter(|now| kept.promises.as_ref() == Some(now))
    }

    /// One of those of the realm whose function runs.
    fn of(context: &Context, which: fn(&Self) -> &Option<JsObject>) -> Option<JsObject> {
        let realm = context.realm().host_defined();
        realm.get::<Self>().and_then(|kept| which(kept).clone())
    }
}

/// Replaces the methods in the realm that the context has entered; call it before the intrinsics are captured.
///
/// # Errors
/// None but those of the engine.
pub fn install(context: &mut Context) -> JsResult<()> {
    Originals::keep(context);
    let constructors = context.intrinsics().constructors();
    replace(
        &constructors.string().prototype(),
        strings::METHODS,
        context,
    );
    replace(&constructors.array().prototype(), arrays::METHODS, context);
    replace(&constructors.array().prototype(), sorting::ARRAYS, context);
    replace(
        &constructors.array().constructor(),
        arrays::STATICS,
        context,
    );
    replace(
        &constructors.promise().constructor(),
        promises::STATICS,
        context,
    );
    replace(
        &constructors.typed_array().prototype(),
        typed::METHODS,
        context,
    );
    replace(
        &constructors.typed_array().prototype(),
        sorting::TYPED,
        context,
    );
    typed::bring_near(context);
    replace(&constructors.map().prototype(), keyed::MAP, context);
    replace(&constructors.set().prototype(), keyed::SET, context);
    replace(
        &constructors.regexp().prototype(),
        regexps::METHODS,
        context,
    );
    Ok(())
}

fn replace(holder: &JsObject, methods: &[Method], context: &Context) {
    for &(name, length, quick) in methods {
        let name = JsString::from(name);
        let key = PropertyKey::from(name.clone());
        let found = holder.borrow().properties().get(&key);
        let Some(original) = found.and_then(|found| found.value()?.as_object()) else {
            continue;
        };
        let function = NativeFunction::from_copy_closure_with_captures(
            |this, args, replaced: &Replaced, context| match (replaced.quick)(this, args, context)?
            {
                Some(result) => Ok(result),
                None => replaced.original.call(this, args, context),
            },
            Replaced { original, quick },
        );
        let function = FunctionObjectBuilder::new(context.realm(), function)
            .name(name)
            .length(length)
            .build();
        holder.insert_property(key, native::property(function, METHOD));
    }
}
