//! The table in the README: passed of in scope, by module. It follows from the two lists alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use crate::suite::{self, Test};

const BEGIN: &str = "<!-- node: begin -->\n";
const END: &str = "<!-- node: end -->";
/// A module with fewer tests has no row of its own.
const SMALLEST_ROW: usize = 10;

/// Where a test's name doesn't begin with its module's name: the beginning, and the module.
const MODULES: &[(&str, &str)] = &[
    ("async-hooks", "async_hooks"),
    ("async-local-storage", "async_hooks"),
    ("async-wrap", "async_hooks"),
    ("asyncresource", "async_hooks"),
    ("child-process", "child_process"),
    ("diagnostics-channel", "diagnostics_channel"),
    ("event-emitter", "events"),
    ("event", "events"),
    ("file", "web"),
    ("messageport", "worker_threads"),
    ("messagechannel", "worker_threads"),
    ("next-tick", "process"),
    ("path", "path"),
    ("performance", "perf_hooks"),
    ("perf-hooks", "perf_hooks"),
    ("promise", "process"),
    ("promises", "process"),
    ("readable", "stream"),
    ("require", "module"),
    ("runner", "test"),
    ("stdin", "process"),
    ("stdio", "process"),
    ("stdout", "process"),
    ("stream2", "stream"),
    ("stream3", "stream"),
    ("streams", "stream"),
    ("string-decoder", "string_decoder"),
    ("webcrypto", "crypto"),
    ("webstream", "web"),
    ("webstreams", "web"),
    ("whatwg", "web"),
    ("worker", "worker_threads"),
];

/// The module that a test is about, by the first words of its name.
fn module(test: &Test) -> &str {
    if test.folder() == "es-module" {
        return "ES modules";
    }
    let name = test.name().trim_start_matches("test-");
    let known = MODULES.iter().find(|(beginning, _)| {
        name.strip_prefix(beginning)
            .is_some_and(|rest| rest.starts_with(['-', '.']))
    });
    match known {
        Some((_, module)) => module,
        None => name.split(['-', '.']).next().unwrap_or(name),
    }
}

/// Passed and in scope.
#[derive(Clone, Copy, Default)]
struct Sum {
    passed: usize,
    all: usize,
}

impl Sum {
    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.all += other.all;
    }

    fn row(self, name: &str) -> String {
        let share = 100.0 * self.passed as f64 / self.all.max(1) as f64;
        format!(
            "| {name} | {} | {} | {share:.0} % |\n",
            self.passed, self.all
        )
    }
}

/// The rows, without the line above them that has the date.
fn rows(scope: &BTreeSet<Test>, passing: &[Test]) -> String {
    let passing: BTreeSet<&Test> = passing.iter().collect();
    let mut sums: BTreeMap<&str, Sum> = BTreeMap::new();
    for test in scope {
        sums.entry(module(test)).or_default().add(Sum {
            passed: usize::from(passing.contains(test)),
            all: 1,
        });
    }
    let mut total = Sum::default();
    let mut others = Sum::default();
    let mut large = Vec::new();
    for (name, sum) in sums {
        total.add(sum);
        if sum.all < SMALLEST_ROW {
            others.add(sum);
        } else {
            large.push((name, sum));
        }
    }
    large.sort_by_key(|(name, sum)| (std::cmp::Reverse(sum.all), *name));
    let mut text = String::from("| | passed | in scope | |\n|---|--:|--:|--:|\n");
    for (name, sum) in large {
        let name = if name.contains(' ') || name == "web" {
            name.to_owned()
        } else {
            format!("`{name}`")
        };
        text.push_str(&sum.row(&name));
    }
    text.push_str(&others.row("others"));
    text.push_str(&total.row("**all**"));
    text
}

fn readme() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

/// Writes the table, with today's date.
pub fn write(scope: &BTreeSet<Test>, passing: &[Test]) -> io::Result<()> {
    let text = fs::read_to_string(readme())?;
    let (before, _, after) = parts(&text)?;
    let table = format!(
        "Node.js {}'s own tests that Ouro {} passes, {}.\n\n{}",
        suite::VERSION,
        env!("CARGO_PKG_VERSION"),
        today(),
        rows(scope, passing)
    );
    fs::write(readme(), format!("{before}{BEGIN}{table}{END}{after}"))
}

/// Whether the README's figures are those of the lists.
pub fn check(scope: &BTreeSet<Test>, passing: &[Test]) -> io::Result<bool> {
    let text = fs::read_to_string(readme())?;
    let (_, table, _) = parts(&text)?;
    Ok(table.ends_with(&rows(scope, passing)))
}

/// What stands before, between and behind the markers.
fn parts(text: &str) -> io::Result<(&str, &str, &str)> {
    let missing = || io::Error::other("README.md has no markers for the table of Node's tests");
    let (before, rest) = text.split_once(BEGIN).ok_or_else(missing)?;
    let (table, after) = rest.split_once(END).ok_or_else(missing)?;
    Ok((before, table, after))
}

/// The date in UTC, as ISO 8601 has it.
fn today() -> String {
    let seconds = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let (year, month, day) = civil(i64::try_from(seconds / 86_400).unwrap_or(0));
    format!("{year}-{month:02}-{day:02}")
}

/// The Gregorian date of a day since 1970-01-01: whole years first, then whole months.
fn civil(mut days: i64) -> (i64, i64, i64) {
    let mut year = 1970;
    let leap = |year: i64| (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    while days >= 365 + i64::from(leap(year)) {
        days -= 365 + i64::from(leap(year));
        year += 1;
    }
    let february = 28 + i64::from(leap(year));
    let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while days >= months[month] {
        days -= months[month];
        month += 1;
    }
    (year, month as i64 + 1, days + 1)
}
