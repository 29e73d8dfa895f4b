use super::*;

fn identity() -> Identity {
    keyward_vault::Identity::generate()
}

#[test]
fn what_opened_the_vault_is_remembered_until_it_is_let_go() {
    let opened = Opened::default();
    assert!(opened.get().unwrap().is_none());
    for _ in 0..2 {
        let identity = identity();
        opened.put(&identity).unwrap();
        let kept = opened.get().unwrap().unwrap();
        assert_eq!(kept.recipient(), identity.recipient());
        opened.let_go();
        assert!(opened.get().unwrap().is_none());
    }
}

#[test]
fn after_a_lock_nothing_is_remembered_any_more() {
    let opened = Opened::default();
    opened.put(&identity()).unwrap();
    opened.shut();
    opened.let_go();
    assert_eq!(opened.get().unwrap_err(), Shut);
    assert_eq!(opened.put(&identity()), Err(Shut));
    assert_eq!(opened.get().unwrap_err(), Shut);
}
