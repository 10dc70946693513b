//! Timsort, as [its author describes it](https://github.com/python/cpython/blob/main/Objects/listsort.txt): stable, quick on what is
//! partly sorted, and at ease with a comparison that contradicts itself, for which programs shuffle arrays. (The sorts of the
//! standard library panic then.) V8 sorts arrays by it too: with the same rules the same elements are compared in the same order.

/// Whether the first of two elements comes before the second.
pub trait Less<T, E>: FnMut(T, T) -> Result<bool, E> {}
impl<T, E, F: FnMut(T, T) -> Result<bool, E>> Less<T, E> for F {}

/// Sorts what `items` holds.
///
/// # Errors
/// The first one of `less`, which isn't called again then; `items` may hold some elements twice and lack others.
pub fn sort<T: Copy, E>(items: &mut [T], less: impl Less<T, E>) -> Result<(), E> {
    let count = items.len();
    let mut sorter = Sorter {
        items,
        less,
        runs: Vec::new(),
        spare: Vec::new(),
        min_gallop: MIN_GALLOP,
    };
    let at_least = min_run(count);
    let mut from = 0;
    while from < count {
        let mut length = sorter.count_run(from)?;
        if length < at_least {
            let all = at_least.min(count - from);
            sorter.insert_rest(from, from + length, from + all)?;
            length = all;
        }
        sorter.runs.push(Run { from, length });
        sorter.merge_short()?;
        from += length;
    }
    sorter.merge_all()
}

/// So many wins in a row begin a gallop.
const MIN_GALLOP: usize = 7;

/// How long runs are made: 32 to 64 elements, so that their number is a power of two or a little less.
fn min_run(mut count: usize) -> usize {
    let mut odd = 0;
    while count >= 64 {
        odd |= count & 1;
        count >>= 1;
    }
    count + odd
}

/// Elements that are in order.
#[derive(Clone, Copy)]
struct Run {
    from: usize,
    length: usize,
}

struct Sorter<'a, T, L> {
    items: &'a mut [T],
    less: L,
    /// Runs side by side that haven't been merged yet.
    runs: Vec<Run>,
    /// The shorter one of two runs while they are merged.
    spare: Vec<T>,
    /// How many wins in a row begin a gallop; less where gallops paid.
    min_gallop: usize,
}

/// How the merge of two runs ends.
enum End {
    /// What is left of the copied run fills the gap.
    Copied,
    /// The other run goes on, and one element of the copied run comes behind all.
    LastOfCopied,
}

