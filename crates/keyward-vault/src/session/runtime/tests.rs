use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::*;

/// A folder in memory, which `/dev/shm` is on every Linux.
fn memory() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap()
}

fn keeps(folder: &Path) -> bool {
    let file = RuntimeFile::in_folders(vec![folder.to_owned()], "x");
    let identity = Identity::generate();
    let stored = file.store(&identity);
    assert_eq!(
        stored,
        file.load()
            .is_some_and(|read| read.recipient() == identity.recipient())
    );
    stored
}

#[test]
fn the_identity_is_kept_in_a_private_file_and_forgotten() {
    let home = memory();
    let folder = home.path().join("keyward");
    let file = RuntimeFile::in_folders(vec![folder.clone()], "x");
    assert_eq!(
        file.place(),
        Some(SessionTier::File(folder.join("session-x.key")))
    );
    assert!(!folder.exists(), "asking makes nothing");
    assert!(keeps(&folder));
    assert_eq!(
        file.place(),
        Some(SessionTier::File(folder.join("session-x.key")))
    );
    assert_eq!(
        fs::metadata(&folder).unwrap().permissions().mode() & 0o777,
        0o700
    );
    assert_eq!(
        fs::metadata(folder.join("session-x.key"))
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o600
    );
    assert!(keeps(&folder), "it can be replaced");
    file.forget().unwrap();
    assert!(file.load().is_none());
    file.forget().unwrap();
}

#[test]
fn a_folder_on_a_disk_is_passed_over() {
    let disk = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).unwrap();
    let home = memory();
    assert!(!keeps(&disk.path().join("keyward")));
    let folders = vec![disk.path().join("keyward"), home.path().join("keyward")];
    let file = RuntimeFile::in_folders(folders, "x");
    assert!(file.store(&Identity::generate()));
    assert_eq!(
        file.place(),
        Some(SessionTier::File(home.path().join("keyward/session-x.key")))
    );
}

#[test]
fn a_folder_that_others_may_enter_or_a_link_is_refused() {
    let home = memory();
    let (open, link) = (home.path().join("open"), home.path().join("link"));
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o750)).unwrap();
    assert!(!keeps(&open));
    fs::create_dir(home.path().join("real")).unwrap();
    fs::set_permissions(home.path().join("real"), fs::Permissions::from_mode(0o700)).unwrap();
    assert!(keeps(&home.path().join("real")));
    symlink("real", &link).unwrap();
    assert!(!keeps(&link));
}

#[test]
fn a_file_that_others_may_read_or_a_link_is_not_believed() {
    let home = memory();
    let folder = home.path().join("keyward");
    assert!(keeps(&folder));
    let (file, path) = (
        RuntimeFile::in_folders(vec![folder.clone()], "x"),
        folder.join("session-x.key"),
    );
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(file.load().is_none());
    fs::rename(&path, folder.join("other")).unwrap();
    fs::set_permissions(folder.join("other"), fs::Permissions::from_mode(0o600)).unwrap();
    symlink("other", &path).unwrap();
    assert!(file.load().is_none());
    assert!(keeps(&folder), "a link is replaced, not followed");
    assert!(fs::symlink_metadata(&path).unwrap().is_file());
}

#[test]
fn the_identity_is_removed_from_a_folder_that_was_opened_to_others_since() {
    let home = memory();
    let folder = home.path().join("keyward");
    assert!(keeps(&folder));
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    let file = RuntimeFile::in_folders(vec![folder.clone()], "x");
    assert!(folder.join("session-x.key").exists());
    file.forget().unwrap();
    assert!(!folder.join("session-x.key").exists());
}

#[test]
fn an_identity_that_stays_is_told_and_a_folder_that_never_held_one_is_not() {
    let home = memory();
    let [folder, link, missing] = ["keyward", "link", "missing"].map(|n| home.path().join(n));
    // No user, not even root, can remove a folder as if it were a file.
    fs::create_dir_all(folder.join("session-x.key")).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    symlink("keyward", &link).unwrap();
    let forget = |folders| RuntimeFile::in_folders(folders, "x").forget();
    assert!(forget(vec![folder]).is_err());
    forget(vec![link, missing]).unwrap();
}
