//! Encrypted segments and the keys to them.

use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit};

use super::*;

#[test]
fn encrypted_fragments_play_with_a_clear_or_an_encrypted_section() {
    let clear = drain(&mut *Rig::new().file(bundled("harbour-lights/index.m3u8")).unwrap()).unwrap();
    for seals_section in [false, true] {
        let server = Server::start(move |asked, _| {
            let name = asked.path.trim_start_matches('/');
            if name == "key" {
                return Reply::new(200, "application/octet-stream", *b"sixteen byte key");
            }
            let bytes = std::fs::read(bundled("harbour-lights").join(name)).unwrap();
            let key =
                "#EXT-X-KEY:METHOD=AES-128,URI=\"key\",IV=0x000102030405060708090A0B0C0D0E0F\n#EXT-X-MAP";
            Reply::new(
                200,
                "application/octet-stream",
                match name {
                    "index.m3u8" => String::from_utf8(bytes).unwrap().replace("#EXT-X-MAP", key).into_bytes(),
                    "init.mp4" if !seals_section => bytes,
                    _ => seal(&bytes),
                },
            )
        });
        let sealed = drain(&mut *Rig::new().http(server.url("/index.m3u8")).unwrap()).unwrap();
        assert!(sealed == clear, "section sealed: {seals_section}");
    }
}

/// Encrypts as segments are, with the key and vector of the test above.
fn seal(bytes: &[u8]) -> Vec<u8> {
    let vector: [u8; 16] = std::array::from_fn(|index| u8::try_from(index).unwrap());
    let cipher = cbc::Encryptor::<aes::Aes128>::new(b"sixteen byte key".into(), &vector.into());
    cipher.encrypt_padded_vec::<Pkcs7>(bytes)
}

#[test]
fn a_key_is_asked_for_once_and_a_wrong_one_is_named() {
    let serve = |key: Vec<u8>| {
        Server::start(move |asked, _| match asked.path.as_str() {
            "/key.bin" => Reply::new(200, "application/octet-stream", key.clone()),
            path => {
                let file = bundled("ame-no-minato").join(&path[1..]);
                Reply::new(200, "application/octet-stream", std::fs::read(file).unwrap())
            }
        })
    };
    let right = std::fs::read(bundled("ame-no-minato/key.bin")).unwrap();
    let server = serve(right);
    let rig = Rig::new();
    let mut media = rig.http(server.url("/index.m3u8")).unwrap();
    let local = drain(&mut *rig.file(bundled("ame-no-minato/index.m3u8")).unwrap()).unwrap();
    assert!(drain(&mut *media).unwrap() == local, "the same by http as from files");
    assert_eq!((server.count("/key.bin"), server.count("/key2.bin")), (1, 1));

    let server = serve(vec![0; 15]);
    let error = drain(&mut *rig.http(server.url("/index.m3u8")).unwrap()).unwrap_err();
    assert!(error.to_string().contains("a key has 16 bytes, this one 15"), "{error}");
}

#[test]
fn copy_protection_that_is_announced_is_refused_before_anything_is_asked_for() {
    let key = |attributes: &str| format!("#EXT-X-SESSION-KEY:{attributes}\n");
    let fairplay = key("METHOD=SAMPLE-AES,URI=\"skd://x\",KEYFORMAT=\"com.apple.streamingkeydelivery\"");
    let widevine = key(
        "METHOD=SAMPLE-AES-CTR,URI=\"data:x\",KEYFORMAT=\"urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed\"",
    );
    let plain = key("METHOD=AES-128,URI=\"key\"");
    for (keys, refused) in [
        (fairplay.clone(), Some("copy protection")),
        (fairplay.clone() + &widevine, Some("copy protection")),
        (key("METHOD=SAMPLE-AES,URI=\"key\""), Some("SAMPLE-AES is not supported")),
        (key("METHOD=AES-128,URI=\"x\",KEYFORMAT=\"com.microsoft.playready\""), Some("copy protection")),
        (fairplay + &plain, None),
        (plain, None),
    ] {
        let master = format!("#EXTM3U\n{keys}#EXT-X-STREAM-INF:BANDWIDTH=5\nindex.m3u8\n");
        let server = cafe(list(&["0"]), move |path| {
            (path == "/master.m3u8").then(|| Reply::new(200, "audio/mpegurl", master.clone()))
        });
        let end = Rig::new().http(server.url("/master.m3u8"));
        assert_eq!(server.count("/index.m3u8"), usize::from(refused.is_none()), "{keys}");
        if let Some(refused) = refused {
            let error = end.map(|_| ()).unwrap_err();
            assert!(error.to_string().contains(refused), "{keys}: {error}");
            assert_eq!(error.fault().kind, FaultKind::Unsupported);
        }
    }
}
