//! Whether the network is paid for by the byte, as NetworkManager tells on the system's message bus (its property `Metered`). Where
//! there is none, nothing is known, which counts as no.

use futures_util::StreamExt as _;
use tokio::runtime::Handle;
use tokio::sync::watch;
use zbus::{Connection, Proxy};

/// Who tells, and where.
const NAME: &str = "org.freedesktop.NetworkManager";
const PLACE: &str = "/org/freedesktop/NetworkManager";
const PROPERTY: &str = "Metered";

/// `NMMetered` in NetworkManager's D-Bus types: known for certain, and guessed.
const YES: u32 = 1;
const GUESSED_YES: u32 = 3;

/// What is known of it: `None` until somebody has answered, or nobody does.
pub(super) type Metered = watch::Receiver<Option<bool>>;

/// Something that is known and stays so.
pub(super) fn known(is_metered: bool) -> Metered {
    watch::channel(Some(is_metered)).1
}

/// Asks the system, and listens for changes.
pub(super) fn ask(tasks: &Handle) -> Metered {
    let (tell, told) = watch::channel(None);
    tasks.spawn(async move {
        let heard = async { listen(&Connection::system().await?, &tell).await };
        if let Err(error) = heard.await {
            tracing::info!("whether the network is paid for by the byte is not known: {error}");
        }
        // Nobody tells any more: what was said last may be wrong by now.
        tell.send_if_modified(|is_metered| is_metered.replace(false) != Some(false));
    });
    told
}

/// Tells what `system` says until it says no more, or nobody listens.
async fn listen(system: &Connection, tell: &watch::Sender<Option<bool>>) -> zbus::Result<()> {
    let manager = Proxy::new(system, NAME, PLACE, NAME).await?;
    let mut changes = manager.receive_property_changed::<u32>(PROPERTY).await;
    let say = |metered: u32| {
        let is_metered = Some(matches!(metered, YES | GUESSED_YES));
        tell.send_if_modified(|before| std::mem::replace(before, is_metered) != is_metered);
    };
    say(manager.get_property(PROPERTY).await?);
    loop {
        tokio::select! {
            change = changes.next() => match change {
                Some(change) => say(change.get().await?),
                None => return Ok(()),
            },
            () = tell.closed() => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::process::{Child, Command, Stdio};

    use super::*;

    /// A message bus of its own.
    struct Bus(Child);

    impl Drop for Bus {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    /// A NetworkManager that knows this alone.
    struct Manager(u32);

    #[zbus::interface(name = "org.freedesktop.NetworkManager")]
    impl Manager {
        #[zbus(property)]
        fn metered(&self) -> u32 {
            self.0
        }
    }

    #[test]
    fn what_the_network_manager_says_is_followed() {
        let mut daemon = Command::new("dbus-daemon");
        daemon.args(["--session", "--nofork", "--nopidfile", "--print-address=1"]).stdout(Stdio::piped());
        let Ok(mut child) = daemon.stderr(Stdio::null()).spawn() else {
            return eprintln!("skipped: there is no dbus-daemon here");
        };
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let _bus = Bus(child);
        let tasks = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        tasks.block_on(async {
            let connect = || zbus::connection::Builder::address(address.trim()).unwrap();
            // Nobody is there who knows.
            let (tell, told) = watch::channel(None);
            let asking = connect().build().await.unwrap();
            assert!(listen(&asking, &tell).await.is_err());
            assert_eq!(*told.borrow(), None);
            drop(told);

            let manager = connect().serve_at(PLACE, Manager(YES)).unwrap().name(NAME).unwrap();
            let manager = manager.build().await.unwrap();
            let (tell, mut told) = watch::channel(None);
            let asking = connect().build().await.unwrap();
            let listening = tokio::spawn(async move { listen(&asking, &tell).await });
            told.wait_for(|is_metered| *is_metered == Some(true)).await.unwrap();
            let place = manager.object_server().interface::<_, Manager>(PLACE).await.unwrap();
            // "No", "guessed yes", "guessed no", "yes", "unknown".
            for (metered, expected) in [(2, false), (GUESSED_YES, true), (4, false), (YES, true), (0, false)]
            {
                place.get_mut().await.0 = metered;
                place.get().await.metered_changed(place.signal_emitter()).await.unwrap();
                told.wait_for(|is_metered| *is_metered == Some(expected)).await.unwrap();
            }
            // Nobody wants to know any more.
            drop(told);
            listening.await.unwrap().unwrap();
        });
    }
}
