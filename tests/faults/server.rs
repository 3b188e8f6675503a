//! A web server that does whatever a script says, good or bad, and remembers all that it was told.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use url::Url;

/// `Date` of every answer that names none: 2026-03-01 00:00:00.
const DATE: &str = "Sun, 01 Mar 2026 00:00:00 GMT";

/// Bytes of a body that are sent at a time, and the pause after them: so much is on the line at most when somebody hangs up.
const PIECE_BYTES: usize = 16 << 10;
const PIECE_TIME: Duration = Duration::from_micros(200);

const JSON: &str = "Content-Type: application/json\r\n";

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: String,
    /// Percent-encoded, without the query.
    pub path: String,
    /// All of it, the body included.
    pub raw: String,
}

impl Call {
    /// A header's value, or nothing. `name` in lower case.
    pub fn header(&self, name: &str) -> &str {
        let fields = self.raw.lines().skip(1).take_while(|line| !line.is_empty());
        let mut fields = fields.filter_map(|line| line.split_once(": "));
        fields.find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }

    pub fn body(&self) -> &str {
        self.raw.split_once("\r\n\r\n").map_or("", |(_, body)| body)
    }

    /// Whether it only reads.
    pub fn is_get(&self) -> bool {
        self.method == "GET"
    }
}

/// What to do with a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A whole answer; the header lines end in `\r\n` each.
    Full { status: u16, headers: String, body: Vec<u8> },
    /// The beginning of an answer, then the end of the connection.
    Cut { status: u16, headers: String, body: Vec<u8>, promised: usize },
    /// The beginning of an answer, and the rest so late that nobody here waits for it.
    Held { status: u16, headers: String, body: Vec<u8>, promised: usize },
    /// The beginning of an answer, or nothing, then silence.
    Stall { begins: bool },
    /// The end of the connection, without a word.
    HangUp,
    /// A JSON text of this many bytes.
    Flood(usize),
}

impl Reply {
    pub fn json(status: u16, body: impl Into<String>) -> Self {
        Self::with(status, JSON, body)
    }

    pub fn with(status: u16, headers: &str, body: impl Into<String>) -> Self {
        Self::Full { status, headers: headers.to_owned(), body: body.into().into_bytes() }
    }

    pub fn redirect(status: u16, to: &Url) -> Self {
        Self::with(status, &format!("Location: {to}\r\n"), "")
    }
}

/// A running server; its silences end with it.
pub struct Server {
    pub address: SocketAddr,
    calls: Arc<Mutex<Vec<Call>>>,
    /// Bytes of floods that somebody took.
    pub taken: Arc<AtomicUsize>,
    /// Bytes of all other bodies that were sent, by path.
    pub sent: Arc<Mutex<HashMap<String, usize>>>,
    /// Tears every connection down as soon as a request is on its way.
    pub tears: Arc<AtomicBool>,
    /// Every connection that was made.
    connections: Arc<Mutex<Vec<TcpStream>>>,
    _alive: mpsc::Sender<()>,
}

type Script = dyn Fn(&Call) -> Reply + Send + Sync;

impl Server {
    pub fn start(script: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> Self {
        Self::serve(Arc::new(script), false)
    }

    /// Tears every connection down as soon as a request is on its way.
    pub fn tearing() -> Self {
        Self::serve(Arc::new(|_: &Call| Reply::HangUp), true)
    }

    fn serve(script: Arc<Script>, tears: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (alive, ended) = mpsc::channel();
        let tears = Arc::new(AtomicBool::new(tears));
        let (calls, taken, connections) = (Arc::default(), Arc::default(), Arc::default());
        let sent = Arc::<Mutex<HashMap<String, usize>>>::default();
        let count = Arc::clone(&sent);
        let server = Self { address, calls, taken, sent, tears, connections, _alive: alive };
        let (calls, taken, ended) =
            (Arc::clone(&server.calls), Arc::clone(&server.taken), Arc::new(Mutex::new(ended)));
        let (tears, connections) = (Arc::clone(&server.tears), Arc::clone(&server.connections));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                connections.lock().unwrap().extend(stream.try_clone());
                let (script, calls) = (Arc::clone(&script), Arc::clone(&calls));
                let (taken, ended, tears) = (Arc::clone(&taken), Arc::clone(&ended), Arc::clone(&tears));
                let (line, count) = (stream.try_clone(), Arc::clone(&count));
                thread::spawn(move || {
                    // Who hangs up is part of the play.
                    let _ = answer(stream, &*script, &calls, (&taken, &count), &ended, &tears);
                    // Dropping it does not end it: it is also among the connections.
                    let _ = line.map(|line| line.shutdown(Shutdown::Both));
                });
            }
        });
        server
    }

    /// An address on this server.
    pub fn url(&self, path: &str) -> Url {
        format!("http://{}{path}", self.address).parse().unwrap()
    }

    /// Ends every connection there is.
    pub fn cut_all(&self) {
        for connection in self.connections.lock().unwrap().drain(..) {
            // One that ended by itself is as good.
            let _ = connection.shutdown(Shutdown::Both);
        }
    }

    /// What was asked for so far.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }
}

