use proptest::prelude::*;

use super::*;
use crate::config::colour::indexed;

fn own(name: &str, text: &str) -> OwnTheme {
    OwnTheme { name: name.to_owned(), text: text.to_owned() }
}

/// The looks of all shipped themes but "auto".
fn shipped() -> Vec<(String, Look)> {
    let themes = Themes::default();
    let names = themes.names().into_iter().filter(|name| *name != AUTO);
    names.map(|name| (name.to_owned(), themes.look(name, None).unwrap())).collect()
}

/// As the eye sees it: [`Colour::known`] and, for the first sixteen, what xterm shows.
fn seen(colour: Colour) -> Option<Rgb> {
    match colour {
        Colour::Indexed(number) => Some(indexed(number)),
        other => other.known(),
    }
}

fn worst(look: &Look, background: Option<Rgb>) -> Option<(&'static str, f64)> {
    let text = look.ink(Role::Text);
    let pairs = Role::ALL.iter().filter_map(|(role, name)| {
        let ink = look.ink(*role);
        let front = ink.front.or(text.front).and_then(seen)?;
        let back = ink.back.or(text.back).and_then(seen).or(background)?;
        Some((*name, front.contrast(back)))
    });
    pairs.min_by(|one, two| one.1.total_cmp(&two.1))
}

#[test]
fn at_least_eight_themes_are_shipped_and_read_without_a_warning() {
    let themes = Themes::default();
    for name in themes.names() {
        assert!(is_theme_name(name));
        assert!(themes.look(name, None).is_some(), "{name}");
        assert_eq!(read::read(&themes, name).1, [], "{name}");
    }
    assert!(themes.names().len() > 8);
    assert_eq!(themes.look("nrod", None), None);
    for name in themes.names() {
        assert!(crate::config::DEFAULT_TEXT.contains(&format!("{name:?}")), "{name} is not documented");
    }
}

#[test]
fn every_word_can_be_read() {
    for (name, look) in shipped() {
        let least = if name == "high-contrast" { 7.0 } else { 4.5 };
        for depth in [Depth::True, Depth::Indexed, Depth::Sixteen] {
            if let Some((role, contrast)) = worst(&look.on(depth, None), None) {
                assert!(contrast >= least, "{name}, {role} with {depth:?}: {contrast:.2}");
            } else {
                assert!(
                    ["terminal", "monochrome", "dark", "light", COVER].contains(&name.as_str()),
                    "{name}"
                );
            }
        }
    }
}

proptest! {
    #[test]
    fn the_colour_of_a_cover_can_be_read(tint in any::<[u8; 3]>(), background in any::<[u8; 3]>()) {
        let [tint, background] = [tint, background].map(|[red, green, blue]| Rgb(red, green, blue));
        let look = Themes::default().look(COVER, Some(background)).unwrap().tinted(tint, Some(background));
        for depth in [Depth::True, Depth::Indexed, Depth::Sixteen] {
            let (role, contrast) = worst(&look.on(depth, Some(background)), Some(background)).unwrap();
            prop_assert!(contrast >= 4.5, "{} on {:?} with {:?}: {:.2}", role, background, depth, contrast);
        }
    }

    #[test]
    fn auto_can_be_read_on_every_background(background in any::<[u8; 3]>()) {
        let background = Rgb(background[0], background[1], background[2]);
        let look = Themes::default().look(AUTO, Some(background)).unwrap();
        for depth in [Depth::True, Depth::Indexed, Depth::Sixteen] {
            let (role, contrast) = worst(&look.on(depth, Some(background)), Some(background)).unwrap();
            prop_assert!(contrast >= 4.5, "{} on {:?} with {:?}: {:.2}", role, background, depth, contrast);
        }
    }

    #[test]
    fn no_text_panics(text in "[a-z\\[\\]=\".#\n0-9 {}-]{0,200}") {
        let themes = Themes::new(vec![own("mine", &text)]);
        themes.look("mine", None);
        themes.warnings();
    }
}

