//! The cover as pixels over the cells that are kept for it: encoded away from the loop, sent once, taken away again. What
//! is drawn in the cells themselves is the screen's.

use std::sync::Arc;

use crossterm::terminal::window_size;
use ratatui::buffer::{Buffer, CellDiffOption};
use ratatui::layout::Rect;
use ratatui::style::Color;
use tokio::sync::mpsc::{self, Receiver, Sender};

use crate::artwork::encode::{
    ASK_KITTY, ERASE_KITTY, ERASE_KITTY_INSIDE, Protocol, Room, encode, placeholder,
};
use crate::config::PicturesChoice;
use crate::model::Picture;

use super::answers::ASK_NAME;

/// A cell where the terminal does not say how many pixels it has.
const USUAL_CELL: (u16, u16) = (10, 20);

/// How this terminal shows pictures, as far as settings and environment tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// So.
    By(Protocol),
    /// By cells alone.
    Cells,
    /// It is to be asked.
    Unknown,
}

impl Way {
    /// Inside a multiplexer nobody else is asked: what lies behind it does not know where its panes are.
    pub fn of(choice: PicturesChoice, variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let term = set("TERM").unwrap_or_default();
        let is_inside = ["TMUX", "STY", "ZELLIJ"].iter().any(|name| set(name).is_some())
            || ["screen", "tmux"].iter().any(|known| term.starts_with(known));
        match choice {
            PicturesChoice::Kitty if set("TMUX").is_some() => return Self::By(Protocol::KittyInside),
            // A multiplexer would take them for something else; sixels it may know itself.
            PicturesChoice::Kitty | PicturesChoice::Iterm2 if is_inside => return Self::Cells,
            PicturesChoice::Kitty => return Self::By(Protocol::Kitty),
            PicturesChoice::Sixel => return Self::By(Protocol::Sixel),
            PicturesChoice::Iterm2 => return Self::By(Protocol::Iterm),
            PicturesChoice::Blocks | PicturesChoice::Off => return Self::Cells,
            PicturesChoice::Auto => {}
        }
        if is_inside || ["linux", "dumb"].contains(&term.as_str()) {
            return Self::Cells;
        }
        let program = set("TERM_PROGRAM").unwrap_or_default();
        match (term.as_str(), program.as_str()) {
            ("xterm-kitty" | "xterm-ghostty", _) | (_, "ghostty") => Self::By(Protocol::Kitty),
            (_, "iTerm.app" | "WezTerm" | "mintty") => Self::By(Protocol::Iterm),
            (term, _) if term == "foot" || term.starts_with("foot-") => Self::By(Protocol::Sixel),
            (_, _) => Self::Unknown,
        }
    }

    /// What the terminal is asked, if anything.
    pub fn question(self) -> Vec<u8> {
        match self {
            Self::Unknown => [ASK_KITTY, ASK_NAME].concat(),
            Self::By(_) | Self::Cells => Vec::new(),
        }
    }

    /// The protocol, where there is one.
    pub fn protocol(self) -> Option<Protocol> {
        match self {
            Self::By(protocol) => Some(protocol),
            Self::Cells | Self::Unknown => None,
        }
    }
}

/// A picture in its place.
#[derive(Clone, Debug)]
struct Laid {
    picture: Arc<Picture>,
    area: Rect,
    cell: (u16, u16),
    protocol: Protocol,
}

impl PartialEq for Laid {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.picture, &other.picture)
            && (self.area, self.cell, self.protocol) == (other.area, other.cell, other.protocol)
    }
}

/// A picture as bytes; none where it cannot be encoded.
#[derive(Debug)]
pub(super) struct Encoded {
    of: Laid,
    bytes: Option<Vec<u8>>,
}

/// The picture that lies over the screen.
#[derive(Debug)]
pub(super) struct Pictures {
    cell: Option<(u16, u16)>,
    wanted: Option<Laid>,
    laid: Option<Laid>,
    encoded: Option<Encoded>,
    asked: Option<Laid>,
    tell: Sender<Encoded>,
}

impl Pictures {
    /// Nothing lies there yet. What was encoded comes by the receiver, for [`Pictures::take`].
    pub fn new() -> (Self, Receiver<Encoded>) {
        let (tell, encoded) = mpsc::channel(2);
        let none = Self { cell: cell(), wanted: None, laid: None, encoded: None, asked: None, tell };
        (none, encoded)
    }

    /// A picture was encoded; the next frame may show it.
    pub fn take(&mut self, encoded: Encoded) {
        self.encoded = Some(encoded);
    }

    /// The terminal was cleared, or has another size.
    pub fn forget(&mut self) {
        self.laid = None;
        self.cell = cell();
    }

    /// Sees to the cells of a frame whose picture lies in `area`: those that one lies over no longer are sent again,
    /// whatever is in them.
    pub fn settle(
        &mut self,
        buffer: &mut Buffer,
        picture: Option<&Arc<Picture>>,
        area: Option<Rect>,
        protocol: Option<Protocol>,
    ) {
        self.wanted = self.wish(picture, area, protocol);
        self.show_parts(buffer);
        let Some(laid) = self.laid.as_ref().filter(|laid| Some(*laid) != self.wanted.as_ref()) else {
            return;
        };
        for place in laid.area.intersection(buffer.area).positions() {
            if let Some(cell) = buffer.cell_mut(place) {
                cell.diff_option = CellDiffOption::AlwaysUpdate;
            }
        }
    }

