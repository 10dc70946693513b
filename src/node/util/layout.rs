//! How `util.inspect` puts the entries of a literal on lines: on one where they fit, in columns, or one on each. The same
//! as `layOut` in `inspect.js`, for [`quick`](super::quick).

use boa_engine::JsObject;

use super::text::columns_of;

/// UTF-16.
pub(super) type Text = Vec<u16>;

/// Between two entries on a line: a comma and a space.
const SEPARATOR: usize = 2;

/// Where on the page an inspection is, and what is to be kept to.
pub(super) struct Layout {
    pub indent: usize,
    /// The level of the literal that was begun last.
    pub depth_now: usize,
    /// The same, if one was begun here.
    pub deepest: Option<usize>,
    pub break_length: f64,
    /// So many levels may share a line.
    pub compact: f64,
    /// So many elements of a list are shown.
    pub max_array: f64,
}

impl Layout {
    /// A literal begins.
    pub fn enter(&mut self, level: usize) {
        self.depth_now = level;
        self.deepest = Some(level);
    }

    /// The text of a literal; `list` is the array that it shows, if it does.
    pub fn lay_out(
        &self,
        mut entries: Vec<Text>,
        base: &[u16],
        open: &[u16],
        close: &str,
        list: Option<&JsObject>,
        level: usize,
    ) -> Text {
        let count = entries.len();
        if let Some(list) = list
            && count > 6
            && let Some(rows) = self.columns(&entries, list)
        {
            entries = rows;
        }
        let mut text = base.to_vec();
        if !base.is_empty() {
            text.push(u16::from(b' '));
        }
        text.extend_from_slice(open);
        let begun = self.depth_now as f64 - level as f64;
        let on_one_line = begun < self.compact && count == entries.len() && {
            let start = count + self.indent + open.len() + base.len() + 10;
            self.fits(&entries, start) && !has_line_break(base) && !entries.iter().any(has_break)
        };
        if on_one_line {
            text.push(u16::from(b' '));
            join(&mut text, &entries, &[u16::from(b','), u16::from(b' ')]);
            text.push(u16::from(b' '));
        } else {
            let mut line = vec![u16::from(b'\n')];
            line.resize(1 + self.indent, u16::from(b' '));
            text.extend_from_slice(&line);
            text.extend([u16::from(b' '); 2]);
            let mut separator = vec![u16::from(b',')];
            separator.extend_from_slice(&line);
            separator.extend([u16::from(b' '); 2]);
            join(&mut text, &entries, &separator);
            text.extend_from_slice(&line);
        }
        text.extend(close.bytes().map(u16::from));
        text
    }

    fn fits(&self, entries: &[Text], start: usize) -> bool {
        let total = entries.len() + start;
        let length: usize = entries.iter().map(Vec::len).sum();
        (total + entries.len().max(length)) as f64 <= self.break_length
    }

    /// Long lists of short entries in aligned columns, about as wide as 2.5 times their height.
    fn columns(&self, entries: &[Text], list: &JsObject) -> Option<Vec<Text>> {
        let array = list.borrow();
        let element = |index: usize| array.properties().get(&index.into());
        // The last one may say how many more there are.
        let has_tail = self.max_array < entries.len() as f64;
        let count = entries.len() - usize::from(has_tail);
        let widths: Vec<usize> = entries[..count].iter().map(width).collect();
        let widest = widths.iter().copied().max().unwrap_or_default();
        let total: usize = widths.iter().map(|width| width + SEPARATOR).sum();
        let cell = widest + SEPARATOR;
        let room = self.break_length;
        if (cell * 3 + self.indent) as f64 >= room
            || (total as f64 / cell as f64 <= 5.0 && widest > 6)
        {
            return None;
        }
        let bias = (cell as f64 - total as f64 / entries.len() as f64).sqrt();
        let biased = (cell as f64 - 3.0 - bias).max(1.0);
        let columns = ((2.5 * biased * count as f64).sqrt() / biased + 0.5)
            .floor()
            .min(((room - self.indent as f64) / cell as f64).floor())
            .min(self.compact * 4.0)
            .min(15.0);
        if columns <= 1.0 {
            return None;
        }
        let columns = columns as usize;
        let widest_of = |column: usize| {
            let widths = widths.iter().skip(column).step_by(columns);
            widths.copied().max().unwrap_or_default() + SEPARATOR
        };
        let column_widths: Vec<usize> = (0..columns).map(widest_of).collect();
        let is_number = |index: usize| {
            element(index).is_some_and(|found| {
                (found.value()).is_some_and(|value| value.is_number() || value.is_bigint())
            })
        };
        let right = (0..entries.len()).all(is_number);
        let mut rows = Vec::with_capacity(count / columns + 2);
        for start in (0..count).step_by(columns) {
            let end = (start + columns).min(count);
            let mut row = Text::new();
            for index in start..end {
                let mut entry = entries[index].clone();
                // Wide and invisible characters: the padding is in units, the columns are not.
                let room = column_widths[index - start] + entry.len() - widths[index];
                let is_last = index == end - 1;
                if !is_last {
                    entry.extend([u16::from(b','), u16::from(b' ')]);
                }
                match (right, is_last) {
                    (true, _) => {
                        let room = if is_last { room - SEPARATOR } else { room };
                        row.resize(row.len() + room.saturating_sub(entry.len()), SPACE);
                        row.extend(entry);
                    }
                    (false, true) => row.extend(entry),
                    (false, false) => {
                        let end = row.len() + room.max(entry.len());
                        row.extend(entry);
                        row.resize(end, SPACE);
                    }
                }
            }
            rows.push(row);
        }
        if has_tail {
            rows.extend(entries.last().cloned());
        }
        Some(rows)
    }
}

const SPACE: u16 = b' ' as u16;

fn join(text: &mut Text, entries: &[Text], separator: &[u16]) {
    for (index, entry) in entries.iter().enumerate() {
        if index > 0 {
            text.extend_from_slice(separator);
        }
        text.extend_from_slice(entry);
    }
}

fn has_line_break(text: &[u16]) -> bool {
    text.contains(&u16::from(b'\n'))
}

fn has_break(text: &Text) -> bool {
    has_line_break(text)
}

/// Columns of a terminal.
fn width(text: &Text) -> usize {
    let characters = char::decode_utf16(text.iter().copied());
    let columns = characters.map(|found| columns_of(found.unwrap_or(char::REPLACEMENT_CHARACTER)));
    columns.sum()
}
