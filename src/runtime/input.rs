//! What the terminal sends becomes messages.

use std::time::Duration;

use crossterm::event::{
    Event as Input, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};

use crate::app::{Chord, Event, Key, Mouse, Msg, Target};

/// The message for what the terminal sent; `None` for what nobody asked for. `at` is now, from any fixed
/// moment on; `target_at` says what lies in a column and row of the screen.
pub(super) fn message(
    input: Input,
    at: Duration,
    target_at: impl FnOnce(u16, u16) -> Option<Target>,
) -> Option<Msg> {
    match input {
        Input::Key(event) => chord(event).map(Msg::Key),
        Input::Paste(text) => Some(Msg::Paste(text)),
        Input::Resize(columns, rows) => Some(Msg::Event(Event::Resized { columns, rows })),
        Input::Mouse(event) => mouse(event, at, target_at).map(Msg::Mouse),
        Input::FocusGained | Input::FocusLost => None,
    }
}

fn mouse(
    event: MouseEvent,
    at: Duration,
    target_at: impl FnOnce(u16, u16) -> Option<Target>,
) -> Option<Mouse> {
    let MouseEvent { kind, column, row, .. } = event;
    match kind {
        MouseEventKind::Down(MouseButton::Left) => {
            Some(Mouse::Press { target: target_at(column, row), column, at })
        }
        MouseEventKind::Drag(MouseButton::Left) => Some(Mouse::Drag { column }),
        MouseEventKind::Up(MouseButton::Left) => Some(Mouse::Release),
        MouseEventKind::ScrollDown => Some(Mouse::Wheel { target: target_at(column, row), down: true }),
        MouseEventKind::ScrollUp => Some(Mouse::Wheel { target: target_at(column, row), down: false }),
        MouseEventKind::Down(_)
        | MouseEventKind::Up(_)
        | MouseEventKind::Drag(_)
        | MouseEventKind::Moved
        | MouseEventKind::ScrollLeft
        | MouseEventKind::ScrollRight => None,
    }
}

fn chord(event: KeyEvent) -> Option<Chord> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let held = |modifier| event.modifiers.contains(modifier);
    let mut shift = held(KeyModifiers::SHIFT);
    let key = match event.code {
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Esc,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => {
            shift = true;
            Key::Tab
        }
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Insert => Key::Insert,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::F(number) => Key::F(number),
        _ => return None,
    };
    Some(Chord::new(key, held(KeyModifiers::CONTROL), held(KeyModifiers::ALT), shift))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(input: Input) -> Option<Msg> {
        let under_pointer = |column, row| (column == 7 && row == 3).then_some(Target::Line);
        super::message(input, Duration::from_secs(1), under_pointer)
    }

    #[test]
    fn the_mouse_brings_what_is_under_it() {
        let event = |kind| {
            let event = MouseEvent { kind, column: 7, row: 3, modifiers: KeyModifiers::NONE };
            message(Input::Mouse(event))
        };
        let target = Some(Target::Line);
        let at = Duration::from_secs(1);
        let pressed = Mouse::Press { target: target.clone(), column: 7, at };
        let rows = [
            (MouseEventKind::Down(MouseButton::Left), Some(pressed)),
            (MouseEventKind::Drag(MouseButton::Left), Some(Mouse::Drag { column: 7 })),
            (MouseEventKind::Up(MouseButton::Left), Some(Mouse::Release)),
            (MouseEventKind::ScrollUp, Some(Mouse::Wheel { target: target.clone(), down: false })),
            (MouseEventKind::ScrollDown, Some(Mouse::Wheel { target, down: true })),
            (MouseEventKind::Down(MouseButton::Right), None),
            (MouseEventKind::Moved, None),
        ];
        for (kind, expected) in rows {
            assert_eq!(event(kind), expected.map(Msg::Mouse), "{kind:?}");
        }
    }

    #[test]
    fn keys_become_chords() {
        let key = |code, modifiers| message(Input::Key(KeyEvent::new(code, modifiers)));
        let rows = [
            (KeyCode::Char('j'), KeyModifiers::NONE, "j"),
            (KeyCode::Char('G'), KeyModifiers::SHIFT, "G"),
            (KeyCode::Char('d'), KeyModifiers::CONTROL, "<C-d>"),
            (KeyCode::BackTab, KeyModifiers::SHIFT, "<S-Tab>"),
            (KeyCode::Left, KeyModifiers::SHIFT, "<S-Left>"),
            (KeyCode::Char('あ'), KeyModifiers::NONE, "あ"),
        ];
        for (code, modifiers, written) in rows {
            let Some(Msg::Key(chord)) = key(code, modifiers) else { panic!("{written}") };
            assert_eq!(chord.to_string(), written);
        }
        assert_eq!(key(KeyCode::CapsLock, KeyModifiers::NONE), None);
        let released = KeyEvent { kind: KeyEventKind::Release, ..KeyEvent::from(KeyCode::Enter) };
        assert_eq!(message(Input::Key(released)), None);
    }
}
