//! Files: who can read them, what is refused, what survives.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};

use crate::secrets::{Keep, KeyringTrouble, Place, SecretsError};

use super::{alone, put, read};

const CANARY: &str = r#"{"kept":"here","secret":"canary"}"#;

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_token_comes_back_from_a_file_of_mode_0600() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("some/data");
    let vault = alone(&data, Keep::Auto);
    assert_eq!(read(&vault), None);
    assert!(!data.exists(), "reading makes nothing");

    let file = data.join("secrets/yourmusic.json");
    let place = vault.write("yourmusic", &"t0ken\"\\\u{1}é".into()).unwrap();
    assert_eq!(place, Place::File { path: file.clone(), reason: Some(KeyringTrouble::NotRunning) });
    assert_eq!(
        place.remark().unwrap(),
        format!(
            "No keyring service is running, so the token is kept in {}, readable by you only",
            file.display()
        )
    );
    for folder in [&data, &data.join("secrets")] {
        assert_eq!(mode(folder), 0o700, "{}", folder.display());
    }
    let left: Vec<_> =
        fs::read_dir(data.join("secrets")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(left.iter().all(|path| mode(path) == 0o600), "{left:?}");

    // Another run reads it, and another name is another token.
    let other = alone(&data, Keep::File);
    assert_eq!(read(&other).as_deref(), Some("t0ken\"\\\u{1}é"));
    assert_eq!(other.read("audius").unwrap(), None);
    let chosen = other.write("yourmusic", &"next".into()).unwrap();
    assert_eq!((chosen.remark(), chosen), (None, Place::File { path: file.clone(), reason: None }));
    assert_eq!(read(&vault).as_deref(), Some("next"));

    vault.erase("yourmusic").unwrap();
    assert_eq!((read(&vault), file.exists()), (None, false));
    vault.erase("yourmusic").unwrap();
}

#[test]
fn names_lead_nowhere_else() {
    let home = tempfile::tempdir().unwrap();
    let vault = alone(home.path(), Keep::File);
    for name in ["", "..", "../x", "a/b", "a.b", "A", "é", "a\0b", &"a".repeat(65)] {
        for result in [
            vault.read(name).map(|_| ()),
            vault.write(name, &"t".into()).map(|_| ()),
            vault.erase(name),
            vault.exclusive(name).map(|_| ()),
        ] {
            assert!(matches!(result, Err(SecretsError::BadName(_))), "{name:?}");
        }
    }
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn what_others_can_reach_is_refused_with_the_fix() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("it's data");
    let vault = alone(&data, Keep::Auto);
    put(&vault, "t0ken");
    let (folder, file) = (data.join("secrets"), data.join("secrets/yourmusic.json"));
    let fix = |error: SecretsError| error.fault().hint.unwrap().as_str().to_owned();
    let quoted = |path: &Path| format!("'{}'", path.to_str().unwrap().replace('\'', r"'\''"));

    for bits in [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o666, 0o777] {
        set_mode(&file, bits);
        let expected = format!("Run: chmod 600 {}", quoted(&file));
        assert_eq!(fix(vault.read("yourmusic").unwrap_err()), expected, "{bits:o}");
        assert_eq!(fix(vault.write("yourmusic", &"next".into()).unwrap_err()), expected, "{bits:o}");
    }
    set_mode(&file, 0o600);
    for bits in [0o750, 0o705, 0o722, 0o777] {
        set_mode(&folder, bits);
        let expected = format!("Run: chmod 700 {}", quoted(&folder));
        assert_eq!(fix(vault.read("yourmusic").unwrap_err()), expected, "{bits:o}");
        assert_eq!(fix(vault.write("yourmusic", &"next".into()).unwrap_err()), expected, "{bits:o}");
    }
    set_mode(&folder, 0o700);
    assert_eq!(read(&vault).as_deref(), Some("t0ken"), "the fix is enough, and nothing was written");

    let owner = fs::metadata(&file).unwrap().uid();
    let stranger = alone(&data, Keep::Auto).owned_by(owner + 1);
    assert!(matches!(stranger.read("yourmusic"), Err(SecretsError::Foreign { .. })));
    assert!(matches!(stranger.write("yourmusic", &"next".into()), Err(SecretsError::Foreign { .. })));
}

