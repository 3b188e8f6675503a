//! A word on the desktop when a track begins (Desktop Notifications Specification 1.2), where the listener wants it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::runtime::Handle;
use zbus::Connection;
use zbus::zvariant::Value;

use crate::model::Track;

/// Who shows notifications, and where it takes them.
const NAME: &str = "org.freedesktop.Notifications";
const PLACE: &str = "/org/freedesktop/Notifications";

/// For as long as the desktop sees fit.
const ANY_TIME_MS: i32 = -1;

/// Shows what plays, each in the place of the one before.
#[derive(Debug)]
pub(super) struct Notifier {
    tasks: Handle,
    /// The number of the last one.
    last: Arc<AtomicU32>,
}

impl Notifier {
    pub fn new(tasks: Handle) -> Self {
        Self { tasks, last: Arc::default() }
    }

    /// Shows that a track begins. Where nobody takes notifications, nothing happens.
    pub fn begins(&self, track: &Track) {
        let (title, artists) = (track.title.to_string(), track.artist_line());
        let last = Arc::clone(&self.last);
        self.tasks.spawn(async move {
            let shown = async {
                let desktop = Connection::session().await?;
                show(&desktop, &title, &artists, last.load(Ordering::Relaxed)).await
            };
            match shown.await {
                Ok(number) => last.store(number, Ordering::Relaxed),
                Err(error) => tracing::info!("no notification: {error}"),
            }
        });
    }
}

/// Asks for a notification in the place of the one numbered `before` (0: a new one), and gives its number.
async fn show(desktop: &Connection, title: &str, artists: &str, before: u32) -> zbus::Result<u32> {
    let (actions, hints) = (Vec::<&str>::new(), HashMap::<&str, Value<'_>>::new());
    let body = as_markup(artists);
    let words = ("Segue", before, "", title, body.as_str(), actions, hints, ANY_TIME_MS);
    let answer = desktop.call_method(Some(NAME), PLACE, Some(NAME), "Notify", &words).await?;
    answer.body().deserialize()
}

/// The body may be read as markup; nothing of a text is meant so.
fn as_markup(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::process::{Child, Command, Stdio};

    use tokio::sync::mpsc;

    use super::*;

    /// A message bus of its own.
    struct Bus(Child);

    impl Drop for Bus {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    /// A desktop that writes down what it is asked to show.
    struct Desktop(mpsc::UnboundedSender<(u32, String, String)>);

    #[zbus::interface(name = "org.freedesktop.Notifications")]
    impl Desktop {
        #[expect(
            clippy::too_many_arguments,
            clippy::needless_pass_by_value,
            reason = "as the specification has them, of which not all are looked at"
        )]
        fn notify(
            &self,
            app: &str,
            before: u32,
            icon: &str,
            title: String,
            body: String,
            actions: Vec<String>,
            hints: HashMap<String, Value<'_>>,
            time_ms: i32,
        ) -> u32 {
            assert_eq!((app, icon, actions.len(), hints.len(), time_ms), ("Segue", "", 0, 0, ANY_TIME_MS));
            self.0.send((before, title, body)).unwrap();
            41
        }
    }

    #[test]
    fn a_desktop_shows_what_begins() {
        let mut daemon = Command::new("dbus-daemon");
        daemon.args(["--session", "--nofork", "--nopidfile", "--print-address=1"]).stdout(Stdio::piped());
        let Ok(mut child) = daemon.stderr(Stdio::null()).spawn() else {
            return eprintln_skipped();
        };
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let _bus = Bus(child);
        let tasks = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        tasks.block_on(async {
            let (told, mut shown) = mpsc::unbounded_channel();
            let address = address.trim();
            let builder = zbus::connection::Builder::address(address).unwrap();
            let builder = builder.serve_at(PLACE, Desktop(told)).unwrap().name(NAME).unwrap();
            let _desktop = builder.build().await.unwrap();
            let caller = zbus::connection::Builder::address(address).unwrap().build().await.unwrap();
            let number = show(&caller, "Night <Ferry>", "Ada & <b>Cole</b>", 0).await.unwrap();
            assert_eq!(number, 41);
            show(&caller, "Harbour Lights", "", number).await.unwrap();
            let expected = (0, "Night <Ferry>".to_owned(), "Ada &amp; &lt;b&gt;Cole&lt;/b&gt;".to_owned());
            assert_eq!(shown.recv().await, Some(expected));
            assert_eq!(shown.recv().await, Some((41, "Harbour Lights".to_owned(), String::new())));
        });
    }

    fn eprintln_skipped() {
        eprintln!("skipped: there is no dbus-daemon here");
    }
}
