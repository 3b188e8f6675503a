//! A cursor in a list and the rows that are seen. Both stay inside the list, whatever happens.

use std::ops::Range;

/// Cursor, first row seen and number of rows of one list; not the rows themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    cursor: usize,
    offset: usize,
    /// The last row that scrolling brought into view.
    seen: usize,
    len: usize,
    /// No row is shown that the cursor could be on.
    hidden: bool,
}

impl List {
    /// The row the cursor is on; `None` when there are no rows, or a filter shows none.
    pub fn cursor(&self) -> Option<usize> {
        (self.cursor < self.len && !self.hidden).then_some(self.cursor)
    }

    /// Takes the cursor away while no row is shown, and gives it back.
    pub(super) fn hide_cursor(&mut self, hidden: bool) {
        self.hidden = hidden;
    }

    #[cfg(test)]
    pub(super) fn is_hidden(&self) -> bool {
        self.hidden
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The rows to draw in `height` lines: always with the cursor, and without a gap at the end
    /// while there are rows before.
    pub fn window(&self, height: usize) -> Range<usize> {
        let first = self
            .offset
            .max((self.cursor + 1).saturating_sub(height))
            .min(self.cursor)
            .min(self.len.saturating_sub(height));
        first..(first + height).min(self.len)
    }

    /// Takes over that there are `len` rows now; the cursor stays where it can.
    pub(super) fn set_len(&mut self, len: usize) {
        self.len = len;
        self.cursor = self.cursor.min(len.saturating_sub(1));
        self.offset = self.offset.min(self.cursor);
    }

    /// Puts the cursor on `row`, or on the last one.
    pub(super) fn go_to(&mut self, row: usize, height: usize) {
        self.cursor = row.min(self.len.saturating_sub(1));
        self.offset = self.window(height).start;
        self.seen = self.cursor;
    }

    /// Moves the view down by `rows`, up when negative; the cursor goes along only to stay in view.
    pub(super) fn scroll(&mut self, rows: isize, height: usize) {
        let last_first = self.len.saturating_sub(height);
        let first = self.window(height).start.saturating_add_signed(rows).min(last_first);
        let last = (first + height.max(1)).min(self.len).saturating_sub(1);
        self.cursor = self.cursor.clamp(first.min(last), last);
        self.offset = first.min(self.cursor);
        self.seen = last;
    }

    /// Moves the cursor down by `rows`, up when negative, as far as there are rows.
    pub(super) fn move_by(&mut self, rows: isize, height: usize) {
        self.go_to(self.cursor.saturating_add_signed(rows), height);
    }

    /// Whether fewer than `rows` rows come after the cursor, or after what was scrolled to.
    pub(super) fn near_end(&self, rows: usize) -> bool {
        self.cursor.max(self.seen).saturating_add(rows) >= self.len
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_window_follows_the_cursor() {
        let mut list = List::default();
        assert_eq!((list.cursor(), list.window(10)), (None, 0..0));
        list.set_len(100);
        assert_eq!((list.cursor(), list.window(10)), (Some(0), 0..10));
        list.move_by(9, 10);
        assert_eq!(list.window(10), 0..10);
        list.move_by(1, 10);
        assert_eq!((list.cursor(), list.window(10)), (Some(10), 1..11));
        list.move_by(-5, 10);
        assert_eq!(list.window(10), 1..11, "going up inside the window does not scroll");
        list.go_to(usize::MAX, 10);
        assert_eq!((list.cursor(), list.window(10)), (Some(99), 90..100));
        list.set_len(5);
        assert_eq!((list.cursor(), list.window(10)), (Some(4), 0..5));
        assert_eq!(list.window(0), 4..4);
    }

    #[test]
    fn scrolling_moves_the_view_and_the_cursor_only_at_its_edge() {
        let mut list = List::default();
        list.set_len(100);
        list.go_to(5, 10);
        let rows = [
            (3, (5, 3..13)),
            (3, (6, 6..16)),
            (-3, (6, 3..13)),
            (-9, (6, 0..10)),
            (-1, (6, 0..10)),
            (60, (60, 60..70)),
            (99, (90, 90..100)),
            (-10, (89, 80..90)),
        ];
        for (rows, (cursor, window)) in rows {
            list.scroll(rows, 10);
            assert_eq!((list.cursor(), list.window(10)), (Some(cursor), window), "by {rows}");
        }
        list.scroll(-50, 10);
        assert!(!list.near_end(10));
        list.scroll(99, 10);
        assert!(list.near_end(1), "the last row is in view");
    }

    proptest! {
        #[test]
        fn cursor_and_window_stay_inside(steps in prop::collection::vec((0_usize..50, -60_isize..60, 0_usize..20, any::<bool>()), 0..30)) {
            let mut list = List::default();
            for (len, rows, height, scrolls) in steps {
                list.set_len(len);
                if scrolls { list.scroll(rows, height) } else { list.move_by(rows, height) }
                let window = list.window(height);
                prop_assert_eq!(list.cursor().is_some(), len > 0);
                prop_assert!(window.end <= len && window.len() == height.min(len));
                if let Some(cursor) = list.cursor() {
                    prop_assert!(cursor < len && (height == 0 || window.contains(&cursor)));
                }
            }
        }
    }
}