fn answer(
    stream: TcpStream,
    script: &Script,
    calls: &Mutex<Vec<Call>>,
    (taken, sent): (&AtomicUsize, &Mutex<HashMap<String, usize>>),
    ended: &Mutex<mpsc::Receiver<()>>,
    tears: &AtomicBool,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    // Connections are used again, as with real servers.
    loop {
        // What is not read when a socket is closed is answered with a reset.
        let begun = reader.get_ref().peek(&mut [0])?;
        if tears.load(Ordering::Relaxed) && begun > 0 {
            let call = Call { method: "GET".to_owned(), path: String::new(), raw: String::new() };
            calls.lock().unwrap().push(call);
            return Ok(());
        }
        let Some(call) = read(&mut reader)? else { return Ok(()) };
        let reply = script(&call);
        let path = call.path.clone();
        calls.lock().unwrap().push(call);
        let out = reader.get_mut();
        let (_waits, wait) = mpsc::channel::<()>();
        let send = |out: &mut TcpStream, body: &[u8]| {
            for piece in body.chunks(PIECE_BYTES) {
                out.write_all(piece)?;
                *sent.lock().unwrap().entry(path.clone()).or_default() += piece.len();
                // Nobody tells: the limit is the wait.
                let _ =
                    wait.recv_timeout(if piece.len() < PIECE_BYTES { Duration::ZERO } else { PIECE_TIME });
            }
            std::io::Result::Ok(())
        };
        match reply {
            Reply::Full { status, headers, body } => {
                begin(out, status, &headers, body.len())?;
                send(out, &body)?;
            }
            Reply::Cut { status, headers, body, promised } => {
                begin(out, status, &headers, promised)?;
                return send(out, &body);
            }
            Reply::Held { status, headers, body, promised } => {
                begin(out, status, &headers, promised)?;
                send(out, &body)?;
                // Until the other side has enough of it.
                let _ = reader.read(&mut [0])?;
                return Ok(());
            }
            Reply::Stall { begins } => {
                if begins {
                    begin(out, 200, JSON, 1000)?;
                    out.write_all(b"{\"data\":[")?;
                }
                // Until the test ends; others wait in line for the same.
                let _ = ended.lock().map(|ended| ended.recv());
                return Ok(());
            }
            Reply::HangUp => return Ok(()),
            Reply::Flood(bytes) => {
                begin(out, 200, JSON, bytes)?;
                out.write_all(b"{\"data\":\"")?;
                let chunk = vec![b'x'; 1 << 16];
                let mut left = bytes - 11;
                while left > 0 {
                    let part = &chunk[..left.min(chunk.len())];
                    out.write_all(part)?;
                    taken.fetch_add(part.len(), Ordering::Relaxed);
                    left -= part.len();
                }
                out.write_all(b"\"}")?;
            }
        }
    }
}

fn begin(out: &mut TcpStream, status: u16, headers: &str, length: usize) -> std::io::Result<()> {
    let date = if headers.contains("Date: ") { String::new() } else { format!("Date: {DATE}\r\n") };
    write!(out, "HTTP/1.1 {status} X\r\n{date}{headers}Content-Length: {length}\r\n\r\n")
}

fn read(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<Call>> {
    let mut raw = String::new();
    while !raw.ends_with("\r\n\r\n") {
        if reader.read_line(&mut raw)? == 0 {
            return Ok(None);
        }
    }
    let mut words = raw.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let path = target.split('?').next().unwrap_or_default().to_owned();
    let mut call = Call { method: method.to_owned(), path, raw };
    let mut body = vec![0; call.header("content-length").parse().unwrap_or(0)];
    reader.read_exact(&mut body)?;
    call.raw.push_str(&String::from_utf8_lossy(&body));
    Ok(Some(call))
}
