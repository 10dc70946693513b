//! The words behind a command: options, their arguments, and what is said of those that make no sense.

use std::str::FromStr;

use crate::{Error, Result};

/// The words of a command whose help is this.
pub struct Words<I> {
    words: I,
    help: &'static str,
}

impl<I: Iterator<Item = String>> Words<I> {
    pub fn new(words: I, help: &'static str) -> Self {
        Self { words, help }
    }

    /// The word behind an option.
    ///
    /// # Errors
    /// When there is none.
    pub fn argument(&mut self, option: &str) -> Result<String> {
        let help = self.help;
        let missing = || Error::Usage(format!("{option} requires an argument\n\n{help}"));
        self.words.next().ok_or_else(missing)
    }

    /// The number behind an option, which counts `what`.
    ///
    /// # Errors
    /// When there is none, or none above 0.
    pub fn number<N: FromStr + Default + PartialOrd>(
        &mut self,
        option: &str,
        what: &str,
    ) -> Result<N> {
        let text = self.argument(option)?;
        let number = text.parse().ok().filter(|number| *number > N::default());
        number.ok_or_else(|| Error::Usage(format!("{option} {text}: not a number of {what}")))
    }

    /// A name, which is what a word is that is no option.
    ///
    /// # Errors
    /// When it looks like one.
    pub fn name(&self, word: String) -> Result<String> {
        if word.starts_with('-') {
            let help = self.help;
            return Err(Error::Usage(format!("bad option: {word}\n\n{help}")));
        }
        Ok(word)
    }
}

impl<I: Iterator<Item = String>> Iterator for Words<I> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        self.words.next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &'static str) -> Words<impl Iterator<Item = String>> {
        Words::new(text.split_whitespace().map(str::to_owned), "HELP")
    }

    #[test]
    fn an_argument_is_the_next_word() {
        assert_eq!(words("a b").argument("--json").unwrap(), "a");
        let error = words("").argument("--json").unwrap_err();
        assert_eq!(error.to_string(), "--json requires an argument\n\nHELP");
    }

    #[test]
    fn numbers_are_above_zero() {
        let number = |text| words(text).number::<usize>("--runs", "rounds");
        assert_eq!(number("3").unwrap(), 3);
        for wrong in ["0", "x", "-1", ""] {
            assert!(number(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_do_not_look_like_options() {
        assert_eq!(words("").name("http".to_owned()).unwrap(), "http");
        let error = words("").name("--htpp".to_owned()).unwrap_err();
        assert_eq!(error.to_string(), "bad option: --htpp\n\nHELP");
    }
}
