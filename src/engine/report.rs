//! The text that an uncaught error prints: where it was thrown, the source line with a caret, the error as
//! `util.inspect` shows it. Syntax errors get their place when the loader meets them.

use std::cell::Cell;

use boa_engine::{
    Context, JsObject, JsString, JsValue, builtins::error::Error as ErrorData, js_string,
};

use super::{
    registry,
    stack::{self, Frame},
};
use crate::{modules::syntax_error_location, node::errors, runtime::State};

/// The report of an uncaught value, with its line breaks. `thrown` is where a value was thrown that is no error
/// ([`stack::thrown_at`]).
pub fn uncaught_at(value: &JsValue, thrown: Option<Frame>, context: &mut Context) -> String {
    let error = value.as_object().filter(|object| object.is::<ErrorData>());
    let Some(error) = error else {
        let place = thrown
            .and_then(|frame| arrow_of_throw(frame, context))
            .unwrap_or_default();
        let hint = match value.is_object() {
            true => "",
            false => "(Use `ouro --trace-uncaught ...` to show where the exception was thrown)\n",
        };
        let shown = match value.as_string() {
            Some(text) => text.to_std_string_lossy(),
            None => inspect(value, context),
        };
        return format!("\n{place}{shown}\n{hint}\n{}\n", version_line());
    };
    let shown = without_brackets(inspect(value, context), &error, context);
    if has_arrow(&shown) {
        return format!("{shown}\n\n{}\n", version_line());
    }
    if let Some(location) = syntax_error_location(&error, context) {
        return format!("{}\n{shown}\n\n{}\n", location.arrow(), version_line());
    }
    let frames = stack::improved_frames_of(&error, context);
    let frame = frames.into_iter().find(|frame| {
        !frame.native && !frame.is_internal() && !frame.path.is_empty() && frame.line > 0
    });
    let place = match frame {
        Some(frame) => arrow(&frame, context).map(|arrow| format!("{arrow}\n")),
        None => None,
    };
    format!(
        "{}{shown}\n\n{}\n",
        place.unwrap_or_default(),
        version_line()
    )
}

/// `util.inspect` puts an error without frames in brackets; a report has no need of them.
fn without_brackets(shown: String, error: &JsObject, context: &mut Context) -> String {
    let stack = error
        .get(js_string!("stack"), context)
        .ok()
        .and_then(|stack| stack.as_string());
    let Some(stack) = stack.map(|stack| stack.to_std_string_lossy()) else {
        return shown;
    };
    match shown.strip_prefix(&format!("[{stack}]")) {
        Some(rest) if is_headed(&stack, error, context) => format!("{stack}{rest}"),
        _ => shown,
    }
}

/// Whether a stack starts with the error's name; one that script has set is shown in brackets, as in Node.
fn is_headed(stack: &str, error: &JsObject, context: &mut Context) -> bool {
    let name = error
        .get(js_string!("name"), context)
        .ok()
        .and_then(|name| name.as_string());
    name.is_some_and(|name| stack.starts_with(&name.to_std_string_lossy()))
}

/// The report of an uncaught value of which no more is known.
pub fn uncaught(value: &JsValue, context: &mut Context) -> String {
    uncaught_at(value, None, context)
}

/// The last line of a report.
fn version_line() -> String {
    format!("Ouro v{}", env!("CARGO_PKG_VERSION"))
}

/// `path:line`, the source line, a caret; each with its line break.
pub fn arrow(frame: &Frame, context: &mut Context) -> Option<String> {
    let line = stack::source_line(&frame.path, frame.line, context)?;
    let mut column = frame.column.max(1) as usize - 1;
    // Of `throw new Error()` the caret marks the statement, as in Node.
    let before: String = line.chars().take(column).collect();
    if let Some(head) = before.trim_end().strip_suffix("throw")
        && !head.ends_with(stack::source::is_name)
    {
        column = head.chars().count();
    }
    Some(pointed(&frame.file(), frame.shown_line(), &line, column))
}

