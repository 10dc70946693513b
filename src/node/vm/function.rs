//! `compileFunction`: a function whose body is a text, with parameters, in a context, with objects whose properties are names
//! in its scope.
//!
//! The engine compiles scripts only, so the text is read as the body of a function expression. Body and parameters are
//! parsed alone before, so that no text gets out of its place.

use std::path::Path;

use boa_ast::{Expression, Statement, StatementListItem, scope::Scope};
use boa_engine::{Context, JsArgs, JsError, JsResult, JsValue, Source, object::builtins::JsArray};
use boa_interner::Interner;
use boa_parser::Parser;

use super::{
    imports,
    script::{explained, with_arrow},
    text::Text,
};
use crate::{
    engine::{nesting, stack},
    modules::{SyntaxErrorLocation, lexer::body_for_engine, remember_syntax_error},
    node::errors::{self, Base},
};

/// `compileFunction(text, filename, lineOffset, columnOffset, imports, context, extensions, parameters)`
pub fn compile(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let given = Text::of(args, context)?;
    let body = given.source.to_std_string_lossy();
    let extensions = list(args.get_or_undefined(6), context)?;
    let mut parameters = Vec::new();
    for parameter in list(args.get_or_undefined(7), context)? {
        parameters.push(parameter.to_string(context)?.to_std_string_lossy());
    }
    nesting::check(&body)?;
    if let Err(wrong) = check(&parameters, &body) {
        let (name, line_offset) = (&given.name, given.line_offset);
        let error = match wrong {
            Wrong::Syntax(error, prefix) => {
                explained(error, &body, prefix, name, line_offset, context)
            }
            Wrong::GetsOut => {
                let error = errors::plain(Base::Syntax, "Unexpected token '}'", context);
                let at = first_closing(&body);
                let mut place = SyntaxErrorLocation::of_range(&body, at, at + 1, name);
                place.line = place.line.saturating_add_signed(line_offset);
                remember_syntax_error(&error, place, context);
                error
            }
        };
        return Err(with_arrow(error, context));
    }

    let mark = given.mark(2, context);
    let realm = given.realm(context)?;
    let body = given.served.rewritten(&body);
    let source = wrapped(&parameters, &body, extensions.len());
    stack::register_script(mark.id, &source, context);
    let path = mark.path();
    let old = context.enter_realm(realm);
    let defined = match given.served.key {
        Some(_) => imports::define(context),
        None => Ok(()),
    };
    let outcome = defined.and_then(|()| make(&source, &path, &extensions, context));
    context.enter_realm(old);
    outcome
}

fn list(value: &JsValue, context: &mut Context) -> JsResult<Vec<JsValue>> {
    let Some(object) = value.as_object() else {
        return Ok(Vec::new());
    };
    let array = JsArray::from_object(object)?;
    (0..array.length(context)?)
        .map(|index| array.get(index, context))
        .collect()
}

/// What is wrong with a text.
enum Wrong {
    /// The parser says so, after so many columns that aren't the program's.
    Syntax(JsError, usize),
    /// It ends what it is in.
    GetsOut,
}

/// Whether the parameters are parameters and the body is a body.
fn check(parameters: &[String], body: &str) -> Result<(), Wrong> {
    for parameter in parameters {
        parse(&format!("(function ({parameter}"), "\n) {})")?;
    }
    parse(&format!("(function () {{{}", body_for_engine(body)), "\n})")?;
    // Together: a directive of the body may forbid a parameter.
    let whole = format!(
        "(function ({}) {{{}",
        parameters.join(", "),
        body_for_engine(body)
    );
    parse(&whole, "\n})")
}

/// Whether a text with its end is one function and nothing beside.
fn parse(text: &str, end: &str) -> Result<(), Wrong> {
    let prefix = text.find('{').map_or(0, |at| at + 1);
    let whole = format!("{text}{end}");
    let script = Parser::new(Source::from_bytes(&whole))
        .parse_script(&Scope::new_global(), &mut Interner::default())
        .map_err(|error| Wrong::Syntax(JsError::from(error), prefix))?;
    let is_function =
        |expression: &Expression| matches!(expression, Expression::FunctionExpression(_));
    match script.statements().statements() {
        [StatementListItem::Statement(statement)] => match &**statement {
            Statement::Expression(Expression::Parenthesized(inside))
                if is_function(inside.expression()) =>
            {
                Ok(())
            }
            Statement::Expression(expression) if is_function(expression) => Ok(()),
            _ => Err(Wrong::GetsOut),
        },
        _ => Err(Wrong::GetsOut),
    }
}

/// Where a body ends what it is in.
fn first_closing(body: &str) -> usize {
    let mut depth = 0_u32;
    for (at, byte) in body.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return at,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    body.len()
}

/// The text that the engine reads. Its second line is the first of the body.
fn wrapped(parameters: &[String], body: &str, extensions: usize) -> String {
    let names: Vec<String> = (0..extensions).map(|index| format!("$e{index}")).collect();
    let open: String = names.iter().map(|name| format!("with({name}){{")).collect();
    let close = "}".repeat(extensions);
    format!(
        "(function ({}) {{{open}return (function ({}) {{\n{}\n}});{close}}})",
        names.join(","),
        parameters.join(", "),
        body_for_engine(body)
    )
}

fn make(
    source: &str,
    path: &str,
    extensions: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let source = Source::from_bytes(source).with_path(Path::new(path));
    let maker = boa_engine::Script::parse(source, None, context)?.evaluate(context)?;
    let made = match maker.as_callable() {
        Some(maker) => maker.call(&JsValue::undefined(), extensions, context)?,
        None => JsValue::undefined(),
    };
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn no_text_gets_out_of_its_place() {
        let none: [&str; 0] = [];
        let cases: [(&[&str], &str, bool); 7] = [
            (&["a", "b = {}"], "return a", true),
            (&none, "// no line break", true),
            (&none, "}); (function() {", false),
            (&none, "}, function() {", false),
            (&["a) {}, function (b"], "", false),
            (&["a, ...b"], "return b", true),
            (&none, "return", true),
        ];
        for (parameters, body, expected) in cases {
            let parameters: Vec<String> = parameters.iter().map(|&text| text.to_owned()).collect();
            assert_eq!(check(&parameters, body).is_ok(), expected, "{body}");
        }
    }
}