#[test]
fn links_and_pipes_are_refused_and_never_followed() {
    let home = tempfile::tempdir().unwrap();
    let canary = home.path().join("canary");
    fs::write(&canary, CANARY).unwrap();
    set_mode(&canary, 0o600);
    let vault = alone(home.path(), Keep::Auto);
    put(&vault, "t0ken");
    let folder = home.path().join("secrets");
    let file = folder.join("yourmusic.json");
    let refused = |what: &str| {
        let outcomes =
            [vault.read("yourmusic").map(|_| ()), vault.write("yourmusic", &"next".into()).map(|_| ())];
        for outcome in outcomes {
            assert!(matches!(outcome, Err(SecretsError::NotPlain { .. })), "{what}: {outcome:?}");
        }
        assert_eq!(fs::read_to_string(&canary).unwrap(), CANARY, "{what}");
    };

    fs::remove_file(&file).unwrap();
    symlink(&canary, &file).unwrap();
    refused("a link");
    fs::remove_file(&file).unwrap();
    symlink(home.path().join("nothing"), &file).unwrap();
    refused("a link to nothing");
    fs::remove_file(&file).unwrap();
    assert!(std::process::Command::new("mkfifo").arg("-m600").arg(&file).status().unwrap().success());
    refused("a pipe");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    set_mode(&file, 0o700);
    refused("a folder");
    fs::remove_dir(&file).unwrap();

    // A link where the new file will be written is removed, not written through.
    symlink(&canary, folder.join("yourmusic.json.new")).unwrap();
    put(&vault, "next");
    assert_eq!((read(&vault).as_deref(), mode(&file)), (Some("next"), 0o600));
    assert_eq!(fs::read_to_string(&canary).unwrap(), CANARY);

    let elsewhere = home.path().join("elsewhere");
    fs::rename(&folder, &elsewhere).unwrap();
    symlink(&elsewhere, &folder).unwrap();
    refused("a linked folder");
}

/// Bars against a swap between the look and the use: whatever is there when, the canary is neither read nor
/// written.
#[test]
fn a_race_of_links_gains_nothing() {
    let home = tempfile::tempdir().unwrap();
    let canary = home.path().join("canary");
    fs::write(&canary, CANARY).unwrap();
    set_mode(&canary, 0o600);
    let vault = alone(home.path(), Keep::File);
    put(&vault, "token");
    let (file, link) = (home.path().join("secrets/yourmusic.json"), home.path().join("secrets/link"));
    let over = AtomicBool::new(false);
    let swaps = AtomicU32::new(0);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                symlink(&canary, &link).unwrap();
                fs::rename(&link, &file).unwrap();
                swaps.fetch_add(1, Ordering::Relaxed);
                let _ = fs::remove_file(&file);
            }
        });
        let mut rounds = 0;
        while rounds < 300 || swaps.load(Ordering::Relaxed) < 300 {
            rounds += 1;
            match vault.read("yourmusic") {
                Ok(found) => assert!(found.is_none_or(|found| found.reveal() == "token")),
                Err(error) => assert!(matches!(error, SecretsError::NotPlain { .. }), "{error:?}"),
            }
            if let Err(error) = vault.write("yourmusic", &"token".into()) {
                assert!(matches!(error, SecretsError::NotPlain { .. }), "{error:?}");
            }
        }
        over.store(true, Ordering::Relaxed);
    });
    assert_eq!(fs::read_to_string(&canary).unwrap(), CANARY);
}

#[test]
fn a_damaged_file_is_set_aside_and_told_once() {
    let home = tempfile::tempdir().unwrap();
    let vault = alone(home.path(), Keep::Auto);
    put(&vault, "t0ken");
    let folder = home.path().join("secrets");
    let file = folder.join("yourmusic.json");
    let whole = fs::read(&file).unwrap();
    let too_long = vec![b' '; 1024 * 1024];
    let damages: [&[u8]; 5] =
        [b"", &whole[..whole.len() - 3], b"\xff\xfe", b"{\"kept\":\"there\"}", &too_long];
    for (number, damage) in damages.into_iter().enumerate() {
        fs::write(&file, damage).unwrap();
        set_mode(&file, 0o600);
        let Err(SecretsError::Damaged { path, kept }) = vault.read("yourmusic") else {
            panic!("{damage:?} was read")
        };
        assert_eq!(path, file);
        assert_eq!(kept, folder.join(format!("yourmusic.json.damaged-{}", number + 1)));
        assert_eq!((fs::read(&kept).unwrap().as_slice(), mode(&kept)), (damage, 0o600));
        assert_eq!(read(&vault), None, "told once");
    }
    // A damaged file is no reason not to keep a new token, and signing out leaves nothing of the old ones.
    fs::write(&file, "{").unwrap();
    set_mode(&file, 0o600);
    put(&vault, "next");
    assert_eq!(read(&vault).as_deref(), Some("next"));
    vault.erase("yourmusic").unwrap();
    let mut left: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    left.retain(|path| !path.to_string_lossy().contains(".lock"));
    assert_eq!(left, Vec::<std::path::PathBuf>::new());
}

