//! `segue service`: calls that no screen offers.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{self, ExitCode};

use serde_json::{Value, json};

use crate::cli::args::{Play, Service, Sound};
use crate::cli::commands::play;
use crate::cli::{facts, text};
use crate::model::{
    CleanText, Excerpt, Fault, FaultKind, Link, ServiceId, Special, SpecialAnswer, Then, safe_file_name,
};
use crate::runtime::{Browser, Profile, RunAs, Shelves, Target, make_private_folder};

pub(in crate::cli) fn run(arguments: Service, run_as: RunAs) -> Result<ExitCode, Fault> {
    let mut line = Line::read(arguments.words)?;
    let json = arguments.json || line.json;
    let profile = Profile::load(RunAs { demo: run_as.demo || line.demo, ..run_as })?;
    // Its warnings are told once.
    let quiet = Profile { warnings: Vec::new(), ..profile.clone() };
    let shelves = super::open_shelves(profile)?;
    let Some(service) = line.service.clone() else {
        list(&shelves, json, |_| true);
        return Ok(ExitCode::SUCCESS);
    };
    let specials = shelves.specials_of(&service)?;
    line.settle(specials);
    let group = format!("{} ", line.call);
    let is_call = specials.iter().any(|special| special.name == line.call);
    let is_group = specials.iter().any(|special| special.name.starts_with(&group));
    if line.help || line.call.is_empty() || (is_group && !is_call && line.values.is_empty()) {
        list(&shelves, json, |(id, special)| {
            let wanted =
                line.call.is_empty() || special.name == line.call || special.name.starts_with(&group);
            *id == service && wanted
        });
        return Ok(ExitCode::SUCCESS);
    }
    let SpecialAnswer { value, then } = shelves.special(&service, &line.call, &line.values)?;
    drop(shelves);
    if json {
        text::pretty_json(&value);
    } else {
        facts::print_tree(&value, "");
    }
    let output = line.values.iter().find(|(name, _)| name == "output").map(|(_, file)| Path::new(file));
    match (then, output) {
        (Some(Then::Visit(Link(page))), _) if !json => {
            if let Err(error) = Browser::of_listener().open(&page) {
                text::error_line(&format!("segue: {error}"));
            }
        }
        (Some(Then::Hear(excerpt)), Some(file)) => keep(&excerpt, file)?,
        (Some(Then::Hear(excerpt)), None) if !json => return hear(&excerpt, &line.title(), quiet),
        (None, Some(_)) => return Err(Fault::new(FaultKind::NotFound, "What came is no sound to be kept")),
        (_, _) => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes it to a file that is not there yet.
fn keep(excerpt: &Excerpt, file: &Path) -> Result<(), Fault> {
    let written = File::create_new(file).and_then(|mut file| file.write_all(&excerpt.bytes));
    written.map_err(|error| {
        let words = format!("{} cannot be written: {error}", file.display());
        Fault::new(FaultKind::Other, words)
    })
}

/// Plays it, by way of a file of this run's own, whose name is the title.
fn hear(excerpt: &Excerpt, title: &str, profile: Profile) -> Result<ExitCode, Fault> {
    let folder = profile.paths.cache.join(format!("excerpt-{}", process::id()));
    // Left by a run that was killed, long ago.
    let _ = fs::remove_dir_all(&folder);
    make_private_folder(&folder).map_err(|error| {
        Fault::new(FaultKind::Other, format!("{} cannot be made: {error}", folder.display()))
    })?;
    let file = folder.join(safe_file_name(title));
    keep(excerpt, &file)?;
    let sound = Sound { output: None, start: None };
    let played = play::run_with(
        profile,
        Play { locators: vec![Target::File(file)], playlists: Vec::new(), sound, json: false },
    );
    let _ = fs::remove_dir_all(&folder);
    played
}

/// What was typed behind `service`.
#[derive(Debug, Default, PartialEq)]
struct Line {
    service: Option<ServiceId>,
    /// The words of the call with a space between them.
    call: String,
    values: Vec<(String, String)>,
    json: bool,
    demo: bool,
    help: bool,
}

impl Line {
    /// Options are told apart from values here, since only the service knows their names.
    fn read(words: Vec<String>) -> Result<Self, Fault> {
        let mut line = Self::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            match word.strip_prefix("--").map(|option| option.split_once('=').unwrap_or((option, ""))) {
                _ if word == "-h" => line.help = true,
                Some(("json", "")) => line.json = true,
                Some(("demo", "")) => line.demo = true,
                Some(("help", "")) => line.help = true,
                Some((name, value)) if word.contains('=') => {
                    line.values.push((name.to_owned(), value.to_owned()));
                }
                Some((name, _)) => {
                    let value = words.next().ok_or_else(|| usage(format!("--{name} needs a value")))?;
                    line.values.push((name.to_owned(), value));
                }
                None if line.service.is_none() => line.service = Some(word.parse().map_err(usage)?),
                None if line.call.is_empty() => line.call = word,
                None => line.call = format!("{} {word}", line.call),
            }
        }
        Ok(line)
    }

    /// What was asked for, in a line: `audiomack preview 14216001`.
    fn title(&self) -> String {
        let values = self.values.iter().map(|(_, value)| value.as_str());
        let service = self.service.as_ref().map_or("", ServiceId::as_str);
        [service, &self.call].into_iter().chain(values).collect::<Vec<_>>().join(" ")
    }

    /// Of a call that needs just one value, the value may be the last word.
    fn settle(&mut self, specials: &[Special]) {
        let Some((call, value)) = self.call.rsplit_once(' ') else { return };
        if specials.iter().any(|special| special.name == self.call) {
            return;
        }
        let Some(special) = specials.iter().find(|special| special.name == call) else { return };
        let needed: Vec<&str> = special.values.iter().filter_map(|name| name.strip_suffix('!')).collect();
        if let [name] = needed.as_slice() {
            self.values.push(((*name).to_owned(), value.to_owned()));
            self.call = call.to_owned();
        }
    }
}

fn usage(words: String) -> Fault {
    Fault::new(FaultKind::Usage, words)
}

/// Tells the calls that are wanted, with their words.
fn list(shelves: &Shelves, json: bool, wanted: impl Fn((&ServiceId, &Special)) -> bool) {
    let found: Vec<_> = shelves
        .specials()
        .into_iter()
        .flat_map(|(service, name, specials)| {
            specials.iter().map(move |special| (service.clone(), name.clone(), special))
        })
        .filter(|(service, _, special)| wanted((service, special)))
        .collect();
    if json {
        text::json(&found.iter().map(call_json).collect::<Vec<_>>());
        return;
    }
    if found.is_empty() {
        text::error_line("segue: There are no special calls here.");
    }
    for (service, _, special) in &found {
        let values: String = special.values.iter().map(|value| shown(value)).collect();
        text::line(&format!("segue service {service} {}{values}", special.name));
        text::line(&format!("    {}", special.words));
    }
}

/// ` --name NAME`, in brackets when it may be left out.
fn shown(value: &str) -> String {
    let name = typed(value);
    let option = format!("--{name} {}", name.to_uppercase().replace('-', "_"));
    if value.ends_with('!') { format!(" {option}") } else { format!(" [{option}]") }
}

/// The name as it is typed: with dashes, though underscores are taken too.
fn typed(value: &str) -> String {
    value.trim_end_matches('!').replace('_', "-")
}

fn call_json((service, name, special): &(ServiceId, CleanText, &'static Special)) -> Value {
    let values: Vec<_> = special
        .values
        .iter()
        .map(|value| json!({ "name": typed(value), "needed": value.ends_with('!') }))
        .collect();
    json!({
        "service": service,
        "service_title": name,
        "call": special.name,
        "words": special.words,
        "values": values,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        words: &[&str],
        service: Option<&'static str>,
        call: &str,
        values: &[(&str, &str)],
        flags: &str,
    ) {
        let line = Line::read(words.iter().map(|word| (*word).to_owned()).collect()).unwrap();
        let told: Vec<_> = line.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(line.service, service.map(ServiceId::known), "{words:?}");
        assert_eq!((line.call.as_str(), told.as_slice()), (call, values), "{words:?}");
        let found: String = [(line.json, 'j'), (line.demo, 'd'), (line.help, 'h')]
            .into_iter()
            .filter_map(|(is_set, letter)| is_set.then_some(letter))
            .collect();
        assert_eq!(found, flags, "{words:?}");
    }

    #[test]
    fn words_and_values_are_told_apart() {
        check(&[], None, "", &[], "");
        check(&["audius"], Some("audius"), "", &[], "");
        check(&["audius", "metrics", "--json"], Some("audius"), "metrics", &[], "j");
        let users = [("limit", "5"), ("offset", "-1")];
        check(
            &["yourmusic", "admin", "users", "--limit", "5", "--demo", "--offset=-1"],
            Some("yourmusic"),
            "admin users",
            &users,
            "d",
        );
        check(&["yourmusic", "--q", "--x", "go"], Some("yourmusic"), "go", &[("q", "--x")], "");
        check(&["--demo", "audius", "-h"], Some("audius"), "", &[], "dh");
        let specials = [
            Special { name: "pinned", words: "", values: &["artist"] },
            Special { name: "pinned add", words: "", values: &["items!", "output"] },
            Special { name: "two", words: "", values: &["a!", "b!"] },
        ];
        let settled = |call: &str| {
            let mut line = Line { call: call.to_owned(), ..Line::default() };
            line.settle(&specials);
            (line.call, line.values)
        };
        let items = vec![("items".to_owned(), "7".to_owned())];
        assert_eq!(settled("pinned add 7"), ("pinned add".to_owned(), items));
        for call in ["pinned", "pinned add", "pinned 7", "two 7", "other 7", ""] {
            assert_eq!(settled(call), (call.to_owned(), Vec::new()));
        }
        for words in [&["audius", "metrics", "--limit"][..], &["No Service"]] {
            let words = words.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(Line::read(words).unwrap_err().kind, FaultKind::Usage);
        }
    }
}