impl<T: Copy, L> Sorter<'_, T, L> {
    /// The length of the run that begins there, which may go down: it is turned round then.
    fn count_run<E>(&mut self, from: usize) -> Result<usize, E>
    where
        L: Less<T, E>,
    {
        let end = self.items.len();
        if from + 1 == end {
            return Ok(1);
        }
        let down = (self.less)(self.items[from + 1], self.items[from])?;
        let mut next = from + 2;
        while next < end && (self.less)(self.items[next], self.items[next - 1])? == down {
            next += 1;
        }
        if down {
            self.items[from..next].reverse();
        }
        Ok(next - from)
    }

    /// Inserts the elements `middle..end` into those before them, which are in order from `from` on.
    fn insert_rest<E>(&mut self, from: usize, middle: usize, end: usize) -> Result<(), E>
    where
        L: Less<T, E>,
    {
        for next in middle..end {
            let pivot = self.items[next];
            let (mut left, mut right) = (from, next);
            while left < right {
                let middle = left + (right - left) / 2;
                if (self.less)(pivot, self.items[middle])? {
                    right = middle;
                } else {
                    left = middle + 1;
                }
            }
            self.items.copy_within(left..next, left + 1);
            self.items[left] = pivot;
        }
        Ok(())
    }

    /// Merges runs until each is longer than the two behind it together.
    fn merge_short<E>(&mut self) -> Result<(), E>
    where
        L: Less<T, E>,
    {
        while self.runs.len() > 1 {
            let at = self.runs.len() - 2;
            let length = |at: usize| self.runs[at].length;
            let outweighs = |at: usize| at < 2 || length(at - 2) > length(at - 1) + length(at);
            if !outweighs(at + 1) || !outweighs(at) {
                self.merge_around(at)?;
            } else if length(at) <= length(at + 1) {
                self.merge_at(at)?;
            } else {
                break;
            }
        }
        Ok(())
    }

    fn merge_all<E>(&mut self) -> Result<(), E>
    where
        L: Less<T, E>,
    {
        while self.runs.len() > 1 {
            self.merge_around(self.runs.len() - 2)?;
        }
        Ok(())
    }

    /// Merges a run with the shorter one of its neighbours.
    fn merge_around<E>(&mut self, at: usize) -> Result<(), E>
    where
        L: Less<T, E>,
    {
        let before_is_shorter = at > 0 && self.runs[at - 1].length < self.runs[at + 1].length;
        self.merge_at(if before_is_shorter { at - 1 } else { at })
    }

    /// Merges a run with the next.
    fn merge_at<E>(&mut self, at: usize) -> Result<(), E>
    where
        L: Less<T, E>,
    {
        let (mut left, mut right) = (self.runs[at], self.runs[at + 1]);
        self.runs[at].length += right.length;
        self.runs.remove(at + 1);
        // What comes before all of the other run stays where it is, and so does what comes behind.
        let first = self.items[right.from];
        let stay = after(
            &self.items[left.from..][..left.length],
            first,
            0,
            &mut self.less,
        )?;
        left = Run {
            from: left.from + stay,
            length: left.length - stay,
        };
        if left.length == 0 {
            return Ok(());
        }
        let last = self.items[left.from + left.length - 1];
        let others = &self.items[right.from..][..right.length];
        right.length = before(others, last, right.length - 1, &mut self.less)?;
        if right.length == 0 {
            return Ok(());
        }
        self.spare.clear();
        if left.length <= right.length {
            let copied = &self.items[left.from..][..left.length];
            self.spare.extend_from_slice(copied);
            self.merge_up(left.from, right)
        } else {
            let copied = &self.items[right.from..][..right.length];
            self.spare.extend_from_slice(copied);
            self.merge_down(left, right.from + right.length)
        }
    }

    /// Merges the copied run, which comes before the other, from the first element on.
    fn merge_up<E>(&mut self, mut to: usize, mut other: Run) -> Result<(), E>
    where
        L: Less<T, E>,
    {
        let (items, spare, less) = (&mut *self.items, &self.spare[..], &mut self.less);
        let mut copied = 0;
        let end = 'merged: {
            items[to] = items[other.from];
            (to, other) = (to + 1, other.without_first(1));
            if other.length == 0 {
                break 'merged End::Copied;
            }
            if spare.len() == 1 {
                break 'merged End::LastOfCopied;
            }
            loop {
                let (mut wins, mut other_wins) = (0, 0);
                while wins < self.min_gallop && other_wins < self.min_gallop {
                    if less(items[other.from], spare[copied])? {
                        items[to] = items[other.from];
                        (to, other) = (to + 1, other.without_first(1));
                        (wins, other_wins) = (0, other_wins + 1);
                        if other.length == 0 {
                            break 'merged End::Copied;
                        }
                    } else {
                        items[to] = spare[copied];
                        (to, copied) = (to + 1, copied + 1);
                        (wins, other_wins) = (wins + 1, 0);
                        if spare.len() - copied == 1 {
                            break 'merged End::LastOfCopied;
                        }
                    }
                }
                self.min_gallop += 1;
                loop {
                    self.min_gallop = (self.min_gallop - 1).max(1);
                    wins = after(&spare[copied..], items[other.from], 0, less)?;
                    items[to..to + wins].copy_from_slice(&spare[copied..copied + wins]);
                    (to, copied) = (to + wins, copied + wins);
                    match spare.len() - copied {
                        // Only a comparison that contradicts itself comes to this.
                        0 => break 'merged End::Copied,
                        1 => break 'merged End::LastOfCopied,
                        _ => {}
                    }
                    items[to] = items[other.from];
                    (to, other) = (to + 1, other.without_first(1));
                    if other.length == 0 {
                        break 'merged End::Copied;
                    }
                    let others = &items[other.from..][..other.length];
                    other_wins = before(others, spare[copied], 0, less)?;
                    items.copy_within(other.from..other.from + other_wins, to);
                    (to, other) = (to + other_wins, other.without_first(other_wins));
                    if other.length == 0 {
                        break 'merged End::Copied;
                    }
                    items[to] = spare[copied];
                    (to, copied) = (to + 1, copied + 1);
                    if spare.len() - copied == 1 {
                        break 'merged End::LastOfCopied;
                    }
                    if wins < MIN_GALLOP && other_wins < MIN_GALLOP {
                        break;
                    }
                }
                self.min_gallop += 1;
            }
        };
        if matches!(end, End::LastOfCopied) {
            items.copy_within(other.from..other.from + other.length, to);
            to += other.length;
        }
        let rest = &spare[copied..];
        items[to..to + rest.len()].copy_from_slice(rest);
        Ok(())
    }

    /// Merges the copied run, which comes behind the other, from the last element on. `end` is where it ended.
    fn merge_down<E>(&mut self, mut other: Run, mut end: usize) -> Result<(), E>
    where
        L: Less<T, E>,
    {
        let (items, spare, less) = (&mut *self.items, &self.spare[..], &mut self.less);
        let mut left = spare.len();
        let how = 'merged: {
            items[end - 1] = items[other.last()];
            (end, other.length) = (end - 1, other.length - 1);
            if other.length == 0 {
                break 'merged End::Copied;
            }
            if left == 1 {
                break 'merged End::LastOfCopied;
            }
            loop {
                let (mut wins, mut other_wins) = (0, 0);
                while wins < self.min_gallop && other_wins < self.min_gallop {
                    if less(spare[left - 1], items[other.last()])? {
                        items[end - 1] = items[other.last()];
                        (end, other.length) = (end - 1, other.length - 1);
                        (wins, other_wins) = (0, other_wins + 1);
                        if other.length == 0 {
                            break 'merged End::Copied;
                        }
                    } else {
                        items[end - 1] = spare[left - 1];
                        (end, left) = (end - 1, left - 1);
                        (wins, other_wins) = (wins + 1, 0);
                        if left == 1 {
                            break 'merged End::LastOfCopied;
                        }
                    }
                }
                self.min_gallop += 1;
                loop {
                    self.min_gallop = (self.min_gallop - 1).max(1);
                    let others = &items[other.from..][..other.length];
                    let stay = after(others, spare[left - 1], other.length - 1, less)?;
                    other_wins = other.length - stay;
                    let moved = other.from + stay..other.from + other.length;
                    items.copy_within(moved, end - other_wins);
                    (end, other.length) = (end - other_wins, stay);
                    if other.length == 0 {
                        break 'merged End::Copied;
                    }
                    items[end - 1] = spare[left - 1];
                    (end, left) = (end - 1, left - 1);
                    if left == 1 {
                        break 'merged End::LastOfCopied;
                    }
                    let stay = before(&spare[..left], items[other.last()], left - 1, less)?;
                    wins = left - stay;
                    items[end - wins..end].copy_from_slice(&spare[stay..left]);
                    (end, left) = (end - wins, stay);
                    match left {
                        // Only a comparison that contradicts itself comes to this.
                        0 => break 'merged End::Copied,
                        1 => break 'merged End::LastOfCopied,
                        _ => {}
                    }
                    items[end - 1] = items[other.last()];
                    (end, other.length) = (end - 1, other.length - 1);
                    if other.length == 0 {
                        break 'merged End::Copied;
                    }
                    if wins < MIN_GALLOP && other_wins < MIN_GALLOP {
                        break;
                    }
                }
                self.min_gallop += 1;
            }
        };
        if matches!(how, End::LastOfCopied) {
            let moved = other.from..other.from + other.length;
            end -= other.length;
            items.copy_within(moved, end);
        }
        items[end - left..end].copy_from_slice(&spare[..left]);
        Ok(())
    }
}

