//! A web proxy that passes everything on and keeps who was asked for what. What is to be encrypted it only
//! hears the host of, and refuses.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A request as the proxy saw it.
#[derive(Clone, Debug)]
pub struct Passed {
    /// Name and port.
    pub host: String,
    /// The first line.
    pub line: String,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// What was sent along.
    pub body: String,
}

/// A running proxy.
pub struct Recorder {
    pub address: SocketAddr,
    log: Arc<Mutex<Vec<Passed>>>,
}

impl Recorder {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&log);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let log = Arc::clone(&kept);
                // A side that hangs up is part of the play.
                thread::spawn(move || pass(&stream, &log).ok());
            }
        });
        Self { address, log }
    }

    /// Every request so far.
    pub fn passed(&self) -> Vec<Passed> {
        self.log.lock().unwrap().clone()
    }

    /// The hosts that were asked, each once, in order of their names.
    pub fn hosts(&self) -> Vec<String> {
        let mut hosts: Vec<_> = self.passed().into_iter().map(|passed| passed.host).collect();
        hosts.sort();
        hosts.dedup();
        hosts
    }
}

/// Passes one request on, and its answer back.
fn pass(client: &TcpStream, log: &Mutex<Vec<Passed>>) -> io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(());
    }
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let words: Vec<_> = line.trim_end().split(' ').collect();
    let [method, target, version] = words[..] else { return Ok(()) };
    let (host, path) = match target.strip_prefix("http://") {
        Some(rest) => rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len())),
        None => (target, ""),
    };
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, value)| value.parse().unwrap())];
    reader.read_exact(&mut body)?;
    log.lock().unwrap().push(Passed {
        host: host.to_owned(),
        line: line.trim_end().to_owned(),
        headers: headers.clone(),
        body: String::from_utf8_lossy(&body).into_owned(),
    });
    if method == "CONNECT" {
        return { client }.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    }
    let mut server = TcpStream::connect(host)?;
    let kept = headers.iter().filter(|(name, _)| name != "connection" && !name.starts_with("proxy-"));
    let kept: String = kept.flat_map(|(name, value)| [name.as_str(), ": ", value, "\r\n"]).collect();
    write!(server, "{method} {path} {version}\r\n{kept}connection: close\r\n\r\n")?;
    server.write_all(&body)?;
    io::copy(&mut server, &mut { client })?;
    Ok(())
}
