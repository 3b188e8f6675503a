//! Tells whether there is a network, and looks now and then, while there is none, whether that may have changed. Asks
//! nobody: whether there is one again shows when somebody wants something.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::mpsc::Sender;

use crate::app::Event;
use crate::model::Network;
use crate::net::Net;

/// Between two looks while there is no network.
const LOOK: Duration = Duration::from_secs(2);

/// Tells of every change until nobody listens any more.
pub(super) fn watch_network(net: &Net, tasks: &Handle, events: Sender<Event>) {
    let (net, mut changes) = (net.clone(), net.network());
    tasks.spawn(async move {
        let mut told = Network::There;
        loop {
            let network = *changes.borrow_and_update();
            if network != told {
                told = network;
                if events.send(Event::NetworkChanged(network)).await.is_err() {
                    return;
                }
            }
            tokio::select! {
                changed = changes.changed() => if changed.is_err() { return },
                () = tokio::time::sleep(LOOK), if network == Network::Gone => net.look(),
            }
        }
    });
}
