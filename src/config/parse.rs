//! TOML text into settings. Whatever cannot be read is told and skipped; nothing blocks a start.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::model::nearest;

use super::keys::{KEYS, Key};
use super::settings::Settings;
use super::warning::{ConfigWarning, NOT_TOML, Place, in_order};

/// Reads a configuration. Every complaint names line, expected form and, for an unknown name, the
/// nearest valid one; the default stays for what is wrong.
pub fn parse(text: &str) -> (Settings, Vec<ConfigWarning>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader { text, settings: Settings::default(), warnings: Vec::new() };
    for error in errors {
        let at = error.span().map_or(0, |span| span.start);
        reader.warn(at, format!("{NOT_TOML}: {}", error.message().replace('\n', " ")), None);
    }
    reader.table(table.get_ref(), "");
    (reader.settings, in_order(reader.warnings))
}

struct Reader<'t> {
    text: &'t str,
    settings: Settings,
    warnings: Vec<ConfigWarning>,
}

impl Reader<'_> {
    fn table(&mut self, table: &DeTable<'_>, prefix: &str) {
        for (name, value) in table {
            let path = if prefix.is_empty() {
                name.get_ref().to_string()
            } else {
                format!("{prefix}.{}", name.get_ref())
            };
            let at = name.span().start;
            match KEYS.iter().find(|key| key.path == path) {
                Some(key) => self.set(key, value),
                None if !is_section(&path) => {
                    let expected = nearest_key(&path).map(|near| format!("did you mean {near}?"));
                    self.warn(at, format!("{path} is not a setting"), expected);
                }
                None => match value.get_ref().as_table() {
                    Some(inner) => self.table(inner, &path),
                    None => self.warn(at, format!("{path} is a section"), Some(format!("write [{path}]"))),
                },
            }
        }
    }

    fn set(&mut self, key: &Key, value: &Spanned<DeValue<'_>>) {
        if let (Some((expected, each)), Some(table)) = (key.each, value.get_ref().as_table()) {
            for (name, value) in table {
                // A few names of such a table are settings of their own.
                let own = KEYS.iter().find(|own| {
                    own.path.strip_prefix(key.path).and_then(|rest| rest.strip_prefix('.'))
                        == Some(name.get_ref())
                });
                if let Some(own) = own {
                    self.set(own, value);
                } else if each(&mut self.settings, name.get_ref(), value.get_ref()).is_none() {
                    let path = format!("{}.{}", key.path, name.get_ref());
                    self.refuse(&path, expected, key.secret, value);
                }
            }
        } else if (key.set)(&mut self.settings, value.get_ref()).is_none() {
            self.refuse(key.path, key.expected, key.secret, value);
        }
    }

    fn refuse(&mut self, path: &str, expected: &str, secret: bool, value: &Spanned<DeValue<'_>>) {
        // A bad secret is not repeated: the warning ends up on the screen and in the log.
        let shown = match value.get_ref() {
            DeValue::String(text) if !secret => format!(" {text:?}"),
            DeValue::Integer(number) if !secret => format!(" {number}"),
            _ => String::new(),
        };
        self.warn(
            value.span().start,
            format!("{path} cannot be{shown}"),
            Some(format!("expected {expected}")),
        );
    }

    fn warn(&mut self, at: usize, problem: String, expected: Option<String>) {
        let Place { line, column } = Place::of(self.text, at);
        self.warnings.push(ConfigWarning { line, column, problem, expected });
    }
}

