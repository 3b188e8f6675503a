//! The program in a real pseudo-terminal, with a terminal emulator that reads what it draws.

use std::io::{Read, Write};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::program::Home;

/// Far longer than anything takes; only a broken program meets it.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Default)]
struct Seen {
    screen: Option<vt100::Parser>,
    bytes: Vec<u8>,
    ended: bool,
    /// Nobody reads what the program writes.
    stopped: bool,
}

/// One run of the program on a terminal.
pub struct Pty {
    master: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    pub child: Box<dyn Child + Send + Sync>,
    seen: Arc<(Mutex<Seen>, Condvar)>,
    /// The terminal's settings before the program came.
    settings: String,
}

impl Pty {
    /// Starts the program with `arguments` on a terminal of this size.
    pub fn start(home: &Home, arguments: &[&str], columns: u16, rows: u16, more: &[(&str, &str)]) -> Self {
        Self::start_other(home, env!("CARGO_BIN_EXE_segue"), arguments, columns, rows, more)
    }

    /// The same with another program, such as a shell that starts it.
    pub fn start_other(
        home: &Home,
        program: &str,
        arguments: &[&str],
        columns: u16,
        rows: u16,
        more: &[(&str, &str)],
    ) -> Self {
        let pair = native_pty_system()
            .openpty(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 })
            .unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.cwd(home.path());
        command.env("TERM", "xterm-256color");
        command.env("LC_ALL", "C.UTF-8");
        for name in ["NO_COLOR", "COLORTERM", "RUST_BACKTRACE", "PULSE_SERVER", "TMUX", "STY", "TERM_PROGRAM"]
        {
            command.env_remove(name);
        }
        for (name, value) in home.variables() {
            command.env(name, value);
        }
        for (name, value) in more {
            command.env(name, value);
        }
        let settings = settings(&*pair.master);
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let seen = Arc::new((
            Mutex::new(Seen { screen: Some(vt100::Parser::new(rows, columns, 0)), ..Seen::default() }),
            Condvar::new(),
        ));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let watcher = Arc::clone(&seen);
        thread::spawn(move || {
            let mut chunk = [0; 4096];
            loop {
                let read = reader.read(&mut chunk).unwrap_or(0);
                let seen = watcher.0.lock().unwrap();
                let mut seen = watcher.1.wait_while(seen, |seen| seen.stopped).unwrap();
                seen.bytes.extend_from_slice(&chunk[..read]);
                seen.ended = read == 0;
                if let Some(screen) = &mut seen.screen {
                    screen.process(&chunk[..read]);
                }
                watcher.1.notify_all();
                if read == 0 {
                    return;
                }
            }
        });
        let keyboard = pair.master.take_writer().unwrap();
        Self { master: pair.master, keyboard, child, seen, settings }
    }

    /// The demo in colour on a terminal of 120 by 40, without sound but with time passing.
    pub fn demo(home: &Home) -> Self {
        Self::start(home, &["--demo"], 120, 40, &[])
    }

    /// Stops reading what the program writes, as a terminal does on Ctrl-S, or goes on with it.
    pub fn stop_reading(&self, stopped: bool) {
        self.seen.0.lock().unwrap().stopped = stopped;
        self.seen.1.notify_all();
    }

    /// Changes the terminal's size.
    ///
    /// The emulator stays at two by two at least: vt100 0.16 subtracts below zero where a line wraps on a screen of one
    /// row, or a wide character meets one of one column, as what was drawn for the size before may do.
    pub fn resize(&self, columns: u16, rows: u16) {
        let mut seen = self.seen.0.lock().unwrap();
        seen.screen.as_mut().unwrap().screen_mut().set_size(rows.max(2), columns.max(2));
        drop(seen);
        self.master.resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    /// Types.
    pub fn keys(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    /// Waits until the screen's text is as `wanted`, and returns it.
    pub fn wait(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        self.wait_until(what, |screen| wanted(&screen.contents()))
    }

    /// The same for what else there is of a screen.
    pub fn wait_until(&self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) -> String {
        let (lock, changed) = &*self.seen;
        let mut seen = lock.lock().unwrap();
        // A screen that changes all the time must not make this wait for ever.
        #[expect(clippy::disallowed_methods, reason = "a limit, not a measure")]
        let begun = Instant::now();
        loop {
            let screen = seen.screen.as_ref().unwrap().screen();
            let text = screen.contents();
            if is_between_frames(&seen.bytes) && wanted(screen) {
                return text;
            }
            assert!(!seen.ended, "the program ended before {what}; the screen was:\n{text}");
            let left = PATIENCE.saturating_sub(begun.elapsed());
            assert!(!left.is_zero(), "{what} did not come; the screen is:\n{text}");
            let (next, _) = changed.wait_timeout(seen, left).unwrap();
            seen = next;
        }
    }

    /// Waits until the screen shows `text`.
    pub fn wait_for(&self, text: &str) -> String {
        self.wait(&format!("{text:?}"), |screen| screen.contains(text))
    }

    /// Waits until what was sent to the terminal is as `wanted`.
    pub fn wait_for_bytes(&self, what: &str, wanted: impl Fn(&[u8]) -> bool) {
        let (lock, changed) = &*self.seen;
        let seen = lock.lock().unwrap();
        let waits = |seen: &mut Seen| !seen.ended && !wanted(&seen.bytes);
        let (seen, _) = changed.wait_timeout_while(seen, PATIENCE, waits).unwrap();
        assert!(wanted(&seen.bytes), "{what} did not come");
    }

    /// Whether the alternate screen, bracketed paste and the mouse are on.
    pub fn modes(&self) -> (bool, bool, bool) {
        let seen = self.seen.0.lock().unwrap();
        let screen = seen.screen.as_ref().unwrap().screen();
        let mouse = screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None;
        (screen.alternate_screen(), screen.bracketed_paste(), mouse)
    }

    /// What `read` makes of the screen as it is now.
    pub fn look<T>(&self, read: impl FnOnce(&vt100::Screen) -> T) -> T {
        read(self.seen.0.lock().unwrap().screen.as_ref().unwrap().screen())
    }

    /// Everything that was sent to the terminal so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.seen.0.lock().unwrap().bytes.clone()
    }

    /// Waits for the end of the program and of its output; gives the exit code and the terminal's modes.
    pub fn end(mut self) -> Ended {
        let code = self.child.wait().unwrap().exit_code();
        let same_settings = settings(&*self.master) == self.settings;
        drop(self.master);
        let (lock, changed) = &*self.seen;
        let (mut seen, _) =
            changed.wait_timeout_while(lock.lock().unwrap(), PATIENCE, |seen| !seen.ended).unwrap();
        let parser = seen.screen.take().unwrap();
        let screen = parser.screen();
        Ended {
            code,
            same_settings,
            cursor_visible: !screen.hide_cursor(),
            alternate_screen: screen.alternate_screen(),
            bracketed_paste: screen.bracketed_paste(),
            mouse: screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None,
            text: screen.contents(),
        }
    }

    /// Sends a signal to the program.
    pub fn signal(&self, name: &str) {
        let id = self.child.process_id().unwrap().to_string();
        let sent = std::process::Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap();
        assert!(sent.success());
    }
}

