use crate::lock::LockGeneration;
use crate::session::forget_all;

use super::*;

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn a_vault_that_was_opened_before_a_lock_is_not_kept_open() {
    let home = tempfile::tempdir().unwrap();
    let paths = Paths::new(home.path().join("root"));
    let (place, identity) = (OpenFor::of(&paths), Identity::generate());
    let before = LockGeneration::of(&paths).see().unwrap();
    // If the kernel keyring is forbidden, as in many containers, nothing is kept.
    let possible = place.keep(&identity, HOUR, &before).unwrap();
    assert_eq!(place.recall().is_some(), possible);
    assert!(forget_all(&paths, None, &crate::lock::Patient).is_empty());
    assert!(place.recall().is_none());
    let late = place.keep(&identity, HOUR, &before);
    assert!(matches!(late, Err(SessionError::Locked)), "{late:?}");
    assert!(place.recall().is_none());
    let after = LockGeneration::of(&paths).see().unwrap();
    assert_eq!(place.keep(&identity, HOUR, &after).unwrap(), possible);
    place.forget().unwrap();
}