fn is_section(path: &str) -> bool {
    KEYS.iter().any(|key| key.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
}

/// The valid key or section that is spelt most like `path`, if any comes close.
fn nearest_key(path: &str) -> Option<&'static str> {
    let sections = KEYS.iter().flat_map(|key| key.path.match_indices('.').map(|(at, _)| &key.path[..at]));
    nearest(path, KEYS.iter().map(|key| key.path).chain(sections))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{DEFAULT_TEXT, KeepTokens, PRESETS, ReplayGain, VariantChoice};
    use crate::model::{Bitrate, OutputChoice, Volume};
    use proptest::prelude::*;

    fn check(text: &str, expected: &[(usize, &str)]) -> Settings {
        let (settings, warnings) = parse(text);
        let told: Vec<_> = warnings.iter().map(|warning| (warning.line, warning.to_string())).collect();
        assert_eq!(told.len(), expected.len(), "{told:?}");
        for ((line, told), (expected_line, part)) in told.iter().zip(expected) {
            assert_eq!(line, expected_line, "{told}");
            assert!(told.contains(part), "{told:?} lacks {part:?}");
        }
        settings
    }

    #[test]
    fn good_values_are_taken() {
        let settings = check(
            "[player]\noutput = \"null\"\nvolume = 55\n[hls]\nvariant = \"96k\"\n\
             [services.yourmusic.paths]\ntrack_search = \"/x\"\n[network]\nidle_timeout = 0.5",
            &[],
        );
        assert_eq!(settings.player.output, OutputChoice::Null);
        assert_eq!(settings.player.volume, Volume::new(55));
        assert_eq!(settings.hls.variant, VariantChoice::AtMost(Bitrate(96_000)));
        assert_eq!(settings.services.yourmusic.paths["track_search"], "/x");
        assert_eq!(settings.network.idle_timeout.as_millis(), 500);
        let settings = check("[services.yourmusic]\nlinks = [\"https://shop.example/song/{track}\"]", &[]);
        assert_eq!(settings.services.yourmusic.links, ["https://shop.example/song/{track}".parse().unwrap()]);
        let settings = check("[secrets]\nkeep = \"file\"", &[]);
        assert_eq!(settings.secrets.keep, KeepTokens::File);
        check("[secrets]\nkeep = \"cloud\"", &[(2, "expected \"auto\", \"keyring\" or \"file\"")]);
        let settings = check("[player]\nreplaygain = \"album\"\nreplaygain_preamp_db = -3.5", &[]);
        assert_eq!(settings.player.replaygain, ReplayGain::Album);
        assert!((settings.player.replaygain_preamp_db + 3.5).abs() < 1e-6);
        let settings = check("[sound]\nequaliser = \"night\"\nbalance = -30\nmono = true", &[]);
        assert_eq!(settings.sound.equaliser.title(), "night");
        assert_eq!((settings.sound.balance, settings.sound.mono), (-30, true));
        let settings = check("[sound]\nequaliser = [3, -1.5, 0, 0, 0, 0, 0, 0, 0, 12]", &[]);
        assert_eq!(
            settings.sound.equaliser.gains_db(),
            Some([3.0, -1.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 12.0])
        );
        for preset in PRESETS {
            assert!(DEFAULT_TEXT.contains(&format!("{:?}", preset.name)), "{}", preset.name);
        }
        let settings = check("[keys]\nnext = [\"n\", \"<F7>\"]\nmute = \"M\"\nstop = []", &[]);
        assert_eq!(settings.keys["next"], ["n", "<F7>"]);
        assert_eq!(settings.keys["mute"], ["M"]);
        assert!(settings.keys["stop"].is_empty());
    }

    #[test]
    fn what_is_wrong_is_told_and_the_rest_counts() {
        let settings = check(
            "[player]\nvolum = 10\nvolume = 20",
            &[(2, "player.volum is not a setting; did you mean player.volume?")],
        );
        assert_eq!(settings.player.volume, Volume::new(20));
        check("[player]\n\nvolume = 300", &[(3, "expected a whole number from 0 to 100")]);
        check("[player]\nvolume = \"loud\"", &[(2, "player.volume cannot be \"loud\"")]);
        check("[player]\nreplaygain = \"on\"", &[(2, "\"album\" or \"smart\"")]);
        check("[player]\nreplaygain_preamp_db = 16", &[(2, "expected a number from -15 to 15")]);
        check("[player]\ncrossfade_seconds = 13", &[(2, "expected a number of seconds from 0 to 12")]);
        check("[sound]\nequaliser = \"loud\"", &[(2, "\"small-speakers\"")]);
        check("[sound]\nequaliser = [1, 2, 3]", &[(2, "ten numbers from -12 to 12")]);
        check("[sound]\nequaliser = [0, 0, 0, 0, 0, 0, 0, 0, 0, 12.5]", &[(2, "ten numbers")]);
        check("[sound]\nbalance = 101", &[(2, "a whole number from -100 to 100")]);
        check("[playr]\nvolume = 3", &[(1, "did you mean player?")]);
        check("[keys]\nnext = 3", &[(2, "keys.next cannot be 3; expected keys in quotes")]);
        check("keys = 3", &[(1, "keys cannot be 3; expected a table of action = \"keys\"")]);
        check("[keys]\npreset = \"emacs\"", &[(2, "expected \"default\", \"vim\"")]);
        check("[screen]\ntheme = \"../x\"\ncolours = 256", &[(2, "the name of a theme"), (3, "\"256\"")]);
        check("player = 3", &[(1, "write [player]")]);
        check("zzz = 3", &[(1, "zzz is not a setting")]);
        check("[services.audius]\nbase_url = \"file:///etc\"", &[(2, "expected an http or https address")]);
        // The others of a table count.
        let settings = check(
            "[services.yourmusic.paths]\ntrack = \"PUT /t/{track_id}\"\nstream = \"FETCH /s\"\nhome = 3\nme = \"/m\"",
            &[
                (
                    3,
                    "services.yourmusic.paths.stream cannot be \"FETCH /s\"; expected a path such as \"/tracks\", or GET,",
                ),
                (4, "services.yourmusic.paths.home cannot be 3"),
            ],
        );
        let paths = &settings.services.yourmusic.paths;
        assert_eq!(
            (paths["track"].as_str(), paths["me"].as_str(), paths.len()),
            ("PUT /t/{track_id}", "/m", 2)
        );
        check(
            "[services.audiosocket]\nlinks = [\"https://shop.example/song\"]",
            &[(2, "services.audiosocket.links cannot be; expected a list of links in quotes with {track},")],
        );
        check("[services.audiosocket]\npaths = \"/x\"", &[(2, "expected a table of operation")]);
        check(
            "[services.audiosocket]\npaths = { tracks = \"PUT\" }",
            &[(2, "audiosocket.paths.tracks cannot be")],
        );
        let settings = check("[player]\nvolume = = 3\nvolume_step = 7", &[(2, "not valid TOML")]);
        assert_eq!(settings.player.volume_step, 7);
    }

    #[test]
    fn a_bad_secret_is_not_repeated() {
        let (_, warnings) = parse("[services.audiosocket]\ntoken = 12345");
        assert_eq!(warnings.len(), 1);
        assert!(!warnings[0].to_string().contains("12345"), "{}", warnings[0]);
    }

    #[test]
    fn the_shipped_file_is_the_default_and_names_every_key() {
        let (settings, warnings) = parse(DEFAULT_TEXT);
        assert_eq!(warnings, []);
        assert_eq!(settings, Settings::default());
        for key in KEYS {
            let (_, name) = key.path.rsplit_once('.').unwrap_or(("", key.path));
            assert!(DEFAULT_TEXT.contains(name), "{} is not documented", key.path);
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[a-z\\[\\]=\".#\n0-9 {}-]{0,200}") {
            parse(&text);
        }
    }
}