    /// Says in the cells which part of the picture is theirs, where it is shown so and is at hand.
    fn show_parts(&self, buffer: &mut Buffer) {
        let is_at_hand = |wanted: &&Laid| match &self.encoded {
            _ if wanted.protocol != Protocol::KittyInside => false,
            Some(Encoded { of, bytes: Some(_) }) => of == *wanted,
            Some(_) | None => self.laid.as_ref() == Some(*wanted),
        };
        let Some(Laid { area, .. }) = self.wanted.as_ref().filter(is_at_hand) else { return };
        for (row, y) in (0..).zip(area.y..area.bottom()) {
            for (column, x) in (0..).zip(area.x..area.right()) {
                if let (Some((part, number)), Some(cell)) =
                    (placeholder(row, column), buffer.cell_mut((x, y)))
                {
                    cell.reset();
                    cell.set_symbol(&part).set_fg(Color::Indexed(number));
                }
            }
        }
    }

    fn wish(
        &self,
        picture: Option<&Arc<Picture>>,
        area: Option<Rect>,
        protocol: Option<Protocol>,
    ) -> Option<Laid> {
        let (picture, area, protocol) = (Arc::clone(picture?), area?, protocol?);
        let cell = match (self.cell, protocol) {
            (Some(cell), _) => cell,
            // Sixels are as large as they are: without the size of a cell nobody knows where they end.
            (None, Protocol::Sixel) => return None,
            (None, Protocol::Kitty | Protocol::KittyInside | Protocol::Iterm) => USUAL_CELL,
        };
        Some(Laid { picture, area, cell, protocol })
    }

    /// What is sent once the frame's cells are: the picture where it is new, or that it goes.
    pub fn over(&mut self) -> Vec<u8> {
        if self.laid == self.wanted {
            return Vec::new();
        }
        let mut bytes = Vec::new();
        bytes.extend(self.parting());
        self.laid = None;
        let Some(wanted) = self.wanted.clone() else { return bytes };
        match &self.encoded {
            Some(Encoded { of, bytes: picture }) if *of == wanted => {
                if let Some(picture) = picture {
                    // The cursor is put back where it was (DECSC, DECRC).
                    let (row, column) = (wanted.area.y + 1, wanted.area.x + 1);
                    bytes.extend(format!("\x1b7\x1b[{row};{column}H").as_bytes());
                    bytes.extend(picture);
                    bytes.extend(b"\x1b8");
                }
                self.laid = Some(wanted);
            }
            Some(_) | None => self.ask(wanted),
        }
        bytes
    }

    fn ask(&mut self, wanted: Laid) {
        if self.asked.as_ref() == Some(&wanted) {
            return;
        }
        self.asked = Some(wanted.clone());
        let tell = self.tell.clone();
        tokio::task::spawn_blocking(move || {
            let room = Room { columns: wanted.area.width, rows: wanted.area.height, cell: wanted.cell };
            let bytes = encode(&wanted.picture.large, room, wanted.protocol);
            // The loop has ended: nobody is left to be told.
            let _ = tell.blocking_send(Encoded { of: wanted, bytes });
        });
    }

    /// What is said before the terminal is given away, so that nothing of ours stays on it.
    pub fn parting(&self) -> &'static [u8] {
        match &self.laid {
            Some(Laid { protocol: Protocol::Kitty, .. }) => ERASE_KITTY,
            Some(Laid { protocol: Protocol::KittyInside, .. }) => ERASE_KITTY_INSIDE,
            Some(_) | None => b"",
        }
    }
}

