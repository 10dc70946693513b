//! The environment of a child as one block: sorted by name without regard to case, as Windows wants it, and with the
//! variables that programs there can't do without.

use super::unit;

const EQUALS: u16 = unit('=');

/// Taken from our own environment where a child's lacks them. Without `SYSTEMROOT`, for one, no socket can be opened.
const REQUIRED: [&str; 11] = [
    "HOMEDRIVE",
    "HOMEPATH",
    "LOGONSERVER",
    "PATH",
    "SYSTEMDRIVE",
    "SYSTEMROOT",
    "TEMP",
    "USERDOMAIN",
    "USERNAME",
    "USERPROFILE",
    "WINDIR",
];

/// The block for `entries` of the form `NAME=value`; others are left out. `ours` looks a variable of ours up.
pub(in crate::sys) fn block(
    entries: &[Vec<u16>],
    ours: impl Fn(&str) -> Option<Vec<u16>>,
) -> Vec<u16> {
    let mut named: Vec<(Vec<u16>, Vec<u16>)> = entries
        .iter()
        .filter_map(|entry| Some((upper_case(name(entry)?), entry.clone())))
        .collect();
    for required in REQUIRED {
        let key: Vec<u16> = required.encode_utf16().collect();
        if named.iter().all(|(name, _)| *name != key)
            && let Some(value) = ours(required)
        {
            let mut entry = key.clone();
            entry.push(EQUALS);
            entry.extend(value);
            named.push((key, entry));
        }
    }
    // A stable sort: of two with the same name, the first stays the one that is found.
    named.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut block = Vec::new();
    for (_, entry) in &named {
        block.extend_from_slice(entry);
        block.push(0);
    }
    if block.is_empty() {
        block.push(0);
    }
    block.push(0);
    block
}

/// The value of a variable, whatever the case of its name.
pub(in crate::sys) fn value<'a>(entries: &'a [Vec<u16>], wanted: &str) -> Option<&'a [u16]> {
    let wanted: Vec<u16> = wanted.encode_utf16().collect();
    entries.iter().find_map(|entry| {
        let name = name(entry)?;
        (upper_case(name) == wanted).then(|| &entry[name.len() + 1..])
    })
}

/// What stands before the equals sign. Names of the shell's own, such as `=C:`, begin with one.
fn name(entry: &[u16]) -> Option<&[u16]> {
    let at = entry.iter().skip(1).position(|&unit| unit == EQUALS)?;
    Some(&entry[..at + 1])
}

fn upper_case(name: &[u16]) -> Vec<u16> {
    name.iter().map(|&unit| upper_case_unit(unit)).collect()
}

/// Windows compares unit by unit, so what would grow stays as it is.
fn upper_case_unit(unit: u16) -> u16 {
    let Some(character) = char::from_u32(unit.into()) else {
        return unit;
    };
    let mut upper = character.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None) => u16::try_from(u32::from(upper)).unwrap_or(unit),
        _ => unit,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{narrow, wide};
    use super::*;

    fn block_of(entries: &[&str], ours: &[(&str, &str)]) -> String {
        let entries: Vec<_> = entries.iter().copied().map(wide).collect();
        let found = block(&entries, |name| {
            let (_, value) = ours.iter().find(|(other, _)| *other == name)?;
            Some(wide(value))
        });
        narrow(&found)
    }

    #[test]
    fn the_block_is_sorted_and_ends_with_two_nuls() {
        for (entries, block) in [
            (&[][..], "\0\0"),
            (&["A=1"], "A=1\0\0"),
            (&["b=2", "C=3", "A=1"], "A=1\0b=2\0C=3\0\0"),
            (&["a_b=2", "AB=1"], "AB=1\0a_b=2\0\0"),
            (&["same=1", "Same=2"], "same=1\0Same=2\0\0"),
            (&["none", "", "=", "A="], "A=\0\0"),
            (&["x=y=z", "=C:=C:\\here"], "=C:=C:\\here\0x=y=z\0\0"),
            (&["ö=1", "Ä=2", "z=3"], "z=3\0Ä=2\0ö=1\0\0"),
        ] {
            assert_eq!(block_of(entries, &[]), block, "{entries:?}");
        }
    }

    #[test]
    fn required_variables_are_added_unless_they_are_there() {
        let ours = [
            ("SYSTEMROOT", r"C:\windows"),
            ("TEMP", r"C:\temp"),
            ("HOME", "no such requirement"),
        ];
        assert_eq!(
            block_of(&["Temp=mine", "Z=1"], &ours),
            "SYSTEMROOT=C:\\windows\0Temp=mine\0Z=1\0\0"
        );
    }

    #[test]
    fn a_value_is_found_whatever_its_case() {
        let entries = ["A=1", "Path=x;y=z", "PATH=later"].map(wide);
        assert_eq!(narrow(value(&entries, "PATH").unwrap()), "x;y=z");
        assert!(value(&entries, "TEMP").is_none());
    }
}
