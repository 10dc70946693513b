//! Works around a lost `this` of the engine: in an arrow function inside an arrow function it is that of the global scope, unless
//! something else makes the engine keep the scope of the function around them. `new.target` does, so functions that have such a
//! `this` get one at their end.

use std::borrow::Cow;

use super::tokens::{Kind, Token, tokenize};

/// What the engine needs to see in a function.
const KEEPS_SCOPE: &str = ";new.target";

/// `source` with a mark at the end of each function that has a `this` in an arrow function in an arrow function. Lines keep
/// their numbers, and columns but for what follows a marked function on its last line.
#[must_use]
pub fn with_kept_scopes(source: &str) -> Cow<'_, str> {
    let bytes = source.as_bytes();
    let two_arrows = memchr::memmem::find_iter(bytes, b"=>").nth(1).is_some();
    if !two_arrows || memchr::memmem::find(bytes, b"this").is_none() {
        return Cow::Borrowed(source);
    }
    let tokens = tokenize(source);
    let mut finder = Finder {
        source,
        tokens: &tokens,
        frames: vec![Frame::default()],
        closed: Closed::default(),
        ends: Vec::new(),
    };
    for index in 0..tokens.len() {
        finder.visit(index);
    }
    if finder.ends.is_empty() {
        return Cow::Borrowed(source);
    }
    let mut out = String::with_capacity(source.len() + finder.ends.len() * KEEPS_SCOPE.len());
    let mut copied = 0;
    for end in finder.ends {
        out.push_str(&source[copied..end]);
        out.push_str(KEEPS_SCOPE);
        copied = end;
    }
    out.push_str(&source[copied..]);
    Cow::Owned(out)
}

/// What a bracket encloses.
#[derive(Clone, Copy, Default, PartialEq)]
enum Inside {
    /// The body of a function with a `this` of its own.
    Function,
    /// The block of an arrow function.
    Arrow,
    /// The members of a class.
    Class,
    /// The whole file, or anything else.
    #[default]
    Other,
}

/// What is known of an open bracket.
#[derive(Default)]
struct Frame {
    inside: Inside,
    /// The token before the bracket.
    head: Option<usize>,
    /// Arrow functions at this level whose body is an expression that may still go on.
    arrows: usize,
    /// `class` was seen: the next brace has its members.
    class: bool,
    /// Two arrow functions deep, counted from here, there is a `this`.
    lost: bool,
    /// There is a `super`: the engine keeps the scope of its own accord.
    kept: bool,
}

/// The parentheses closed last.
#[derive(Default)]
struct Closed {
    head: Option<usize>,
    lost: bool,
}

struct Finder<'a> {
    source: &'a str,
    tokens: &'a [Token],
    /// One for each open bracket, after that of the file.
    frames: Vec<Frame>,
    closed: Closed,
    /// Where the functions close that lose a `this`.
    ends: Vec<usize>,
}