/// The same, with the caret at the `throw` before the place, where the line has one.
fn arrow_of_throw(mut frame: Frame, context: &mut Context) -> Option<String> {
    let line = stack::source_line(&frame.path, frame.line, context)?;
    let before: String = line.chars().take(frame.column as usize).collect();
    if let Some(at) = before.rfind("throw") {
        frame.column = before[..at].chars().count() as u32 + 1;
    }
    arrow(&frame, context)
}

/// Lines longer than this are no help with a caret below them.
const LONGEST_LINE: usize = 2000;

fn pointed(file: &str, line_number: u32, line: &str, column: usize) -> String {
    if line.len() > LONGEST_LINE {
        return format!("{file}:{line_number}\n");
    }
    // Tabs stay tabs, so that the caret stands where it should.
    let indent: String = line
        .chars()
        .take(column)
        .map(|symbol| if symbol == '\t' { '\t' } else { ' ' })
        .collect();
    let missing = " ".repeat(column.saturating_sub(line.chars().count()));
    format!("{file}:{line_number}\n{line}\n{indent}{missing}^\n")
}

/// Whether a stack already starts with a place and a caret.
pub fn has_arrow(shown: &str) -> bool {
    let mut lines = shown.lines();
    let place = lines.next().and_then(|line| line.rsplit_once(':'));
    place.is_some_and(|(_, number)| {
        !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit())
    }) && lines.nth(1).is_some_and(|line| {
        let carets = line.trim();
        !carets.is_empty() && carets.bytes().all(|symbol| symbol == b'^')
    })
}

/// A value as `util.inspect` shows it.
pub fn inspect(value: &JsValue, context: &mut Context) -> String {
    errors::inspect(value, context)
}

/// Set while `util.inspect` runs for us: an error that it makes itself must not ask for it again.
#[derive(Default)]
struct Inspecting(Cell<bool>);

/// An object as `util.inspect` shows it; without that an error's stack, else `None`.
pub fn inspect_object(object: &JsObject, context: &mut Context) -> Option<String> {
    let state = State::try_of(context)?;
    let inspecting = state.slot::<Inspecting>();
    let shown = match inspecting.0.replace(true) {
        true => None,
        false => {
            let shown = call_inspect(object, context);
            inspecting.0.set(false);
            shown
        }
    };
    if shown.is_none() && object.is::<ErrorData>() {
        let stack = object.get(js_string!("stack"), context).ok()?;
        return Some(stack.as_string()?.to_std_string_lossy());
    }
    shown
}

fn call_inspect(object: &JsObject, context: &mut Context) -> Option<String> {
    if !registry::exists("util/inspect") {
        return None;
    }
    let module = registry::require("util/inspect", context).ok()?;
    let inspect = module
        .as_object()?
        .get(js_string!("inspect"), context)
        .ok()?
        .as_callable()?;
    let shown = inspect
        .call(&JsValue::undefined(), &[object.clone().into()], context)
        .ok()?;
    shown
        .as_string()
        .as_ref()
        .map(JsString::to_std_string_lossy)
}

#[cfg(test)]
mod tests {
    use super::{has_arrow, pointed};

    #[test]
    fn a_caret_stands_below_its_column() {
        assert_eq!(
            pointed("/a.js", 3, "\tfoo(", 5),
            "/a.js:3\n\tfoo(\n\t    ^\n"
        );
        assert_eq!(pointed("/a.js", 1, "ab", 4), "/a.js:1\nab\n    ^\n");
    }

    #[test]
    fn stacks_with_a_caret_are_known() {
        assert!(has_arrow("/a.js:3\nfoo(\n   ^\n\nSyntaxError: x"));
        assert!(!has_arrow(
            "Error: x\n    at f (/a.js:3:1)\n    at g (/a.js:4:1)"
        ));
    }
}
