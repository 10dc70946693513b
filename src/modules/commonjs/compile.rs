//! From source text to a module that has run: the wrapper function, and the way out for files that turn out to be ES
//! modules.

use std::path::Path;

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, Script, Source, js_string};

use super::super::{esm, lexer::body_for_engine, paths, syntax};
use super::make_require;
use crate::{
    engine::{nesting, stack},
    node::errors,
    runtime::State,
};

/// What stands before and after the text of a module: `Module.wrapper`.
pub const WRAPPER: [&str; 2] = [
    "(function (exports, require, module, __filename, __dirname) { ",
    "\n});",
];

/// Compiles `source` as the code of `module` and runs it.
///
/// # Errors
/// A `SyntaxError`, or what the code throws.
pub fn run_source(
    module: &JsObject,
    source: &str,
    filename: &str,
    may_be_esm: bool,
    context: &mut Context,
) -> JsResult<JsValue> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    nesting::check(source)?;
    let compiled = match changed_wrapper(context)? {
        Some(wrapper) => compile_in(&wrapper, source, filename, context),
        None => compile(source, filename, context),
    };
    let function = match compiled {
        Ok(function) => function,
        Err(_) if may_be_esm && syntax::parses_as_module(source) => {
            esm::run_as_commonjs(module, filename, Some(source), context)?;
            return Ok(JsValue::undefined());
        }
        Err(error)
            if may_be_esm && syntax::stumbled_over_module_syntax(&error, source, context) =>
        {
            // Meant as an ES module, and no good as one either: it is the error of that kind that helps.
            let url = paths::to_file_url(Path::new(filename));
            return esm::module_for_text(&url, source, context).and(Err(error));
        }
        Err(error) => match syntax::without_contextual_names(source) {
            Some(source) => compile(&source, filename, context).map_err(|_| error)?,
            None => return Err(error),
        },
    };
    let exports = module.get(js_string!("exports"), context)?;
    let require = make_require(module, context)?;
    let directory = Path::new(filename).parent().unwrap_or(Path::new(filename));
    let arguments = [
        exports.clone(),
        require.into(),
        module.clone().into(),
        JsString::from(filename).into(),
        JsString::from(directory.to_string_lossy().as_ref()).into(),
    ];
    function.call(&exports, &arguments, context)
}

/// `Module.wrapper`, where a program has changed it.
fn changed_wrapper(context: &mut Context) -> JsResult<Option<[String; 2]>> {
    let Some(class) = State::of(context).modules.commonjs.class.borrow().clone() else {
        return Ok(None);
    };
    let Some(wrapper) = class.get(js_string!("wrapper"), context)?.as_object() else {
        return Ok(None);
    };
    let mut part = |at: u32| -> JsResult<String> {
        let part = wrapper.get(at, context)?.to_string(context)?;
        Ok(part.to_std_string_lossy())
    };
    let parts = [part(0)?, part(1)?];
    Ok(Some(parts).filter(|parts| *parts != WRAPPER))
}

/// The function that a program's own wrapper makes of a module's code.
fn compile_in(
    [head, tail]: &[String; 2],
    source: &str,
    filename: &str,
    context: &mut Context,
) -> JsResult<JsObject> {
    let comment = if source.starts_with("#!") { "//" } else { "" };
    let wrapped = format!("{head}{comment}{}{tail}", body_for_engine(source));
    let script = Script::parse(
        Source::from_bytes(&wrapped).with_path(Path::new(filename)),
        None,
        context,
    )?;
    let made = script.evaluate(context)?;
    made.as_callable()
        .ok_or_else(|| errors::type_error("Module.wrapper does not make a function", context))
}

/// The function around a module's code.
pub fn compile(source: &str, filename: &str, context: &mut Context) -> JsResult<JsObject> {
    let [head, tail] = [stack::WRAPPER_PREFIX, stack::WRAPPER_SUFFIX];
    let mut wrapped = String::with_capacity(head.len() + source.len() + tail.len() + 2);
    wrapped.push_str(head);
    if source.starts_with("#!") {
        // A comment to the system, so one to the engine.
        wrapped.push_str("//");
    }
    wrapped.push_str(&body_for_engine(source));
    wrapped.push_str(tail);
    let state = State::of(context);
    state
        .modules
        .wrapped
        .borrow_mut()
        .insert(filename.to_owned());
    let parsed = Script::parse(
        Source::from_bytes(&wrapped).with_path(Path::new(filename)),
        None,
        context,
    );
    match parsed.and_then(|script| script.evaluate(context)) {
        Ok(holder) => {
            let function = holder
                .as_object()
                .map(|holder| holder.get(js_string!(stack::WRAPPER_KEY), context))
                .transpose()?;
            Ok(function
                .and_then(|function| function.as_object())
                .expect("the wrapper is an object with one function"))
        }
        Err(error) => Err(syntax::explain(
            error,
            source,
            filename,
            head.len(),
            context,
        )),
    }
}
