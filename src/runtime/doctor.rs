//! Examines everything that must be right for music to be heard, and says what to do where it is not.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use crate::app::Keymap;
use crate::catalog::Catalog;
use crate::library::{self, Condition, SCHEMA_VERSION};
use crate::model::{CleanText, Fault, SignIn};

use super::demo::Demo;
use super::devices::devices;
use super::log;
use super::looks::{load_themes, unknown_theme};
use super::paths::make_private_folder;
use super::profile::Profile;
use super::wire_up;

/// Longest wait for one service.
const SERVICE_LIMIT: Duration = Duration::from_secs(10);

/// How well something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// As it should be.
    Good,
    /// Works, and could be better.
    Note,
    /// Something will not work.
    Bad,
}

/// One thing that was examined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was examined.
    pub subject: CleanText,
    /// How well it is.
    pub health: Health,
    /// What was found.
    pub words: CleanText,
    /// What to do, if anything.
    pub hint: Option<CleanText>,
}

impl Finding {
    fn new(subject: &str, health: Health, words: impl AsRef<str>) -> Self {
        Self { subject: subject.into(), health, words: CleanText::new(words), hint: None }
    }

    fn of(subject: &str, fault: Fault) -> Self {
        // Services put their name before what they say; the subject has said it.
        let message = fault.message.as_str();
        let message =
            message.strip_prefix(subject).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(message);
        let fault = Fault { message: message.into(), ..fault };
        Self { subject: subject.into(), health: Health::Bad, words: fault.message, hint: fault.hint }
    }

    fn hint(mut self, hint: impl AsRef<str>) -> Self {
        self.hint = Some(CleanText::new(hint));
        self
    }
}

/// Examines configuration, folders, database, sound, terminal and every service.
pub fn examine(profile: &Profile) -> Result<Vec<Finding>, Fault> {
    let mut findings = configuration(profile);
    findings.extend(folders(profile));
    findings.push(database(&profile.paths.library_file()));
    findings.push(sound(profile));
    findings.push(terminal());
    log::start(&profile.paths.log_file(), profile.settings.log.level);
    let tasks = super::tokio_runtime()?;
    let mut profile = profile.clone();
    let _demo = Demo::begin(&mut profile, &tasks)?;
    findings.extend(tasks.block_on(services(&wire_up::catalogs(&profile, Box::new(|_, _| ())))));
    Ok(findings)
}

fn configuration(profile: &Profile) -> Vec<Finding> {
    let file = profile.paths.config_file();
    let (_, keys) = Keymap::new(profile.settings.keys_preset, &profile.settings.keys);
    let (themes, looks) = load_themes(&profile.paths);
    let unknown = unknown_theme(&themes, &profile.settings.screen.theme);
    let told: Vec<_> = profile.warnings.iter().chain(&keys).chain(&looks).chain(&unknown).cloned().collect();
    if told.is_empty() {
        let words = if file.exists() {
            format!("{} is good", file.display())
        } else {
            format!("there is no {}; every setting has its default", file.display())
        };
        return vec![Finding::new("configuration", Health::Good, words)];
    }
    told.into_iter()
        .map(|fault| Finding { health: Health::Note, ..Finding::of("configuration", fault) })
        .collect()
}

fn folders(profile: &Profile) -> Vec<Finding> {
    let paths = &profile.paths;
    let rows = [
        ("config folder", &paths.config),
        ("data folder", &paths.data),
        ("cache folder", &paths.cache),
        ("state folder", &paths.state),
    ];
    rows.into_iter().map(|(subject, path)| folder(subject, path)).collect()
}

/// Whether things can be kept there: tried by keeping something.
fn folder(subject: &str, path: &Path) -> Finding {
    let probe = path.join(".segue-doctor");
    match make_private_folder(path)
        .and_then(|()| fs::write(&probe, b"x"))
        .and_then(|()| fs::remove_file(&probe))
    {
        Ok(()) => Finding::new(subject, Health::Good, format!("{} can be written", path.display())),
        Err(error) => {
            Finding::new(subject, Health::Bad, format!("{} cannot be written: {error}", path.display()))
                .hint("Check its owner and permissions, or set the SEGUE_..._DIR variables")
        }
    }
}

