//! `segue playlist sync`.

use std::process::ExitCode;

use serde_json::json;

use crate::cli::{exit, text};
use crate::model::{
    Arrival, Fault, FaultKind, Mark, MarkSettled, MarkWish, Round, Settled, Told, ToldMark, Waiting,
    WaitingMark,
};
use crate::runtime::{Shelves, Sweep};

/// Sends what waits, whenever it would be due, and tells what came of it.
pub(in crate::cli) fn sync(shelves: &Shelves, held: bool, json: bool) -> Result<ExitCode, Fault> {
    let round = shelves.send_changes(None, Sweep { early: true, held })?;
    let place = |service: &crate::model::ServiceId| {
        let known = shelves.services().into_iter().find(|known| known.id == *service);
        known.map_or_else(|| service.to_string(), |known| known.name.to_string())
    };
    if json {
        text::json(&facts(&round));
    } else {
        for told in &round.told {
            text::line(&format!("{}.", words(told, &place(&told.service)).trim_end_matches('.')));
        }
        for told in &round.marked {
            text::line(&format!(
                "{}.",
                mark_words(told, &place(&told.wish.item.service)).trim_end_matches('.')
            ));
        }
        let is_answered = |mark: &&WaitingMark| round.marked.iter().any(|told| told.wish.is_of(&mark.wish));
        for mark in round.marks.iter().filter(|mark| !is_answered(mark)) {
            let place = place(&mark.wish.item.service);
            text::line(&format!("{} waits for {place}.", mark_title(&mark.wish)));
        }
        for waiting in round.waiting.iter().filter(|waiting| !is_told(&round, waiting)) {
            text::line(&left(waiting, &place(&waiting.remote.service)));
        }
        let has_marks = !round.marked.is_empty() || !round.marks.is_empty();
        if round.told.is_empty() && round.waiting.is_empty() && !has_marks {
            text::line("Nothing waits: the services have everything.");
        }
    }
    Ok(code(&round))
}

fn is_told(round: &Round, waiting: &Waiting) -> bool {
    let fails = |told: &&Told| matches!(told.what, Settled::Waits(_) | Settled::Held(_));
    round.told.iter().filter(fails).any(|told| told.id == waiting.id)
}

fn words(told: &Told, place: &str) -> String {
    let title = &told.title;
    match &told.what {
        Settled::Arrived => format!("{title} has reached {place}"),
        Settled::Merged { lost, renamed } => {
            let undo = format!("segue playlist undo local:playlist:{}", told.id.0);
            let mut words = format!(
                "{title} was changed at {place} too, and both changes are in it now; {undo} leaves theirs alone, with \
                 --steps 2 yours"
            );
            if let Some(name) = renamed {
                words = format!("{words}. It was called {name} there, and keeps its name here");
            }
            if !lost.is_empty() {
                let lost = lost.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                words = format!("{words}. What was changed here and taken out there is out: {lost}");
            }
            words
        }
        Settled::Spared { .. } => format!(
            "{title} was changed at {place} after it was deleted here: it is not deleted there, and is here again with \
             that change"
        ),
        Settled::Waits(fault) => format!("{title} waits for {place}. {fault}"),
        Settled::Held(fault) => {
            format!(
                "{title} is held: {place} did not take it. {fault} segue playlist sync --held sends it again"
            )
        }
    }
}

/// "The like of Night Ferry".
fn mark_title(wish: &MarkWish) -> String {
    let what = match (wish.mark, wish.on) {
        (Mark::Like, true) => "The like",
        (Mark::Like, false) => "The end of the like",
        (Mark::Repost, true) => "The repost",
        (Mark::Repost, false) => "The end of the repost",
        (Mark::Follow, true) => "The following",
        (Mark::Follow, false) => "The end of the following",
    };
    format!("{what} of {}", wish.title)
}

fn mark_words(told: &ToldMark, place: &str) -> String {
    let title = mark_title(&told.wish);
    match &told.what {
        MarkSettled::Arrived => format!("{title} has reached {place}"),
        MarkSettled::Waits(fault) => format!("{title} waits for {place}. {fault}"),
        MarkSettled::Refused(fault) => format!("{title} was not taken by {place}. {fault}"),
    }
}

