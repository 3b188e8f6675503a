//! The bands of the screen at any size. Rectangles only.

use ratatui::layout::Rect;

/// Fewer columns than this, or fewer rows than [`MIN_ROWS`], leave room for one plain line.
pub(super) const MIN_COLUMNS: u16 = 20;

/// See [`MIN_COLUMNS`].
pub(super) const MIN_ROWS: u16 = 5;

/// From this many columns up, panes stand side by side.
pub(super) const WIDE_COLUMNS: u16 = 70;

/// Rows of the spectrum.
pub(super) const SPECTRUM_ROWS: u16 = 2;

/// Where each band is; one without room is zero rows high.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bands {
    /// Pages, services.
    pub header: Rect,
    /// The page.
    pub body: Rect,
    /// A line between the page and what is heard.
    pub rule: Rect,
    /// What is heard: one row or two, and [`SPECTRUM_ROWS`] where the spectrum is shown.
    pub playing: Rect,
    /// Why it is silent, and what happened lately.
    pub status: Rect,
    /// Keys that work here.
    pub hints: Rect,
}

/// Shares `area` out from top to bottom; the status has `status_rows` where there is room for them. What is given up first as it gets lower: the air around
/// the page, the second row of what is heard, the hints, the header.
pub(super) fn bands(area: Rect, status_rows: u16, spectrum: bool) -> Bands {
    let rows = area.height;
    let wanted = |from: u16, height: u16| if rows >= from { height } else { 0 };
    let header = wanted(6, 1);
    let air = wanted(18, 1);
    let rule = wanted(14, 1);
    let playing = if rows >= 9 { 2 } else { 1 } + if spectrum { wanted(16, SPECTRUM_ROWS) } else { 0 };
    let status = if rows >= 10 { status_rows.clamp(1, 3) } else { 1 };
    let hints = wanted(7, 1);
    let body = rows.saturating_sub(header + air + rule + playing + status + hints);
    let mut top = area.y;
    let mut band = |height: u16| {
        let rect = Rect { y: top, height, ..area }.intersection(area);
        top = top.saturating_add(height);
        rect
    };
    let header = band(header);
    band(air);
    Bands {
        header,
        body: band(body),
        rule: band(rule),
        playing: band(playing),
        status: band(status),
        hints: band(hints),
    }
}

/// `area` without `columns` cells at its left and right edge.
pub(super) fn inset(area: Rect, columns: u16) -> Rect {
    let columns = columns.min(area.width / 2);
    Rect { x: area.x + columns, width: area.width - 2 * columns, ..area }
}

/// The row of `area` that is `row` rows below its top; empty when there is none.
pub(super) fn row(area: Rect, row: u16) -> Rect {
    if row < area.height { Rect { y: area.y + row, height: 1, ..area } } else { Rect { height: 0, ..area } }
}

/// `area` without its first `rows` rows.
pub(super) fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect { y: area.y + rows, height: area.height - rows, ..area }
}

/// `area` in a left part of `columns` cells and the rest.
pub(super) fn split(area: Rect, columns: u16) -> (Rect, Rect) {
    let columns = columns.min(area.width);
    (Rect { width: columns, ..area }, Rect { x: area.x + columns, width: area.width - columns, ..area })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn heights(rows: u16) -> [u16; 6] {
        let Bands { header, body, rule, playing, status, hints } = bands(Rect::new(0, 0, 80, rows), 1, false);
        [header, body, rule, playing, status, hints].map(|band| band.height)
    }

    #[test]
    fn bands_go_in_order_of_use() {
        assert_eq!(heights(40), [1, 33, 1, 2, 1, 1]);
        assert_eq!(heights(24), [1, 17, 1, 2, 1, 1]);
        assert_eq!(heights(12), [1, 7, 0, 2, 1, 1]);
        assert_eq!(heights(8), [1, 4, 0, 1, 1, 1]);
        assert_eq!(heights(6), [1, 3, 0, 1, 1, 0]);
        assert_eq!(heights(5), [0, 3, 0, 1, 1, 0]);
        let playing = |rows| bands(Rect::new(0, 0, 80, rows), 1, true).playing.height;
        assert_eq!([24, 16, 15, 8].map(playing), [4, 4, 2, 1]);
    }

    proptest! {
        #[test]
        fn bands_follow_each_other_inside_the_area(x in 0_u16..9, y in 0_u16..9, width in 0_u16..300, height in 0_u16..200, status_rows in 0_u16..9, spectrum: bool) {
            let area = Rect { x, y, width, height };
            let Bands { header, body, rule, playing, status, hints } = bands(area, status_rows, spectrum);
            let mut next = area.y;
            for band in [header, body, rule, playing, status, hints].into_iter().filter(|band| band.height > 0) {
                prop_assert!(band.y >= next && band.bottom() <= area.bottom());
                prop_assert_eq!((band.x, band.width), (area.x, area.width));
                next = band.bottom();
            }
        }
    }
}
