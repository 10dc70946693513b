//! The modules of `vm` (`--experimental-vm-modules`): texts whose imports the program itself answers.
//!
//! `modules.js` asks the program for each import and says here which module it is; when a graph is complete the engine loads
//! it, and is given those. Synthetic modules are texts too, made up in `modules.js`: so their exports can change at any time.

use std::{cell::RefCell, convert::Infallible, ops::ControlFlow, path::Path, time::Duration};

use boa_ast::{
    StatementListItem,
    declaration::{ExportDeclaration, ImportAttribute, ImportDeclaration, ModuleSpecifier},
    scope::Scope,
    visitor::Visitor,
};
use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, Module, Source, module::ModuleRequest,
    object::builtins::JsArray, realm::Realm,
};
use boa_interner::{Interner, Sym};
use boa_parser::Parser;
use rustc_hash::FxHashMap;

use super::{
    deadline::Limits,
    imports::{self, Served},
    script::{explained, limited, with_arrow},
    text::Text,
};
use crate::{
    engine::{
        nesting,
        stack::{self, mark::Mark},
    },
    modules::{evaluate_module, lexer::for_engine, link_module},
    node::errors,
    runtime::State,
};

/// A module of the program's.
struct Known {
    module: Module,
    realm: Realm,
    own_microtasks: bool,
    served: Served,
    requests: Vec<Request>,
    /// Fills `import.meta`.
    meta: Option<JsObject>,
}

/// What a module imports.
struct Request {
    specifier: JsString,
    attributes: Vec<(JsString, JsString)>,
    /// What the program said it is.
    answer: Option<Module>,
}

/// The modules of one runtime, by number. The engine never lets go of a module, so neither does this.
#[derive(Default)]
pub struct Modules {
    known: RefCell<FxHashMap<u32, Known>>,
}

impl Modules {
    fn module(&self, id: &JsValue) -> Option<Module> {
        let known = self.known.borrow();
        Some(known.get(&number(id))?.module.clone())
    }
}

fn number(id: &JsValue) -> u32 {
    id.as_number().map_or(0, |id| id as u32)
}

/// What the program said that a static import is.
///
/// # Errors
/// `ERR_VM_MODULE_LINK_FAILURE` where it said nothing.
pub fn answer(mark: &Mark<'_>, request: &ModuleRequest, context: &mut Context) -> JsResult<Module> {
    let modules = State::of(context).slot::<Modules>();
    let found = modules.known.borrow().get(&mark.id).and_then(|known| {
        let wanted = known.requests.iter().find(|known| {
            known.specifier == *request.specifier()
                && known.attributes.len() == request.attributes().len()
                && known.attributes.iter().all(|(key, value)| {
                    request
                        .attributes()
                        .iter()
                        .any(|given| given.key() == key && given.value() == value)
                })
        });
        wanted.and_then(|wanted| wanted.answer.clone())
    });
    found.ok_or_else(|| {
        let specifier = request.specifier().to_std_string_lossy();
        let message = format!("request for '{specifier}' is not yet fulfilled");
        let message = JsString::from(message).into();
        errors::node_error("ERR_VM_MODULE_LINK_FAILURE", &[message], context)
    })
}

/// Whether a module is one of the program's, whose `import.meta` it fills itself.
pub fn fill_meta(meta: &JsObject, module: &Module, context: &mut Context) -> bool {
    let path = module
        .path()
        .map(|path| path.to_string_lossy().into_owned());
    let Some(mark) = path.as_deref().and_then(Mark::read) else {
        return false;
    };
    let modules = State::of(context).slot::<Modules>();
    let fill = modules
        .known
        .borrow()
        .get(&mark.id)
        .and_then(|known| known.meta.clone());
    if let Some(fill) = fill {
        // There is nobody to tell of what it throws.
        let _ = fill.call(&JsValue::undefined(), &[meta.clone().into()], context);
    }
    true
}

/// `makeModule(text, identifier, lineOffset, columnOffset, imports, context, initializeImportMeta)`: `[number, requests]`,
/// where a request is `[specifier, attributes]`.
pub fn make(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let given = Text::of(args, context)?;
    let (name, line_offset) = (&given.name, given.line_offset);
    let text = given.source.to_std_string_lossy();
    nesting::check(&text)?;
    let mark = given.mark(1, context);
    let record = given.record(context)?;
    let realm = given.realm(context)?;
    // The engine wants something after an `export { … }`.
    let readable = format!("{}\n;", for_engine(&given.served.rewritten(&text)));
    stack::register_script(mark.id, &readable, context);
    let requests = requests(&readable).map_err(|error| {
        let error = explained(error, &text, 0, name, line_offset, context);
        with_arrow(error, context)
    })?;
    let path = mark.path();
    let old = context.enter_realm(realm.clone());
    let source = Source::from_bytes(&readable).with_path(Path::new(&path));
    let parsed = Module::parse(source, None, context);
    context.enter_realm(old);
    let module = parsed.map_err(|error| {
        let error = explained(error, &text, 0, name, line_offset, context);
        with_arrow(error, context)
    })?;
    let shown = shown(&requests, context)?;
    let id = mark.id;
    let known = Known {
        module,
        realm,
        own_microtasks: record.is_some_and(|record| record.own_microtasks),
        served: given.served,
        requests,
        meta: args.get_or_undefined(6).as_callable(),
    };
    State::of(context)
        .slot::<Modules>()
        .known
        .borrow_mut()
        .insert(id, known);
    Ok(JsArray::from_iter([id.into(), shown.into()], context).into())
}