fn left(waiting: &Waiting, place: &str) -> String {
    let (title, changes) = (&waiting.title, counted(waiting.changes));
    match &waiting.remote.arrival {
        Arrival::Held(why) => format!("{title} is held ({changes}). {why}"),
        Arrival::Waiting(_) | Arrival::Arrived => format!("{title} waits for {place} ({changes})."),
    }
}

fn counted(changes: u64) -> String {
    if changes == 1 { "1 change".to_owned() } else { format!("{changes} changes") }
}

fn facts(round: &Round) -> serde_json::Value {
    let told = |told: &Told| {
        let (result, words, lost): (_, _, &[_]) = match &told.what {
            Settled::Arrived => ("arrived", None, &[]),
            Settled::Merged { lost, .. } => ("merged", None, lost.as_slice()),
            Settled::Spared { lost } => ("not-deleted", None, lost.as_slice()),
            Settled::Waits(fault) => ("waits", Some(fault.to_string()), &[]),
            Settled::Held(fault) => ("held", Some(fault.to_string()), &[]),
        };
        let lost: Vec<_> = lost.iter().map(ToString::to_string).collect();
        json!({ "playlist": told.id.0, "service": told.service.as_str(), "title": told.title.as_str(),
                "result": result, "words": words, "lost": lost })
    };
    let waiting = |waiting: &Waiting| {
        let held = match &waiting.remote.arrival {
            Arrival::Held(why) => Some(why.as_str()),
            Arrival::Waiting(_) | Arrival::Arrived => None,
        };
        json!({ "playlist": waiting.id.0, "service": waiting.remote.service.as_str(), "title": waiting.title.as_str(),
                "changes": waiting.changes, "held": held, "next_try": waiting.next_try_at })
    };
    let of = |wish: &MarkWish| {
        json!({ "service": wish.item.service.as_str(), "item": wish.item.to_string(), "title": wish.title.as_str(),
                "mark": format!("{:?}", wish.mark).to_lowercase(), "on": wish.on })
    };
    let marked = |told: &ToldMark| {
        let (result, words) = match &told.what {
            MarkSettled::Arrived => ("arrived", None),
            MarkSettled::Waits(fault) => ("waits", Some(fault.to_string())),
            MarkSettled::Refused(fault) => ("refused", Some(fault.to_string())),
        };
        json!({ "mark": of(&told.wish), "result": result, "words": words })
    };
    let mark = |mark: &WaitingMark| json!({ "mark": of(&mark.wish), "next_try": mark.next_try_at });
    json!({ "told": round.told.iter().map(told).collect::<Vec<_>>(),
            "marked": round.marked.iter().map(marked).collect::<Vec<_>>(),
            "marks": round.marks.iter().map(mark).collect::<Vec<_>>(),
            "waiting": round.waiting.iter().map(waiting).collect::<Vec<_>>() })
}

/// 0 when everything has arrived, else what the first reason says.
fn code(round: &Round) -> ExitCode {
    let is_refused = |told: &ToldMark| matches!(told.what, MarkSettled::Refused(_));
    if round.waiting.is_empty() && round.marks.is_empty() && !round.marked.iter().any(is_refused) {
        return ExitCode::SUCCESS;
    }
    let reason = round.told.iter().find_map(|told| match &told.what {
        Settled::Waits(fault) | Settled::Held(fault) => Some(fault.kind),
        Settled::Arrived | Settled::Merged { .. } | Settled::Spared { .. } => None,
    });
    let reason = reason.or_else(|| {
        round.marked.iter().find_map(|told| match &told.what {
            MarkSettled::Waits(fault) | MarkSettled::Refused(fault) => Some(fault.kind),
            MarkSettled::Arrived => None,
        })
    });
    let is_held = |waiting: &Waiting| matches!(waiting.remote.arrival, Arrival::Held(_));
    let otherwise =
        if round.waiting.iter().any(is_held) { FaultKind::Refused } else { FaultKind::SignInNeeded };
    exit::code(reason.unwrap_or(otherwise))
}
