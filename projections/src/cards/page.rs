//! The part of a list that is wanted.

use std::cmp::Ordering;

use super::query::CardOrder;

/// What a page is sorted by.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Key {
    Number,
    Of(CardOrder),
}

/// The part of a list that is wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    pub(crate) key: Key,
    pub(crate) descending: bool,
    /// Only what is behind this number.
    pub(crate) after: i64,
    pub(crate) offset: u64,
    pub(crate) limit: u64,
}

impl Page {
    /// The same page of a list of so many, and whether it is counted from the other end because that is nearer.
    pub(super) fn counted_from_the_nearer_end(self, total: u64) -> (Self, bool) {
        let offset = self.offset.min(total);
        let limit = self.limit.min(total - offset);
        let behind = total - offset - limit;
        let backwards = behind < offset;
        (Self { descending: self.descending != backwards, offset: offset.min(behind), limit, ..self }, backwards)
    }

    /// The same page of a list of so many that begins with its last entry if this one is descending, and whether it does.
    pub(super) fn ascending(self, total: u64) -> (Self, bool) {
        let offset = self.offset.min(total);
        let limit = self.limit.min(total - offset);
        let offset = if self.descending { total - offset - limit } else { offset };
        (Self { descending: false, offset, limit, ..self }, self.descending)
    }

    /// What is on the page, of all that is wanted: numbers behind what they are sorted by.
    pub(super) fn cut<K: Ord>(self, mut keys: Vec<(K, i64)>) -> Vec<i64> {
        let compare = |a: &(K, i64), b: &(K, i64)| if self.descending { b.cmp(a) } else { a.cmp(b) };
        let on_page = split(&mut keys, self.offset, compare).1;
        let on_page = split(on_page, self.limit, compare).0;
        on_page.sort_unstable_by(compare);
        on_page.iter().map(|key| key.1).collect()
    }
}

/// The first so many, in any order, and the others.
fn split<T>(items: &mut [T], number: u64, compare: impl FnMut(&T, &T) -> Ordering) -> (&mut [T], &mut [T]) {
    let number = usize::try_from(number).unwrap_or(usize::MAX);
    if number < items.len() {
        items.select_nth_unstable_by(number, compare);
    }
    items.split_at_mut(number.min(items.len()))
}
