//! Likes, reposts and follows.

use crate::catalog::Catalog;
use crate::model::{CleanText, Fault, FaultKind, Item, ItemRef, Kind, Mark, SignIn};

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

impl Shelves {
    /// Puts a mark on a thing, or takes it away, and says what was done.
    ///
    /// # Errors
    /// Of kind `SignInNeeded` when somebody must sign in first.
    pub fn mark(&self, mark: Mark, on: bool, target: &Target) -> Result<CleanText, Fault> {
        self.tasks.block_on(async {
            let item = match target {
                Target::Item(item) => item.clone(),
                Target::Link(_) | Target::File(_) => reference(&self.find_item(target).await?.1)?,
            };
            let catalog = find(&self.catalogs, &item.service)?;
            check(&**catalog, mark, item.kind)?;
            catalog.change(&mark.change(item.clone(), on)).await.map_err(|error| error.fault())?;
            let now = if on { "is now" } else { "is no longer" };
            Ok(CleanText::new(format!("{item} {now} {} at {}", mark.past(), catalog.name())))
        })
    }
}

/// Whether the service lets the listener do it, as things are.
fn check(catalog: &dyn Catalog, mark: Mark, kind: Kind) -> Result<(), Fault> {
    let capabilities = catalog.capabilities();
    if mark.allowed(&capabilities.powers).contains(&kind) {
        return Ok(());
    }
    let name = catalog.name();
    if let SignIn::Missing(what) = capabilities.sign_in {
        return Err(Fault::new(FaultKind::SignInNeeded, format!("{name} is not set up")).hint(what));
    }
    if capabilities.account.who.is_none() && capabilities.account.way.is_some() {
        let words = format!("{name} needs you to sign in before you {} something", mark.verb());
        let fault = Fault::new(FaultKind::SignInNeeded, words);
        return Err(fault.hint(format!("segue login {}", catalog.id())));
    }
    Err(Fault::new(
        FaultKind::Refused,
        format!("{name} has no way to {} {} from here", mark.verb(), kind.plural().to_lowercase()),
    ))
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
