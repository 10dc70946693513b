//! A tokeniser for JavaScript that knows just enough to skip over strings, templates, comments and regular
//! expressions without being fooled by them. `lexer` looks for patterns in what it yields; nothing here parses.

/// What a token is. Punctuators come one byte at a time: `===` is three tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::modules) enum Kind {
    /// An identifier or keyword.
    Word,
    /// A quoted string, quotes included in the span.
    String,
    /// A number, a regular expression or a stretch of a template: something no pattern looks into.
    Opaque,
    /// One byte of punctuation.
    Punct(u8),
}

/// One token: its kind and where it stands in the source, in bytes.
#[derive(Clone, Copy, Debug)]
pub(in crate::modules) struct Token {
    pub(in crate::modules) kind: Kind,
    pub(in crate::modules) start: usize,
    pub(in crate::modules) end: usize,
    /// How many brackets, braces, parentheses and template holes are open before it.
    pub(in crate::modules) depth: u32,
}

/// Why a bracket was opened: decides what a `/` after the closing one means.
#[derive(Clone, Copy, PartialEq)]
enum Open {
    /// `(` after `if`, `while`, `for` or `with`: a statement follows the `)`.
    Condition,
    /// A block's `{`: a statement follows the `}`.
    Block,
    /// Everything else: an operator follows.
    Expression,
    /// `${` of a template.
    Hole,
}

/// Splits `source` into tokens. Never fails: text that isn't JavaScript gives tokens that match nothing.
pub(in crate::modules) fn tokenize(source: &str) -> Vec<Token> {
    let mut scanner = Scanner {
        bytes: source.as_bytes(),
        pos: 0,
        tokens: Vec::with_capacity(source.len() / 4),
        open: Vec::new(),
        last_closed: None,
    };
    if scanner.bytes.starts_with(b"#!") {
        scanner.skip_line();
    }
    while scanner.pos < scanner.bytes.len() {
        scanner.step();
    }
    scanner.tokens
}

struct Scanner<'a> {
    bytes: &'a [u8],
    pos: usize,
    tokens: Vec<Token>,
    open: Vec<Open>,
    last_closed: Option<Open>,
}

