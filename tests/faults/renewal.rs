//! Refresh tokens that are good for one use: whoever uses one twice loses the session.

use std::process::Stdio;
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use futures_util::future::join_all;
use segue::catalog::{MemoryVault, Vault};
use segue::model::{Fault, FaultKind, Secret};
use segue::secrets::{self, Keep};
use serde_json::{Value, json};

use crate::house::{Ask, House, NOW, Plan, Who, good, net};
use crate::leaks::{REFRESH, assert_log_is_clean, assert_none, assert_none_on_disk, watch_log};
use crate::program::{Done, Home};
use crate::server::{Call, Reply, Server};
use crate::table::tasks;

/// What the service knows of the session.
#[derive(Debug)]
struct State {
    access: String,
    refresh: String,
    /// A spent token came: somebody stole it.
    is_over: bool,
    renewed: u32,
}

/// A service that took the access token before it was due, and rotates refresh tokens.
fn rotating(loses_answer: bool) -> (Server, Arc<Mutex<State>>) {
    let refresh = REFRESH.to_owned();
    let state = State { access: "m4rk-next-0".to_owned(), refresh, is_over: false, renewed: 0 };
    let state = Arc::new(Mutex::new(state));
    let theirs = Arc::clone(&state);
    let server = Server::start(move |call| answer(call, &mut theirs.lock().unwrap(), loses_answer));
    (server, state)
}

fn answer(call: &Call, state: &mut State, loses_answer: bool) -> Reply {
    let refused = Reply::json(401, "{\"message\":\"Unauthenticated.\"}");
    if call.path.ends_with("/auth/refresh") || call.path.ends_with("/oauth/token") {
        let body: Value = serde_json::from_str(call.body()).unwrap();
        if state.is_over || body["refresh_token"] != state.refresh.as_str() {
            state.is_over = true;
            return refused;
        }
        state.renewed += 1;
        state.access = format!("m4rk-next-{}", state.renewed);
        state.refresh = format!("m4rk-again-{}", state.renewed);
        if loses_answer {
            return Reply::HangUp;
        }
        let pair =
            json!({ "access_token": state.access, "refresh_token": state.refresh, "expires_in": 3600 });
        return Reply::json(200, pair.to_string());
    }
    let bearer = call.header("authorization").strip_prefix("Bearer ").unwrap_or_default();
    if state.is_over || bearer != state.access { refused } else { good(call) }
}

#[test]
fn two_players_renew_once() {
    watch_log();
    let tasks = tasks();
    for who in [Who::YourMusic, Who::Audius] {
        let (server, state) = rotating(false);
        let vault: Arc<dyn Vault> = Arc::new(MemoryVault::default());
        let houses = tasks.block_on(join_all((0..2).map(|_| {
            // A client of its own, as another process has.
            let plan = Plan { vault: Arc::clone(&vault), ..Plan::new(&net(0, false)) };
            let base = server.url("/v1");
            async move { House::new(who, &base, plan).await }
        })));
        let asked = houses.iter().flat_map(|house| [Ask::Change; 4].map(|ask| house.ask(ask)));
        for result in tasks.block_on(join_all(asked)) {
            assert!(result.is_ok(), "{who:?}: {result:?}");
        }
        let state = state.lock().unwrap();
        assert_eq!((state.renewed, state.is_over), (1, false), "{who:?}");
    }
    assert_log_is_clean();
}

