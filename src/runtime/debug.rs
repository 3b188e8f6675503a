//! `segue debug`: each stage alone, for bug reports and for tests.

use std::fs;
use std::path::Path;

use hound::{SampleFormat, WavSpec, WavWriter};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use serde_json::{Map, Value, json};
use tokio::sync::mpsc::Receiver;
use url::Url;

use crate::app::{Effect, Event, Msg, Start, State, parse_keys, update};
use crate::audio;
use crate::catalog::oauth1::{self, Unsigned};
use crate::model::{CleanText, Fault, FaultKind, OutputChoice, Secret, TrackRef, Volume, safe_file_name};
use crate::ui::{self, Theme};

use super::demo::Demo;
use super::hands::{Flow, Hands};
use super::panic::screen_is_taken;
use super::pictures::Pictures;
use super::probe::{self, json};
use super::profile::{Profile, RunAs};
use super::terminal::{Modes, Screen};
use super::wire_up::{self, Wired};

/// Reads a playlist and sums it up; `base` counts as the address it came from.
///
/// # Errors
/// When it cannot be had or is no playlist.
pub fn playlist(profile: &Profile, target: &TrackRef, base: Option<&Url>) -> Result<Value, Fault> {
    let tasks = super::tokio_runtime()?;
    json(&probe::playlist(profile, &tasks, target, base)?)
}

/// Decodes a file whole, to a WAV file where one is named.
///
/// # Errors
/// When the file cannot be decoded or the WAV file not written.
pub fn decode(profile: &Profile, file: &Path, wav: Option<&Path>) -> Result<Value, Fault> {
    let tasks = super::tokio_runtime()?;
    let streams = probe::streams(profile, &tasks);
    let media = probe::open(&streams, &TrackRef::File(file.to_owned()))?;
    let mut writer = None;
    let mut trouble = None;
    let summary = audio::decode_all(media, |chunk| {
        let Some(path) = wav.filter(|_| trouble.is_none()) else { return };
        if let Err(error) = write(&mut writer, path, &chunk) {
            trouble =
                Some(Fault::new(FaultKind::Other, format!("{} cannot be written: {error}", path.display())));
        }
    })
    .map_err(|error| error.fault())?;
    if let Some(fault) = trouble {
        return Err(fault);
    }
    if let (Some(writer), Some(path)) = (writer, wav) {
        writer.finalize().map_err(|error| {
            Fault::new(FaultKind::Other, format!("{} cannot be completed: {error}", path.display()))
        })?;
    }
    let mut told = json(&summary)?;
    if let Some(told) = told.as_object_mut() {
        told.insert("peak_rss_bytes".to_owned(), json!(peak_rss_bytes()));
    }
    Ok(told)
}

type Writer = WavWriter<std::io::BufWriter<fs::File>>;

fn write(writer: &mut Option<Writer>, path: &Path, chunk: &audio::Chunk<'_>) -> Result<(), hound::Error> {
    let writer = match writer {
        Some(writer) => writer,
        None => writer.insert(WavWriter::create(
            path,
            WavSpec {
                channels: u16::try_from(chunk.channels).unwrap_or(u16::MAX),
                sample_rate: chunk.rate.0,
                bits_per_sample: 32,
                sample_format: SampleFormat::Float,
            },
        )?),
    };
    chunk.samples.iter().try_for_each(|sample| writer.write_sample(*sample))
}

