//! The entries of directories. A listing may have hundreds of thousands: their names lie one behind the other in one piece of memory.

use super::Kind;

/// An entry of a directory.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    pub name: &'a [u8],
    pub kind: Kind,
}

/// Entries of any number of directories.
#[derive(Debug, Default)]
pub struct Entries {
    names: Vec<u8>,
    list: Vec<Place>,
}

/// Where an entry's name is, and what it is.
#[derive(Clone, Copy, Debug)]
struct Place {
    start: usize,
    end: usize,
    kind: Kind,
}

impl Entries {
    pub fn push(&mut self, name: &[u8], kind: Kind) {
        let start = self.names.len();
        self.names.extend_from_slice(name);
        let end = self.names.len();
        self.list.push(Place { start, end, kind });
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Sorts those from this one on by their names' bytes.
    pub fn sort_from(&mut self, first: usize) {
        let names = &self.names;
        self.list[first..].sort_unstable_by_key(|place| &names[place.start..place.end]);
    }

    pub fn get(&self, index: usize) -> Entry<'_> {
        let Place { start, end, kind } = self.list[index];
        Entry {
            name: &self.names[start..end],
            kind,
        }
    }

    pub fn set_kind(&mut self, index: usize, kind: Kind) {
        self.list[index].kind = kind;
    }

    pub fn iter(&self) -> impl Iterator<Item = Entry<'_>> {
        (0..self.len()).map(|index| self.get(index))
    }
}

#[cfg(test)]
mod tests {
    use super::{Entries, Kind};

    #[test]
    fn only_the_last_ones_are_sorted() {
        let mut entries = Entries::default();
        for name in ["z", "b", "a\u{300}", "a"] {
            entries.push(name.as_bytes(), Kind::File);
        }
        entries.sort_from(1);
        entries.set_kind(3, Kind::Link);
        let names: Vec<_> = entries
            .iter()
            .map(|entry| (String::from_utf8_lossy(entry.name).into_owned(), entry.kind))
            .collect();
        let expected = [
            ("z", Kind::File),
            ("a", Kind::File),
            ("a\u{300}", Kind::File),
            ("b", Kind::Link),
        ];
        assert_eq!(names, expected.map(|(name, kind)| (name.to_owned(), kind)));
    }
}
