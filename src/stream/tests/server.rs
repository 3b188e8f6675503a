//! A web server on the loopback that answers as a test wishes, faults included.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier, Mutex};
use std::thread::JoinHandle;

use url::Url;

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Path with query.
    pub path: String,
    /// Names in lower case.
    pub headers: HashMap<String, String>,
}

impl Asked {
    /// First byte of the range asked for; 0 without one.
    pub(crate) fn start(&self) -> usize {
        let range = self.headers.get("range").map_or("bytes=0-", String::as_str);
        range.trim_start_matches("bytes=").split('-').next().unwrap().parse().unwrap()
    }
}

/// An answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// What follows it: bytes that are not copied, from a place on.
    pub rest: Option<(Arc<Vec<u8>>, usize)>,
    /// Leaves out the length: the body ends with the connection.
    pub hides_length: bool,
    /// Sends only so many bytes of the body and closes the connection.
    pub cut_after: Option<usize>,
    /// Sends nothing at all, not even a status, until the client goes.
    pub is_silent: bool,
    /// It begins as those of old SHOUTcast servers do.
    pub is_shoutcast: bool,
    /// Sends what `cut_after` leaves, says so in [`Server::stalled`], and then nothing until the client goes.
    pub stalls: bool,
    /// Before `rest` is sent, waits until as many other answers wait here as it takes.
    pub gate: Option<Arc<Barrier>>,
}

impl Reply {
    pub(crate) fn new(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("Content-Type", media_type.to_owned())],
            body: body.into(),
            ..Self::default()
        }
    }

    /// What a server with ranges answers.
    pub(crate) fn part(asked: &Asked, media_type: &str, whole: &[u8]) -> Self {
        let start = asked.start();
        if start >= whole.len() {
            return Self::new(416, media_type, "");
        }
        let range = format!("bytes {start}-{}/{}", whole.len() - 1, whole.len());
        Self::new(206, media_type, &whole[start..]).header("Content-Range", range)
    }

    /// The same without a copy, for long files and many requests.
    pub(crate) fn part_of(asked: &Asked, media_type: &str, whole: &Arc<Vec<u8>>) -> Self {
        let start = asked.start().min(whole.len() - 1);
        let range = format!("bytes {start}-{}/{}", whole.len() - 1, whole.len());
        let reply = Self::new(206, media_type, "").header("Content-Range", range);
        Self { rest: Some((whole.clone(), start)), ..reply }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn cut_after(mut self, bytes: usize) -> Self {
        self.cut_after = Some(bytes);
        self
    }

    /// Closes the connection without a word.
    pub(crate) fn hang_up() -> Self {
        Self::default()
    }

    pub(crate) fn silent() -> Self {
        Self { is_silent: true, ..Self::default() }
    }

    pub(crate) fn stall_after(mut self, bytes: usize) -> Self {
        self.stalls = true;
        self.cut_after(bytes)
    }
}

type Script = dyn Fn(&Asked, usize) -> Reply + Send + Sync;

/// The server; it stops when dropped.
pub(crate) struct Server {
    address: SocketAddr,
    log: Arc<Mutex<Vec<Asked>>>,
    stalled: Receiver<()>,
    stops: Arc<AtomicBool>,
    listens: Option<JoinHandle<()>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stops.store(true, Ordering::Release);
        // It wakes up for that.
        drop(TcpStream::connect(self.address));
        self.listens.take().map(JoinHandle::join);
    }
}

impl Server {
    /// Answers each request with what `script` says; its second argument counts the requests from 0.
    pub(crate) fn start(script: impl Fn(&Asked, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let script: Arc<Script> = Arc::new(script);
        let (tell, stalled) = channel();
        let kept = log.clone();
        let stops: Arc<AtomicBool> = Arc::default();
        let stop = Arc::clone(&stops);
        let listens = std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                if stop.load(Ordering::Acquire) {
                    return;
                }
                let (log, script, tell) = (kept.clone(), script.clone(), tell.clone());
                // A client that goes away is part of the tests.
                std::thread::spawn(move || answer(stream, &log, &*script, &tell).ok());
            }
        });
        Self { address, log, stalled, stops, listens: Some(listens) }
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        format!("http://{}{path}", self.address).parse().unwrap()
    }

    /// The requests so far.
    pub(crate) fn log(&self) -> Vec<Asked> {
        self.log.lock().unwrap().clone()
    }

    /// How often a path was asked for.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.log().iter().filter(|asked| asked.path == path).count()
    }

    /// Waits until an answer stands still.
    pub(crate) fn stalled(&self) {
        self.stalled.recv().unwrap();
    }
}

fn answer(
    mut stream: TcpStream,
    log: &Mutex<Vec<Asked>>,
    script: &Script,
    tell: &Sender<()>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let Some(path) = line.split(' ').nth(1).map(str::to_owned) else { return Ok(()) };
    let mut headers = HashMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let asked = Asked { path, headers };
    let number = {
        let mut log = log.lock().unwrap();
        log.push(asked.clone());
        log.len() - 1
    };
    let reply = script(&asked, number);
    if reply.status == 0 && !reply.is_silent {
        return Ok(());
    }
    if reply.is_silent {
        reader.read_line(&mut line)?;
        return Ok(());
    }
    let version = if reply.is_shoutcast { "ICY" } else { "HTTP/1.1" };
    let mut head = format!("{version} {} -\r\nConnection: close\r\n", reply.status);
    if !reply.hides_length {
        let rest = reply.rest.as_ref().map_or(0, |(whole, start)| whole.len() - start);
        head.extend(["Content-Length: ", &(reply.body.len() + rest).to_string(), "\r\n"]);
    }
    for (name, value) in &reply.headers {
        head.extend([*name, ": ", value, "\r\n"]);
    }
    stream.write_all(head.as_bytes())?;
    stream.write_all(b"\r\n")?;
    let sent = reply.cut_after.unwrap_or(reply.body.len()).min(reply.body.len());
    stream.write_all(&reply.body[..sent])?;
    if let Some(gate) = &reply.gate {
        gate.wait();
    }
    if let Some((whole, start)) = &reply.rest {
        stream.write_all(&whole[*start..])?;
    }
    stream.flush()?;
    if reply.stalls {
        let _ = tell.send(());
        // Ends when the client closes the connection.
        reader.read_line(&mut line)?;
    }
    Ok(())
}
