//! The listener's browser. It is started with an argument list and never through a shell, only ever gets a web
//! address, and lives on without us.

use std::env;
use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use url::{Host, Url};

/// A starter that cannot show anything says so within this time; one that still runs then is a browser.
const TIME_TO_FAIL: Duration = Duration::from_secs(3);

/// Why no browser shows the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrowserError {
    /// Only `https`, and `http` on this machine, are opened; never with a user name in front of the host.
    #[error("This is not a web address that is safe to open")]
    Address,
    /// No browser could be started; the listener needs the address to copy.
    #[error("No browser could be started; open the address yourself")]
    NoneStarted,
}

/// How a browser is found.
#[derive(Clone, Debug)]
pub struct Browser {
    /// `$BROWSER`: commands with a colon between them, `%s` for the address.
    choice: Option<OsString>,
    /// `$PATH`.
    path: Option<OsString>,
    patience: Duration,
}

impl Browser {
    /// The listener's own: `$BROWSER`, else what the system opens addresses with.
    pub fn of_listener() -> Self {
        Self { choice: env::var_os("BROWSER"), path: env::var_os("PATH"), patience: TIME_TO_FAIL }
    }

    #[cfg(test)]
    pub(super) fn found_by(choice: Option<&str>, path: &std::path::Path, patience: Duration) -> Self {
        Self { choice: choice.map(OsString::from), path: Some(path.into()), patience }
    }

    /// Shows `address`. Blocks until a starter has ended well or has run for 3 seconds.
    pub fn open(&self, address: &Url) -> Result<(), BrowserError> {
        if !is_safe(address) {
            return Err(BrowserError::Address);
        }
        let started = self.commands(address).into_iter().any(|words| self.starts(&words));
        if started { Ok(()) } else { Err(BrowserError::NoneStarted) }
    }

    /// The commands to try, each as its words.
    fn commands(&self, address: &Url) -> Vec<Vec<OsString>> {
        let chosen = self.choice.as_deref().and_then(OsStr::to_str).unwrap_or_default();
        let system: &[&str] = if cfg!(target_os = "macos") { &["open"] } else { &["xdg-open", "wslview"] };
        chosen
            .split(':')
            .chain(system.iter().copied())
            .filter(|command| !command.trim().is_empty())
            .map(|command| {
                let mut words: Vec<OsString> = command
                    .split_whitespace()
                    .map(|word| word.replace("%s", address.as_str()).into())
                    .collect();
                if !command.contains("%s") {
                    words.push(address.as_str().into());
                }
                words
            })
            .collect()
    }

    /// Whether the command runs and does not fail at once.
    fn starts(&self, words: &[OsString]) -> bool {
        let Some((program, arguments)) = words.split_first() else { return false };
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // Keys that end Segue must not end the browser.
        command.process_group(0);
        if let Some(path) = &self.path {
            command.env("PATH", path);
        }
        command.spawn().is_ok_and(|child| runs_on(child, self.patience))
    }
}

/// Whether it ends well, or still runs after `patience`. A thread waits for its end, so that none is left a
/// zombie.
fn runs_on(mut child: Child, patience: Duration) -> bool {
    let (tell, heard) = mpsc::channel();
    let waits = thread::Builder::new().name("browser".to_owned()).spawn(move || {
        let ended_well = child.wait().is_ok_and(|status| status.success());
        let _ = tell.send(ended_well);
    });
    waits.is_err() || heard.recv_timeout(patience).unwrap_or(true)
}

/// Only the web, nobody's disk or programs; `https://good@bad` looks like another place than it leads to.
fn is_safe(address: &Url) -> bool {
    let on_this_machine = match address.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    };
    let right_scheme = match address.scheme() {
        "https" => address.has_host(),
        "http" => on_this_machine,
        _ => false,
    };
    right_scheme && address.username().is_empty() && address.password().is_none()
}
