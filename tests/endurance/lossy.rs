//! A way to a server on which connections break: before a request has arrived, or before its answer has.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::chance::Chance;

/// What the threads share.
#[derive(Default)]
struct Weather {
    is_bad: AtomicBool,
    broken: AtomicUsize,
    lost: AtomicUsize,
}

/// The way; it is there until the process ends.
pub struct Lossy {
    pub address: SocketAddr,
    weather: Arc<Weather>,
}

impl Lossy {
    pub fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let weather = Arc::new(Weather::default());
        let theirs = Arc::clone(&weather);
        thread::spawn(move || {
            for (number, client) in (1..).zip(listener.incoming().map_while(Result::ok)) {
                let Ok(server) = TcpStream::connect(server) else { return };
                let (to, from) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let weather = Arc::clone(&theirs);
                thread::spawn(move || carry(&from, &to, &mut Chance(number), &weather, false));
                let weather = Arc::clone(&theirs);
                thread::spawn(move || carry(&server, &client, &mut Chance(number << 32), &weather, true));
            }
        });
        Self { address, weather }
    }

    /// From now on connections break, or none does.
    pub fn is_bad(&self, bad: bool) {
        self.weather.is_bad.store(bad, Ordering::SeqCst);
    }

    /// How many requests never arrived, and how many answers.
    pub fn counts(&self) -> (usize, usize) {
        (self.weather.broken.load(Ordering::SeqCst), self.weather.lost.load(Ordering::SeqCst))
    }
}

/// Carries bytes until one side ends, or the connection breaks.
fn carry(mut from: &TcpStream, mut to: &TcpStream, chance: &mut Chance, weather: &Weather, is_answer: bool) {
    let mut bytes = [0; 16 << 10];
    while let Ok(length) = from.read(&mut bytes) {
        if weather.is_bad.load(Ordering::SeqCst) && chance.below(if is_answer { 5 } else { 12 }) == 0 {
            let count = if is_answer { &weather.lost } else { &weather.broken };
            count.fetch_add(1, Ordering::SeqCst);
            break;
        }
        if length == 0 || to.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
