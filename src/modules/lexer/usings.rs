//! Works around `using` and `await using` declarations, which the engine reads and never disposes of. A block that has one
//! is written as a `try`, whose `finally` disposes of what the declarations have given to a scope; the rest of the block is
//! inside, so that everything in it still sees everything else. Where that can't be done (at the top level of a module,
//! in the head of a `for` with semicolons) the text is made one that doesn't compile.

use std::borrow::Cow;

use super::tokens::{Kind, Token, tokenize};

/// Where the text stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a function: what is outside of all braces is its body.
    Function,
    /// A script or a module.
    TopLevel,
}

/// A block to wrap: the brace that opens it (`None` for the text itself), and whether to wait at its end.
struct Block {
    open: Option<usize>,
    waits: bool,
    /// What a `for` of `using` declares in its head.
    of_head: Vec<(String, bool)>,
}

/// `source` without `using` declarations. Lines keep their numbers.
#[must_use]
pub fn with_scopes(source: &str, place: Place) -> Cow<'_, str> {
    if memchr::memmem::find(source.as_bytes(), b"using ").is_none() {
        return Cow::Borrowed(source);
    }
    let rewriter = Rewriter {
        source,
        tokens: tokenize(source),
    };
    rewriter.rewrite(place)
}

/// A piece of the source to replace; an empty range is an insertion.
struct Edit {
    start: usize,
    end: usize,
    text: String,
}

struct Rewriter<'a> {
    source: &'a str,
    tokens: Vec<Token>,
}

