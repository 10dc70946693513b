//! The entries of a directory, which may have hundreds of thousands: their names lie one behind the other in one piece of memory.

use super::Kind;

/// An entry of a directory.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    pub name: &'a [u8],
    pub kind: Kind,
}

/// All entries of one directory.
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

    /// Sorts them by their names' bytes.
    pub fn sort(&mut self) {
        let names = &self.names;
        self.list
            .sort_unstable_by_key(|place| &names[place.start..place.end]);
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
    fn they_are_sorted_by_bytes() {
        let mut entries = Entries::default();
        for name in ["z", "b", "a\u{300}", "a"] {
            entries.push(name.as_bytes(), Kind::File);
        }
        entries.sort();
        entries.set_kind(2, Kind::Link);
        let names: Vec<_> = entries
            .iter()
            .map(|entry| (String::from_utf8_lossy(entry.name).into_owned(), entry.kind))
            .collect();
        let expected = [
            ("a", Kind::File),
            ("a\u{300}", Kind::File),
            ("b", Kind::Link),
            ("z", Kind::File),
        ];
        assert_eq!(names, expected.map(|(name, kind)| (name.to_owned(), kind)));
    }
}
