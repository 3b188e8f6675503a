//! The screen in words, for whoever reads lines and sees no picture: what is drawn, said without boxes and signs.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::canvas::{Canvas, Words};
use super::status;
use super::text::{cells, cut};
use super::theme::Theme;
use super::widgets::MOST_SAID;
use crate::app::{Silence, State};

/// Cells of the screen that the words are taken from: wide enough for all columns.
const SIZE: (u16, u16) = (220, 50);

/// What there is to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The page, or what lies over it.
    pub page: Words,
    /// Why nothing is heard; empty while something is.
    pub silence: String,
    /// What is heard, or would be.
    pub track: String,
}

/// The screen in words.
pub fn said(state: &State) -> Said {
    let theme = Theme::plain().spoken();
    let area = Rect::new(0, 0, SIZE.0, SIZE.1);
    let mut buffer = Buffer::empty(area);
    let mut canvas = Canvas::new(&mut buffer, false);
    super::screen(&mut canvas, area, state, &theme);
    let silence = match state.why_silent() {
        // How fast it comes in changes all the time.
        Some(Silence::Buffering { .. }) => "Buffering...".to_owned(),
        Some(silence) => status::silence(&silence, state),
        None => String::new(),
    };
    let track = state.current_track().map(|track| {
        let (title, artists) = (cut(track.title.as_str(), MOST_SAID), cut(&track.artist_line(), MOST_SAID));
        spelt(&if artists.is_empty() { title } else { format!("{title} by {artists}") })
    });
    let mut page = canvas.words;
    page.heading = tidied(&cut(&page.heading, 2 * MOST_SAID));
    page.rows.iter_mut().for_each(|(_, words)| *words = tidied(words));
    Said { page, silence, track: track.unwrap_or_default() }
}

/// Commas stand at words.
fn tidied(words: &str) -> String {
    spelt(words).replace(" , ", ", ")
}

/// Without the one sign that a cut leaves, which no simple terminal has.
fn spelt(words: &str) -> String {
    words.replace('…', "...")
}

/// A notice in words: a long one is told whole the first time, then only as far as its first sentence.
pub fn told(words: &str, was_told: bool) -> String {
    if !was_told || words.chars().count() <= MOST_SAID {
        return words.to_owned();
    }
    match words.split_once(". ").filter(|(first, _)| cells(first) < MOST_SAID) {
        Some((first, _)) => format!("{first}..."),
        None => spelt(&cut(words, MOST_SAID)),
    }
}

/// All of the status line and of what is heard, in lines.
pub fn said_now(state: &State) -> Vec<String> {
    let theme = Theme::plain().spoken();
    let mut lines = vec![spelt(&cut(&super::playing::line(state, &theme), 2 * MOST_SAID))];
    lines.extend(status::lines(state, &theme, u16::MAX).into_iter().map(|(line, _)| tidied(&line)));
    lines.retain(|line| !line.trim().is_empty());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    use crate::app::Action;
    use crate::model::Track;
    use crate::ui::tests::golden::playing;

    #[test]
    fn a_long_notice_is_told_whole_once() {
        let long =
            format!("The folder cannot be watched. {}", "It is looked through now and then. ".repeat(9));
        assert_eq!(told(&long, false), long);
        assert_eq!(told(&long, true), "The folder cannot be watched...");
        assert_eq!(told("Undone. Press U.", true), "Undone. Press U.");
        let endless = told(&"night ".repeat(99), true);
        assert!(endless.ends_with("...") && endless.chars().count() < 210, "{endless}");
    }

    #[test]
    fn what_is_drawn_is_said() {
        let mut house = playing(80, 24);
        let now = said(&house.state);
        assert_eq!((now.page.len, now.page.cursor, now.page.rows.len()), (9, Some(3), 9));
        assert!(now.page.heading.starts_with("Track 4 of 9, 9 tracks"), "{}", now.page.heading);
        assert_eq!(now.page.rows[3].1, "playing, Northern Line 4, Zoë Müller, Tides, Audius, 3:11");
        assert_eq!((now.silence.as_str(), now.track.as_str()), ("", "Northern Line 4 by Zoë Müller"));
        house.action(Action::Pause);
        assert_eq!(said(&house.state).silence, "Paused. Space plays on.");
        house.keys(":zzz");
        let palette = said(&house.state).page;
        assert_eq!((palette.line.as_deref(), palette.rows.len()), (Some("a few letters"), 0));
        // Nobody has to listen to all of a title that never ends.
        let mut house = playing(80, 24);
        let track = house.state.current_track().unwrap().clone();
        let hostile = Track { title: "Night ".repeat(2000).into(), ..track };
        house.action(Action::PlayAll { tracks: vec![hostile], start: Duration::ZERO });
        let long = said(&house.state);
        assert!(long.track.len() < 300 && long.page.rows[0].1.len() < 300, "{}", long.track.len());
        assert!(long.track.contains("...") && said_now(&house.state)[0].len() < 450);
        for line in said_now(&house.state).iter().chain(now.page.rows.iter().map(|(_, words)| words)) {
            assert!(!line.contains(['│', '─', '▶', '‖', '·']), "{line}");
        }
    }
}