impl Rewriter<'_> {
    fn text(&self, index: usize) -> &str {
        self.tokens
            .get(index)
            .map_or("", |token| &self.source[token.start..token.end])
    }

    fn is(&self, index: usize, symbol: u8) -> bool {
        self.tokens
            .get(index)
            .is_some_and(|token| token.kind == Kind::Punct(symbol))
    }

    fn is_word(&self, index: usize) -> bool {
        self.tokens
            .get(index)
            .is_some_and(|token| token.kind == Kind::Word)
    }

    /// Whether there is a line break before a token.
    fn on_new_line(&self, index: usize) -> bool {
        let start = self.tokens[index].start;
        let before = match index {
            0 => 0,
            _ => self.tokens[index - 1].end,
        };
        self.source[before..start].contains('\n')
    }

    fn rewrite(self, place: Place) -> Cow<'static, str> {
        let mut edits: Vec<Edit> = Vec::new();
        let mut blocks: Vec<Block> = Vec::new();
        for index in 0..self.tokens.len() {
            if self.is_declaration(index) {
                self.declaration(index, place, &mut edits, &mut blocks);
            }
        }
        for (number, block) in blocks.iter().enumerate() {
            self.wrap(number, block, &mut edits);
        }
        Cow::Owned(self.apply(edits))
    }

    /// `using name =` and `using name of`, where a statement or the head of a `for` may begin.
    fn is_declaration(&self, index: usize) -> bool {
        if self.text(index) != "using" || !self.is_word(index + 1) || self.on_new_line(index + 1) {
            return false;
        }
        let assigned = self.is(index + 2, b'=') && !self.is(index + 3, b'=');
        let arrow = self.is(index + 2, b'=') && self.is(index + 3, b'>');
        let of = self.text(index + 2) == "of" && self.text(index + 1) != "of";
        let Some(previous) = index.checked_sub(1) else {
            return assigned;
        };
        let starts = match self.tokens[previous].kind {
            Kind::Punct(b';' | b'{' | b'}' | b'(' | b':' | b')') => true,
            Kind::Word if self.text(previous) == "await" => true,
            _ => self.on_new_line(index),
        };
        let in_for = self.is(previous, b'(') || self.is(previous.saturating_sub(1), b'(');
        starts && !arrow && (assigned || (of && in_for))
    }

    fn declaration(
        &self,
        index: usize,
        place: Place,
        edits: &mut Vec<Edit>,
        blocks: &mut Vec<Block>,
    ) {
        let waits = index > 0 && self.text(index - 1) == "await";
        let first = if waits { index - 1 } else { index };
        let depth = self.tokens[index].depth;
        let open = (0..index).rev().find(|at| {
            let token = &self.tokens[*at];
            depth > 0
                && token.depth == depth - 1
                && matches!(token.kind, Kind::Punct(b'{' | b'(' | b'['))
        });
        let head = Edit {
            start: self.tokens[first].start,
            end: self.tokens[index].end,
            text: "const".to_owned(),
        };
        match open {
            Some(open) if self.is(open, b'{') => {
                edits.push(head);
                let number = find_or_add(blocks, Some(open), waits);
                self.assignments(index, number, waits, edits);
            }
            None if place == Place::Function => {
                edits.push(head);
                let number = find_or_add(blocks, None, waits);
                self.assignments(index, number, waits, edits);
            }
            Some(open) if self.text(index + 2) == "of" => {
                let body = self.closing(open).map(|close| close + 1);
                match body.filter(|body| self.is(*body, b'{')) {
                    Some(body) => {
                        edits.push(head);
                        let number = find_or_add(blocks, Some(body), waits);
                        let name = self.text(index + 1).to_owned();
                        blocks[number].of_head.push((name, waits));
                    }
                    None => edits.push(self.refused(index)),
                }
            }
            _ => edits.push(self.refused(index)),
        }
    }

    /// Two words that no statement begins with, at the place of the one.
    fn refused(&self, index: usize) -> Edit {
        Edit {
            start: self.tokens[index].end,
            end: self.tokens[index].end,
            text: " using_is_not_supported_here".to_owned(),
        }
    }

    /// Each value goes through the scope on its way to its name: `a = scope.value = …`.
    fn assignments(&self, index: usize, number: usize, waits: bool, edits: &mut Vec<Edit>) {
        let depth = self.tokens[index].depth;
        let member = if waits { "awaited" } else { "value" };
        let mut at = index + 2;
        loop {
            let place = self.tokens[at].end;
            edits.push(Edit {
                start: place,
                end: place,
                text: format!("using${number}.{member}="),
            });
            // The next comma of the declaration has a name and `=` after it.
            let next = (at + 1..self.tokens.len())
                .take_while(|next| {
                    let token = &self.tokens[*next];
                    token.depth > depth
                        || (token.depth == depth
                            && !self.is(*next, b';')
                            && !self.ends_before(*next))
                })
                .find(|next| self.tokens[*next].depth == depth && self.is(*next, b','));
            match next {
                Some(comma) if self.is_word(comma + 1) && self.is(comma + 2, b'=') => {
                    at = comma + 2;
                }
                _ => return,
            }
        }
    }

    /// Whether a line break before a token ends the declaration: a word after a value does.
    fn ends_before(&self, index: usize) -> bool {
        self.on_new_line(index)
            && self.is_word(index)
            && !matches!(
                self.tokens[index - 1].kind,
                Kind::Punct(
                    b',' | b'=' | b'+' | b'-' | b'*' | b'/' | b'?' | b':' | b'&' | b'|' | b'.'
                )
            )
    }

    fn closing(&self, open: usize) -> Option<usize> {
        let depth = self.tokens[open].depth;
        let close = match self.tokens[open].kind {
            Kind::Punct(b'{') => b'}',
            _ => b')',
        };
        (open + 1..self.tokens.len())
            .find(|index| self.tokens[*index].depth == depth && self.is(*index, close))
    }

    fn wrap(&self, number: usize, block: &Block, edits: &mut Vec<Edit>) {
        let (mut start, end) = match block.open {
            Some(open) => {
                let end = self
                    .closing(open)
                    .map_or(self.source.len(), |close| self.tokens[close].start);
                (self.tokens[open].end, end)
            }
            None => (0, self.source.len()),
        };
        // Directives stay at the front.
        let mut next = block.open.map_or(0, |open| open + 1);
        while self
            .tokens
            .get(next)
            .is_some_and(|token| token.kind == Kind::String)
            && (self.is(next + 1, b';')
                || self.tokens.get(next + 1).is_none()
                || self.on_new_line(next + 1))
        {
            next += usize::from(self.is(next + 1, b';'));
            start = self.tokens[next].end;
            next += 1;
        }
        if block.open.is_none() && start == 0 && self.source.starts_with("#!") {
            start = self.source.find('\n').unwrap_or(0);
        }
        let mut head = format!(
            ";const using${number}=(function*(){{}})['using']({});try{{",
            block.waits
        );
        for (name, waits) in &block.of_head {
            let member = if *waits { "awaited" } else { "value" };
            head.push_str(&format!("using${number}.{member}={name};"));
        }
        let wait = if block.waits { "await " } else { "" };
        // A comment may end the text.
        let line = if block.open.is_none() { "\n" } else { "" };
        edits.push(Edit {
            start,
            end: start,
            text: head,
        });
        edits.push(Edit {
            start: end,
            end,
            text: format!(
                "{line}}}catch(error${number}){{using${number}.fail(error${number})}}finally{{{wait}using${number}.done()}}"
            ),
        });
    }

    fn apply(&self, mut edits: Vec<Edit>) -> String {
        // What is put in comes before what is replaced at the same place.
        edits.sort_by_key(|edit| (edit.start, edit.end));
        let mut out = String::with_capacity(self.source.len() + edits.len() * 60);
        let mut copied = 0;
        for edit in edits {
            out.push_str(&self.source[copied..edit.start]);
            out.push_str(&edit.text);
            copied = edit.end;
        }
        out.push_str(&self.source[copied..]);
        out
    }
}

