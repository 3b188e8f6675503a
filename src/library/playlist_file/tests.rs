use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;
use crate::model::{FilePart, ServiceId};

const FOLDER: &str = "/music/lists";

/// Reads a file where only these paths are there.
fn read_beside(name: &str, bytes: &[u8], there: &[&str]) -> Result<PlaylistFile, PlaylistFileError> {
    let exists = |path: &Path| there.iter().any(|known| Path::new(known) == path);
    read(bytes, Path::new(name), Path::new(FOLDER), &exists)
}

fn places(list: &PlaylistFile) -> Vec<String> {
    list.rows
        .iter()
        .map(|row| row.place.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string))
        .collect()
}

/// Format, file, what is there, places, and `title|artists|album|milliseconds` of the first row.
fn check(name: &str, bytes: &[u8], there: &[&str], expected: &[&str], first: &str) {
    let list = read_beside(name, bytes, there).unwrap();
    assert_eq!(places(&list), expected, "{name}: {list:?}");
    let row = &list.rows[0];
    let text =
        |text: &Option<CleanText>| text.as_ref().map_or(String::new(), |text| text.as_str().to_owned());
    let length = row.length.map_or(String::new(), |length| length.as_millis().to_string());
    let told = [text(&row.title), text(&row.artists), text(&row.album), length].join("|");
    assert_eq!(told, first, "{name}");
}

