use crate::app::tests::{Run, Step, gone};
use crate::app::{Action, Effect, Event, Focus, Level, ListPlace, Overlay, Page};
use crate::config::settings;

fn open(text: &str, keys: &'static str) -> Run {
    let run = Run::with("a b").steps([Step::Keys("g c")]);
    assert_eq!((run.state.page, run.effects.as_slice()), (Page::Settings, &[Effect::ReadSettings][..]));
    run.hears(Event::SettingsRead(Ok(settings(text)))).steps([Step::Keys(keys)])
}

/// Puts the cursor on a setting.
fn at(text: &str, path: &str, keys: &'static str) -> Run {
    let mut run = open(text, "");
    while run.state.settings.selected().unwrap().path != path {
        run = run.steps([Step::Do(Action::MoveDown)]);
    }
    run.steps([Step::Keys(keys)])
}

fn kept(run: &Run) -> Option<(&str, Option<&str>)> {
    run.effects.iter().find_map(|effect| match effect {
        Effect::KeepSetting { path, value } => Some((path.as_str(), value.as_deref())),
        _ => None,
    })
}

fn told(run: &Run) -> String {
    run.state.notices.latest().map(|notice| notice.words.to_string()).unwrap_or_default()
}

#[test]
fn settings_are_switched_chosen_and_typed() {
    let check = |path: &str, keys, expected: Option<(&str, Option<&str>)>| {
        let run = at("[player]\nvolume = 30\n", path, keys);
        assert_eq!(kept(&run), expected, "{path} {keys}");
        run
    };
    check("screen.mouse", "<Enter>", Some(("screen.mouse", Some("false"))));
    check("player.unplugged", "<Enter>", None);
    check("player.unplugged", "<Enter><Down><Enter>", Some(("player.unplugged", Some("\"move\""))));
    check("player.unplugged", "<Enter>mo<Enter>", Some(("player.unplugged", Some("\"move\""))));
    check("player.output", "<Enter>device:USB<Enter>", Some(("player.output", Some("\"device:USB\""))));
    check("player.volume_step", "<Enter><C-u>7<Enter>", Some(("player.volume_step", Some("7"))));
    check("player.volume", "d", Some(("player.volume", None)));
    check("player.volume_step", "d", None);
    let run = check("player.volume_step", "<Enter><C-u>70<Enter>", None);
    assert!(told(&run).contains("expected a whole number from 1 to 50"), "{}", told(&run));
    assert_eq!(run.state.focus(), Focus::Choice, "it stays to be mended");
    let run = check("services.audius.api_key", "<Enter>", None);
    assert!(told(&run).contains("sign in"), "{}", told(&run));
    check("player.unplugged", "<Enter><Esc>", None);
}

#[test]
fn settings_are_found_by_words() {
    let run = open("", "/volume_s<Enter>");
    assert_eq!(run.state.settings.selected().map(|row| row.path.as_str()), Some("player.volume_step"));
    assert_eq!(run.state.filter_of(ListPlace::Settings).map(|filter| filter.rows.len()), Some(1));
    let run = run.steps([Step::Keys("<Enter><C-u>7<Enter>")]);
    assert_eq!(kept(&run), Some(("player.volume_step", Some("7"))));
    let run = run.steps([Step::Keys("q")]);
    assert_eq!((run.state.page, run.state.filter.is_none()), (Page::Settings, true));
    assert!(run.state.choosable().is_none(), "settings cannot be marked");
}

#[test]
fn what_is_kept_is_told_and_read_again() {
    let run = at("", "screen.mouse", "<Enter>").hears(Event::SettingKept(Ok(())));
    assert_eq!(told(&run), "screen.mouse = false, kept in config.toml");
    assert_eq!(run.effects.last(), Some(&Effect::ReadSettings));
    let mut wishes = crate::app::tests::wishes();
    let same = run.hears(Event::Reconfigured(Box::new(wishes.clone())));
    assert_eq!(told(&same), "screen.mouse = false, kept in config.toml", "no news");
    wishes.is_more = true;
    let run = at("", "player.buffer_ms", "<Enter><C-u>20<Enter>").hears(Event::SettingKept(Ok(())));
    let run = run.hears(Event::Reconfigured(Box::new(wishes)));
    assert_eq!(told(&run), "player.buffer_ms = 20, kept in config.toml; it counts from the next start");
    let run = at("", "screen.mouse", "<Enter>").hears(Event::SettingKept(Err(gone())));
    assert_eq!(told(&run), "It is gone.");
    assert_eq!(run.state.notices.latest().unwrap().level, Level::Error);
    let run = Run::with("").steps([Step::Keys("g c")]).hears(Event::SettingsRead(Err(gone())));
    assert!(run.state.settings.fault.is_some() && run.state.settings.list.is_empty());
}

#[test]
fn keys_are_given_by_pressing_them() {
    let pressed =
        |keys: &'static str| Run::with("a b").steps([Step::Keys("?/silent<Esc>"), Step::Keys(keys)]);
    let conflicts = |run: &Run| -> Vec<String> {
        match run.state.overlays.last() {
            Some(Overlay::Capture(capture)) => capture.conflicts.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        }
    };
    assert_eq!(kept(&pressed("eM<Enter>")), Some(("keys.mute", Some("[\"M\"]"))));
    assert_eq!(kept(&pressed("aM<Enter>")), Some(("keys.mute", Some("[\"m\", \"M\"]"))));
    assert_eq!(kept(&pressed("eg<C-h><Enter>")), Some(("keys.mute", Some("[\"g <C-h>\"]"))));
    assert_eq!(kept(&pressed("eMN<Backspace><Enter>")), Some(("keys.mute", Some("[\"M\"]"))));
    assert_eq!(
        kept(&pressed("e<Enter><Enter>")),
        Some(("keys.mute", Some("[\"<Enter>\"]"))),
        "the first is a key"
    );
    assert_eq!(kept(&pressed("d")), Some(("keys.mute", Some("[]"))));
    assert_eq!(kept(&pressed("R")), None, "it has the preset's");
    assert_eq!(kept(&pressed("eM<Esc>")), None);
    assert_eq!(pressed("eM<Esc>").state.focus(), Focus::Help);
    assert_eq!(conflicts(&pressed("eM")), Vec::<String>::new());
    let taken = conflicts(&pressed("ej"));
    assert!(taken.len() == 1 && taken[0].contains("j is move-down in every list"), "{taken:?}");
    let begun = conflicts(&pressed("eg"));
    assert!(
        begun.iter().any(|words| words.contains("nothing longer that begins so is reached")),
        "{begun:?}"
    );
}
