//! One search at all services at the same time.

use std::sync::Arc;

use tokio::sync::mpsc::{self, UnboundedSender};

use crate::app::{FoundRow, Jobs, fold_in};
use crate::catalog::Catalog;
use crate::library::Downloads;
use crate::model::{
    Capabilities, Fault, FaultKind, Filter, Item, Kind, SearchQuery, ServiceId, SignIn, nearest,
    query_problem,
};

use super::downloads::IDLE;
use super::{Shelves, clock, find};

/// What is looked for, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchWish {
    /// The words; not empty.
    pub words: String,
    /// What kind of thing.
    pub kind: Kind,
    /// These services alone; empty: all that can.
    pub services: Vec<ServiceId>,
    /// Filters by key.
    pub filters: Vec<(String, String)>,
    /// Most rows of each service, at least 1.
    pub limit: u16,
}

/// What there is to tell while services answer.
#[derive(Debug)]
pub enum SearchNews<'r> {
    /// New rows; what was told already under another service's name is left out.
    Rows(&'r [Item]),
    /// A service gave no answer.
    Failed(&'r Fault),
}

/// The whole answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SearchEnd {
    /// All rows, in the order of the services, whichever answered first.
    pub rows: Vec<FoundRow>,
    /// What went wrong first, when no service answered at all.
    pub failure: Option<Fault>,
}

