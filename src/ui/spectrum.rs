//! The spectrum of what is heard, and how strong each side is.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::layout::row;
use super::theme::Theme;
use super::widgets::put_right;
use crate::app::{Action, PlayState, State, Target};
use crate::model::{SPECTRUM_BANDS, Spectrum};

/// Decibels from nothing to the top.
const RANGE_DB: f32 = 72.0;

/// Heights of a bar in one cell.
const STEPS: u16 = 8;

/// From this many columns up, each side's level is told in words.
const LEVELS_COLUMNS: u16 = 64;

/// Draws bars over all of `area`.
pub(super) fn draw(buffer: &mut Canvas<'_>, area: Rect, state: &State, theme: &Theme) {
    let area = area.intersection(buffer.area);
    if area.is_empty() {
        return;
    }
    let sounds = state.playback.play_state() == PlayState::Playing;
    let spectrum = state.playback.spectrum.filter(|_| sounds).unwrap_or_default();
    let bars = if area.width >= LEVELS_COLUMNS { levels(buffer, area, &spectrum, theme) } else { area };
    let bars = Rect { x: bars.x + 2.min(bars.width), width: bars.width.saturating_sub(2), ..bars };
    buffer.mark(bars, Target::Action(Action::Spectrum));
    let most = bars.height * STEPS;
    // As many cells a band as there is room for, else as many bands.
    let bands = u16::try_from(SPECTRUM_BANDS).unwrap_or(u16::MAX);
    let wide = (bars.width / bands).max(1);
    for column in 0..bars.width.min(wide * bands) {
        let Some(level) = spectrum.bands.get(usize::from(column / wide)) else { break };
        let height = steps(*level, most);
        // A gap between bars that have more than a cell.
        let gap = wide > 1 && column % wide == wide - 1;
        for from_below in 0..bars.height {
            let filled = if gap { 0 } else { height.saturating_sub(from_below * STEPS).min(STEPS) };
            let sign = theme.signs.bars.get(usize::from(filled)).copied().unwrap_or(" ");
            let place = (bars.x + column, bars.bottom() - 1 - from_below);
            buffer[place].set_symbol(sign).set_style(theme.heard);
        }
    }
}

/// Writes both sides' levels at the right; gives what is left of `area`.
fn levels(buffer: &mut Canvas<'_>, area: Rect, spectrum: &Spectrum, theme: &Theme) -> Rect {
    let mut left = area;
    for (at, (side, level)) in (0..).zip(["L", "R"].iter().zip(spectrum.levels)) {
        let words = format!("{side} {:>4.0} dB  peak {:>4.0} dB", level.mean_db, level.peak_db);
        let rest = put_right(buffer, row(area, at), &words, theme.faint);
        left.width = left.width.min(rest.width);
    }
    left
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, at most `most`")]
fn steps(level_db: f32, most: u16) -> u16 {
    ((level_db / RANGE_DB + 1.0).clamp(0.0, 1.0) * f32::from(most)).round() as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_high_as_the_sound_is_loud() {
        for (level, expected) in [(-90.0, 0), (-72.0, 0), (-36.0, 8), (-18.0, 12), (0.0, 16), (6.0, 16)] {
            assert_eq!(steps(level, 16), expected, "{level} dB");
        }
    }
}
