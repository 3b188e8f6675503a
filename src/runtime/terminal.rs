//! The terminal: taken, drawn to without ever waiting for it, and always given back.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;
use std::time::Duration;

use crossterm::{cursor, event, execute, queue, terminal};
use ratatui::Terminal;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use tokio::sync::oneshot;

use ratatui::layout::Rect;

use crate::artwork::encode::Protocol;
use crate::model::Picture;

use super::careful::{Careful, Doubts};
use super::pictures::Pictures;
use crate::config::ScreenSettings;

/// Presses, releases and drags of the mouse, in the form that knows no limit of columns (xterm's modes 1000,
/// 1002 and 1006). A pointer that only moves is not told: each cell on its way would wake the program.
const MOUSE_ON: &[u8] = b"\x1b[?1000h\x1b[?1002h\x1b[?1006h";

const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1002l\x1b[?1000l";

/// Whether the terminal may put right-to-left text in order by itself (ECMA-48's mode 8, BDSM).
const ORDER_AS_SENT: &[u8] = b"\x1b[8l";
const ORDER_ITSELF: &[u8] = b"\x1b[8h";

/// Longest wait for a stopped terminal when the program ends.
const LAST_WORDS_LIMIT: Duration = Duration::from_millis(800);

/// What is wanted of the terminal beside the screen itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Modes {
    /// Whether the mouse is told.
    pub mouse: bool,
    /// Whether text comes in the order in which it is seen.
    pub ordered: bool,
}

impl Modes {
    /// As the listener wishes.
    pub fn of(settings: &ScreenSettings) -> Self {
        Self { mouse: settings.mouse, ordered: settings.bidi }
    }
}

/// The screen while the player owns it. Frames go to the terminal through a thread of their own: a
/// terminal that is slow or stopped costs frames, never control or sound.
pub struct Screen {
    terminal: Terminal<Careful<FrameBytes>>,
    doubts: Doubts,
    bytes: FrameBytes,
    frames: SyncSender<Vec<u8>>,
    gone: Receiver<()>,
    link: Arc<Link>,
    /// What is said before the terminal is given away.
    parting: &'static [u8],
    modes: Modes,
}

#[derive(Default)]
struct Link {
    busy: AtomicBool,
    broken: AtomicBool,
}

impl Screen {
    /// Takes the terminal: raw mode, alternate screen, bracketed paste, focus, and what else is wanted.
    pub fn take(modes: Modes) -> io::Result<Self> {
        terminal::enable_raw_mode()?;
        Self::begin(modes).inspect_err(|_| {
            // There is nothing else to give back yet.
            let _ = terminal::disable_raw_mode();
        })
    }

    fn begin(modes: Modes) -> io::Result<Self> {
        let bytes = FrameBytes::default();
        let link = Arc::new(Link::default());
        let (frames, to_write) = mpsc::sync_channel::<Vec<u8>>(2);
        let (leaving, gone) = mpsc::sync_channel(1);
        let writer_link = Arc::clone(&link);
        thread::Builder::new().name("terminal".to_owned()).spawn(move || {
            for frame in to_write {
                let mut out = io::stdout().lock();
                if out.write_all(&frame).and_then(|()| out.flush()).is_err() {
                    writer_link.broken.store(true, Ordering::Release);
                }
                writer_link.busy.store(false, Ordering::Release);
            }
            let _ = leaving.send(());
        })?;
        write_first_words(&mut bytes.clone(), modes)?;
        let terminal = Terminal::new(Careful::new(bytes.clone()))?;
        Ok(Self { terminal, doubts: Doubts::default(), bytes, frames, gone, link, parting: b"", modes })
    }

    /// Changes what is wanted, with the next frame.
    pub fn want(&mut self, modes: Modes) {
        let mut out = self.bytes.clone();
        if modes.mouse != self.modes.mouse {
            // Writing to memory cannot fail.
            let _ = out.write_all(if modes.mouse { MOUSE_ON } else { MOUSE_OFF });
        }
        if modes.ordered != self.modes.ordered {
            let _ = out.write_all(if modes.ordered { ORDER_AS_SENT } else { ORDER_ITSELF });
        }
        self.modes = modes;
    }

    /// Sends a question with the next frame; the answer comes the way of the keys.
    pub fn ask(&mut self, question: &[u8]) {
        // Writing to memory cannot fail.
        let _ = self.bytes.write_all(question);
    }

    /// Tells once the terminal is closed from its other side: one to which nothing is written may send no signal. A thread
    /// waits for it, since looking now and then would wake the program for nothing.
    pub fn watch_end() -> oneshot::Receiver<()> {
        let (tell, gone) = oneshot::channel();
        let wait = move || {
            let stdin = io::stdin();
            // Nothing is asked for: only what is always told ends the wait (POLLHUP, POLLERR, POLLNVAL).
            while let Err(error) = poll(&mut [PollFd::new(&stdin, PollFlags::empty())], None) {
                if error != Errno::INTR {
                    return;
                }
            }
            // The loop has ended: nobody is left to be told.
            let _ = tell.send(());
        };
        // Without the thread, the next frame that cannot be written tells.
        let _ = thread::Builder::new().name("end".to_owned()).spawn(wait);
        gone
    }