#[test]
fn colours_come_down_to_what_looks_alike() {
    let front = |text: &str, depth: Depth| {
        let themes = Themes::new(vec![own("mine", &format!("text = {text:?}"))]);
        themes.look("mine", None).unwrap().on(depth, None).ink(Role::Text).front
    };
    // Steel blue and orange are colours of xterm's cube themselves.
    assert_eq!(front("#5f87af", Depth::Indexed), Some(Colour::Indexed(67)));
    assert_eq!(front("#ff8700", Depth::Indexed), Some(Colour::Indexed(208)));
    assert_eq!(front("#fefefe on #000000", Depth::Sixteen), Some(Colour::Indexed(15)));
    assert_eq!(front("#ff5050", Depth::Sixteen), Some(Colour::Indexed(9)));
    assert_eq!(front("#ff5050", Depth::True), Some(Colour::Rgb(Rgb(255, 80, 80))));
    assert_eq!(front("red", Depth::Sixteen), Some(Colour::Indexed(1)));
    assert_eq!(front("red", Depth::Monochrome), None);
}

#[test]
fn nothing_is_told_by_colour_alone() {
    for (name, look) in shipped() {
        let bare = look.on(Depth::Monochrome, None);
        for (role, role_name) in Role::ALL {
            let ink = bare.ink(role);
            assert_eq!((ink.front, ink.back), (None, None), "{name}, {role_name}");
        }
        let [cursor, idle, playing] =
            [Role::Cursor, Role::IdleCursor, Role::Playing].map(|role| bare.ink(role));
        assert!(cursor.reversed, "{name}");
        assert!(idle.underlined && !idle.reversed, "{name}");
        assert!(playing.bold && !playing.reversed && !playing.underlined, "{name}");
        assert!(bare.ink(Role::Failure) != bare.ink(Role::Text), "{name}");
    }
}

#[test]
fn own_themes_inherit_and_what_is_wrong_is_told() {
    let check = |text: &str, expected: &[(usize, usize, &str)]| {
        let themes = Themes::new(vec![own("mine", text)]);
        let warnings = themes.warnings();
        let told: Vec<_> = warnings.iter().map(|(name, its)| format!("{name}: {its}")).collect();
        assert_eq!(told.len(), expected.len(), "{told:?}");
        for ((_, warning), (line, column, part)) in warnings.iter().zip(expected) {
            assert_eq!((warning.line, warning.column), (*line, *column), "{warning}");
            assert!(warning.to_string().contains(part), "{warning} lacks {part}");
        }
        themes.look("mine", None).unwrap()
    };
    let nord = Themes::default().look("nord", None).unwrap();
    assert_eq!(check("inherits = \"nord\"", &[]), nord);
    let look = check("inherits = \"nord\"\nkey = \"ice bold\"\n[palette]\nice = \"#ffffff\"", &[]);
    assert_eq!(
        look.ink(Role::Key),
        Ink { front: Some(Colour::Rgb(Rgb::WHITE)), bold: true, ..Ink::default() }
    );
    assert_eq!(look.ink(Role::Playing), nord.ink(Role::Playing));
    let look = check("inherits = \"nord\"\ntext = \"#ffffff\"", &[]);
    assert_eq!(look.ink(Role::Text).back, nord.ink(Role::Text).back, "the background stays");
    // A cursor of colours looks as written and is seen without them.
    let cursor = check("cursor = \"black on 214\"", &[]).ink(Role::Cursor);
    assert_eq!(cursor.front, Some(Colour::Indexed(214)));
    assert!(cursor.reversed);
    let look = check("key = \"blu\"\nheard = \"214\"", &[(1, 7, "did you mean blue?")]);
    assert_eq!(look.ink(Role::Heard).front, Some(Colour::Indexed(214)), "the rest counts");
    check("key = \"red green\"", &[(1, 7, "one colour too many")]);
    check("key = \"red on\"", &[(1, 7, "after \"on\" comes a colour")]);
    check("key = \"256\"", &[(1, 7, "is no colour")]);
    check("\n  key = 3", &[(2, 9, "key is no text in quotes; expected a colour and words")]);
    check("inherits = \"nrod\"", &[(1, 12, "there is no theme nrod; did you mean nord?")]);
    check("cursr = \"red\"", &[(1, 1, "cursr is no role; did you mean cursor?")]);
    check("zzz = \"red\"", &[(1, 1, "idle-cursor")]);
    check("palette = 3", &[(1, 11, "palette is no table")]);
    check("[palette]\na = \"#12\"", &[(2, 5, "palette.a: \"#12\" is no colour")]);
    check("text = = 3", &[(1, 8, "not valid TOML")]);
    check("text = \"#777777 on #808080\"", &[(1, 1, "text is hard to read: its contrast is 1.1:1")]);
}