#[test]
fn files_of_other_players_are_read() {
    // Winamp on Windows, without and with remarks, in Windows-1252.
    let winamp =
        b"#EXTM3U\r\n#EXTINF:215,Bj\xf6rk - J\xf3ga\r\nC:\\Music\\Bj\xf6rk\\J\xf3ga.mp3\r\n..\\a.mp3\r\n";
    check(
        "old.m3u",
        winamp,
        &["/music/a.mp3"],
        &["/music/lists/C:\\Music\\Björk\\Jóga.mp3", "/music/a.mp3"],
        "Jóga|Björk||215000",
    );
    // VLC writes addresses, and says the artist in the remark.
    let vlc =
        b"#EXTM3U\n#EXTINF:123,Ada Cole - Night Ferry\nfile:///music/Night%20Ferry.flac\nTides/a%20b.mp3\n";
    check(
        "vlc.m3u8",
        vlc,
        &["/music/lists/Tides/a b.mp3"],
        &["/music/Night Ferry.flac", "/music/lists/Tides/a b.mp3"],
        "Night Ferry|Ada Cole||123000",
    );
    // A name with a per cent sign that is really there is not unescaped.
    check(
        "as-is.m3u8",
        b"100%25.mp3\n",
        &["/music/lists/100%25.mp3", "/music/lists/100%.mp3"],
        &["/music/lists/100%25.mp3"],
        "|||",
    );
    // Radio lists: attributes with commas before the title.
    let radio = b"#EXTM3U\n#EXTINF:-1 tvg-id=\"x\" group-title=\"Jazz, Blues\",Radio One\nhttp://radio.example/live\n";
    check("radio.m3u", radio, &[], &["http://radio.example/live"], "Radio One|||");
    // UTF-16 with its mark, as Windows Media Player saves it.
    let wide: Vec<u8> = [0xfeff_u16]
        .into_iter()
        .chain("#EXTM3U\r\n日本.mp3\r\n".encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    check("wide.m3u", &wide, &[], &["/music/lists/日本.mp3"], "|||");
    // Lines of the old Macintosh.
    check(
        "mac.m3u",
        b"#EXTM3U\r#EXTINF:1,X\ra.mp3\rb.mp3\r",
        &[],
        &["/music/lists/a.mp3", "/music/lists/b.mp3"],
        "X|||1000",
    );
    // Kodi and foobar2000.
    let tagged =
        b"#EXTM3U\n#PLAYLIST:Trip\n#EXTALB:Tides\n#EXTART:Ada\n#EXTINF:12.5,Ada - Sea - Live\n/m/x.mp3\n";
    check("tags.m3u8", tagged, &[], &["/m/x.mp3"], "Sea - Live|Ada|Tides|12500");
    let pls = b"[playlist]\nFile2=b.mp3\nTitle2=B\nLength2=-1\nFile1=http://a.example/s\nTitle1=A Radio\nLength1=7\nNumberOfEntries=2\nVersion=2\n";
    check("s.pls", pls, &[], &["http://a.example/s", "/music/lists/b.mp3"], "A Radio|||7000");
    let xspf = br#"<?xml version="1.0" encoding="UTF-8"?>
<playlist xmlns="http://xspf.org/ns/0/" xmlns:vlc="http://www.videolan.org/vlc/playlist/ns/0/" version="1">
  <title>Liste &amp; mehr</title>
  <trackList>
    <track>
      <location>file:///music/C%C3%A9line.ogg</location><title>C&#233;line</title><creator><![CDATA[A & B]]></creator>
      <album>Al</album><duration>61500</duration><trackNum>3</trackNum><identifier>isrc:us-rc1-76-07839</identifier>
      <extension application="http://www.videolan.org/vlc/playlist/0"><vlc:id>0</vlc:id><title>no</title></extension>
    </track>
    <track><location>../x%23y.mp3</location></track>
    <track><title>only told</title></track>
  </trackList>
  <extension application="http://www.videolan.org/vlc/playlist/0"><vlc:item tid="0"/></extension>
</playlist>"#;
    check("v.xspf", xspf, &[], &["/music/Céline.ogg", "/music/x#y.mp3", "-"], "Céline|A & B|Al|61500");
    let list = read_beside("v.xspf", xspf, &[]).unwrap();
    assert_eq!(list.title.unwrap().as_str(), "Liste & mehr");
    assert_eq!(list.rows[0].isrc.as_ref().unwrap().as_str(), "USRC17607839");
    // mpv plays lists of plain lines, and those of its saved sessions; remarks of its own are no rows.
    let mpv = b"#EXTM3U\n#EXTINF:27.341,Night Ferry\n/music/Night Ferry.flac\n# a remark\n\n#EXTINF:0,\n/music/b.opus\nhttps://a.example/c.mp3\n";
    check(
        "mpv.m3u8",
        mpv,
        &[],
        &["/music/Night Ferry.flac", "/music/b.opus", "https://a.example/c.mp3"],
        "Night Ferry|||27341",
    );
    // Its plain list: names beside it, among them one that begins like a remark elsewhere.
    check("mpv.m3u", b"b.mp3\r\n./c d.mp3\r\n", &[], &["/music/lists/b.mp3", "/music/lists/c d.mp3"], "|||");
    // VLC 3 writes options for its own use between the remark and the place.
    let vlc3 = b"\xef\xbb\xbf#EXTM3U\n#EXTINF:215,Ada Cole - Harbour Lights\n#EXTVLCOPT:network-caching=1000\nfile:///music/Harbour%20Lights%20%231.mp3\n#EXTINF:-1,\nfile:///music/x.ogg\n";
    check(
        "vlc3.m3u8",
        vlc3,
        &[],
        &["/music/Harbour Lights #1.mp3", "/music/x.ogg"],
        "Harbour Lights|Ada Cole||215000",
    );
    // foobar2000 writes a mark before UTF-8, whole paths with drives, and lines of Windows.
    let foobar = "\u{feff}#EXTM3U\r\n#EXTINF:61,Bj\u{f6}rk - J\u{f3}ga\r\nD:\\Music\\J\u{f3}ga.flac\r\n#EXTINF:9,B\r\nTides\\b.mp3\r\n";
    check(
        "foobar.m3u8",
        foobar.as_bytes(),
        &["/music/lists/Tides/b.mp3"],
        &["/music/lists/D:\\Music\\J\u{f3}ga.flac", "/music/lists/Tides/b.mp3"],
        "J\u{f3}ga|Bj\u{f6}rk||61000",
    );
    // ListenBrainz gives its identifier as one text, and no place.
    let jspf = br#"{"playlist": {"title": "Weekly", "creator": "lb", "annotation": "<p>x</p>", "track": [
        {"title": "Sea", "creator": "Ada", "album": "Tides", "duration": 180000,
         "identifier": "https://musicbrainz.org/recording/8f3471b5-7e6a-48da-86a9-c1c07a0f47ae"},
        {"location": ["bad://x", "https://a.example/b.mp3"], "duration": 1000.0}]}}"#;
    check("w.jspf", jspf, &[], &["-", "https://a.example/b.mp3"], "Sea|Ada|Tides|180000");
}

