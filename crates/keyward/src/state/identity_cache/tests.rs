use super::*;

fn identity() -> Identity {
    keyward_vault::Identity::generate()
}

#[test]
fn what_opened_the_vault_is_remembered_until_it_is_let_go() {
    let identity_cache = IdentityCache::default();
    assert!(identity_cache.get().unwrap().is_none());
    for _ in 0..2 {
        let identity = identity();
        identity_cache.put(&identity).unwrap();
        let kept = identity_cache.get().unwrap().unwrap();
        assert_eq!(kept.recipient(), identity.recipient());
        identity_cache.forget();
        assert!(identity_cache.get().unwrap().is_none());
    }
}

#[test]
fn after_a_lock_nothing_is_remembered_any_more() {
    let identity_cache = IdentityCache::default();
    identity_cache.put(&identity()).unwrap();
    identity_cache.lock();
    identity_cache.forget();
    assert_eq!(identity_cache.get().unwrap_err(), Locked);
    assert_eq!(identity_cache.put(&identity()), Err(Locked));
    assert_eq!(identity_cache.get().unwrap_err(), Locked);
}
