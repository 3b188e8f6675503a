//! `segue queue`.

use std::process::ExitCode;

use serde_json::json;

use crate::cli::args::Queue;
use crate::cli::text;
use crate::model::{CleanText, Fault, PlaylistInfo, format_clock};
use crate::runtime::{Profile, RunAs, load_queue, save_queue, saved_queues};

pub(in crate::cli) fn run(verb: Queue, run_as: RunAs) -> Result<ExitCode, Fault> {
    let profile = Profile::load(run_as)?;
    match verb {
        Queue::List { json } => list(&saved_queues(&profile)?, json),
        Queue::Save { name, json } => {
            let (count, took_place) = save_queue(&profile, &name)?;
            let name = CleanText::new(name.trim());
            let instead = if took_place {
                ", in place of the one before: segue playlist undo, twice, brings that back"
            } else {
                ""
            };
            let words = format!("The queue of {} is kept as {name}{instead}", text::counted(count, "track"));
            tell("save", &name, count, &words, json);
        }
        Queue::Load { name, json } => {
            let (name, count) = load_queue(&profile, &name)?;
            let tracks = text::counted(count, "track");
            tell("load", &name, count, &format!("{name} with {tracks} is the queue now"), json);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(saved: &[PlaylistInfo], json: bool) {
    let position = |about: &PlaylistInfo| about.place.map(|place| place.position).unwrap_or_default();
    if json {
        let row = |about: &PlaylistInfo| {
            json!({ "title": about.name.as_str(), "name": format!("local:playlist:{}", about.id.0),
                    "tracks": about.tracks, "position": position(about).as_secs_f64() })
        };
        text::json(&saved.iter().map(row).collect::<Vec<_>>());
        return;
    }
    if saved.is_empty() {
        text::error_line("segue: No queue was saved yet; segue queue save NAME saves one.");
    }
    for about in saved {
        let at = format_clock(position(about));
        text::line(&format!(
            "local:playlist:{}  {}  {}, at {at}",
            about.id.0,
            about.name,
            text::counted(about.tracks, "track")
        ));
    }
}

fn tell(verb: &str, name: &CleanText, count: usize, words: &str, json: bool) {
    if json {
        text::json(&json!({ "done": verb, "title": name.as_str(), "tracks": count }));
    } else {
        text::line(&format!("{words}."));
    }
}
