//! The command line: reads options, `NODE_OPTIONS` and what is left for the script.
//!
//! Reference: <https://nodejs.org/docs/latest-v24.x/api/cli.html>

mod table;
#[cfg(test)]
mod tests;

use crate::{Options, runtime::fatal::exit};
use table::{Apply, FLAGS, Flag, IGNORED_IN_ENVIRONMENT, VALUES_WITHOUT_EFFECT, WITHOUT_EFFECT};

/// What the command line asks for.
#[derive(Clone, Debug, Default)]
pub struct Invocation {
    pub options: Options,
    /// `-e` or `-p`.
    pub eval: Option<String>,
    /// `-p`: print the result of the evaluation.
    pub print: bool,
    /// `-c`: only check the syntax.
    pub check: bool,
    /// `-r`: modules to load before the main one.
    pub require: Vec<String>,
    /// `--import`: ES modules to load before the main one.
    pub import: Vec<String>,
    /// `--input-type`: how to read `-e` and standard input.
    pub input_type: Option<InputType>,
    /// `--env-file` and `--env-file-if-exists`, with whether it must exist.
    pub env_files: Vec<(String, bool)>,
    /// `--parsed-bytes`.
    pub parsed_bytes: bool,
    /// `-h`.
    pub help: bool,
    /// `-v`.
    pub version: bool,
    /// `-i`.
    pub interactive: bool,
    /// The script, `-` for standard input.
    pub script: Option<String>,
    /// What follows the script.
    pub args: Vec<String>,
    /// `--security-revert`
    pub security_reverts: Vec<String>,
    /// Options that are known and have no effect here.
    pub without_effect: Vec<String>,
}

/// How to read a program that has no file name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputType {
    CommonJs,
    Module,
}

/// A command line that can't be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlagError {
    #[error("bad option: {0}")]
    Unknown(String),
    #[error("{0} requires an argument")]
    MissingValue(String),
    #[error("{0} is not allowed in NODE_OPTIONS")]
    NotInEnvironment(String),
    #[error("invalid value for NODE_OPTIONS ({0})")]
    Environment(&'static str),
    #[error("{0} is an invalid negation because it is not a boolean option")]
    Negation(String),
    #[error("Error: Attempt to revert an unknown CVE [{0}]")]
    UnknownRevert(String),
    #[error("{0}")]
    Invalid(String),
}

impl FlagError {
    /// The code that the process ends with.
    #[must_use]
    pub fn exit_code(&self) -> i32 {
        match self {
            Self::UnknownRevert(_) => exit::UNKNOWN_REVERT,
            _ => exit::INVALID_ARGUMENT,
        }
    }
}

/// The names of the options that `NODE_OPTIONS` may hold.
pub fn allowed_in_environment() -> impl Iterator<Item = String> {
    FLAGS
        .iter()
        .filter(|flag| flag.in_environment)
        .flat_map(|flag| {
            let short = (!flag.short.is_empty()).then(|| format!("-{}", flag.short));
            let negated =
                matches!(flag.apply, Apply::Switch(_)).then(|| format!("--no-{}", flag.name));
            let named = std::iter::once(format!("--{}", flag.name));
            named.chain(negated).chain(short)
        })
        .chain(
            IGNORED_IN_ENVIRONMENT
                .iter()
                .map(|name| format!("--{name}")),
        )
}

/// Reads a command line without the name of the program, after what `NODE_OPTIONS` holds.
///
/// # Errors
/// The first option that can't be.
pub fn parse(
    args: impl IntoIterator<Item = String>,
    node_options: Option<&str>,
) -> Result<Invocation, FlagError> {
    let mut run = Invocation::default();
    if let Some(text) = node_options {
        let words = split_words(text)?;
        let rest = read(&mut run, words.into_iter(), true)?;
        if let Some(word) = rest.first() {
            return Err(FlagError::NotInEnvironment(word.clone()));
        }
    }
    let all: Vec<String> = args.into_iter().collect();
    let rest = read(&mut run, all.iter().cloned(), false)?;
    let given = all.len() - rest.len();
    run.options.exec_args = all[..given].to_vec();
    let mut rest = rest.into_iter();
    if run
        .options
        .exec_args
        .last()
        .is_some_and(|last| last == "--")
    {
        run.options.exec_args.pop();
    }
    if run.eval.is_none() {
        run.script = rest.next();
    } else if run.check {
        let both = "either --check or --eval can be used, not both";
        return Err(FlagError::Invalid(both.to_owned()));
    }
    if let Some(name) = run.security_reverts.first() {
        return Err(FlagError::UnknownRevert(name.clone()));
    }
    run.args = rest.collect();
    Ok(run)
}

