//! Guesses which names a CommonJS module exports, without running it, so that `import { x } from './cjs.js'` can be
//! linked. The patterns are those of cjs-module-lexer, which Node uses and has frozen: what it doesn't see, we
//! must not see either. The ES module loader calls this for each CommonJS file that is imported.

mod lengths;
mod lexical_this;
mod loops;
pub(super) mod tokens;
mod tries;
mod usings;

use std::borrow::Cow;

pub use loops::{with_checks, with_import_calls};
use tokens::{Kind, Token, tokenize};
use usings::Place;

/// `source` as the engine reads it rightly: the constructs that it gets wrong are written as others that mean the same.
#[must_use]
pub fn for_engine(source: &str) -> Cow<'_, str> {
    rewritten(source, Place::TopLevel)
}

/// The same for the body of a function, as that of a CommonJS module is.
#[must_use]
pub fn body_for_engine(source: &str) -> Cow<'_, str> {
    rewritten(source, Place::Function)
}

fn rewritten(source: &str, place: Place) -> Cow<'_, str> {
    let rewrites: [fn(&str) -> Cow<'_, str>; 3] = [
        lengths::with_bracketed_lengths,
        tries::with_nested_tries,
        lexical_this::with_kept_scopes,
    ];
    let mut readable = usings::with_scopes(source, place);
    for rewrite in rewrites {
        if let Cow::Owned(changed) = rewrite(&readable) {
            readable = Cow::Owned(changed);
        }
    }
    readable
}

/// What a CommonJS source exports, as far as its text tells.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct CommonJsExports {
    /// Names assigned to `exports`, in the order of their first appearance.
    pub names: Vec<String>,
    /// Specifiers whose exports are exported again: `module.exports = require('x')`, `__exportStar(require('x'))`.
    pub reexports: Vec<String>,
}

/// Looks through `source` for exports. Over- and underestimates exactly as cjs-module-lexer does.
#[must_use]
pub fn commonjs_exports(source: &str) -> CommonJsExports {
    let mut finder = Finder {
        source,
        tokens: tokenize(source),
        names: Names::default(),
        assigned: Vec::new(),
        starred: Vec::new(),
        required: Vec::new(),
    };
    for index in 0..finder.tokens.len() {
        finder.visit(index);
    }
    finder.finish()
}

/// An ordered set: modules with thousands of exports exist.
#[derive(Default)]
struct Names {
    list: Vec<String>,
    seen: rustc_hash::FxHashSet<String>,
}

impl Names {
    fn add(&mut self, name: String) {
        if self.seen.insert(name.clone()) {
            self.list.push(name);
        }
    }
}

struct Finder<'a> {
    source: &'a str,
    tokens: Vec<Token>,
    names: Names,
    /// Reexports of the last `module.exports = …`.
    assigned: Vec<String>,
    /// Reexports of star helpers at the top level.
    starred: Vec<String>,
    /// `var name = require('specifier')` at the top level.
    required: Vec<(String, String)>,
}

impl<'a> Finder<'a> {
    fn finish(self) -> CommonJsExports {
        let names = self.names.list;
        let mut reexports: Vec<String> = Vec::new();
        for specifier in self.assigned.into_iter().chain(self.starred) {
            if !reexports.contains(&specifier) {
                reexports.push(specifier);
            }
        }
        CommonJsExports { names, reexports }
    }

    fn visit(&mut self, index: usize) {
        let token = self.tokens[index];
        if token.kind != Kind::Word {
            return;
        }
        let after_dot = index > 0 && self.tokens[index - 1].kind == Kind::Punct(b'.');
        match &self.source[token.start..token.end] {
            "exports" if !after_dot => drop(self.member_assignment(index + 1)),
            "module" if !after_dot => {
                if let Some(at) = self.cursor(index).past_module_exports()
                    && self.member_assignment(at).is_none()
                {
                    self.whole_assignment(at);
                }
            }
            "Object" if !after_dot && self.define_property(index).is_none() && token.depth == 0 => {
                self.keys_for_each(index);
            }
            "__export" | "__exportStar" if token.depth == 0 => {
                let mut cursor = self.cursor(index + 1);
                if let Some(specifier) = cursor.punct(b'(').and_then(|()| cursor.require()) {
                    self.starred.push(specifier);
                }
            }
            "var" | "let" | "const" if token.depth == 0 && !after_dot => {
                self.top_level_require(index);
            }
            _ => {}
        }
    }

