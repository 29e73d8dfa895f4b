use keyward_vault::Identity;

use super::*;

#[test]
fn the_vault_is_let_go_when_the_last_of_the_walks_ends_and_not_before() {
    let (walks, opened) = (Walks::default(), Opened::default());
    let is_open = || opened.get().unwrap().is_some();
    for _ in 0..2 {
        let first = walks.begin(Opening::Ends, &opened);
        opened.put(&Identity::generate()).unwrap();
        let second = walks.begin(Opening::Ends, &opened);
        drop(first);
        assert!(is_open());
        let third = walks.begin(Opening::Ends, &opened);
        drop(second);
        assert!(is_open());
        drop(third);
        assert!(!is_open());
    }
    opened.put(&Identity::generate()).unwrap();
    drop(walks.begin(Opening::Stays, &opened));
    assert!(is_open());
}
