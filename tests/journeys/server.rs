//! A small web server whose answers, and whose faults, are scripted.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

/// A request as far as the scripts look at it.
#[derive(Clone, Debug)]
pub struct Request {
    pub path: String,
    /// The lines after the first, as they came.
    pub headers: Vec<String>,
    /// What was sent along.
    pub body: String,
    /// First byte asked for, if a range was.
    pub from: Option<usize>,
}

/// What to do with a request.
pub enum Reply {
    /// A whole answer.
    Full { status: u16, headers: Vec<(&'static str, String)>, body: Vec<u8> },
    /// A file that honours ranges.
    File { media_type: &'static str, body: Vec<u8> },
    /// Headers that promise `body` and more, then silence until the test ends.
    Stall { media_type: &'static str, body: Vec<u8> },
}

impl Reply {
    pub fn status(status: u16) -> Self {
        Self::Full { status, headers: vec![], body: b"no".to_vec() }
    }

    pub fn text(media_type: &'static str, body: &str) -> Self {
        Self::Full {
            status: 200,
            headers: vec![("Content-Type", media_type.to_owned())],
            body: body.as_bytes().to_vec(),
        }
    }

    pub fn redirect(to: &str) -> Self {
        Self::Full { status: 302, headers: vec![("Location", to.to_owned())], body: vec![] }
    }
}

/// A running server; it ends with the test.
pub struct Server {
    pub address: SocketAddr,
    log: Arc<Mutex<Vec<Request>>>,
    connections: Arc<AtomicUsize>,
    // Dropping it ends the stalls.
    _alive: mpsc::Sender<()>,
}

impl Server {
    pub fn start(script: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::over(|stream| stream, script)
    }

    /// The same, encrypted.
    pub fn encrypted(
        with: Arc<rustls::ServerConfig>,
        script: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let wrap = move |stream| {
            let connection = rustls::ServerConnection::new(Arc::clone(&with)).unwrap();
            rustls::StreamOwned::new(connection, stream)
        };
        Self::over(wrap, script)
    }

    fn over<S: Read + Write>(
        wrap: impl Fn(TcpStream) -> S + Send + Sync + 'static,
        script: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let (alive, ended) = mpsc::channel();
        let (script, ended, requests) = (Arc::new(script), Arc::new(Mutex::new(ended)), Arc::clone(&log));
        let (wrap, connections) = (Arc::new(wrap), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&connections);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                count.fetch_add(1, Ordering::SeqCst);
                let (script, ended, log) = (Arc::clone(&script), Arc::clone(&ended), Arc::clone(&requests));
                let wrap = Arc::clone(&wrap);
                thread::spawn(move || {
                    // A client that hangs up is part of the play.
                    let _ = answer(wrap(stream), &*script, &ended, &log);
                });
            }
        });
        Self { address, log, connections, _alive: alive }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.log.lock().unwrap().clone()
    }

    /// How many connections were made so far.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The paths asked for so far.
    pub fn paths(&self) -> Vec<String> {
        self.log.lock().unwrap().iter().map(|request| request.path.clone()).collect()
    }
}

fn answer(
    stream: impl Read + Write,
    script: &dyn Fn(&Request) -> Reply,
    ended: &Mutex<mpsc::Receiver<()>>,
    log: &Mutex<Vec<Request>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first)? == 0 {
            return Ok(());
        }
        let path = first.split(' ').nth(1).unwrap_or("/").to_owned();
        let (mut from, mut headers, mut length) = (None, Vec::new(), 0);
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            if line.trim().is_empty() {
                break;
            }
            if let Some(range) = line.to_ascii_lowercase().strip_prefix("range: bytes=") {
                from = range.split('-').next().and_then(|start| start.trim().parse().ok());
            }
            if let Some(bytes) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = bytes.trim().parse().unwrap();
            }
            headers.push(line.trim().to_owned());
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let body = String::from_utf8_lossy(&body).into_owned();
        let request = Request { path, headers, body, from };
        let out = reader.get_mut();
        log.lock().unwrap().push(request.clone());
        match script(&request) {
            Reply::Full { status, headers, body } => write(out, status, &headers, body.len(), &body)?,
            Reply::File { media_type, body } => {
                let from = request.from.unwrap_or(0).min(body.len());
                let range = format!("bytes {from}-{}/{}", body.len().saturating_sub(1), body.len());
                let headers =
                    vec![("Content-Type", media_type.to_owned()), ("Accept-Ranges", "bytes".to_owned())];
                match request.from {
                    Some(start) if start >= body.len() => write(out, 416, &headers, 0, &[])?,
                    Some(_) => {
                        let headers = [headers, vec![("Content-Range", range)]].concat();
                        write(out, 206, &headers, body.len() - from, &body[from..])?;
                    }
                    None => write(out, 200, &headers, body.len(), &body)?,
                }
            }
            Reply::Stall { media_type, body } => {
                write(out, 200, &[("Content-Type", media_type.to_owned())], body.len() + 1000, &body)?;
                // Until the test drops the server; then the receiver reports that.
                let _ = ended.lock().unwrap().recv();
                return Ok(());
            }
        }
    }
}

fn write(
    out: &mut impl Write,
    status: u16,
    headers: &[(&str, String)],
    length: usize,
    body: &[u8],
) -> std::io::Result<()> {
    let headers: String = headers.iter().flat_map(|(name, value)| [*name, ": ", value, "\r\n"]).collect();
    let head = format!("HTTP/1.1 {status} x\r\nContent-Length: {length}\r\n{headers}\r\n");
    out.write_all(head.as_bytes())?;
    out.write_all(body)?;
    out.flush()
}
