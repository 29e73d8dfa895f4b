use super::*;

#[test]
fn each_change_makes_another_mark_and_looking_makes_none() {
    let home = tempfile::tempdir().unwrap();
    let mark = LockMark::of(&Paths::new(home.path().join("vault")));
    let mut seen = vec![mark.see().unwrap()];
    assert_eq!(seen[0], mark.see().unwrap());
    assert!(!home.path().join("vault").exists());
    for _ in 0..20 {
        mark.change().unwrap();
        let now = mark.see().unwrap();
        assert!(!seen.contains(&now));
        assert_eq!(now, mark.see().unwrap());
        seen.push(now);
    }
    std::fs::remove_file(home.path().join("vault/locks/locked")).unwrap();
    assert_eq!(mark.see().unwrap(), seen[0]);
    assert_ne!(seen.last(), seen.first());
}

#[cfg(unix)]
#[test]
fn the_mark_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::tempdir().unwrap();
    let mark = LockMark::of(&Paths::new(home.path().join("vault")));
    mark.change().unwrap();
    let path = home.path().join("vault/locks/locked");
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(mark.see(), Err(DiskError::TooOpen { .. })));
}