impl Scanner<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.pos + ahead).copied().unwrap_or(0)
    }

    fn push(&mut self, kind: Kind, start: usize) {
        let depth = u32::try_from(self.open.len()).unwrap_or(u32::MAX);
        self.tokens.push(Token {
            kind,
            start,
            end: self.pos,
            depth,
        });
    }

    fn step(&mut self) {
        let start = self.pos;
        match self.bytes[start] {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => self.pos += 1,
            b'/' if self.peek(1) == b'/' => self.skip_line(),
            b'/' if self.peek(1) == b'*' => self.skip_block_comment(),
            b'/' => {
                let is_regex = self.regex_may_start() && self.skip_regex();
                self.pos = self.pos.max(start + 1);
                self.push(
                    if is_regex {
                        Kind::Opaque
                    } else {
                        Kind::Punct(b'/')
                    },
                    start,
                );
            }
            quote @ (b'"' | b'\'') => {
                self.skip_string(quote);
                self.push(Kind::String, start);
            }
            b'`' => self.template(start),
            b'0'..=b'9' => {
                self.skip_word();
                self.push(Kind::Opaque, start);
            }
            b'.' if self.peek(1).is_ascii_digit() => {
                self.pos += 1;
                self.skip_word();
                self.push(Kind::Opaque, start);
            }
            byte if is_word(byte) => {
                if let Some(width) = wide_space(&self.bytes[start..]) {
                    self.pos += width;
                    return;
                }
                self.skip_word();
                self.push(Kind::Word, start);
            }
            open @ (b'(' | b'[' | b'{') => {
                let why = self.why_open(open);
                self.pos += 1;
                self.push(Kind::Punct(open), start);
                self.open.push(why);
            }
            close @ (b')' | b']' | b'}') => self.close(close, start),
            other => {
                self.pos += 1;
                self.push(Kind::Punct(other), start);
            }
        }
    }

    fn close(&mut self, close: u8, start: usize) {
        self.last_closed = self.open.pop();
        self.pos += 1;
        if self.last_closed == Some(Open::Hole) {
            self.template(start);
        } else {
            self.push(Kind::Punct(close), start);
        }
    }

    /// From a backtick, or the `}` of a hole, to the next hole or the end of the template.
    fn template(&mut self, start: usize) {
        self.pos = start + 1;
        while self.pos < self.bytes.len() {
            match self.bytes[self.pos] {
                b'\\' => self.pos += 2,
                b'`' => {
                    self.pos += 1;
                    break;
                }
                b'$' if self.peek(1) == b'{' => {
                    self.pos += 2;
                    self.push(Kind::Punct(b'{'), start);
                    self.open.push(Open::Hole);
                    return;
                }
                _ => self.pos += 1,
            }
        }
        self.pos = self.pos.min(self.bytes.len());
        self.push(Kind::Opaque, start);
    }

    fn why_open(&self, open: u8) -> Open {
        let Some(last) = self.tokens.last() else {
            return Open::Block;
        };
        match (open, last.kind) {
            (b'(', Kind::Word)
                if matches!(self.text(last), b"if" | b"while" | b"for" | b"with") =>
            {
                Open::Condition
            }
            (b'{', Kind::Punct(b')' | b';' | b'{' | b'}')) => Open::Block,
            (b'{', Kind::Punct(b'>')) if last.start > 0 && self.bytes[last.start - 1] == b'=' => {
                Open::Block
            }
            (b'{', Kind::Word) if !precedes_expression(self.text(last)) => Open::Block,
            (b'{', Kind::Word) if matches!(self.text(last), b"else" | b"do") => Open::Block,
            _ => Open::Expression,
        }
    }

    /// Whether a `/` here starts a regular expression rather than divides.
    fn regex_may_start(&self) -> bool {
        let Some(last) = self.tokens.last() else {
            return true;
        };
        match last.kind {
            Kind::String | Kind::Opaque => false,
            Kind::Word => {
                precedes_expression(self.text(last))
                    && !(last.start > 0 && self.bytes[last.start - 1] == b'.')
            }
            Kind::Punct(b')') => self.last_closed == Some(Open::Condition),
            Kind::Punct(b'}') => self.last_closed == Some(Open::Block),
            Kind::Punct(b']') => false,
            Kind::Punct(sign @ (b'+' | b'-')) => {
                last.start == 0 || self.bytes[last.start - 1] != sign
            }
            Kind::Punct(_) => true,
        }
    }

    /// Skips a regular expression and its flags; false, having moved nowhere, when the line ends before it does.
    fn skip_regex(&mut self) -> bool {
        let mut at = self.pos + 1;
        let mut in_class = false;
        while let Some(&byte) = self.bytes.get(at) {
            match byte {
                b'\\' => at += 1,
                b'[' => in_class = true,
                b']' => in_class = false,
                b'\n' | b'\r' => return false,
                b'/' if !in_class => {
                    self.pos = at + 1;
                    self.skip_word();
                    return true;
                }
                _ => {}
            }
            at += 1;
        }
        false
    }

    fn skip_word(&mut self) {
        while self.pos < self.bytes.len() && is_word(self.bytes[self.pos]) {
            if self.bytes[self.pos] >= 0x80 && wide_space(&self.bytes[self.pos..]).is_some() {
                return;
            }
            self.pos += 1;
        }
    }

    fn skip_string(&mut self, quote: u8) {
        self.pos += 1;
        while self.pos < self.bytes.len() {
            match self.bytes[self.pos] {
                b'\\' => self.pos += 2,
                b'\n' | b'\r' => break,
                byte => {
                    self.pos += 1;
                    if byte == quote {
                        break;
                    }
                }
            }
        }
        self.pos = self.pos.min(self.bytes.len());
    }

    fn skip_line(&mut self) {
        self.pos = memchr::memchr2(b'\n', b'\r', &self.bytes[self.pos..])
            .map_or(self.bytes.len(), |offset| self.pos + offset);
    }

    fn skip_block_comment(&mut self) {
        self.pos = memchr::memmem::find(&self.bytes[self.pos + 2..], b"*/")
            .map_or(self.bytes.len(), |offset| self.pos + offset + 4);
    }

    fn text(&self, token: &Token) -> &[u8] {
        &self.bytes[token.start..token.end]
    }
}

/// Whether an expression, rather than an operator, comes after this word.
fn precedes_expression(word: &[u8]) -> bool {
    matches!(
        word,
        b"return"
            | b"typeof"
            | b"instanceof"
            | b"in"
            | b"of"
            | b"new"
            | b"delete"
            | b"void"
            | b"throw"
            | b"case"
            | b"do"
            | b"else"
            | b"yield"
            | b"await"
            | b"default"
            | b"extends"
    )
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'\\') || byte >= 0x80
}

/// The width of the non-ASCII white space at the start of `bytes`, if there is any.
fn wide_space(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [0xc2, 0xa0, ..] => Some(2),
        [0xe2, 0x80, 0xa8 | 0xa9 | 0x80..=0x8a | 0xaf, ..] | [0xef, 0xbb, 0xbf, ..] => Some(3),
        _ => None,
    }
}
