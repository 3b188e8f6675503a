//! Answers that are small on the line and without end in memory: how much of the machine they take is measured.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::Stdio;
use std::thread;

use crate::program::Home;

/// 10 GiB of zeros: 640 times 16 MiB through the Brotli encoder of Node's zlib at quality 9, window 24.
const TEN_GIB_OF_BROTLI: &[u8] = include_bytes!("../fixtures/net/ten-gib-of-zeros.br");

/// How much more memory a bomb may take than a small answer, in KiB.
const MOST_GROWTH_KIB: u64 = 64 << 10;

/// What 10 GiB of zeros are in gzip, at 13 bits for 258 bytes.
const TEN_GIB_OF_GZIP_BYTES: usize = (10 << 30) / 258 * 13 / 8;

/// Zeros as gzip (RFC 1951 section 3.2.6, RFC 1952): a zero, then copies of 258 bytes from one byte before.
fn gzip() -> Vec<u8> {
    let bits = |bits: &[u8]| -> Vec<u8> {
        bits.chunks(8).map(|bits| bits.iter().rev().fold(0, |byte, bit| byte << 1 | bit)).collect()
    };
    let mut body = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    // The last block, with fixed codes; the literal 0; then length code 285 and distance code 0, for ever.
    let head = [1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0];
    let copy = [1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0];
    let first: Vec<u8> = head.iter().chain(&copy[..5]).copied().collect();
    body.extend(bits(&first));
    let cycle: Vec<u8> = copy.into_iter().cycle().skip(5).take(13 * 8).collect();
    let cycle = bits(&cycle);
    while body.len() < TEN_GIB_OF_GZIP_BYTES {
        body.extend_from_slice(&cycle);
    }
    body
}

/// A server whose every answer is this.
fn serve(head: &str, body: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let head =
        format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n{head}\r\n");
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            lines.take_while(|line| !line.is_empty()).for_each(drop);
            // A client that hangs up is what is hoped for.
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
        }
    });
    address
}

/// The most memory that one search took at once, in KiB as the system counted it; and what was said.
fn peak_kib(address: &str) -> (u64, String) {
    let config = format!(
        "[network]\nretries = 0\n[services.audius]\nbase_url = \"{address}\"\n\
         [services.audiomack]\nenabled = false\n[services.yourmusic]\nenabled = false\n\
         [services.audiosocket]\nenabled = false\n"
    );
    let home = Home::new().config(&config);
    let mut command = home.segue(&["search", "night", "--service", "audius"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The system's own count only ever grows, and is gone with the process.
    let mut most = 0;
    loop {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        match peak {
            Some(peak) => most = most.max(peak.trim().parse().unwrap()),
            None => break,
        }
        thread::park_timeout(std::time::Duration::from_millis(2));
    }
    let output = child.wait_with_output().unwrap();
    (most, String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
#[cfg(target_os = "linux")]
fn a_bomb_takes_no_more_memory_than_its_cap_allows() {
    let (small, _) = peak_kib(&serve("", b"{\"data\":[]}".to_vec()));
    assert!(small > 1000, "{small}");
    for (coding, body) in [("gzip", gzip()), ("br", TEN_GIB_OF_BROTLI.to_vec())] {
        let (bomb, told) = peak_kib(&serve(&format!("Content-Encoding: {coding}\r\n"), body));
        assert!(told.contains("sent more than"), "{coding}: {told}");
        println!("{coding}: {small} KiB before, {bomb} KiB with the bomb");
        assert!(bomb < small + MOST_GROWTH_KIB, "{coding}: {small} KiB grew to {bomb} KiB");
    }
}