    /// Cells across and down.
    pub fn size() -> (u16, u16) {
        terminal::size().unwrap_or((80, 24))
    }

    /// Whether the last frame is still on its way; drawing now would wait.
    pub fn is_busy(&self) -> bool {
        self.link.busy.load(Ordering::Acquire)
    }

    /// Whether the terminal is gone.
    pub fn is_broken(&self) -> bool {
        self.link.broken.load(Ordering::Acquire)
    }

    /// Draws one frame and hands what changed to the terminal. `draw` says where the cover is to lie, if anywhere.
    pub fn draw(
        &mut self,
        (pictures, protocol): (&mut Pictures, Option<Protocol>),
        cover: Option<&Arc<Picture>>,
        draw: impl FnOnce(&mut ratatui::Frame<'_>) -> Option<Rect>,
    ) -> io::Result<()> {
        let mut sync = self.bytes.clone();
        queue!(sync, terminal::BeginSynchronizedUpdate)?;
        let doubts = &mut self.doubts;
        self.terminal.draw(|frame| {
            let place = draw(frame);
            doubts.settle(frame.buffer_mut());
            pictures.settle(frame.buffer_mut(), cover, place, protocol);
        })?;
        sync.write_all(&pictures.over())?;
        self.parting = pictures.parting();
        queue!(sync, terminal::EndSynchronizedUpdate)?;
        self.send();
        Ok(())
    }

    /// Makes the next frame a whole one: a terminal that changed its size may show anything, even when it
    /// is back at the old one.
    pub fn redraw(&mut self) -> io::Result<()> {
        let (columns, rows) = Self::size();
        self.terminal.resize(Rect::new(0, 0, columns, rows))
    }

    fn send(&self) {
        let frame = std::mem::take(&mut *self.bytes.0.borrow_mut());
        self.link.busy.store(true, Ordering::Release);
        // The queue has room: nothing is sent while a frame is on its way, but for the last words.
        if self.frames.try_send(frame).is_err() {
            self.link.busy.store(false, Ordering::Release);
        }
    }

    /// Lends the terminal to another program. The last words are on their way when this returns: once the screen is
    /// no longer busy they are written, and [`Screen::lent`] completes it.
    pub fn lend(&mut self) {
        let parting = std::mem::take(&mut self.parting);
        self.ask(parting);
        // Writing to memory cannot fail.
        let _ = write_last_words(&mut self.bytes.clone());
        self.send();
    }

    /// The terminal behaves as other programs expect it.
    pub fn lent() -> io::Result<()> {
        terminal::disable_raw_mode()
    }

    /// Takes the terminal again after it was lent; the next frame is a whole one.
    pub fn take_again(&mut self, modes: Modes) -> io::Result<()> {
        // What crossterm remembers of the terminal is from before others used it.
        let _ = terminal::disable_raw_mode();
        terminal::enable_raw_mode()?;
        self.modes = modes;
        write_first_words(&mut self.bytes.clone(), modes)?;
        self.redraw()
    }

    /// Gives the terminal back.
    pub fn give_back(self) {
        let Self { terminal, doubts: _, bytes, frames, gone, link: _, parting, modes: _ } = self;
        drop(terminal);
        let mut last = bytes.clone();
        // Writing to memory cannot fail.
        let _ = last.write_all(parting);
        let _ = write_last_words(&mut last);
        let words = std::mem::take(&mut *bytes.0.borrow_mut());
        let _ = frames.try_send(words);
        drop(frames);
        let _ = gone.recv_timeout(LAST_WORDS_LIMIT);
        let _ = terminal::disable_raw_mode();
    }
}

/// Alternate screen, bracketed paste, focus, and what else is wanted.
fn write_first_words(out: &mut FrameBytes, modes: Modes) -> io::Result<()> {
    queue!(
        out,
        terminal::EnterAlternateScreen,
        cursor::Hide,
        event::EnableBracketedPaste,
        event::EnableFocusChange
    )?;
    let wanted = [(modes.mouse, MOUSE_ON), (modes.ordered, ORDER_AS_SENT)];
    wanted.iter().filter(|(wanted, _)| *wanted).try_for_each(|(_, words)| out.write_all(words))
}

/// Gives the terminal back from wherever the program is, for the panic hook.
pub fn restore_now() {
    let mut words = Vec::new();
    let _ = write_last_words(&mut words);
    // Past the lock of standard output: the thread that panics, or another, may hold it.
    let _ = rustix::io::write(io::stdout(), &words);
    let _ = terminal::disable_raw_mode();
}

fn write_last_words(out: &mut impl Write) -> io::Result<()> {
    out.write_all(ORDER_ITSELF)?;
    execute!(
        out,
        terminal::EndSynchronizedUpdate,
        event::DisableMouseCapture,
        event::DisableBracketedPaste,
        event::DisableFocusChange,
        terminal::LeaveAlternateScreen,
        cursor::Show
    )
}

/// Bytes of the frame being drawn.
#[derive(Clone, Default)]
struct FrameBytes(Rc<RefCell<Vec<u8>>>);

impl Write for FrameBytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