#[test]
fn themes_may_stand_for_others_but_not_go_in_circles() {
    let themes = Themes::new(vec![own("nord", "inherits = \"nord\"\nfaint = \"white\""), own("a", "")]);
    assert_eq!(themes.names().iter().filter(|name| **name == "nord").count(), 1);
    let look = themes.look("nord", None).unwrap();
    assert_eq!(look.ink(Role::Faint).front, Some(Colour::Indexed(7)));
    assert_eq!(look.ink(Role::Text), Themes::default().look("nord", None).unwrap().ink(Role::Text));
    let circle = Themes::new(vec![own("a", "inherits = \"b\""), own("b", "inherits = \"a\"\nkey = \"red\"")]);
    assert_eq!(circle.look("a", None).unwrap().ink(Role::Key).front, Some(Colour::Indexed(1)));
    assert_eq!(circle.warnings().len(), 2);
}

#[test]
fn the_environment_tells_what_can_be_shown() {
    use Depth::{Indexed, Monochrome, Sixteen, True};
    let check = |environment: &[(&str, &str)], depth: Depth, background: Option<Rgb>, has_signs: bool| {
        let variable = |name: &str| {
            environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        let expected = Terminal { depth, background, has_signs };
        assert_eq!(Terminal::of_environment(variable), expected, "{environment:?}");
    };
    check(&[("TERM", "xterm-256color"), ("LANG", "fi_FI.UTF-8")], Indexed, None, true);
    check(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")], True, None, true);
    check(&[("TERM", "xterm-kitty")], True, None, true);
    check(&[("TERM", "screen"), ("TERM_PROGRAM", "iTerm.app")], Sixteen, None, true);
    check(&[("TERM", "tmux-256color"), ("TERM_PROGRAM", "tmux")], Indexed, None, true);
    check(&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "vscode")], True, None, true);
    check(&[("TERM", "xterm"), ("COLORFGBG", "0;default;15")], Sixteen, Some(Rgb::WHITE), true);
    check(&[("TERM", "rxvt"), ("COLORFGBG", "15;0")], Sixteen, Some(Rgb::BLACK), true);
    check(&[("TERM", "rxvt"), ("COLORFGBG", "15;default")], Sixteen, None, true);
    check(&[("TERM", "xterm"), ("NO_COLOR", "1")], Monochrome, None, true);
    check(&[("TERM", "xterm"), ("NO_COLOR", "")], Sixteen, None, true);
    check(&[("TERM", "dumb")], Monochrome, None, false);
    check(&[("TERM", "vt100")], Monochrome, None, true);
    check(&[("TERM", "linux"), ("LANG", "C.UTF-8")], Sixteen, None, false);
    check(&[("TERM", "xterm"), ("LANG", "C")], Sixteen, None, false);
    check(&[("TERM", "xterm"), ("LANG", "C"), ("LC_ALL", "en_GB.utf8")], Sixteen, None, true);
}