#[test]
fn what_is_no_list_of_tracks_is_told() {
    let deep = format!("<playlist>{}", "<a>".repeat(100));
    let rows: &[(&str, &[u8], &str)] = &[
        ("x.txt", b"hello", "no playlist"),
        ("x.m3u8", b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\na.ts\n", "one stream"),
        ("x.jspf", b"{\n\"playlist\": [", "line 2"),
        ("x.jspf", b"{\"playlist\": 3}", "no playlist"),
        ("x.xspf", b"<playlist>\n<trackList></playlist>", "line 2"),
        ("x.xspf", b"<playlist><trackList>", "ends within <playlist><trackList>"),
        ("x.xspf", b"<html></html>", "no playlist"),
        ("x.xspf", deep.as_bytes(), "elements within one another"),
        ("x.pls", b"[playlist]\nwhat\n", "line 2"),
    ];
    for (name, bytes, expected) in rows {
        let told = read_beside(name, bytes, &[]).unwrap_err().to_string();
        assert!(told.contains(expected), "{name}: {told}");
    }
    let many = "a.mp3\n".repeat(MAX_ROWS + 1);
    assert_eq!(read_beside("x.m3u", many.as_bytes(), &[]), Err(PlaylistFileError::TooLarge));
    let list = read_beside("x.m3u", b"ftp://a.example/b.mp3\ndata://x\njavascript://y\n", &[]).unwrap();
    assert!(list.rows.iter().all(|row| row.place.is_none() && row.problem.is_some()), "{list:?}");
}

#[test]
fn written_files_say_it_as_other_players_read_it() {
    let row = FileRow {
        place: Some(TrackRef::File("/music/Tides/01 Sea.flac".into())),
        title: Some("Sea".into()),
        artists: Some("Ada".into()),
        length: Some(Duration::from_millis(61_500)),
        ..FileRow::default()
    };
    let list = PlaylistFile { title: Some("Trip & back".into()), rows: vec![row], ..PlaylistFile::default() };
    let near = Paths::Relative(FOLDER.into());
    let written = |format, paths: &Paths| String::from_utf8(write(&list, format, paths).unwrap()).unwrap();
    assert_eq!(
        written(PlaylistFormat::M3u, &near),
        "#EXTM3U\n#PLAYLIST:Trip & back\n#EXTINF:61.500,Ada - Sea\n#EXTART:Ada\n../Tides/01 Sea.flac\n"
    );
    let xspf = written(PlaylistFormat::Xspf, &Paths::Absolute);
    assert!(xspf.contains("<location>file:///music/Tides/01%20Sea.flac</location>"), "{xspf}");
    assert!(
        xspf.contains("<title>Trip &amp; back</title>") && xspf.contains("<duration>61500</duration>"),
        "{xspf}"
    );
    let jspf: serde_json::Value = serde_json::from_str(&written(PlaylistFormat::Jspf, &near)).unwrap();
    assert_eq!(jspf["playlist"]["track"][0]["location"][0], "../Tides/01%20Sea.flac");
    assert_eq!(jspf["playlist"]["track"][0]["duration"], 61_500);
    assert_eq!(write(&list, PlaylistFormat::Pls, &near), Err(PlaylistFileError::OnlyRead));
}

/// Names that break parsers: separators, marks, quotes, what looks like something else, bytes in no encoding.
fn hostile_name() -> impl Strategy<Value = Vec<u8>> {
    let words = [
        "#EXTM3U",
        "#",
        "100%25",
        "%2e%2e",
        " lead",
        "trail ",
        "a\nb",
        "a\r\nb",
        "\t",
        "http:",
        "file:",
        "C:",
        "a:b",
        "audius:track:1",
        "\\",
        "é",
        "e\u{301}",
        "日本",
        "\u{202e}abc",
        "\u{1f468}\u{200d}\u{1f469}",
        "<b>&amp;",
        "]]>",
        "'\"",
        "?q#f",
        ";=",
        "[x]",
        "~",
        "$HOME",
        "--rm",
        "#t=1,2",
        "#t=",
        "CON",
        "\u{feff}",
        "\u{7f}",
        "-",
        "...",
    ];
    let word = prop_oneof![
        prop::sample::select(words.to_vec()).prop_map(|word| word.as_bytes().to_vec()),
        "[ -.0-~]{1,8}".prop_map(String::into_bytes),
        prop::collection::vec(1_u8..=255, 1..6),
    ];
    prop::collection::vec(word, 1..4)
        .prop_map(|words| words.concat())
        .prop_filter("one name", |name| !name.contains(&b'/') && !matches!(name.as_slice(), b"." | b".."))
}

fn hostile_text() -> impl Strategy<Value = Option<CleanText>> {
    prop::option::of(hostile_name().prop_map(|name| CleanText::new(String::from_utf8_lossy(&name))))
        .prop_map(|text| text.filter(|text| !text.is_empty()))
}

fn file_path() -> impl Strategy<Value = TrackRef> {
    use std::os::unix::ffi::OsStringExt;
    prop::collection::vec(hostile_name(), 1..4).prop_map(|names| {
        let mut path = PathBuf::from("/music");
        path.extend(names.into_iter().map(std::ffi::OsString::from_vec));
        TrackRef::File(path)
    })
}

fn row() -> impl Strategy<Value = FileRow> {
    let service = "[!-~]{1,12}"
        .prop_map(|id| TrackRef::Service { service: "audius".parse::<ServiceId>().unwrap(), id });
    let web = "[a-z]{1,5}"
        .prop_map(|name| TrackRef::Url(Url::parse(&format!("https://{name}.example/{name}?a=b#c")).unwrap()));
    let part = (file_path(), 0_u64..1_000_000, prop::option::of(1_u64..u64::from(u32::MAX))).prop_map(
        |(file, frames, length)| {
            let start = Duration::from_nanos(frames * 1_000_000_000 / 75);
            let end = length.map(|length| start + Duration::from_nanos(length));
            TrackRef::Part(FilePart { path: file.file().unwrap().to_owned(), start, end })
        },
    );
    let place = prop_oneof![4 => file_path(), 2 => part, 1 => service, 1 => web];
    let told = (hostile_text(), hostile_text(), hostile_text(), prop::option::of(1_u64..4_000_000));
    let page = || {
        prop::option::of("[a-z]{1,5}/[!-~]{0,9}")
            .prop_map(|rest| Some(Url::parse(&format!("https://{}", rest?)).unwrap()))
    };
    let code = prop::option::of("[A-Z]{2}[A-Z0-9]{3}[0-9]{7}").prop_map(|code| code.map(CleanText::from));
    (place, told, (code, page(), page())).prop_map(
        |(place, (title, artists, album, length), (isrc, artwork, link))| FileRow {
            place: Some(place),
            problem: None,
            title,
            artists,
            album,
            length: length.map(Duration::from_millis),
            isrc,
            artwork,
            link,
        },
    )
}

/// `SEGUE_SEQUENCES=100000` runs the long form.
fn cases() -> ProptestConfig {
    let count = std::env::var("SEGUE_SEQUENCES").ok().and_then(|count| count.parse().ok()).unwrap_or(2_000);
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(count) }
}

