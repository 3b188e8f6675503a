//! `segue service`: calls that no screen offers.

use std::process::ExitCode;

use serde_json::{Value, json};

use crate::cli::args::Service;
use crate::cli::{facts, text};
use crate::model::{CleanText, Fault, FaultKind, ServiceId, Special};
use crate::runtime::{Profile, Shelves};

pub(in crate::cli) fn run(arguments: Service, demo: bool) -> Result<ExitCode, Fault> {
    let line = Line::read(arguments.words)?;
    let json = arguments.json || line.json;
    let shelves = super::open_shelves(Profile::load(demo || line.demo)?)?;
    let Some(service) = line.service else {
        list(&shelves, json, |_| true);
        return Ok(ExitCode::SUCCESS);
    };
    let specials = shelves.specials_of(&service)?;
    let group = format!("{} ", line.call);
    let is_group = specials.iter().any(|special| special.name.starts_with(&group));
    if line.help || line.call.is_empty() || (is_group && line.values.is_empty()) {
        list(&shelves, json, |(id, special)| {
            let wanted =
                line.call.is_empty() || special.name == line.call || special.name.starts_with(&group);
            *id == service && wanted
        });
        return Ok(ExitCode::SUCCESS);
    }
    let answer = shelves.special(&service, &line.call, &line.values)?;
    if json {
        text::pretty_json(&answer);
    } else {
        facts::print_tree(&answer, "");
    }
    Ok(ExitCode::SUCCESS)
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
        for words in [&["audius", "metrics", "--limit"][..], &["No Service"]] {
            let words = words.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(Line::read(words).unwrap_err().kind, FaultKind::Usage);
        }
    }
}