fn database(path: &Path) -> Finding {
    let subject = "database";
    match library::examine(path) {
        Ok(Condition::Missing) => {
            Finding::new(subject, Health::Good, "none yet; it is made at the first start")
        }
        Ok(Condition::Whole { version }) if version <= SCHEMA_VERSION => {
            let words = format!("{} is whole, version {version}", path.display());
            match library::why_no_log(path) {
                None => Finding::new(subject, Health::Good, words),
                Some(why) => Finding::new(
                    subject,
                    Health::Note,
                    format!("{words}; written the slower way, since {why}"),
                )
                .hint(
                    "Use Segue on one machine at a time there, or set SEGUE_DATA_DIR to a folder on this one",
                ),
            }
        }
        Ok(Condition::Whole { version }) => Finding::new(
            subject,
            Health::Bad,
            format!("version {version} is newer than this program's {SCHEMA_VERSION}"),
        )
        .hint("Update Segue"),
        Ok(Condition::Damaged(verdict)) => {
            Finding::new(subject, Health::Bad, format!("{} is damaged: {verdict}", path.display()))
                .hint("Move it away; it is made anew")
        }
        Err(error) => Finding::of(subject, error.fault()),
    }
}

fn sound(profile: &Profile) -> Finding {
    match devices(profile) {
        Ok(found) if found.is_empty() => {
            Finding::new("sound", Health::Note, "no audio device; Segue plays silently until one appears")
        }
        Ok(found) => {
            let names: Vec<_> = found.iter().map(|device| device.name.as_str()).collect();
            Finding::new("sound", Health::Good, names.join(", "))
        }
        Err(fault) => Finding { health: Health::Note, ..Finding::of("sound", fault) },
    }
}

fn terminal() -> Finding {
    let subject = "terminal";
    if !io::stdout().is_terminal() {
        return Finding::new(subject, Health::Note, "standard output is not a terminal");
    }
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let term = variable("TERM");
    if matches!(term.as_str(), "" | "dumb") {
        return Finding::new(subject, Health::Bad, format!("TERM is {term:?}: no screen can be drawn"))
            .hint("Use another terminal, or segue play");
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].map(variable).into_iter().find(|value| !value.is_empty());
    let utf8 = locale.unwrap_or_default().to_ascii_uppercase().replace('-', "").contains("UTF8");
    let colour = match variable("COLORTERM").as_str() {
        "truecolor" | "24bit" => "true colour",
        _ if term.contains("256") => "256 colours",
        _ => "16 colours",
    };
    let size =
        crossterm::terminal::size().map_or_else(|_| "unknown size".to_owned(), |(w, h)| format!("{w}x{h}"));
    let finding = Finding::new(subject, Health::Good, format!("{term}, {size}, {colour}"));
    if utf8 {
        return finding;
    }
    Finding { health: Health::Note, ..finding }
        .hint("The locale is not UTF-8: titles may look wrong; set LANG=C.UTF-8")
}

async fn services(catalogs: &[Arc<dyn Catalog>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for catalog in catalogs {
        let name = catalog.name();
        if let Err(error) = catalog.restore().await {
            findings.push(Finding::of(name, error.fault()));
        }
        findings.push(match catalog.capabilities().sign_in {
            SignIn::Missing(what) => Finding::new(name, Health::Note, "not set up").hint(what),
            SignIn::NotNeeded | SignIn::Ready => {
                match tokio::time::timeout(SERVICE_LIMIT, catalog.ping()).await {
                    Ok(Ok(())) => Finding::new(name, Health::Good, "answers"),
                    Ok(Err(error)) => Finding::of(name, error.fault()),
                    Err(_) => Finding::new(name, Health::Bad, "did not answer in 10 s")
                        .hint("Check your connection"),
                }
            }
        });
    }
    findings
}
