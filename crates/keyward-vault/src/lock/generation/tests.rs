use super::*;

#[test]
fn each_change_makes_another_mark_and_looking_makes_none() {
    let home = tempfile::tempdir().unwrap();
    let generation = LockGeneration::of(&Paths::new(home.path().join("vault")));
    let mut seen = vec![generation.see().unwrap()];
    assert_eq!(seen[0], generation.see().unwrap());
    assert!(!home.path().join("vault").exists());
    for _ in 0..20 {
        generation.change().unwrap();
        let now = generation.see().unwrap();
        assert!(!seen.contains(&now));
        assert_eq!(now, generation.see().unwrap());
        seen.push(now);
    }
    std::fs::remove_file(home.path().join("vault/locks/locked")).unwrap();
    assert_eq!(generation.see().unwrap(), seen[0]);
    assert_ne!(seen.last(), seen.first());
}

#[cfg(unix)]
#[test]
fn the_mark_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::tempdir().unwrap();
    let generation = LockGeneration::of(&Paths::new(home.path().join("vault")));
    generation.change().unwrap();
    let path = home.path().join("vault/locks/locked");
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(generation.see(), Err(DiskError::TooOpen { .. })));
}
