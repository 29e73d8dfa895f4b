use super::*;

#[test]
fn a_root_is_the_same_before_and_after_it_is_made() {
    let home = tempfile::tempdir().unwrap();
    let root = home.path().join("a/b");
    let before = Paths::new(&root);
    std::fs::create_dir_all(&root).unwrap();
    assert_eq!(before, Paths::new(&root));
}

#[cfg(unix)]
#[test]
fn a_symlinked_root_is_the_folder_it_points_to() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("real")).unwrap();
    std::os::unix::fs::symlink("real", home.path().join("link")).unwrap();
    let (real, link) = (
        Paths::new(home.path().join("real")),
        Paths::new(home.path().join("link")),
    );
    assert_eq!(real, link);
    assert_eq!(real.short_hash(), link.short_hash());
    assert_ne!(real.short_hash(), Paths::new(home.path()).short_hash());
}
