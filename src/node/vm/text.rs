//! What `vm.js` says of each text that is compiled, whatever it is compiled to: the first six arguments of `compile`,
//! `compileFunction` and `makeModule` are the same, and so is the mark that is made of them.

use boa_engine::{Context, JsArgs, JsResult, JsString, JsValue, realm::Realm};

use super::{context::Record, imports::Served, main_realm, offset, record_of, script::Numbers};
use crate::engine::stack::mark::Mark;

/// `(text, filename, lineOffset, columnOffset, imports, context)`
pub struct Text {
    /// As the program has it.
    pub source: JsString,
    /// The file name.
    pub name: String,
    /// Added to lines.
    pub line_offset: i32,
    /// Who serves `import()`.
    pub served: Served,
    column_offset: i32,
    context: JsValue,
}

impl Text {
    /// Reads the arguments.
    ///
    /// # Errors
    /// None after the checks of `vm.js`.
    pub fn of(args: &[JsValue], context: &mut Context) -> JsResult<Self> {
        let name = args.get_or_undefined(1).to_string(context)?;
        Ok(Self {
            source: args.get_or_undefined(0).to_string(context)?,
            name: name.to_std_string_lossy(),
            line_offset: offset(args.get_or_undefined(2)),
            column_offset: offset(args.get_or_undefined(3)),
            served: Served::of(args.get_or_undefined(4)),
            context: args.get_or_undefined(5).clone(),
        })
    }

    /// A mark with a number of its own. `first_line`: which line of what the engine reads is the program's first.
    pub fn mark(&self, first_line: u32, context: &Context) -> Mark<'_> {
        Mark {
            id: Numbers::next(context),
            first_line,
            line_offset: self.line_offset,
            column_offset: self.column_offset,
            imports: self.served.imports,
            name: &self.name,
        }
    }

    /// The context that the text is for, if the program named one.
    ///
    /// # Errors
    /// None but those of the engine.
    pub fn record(&self, context: &mut Context) -> JsResult<Option<Record>> {
        record_of(&self.context, context)
    }

    /// The realm that the text is for: without a context the main program's.
    ///
    /// # Errors
    /// None but those of the engine.
    pub fn realm(&self, context: &mut Context) -> JsResult<Realm> {
        Ok(match self.record(context)? {
            Some(record) => record.realm.clone(),
            None => main_realm(context),
        })
    }
}
