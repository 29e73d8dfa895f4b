//! Resolving every profile of the files in one run. Each profile costs the length of its own chain:
//! variables of the environment are looked up once, and similar names are searched for the first
//! few mistakes only, since each search compares a name with all profiles.

use std::cell::{Cell, RefCell};

use keyward_core::chain::{self, Chain, Flags, LastCacheKeys, ResolveError, SimilarNames};
use keyward_core::id::ProfileName;

use super::LocalState;
use crate::environment as env;

/// The mistakes for which similar names are searched.
const SEARCHES: usize = 20;

/// The data that the profiles of one run share.
pub(crate) struct ManyProfiles {
    /// Some twenty variables, in the order in which the first profile asked for them.
    environment: RefCell<Vec<(&'static str, Option<String>)>>,
    /// Behind the variable that was asked for last. Every profile asks in nearly the same order.
    next_variable: Cell<usize>,
    searches_left: Cell<usize>,
    last_cache_keys: LastCacheKeys,
}

impl ManyProfiles {
    /// For a run that begins now.
    pub(crate) fn new() -> Self {
        Self {
            environment: RefCell::default(),
            next_variable: Cell::default(),
            searches_left: Cell::new(SEARCHES),
            last_cache_keys: LastCacheKeys::default(),
        }
    }

    /// The chain for a profile, or the mistake that prevents it. The result is that of
    /// [`LocalState::try_resolve`], except that later mistakes list no similar names.
    pub(crate) fn try_resolve(
        &self,
        local: &LocalState,
        profile: &ProfileName,
        flags: Flags,
    ) -> Result<Chain, ResolveError> {
        let flags = local.with_settings(flags);
        let resolve = |similar_names| {
            chain::resolve(&chain::Inputs {
                profile,
                config: &local.config,
                stored_keys: &local.stored,
                environment: &|name| self.variable(name),
                flags: &flags,
                similar_names,
                last_cache_keys: &self.last_cache_keys,
            })
        };
        let error = match resolve(SimilarNames::LeftOut) {
            Ok(chain) => return Ok(chain),
            Err(error) => error,
        };
        let unknown = matches!(
            error,
            ResolveError::UnknownProfile { .. } | ResolveError::UnknownSource { .. }
        );
        match self.searches_left.get().checked_sub(1).filter(|_| unknown) {
            Some(left) => {
                self.searches_left.set(left);
                resolve(SimilarNames::Listed)
            }
            None => Err(error),
        }
    }

    fn variable(&self, name: &'static str) -> Option<String> {
        let mut known = self.environment.borrow_mut();
        // Each caller passes the same static text each time, so its address is nearly always enough.
        let is_it = |it: &'static str| std::ptr::eq(it, name) || it == name;
        let start = self.next_variable.get();
        let mut places = (start..known.len()).chain(0..start);
        let place = places.find(|&place| is_it(known[place].0));
        let place = place.unwrap_or_else(|| {
            known.push((name, env::get(name)));
            known.len() - 1
        });
        self.next_variable.set(place + 1);
        known[place].1.clone()
    }
}
