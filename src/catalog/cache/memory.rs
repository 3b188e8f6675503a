//! The pages read last, as long as the program runs.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{Leaf, Name};

/// Most pages kept.
const MAX_PAGES: usize = 128;

/// Most bytes they hold together.
const MAX_BYTES: usize = 8 << 20;

/// Pages, the one used last at the end.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pages: VecDeque<(Name, Arc<Leaf>)>,
    bytes: usize,
}

impl Memory {
    pub(super) fn find(&mut self, name: &Name) -> Option<Arc<Leaf>> {
        let leaf = self.take(name)?;
        self.put(name.clone(), Arc::clone(&leaf));
        Some(leaf)
    }

    /// Keeps a page; those used longest ago make room.
    pub(super) fn put(&mut self, name: Name, leaf: Arc<Leaf>) {
        self.forget(&name);
        self.bytes += leaf.body.len();
        self.pages.push_back((name, leaf));
        while self.pages.len() > MAX_PAGES || self.bytes > MAX_BYTES && self.pages.len() > 1 {
            if let Some((_, gone)) = self.pages.pop_front() {
                self.bytes -= gone.body.len();
            }
        }
    }

    pub(super) fn forget(&mut self, name: &Name) {
        self.take(name);
    }

    pub(super) fn forget_account(&mut self, account: &str) {
        self.pages.retain(|(name, _)| name.account != account);
        self.bytes = self.pages.iter().map(|(_, leaf)| leaf.body.len()).sum();
    }

    fn take(&mut self, name: &Name) -> Option<Arc<Leaf>> {
        let at = self.pages.iter().position(|(known, _)| known == name)?;
        let (_, leaf) = self.pages.remove(at)?;
        self.bytes -= leaf.body.len();
        Some(leaf)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::cache::About;

    fn name(page: usize, account: &str) -> Name {
        Name { account: account.to_owned(), page: page.to_string() }
    }

    fn leaf(bytes: usize) -> Arc<Leaf> {
        Arc::new(Leaf { about: About::default(), body: vec![b' '; bytes] })
    }

    #[test]
    fn the_pages_used_last_stay() {
        let mut memory = Memory::default();
        for page in 0..MAX_PAGES {
            memory.put(name(page, "a"), leaf(1));
        }
        assert!(memory.find(&name(0, "a")).is_some());
        memory.put(name(MAX_PAGES, "a"), leaf(1));
        assert!(memory.find(&name(0, "a")).is_some() && memory.find(&name(1, "a")).is_none());
        assert!(memory.find(&name(0, "b")).is_none(), "another listener's");
        memory.put(name(900, "a"), leaf(MAX_BYTES - 10));
        assert_eq!((memory.bytes <= MAX_BYTES, memory.pages.len()), (true, 11));
        memory.put(name(900, "b"), leaf(1));
        memory.forget_account("a");
        assert_eq!((memory.bytes, memory.pages.len()), (1, 1));
    }
}