/// What is left when the program has ended.
#[derive(Debug)]
pub struct Ended {
    pub code: u32,
    /// Whether line editing, echo and the like are as they were.
    pub same_settings: bool,
    pub cursor_visible: bool,
    pub alternate_screen: bool,
    pub bracketed_paste: bool,
    pub mouse: bool,
    pub text: String,
}

impl Ended {
    /// The terminal is as it was.
    pub fn assert_clean(&self) {
        assert!(self.same_settings, "{self:?}");
        assert!(
            self.cursor_visible && !self.alternate_screen && !self.bracketed_paste && !self.mouse,
            "{self:?}"
        );
    }
}

/// Whether the last frame that was begun is whole (it stands between two marks, private mode 2026).
fn is_between_frames(bytes: &[u8]) -> bool {
    let mark = b"\x1b[?2026";
    let last = bytes.windows(mark.len()).rposition(|window| window == mark);
    last.is_none_or(|at| bytes.get(at + mark.len()) == Some(&b'l'))
}

fn settings(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios())
}

/// Whether something is heard: the clock of what plays, before its bar, has begun. On a busy machine any second may go unseen.
pub fn is_heard(screen: &str) -> bool {
    let clock = |line: &str| {
        line.trim_start().split(' ').next().is_some_and(|word| {
            let (minutes, seconds) = word.split_once(':').unwrap_or_default();
            minutes.parse::<u32>().is_ok() && seconds.parse::<u32>().is_ok() && word != "0:00"
        })
    };
    screen.lines().rev().take(6).any(clock)
}