/// The most memory this process has had, where the system tells.
fn peak_rss_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// Signs a request with OAuth 1.0a (RFC 5849): `method`, `url`, `form_body` (an object, a list of
/// pairs, or an encoded text), `consumer_key`, `consumer_secret`, `token`, `token_secret`, and the
/// protocol's parameters in `oauth_params` or beside them as `oauth_...`.
///
/// # Errors
/// When the request lacks a method or address, or one of its parts has another form.
pub fn sign_oauth1(request: &Value) -> Result<Value, Fault> {
    let usage = |message: String| Fault::new(FaultKind::Usage, message);
    let fields = request.as_object().ok_or_else(|| usage("The request is not a JSON object".to_owned()))?;
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let url = text("url");
    let url = Url::parse(&url).map_err(|error| usage(format!("url {url:?} is not an address: {error}")))?;
    let method = text("method");
    if method.is_empty() {
        return Err(usage("The request names no method".to_owned()));
    }
    let form = match fields.get("form_body").or_else(|| fields.get("form")) {
        None | Some(Value::Null) => Vec::new(),
        Some(body) => {
            pairs(body).ok_or_else(|| usage("form_body is no object, list of pairs or text".to_owned()))?
        }
    };
    let signed = oauth1::sign(&Unsigned {
        method,
        url,
        form,
        oauth: oauth_parameters(fields),
        consumer_secret: Secret::new(text("consumer_secret")),
        token_secret: Secret::new(text("token_secret")),
    });
    Ok(json!({
        "normalized_params": signed.normalized_params,
        "base_string": signed.base_string,
        "signature": signed.signature,
        "authorization_header": signed.authorization_header,
    }))
}

fn oauth_parameters(fields: &Map<String, Value>) -> Vec<(String, String)> {
    let mut parameters = Vec::new();
    let named = |name: &str| {
        if name.starts_with("oauth_") || name == "realm" { name.to_owned() } else { format!("oauth_{name}") }
    };
    for holder in ["oauth_params", "oauth"] {
        let inner = fields.get(holder).and_then(pairs).unwrap_or_default();
        parameters.extend(inner.into_iter().map(|(name, value)| (named(&name), value)));
    }
    let beside = fields.iter().filter(|(name, _)| name.starts_with("oauth_") && *name != "oauth_params");
    parameters.extend(beside.filter_map(|(name, value)| Some((name.clone(), plain(value)?))));
    for short in
        ["consumer_key", "token", "nonce", "timestamp", "version", "signature_method", "callback", "verifier"]
    {
        let name = named(short);
        if let (Some(value), false) =
            (fields.get(short).and_then(plain), parameters.iter().any(|(known, _)| *known == name))
        {
            parameters.push((name, value));
        }
    }
    if !parameters.iter().any(|(name, _)| name == "oauth_signature_method") {
        parameters.push(("oauth_signature_method".to_owned(), "HMAC-SHA1".to_owned()));
    }
    // A token that is not there is not sent as an empty one.
    parameters
        .retain(|(name, value)| name != "oauth_signature" && !(name == "oauth_token" && value.is_empty()));
    parameters
}