    fn cursor(&self, at: usize) -> Cursor<'_> {
        Cursor::new(self.source, &self.tokens, at)
    }

    /// `.name =` or `['name'] =` after `exports` or `module.exports`.
    fn member_assignment(&mut self, at: usize) -> Option<()> {
        let mut cursor = self.cursor(at);
        let name = if cursor.punct(b'.').is_some() {
            cursor.word()?.to_owned()
        } else {
            cursor.punct(b'[')?;
            let name = cursor.string()?;
            cursor.punct(b']')?;
            name
        };
        cursor.punct(b'=')?;
        self.names.add(name);
        Some(())
    }

    /// `= { … }` or `= require('…')` after `module.exports`.
    fn whole_assignment(&mut self, at: usize) -> Option<()> {
        let mut cursor = self.cursor(at);
        cursor.punct(b'=')?;
        let mut reexports = Vec::new();
        let mut names = Vec::new();
        if let Some(specifier) = cursor.require() {
            reexports.push(specifier);
        } else if cursor.punct(b'{').is_some() {
            object_literal(&mut cursor, &mut names, &mut reexports);
        }
        self.assigned = reexports;
        for name in names {
            self.names.add(name);
        }
        Some(())
    }

    /// `Object.defineProperty(exports, 'name', { … })`.
    fn define_property(&mut self, at: usize) -> Option<()> {
        let mut cursor = self.cursor(at + 1);
        cursor.method("defineProperty")?;
        cursor.exports()?;
        cursor.punct(b',')?;
        let name = cursor.string()?;
        if descriptor(&mut cursor).is_some() {
            self.names.add(name);
        }
        Some(())
    }

    /// `var name = require('x')`, also through Babel's `_interopRequireWildcard(…)`.
    fn top_level_require(&mut self, at: usize) -> Option<()> {
        let mut cursor = self.cursor(at + 1);
        let name = cursor.word()?.to_owned();
        cursor.punct(b'=')?;
        if cursor.exact("_interopRequireWildcard").is_some() {
            cursor.punct(b'(')?;
        }
        let specifier = cursor.require()?;
        self.required.push((name, specifier));
        Some(())
    }

    /// `Object.keys(name).forEach(function (key) { … exports[key] = name[key] … })`: Babel's `export *`.
    fn keys_for_each(&mut self, at: usize) -> Option<()> {
        let mut cursor = self.cursor(at + 1);
        cursor.method("keys")?;
        let name = cursor.word()?.to_owned();
        star_loop(&mut cursor, &name)?;
        let specifier = self
            .required
            .iter()
            .rev()
            .find(|(known, _)| *known == name)?
            .1
            .clone();
        self.starred.push(specifier);
        Some(())
    }
}

/// The properties of `module.exports = { … }`, up to the first that isn't plain.
fn object_literal(
    cursor: &mut Cursor<'_>,
    names: &mut Vec<String>,
    reexports: &mut Vec<String>,
) -> Option<()> {
    loop {
        if cursor.puncts(b"...").is_some() {
            match cursor.require() {
                Some(specifier) => reexports.push(specifier),
                None => drop(cursor.word()?),
            }
        } else if let Some(word) = cursor.word() {
            if cursor.punct(b':').is_some() {
                cursor.word()?;
            }
            names.push(word.to_owned());
        } else {
            let name = cursor.string()?;
            cursor.punct(b':')?;
            cursor.word()?;
            names.push(name);
        }
        cursor.punct(b',')?;
    }
}

/// `, { enumerable: true, value:` or the same with a getter that does nothing but read.
fn descriptor(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.puncts(b",{")?;
    if cursor.exact("enumerable").is_some() {
        cursor.punct(b':')?;
        cursor.exact("true")?;
        cursor.punct(b',')?;
    }
    if cursor.exact("value").is_some() {
        return cursor.punct(b':');
    }
    getter_head(cursor)?;
    cursor.word()?;
    if cursor.punct(b'.').is_some() {
        cursor.word()?;
    } else if cursor.punct(b'[').is_some() {
        cursor.string()?;
        cursor.punct(b']')?;
    }
    getter_tail(cursor)
}

/// `get: function name() { return` or `get() { return`.
fn getter_head(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.exact("get")?;
    if cursor.punct(b':').is_some() {
        cursor.exact("function")?;
        cursor.word();
    }
    cursor.puncts(b"(){")?;
    cursor.exact("return")
}

