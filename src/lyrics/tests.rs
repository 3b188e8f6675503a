use std::fs;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use url::Url;

use super::{LyricsError, LyricsFinder, MAX_BYTES, Wanted};
use crate::config::NetworkSettings;
use crate::model::LyricsFrom;
use crate::net::Net;

type Asked = Arc<Mutex<Vec<String>>>;

/// Answers as LRCLIB's documentation says, with the records of two tracks; remembers what it was asked.
async fn lrclib() -> (Url, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    let asked = Asked::default();
    let told = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = [0; 4096];
            let length = stream.read(&mut bytes).await.unwrap();
            let head = String::from_utf8_lossy(&bytes[..length]).into_owned();
            let record = r#"{"id":3396226,"trackName":"Night Ferry","artistName":"Ada Cole","albumName":"Tides",
                "duration":230,"instrumental":false,"plainLyrics":"The lights go out\nThe ferry too",
                "syncedLyrics":"[00:17.12] The lights go out\n[00:20.00] The ferry too"}"#;
            let other = r#"{"id":2,"duration":300.5,"plainLyrics":"Somebody else's","syncedLyrics":null}"#;
            let missing = r#"{"code":404,"name":"TrackNotFound","message":"Failed to find specified track"}"#;
            let (status, body) = if head.starts_with("GET /api/search?") {
                ("200 OK", format!("[{other},{record}]"))
            } else if head.contains("track_name=Night+Ferry") {
                ("200 OK", record.to_owned())
            } else if head.contains("track_name=Broken") {
                ("200 OK", "<html>".to_owned())
            } else {
                ("404 Not Found", missing.to_owned())
            };
            told.lock().unwrap().push(head);
            let answer = format!(
                "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (address, asked)
}

fn finder(lrclib: Option<Url>) -> LyricsFinder {
    LyricsFinder::new(Net::new(NetworkSettings { retries: 0, ..NetworkSettings::default() }), lrclib)
}

fn night_ferry() -> Wanted {
    Wanted {
        title: "Night Ferry".to_owned(),
        artist: "Ada Cole".to_owned(),
        album: Some("Tides".to_owned()),
        length: Some(Duration::from_millis(230_400)),
        ..Wanted::default()
    }
}

#[tokio::test]
async fn lrclib_is_asked_as_its_documentation_says() {
    let (address, asked) = lrclib().await;
    let finder = finder(Some(address));
    let lyrics = finder.find(night_ferry()).await.unwrap().unwrap();
    assert_eq!((lyrics.from, lyrics.lines.len()), (LyricsFrom::Lrclib, 2));
    assert_eq!(lyrics.lines[0].at, Some(Duration::from_millis(17_120)));
    let again = finder.find(night_ferry()).await.unwrap().unwrap();
    assert!(Arc::ptr_eq(&lyrics, &again), "asked once");
    let head = asked.lock().unwrap().join("\n");
    let line =
        "GET /api/get?track_name=Night+Ferry&artist_name=Ada+Cole&album_name=Tides&duration=230 HTTP/1.1";
    assert!(head.starts_with(line), "{head}");
    assert_eq!(head.matches("GET ").count(), 1, "{head}");
    assert!(head.to_ascii_lowercase().contains("user-agent: segue/"), "{head}");
    // Without an album it is searched for; the length tells which record it is.
    let found = finder.find(Wanted { album: None, ..night_ferry() }).await.unwrap().unwrap();
    assert_eq!(found.lines[1].text.as_str(), "The ferry too");
    let unknown = Wanted { title: "No such".to_owned(), ..night_ferry() };
    assert_eq!(finder.find(unknown).await.unwrap(), None);
    let broken = Wanted { title: "Broken".to_owned(), ..night_ferry() };
    assert!(matches!(finder.find(broken).await, Err(LyricsError::Answer(_))));
    let nameless = Wanted { artist: String::new(), ..night_ferry() };
    assert_eq!(finder.find(nameless).await.unwrap(), None);
    assert_eq!(asked.lock().unwrap().len(), 4, "nobody is asked without a name");
}

#[tokio::test]
async fn nobody_outside_is_asked_without_leave() {
    let finder = finder(None);
    assert!(!finder.asks_lrclib());
    assert_eq!(finder.find(night_ferry()).await.unwrap(), None);
}

#[tokio::test]
async fn files_come_before_services_and_times_before_none() {
    let folder = tempfile::tempdir().unwrap();
    let song = folder.path().join("song.mp3");
    let mp3 = include_bytes!("../../assets/demo/tracks/night-ferry.mp3");
    // Behind its own tag, whose length stands in seven bits a byte (ID3v2.3, section 3.1).
    let at = 10 + mp3[6..10].iter().fold(0, |size, byte| (size << 7) | usize::from(*byte));
    fs::write(&song, &mp3[at..]).unwrap();
    let wanted = |given: Option<&str>| Wanted {
        file: Some(song.clone()),
        given: given.map(str::to_owned),
        ..night_ferry()
    };
    let check = async |given: Option<&str>, expected: Option<(LyricsFrom, &str)>| {
        let found = finder(None).find(wanted(given)).await.unwrap();
        let found = found.map(|lyrics| (lyrics.from, lyrics.lines[0].text.to_string()));
        assert_eq!(found, expected.map(|(from, line)| (from, line.to_owned())));
    };
    check(None, None).await;
    check(Some("The service's\nwords"), Some((LyricsFrom::Service, "The service's"))).await;
    // Unsynchronised words in a tag (ID3v2.3, section 4.9): encoding, language, description, text.
    let text = b"\0eng\0In the tag\nwithout times";
    let frame =
        [b"USLT", u32::try_from(text.len()).unwrap().to_be_bytes().as_slice(), b"\0\0", text].concat();
    let size = u8::try_from(frame.len()).unwrap();
    fs::write(&song, [b"ID3\x03\0\0\0\0\0", [size].as_slice(), &frame, &mp3[at..]].concat()).unwrap();
    check(Some("no"), Some((LyricsFrom::Tags, "In the tag"))).await;
    let beside = folder.path().join("song.lrc");
    fs::write(&beside, "Beside, without times either").unwrap();
    check(None, Some((LyricsFrom::Tags, "In the tag"))).await;
    fs::write(&beside, "[00:01.00]Beside, with times").unwrap();
    check(None, Some((LyricsFrom::Beside, "Beside, with times"))).await;
    fs::write(&song, &mp3[at..]).unwrap();
    fs::write(&beside, "la \n".repeat(MAX_BYTES)).unwrap();
    check(None, Some((LyricsFrom::Beside, "la"))).await;
}
