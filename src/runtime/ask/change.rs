//! Likes, reposts and follows.

use std::path::Path;

use crate::catalog::Catalog;
use crate::model::{CleanText, Fault, FaultKind, Item, ItemRef, Kind, Mark, MarkWish, SignIn, TrackRef};
use crate::runtime::outbox::can_wait;

use super::target::Target;
use super::{Shelves, find};

impl Mark {
    fn verb(self) -> &'static str {
        match self {
            Self::Like => "like",
            Self::Repost => "repost",
            Self::Follow => "follow",
        }
    }

    fn past(self) -> &'static str {
        match self {
            Self::Like => "liked",
            Self::Repost => "reposted",
            Self::Follow => "followed",
        }
    }
}

/// A mark that was put on a thing, or taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    /// What it was put on.
    pub item: ItemRef,
    /// What was done, in a sentence without its final stop.
    pub words: CleanText,
    /// Why the service does not know yet: it is kept on this machine and sent later.
    pub waits: Option<Fault>,
}

impl Shelves {
    /// Puts a mark on a thing, or takes it away, and says what was done. What a service cannot be told now is kept, and sent
    /// with whatever else waits.
    ///
    /// # Errors
    /// Of kind `SignInNeeded` when somebody must sign in first.
    pub fn mark(&self, mark: Mark, on: bool, target: &Target) -> Result<Marked, Fault> {
        let (item, told) = self.tasks.block_on(async {
            let item = match target {
                Target::Item(item) => item.clone(),
                Target::File(path) => own(mark, &TrackRef::File(path.clone()))?,
                Target::Part(part) => own(mark, &TrackRef::Part(part.clone()))?,
                Target::Link(_) => reference(&self.find_item(target).await?.1)?,
            };
            let catalog = find(&self.catalogs, &item.service)?;
            check(&**catalog, mark, item.kind)?;
            let told = catalog.change(&mark.change(item.clone(), on)).await;
            Ok::<_, Fault>((item, told.map_err(|error| error.fault())))
        })?;
        let catalog = find(&self.catalogs, &item.service)?;
        let wish = MarkWish { title: item.to_string().into(), item: item.clone(), mark, on };
        let is_local = catalog.capabilities().is_local;
        let waits = match told {
            Ok(_) => {
                // What was wanted before is over.
                if !is_local && self.library.exists() {
                    self.with_library(|library| library.forget_mark(&wish))?;
                }
                None
            }
            Err(fault) if !is_local && can_wait(&fault) => {
                // Where it cannot be kept, what the service said is what there is to tell.
                match self.with_library(|library| library.keep_mark(&wish)) {
                    Ok(()) => Some(fault),
                    Err(_) => return Err(fault),
                }
            }
            Err(fault) => return Err(fault),
        };
        let now = if on { "is now" } else { "is no longer" };
        let (past, name) = (mark.past(), catalog.name());
        let words = match &waits {
            None => format!("{item} {now} {past} at {name}"),
            Some(_) => format!(
                "{item} {now} {past} here; {name} hears of it with the next start, or with segue playlist sync"
            ),
        };
        Ok(Marked { item, words: words.into(), waits })
    }
}

/// What a file is called as one of the listener's own tracks.
fn own(mark: Mark, file: &TrackRef) -> Result<ItemRef, Fault> {
    let path = file.file().unwrap_or(Path::new(""));
    let whole = std::path::absolute(path).ok().filter(|path| path.is_file() && mark == Mark::Like);
    let item = whole.and_then(|whole| file.clone().in_file(whole).marked_as());
    item.ok_or_else(|| match mark {
        Mark::Like => Fault::new(FaultKind::NotFound, format!("There is no file {}", path.display())),
        Mark::Repost | Mark::Follow => Fault::new(
            FaultKind::Usage,
            format!("{file} is a file; only what a service has can be {}ed", mark.verb()),
        ),
    })
}

/// Whether the service lets the listener do it, as things are.
fn check(catalog: &dyn Catalog, mark: Mark, kind: Kind) -> Result<(), Fault> {
    let capabilities = catalog.capabilities();
    if mark.allowed(&capabilities.powers).contains(&kind) {
        return Ok(());
    }
    let (before, kinds) = (format!("{} something", mark.verb()), kind.plural().to_lowercase());
    Err(powerless(catalog, &before, &format!("way to {} {kinds} from here", mark.verb())))
}

/// Why a service does not let the listener do something: it is not set up, nobody is signed in, or it has no
/// `what`.
pub(super) fn powerless(catalog: &dyn Catalog, doing: &str, what: &str) -> Fault {
    let (name, capabilities) = (catalog.name(), catalog.capabilities());
    if let SignIn::Missing(what) = capabilities.sign_in {
        return Fault::new(FaultKind::SignInNeeded, format!("{name} is not set up")).hint(what);
    }
    if capabilities.account.who.is_none() && capabilities.account.way.is_some() {
        let words = format!("{name} needs you to sign in before you {doing}");
        let hint = format!("segue login {}", catalog.id());
        return Fault::new(FaultKind::SignInNeeded, words).hint(hint);
    }
    let fault = Fault::new(FaultKind::Refused, format!("{name} has no {what}"));
    if capabilities.account.who.is_none() && !capabilities.is_local {
        return fault.hint("Nobody is signed in there; segue accounts tells what that takes");
    }
    fault
}

/// What names a thing.
fn reference(item: &Item) -> Result<ItemRef, Fault> {
    match item {
        Item::Collection(collection) => Ok(collection.reference.clone()),
        Item::Track(track) => track.reference.item().ok_or_else(no_thing),
        Item::List(_) => Err(no_thing()),
    }
}

fn no_thing() -> Fault {
    Fault::new(FaultKind::Usage, "This leads to no track, album, artist or playlist")
}