/// `; }, })`.
fn getter_tail(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.punct(b';');
    cursor.punct(b'}')?;
    cursor.punct(b',');
    cursor.puncts(b"})")
}

/// From the `)` after `Object.keys(name` to the end of the loop that copies each key to `exports`.
fn star_loop(cursor: &mut Cursor<'_>, name: &str) -> Option<()> {
    cursor.puncts(b").")?;
    cursor.exact("forEach")?;
    cursor.punct(b'(')?;
    cursor.exact("function")?;
    cursor.punct(b'(')?;
    let key = cursor.word()?.to_owned();
    cursor.puncts(b"){")?;
    cursor.exact("if")?;
    cursor.punct(b'(')?;
    cursor.exact(&key)?;
    if cursor.puncts(b"===").is_some() {
        skip_interop_keys(cursor, name, &key)?;
    } else {
        cursor.puncts(b"!==")?;
        cursor.string_of("default")?;
        if cursor.puncts(b"&&!").is_some() {
            has_own(cursor, &key)?;
        }
        cursor.punct(b')')?;
    }
    copy_key(cursor, name, &key)?;
    cursor.puncts(b"})")
}

/// `'default' || key === '__esModule') return;` and the two guards that Babel may add.
fn skip_interop_keys(cursor: &mut Cursor<'_>, name: &str, key: &str) -> Option<()> {
    cursor.string_of("default")?;
    cursor.puncts(b"||")?;
    cursor.exact(key)?;
    cursor.puncts(b"===")?;
    cursor.string_of("__esModule")?;
    end_of_guard(cursor)?;
    let start = cursor.at;
    if cursor
        .exact("if")
        .and_then(|()| cursor.punct(b'('))
        .is_some()
        && has_own(cursor, key).is_some()
    {
        end_of_guard(cursor)?;
    } else {
        cursor.at = start;
    }
    if cursor.exact("if").is_some() {
        cursor.punct(b'(')?;
        cursor.exact(key)?;
        cursor.exact("in")?;
        cursor.exports()?;
        cursor.puncts(b"&&")?;
        cursor.exports()?;
        indexed(cursor, key)?;
        cursor.puncts(b"===")?;
        cursor.exact(name)?;
        indexed(cursor, key)?;
        end_of_guard(cursor)?;
    }
    Some(())
}

/// `) return;`.
fn end_of_guard(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.punct(b')')?;
    cursor.exact("return")?;
    cursor.punct(b';');
    Some(())
}

/// `Object.prototype.hasOwnProperty.call(names, key)` or `names.hasOwnProperty(key)`.
fn has_own(cursor: &mut Cursor<'_>, key: &str) -> Option<()> {
    let object = cursor.word()?;
    cursor.punct(b'.')?;
    if object == "Object" {
        if cursor.exact("prototype").is_some() {
            cursor.punct(b'.')?;
        }
        cursor.exact("hasOwnProperty")?;
        cursor.punct(b'.')?;
        cursor.exact("call")?;
        cursor.punct(b'(')?;
        cursor.word()?;
        cursor.punct(b',')?;
    } else {
        cursor.exact("hasOwnProperty")?;
        cursor.punct(b'(')?;
    }
    cursor.exact(key)?;
    cursor.punct(b')')
}

/// `exports[key] = name[key];` or `Object.defineProperty(exports, key, { … return name[key] … });`.
fn copy_key(cursor: &mut Cursor<'_>, name: &str, key: &str) -> Option<()> {
    if cursor.exports().is_some() {
        indexed(cursor, key)?;
        cursor.punct(b'=')?;
        cursor.exact(name)?;
        indexed(cursor, key)?;
    } else {
        cursor.exact("Object")?;
        cursor.punct(b'.')?;
        cursor.exact("defineProperty")?;
        cursor.punct(b'(')?;
        cursor.exports()?;
        cursor.punct(b',')?;
        cursor.exact(key)?;
        cursor.puncts(b",{")?;
        cursor.exact("enumerable")?;
        cursor.punct(b':')?;
        cursor.exact("true")?;
        cursor.punct(b',')?;
        getter_head(cursor)?;
        cursor.exact(name)?;
        indexed(cursor, key)?;
        getter_tail(cursor)?;
    }
    cursor.punct(b';');
    Some(())
}

/// `[key]`.
fn indexed(cursor: &mut Cursor<'_>, key: &str) -> Option<()> {
    cursor.punct(b'[')?;
    cursor.exact(key)?;
    cursor.punct(b']')
}