/// What a text imports statically, each once, in its order.
fn requests(text: &str) -> JsResult<Vec<Request>> {
    let mut interner = Interner::default();
    let parsed =
        Parser::new(Source::from_bytes(text)).parse_module(&Scope::new_global(), &mut interner)?;
    let mut visitor = Requests {
        interner: &interner,
        list: Vec::new(),
    };
    let _ = visitor.visit_module_item_list(parsed.items());
    Ok(visitor.list)
}

/// Collects what the declarations of a module import.
struct Requests<'a> {
    interner: &'a Interner,
    list: Vec<Request>,
}

impl Requests<'_> {
    fn add(&mut self, specifier: ModuleSpecifier, attributes: &[ImportAttribute]) {
        let string = |name: Sym| JsString::from(self.interner.resolve_expect(name).utf16());
        let request = Request {
            specifier: string(specifier.sym()),
            attributes: attributes
                .iter()
                .map(|attribute| (string(attribute.key()), string(attribute.value())))
                .collect(),
            answer: None,
        };
        let is_known = self.list.iter().any(|known| {
            known.specifier == request.specifier && known.attributes == request.attributes
        });
        if !is_known {
            self.list.push(request);
        }
    }
}

impl<'ast> Visitor<'ast> for Requests<'_> {
    type BreakTy = Infallible;

    fn visit_import_declaration(
        &mut self,
        import: &'ast ImportDeclaration,
    ) -> ControlFlow<Infallible> {
        self.add(import.specifier(), import.attributes());
        ControlFlow::Continue(())
    }

    fn visit_export_declaration(
        &mut self,
        export: &'ast ExportDeclaration,
    ) -> ControlFlow<Infallible> {
        if let ExportDeclaration::ReExport {
            specifier,
            attributes,
            ..
        } = export
        {
            self.add(*specifier, attributes);
        }
        ControlFlow::Continue(())
    }

    fn visit_statement_list_item(&mut self, _: &'ast StatementListItem) -> ControlFlow<Infallible> {
        ControlFlow::Continue(())
    }
}

fn shown(requests: &[Request], context: &mut Context) -> JsResult<JsArray> {
    let mut list = Vec::with_capacity(requests.len());
    for request in requests {
        let attributes = JsObject::with_null_proto();
        for (key, value) in &request.attributes {
            attributes.create_data_property_or_throw(key.clone(), value.clone(), context)?;
        }
        let pair = [request.specifier.clone().into(), attributes.into()];
        list.push(JsArray::from_iter(pair, context).into());
    }
    Ok(JsArray::from_iter(list, context))
}

/// `answerRequest(number, index, answer)`: the request at `index` means the module with the number `answer`.
pub fn answer_request(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let modules = State::of(context).slot::<Modules>();
    let answer = modules.module(args.get_or_undefined(2));
    let index = number(args.get_or_undefined(1)) as usize;
    let mut known = modules.known.borrow_mut();
    if let Some(known) = known.get_mut(&number(args.get_or_undefined(0)))
        && let Some(request) = known.requests.get_mut(index)
    {
        request.answer = answer;
    }
    Ok(JsValue::undefined())
}

/// `instantiate(number)`: links a graph whose requests are all answered.
pub fn instantiate(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let modules = State::of(context).slot::<Modules>();
    if let Some(module) = modules.module(args.get_or_undefined(0)) {
        link_module(&module, context)?;
    }
    Ok(JsValue::undefined())
}

/// `evaluateModule(number, timeout, breakOnSigint)`: a promise.
pub fn evaluate(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    let modules = state.slot::<Modules>();
    let found = {
        let known = modules.known.borrow();
        known.get(&number(args.get_or_undefined(0))).map(|known| {
            (
                known.module.clone(),
                known.realm.clone(),
                known.own_microtasks,
                known.served.key.is_some(),
            )
        })
    };
    let Some((module, realm, own_microtasks, imports)) = found else {
        return Ok(JsValue::undefined());
    };
    let limits = Limits {
        time: args
            .get_or_undefined(1)
            .as_number()
            .map(|milliseconds| Duration::from_secs_f64(milliseconds / 1000.0)),
        on_sigint: args.get_or_undefined(2).to_boolean(),
    };
    let old = context.enter_realm(realm);
    let defined = match imports {
        true => imports::define(context),
        false => Ok(()),
    };
    let outcome = defined.and_then(|()| {
        limited(limits, own_microtasks, context, |context| {
            evaluate_module(&module, context).map(JsValue::from)
        })
    });
    context.enter_realm(old);
    outcome
}

/// `hasTopLevelAwait(text)`
pub fn has_top_level_await(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(context)?;
    Ok(crate::modules::has_top_level_await(&text.to_std_string_lossy()).into())
}

/// `namespaceOf(number)`
pub fn namespace(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let modules = State::of(context).slot::<Modules>();
    Ok(modules
        .module(args.get_or_undefined(0))
        .map_or(JsValue::undefined(), |module| {
            module.namespace(context).into()
        }))
}