/// Pixels of a cell across and down, where the terminal says.
fn cell() -> Option<(u16, u16)> {
    let size = window_size().ok()?;
    let cell = (size.width.checked_div(size.columns)?, size.height.checked_div(size.rows)?);
    (cell.0 > 0 && cell.1 > 0).then_some(cell)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Pixels;

    #[test]
    fn the_environment_tells_of_some_terminals() {
        let rows: &[(&[(&str, &str)], Way)] = &[
            (&[("TERM", "xterm-kitty")], Way::By(Protocol::Kitty)),
            (&[("TERM", "xterm-kitty"), ("TMUX", "/tmp/tmux-0/default,1,0")], Way::Cells),
            (&[("TERM", "tmux-256color")], Way::Cells),
            (&[("TERM", "screen.xterm-256color")], Way::Cells),
            (&[("TERM", "foot")], Way::By(Protocol::Sixel)),
            (&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "WezTerm")], Way::By(Protocol::Iterm)),
            (&[("TERM", "xterm-256color"), ("TMUX", "")], Way::Unknown),
            (&[("TERM", "linux")], Way::Cells),
        ];
        for (variables, expected) in rows {
            let variable = |name: &str| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(Way::of(PicturesChoice::Auto, variable), *expected, "{variables:?}");
            assert_eq!(Way::of(PicturesChoice::Sixel, variable), Way::By(Protocol::Sixel));
            let is_inside =
                variables.iter().any(|(_, value)| value.contains("tmux") || value.contains("screen"));
            let kitty = match is_inside {
                _ if variables.iter().any(|(name, value)| *name == "TMUX" && !value.is_empty()) => {
                    Way::By(Protocol::KittyInside)
                }
                true => Way::Cells,
                false => Way::By(Protocol::Kitty),
            };
            assert_eq!(Way::of(PicturesChoice::Kitty, variable), kitty, "{variables:?}");
            assert_eq!(Way::of(PicturesChoice::Off, variable), Way::Cells);
        }
    }

    /// The cells say which part of the picture is theirs, and what tmux is to let through is wrapped for it.
    #[tokio::test]
    async fn inside_tmux_the_cells_are_the_picture() {
        let pixels = || Pixels::new(2, 2, vec![200; 12]).unwrap();
        let picture = Arc::new(Picture { large: pixels(), small: pixels(), accent: None });
        let (mut pictures, mut encoded) = Pictures::new();
        let frame = |pictures: &mut Pictures, area: Option<Rect>| {
            let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 5));
            pictures.settle(&mut buffer, Some(&picture), area, Some(Protocol::KittyInside));
            let sent = String::from_utf8(pictures.over()).unwrap();
            (sent, buffer)
        };
        let area = Some(Rect::new(3, 1, 4, 2));
        let (sent, buffer) = frame(&mut pictures, area);
        assert_eq!((sent.as_str(), buffer[(3, 1)].symbol()), ("", " "), "not encoded yet");
        let made = encoded.recv().await.unwrap();
        pictures.take(made);
        let (sent, buffer) = frame(&mut pictures, area);
        let begins = "\x1b7\x1b[2;4H\x1bPtmux;\x1b\x1b_Ga=T,U=1,f=100,t=d,i=73,c=4,r=2,q=2,m=0;";
        assert!(sent.starts_with(begins) && sent.ends_with("\x1b\x1b\\\x1b\\\x1b8"), "{sent:?}");
        for (x, y, part) in [(3, 1, "\u{10eeee}\u{305}\u{305}"), (6, 2, "\u{10eeee}\u{30d}\u{310}")] {
            assert_eq!((buffer[(x, y)].symbol(), buffer[(x, y)].fg), (part, Color::Indexed(73)));
            assert_eq!(crate::ui::cells(part), 1);
        }
        assert_eq!(buffer[(7, 2)].symbol(), " ");
        let (sent, buffer) = frame(&mut pictures, area);
        assert_eq!((sent.as_str(), buffer[(3, 1)].fg), ("", Color::Indexed(73)), "it is there");
        let (sent, buffer) = frame(&mut pictures, None);
        assert_eq!((sent.as_bytes(), buffer[(3, 1)].symbol()), (ERASE_KITTY_INSIDE, " "));
    }

    /// Frames with or without a picture: what is sent with each, kitty's commands by their first letters.
    #[tokio::test]
    async fn a_picture_is_sent_once_and_taken_away() {
        let pixels = || Pixels::new(2, 2, vec![200; 12]).unwrap();
        let picture = Arc::new(Picture { large: pixels(), small: pixels(), accent: None });
        let (mut pictures, mut encoded) = Pictures::new();
        let area = Rect::new(3, 1, 4, 2);
        let frame = |pictures: &mut Pictures, area: Option<Rect>| {
            let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 5));
            pictures.settle(&mut buffer, Some(&picture), area, Some(Protocol::Kitty));
            let again = buffer.content.iter().filter(|cell| cell.diff_option == CellDiffOption::AlwaysUpdate);
            let again = again.count();
            (String::from_utf8(pictures.over()).unwrap(), again)
        };
        assert_eq!(frame(&mut pictures, Some(area)), (String::new(), 0), "not encoded yet");
        let made = encoded.recv().await.unwrap();
        pictures.take(made);
        let (sent, again) = frame(&mut pictures, Some(area));
        assert!(
            sent.starts_with("\x1b7\x1b[2;4H\x1b_Ga=T,f=100,") && sent.ends_with("\x1b\\\x1b8"),
            "{sent:?}"
        );
        assert_eq!(again, 0);
        assert_eq!(frame(&mut pictures, Some(area)), (String::new(), 0), "it is there");
        assert_eq!(pictures.parting(), ERASE_KITTY);
        let erased = String::from_utf8(ERASE_KITTY.to_vec()).unwrap();
        assert_eq!(frame(&mut pictures, None), (erased, 8), "another page");
        assert_eq!(pictures.parting(), b"");
        let (sent, _) = frame(&mut pictures, Some(area));
        assert!(sent.contains("a=T"), "back again, encoded before");
        pictures.forget();
        let (sent, _) = frame(&mut pictures, Some(area));
        assert!(sent.contains("a=T"), "the terminal was cleared");
    }
}