fn find_or_add(blocks: &mut Vec<Block>, open: Option<usize>, waits: bool) -> usize {
    let found = blocks.iter().position(|block| block.open == open);
    let number = found.unwrap_or_else(|| {
        blocks.push(Block {
            open,
            waits: false,
            of_head: Vec::new(),
        });
        blocks.len() - 1
    });
    blocks[number].waits |= waits;
    number
}

#[cfg(test)]
mod tests {
    use super::{Place, with_scopes};

    #[test]
    fn blocks_become_scopes() {
        let cases = [
            (
                "{ using a = f(), b = g }",
                "{;const using$0=(function*(){})['using'](false);try{ const a =using$0.value= f(), b =using$0.value= g }catch(error$0){using$0.fail(error$0)}finally{using$0.done()}}",
            ),
            (
                "async () => { 'use strict'; await using a = f\nb, c = 1 }",
                "async () => { 'use strict';;const using$0=(function*(){})['using'](true);try{ const a =using$0.awaited= f\nb, c = 1 }catch(error$0){using$0.fail(error$0)}finally{await using$0.done()}}",
            ),
            (
                "for (using a of b) { c }",
                "for (const a of b) {;const using$0=(function*(){})['using'](false);try{using$0.value=a; c }catch(error$0){using$0.fail(error$0)}finally{using$0.done()}}",
            ),
            (
                "{using a = b}",
                "{;const using$0=(function*(){})['using'](false);try{const a =using$0.value= b}catch(error$0){using$0.fail(error$0)}finally{using$0.done()}}",
            ),
            ("using a = b", "using using_is_not_supported_here a = b"),
            ("{ using = 1; using\na = 2; x.using = 3; using (a) }", ""),
            ("{ 'using a = b' } // using a = b", ""),
            ("for (using of using of) {}", ""),
        ];
        for (source, expected) in cases {
            let expected = if expected.is_empty() {
                source
            } else {
                expected
            };
            assert_eq!(with_scopes(source, Place::TopLevel), expected);
        }
        assert_eq!(
            with_scopes("using a = b // c", Place::Function),
            ";const using$0=(function*(){})['using'](false);try{const a =using$0.value= b // c\n}catch(error$0){using$0.fail(error$0)}finally{using$0.done()}"
        );
    }
}