/// Applies options up to the first word that is none; returns that word and all after it.
fn read(
    run: &mut Invocation,
    words: impl Iterator<Item = String>,
    environment: bool,
) -> Result<Vec<String>, FlagError> {
    let mut words = words.peekable();
    while let Some(word) = words.peek() {
        if word == "--" {
            words.next();
            break;
        }
        if word == "-" || !word.starts_with('-') {
            break;
        }
        let Some(word) = words.next() else { break };
        let (name, given) = match word.split_once('=') {
            Some((name, value)) if name.starts_with("--") => {
                (name.to_owned(), Some(value.to_owned()))
            }
            _ => (word.clone(), None),
        };
        // `-pe` is `-p -e`: one script, printed.
        if name == "-pe" || name == "-ep" {
            let text = words
                .next()
                .ok_or_else(|| FlagError::MissingValue(name.clone()))?;
            run.eval = Some(text);
            run.print = true;
            continue;
        }
        let Some((flag, on)) = find(&name) else {
            if is_negated_value(&name) {
                return Err(FlagError::Negation(name));
            }
            if !has_no_effect(&name) {
                return Err(FlagError::Unknown(word));
            }
            run.without_effect.push(word);
            if given.is_none() && takes_ignored_value(&name) {
                words.next().ok_or(FlagError::MissingValue(name))?;
            }
            continue;
        };
        if environment && !flag.in_environment {
            return Err(FlagError::NotInEnvironment(name));
        }
        match &flag.apply {
            Apply::Switch(apply) => apply(run, on),
            Apply::Value(apply) => {
                let value = match given {
                    Some(value) => value,
                    None => words
                        .next()
                        .ok_or_else(|| FlagError::MissingValue(name.clone()))?,
                };
                apply(run, value).map_err(FlagError::Invalid)?;
            }
        }
    }
    Ok(words.collect())
}

fn find(word: &str) -> Option<(&'static Flag, bool)> {
    let Some(long) = word.strip_prefix("--") else {
        let short = word.strip_prefix('-')?;
        let flag = FLAGS
            .iter()
            .find(|flag| !flag.short.is_empty() && flag.short == short)?;
        return Some((flag, true));
    };
    let long = long.replace('_', "-");
    if let Some(flag) = FLAGS.iter().find(|flag| flag.name == long) {
        return Some((flag, true));
    }
    let plain = long.strip_prefix("no-")?;
    let flag = FLAGS.iter().find(|flag| flag.name == plain)?;
    matches!(flag.apply, Apply::Switch(_)).then_some((flag, false))
}

/// Whether a word is `--no-` and the name of an option that takes a value.
fn is_negated_value(word: &str) -> bool {
    let Some(plain) = word.strip_prefix("--no") else {
        return false;
    };
    let plain = plain.replace('_', "-");
    let plain = plain.strip_prefix('-').unwrap_or_default();
    FLAGS
        .iter()
        .any(|flag| flag.name == plain && matches!(flag.apply, Apply::Value(_)))
}

/// Whether the word behind an option without effect is its value.
fn takes_ignored_value(name: &str) -> bool {
    let long = name.trim_start_matches('-').replace('_', "-");
    VALUES_WITHOUT_EFFECT.contains(&long.as_str())
}

fn has_no_effect(name: &str) -> bool {
    let Some(long) = name.strip_prefix("--") else {
        return false;
    };
    let long = long.replace('_', "-");
    // V8 also takes its options with a plain `no` in front.
    let plain = long.strip_prefix("no-").or(long.strip_prefix("no"));
    WITHOUT_EFFECT
        .iter()
        .any(|known| long.starts_with(known) || plain.is_some_and(|plain| plain.starts_with(known)))
}

/// Splits `NODE_OPTIONS` at spaces; double quotes hold words together, a backslash in them takes the next character as
/// it is.
fn split_words(text: &str) -> Result<Vec<String>, FlagError> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if quoted => match letters.next() {
                Some(next) => word.get_or_insert_default().push(next),
                None => return Err(FlagError::Environment("invalid escape")),
            },
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            other => word.get_or_insert_default().push(other),
        }
    }
    if quoted {
        return Err(FlagError::Environment("unterminated string"));
    }
    words.extend(word);
    Ok(words)
}

/// The text of `--help`.
pub fn help() -> String {
    let mut text = String::from(
        "Usage: ouro [options] [ script.js ] [arguments]\n       ouro [options] -e script [arguments]\n\n\
         A script is read from standard input when none is named, or for `-`.\n\nOptions:\n",
    );
    for flag in FLAGS {
        let short = if flag.short.is_empty() {
            "    ".to_owned()
        } else {
            format!("-{}, ", flag.short)
        };
        let name = format!("{short}--{}{}", flag.name, flag.value);
        text.push_str(&format!("  {name:<34}{}\n", flag.help));
    }
    text.push_str(
        "\nEnvironment variables:\n  \
         NODE_OPTIONS                      options, before those of the command line\n  \
         NODE_PATH                         folders in which modules are looked up last\n  \
         NODE_NO_WARNINGS                  1 silences process warnings\n  \
         UV_THREADPOOL_SIZE                threads of the pool, 1 to 1024 (default 4)\n",
    );
    text
}