proptest! {
    #![proptest_config(cases())]

    /// Not only equal after two trips: nothing is lost on the first.
    #[test]
    fn what_was_written_is_read_again(title in hostile_text(), rows in prop::collection::vec(row(), 0..4), near: bool) {
        let list = PlaylistFile { title, rows, ..PlaylistFile::default() };
        let paths = if near { Paths::Relative(FOLDER.into()) } else { Paths::Absolute };
        for (format, name) in [(PlaylistFormat::M3u, "x.m3u8"), (PlaylistFormat::Xspf, "x.xspf"), (PlaylistFormat::Jspf, "x.jspf")] {
            let bytes = write(&list, format, &paths).unwrap();
            let again = read_beside(name, &bytes, &[]).unwrap();
            let mut list = list.clone();
            if format == PlaylistFormat::M3u {
                // It has no place for these.
                list.rows.iter_mut().for_each(|row| (row.isrc, row.link) = (None, None));
            }
            prop_assert_eq!(&again, &list, "{}", String::from_utf8_lossy(&bytes));
        }
    }

    #[test]
    fn nothing_breaks_the_readers(bytes in prop::collection::vec(any::<u8>(), 0..400), name in "x\\.(m3u|pls|xspf|jspf)") {
        let _ = read_beside(&name, &bytes, &[]);
    }

    #[test]
    fn no_mixture_of_marks_breaks_the_readers(
        parts in prop::collection::vec(prop::sample::select(vec![
            "<playlist>", "</playlist>", "<trackList>", "<track>", "</track>", "<location>", "</location>", "&#x0;", "&x;",
            "<!DOCTYPE a [<!ENTITY x \"y\">]>", "<![CDATA[", "]]>", "{\"playlist\":", "{\"track\":[", "]}", "}", "#EXTINF:",
            "#EXTART:", ",", "\"", "\n", "\r", "File1=", "[playlist]\n", "-1", "1e999", "NaN", "a - b", "\u{0}", "C:\\", "//",
        ]), 0..30),
        name in "x\\.(m3u|pls|xspf|jspf)",
    ) {
        let _ = read_beside(&name, parts.concat().as_bytes(), &[]);
    }
}