impl Finder<'_> {
    fn visit(&mut self, index: usize) {
        let token = self.tokens[index];
        self.close_to(token);
        match token.kind {
            Kind::Punct(b'(' | b'[') => self.open(Inside::Other, index),
            Kind::Punct(b'{') => {
                let inside = self.what_opens(index);
                self.open(inside, index);
            }
            Kind::Punct(b',' | b';') => self.innermost().arrows = 0,
            Kind::Punct(b'>') if self.is_arrow(index) && !self.is_brace(index + 1) => {
                self.innermost().arrows += 1;
            }
            Kind::Word if !self.follows(index, b'.') => match self.text(index) {
                "this" => self.note_this(),
                "super" => self.note_super(),
                "class" => self.innermost().class = true,
                "const" | "let" | "var" | "return" | "if" | "for" | "while" | "throw"
                | "switch" | "try" => self.innermost().arrows = 0,
                _ => {}
            },
            _ => {}
        }
    }

    fn innermost(&mut self) -> &mut Frame {
        self.frames
            .last_mut()
            .expect("the file's own frame is never closed")
    }

    /// Leaves what is closed before `token`, or by it.
    fn close_to(&mut self, token: Token) {
        let depth = token.depth as usize + 1;
        while self.frames.len() > depth {
            let Some(frame) = self.frames.pop() else {
                return;
            };
            if frame.inside == Inside::Function && frame.lost && !frame.kept {
                self.ends.push(token.start);
            }
            self.closed = Closed {
                head: frame.head,
                lost: frame.lost,
            };
        }
    }

    fn open(&mut self, inside: Inside, index: usize) {
        let lost = inside == Inside::Function && self.closed.lost;
        self.frames.push(Frame {
            inside,
            head: index.checked_sub(1),
            lost,
            ..Frame::default()
        });
    }

    /// Says of every bracket around, up to the function that gives it its value, whether `this` is two arrow functions deep in it.
    fn note_this(&mut self) {
        let mut arrows = 0;
        for frame in self.frames.iter_mut().rev() {
            arrows += frame.arrows;
            if arrows >= 2 {
                frame.lost = true;
            }
            match frame.inside {
                Inside::Function | Inside::Class => return,
                Inside::Arrow => arrows += 1,
                Inside::Other => {}
            }
        }
    }

    fn note_super(&mut self) {
        let is_function = |frame: &&mut Frame| frame.inside == Inside::Function;
        if let Some(function) = self.frames.iter_mut().rev().find(is_function) {
            function.kept = true;
        }
    }

    fn what_opens(&mut self, index: usize) -> Inside {
        let token = self.tokens[index];
        let Some(before) = index.checked_sub(1).filter(|_| self.is_brace(index)) else {
            return Inside::Other;
        };
        if self.is_arrow(before) {
            return Inside::Arrow;
        }
        if self.tokens[before].kind == Kind::Punct(b')') {
            return self.after_parentheses(before, token);
        }
        if std::mem::take(&mut self.innermost().class) {
            return Inside::Class;
        }
        Inside::Other
    }

    /// A brace after `)`: the body of a function or method, or the block of a statement.
    fn after_parentheses(&self, close: usize, brace: Token) -> Inside {
        let Some(head) = self.closed.head else {
            return Inside::Other;
        };
        let in_class = self
            .frames
            .last()
            .is_some_and(|frame| frame.inside == Inside::Class);
        let is_word = |index: usize, word: &str| {
            self.tokens[index].kind == Kind::Word && self.text(index) == word
        };
        let named = head.checked_sub(1);
        let is_function = is_word(head, "function")
            || named.is_some_and(|named| is_word(named, "function"))
            || (self.follows(head, b'*') && head > 1 && is_word(head - 2, "function"));
        if is_function || in_class {
            return Inside::Function;
        }
        let statements = ["if", "for", "while", "switch", "catch", "with", "await"];
        if statements.iter().any(|word| is_word(head, word)) {
            return Inside::Other;
        }
        // A call, and a block on the line after it?
        let gap = &self.source[self.tokens[close].end..brace.start];
        match gap.contains('\n') {
            true => Inside::Other,
            false => Inside::Function,
        }
    }

    fn is_arrow(&self, index: usize) -> bool {
        let token = self.tokens[index];
        token.kind == Kind::Punct(b'>')
            && index > 0
            && self.tokens[index - 1].kind == Kind::Punct(b'=')
            && self.tokens[index - 1].end == token.start
    }

    /// Whether it is a `{` of its own, not that of a hole in a template.
    fn is_brace(&self, index: usize) -> bool {
        let token = self.tokens.get(index);
        token.is_some_and(|token| self.source.as_bytes()[token.start] == b'{')
    }

    /// Whether the token before is that byte.
    fn follows(&self, index: usize, byte: u8) -> bool {
        index > 0 && self.tokens[index - 1].kind == Kind::Punct(byte)
    }

    fn text(&self, index: usize) -> &str {
        &self.source[self.tokens[index].start..self.tokens[index].end]
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::with_kept_scopes;
    use crate::engine::registry::SOURCES;

    /// `^` stands for the mark.
    #[test]
    fn marks_the_functions_that_lose_it() {
        let cases = [
            "function f() { return () => () => this.a^}",
            "function f() { return () => this.a }",
            "function f() { this.a; return () => () => 1 }",
            "class A { m() { return new Promise((done) => { later(() => { this.a; done(); }) });^} }",
            "class A { x = () => () => this; static y() { return a => b => this^} }",
            "const o = { get a() { return (() => (() => this.b)())()^}, async *b() { (() => () => this)^} };",
            "function f() { const a = () => 1, b = () => this.c; }",
            "function f() { const a = () => 1\nconst b = () => this.c }",
            "function f() { a.then(() => x, () => this); }",
            "function f() { return () => function () { return () => this } }",
            "function f() { return () => function () { return () => { return () => this }^} }",
            "function f() { if (a) { b(() => { for (;;) { c(() => { this.d }) } }) }^}",
            "function f(a = () => () => this) {^}",
            "function f() { return `${[].map(() => `${g(() => this)}`)}`^}",
            "function f() { return () => () => o.this }",
            "(() => () => this)()",
            "var f = async function* () { () => { () => this }^};",
            "foo(() => 1)\n{ (() => () => this)() }",
            "function f()\n{ (() => () => this)()^}",
            "class A extends B { constructor() { super(); () => () => this } }",
            "'function f() { () => () => this }'",
        ];
        for case in cases {
            let source = case.replace('^', "");
            assert_eq!(with_kept_scopes(&source), case.replace('^', ";new.target"));
        }
    }

    #[test]
    fn no_script_half_needs_it() {
        let lose: Vec<_> = SOURCES
            .iter()
            .filter(|source| matches!(with_kept_scopes(source.text), Cow::Owned(_)))
            .map(|source| source.file)
            .collect();
        assert_eq!(lose, [""; 0]);
    }
}
