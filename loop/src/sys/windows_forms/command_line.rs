//! One line out of many arguments, such that the C runtime of the child takes it apart into the same arguments.
//!
//! The rules are Microsoft's "Parsing C++ command-line arguments": blanks separate, quotes group, and a backslash is only special
//! in a run of them that a quote follows.

use super::unit;

const BLANK: u16 = unit(' ');
const TAB: u16 = unit('\t');
const QUOTE: u16 = unit('"');
const BACKSLASH: u16 = unit('\\');

/// The command line, without a NUL at its end; `verbatim` leaves the arguments as they are.
pub(in crate::sys) fn command_line(args: &[Vec<u16>], verbatim: bool) -> Vec<u16> {
    let mut line = Vec::new();
    for (at, arg) in args.iter().enumerate() {
        if at > 0 {
            line.push(BLANK);
        }
        if verbatim {
            line.extend_from_slice(arg);
        } else {
            quote(arg, &mut line);
        }
    }
    line
}

fn quote(arg: &[u16], line: &mut Vec<u16>) {
    let plain = |unit: &u16| ![BLANK, TAB, QUOTE].contains(unit);
    if !arg.is_empty() && arg.iter().all(plain) {
        line.extend_from_slice(arg);
        return;
    }
    line.push(QUOTE);
    let mut backslashes = 0;
    for &unit in arg {
        match unit {
            BACKSLASH => backslashes += 1,
            QUOTE => {
                // Each of the run, and then the quote itself.
                line.extend(std::iter::repeat_n(BACKSLASH, backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        line.push(unit);
    }
    // The closing quote follows these.
    line.extend(std::iter::repeat_n(BACKSLASH, backslashes));
    line.push(QUOTE);
}

#[cfg(test)]
mod tests {
    use super::super::{narrow, wide};
    use super::*;

    /// Takes a command line apart by the rules above.
    fn parse(line: &str) -> Vec<String> {
        let mut args = Vec::new();
        let mut rest = line.chars().peekable();
        loop {
            while rest.next_if(|c| [' ', '\t'].contains(c)).is_some() {}
            if rest.peek().is_none() {
                return args;
            }
            let (mut arg, mut quoted) = (String::new(), false);
            while let Some(c) = rest.next_if(|c| quoted || ![' ', '\t'].contains(c)) {
                match c {
                    '\\' => {
                        let mut run = 1;
                        while rest.next_if_eq(&'\\').is_some() {
                            run += 1;
                        }
                        if rest.peek() == Some(&'"') {
                            arg.push_str(&"\\".repeat(run / 2));
                            if run % 2 == 1 {
                                rest.next();
                                arg.push('"');
                            }
                        } else {
                            arg.push_str(&"\\".repeat(run));
                        }
                    }
                    '"' => quoted = !quoted,
                    c => arg.push(c),
                }
            }
            args.push(arg);
        }
    }

    #[test]
    fn arguments_are_quoted_where_they_have_to_be() {
        for (arg, quoted) in [
            ("", r#""""#),
            ("plain", "plain"),
            (r"C:\folder\", r"C:\folder\"),
            ("two words", r#""two words""#),
            ("a\tb", "\"a\tb\""),
            (r#"say "hi""#, r#""say \"hi\"""#),
            (r#"""#, r#""\"""#),
            (r"C:\two words\", r#""C:\two words\\""#),
            (r#"\"#, r"\"),
            (r#"\" x"#, r#""\\\" x""#),
            (r#"\\"\"#, r#""\\\\\"\\""#),
            (r"a\b c", r#""a\b c""#),
            ("grüße 🐍", "\"grüße 🐍\""),
            ("line\nbreak", "line\nbreak"),
        ] {
            let line = command_line(&[wide(arg)], false);
            assert_eq!(narrow(&line), quoted, "{arg}");
            assert_eq!(parse(quoted), [arg]);
        }
    }

    #[test]
    fn every_short_argument_comes_back() {
        let letters = ['a', ' ', '"', '\\'];
        for length in 0..=5 {
            for number in 0..letters.len().pow(length) {
                let digit = |at| letters[number / letters.len().pow(at) % letters.len()];
                let arg: String = (0..length).map(digit).collect();
                let args = ["program".to_string(), arg, "last".to_string()];
                let line = command_line(&args.each_ref().map(|arg| wide(arg)), false);
                assert_eq!(parse(&narrow(&line)), args);
            }
        }
    }

    #[test]
    fn verbatim_arguments_are_only_joined() {
        let args = [r#"a"b"#, "", "c d"].map(wide);
        assert_eq!(narrow(&command_line(&args, true)), r#"a"b  c d"#);
    }
}