impl Shelves {
    /// Searches and tells `news` about each service's rows as they come. A service that fails or is slow
    /// delays no other.
    ///
    /// # Errors
    /// When a service of this name is not there, and for a search of the own music that is not understood. What
    /// services say against the search is news.
    pub fn search(
        &self,
        wish: &SearchWish,
        news: &mut dyn FnMut(SearchNews<'_>),
    ) -> Result<SearchEnd, Fault> {
        for service in &wish.services {
            find(&self.catalogs, service)?;
        }
        let is_named = |catalog: &dyn Catalog| wish.services.contains(&catalog.id());
        let mut asked = Vec::new();
        let mut unfit = Vec::new();
        for catalog in &self.catalogs {
            if wish.services.is_empty() || is_named(&**catalog) {
                match fits(catalog.name(), &catalog.capabilities(), wish) {
                    Ok(()) => asked.push(Arc::clone(catalog)),
                    Err(fault) => unfit.push(fault),
                }
            }
        }
        if asked.iter().any(is_local)
            && let Some(problem) = query_problem(&wish.words, &[])
        {
            return Err(problem.fault());
        }
        let mut failures = Vec::new();
        // Nobody waits for a service that cannot know the answer, unless it was asked by name.
        if asked.iter().all(is_local) || !wish.services.is_empty() {
            for fault in &unfit {
                news(SearchNews::Failed(fault));
            }
            failures = unfit;
        }
        let here = if self.is_offline { self.copies(wish) } else { Vec::new() };
        if !here.is_empty() {
            // That the others cannot be asked is known.
            asked.retain(is_local);
        }
        Ok(self.tasks.block_on(gather(asked, wish, here, failures, news)))
    }

    /// What there are copies of, where nobody can be asked.
    fn copies(&self, wish: &SearchWish) -> Vec<Item> {
        let is_meant = wish.kind == Kind::Track && wish.services.is_empty() && wish.filters.is_empty();
        if !is_meant || !self.library.exists() {
            return Vec::new();
        }
        let kept = Downloads::open(&self.library).map_err(|error| error.fault());
        match kept.and_then(|mut kept| kept.load(clock::unix_millis())) {
            Ok(kept) => {
                let found = Jobs::new(kept, IDLE).copies_named(&wish.words);
                found.into_iter().take(usize::from(wish.limit)).map(Item::Track).collect()
            }
            Err(fault) => {
                tracing::warn!("the copies were not looked through: {fault}");
                Vec::new()
            }
        }
    }
}

async fn gather(
    asked: Vec<Arc<dyn Catalog>>,
    wish: &SearchWish,
    here: Vec<Item>,
    mut failures: Vec<Fault>,
    news: &mut dyn FnMut(SearchNews<'_>),
) -> SearchEnd {
    let (sender, mut answers) = mpsc::unbounded_channel();
    let local: Vec<bool> = asked.iter().map(is_local).collect();
    for (number, catalog) in asked.into_iter().enumerate() {
        tokio::spawn(ask(number, catalog, wish.clone(), sender.clone()));
    }
    drop(sender);
    let mut is_answered = !here.is_empty();
    let mut told = Vec::new();
    if is_answered {
        news(SearchNews::Rows(&join(&mut told, &here)));
    }
    let mut arrived = vec![(usize::MAX, here)];
    while let Some((number, answer)) = answers.recv().await {
        match answer {
            Ok(items) => {
                // Of what is on this machine, only what it found is an answer about the services.
                is_answered |= !items.is_empty() || local.get(number) == Some(&false);
                let fresh = join(&mut told, &items);
                if !fresh.is_empty() {
                    news(SearchNews::Rows(&fresh));
                }
                arrived.push((number, items));
            }
            Err(fault) => {
                news(SearchNews::Failed(&fault));
                failures.push(fault);
            }
        }
    }
    if let (false, Some(failure)) = (is_answered, failures.into_iter().next()) {
        return SearchEnd { rows: Vec::new(), failure: Some(failure) };
    }
    // Folded anew, so that the same answers make the same whole.
    arrived.sort_by_key(|(number, _)| *number);
    let mut rows = Vec::new();
    for (_, items) in arrived {
        fold_in(&mut rows, items);
    }
    SearchEnd { rows, failure: None }
}

fn is_local(catalog: &Arc<dyn Catalog>) -> bool {
    catalog.capabilities().is_local
}

/// Asks one service, page by page until there are enough rows.
async fn ask(
    number: usize,
    catalog: Arc<dyn Catalog>,
    wish: SearchWish,
    answers: UnboundedSender<(usize, Result<Vec<Item>, Fault>)>,
) {
    let SearchWish { words, kind, filters, limit, .. } = wish;
    let mut query = SearchQuery { words, kind, filters, limit, page: 0 };
    let mut wanted = usize::from(limit);
    loop {
        let answer = catalog.search(&query).await.map_err(|error| error.fault());
        let left = wanted;
        let goes_on = answer.as_ref().is_ok_and(|page| {
            wanted = left.saturating_sub(page.items.len());
            page.more && !page.items.is_empty() && wanted > 0
        });
        let rows = answer.map(|page| page.items.into_iter().take(left).collect());
        // Nobody listens any more when this fails.
        if answers.send((number, rows)).is_err() || !goes_on {
            return;
        }
        query.page += 1;
    }
}

/// Joins a service's rows to what was told already, and gives those that were not.
fn join(told: &mut Vec<FoundRow>, items: &[Item]) -> Vec<Item> {
    let track = |row: &FoundRow| row.item.track().map(|track| track.reference.clone());
    let before: Vec<_> = told.iter().map(track).collect();
    fold_in(told, items.to_vec());
    let is_new = |(at, row): &(usize, &FoundRow)| before.get(*at).is_none_or(|before| *before != track(row));
    told.iter().enumerate().filter(is_new).map(|(_, row)| row.item.clone()).collect()
}

/// Whether a service can look for it at all.
fn fits(name: &str, capabilities: &Capabilities, wish: &SearchWish) -> Result<(), Fault> {
    if let SignIn::Missing(what) = &capabilities.sign_in {
        return Err(Fault::new(FaultKind::SignInNeeded, format!("{name} is not set up")).hint(what));
    }
    if !capabilities.search.contains(&wish.kind) {
        let kinds: Vec<_> = capabilities.search.iter().map(|kind| kind.plural().to_lowercase()).collect();
        let fault = Fault::new(
            FaultKind::Usage,
            format!("{name} cannot be searched for {}", wish.kind.plural().to_lowercase()),
        );
        return Err(if kinds.is_empty() {
            fault
        } else {
            fault.hint(format!("It has {}", kinds.join(", ")))
        });
    }
    wish.filters.iter().try_for_each(|(key, value)| fits_filter(name, &capabilities.filters, key, value))
}

fn fits_filter(name: &str, filters: &[Filter], key: &str, value: &str) -> Result<(), Fault> {
    let Some(filter) = filters.iter().find(|filter| filter.key == key) else {
        let fault = Fault::new(FaultKind::Usage, format!("{name} has no filter {key}"));
        return Err(match (nearest(key, filters.iter().map(|filter| filter.key)), filters) {
            (_, []) => fault,
            (Some(meant), _) => fault.hint(format!("Did you mean {meant}?")),
            (None, _) => {
                let keys: Vec<_> = filters.iter().map(|filter| filter.key).collect();
                fault.hint(format!("It has {}", keys.join(", ")))
            }
        });
    };
    if filter.is_free || filter.values.iter().any(|known| known == value) {
        return Ok(());
    }
    let fault = Fault::new(FaultKind::Usage, format!("{name} has no {key} {value}"));
    Err(match nearest(value, filter.values.iter().map(String::as_str)) {
        Some(meant) => fault.hint(format!("Did you mean {meant}?")),
        None => fault.hint(format!("It has {}", filter.values.join(", "))),
    })
}
