//! What a terminal answers when it is asked for its background, its name and whether it shows pictures, told apart from
//! keys. Its answers come the same way as they do, and may come late, in pieces, or without having been asked for: none
//! of it ever counts as a key.

use std::time::{Duration, Instant};

use crossterm::event::{Event as Input, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::artwork::encode::Protocol;
use crate::config::Rgb;

/// Asks for the background: xterm's `OSC 11 ; ? ST` (XTerm Control Sequences, "Operating System Commands").
pub(super) const ASK_BACKGROUND: &[u8] = b"\x1b]11;?\x1b\\";

/// Asks for the terminal's name and version: `XTVERSION` (XTerm Control Sequences, `CSI > Ps q`). The answer is
/// `DCS > | text ST`.
pub(super) const ASK_NAME: &[u8] = b"\x1b[>q";

/// An answer that comes later is swallowed.
const ANSWER_LIMIT: Duration = Duration::from_millis(100);

/// How long after the question an escape key may still be the first byte of an answer in pieces.
const PIECES_LIMIT: Duration = Duration::from_secs(5);

/// How long what may begin an answer is held back.
const BEGINNING_LIMIT: Duration = Duration::from_millis(50);

/// How long the rest of an answer is waited for.
const REST_LIMIT: Duration = Duration::from_secs(1);

/// Longest answer, in characters.
const MAX_CHARS: usize = 128;

/// Keeps answers from the keys.
#[derive(Debug)]
pub(super) struct Answers {
    asked: Instant,
    stage: Stage,
    kind: Kind,
    held: Vec<Input>,
    text: String,
    last: Instant,
    /// The background, once it was told in time; to be taken.
    pub background: Option<Rgb>,
    /// How it shows pictures, once that was told in time; to be taken.
    pub protocol: Option<Protocol>,
}

/// What an answer is carried in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// `ESC ]`: colours.
    Command,
    /// `ESC _`: kitty's graphics.
    Program,
    /// `ESC P`: the terminal's name.
    Device,
}

impl Kind {
    /// By the character behind the escape.
    fn of(c: char) -> Option<Self> {
        match c {
            ']' => Some(Self::Command),
            '_' => Some(Self::Program),
            'P' => Some(Self::Device),
            _ => None,
        }
    }

