//! Copies that are killed at any moment, again and again: each goes on, and what comes of it is the file.
//! `SEGUE_TEST_KILLS` sets how many kills there are.

use std::process::{Command, Stdio};

use super::*;

/// Kills while no other count is wished.
const KILLS: usize = 12;

/// Names the test that is run in the program to be killed.
const CHILD: &str = "downloads::tests::kills::the_program_that_is_killed";

/// Not a test of its own: makes one copy when [`kills_cost_nothing`] says which.
#[test]
fn the_program_that_is_killed() {
    let Ok(order) = std::env::var("SEGUE_TEST_COPY") else { return };
    let [folder, address, id] = order.split('\n').collect::<Vec<_>>()[..] else { panic!("{order}") };
    let rig = Rig::new();
    let wanted = wanted(Path::new(folder), id.parse().unwrap(), &format!("Track {id}"));
    // What a queue has noted.
    let noted = Path::new(folder).with_extension(format!("{id}.noted"));
    let desk = Rig::desk(vec![http(address.parse().unwrap())]);
    if !noted.exists() {
        let pace = rig.runtime.block_on(async { Pace::new(0) });
        let copier = Copier::new(rig.streams.clone(), rig.runtime.handle().clone(), Rules::default(), pace);
        copier.copy(&wanted, &desk, &desk.cancel).unwrap();
        fs::write(&noted, b"").unwrap();
    }
    assert!(discard(&wanted.target.folder, wanted.id).unwrap());
}

#[test]
fn kills_cost_nothing() {
    let kills: usize = std::env::var("SEGUE_TEST_KILLS").map_or(KILLS, |count| count.parse().unwrap());
    let seed = 0x9e37_79b9_7f4a_7c15_u64;
    let folder = TempDir::new().unwrap();
    let whole = noise(6_000_000);
    let hls = bundled("hls/ame-no-minato");
    let sent = Arc::new(AtomicUsize::new(0));
    let (body, counted) = (whole.clone(), sent.clone());
    // Cuts and resets what it sends, and says no now and then.
    let server = Server::start(move |asked, number| {
        if asked.path == "/file" {
            if number % 7 == 3 {
                return Reply::new(503, "text/plain", "").header("Retry-After", "0");
            }
            let cut = 400_000 + number * 77_777 % 1_500_000;
            let reply = ranged(asked, &body, "\"a\"");
            counted.fetch_add(cut.min(reply.body.len()), Ordering::SeqCst);
            return reply.cut_after(cut);
        }
        let bytes = fs::read(hls.join(asked.path.trim_start_matches('/'))).unwrap();
        counted.fetch_add(bytes.len(), Ordering::SeqCst);
        Reply::new(200, "application/octet-stream", bytes)
    });
    let (mut killed, mut copies, mut state) = (0, 0_u64, seed);
    while killed < kills {
        copies += 1;
        let address = server.url(if copies.is_multiple_of(3) { "/index.m3u8" } else { "/file" });
        let order = format!("{}\n{address}\n{copies}", folder.path().display());
        loop {
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args([CHILD, "--exact", "--test-threads=1"])
                .env("SEGUE_TEST_COPY", &order)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let (tell, told) = std::sync::mpsc::channel::<()>();
            if killed < kills {
                let until = Duration::from_micros(5_000 + (state >> 33) % 400_000);
                // Nobody tells: the limit is the wait.
                let _ = told.recv_timeout(until);
                drop(tell);
                if child.try_wait().unwrap().is_none() {
                    child.kill().unwrap();
                    child.wait().unwrap();
                    killed += 1;
                    continue;
                }
            }
            assert!(child.wait().unwrap().success(), "copy {copies}");
            fs::remove_file(folder.path().with_extension(format!("{copies}.noted"))).unwrap();
            break;
        }
    }
    // Tags stand before the sound or behind it, which is as the server has it.
    let files = files_below(folder.path());
    assert_eq!(files.len() as u64, copies, "{files:?}");
    for name in &files {
        let bytes = fs::read(folder.path().join(name)).unwrap();
        if name.ends_with(".wav") {
            assert!(bytes[44..whole.len()] == whole[44..], "{name}");
        }
    }
    println!("{killed} kills, {copies} copies, {} bytes sent for {}", sent.load(Ordering::SeqCst), copies);
}
