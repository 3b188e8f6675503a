//! `segue accounts`, `segue login` and `segue logout`: the same talk as on the screen, line by line.

use std::sync::Arc;

use futures_util::FutureExt;
use serde::Serialize;
use tokio::sync::mpsc::{self, Receiver, Sender};
use url::Url;

use crate::catalog::Catalog;
use crate::model::{
    CleanText, Fault, FaultKind, Field, Form, Retry, ServiceId, SignIn, SignInAnswer, SignInStep,
};
use crate::runtime::ask::find;
use crate::runtime::demo::Demo;
use crate::runtime::profile::Profile;
use crate::runtime::sign_in::Browser;
use crate::runtime::signals::Signals;
use crate::runtime::{log, tokio_runtime, wire_up};

use super::lines::{Lines, Unseen};
use super::talk::{Asked, hold};

/// Refused answers before the command gives up.
const MOST_TRIES: u8 = 3;

/// A service and who is signed in there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountRow {
    /// Its short name, as in `segue login SERVICE`.
    pub service: ServiceId,
    /// Its own spelling.
    pub name: CleanText,
    /// Who is signed in.
    pub who: Option<CleanText>,
    /// How one can sign in.
    pub way: Option<CleanText>,
    /// What must be done before anything of it works.
    pub missing: Option<CleanText>,
}

/// What there is to tell during a sign-in.
#[derive(Clone, Debug, PartialEq)]
pub enum LogInNews {
    /// What the service says.
    Words(CleanText),
    /// Where to go with a browser.
    Address(Url),
    /// What is to be typed now.
    Prompt(String),
    /// What did not work, and goes on.
    Warning(Fault),
}

/// How a sign-in ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogInEnd {
    /// Somebody is signed in at the service of this name.
    Done {
        /// The service's own spelling.
        name: CleanText,
        /// Who.
        who: CleanText,
    },
    /// A signal of this number came.
    Signal(u8),
}

/// Every service with who is signed in there.
pub fn accounts(
    profile: Profile,
    warn: impl Fn(Fault) + Send + Sync + 'static,
) -> Result<Vec<AccountRow>, Fault> {
    let warn: Warn = Arc::new(warn);
    with_services(profile, Arc::clone(&warn), async |catalogs| {
        let mut rows = Vec::new();
        for catalog in catalogs {
            take_up(&*catalog, &warn).await;
            let capabilities = catalog.capabilities();
            rows.push(AccountRow {
                service: catalog.id(),
                name: catalog.name().into(),
                who: capabilities.account.who,
                way: capabilities.account.way,
                missing: match capabilities.sign_in {
                    SignIn::Missing(what) => Some(what),
                    SignIn::NotNeeded | SignIn::Ready => None,
                },
            });
        }
        Ok(rows)
    })
}

/// Signs out; gives the service's own spelling, and whether anybody was signed in.
pub fn log_out(
    profile: Profile,
    service: &ServiceId,
    warn: impl Fn(Fault) + Send + Sync + 'static,
) -> Result<(CleanText, bool), Fault> {
    let warn: Warn = Arc::new(warn);
    with_services(profile, Arc::clone(&warn), async |catalogs| {
        let catalog = find(&catalogs, service)?;
        take_up(&**catalog, &warn).await;
        let was = catalog.capabilities().account.who.is_some();
        catalog.sign_out().await.map_err(|error| error.fault())?;
        Ok((catalog.name().into(), was))
    })
}

/// Signs in, asking on standard input. `browser`: the address is opened here, and the browser comes back by
/// itself; without it the address is told for a browser that may be elsewhere, and a code is asked for.
pub fn log_in(
    profile: Profile,
    service: &ServiceId,
    browser: bool,
    news: impl Fn(LogInNews) + Send + Sync + 'static,
) -> Result<LogInEnd, Fault> {
    let news = Arc::new(news);
    let warnings = Arc::clone(&news);
    let warn: Warn = Arc::new(move |fault| warnings(LogInNews::Warning(fault)));
    with_services(profile, Arc::clone(&warn), async |catalogs| {
        let trouble = |error: std::io::Error| Fault::new(FaultKind::Other, error.to_string());
        let catalog = Arc::clone(find(&catalogs, service)?);
        let name = CleanText::from(catalog.name());
        take_up(&*catalog, &warn).await;
        let capabilities = catalog.capabilities();
        if capabilities.account.way.is_none() {
            let fault =
                Fault::new(FaultKind::Usage, format!("There is no way to sign in to {name} from here"));
            return Err(match capabilities.sign_in {
                SignIn::Missing(what) => fault.hint(what),
                SignIn::NotNeeded | SignIn::Ready => fault,
            });
        }
        let mut signals = Signals::listen().map_err(trouble)?;
        let (answers, to_service) = mpsc::channel(1);
        let (tell, asked) = mpsc::channel(1);
        let talk = tokio::spawn(hold(catalog, browser, to_service, move |step| {
            let tell = tell.clone();
            // Nobody listens any more: the talk ends by itself.
            async move { tell.send(step).await.unwrap_or_default() }.boxed()
        }));
        let mut asking =
            Asking { lines: Lines::start().map_err(trouble)?, answers, asked, browser, news: &*news };
        let end = tokio::select! {
            biased;
            number = signals.next() => Ok(LogInEnd::Signal(number)),
            end = asking.run() => end.map(|who| LogInEnd::Done { name, who }),
        };
        talk.abort();
        end
    })
}