impl Run {
    fn without_first(self, count: usize) -> Self {
        Self {
            from: self.from + count,
            length: self.length - count,
        }
    }

    fn last(self) -> usize {
        self.from + self.length - 1
    }
}

/// How many elements of a run come before `key`: those that are equal don't. The search goes out from `hint` in steps that
/// double, and is binary between the last two of them.
fn before<T: Copy, E>(
    run: &[T],
    key: T,
    hint: usize,
    less: &mut impl Less<T, E>,
) -> Result<usize, E> {
    gallop(run.len(), hint, |at| less(run[at], key))
}

/// How many elements of a run don't come after `key`: those that are equal belong to them.
fn after<T: Copy, E>(
    run: &[T],
    key: T,
    hint: usize,
    less: &mut impl Less<T, E>,
) -> Result<usize, E> {
    gallop(run.len(), hint, |at| Ok(!less(key, run[at])?))
}

/// At how many of `count` places, from the first one on, `is_left` holds.
fn gallop<E>(
    count: usize,
    hint: usize,
    mut is_left: impl FnMut(usize) -> Result<bool, E>,
) -> Result<usize, E> {
    let (mut step, mut last) = (1, 0);
    let (mut low, mut high);
    if is_left(hint)? {
        let most = count - hint;
        while step < most && is_left(hint + step)? {
            (last, step) = (step, 2 * step + 1);
        }
        (low, high) = (hint + last + 1, hint + step.min(most));
    } else {
        let most = hint + 1;
        while step < most && !is_left(hint - step)? {
            (last, step) = (step, 2 * step + 1);
        }
        (low, high) = (most - step.min(most), hint - last);
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if is_left(middle)? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(high)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    /// Numbers that look random, the same each time.
    fn numbers(seed: u64) -> impl FnMut() -> u64 {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state >> 11
        }
    }

    fn lengths() -> impl Iterator<Item = usize> {
        (0..200).chain([500, 1000, 1023, 1024, 5000, 20_000])
    }

    #[test]
    fn sorts_as_the_standard_library_does() {
        for length in lengths() {
            for (kinds, step) in [(u64::MAX, 0), (3, 0), (100, 0), (u64::MAX, 50), (2, 9)] {
                let mut next = numbers(length as u64 + kinds % 7);
                // Keys with places, and stretches that go up or down already.
                let mut items: Vec<(u64, usize)> = (0..length)
                    .map(|at| match at.checked_rem(step) {
                        None | Some(0) => (next() % kinds, at),
                        Some(place) if (at / step) % 2 == 0 => (place as u64, at),
                        Some(place) => ((step - place) as u64, at),
                    })
                    .collect();
                let mut expected = items.clone();
                expected.sort_by_key(|item| item.0);
                let Ok(()) = sort(&mut items, |a, b| Ok::<_, Infallible>(a.0 < b.0));
                assert_eq!(items, expected, "{length} of {kinds} kinds, {step}");
            }
        }
    }

    #[test]
    fn a_comparison_that_contradicts_itself_loses_nothing() {
        for length in lengths() {
            for often in 1..6 {
                let mut next = numbers(length as u64 * 7 + often);
                let mut items: Vec<usize> = (0..length).collect();
                let mut answers = numbers(often);
                let Ok(()) = sort(&mut items, |_, _| {
                    Ok::<_, Infallible>(if often == 5 {
                        // Long gallops, with contradictions in between.
                        answers() % 100 > 1
                    } else {
                        next().is_multiple_of(often)
                    })
                });
                items.sort_unstable();
                assert!(items.iter().copied().eq(0..length), "{length}, {often}");
            }
        }
    }

    #[test]
    fn an_error_ends_it() {
        let mut next = numbers(1);
        let mut items: Vec<u64> = (0..1000).map(|_| next()).collect();
        let mut calls = 0;
        let outcome = sort(&mut items, |a, b| {
            calls += 1;
            if calls == 700 { Err("no") } else { Ok(a < b) }
        });
        assert_eq!((outcome, calls), (Err("no"), 700));
    }
}