    /// What an answer of this kind begins with.
    fn begins_with(self, c: char) -> bool {
        match self {
            Self::Command => c.is_ascii_digit(),
            Self::Program => c == 'G',
            Self::Device => c == '>',
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Keys are keys.
    Outside,
    /// An escape key, or the first byte of an answer.
    Escape,
    /// In an answer.
    Inside,
    /// In an answer, whose last byte comes next.
    Ending,
}

impl Answers {
    /// The terminal is asked now.
    pub fn new(now: Instant) -> Self {
        Self {
            asked: now,
            stage: Stage::Outside,
            kind: Kind::Command,
            held: Vec::new(),
            text: String::new(),
            last: now,
            background: None,
            protocol: None,
        }
    }

    /// Takes in what the terminal sent, and gives what of it are keys and the like.
    pub fn take(&mut self, input: Input, now: Instant) -> Vec<Input> {
        let Some(key) = pressed(&input) else { return vec![input] };
        let plain = !key.modifiers.intersects(KeyModifiers::ALT | KeyModifiers::CONTROL);
        let held = |modifier| key.modifiers == modifier;
        // A capital letter comes with the key that makes it one.
        let held_alt = key.modifiers.difference(KeyModifiers::SHIFT) == KeyModifiers::ALT;
        let before = std::mem::replace(&mut self.last, now);
        match (self.stage, key.code) {
            (Stage::Outside, KeyCode::Char(c @ (']' | '_' | 'P'))) if held_alt => self.begin(c, input),
            (Stage::Outside, KeyCode::Esc) if now.saturating_duration_since(self.asked) < PIECES_LIMIT => {
                self.hold(Stage::Escape, input)
            }
            (Stage::Outside, _) => {
                self.last = before;
                vec![input]
            }
            (Stage::Escape, KeyCode::Char(c @ (']' | '_' | 'P'))) if plain => self.begin(c, input),
            (Stage::Inside, KeyCode::Char('\\')) if held(KeyModifiers::ALT) => self.end(now),
            (Stage::Inside, KeyCode::Char('g')) if held(KeyModifiers::CONTROL) => self.end(now),
            (Stage::Inside, KeyCode::Esc) if !self.text.is_empty() => self.hold(Stage::Ending, input),
            (Stage::Ending, KeyCode::Char('\\')) if plain => self.end(now),
            (Stage::Inside, KeyCode::Char(c)) if plain && self.may_go_on(c) => {
                self.text.push(c);
                self.hold(Stage::Inside, input)
            }
            (Stage::Escape | Stage::Inside | Stage::Ending, _) => {
                let mut all = self.release();
                all.push(input);
                all
            }
        }
    }

    /// When [`Self::give_up`] is due; `None` while nothing is held back.
    pub fn due(&self) -> Option<Instant> {
        let limit = if self.text.is_empty() { BEGINNING_LIMIT } else { REST_LIMIT };
        (self.stage != Stage::Outside).then(|| self.last + limit)
    }

    /// What was held back for nothing. The beginning of an answer whose end never came is none.
    pub fn give_up(&mut self) -> Vec<Input> {
        if self.text.is_empty() {
            return self.release();
        }
        self.release();
        Vec::new()
    }

    fn begin(&mut self, c: char, input: Input) -> Vec<Input> {
        self.kind = Kind::of(c).unwrap_or(Kind::Command);
        self.hold(Stage::Inside, input)
    }

    fn hold(&mut self, stage: Stage, input: Input) -> Vec<Input> {
        self.stage = stage;
        self.held.push(input);
        Vec::new()
    }

    fn release(&mut self) -> Vec<Input> {
        self.stage = Stage::Outside;
        self.text.clear();
        std::mem::take(&mut self.held)
    }

    fn end(&mut self, now: Instant) -> Vec<Input> {
        if now.saturating_duration_since(self.asked) <= ANSWER_LIMIT {
            match self.kind {
                Kind::Command => self.background = background(&self.text),
                // Who knows kitty's protocol is asked nothing else.
                Kind::Program if self.text == "Gi=31;OK" => self.protocol = Some(Protocol::Kitty),
                Kind::Device if self.protocol.is_none() => self.protocol = named(&self.text),
                Kind::Program | Kind::Device => {}
            }
        }
        self.release();
        Vec::new()
    }

    /// Answers begin as they do, and hold nothing but values.
    fn may_go_on(&self, c: char) -> bool {
        let begins_well = !self.text.is_empty() || self.kind.begins_with(c);
        let is_value = match self.kind {
            Kind::Command => {
                c.is_ascii_alphanumeric() || matches!(c, ';' | ':' | '/' | '#' | '?' | ',' | '.' | '-' | ' ')
            }
            Kind::Program | Kind::Device => c == ' ' || c.is_ascii_graphic(),
        };
        begins_well && self.text.len() < MAX_CHARS && is_value
    }
}

fn pressed(input: &Input) -> Option<KeyEvent> {
    match input {
        Input::Key(key) if key.kind != KeyEventKind::Release => Some(*key),
        _ => None,
    }
}

/// How the terminal of this name (`>|foot(1.16.2)`) shows pictures, where it is known to.
fn named(answer: &str) -> Option<Protocol> {
    let name = answer.strip_prefix(">|")?.to_ascii_lowercase();
    let known = [
        ("kitty", Protocol::Kitty),
        ("ghostty", Protocol::Kitty),
        ("iterm2", Protocol::Iterm),
        ("wezterm", Protocol::Iterm),
        ("mintty", Protocol::Iterm),
        ("foot", Protocol::Sixel),
        ("contour", Protocol::Sixel),
        ("mlterm", Protocol::Sixel),
    ];
    known.iter().find(|(known, _)| name.starts_with(known)).map(|(_, protocol)| *protocol)
}

/// `11;rgb:hhhh/hhhh/hhhh` with one to four hexadecimal digits each (`XParseColor`).
fn background(answer: &str) -> Option<Rgb> {
    let values = answer.strip_prefix("11;")?;
    let values = values.strip_prefix("rgb:").or_else(|| values.strip_prefix("rgba:"))?;
    let mut parts = values.split('/').map(|digits| {
        let most = match digits.len() {
            1..=4 => (1_u32 << (4 * digits.len())) - 1,
            _ => return None,
        };
        let value = u32::from_str_radix(digits, 16).ok()?;
        u8::try_from(value * 255 / most).ok()
    });
    Some(Rgb(parts.next()??, parts.next()??, parts.next()??))
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "any moment will do")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What crossterm makes of these bytes when they come one by one, for the few that matter here.
    fn one_by_one(bytes: &str) -> Vec<Input> {
        let key = |c: char| match c {
            '\u{1b}' => KeyEvent::from(KeyCode::Esc),
            '\u{7}' => KeyEvent::new(KeyCode::Char('g'), KeyModifiers::CONTROL),
            c if c.is_ascii_uppercase() => KeyEvent::new(KeyCode::Char(c), KeyModifiers::SHIFT),
            c => KeyEvent::from(KeyCode::Char(c)),
        };
        bytes.chars().map(|c| Input::Key(key(c))).collect()
    }

    /// The same when they come together: an escape and what follows are one key with Alt.
    fn together(bytes: &str) -> Vec<Input> {
        let mut inputs = Vec::new();
        let mut escaped = false;
        for input in one_by_one(bytes) {
            let Input::Key(mut key) = input else { continue };
            if key.code == KeyCode::Esc && !escaped {
                escaped = true;
                continue;
            }
            if std::mem::take(&mut escaped) {
                key.modifiers |= KeyModifiers::ALT;
            }
            inputs.push(Input::Key(key));
        }
        inputs
    }

    /// What is left of `inputs` that come so long after the question, and the background.
    fn left(inputs: Vec<Input>, after_ms: u64) -> (String, Option<Rgb>) {
        let asked = Instant::now();
        let mut answers = Answers::new(asked);
        let now = asked + Duration::from_millis(after_ms);
        let mut left: Vec<Input> = inputs.into_iter().flat_map(|input| answers.take(input, now)).collect();
        if answers.due().is_some() {
            left.extend(answers.give_up());
        }
        assert_eq!(answers.due(), None);
        let keys = left.iter().map(|input| match pressed(input).map(|key| (key.code, key.modifiers)) {
            Some((KeyCode::Char(c), KeyModifiers::ALT)) => format!("A-{c}"),
            Some((KeyCode::Char(c), KeyModifiers::CONTROL)) => format!("C-{c}"),
            Some((KeyCode::Char(c), _)) => c.to_string(),
            Some((KeyCode::Esc, _)) => "Esc".to_owned(),
            other => format!("{other:?}"),
        });
        (keys.collect::<Vec<_>>().join(" "), answers.background)
    }

    #[test]
    fn answers_are_never_keys() {
        let grey = Some(Rgb(0x1e, 0x1e, 0x2e));
        let rows: &[(&str, u64, &str, Option<Rgb>)] = &[
            ("\u{1b}]11;rgb:1e1e/1e1e/2e2e\u{1b}\\", 1, "", grey),
            ("\u{1b}]11;rgb:1E1E/1E1E/2E2E\u{7}", 99, "", grey),
            ("\u{1b}]11;rgb:1e/1e/2e\u{7}j", 1, "j", grey),
            ("k\u{1b}]11;rgba:1e1e/1e1e/2e2e/ffff\u{7}j", 1, "k j", grey),
            ("\u{1b}]11;rgb:1e1e/1e1e/2e2e\u{1b}\\", 101, "", None),
            ("\u{1b}]11;rgb:1e1e/1e1e/2e2e\u{1b}\\", 4000, "", None),
            ("\u{1b}]10;rgb:ffff/ffff/ffff\u{7}", 1, "", None),
            ("\u{1b}]4;1;rgb:ffff/0000/0000\u{7}", 1, "", None),
            ("\u{1b}]11;nonsense\u{7}", 1, "", None),
            ("\u{1b}]11;rgb:zzzz/0/0\u{7}", 1, "", None),
            ("\u{1b}]11;rgb:1e1e/1e", 1, "", None),
        ];
        for (bytes, after_ms, keys, background) in rows {
            for inputs in [one_by_one(bytes), together(bytes)] {
                assert_eq!(
                    left(inputs, *after_ms),
                    ((*keys).to_owned(), *background),
                    "{bytes:?} {after_ms}"
                );
            }
        }
        // Long after, only what comes whole is an answer; an escape is a key at once.
        let late = "\u{1b}]11;rgb:1e1e/1e1e/2e2e\u{1b}\\";
        assert_eq!(left(together(late), 3_600_000).0, "");
    }

    #[test]
    fn pictures_are_told_of() {
        let kitty = "\u{1b}_Gi=31;OK\u{1b}\\";
        let foot = "\u{1b}P>|foot(1.16.2)\u{1b}\\";
        let rows: &[(&str, u64, &str, Option<Protocol>)] = &[
            (kitty, 1, "", Some(Protocol::Kitty)),
            (kitty, 101, "", None),
            ("\u{1b}_Gi=31;EINVAL:no such thing\u{1b}\\j", 1, "j", None),
            (foot, 99, "", Some(Protocol::Sixel)),
            ("\u{1b}P>|WezTerm 20240203-110809-5046fc22\u{1b}\\", 1, "", Some(Protocol::Iterm)),
            ("\u{1b}P>|iTerm2 3.5.0\u{1b}\\", 1, "", Some(Protocol::Iterm)),
            ("\u{1b}P>|tmux 3.4\u{1b}\\", 1, "", None),
            ("\u{1b}P1+r544e=78\u{1b}\\", 4_000, "A-P 1 + r 5 4 4 e = 7 8 A-\\", None),
        ];
        for (bytes, after_ms, keys, protocol) in rows {
            let asked = Instant::now();
            let mut answers = Answers::new(asked);
            let now = asked + Duration::from_millis(*after_ms);
            let left: Vec<Input> =
                together(bytes).into_iter().flat_map(|input| answers.take(input, now)).collect();
            assert_eq!(
                (left.len(), answers.protocol),
                (keys.split_whitespace().count(), *protocol),
                "{bytes:?}"
            );
        }
        // Who knows kitty's protocol is not asked for its name.
        let mut answers = Answers::new(Instant::now());
        let now = Instant::now();
        for input in together(&format!("{kitty}{foot}")) {
            assert_eq!(answers.take(input, now), []);
        }
        assert_eq!(answers.protocol, Some(Protocol::Kitty));
    }

    #[test]
    fn keys_are_keys() {
        assert_eq!(left(together("\u{1b}]j"), 60_000).0, "A-] j");
        assert_eq!(left(together("\u{1b}]"), 60_000).0, "A-]");
        assert_eq!(left(together("\u{1b}]\u{7}"), 60_000).0, "", "an answer without a word");
        assert_eq!(left(one_by_one("\u{1b}"), 1).0, "Esc");
        assert_eq!(left(one_by_one("\u{1b}j"), 1).0, "Esc j");
        assert_eq!(left(one_by_one("]11;"), 1).0, "] 1 1 ;");
        assert_eq!(left(one_by_one("\u{1b}]q"), 60_000).0, "Esc ] q");
        let released = Input::Key(KeyEvent { kind: KeyEventKind::Release, ..KeyEvent::from(KeyCode::Esc) });
        assert_eq!(Answers::new(Instant::now()).take(released.clone(), Instant::now()), [released]);
        assert_eq!(
            Answers::new(Instant::now()).take(Input::FocusGained, Instant::now()),
            [Input::FocusGained]
        );
    }

    proptest! {
        #[test]
        fn nothing_is_held_for_good(bytes in "[\u{1b}\u{7}\\]\\\\0-9a-f;:/rgbjq]{0,60}", after_ms in 0_u64..9_000) {
            left(one_by_one(&bytes), after_ms);
            left(together(&bytes), after_ms);
        }
    }
}
