//! `segue open`.

use std::process::ExitCode;

use crate::cli::args::{Open, Play};
use crate::cli::commands::play;
use crate::cli::facts::{self, Facts};
use crate::cli::text;
use crate::model::{Fault, Item, Kind};
use crate::runtime::{Profile, RunAs, Target};

pub(in crate::cli) fn run(arguments: Open, run_as: RunAs) -> Result<ExitCode, Fault> {
    let Open { target, print, sound, json } = arguments;
    let profile = Profile::load(run_as)?;
    // Its warnings are told once.
    let quiet = Profile { warnings: Vec::new(), ..profile.clone() };
    let shelves = super::open_shelves(profile)?;
    let (service, item) = shelves.item(&target)?;
    let told = Facts::of(&item, Some(&service));
    if json {
        text::json(&told);
    } else {
        told.print();
    }
    let playable = match &item {
        Item::Track(track) => track.reference.item(),
        // An artist is looked at, not played.
        Item::Collection(collection) => {
            Some(collection.reference.clone()).filter(|reference| reference.kind != Kind::Artist)
        }
        Item::List(_) => None,
    };
    match playable {
        Some(item) if !print => {
            drop(shelves);
            play::run_with(
                quiet,
                Play { locators: vec![Target::Item(item)], playlists: Vec::new(), sound, json },
            )
        }
        None if !print => {
            let name = facts::name(&item, Some(&service));
            text::error_line(&format!("segue: This is not played as a whole; try segue browse {name}."));
            Ok(ExitCode::SUCCESS)
        }
        Some(_) | None => Ok(ExitCode::SUCCESS),
    }
}