/// Runs `work` with the services of a profile.
fn with_services<T>(
    mut profile: Profile,
    warn: Warn,
    work: impl AsyncFnOnce(Vec<Arc<dyn Catalog>>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    log::start(&profile.paths.log_file(), profile.settings.log.level);
    for fault in profile.warnings.drain(..) {
        warn(fault);
    }
    let tasks = tokio_runtime()?;
    let _demo = Demo::begin(&mut profile, &tasks)?;
    let done = tasks.block_on(work(wire_up::catalogs(&profile, Box::new(move |_, fault| warn(fault)))));
    tasks.shutdown_background();
    done
}

async fn take_up(catalog: &dyn Catalog, warn: &Warn) {
    if let Err(error) = catalog.restore().await {
        warn(error.fault());
    }
}

/// Tells the listener of something that is not as it should be.
type Warn = Arc<dyn Fn(Fault) + Send + Sync>;

/// What came of a form.
enum Filled {
    /// All lines.
    Whole(Vec<(String, crate::model::Secret)>),
    /// The service spoke before: the browser came back.
    Overtaken(Option<Asked>),
}

struct Asking<'n> {
    lines: Lines,
    answers: Sender<SignInAnswer>,
    asked: Receiver<Asked>,
    browser: bool,
    news: &'n (dyn Fn(LogInNews) + Send + Sync),
}

impl Asking<'_> {
    async fn run(&mut self) -> Result<CleanText, Fault> {
        let mut form: Option<Form> = None;
        let mut away = false;
        let mut tries = 0;
        let mut refused: Option<Fault> = None;
        let mut next = self.asked.recv().await;
        loop {
            match next.take() {
                // One that lasts until the program ends is none here: it ends now.
                Some(Ok(SignInStep::Done { who, unkept })) => return unkept.map_or(Ok(who), Err),
                Some(Ok(SignInStep::Form(asked))) => {
                    self.say(&asked.words);
                    (form, away, tries) = (Some(asked), false, 0);
                }
                Some(Ok(SignInStep::Visit { address, code })) => {
                    self.visit(address).await;
                    if let Some(code) = &code {
                        self.say(&code.words);
                    }
                    (form, away, tries) = (code, true, 0);
                }
                Some(Err(fault)) => {
                    tries += u8::from(fault.retry == Retry::Never);
                    if form.is_none() || tries >= MOST_TRIES {
                        return Err(fault);
                    }
                    (self.news)(LogInNews::Warning(fault.clone()));
                    refused = Some(fault);
                }
                None => return Err(Fault::new(FaultKind::Other, "The sign-in ended by itself")),
            }
            next = match &form {
                None => self.asked.recv().await,
                Some(form) => match self.fill(form, away, refused.as_ref()).await? {
                    Filled::Whole(pairs) => {
                        // A talk that ended tells so below.
                        let _ = self.answers.send(SignInAnswer::Form(pairs)).await;
                        self.asked.recv().await
                    }
                    Filled::Overtaken(asked) => asked,
                },
            };
        }
    }

    fn say(&self, words: &CleanText) {
        if !words.is_empty() {
            (self.news)(LogInNews::Words(words.clone()));
        }
    }

    async fn visit(&self, address: Url) {
        (self.news)(LogInNews::Address(address.clone()));
        if self.browser {
            let opened = tokio::task::spawn_blocking(move || Browser::of_listener().open(&address)).await;
            if let Ok(Err(error)) = opened {
                (self.news)(LogInNews::Warning(Fault::new(FaultKind::Other, error.to_string())));
            }
        }
    }

    /// Asks for every line. `away`: the browser may come back first.
    async fn fill(&mut self, form: &Form, away: bool, refused: Option<&Fault>) -> Result<Filled, Fault> {
        let mut pairs = Vec::new();
        for field in &form.fields {
            loop {
                // Before anything can be typed.
                let _unseen = field.hidden.then(Unseen::begin);
                (self.news)(LogInNews::Prompt(prompt(field)));
                let line = tokio::select! {
                    biased;
                    asked = self.asked.recv(), if away => return Ok(Filled::Overtaken(asked)),
                    line = self.lines.next() => line,
                };
                match line {
                    Ok(Some(value)) if value.reveal().trim().is_empty() && !field.optional => {}
                    Ok(Some(value)) => {
                        pairs.push((field.key.to_owned(), value));
                        break;
                    }
                    // Nothing will be typed; the browser is waited for.
                    Ok(None) if away => return Ok(Filled::Overtaken(self.asked.recv().await)),
                    Ok(None) => {
                        let words = format!("Standard input ended before this was given: {}", field.label);
                        return Err(refused.cloned().unwrap_or_else(|| Fault::new(FaultKind::Usage, words)));
                    }
                    Err(error) => {
                        let words = format!("Standard input cannot be read: {error}");
                        return Err(Fault::new(FaultKind::Usage, words));
                    }
                }
            }
        }
        Ok(Filled::Whole(pairs))
    }
}

fn prompt(field: &Field) -> String {
    let aside = match (field.example, field.optional) {
        ("", true) => " (may stay empty)".to_owned(),
        ("", false) => String::new(),
        (example, true) => format!(" (such as {example}; may stay empty)"),
        (example, false) => format!(" (such as {example})"),
    };
    format!("{}{aside}:", field.label)
}
