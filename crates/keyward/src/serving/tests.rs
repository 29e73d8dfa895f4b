use keyward_vault::Identity;

use super::*;

#[test]
fn the_vault_is_let_go_when_the_last_of_the_walks_ends_and_not_before() {
    let (walks, identity_cache) = (Walks::default(), IdentityCache::default());
    let is_open = || identity_cache.get().unwrap().is_some();
    for _ in 0..2 {
        let first = walks.begin(Opening::Ends, &identity_cache);
        identity_cache.put(&Identity::generate()).unwrap();
        let second = walks.begin(Opening::Ends, &identity_cache);
        drop(first);
        assert!(is_open());
        let third = walks.begin(Opening::Ends, &identity_cache);
        drop(second);
        assert!(is_open());
        drop(third);
        assert!(!is_open());
    }
    identity_cache.put(&Identity::generate()).unwrap();
    drop(walks.begin(Opening::Stays, &identity_cache));
    assert!(is_open());
}