/// Matches tokens one after the other: each method moves on when it matches, and stays when it doesn't.
struct Cursor<'a> {
    source: &'a str,
    tokens: &'a [Token],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn new(source: &'a str, tokens: &'a [Token], at: usize) -> Self {
        Self { source, tokens, at }
    }

    fn text(&self, kind: Kind) -> Option<&'a str> {
        let token = self.tokens.get(self.at)?;
        (token.kind == kind).then(|| &self.source[token.start..token.end])
    }

    fn word(&mut self) -> Option<&'a str> {
        let word = self.text(Kind::Word)?;
        self.at += 1;
        Some(word)
    }

    fn exact(&mut self, expected: &str) -> Option<()> {
        if self.text(Kind::Word)? != expected {
            return None;
        }
        self.at += 1;
        Some(())
    }

    /// `.name(`
    fn method(&mut self, name: &str) -> Option<()> {
        self.punct(b'.')?;
        self.exact(name)?;
        self.punct(b'(')
    }

    fn punct(&mut self, expected: u8) -> Option<()> {
        if self.tokens.get(self.at)?.kind != Kind::Punct(expected) {
            return None;
        }
        self.at += 1;
        Some(())
    }

    fn puncts(&mut self, expected: &[u8]) -> Option<()> {
        let start = self.at;
        for &byte in expected {
            if self.punct(byte).is_none() {
                self.at = start;
                return None;
            }
        }
        Some(())
    }

    fn string(&mut self) -> Option<String> {
        let value = unquote(self.text(Kind::String)?)?;
        self.at += 1;
        Some(value)
    }

    fn string_of(&mut self, expected: &str) -> Option<()> {
        (self.string()? == expected).then_some(())
    }

    /// `module.exports`.
    fn module_exports(&mut self) -> Option<()> {
        let start = self.at;
        let found = self
            .exact("module")
            .and_then(|()| self.punct(b'.'))
            .and_then(|()| self.exact("exports"));
        if found.is_none() {
            self.at = start;
        }
        found
    }

    /// Where `module.exports` ends, if it stands here.
    fn past_module_exports(&mut self) -> Option<usize> {
        self.module_exports().map(|()| self.at)
    }

    /// `exports` or `module.exports`.
    fn exports(&mut self) -> Option<()> {
        self.exact("exports").or_else(|| self.module_exports())
    }

    /// `require('specifier')`.
    fn require(&mut self) -> Option<String> {
        let start = self.at;
        let mut specifier = None;
        if self.exact("require").is_some() && self.punct(b'(').is_some() {
            specifier = self.string();
            if self.punct(b')').is_none() {
                specifier = None;
            }
        }
        if specifier.is_none() {
            self.at = start;
        }
        specifier
    }
}

/// The value of a quoted string; `None` where it is not well formed or has a lone surrogate.
fn unquote(literal: &str) -> Option<String> {
    let quote = literal.chars().next()?;
    let inner = literal[1..].strip_suffix(quote)?;
    if !inner.contains('\\') {
        return Some(inner.to_owned());
    }
    let mut units: Vec<u16> = Vec::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(character) = chars.next() {
        let mut push =
            |character: char| units.extend_from_slice(character.encode_utf16(&mut [0; 2]));
        if character != '\\' {
            push(character);
            continue;
        }
        match chars.next()? {
            'n' => push('\n'),
            't' => push('\t'),
            'r' => push('\r'),
            'b' => push('\u{8}'),
            'v' => push('\u{b}'),
            'f' => push('\u{c}'),
            '0' => push('\0'),
            '\n' => {}
            '\r' => {
                chars.next_if_eq(&'\n');
            }
            'x' => units.push(u16::try_from(hex(&mut chars, 2)?).ok()?),
            'u' if chars.next_if_eq(&'{').is_some() => {
                let mut code = 0u32;
                loop {
                    match chars.next()? {
                        '}' => break,
                        digit => code = code.checked_mul(16)?.checked_add(digit.to_digit(16)?)?,
                    }
                }
                push(char::from_u32(code)?);
            }
            'u' => units.push(u16::try_from(hex(&mut chars, 4)?).ok()?),
            other => push(other),
        }
    }
    String::from_utf16(&units).ok()
}

fn hex(chars: &mut impl Iterator<Item = char>, digits: u32) -> Option<u32> {
    let mut code = 0;
    for _ in 0..digits {
        code = code * 16 + chars.next()?.to_digit(16)?;
    }
    Some(code)
}

#[cfg(test)]
mod tests;
