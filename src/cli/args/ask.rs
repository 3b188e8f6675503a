//! The commands that ask the services something.

use std::ffi::OsString;

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};

use crate::model::{Kind, ServiceId};
use crate::runtime::{Place, Target};

use super::{Sound, target};

/// The fields of a row as JSON, for the help.
pub(super) const ROW: &str = "A row as JSON is an object. All have: name (what can be typed back), kind (track, album, artist, \
playlist or list), service, id, title. A track has also: artists, album, length (seconds), isrc, explicit, liked, \
rating (stars of your own, 1 to 5), playable (and why_not), keepable, artist_name, album_name (as name), artwork, link. An album, artist or playlist: \
by, tracks (how many), year, note, explicit, liked, mine, artwork, link. What is not known is null.";

#[derive(Args, Debug)]
#[command(after_long_help = ROW)]
pub(in crate::cli) struct Search {
    /// What to look for
    #[arg(required = true, value_name = "QUERY")]
    pub words: Vec<String>,
    /// Ask this service alone, such as audius; may be given several times
    #[arg(long, value_name = "SERVICE")]
    pub service: Vec<ServiceId>,
    /// track, album, artist or playlist; services that cannot search for it are not asked
    #[arg(long, default_value_t = Kind::Track)]
    pub kind: Kind,
    /// Narrower, as in genre=jazz; services without the filter are not asked
    #[arg(long, value_name = "KEY=VALUE", value_parser = filter)]
    pub filter: Vec<(String, String)>,
    /// Most rows from each service
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=500))]
    pub limit: u16,
    /// One JSON array once every service has answered; each row has also `also`, the names of the same
    /// recording at other services
    #[arg(long)]
    pub json: bool,
}

#[derive(Args, Debug)]
#[command(after_long_help = ROW)]
pub(in crate::cli) struct Browse {
    /// A service such as audius, one of its lists such as audius/trending, an album, artist or playlist as
    /// SERVICE:KIND:ID, or a track, whose list is those like it where the service knows; without it all services
    /// and their lists
    #[arg(value_name = "SERVICE[/LIST]")]
    pub place: Option<Place>,
    /// Which page, from 1
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub page: u32,
    /// As JSON: an array of services with `lists`, or one object with the rows in `items`, `page`, `more`, `total`
    /// and `stale`
    #[arg(long)]
    pub json: bool,
}

#[derive(Args, Debug)]
#[command(after_long_help = ROW)]
pub(in crate::cli) struct Show {
    /// SERVICE:KIND:ID such as audius:album:D7KyD, or a share link
    #[arg(value_name = "ITEM|LINK", value_parser = thing)]
    pub target: Target,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Args, Debug)]
#[command(after_long_help = ROW)]
pub(in crate::cli) struct Open {
    /// A share link of any service, or SERVICE:KIND:ID
    #[arg(value_name = "LINK|ITEM", value_parser = thing)]
    pub target: Target,
    /// Only tell what it is
    #[arg(long)]
    pub print: bool,
    #[command(flatten)]
    pub sound: Sound,
    /// JSON lines: first what it is, then events and a summary as `play` gives them
    #[arg(long)]
    pub json: bool,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Marks {
    /// SERVICE:KIND:ID such as audius:track:D7KyD, a share link, or to be liked a file of yours, such as ./a.flac
    #[arg(required = true, value_name = "ITEM", value_parser = OsStringValueParser::new().try_map(thing_or_file))]
    pub targets: Vec<Target>,
    /// One JSON array, an object each: item, mark, on, words and waits (why the service does not know yet: null, or a fault),
    /// or item, mark, on and error
    #[arg(long)]
    pub json: bool,
}

#[derive(Args, Debug)]
#[command(override_usage = "segue service [--json] [SERVICE [CALL.. [--NAME VALUE]..]]")]
pub(in crate::cli) struct Service {
    /// A service, the name of one of its calls, and the call's values; without them all calls of all services
    /// are listed
    #[arg(
        value_name = "SERVICE [CALL.. [--NAME VALUE]..]",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub words: Vec<String>,
    /// The answer as JSON; may stand anywhere
    #[arg(long)]
    pub json: bool,
}

/// What a service has, or its address.
pub(super) fn thing(text: &str) -> Result<Target, String> {
    match text.parse() {
        Ok(Target::File(_) | Target::Part(_)) => {
            Err("write SERVICE:KIND:ID, as in audius:album:D7KyD, or the address of a page".to_owned())
        }
        Ok(target) => Ok(target),
        Err(error) => Err(error.to_string()),
    }
}

/// The same, or a file; one that lies here is written with a slash, so that a slip is no file.
fn thing_or_file(text: OsString) -> Result<Target, String> {
    let Some(words) = text.to_str() else { return target(text).map_err(|error| error.to_string()) };
    match words.parse() {
        Ok(target @ (Target::File(_) | Target::Part(_))) if words.contains('/') => Ok(target),
        _ => thing(words),
    }
}

fn filter(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(key, value)| !key.is_empty() && !value.is_empty());
    pair.map(|(key, value)| (key.to_owned(), value.to_owned())).ok_or_else(|| "write KEY=VALUE".to_owned())
}