/// The answer that brought the new tokens was lost: the session is over, and that is what is said.
#[test]
fn a_renewal_whose_answer_is_lost_ends_in_words() {
    watch_log();
    let tasks = tasks();
    for who in [Who::YourMusic, Who::Audius] {
        let (server, state) = rotating(true);
        let vault: Arc<dyn Vault> = Arc::new(MemoryVault::default());
        let plan = Plan { vault: Arc::clone(&vault), until: NOW + 3600, ..Plan::new(&net(0, false)) };
        let house = tasks.block_on(House::new(who, &server.url("/v1"), plan));
        let first = tasks.block_on(house.ask(Ask::Change)).unwrap_err().fault();
        assert!(matches!(first.kind, FaultKind::Network | FaultKind::SignInNeeded), "{who:?}: {first}");
        let second = tasks.block_on(house.ask(Ask::Change)).unwrap_err().fault();
        assert_eq!(second.kind, FaultKind::SignInNeeded, "{who:?}: {second}");
        assert!(second.hint.is_some(), "{who:?}: {second}");
        assert!(house.catalog.capabilities().account.who.is_none(), "{who:?}");
        assert!(tasks.block_on(vault.read(who.id())).unwrap().is_none(), "nothing is kept of it");
        assert!(state.lock().unwrap().is_over);
    }
    assert_log_is_clean();
}

#[test]
fn several_processes_renew_once() {
    for (who, arguments) in [
        (Who::YourMusic, &["search", "ferry", "--service", "yourmusic"][..]),
        (Who::Audius, &["like", "audius:track:812"]),
    ] {
        let (server, state) = rotating(false);
        let base = server.url("/v1");
        let home = Home::new().config(&format!(
            "[log]\nlevel = \"debug\"\n[services.audius]\nbase_url = \"{base}\"\n\
             [services.yourmusic]\nbase_url = \"{base}\"\ntenant = \"house\"\n"
        ));
        let vault = secrets::Vault::open(&home.path().join("data"), "segue", Keep::File);
        // Good for long, as far as the program knows.
        vault.write(who.id(), &who.session(&base, NOW + 4_000_000_000).unwrap()).unwrap();
        let start = || {
            let mut command = home.segue(arguments);
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let runs = [start(), start(), start(), start()];
        for run in runs {
            let done = Done::from(run.wait_with_output().unwrap());
            assert_eq!(done.code, 0, "{who:?}: {done:?}");
            assert_none("what is written", &format!("{done:?}"));
        }
        let state = state.lock().unwrap();
        assert_eq!((state.renewed, state.is_over), (1, false), "{who:?}");
        assert_none_on_disk(home.path(), &["secrets"]);
    }
}

/// Holds what it was made with, and takes nothing else.
struct FullVault(MemoryVault);

impl Vault for FullVault {
    fn read<'a>(&'a self, service: &'a str) -> BoxFuture<'a, Result<Option<Secret>, Fault>> {
        self.0.read(service)
    }

    fn write<'a>(&'a self, _: &'a str, _: &'a Secret) -> BoxFuture<'a, Result<(), Fault>> {
        Box::pin(async { Err(Fault::new(FaultKind::Other, "The disk is full")) })
    }

    fn erase<'a>(&'a self, service: &'a str) -> BoxFuture<'a, Result<(), Fault>> {
        self.0.erase(service)
    }

    fn exclusive<'a>(&'a self, service: &'a str) -> BoxFuture<'a, Result<Box<dyn Send>, Fault>> {
        self.0.exclusive(service)
    }
}

/// A new pair that cannot be written down is used all the same, and the spent one never again.
#[test]
fn a_full_disk_does_not_bring_a_spent_token_back() {
    let tasks = tasks();
    for who in [Who::YourMusic, Who::Audius] {
        let (server, state) = rotating(false);
        let kept = MemoryVault::default();
        let base = server.url("/v1");
        tasks.block_on(kept.write(who.id(), &who.session(&base, NOW + 3600).unwrap())).unwrap();
        let plan = Plan { vault: Arc::new(FullVault(kept)), ..Plan::new(&net(0, false)) };
        let house = tasks.block_on(House::new(who, &base, plan));
        for round in 1..4 {
            let done = tasks.block_on(house.ask(Ask::Change));
            assert!(done.is_ok(), "{who:?} {round}: {done:?}");
            let mut state = state.lock().unwrap();
            assert_eq!((state.renewed, state.is_over), (round, false), "{who:?}");
            // The service ends the access token before its time.
            state.access = "m4rk-ended".to_owned();
            drop(state);
            tasks.block_on(house.catalog.restore()).unwrap();
        }
    }
}
