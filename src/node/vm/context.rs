//! Contexts: realms of their own, and which object of the program stands for which.

use std::cell::{OnceCell, RefCell};

use boa_engine::{
    Context, Finalize, JsData, JsError, JsNativeError, JsObject, JsResult, Trace,
    object::builtins::JsWeakMap, realm::Realm,
};

use super::global::{self, Seed};
use crate::{engine, runtime::State};

/// A context, as the object that stands for it remembers it.
#[derive(Clone, Trace, Finalize, JsData)]
pub struct Record {
    /// The realm.
    pub realm: Realm,
    /// Whether its promises are served when a script ends, and not with everybody's.
    #[unsafe_ignore_trace]
    pub own_microtasks: bool,
}

/// What a context is made with.
#[derive(Clone, Copy)]
pub struct Settings {
    /// `codeGeneration.strings`
    pub strings: bool,
    /// `microtaskMode: 'afterEvaluate'`
    pub own_microtasks: bool,
    /// Whether the `import()` of code from strings goes to the loader of the program.
    pub loads: bool,
}

/// In the host-defined data of a realm whose global object is a proxy.
#[derive(Trace, Finalize, JsData)]
struct OwnGlobals(JsObject);

/// In that of a realm that makes no code from strings.
#[derive(Trace, Finalize, JsData)]
struct NoStrings;

/// In that of a realm where `import()` in code from strings goes to the loader of the program.
#[derive(Trace, Finalize, JsData)]
struct Loads;

/// The contexts of one runtime.
#[derive(Default)]
pub struct Contexts {
    known: OnceCell<JsWeakMap>,
    main: RefCell<Option<Realm>>,
}

impl Contexts {
    /// The realm of the main program. The first call says which it is.
    pub fn main(&self, context: &Context) -> Realm {
        self.main
            .borrow_mut()
            .get_or_insert_with(|| context.realm().clone())
            .clone()
    }

    /// The globals behind the proxy of the realm that the context is in, if it has one.
    pub fn own_globals(&self, context: &Context) -> Option<JsObject> {
        let realm = context.realm().clone();
        let data = realm.host_defined();
        data.get::<OwnGlobals>().map(|own| own.0.clone())
    }

    /// The context that an object stands for.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn find(&self, object: &JsObject, context: &mut Context) -> JsResult<Option<Record>> {
        let Some(known) = self.known.get() else {
            return Ok(None);
        };
        let found = known.get(object, context)?;
        let found = found.as_object();
        Ok(found.and_then(|found| found.downcast_ref::<Record>().map(|record| record.clone())))
    }

    /// Makes the context of `sandbox`; without one the global object of the new realm stands for it. Returns the object
    /// that stands for it.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn make(
        &self,
        sandbox: Option<JsObject>,
        settings: Settings,
        context: &mut Context,
    ) -> JsResult<JsObject> {
        let state = State::of(context);
        let seed = match &sandbox {
            Some(_) => {
                let seed = Seed::new(context)?;
                state.next_global.put(&seed);
                Some(seed)
            }
            None => None,
        };
        let realm = context.create_realm()?;
        if let Some(seed) = &seed {
            let own = global::own_of(seed);
            realm.host_defined_mut().insert(OwnGlobals(own));
        }
        if !settings.strings {
            realm.host_defined_mut().insert(NoStrings);
        }
        if settings.loads {
            realm.host_defined_mut().insert(Loads);
        }
        let old = context.enter_realm(realm.clone());
        let prepared = engine::set_up_realm(context);
        let global = context.global_object();
        context.enter_realm(old);
        prepared?;
        let holder = match (sandbox, seed) {
            (Some(sandbox), Some(seed)) => {
                seed.attach(sandbox.clone());
                sandbox
            }
            _ => global,
        };
        let record = Record {
            realm,
            own_microtasks: settings.own_microtasks,
        };
        let record = JsObject::from_proto_and_data(None, record);
        let known = self.known.get_or_init(|| JsWeakMap::new(context));
        known.set(&holder, record.into(), context)?;
        Ok(holder)
    }
}

/// Refuses code from strings in a realm that was made so.
///
/// # Errors
/// V8's `EvalError`.
pub fn check_code_generation(realm: &Realm, context: &Context) -> JsResult<()> {
    if is_allowed_by_options(realm, context) && realm.host_defined().get::<NoStrings>().is_none() {
        return Ok(());
    }
    Err(JsError::from_native(JsNativeError::eval().with_message(
        "Code generation from strings disallowed for this context",
    )))
}

/// `--disallow-code-generation-from-strings` is about the program's own realm.
fn is_allowed_by_options(realm: &Realm, context: &Context) -> bool {
    let Some(state) = State::try_of(context) else {
        return true;
    };
    state.options.code_from_strings || *realm != state.slot::<Contexts>().main(context)
}

/// Whether `import()` in code from strings is served in a realm: in the program's own, and where the program said so.
pub fn loads_imports(realm: &Realm, context: &Context) -> bool {
    let main = State::of(context).slot::<Contexts>().main(context);
    *realm == main || realm.host_defined().get::<Loads>().is_some()
}
