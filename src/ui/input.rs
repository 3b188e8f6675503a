//! A line that is typed into.

use ratatui::layout::{Position, Rect};

use super::canvas::Canvas;
use super::text::{beginning, cells, ending};
use super::theme::Theme;
use super::widgets::put;
use crate::app::{Target, TextInput};

/// What stands before the words.
const PROMPT: &str = "/ ";

/// Draws the line, scrolled so that the caret is seen; gives the caret's place while keys go here.
pub(super) fn input(
    buffer: &mut Canvas<'_>,
    area: Rect,
    theme: &Theme,
    input: &TextInput,
    typing: bool,
    wanted: &str,
) -> Option<Position> {
    buffer.mark(area, Target::Line);
    if typing {
        buffer.words.line = Some(wanted.to_owned());
    }
    let style = if typing { theme.strong } else { theme.faint };
    let prompt = put(buffer, area, PROMPT, style);
    let area = Rect { x: area.x + prompt, width: area.width - prompt, ..area };
    if area.is_empty() {
        return None;
    }
    if input.text().is_empty() {
        put(buffer, area, wanted, theme.faint);
        return typing.then_some(area.as_position());
    }
    // The last cell stays free for the caret behind the text.
    let width = usize::from(area.width) - 1;
    let before = ending(input.before_caret(), width);
    let caret = cells(before);
    let after = beginning(input.after_caret(), width - caret);
    // In the order in which it is typed, so that the caret stands where it is.
    let style = if typing && input.is_old() { theme.faint } else { theme.text };
    put(&mut **buffer, area, &format!("{before}{after}"), style);
    let caret = u16::try_from(caret).unwrap_or(u16::MAX).min(area.width - 1);
    typing.then_some(Position { x: area.x + caret, y: area.y })
}
