//! The cache keys that the profiles of a file share. Many roles are over one key, and two of their
//! three digests are the same.

use std::cell::RefCell;

use super::{CacheKey, Endpoints, Hop};
use crate::id::AccessKeyId;

/// The cache keys of the last long-lived key and of its session, for one run.
#[derive(Debug, Default)]
pub struct LastCacheKeys {
    key: RefCell<Option<(AccessKeyId, CacheKey)>>,
    session: RefCell<Option<(Hop, Endpoints, CacheKey)>>,
}

impl LastCacheKeys {
    /// The fingerprint of a long-lived key; `digest` computes that of another one than the last.
    pub(super) fn key(&self, id: &AccessKeyId, digest: impl FnOnce() -> CacheKey) -> CacheKey {
        let mut last = self.key.borrow_mut();
        match &*last {
            Some((known, found)) if known == id => *found,
            _ => last.insert((id.clone(), digest())).1,
        }
    }

    /// The cache key of a session, whose own is still that of the step before; `digest` computes that of
    /// another one than the last.
    pub(super) fn session(
        &self,
        step: &Hop,
        endpoints: &Endpoints,
        digest: impl FnOnce() -> CacheKey,
    ) -> CacheKey {
        let mut last = self.session.borrow_mut();
        match &*last {
            Some((known, at, found)) if known == step && at == endpoints => *found,
            _ => last.insert((step.clone(), endpoints.clone(), digest())).2,
        }
    }
}