fn pairs(value: &Value) -> Option<Vec<(String, String)>> {
    match value {
        Value::Object(fields) => {
            let mut pairs = Vec::new();
            for (name, value) in fields {
                match value {
                    Value::Array(values) => {
                        pairs.extend(values.iter().filter_map(plain).map(|value| (name.clone(), value)));
                    }
                    single => pairs.push((name.clone(), plain(single)?)),
                }
            }
            Some(pairs)
        }
        Value::Array(rows) => rows
            .iter()
            .map(|row| match row.as_array()?.as_slice() {
                [name, value] => Some((plain(name)?, plain(value)?)),
                _ => None,
            })
            .collect(),
        Value::String(encoded) => {
            Some(url::form_urlencoded::parse(encoded.as_bytes()).into_owned().collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A text as the screen shows it, and its width in cells.
pub fn clean_for_screen(raw: &str) -> Value {
    let text = CleanText::new(raw);
    json!({ "text": text, "cells": ui::cells(text.as_str()) })
}

/// A text as a file name, and its width in cells.
pub fn clean_for_file(raw: &str) -> Value {
    let text = safe_file_name(raw);
    json!({ "cells": ui::cells(&text), "text": text })
}

/// The screens that keys lead to, one for the start and one for each key, from the demo's state. Every
/// answer is waited for; nothing is heard.
///
/// # Errors
/// When `keys` names no keys, or the demo cannot be started.
pub fn render(keys: &str, size: (u16, u16)) -> Result<Value, Fault> {
    let chords = parse_keys(keys).map_err(|problem| Fault::new(FaultKind::Usage, problem))?;
    let tasks = super::tokio_runtime()?;
    let mut profile = Profile::load(RunAs { demo: true, offline: false })?;
    let _demo = Demo::begin(&mut profile, &tasks)?;
    let wired = wire_up::wire_up(&profile, OutputChoice::Null, Volume::FULL, false, tasks.handle())?;
    let Wired { hands, events, services, left, .. } = wired;
    let (columns, rows) = size;
    let volume = profile.settings.player.volume;
    let start =
        Start { services, session: left.session, volume, demo: true, columns, rows, ..Start::default() };
    let (state, effects) = State::new(start);
    let mut picture = Picture { state, hands, events };
    let mut screens = Vec::new();
    tasks.block_on(picture.settle(effects));
    screens.push(json!({ "after": "", "lines": picture.lines(size)? }));
    for chord in chords {
        let effects = update(&mut picture.state, Msg::Key(chord));
        tasks.block_on(picture.settle(effects));
        screens.push(json!({ "after": chord.to_string(), "lines": picture.lines(size)? }));
    }
    Ok(json!({ "columns": columns, "rows": rows, "screens": screens }))
}

struct Picture {
    state: State,
    hands: Hands,
    events: Receiver<Event>,
}

impl Picture {
    /// Carries out what leads to pictures, and takes in every answer. Time stands still: what waits for
    /// it comes at once, and no sound is made.
    async fn settle(&mut self, effects: Vec<Effect>) {
        let mut waiting = 0_usize;
        let mut todo = effects;
        loop {
            let mut elapsed = Vec::new();
            for effect in todo.drain(..) {
                match effect {
                    // Notices would vanish before they are seen; only the search waits for a pause.
                    Effect::Wait { ticket, delay_ms } if delay_ms < 1000 => {
                        elapsed.push(Event::Elapsed(ticket));
                    }
                    Effect::Search { .. } | Effect::Browse { .. } => {
                        waiting += 1;
                        let Flow::GoOn = self.hands.perform(effect) else { continue };
                    }
                    _ => {}
                }
            }
            for event in elapsed {
                todo.extend(update(&mut self.state, Msg::Event(event)));
            }
            if !todo.is_empty() {
                continue;
            }
            if waiting == 0 {
                return;
            }
            let Some(event) = self.events.recv().await else { return };
            waiting -= usize::from(matches!(event, Event::Searched { .. } | Event::Browsed { .. }));
            todo.extend(update(&mut self.state, Msg::Event(event)));
        }
    }

    fn lines(&self, (columns, rows): (u16, u16)) -> Result<Vec<String>, Fault> {
        let failed = |error: &dyn std::fmt::Display| {
            Fault::new(FaultKind::Other, format!("Nothing can be drawn: {error}"))
        };
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).map_err(|error| failed(&error))?;
        let theme = Theme::plain();
        terminal.draw(|frame| _ = ui::draw(frame, &self.state, &theme)).map_err(|error| failed(&error))?;
        let buffer = terminal.backend().buffer();
        Ok((0..rows).map(|row| line_of(buffer, row)).collect())
    }
}

/// A row as text. A wide character fills the cells after its own.
fn line_of(buffer: &Buffer, row: u16) -> String {
    let mut line = String::new();
    let mut column = 0;
    while column < buffer.area.width {
        let symbol = buffer.cell((column, row)).map_or(" ", Cell::symbol);
        line.push_str(symbol);
        column += u16::try_from(ui::cells(symbol)).unwrap_or(1).max(1);
    }
    line.truncate(line.trim_end().len());
    line
}

/// Takes the screen and fails on purpose with these words, to show that the terminal comes back.
///
/// # Errors
/// When there is no terminal to take.
pub fn panic_on_screen(words: &str) -> Result<(), Fault> {
    let failed = |error| Fault::new(FaultKind::Other, format!("The terminal cannot be taken: {error}"));
    let mut screen = Screen::take(Modes { mouse: true, ordered: true }).map_err(failed)?;
    screen_is_taken(true);
    screen.draw((&mut Pictures::new().0, None), None, |_| None).map_err(failed)?;
    while screen.is_busy() {
        std::thread::yield_now();
    }
    fail_on_purpose(words)
}

#[expect(clippy::panic, reason = "that is what it is for")]
fn fail_on_purpose(words: &str) -> Result<(), Fault> {
    panic!("{words}")
}