/// A run that was killed after it wrote a token and before it put it in its place.
#[test]
fn a_token_on_its_way_is_found() {
    let home = tempfile::tempdir().unwrap();
    let vault = alone(home.path(), Keep::File);
    vault.write("yourmusic", &"old".into()).unwrap();
    let on_its_way = home.path().join("secrets/yourmusic.json.new");
    let new = r#"{"kept":"here","secret":"new"}"#;
    for (text, mode, expected) in [
        (new, 0o600, "new"),
        ("", 0o600, "old"),
        (&new[..new.len() - 1], 0o600, "old"),
        // Somebody else may have written it.
        (new, 0o644, "old"),
    ] {
        fs::write(&on_its_way, text).unwrap();
        set_mode(&on_its_way, mode);
        assert_eq!(read(&vault).as_deref(), Some(expected), "{text} {mode:o}");
    }
    fs::write(&on_its_way, new).unwrap();
    set_mode(&on_its_way, 0o600);
    vault.write("yourmusic", &"newer".into()).unwrap();
    assert_eq!((read(&vault).as_deref(), on_its_way.exists()), (Some("newer"), false));
    fs::write(&on_its_way, new).unwrap();
    set_mode(&on_its_way, 0o600);
    vault.erase("yourmusic").unwrap();
    assert_eq!(read(&vault), None);
}

#[test]
fn too_long_a_token_is_refused_and_the_old_one_stays() {
    let home = tempfile::tempdir().unwrap();
    let vault = alone(home.path(), Keep::Auto);
    let longest = "\u{1}".repeat(64 * 1024);
    put(&vault, &longest);
    assert_eq!(read(&vault), Some(longest.clone()));
    assert!(matches!(
        vault.write("yourmusic", &format!("{longest}x").as_str().into()),
        Err(SecretsError::TooLong)
    ));
    assert_eq!(read(&vault), Some(longest));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_token_comes_back(token in any::<String>()) {
        let home = tempfile::tempdir().unwrap();
        put(&alone(home.path(), Keep::File), &token);
        prop_assert_eq!(read(&alone(home.path(), Keep::Auto)), Some(token));
    }

    #[test]
    fn any_file_is_read_or_set_aside(bytes in any::<Vec<u8>>()) {
        let home = tempfile::tempdir().unwrap();
        let vault = alone(home.path(), Keep::Auto);
        put(&vault, "t0ken");
        fs::write(home.path().join("secrets/yourmusic.json"), &bytes).unwrap();
        let _ = vault.read("yourmusic");
        put(&vault, "next");
        prop_assert_eq!(read(&vault), Some("next".to_owned()));
    }
}

/// A counter that only adds up when nobody is let in between the read and the write.
#[test]
fn the_lock_lets_one_thread_in() {
    let home = tempfile::tempdir().unwrap();
    put(&alone(home.path(), Keep::File), "0");
    thread::scope(|scope| {
        for _ in 0..4 {
            // A vault each, as processes have.
            let vault = alone(home.path(), Keep::File);
            scope.spawn(move || {
                for _ in 0..5 {
                    let _guard = vault.exclusive("yourmusic").unwrap();
                    let count: u32 = read(&vault).unwrap().parse().unwrap();
                    put(&vault, &(count + 1).to_string());
                }
            });
        }
    });
    let vault = alone(home.path(), Keep::File);
    assert_eq!(read(&vault).as_deref(), Some("20"));

    let held = vault.exclusive("yourmusic").unwrap();
    let busy = vault.exclusive_within("yourmusic", Duration::ZERO);
    assert!(matches!(busy, Err(SecretsError::Busy { .. })));
    let _other = vault.exclusive_within("audius", Duration::ZERO).unwrap();
    drop(held);
    let _again = vault.exclusive_within("yourmusic", Duration::ZERO).unwrap();
}
