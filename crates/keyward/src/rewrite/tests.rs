use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_new_file_is_the_owners_alone() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join(".aws/config");
    replace(&path, None, "[default]\n").unwrap();
    assert_eq!(read(&path).unwrap().unwrap(), "[default]\n");
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
}

#[test]
fn a_symlink_stays_one_and_the_mode_stays() {
    let home = tempfile::tempdir().unwrap();
    let (real, link) = (home.path().join("real"), home.path().join("config"));
    std::fs::write(&real, "old").unwrap();
    std::fs::set_permissions(&real, PermissionsExt::from_mode(0o640)).unwrap();
    symlink(&real, &link).unwrap();
    replace(&link, Some("old"), "new").unwrap();
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(read(&real).unwrap().unwrap(), "new");
    assert_eq!(mode(&real), 0o640);
}

#[test]
fn what_another_program_wrote_is_not_lost() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("config");
    std::fs::write(&path, "theirs").unwrap();
    assert!(replace(&path, Some("ours"), "new").is_err());
    assert!(replace(&path, None, "new").is_err());
    assert_eq!(read(&path).unwrap().unwrap(), "theirs");
    assert_eq!(
        std::fs::read_dir(home.path()).unwrap().count(),
        1,
        "no temporary file is left"
    );
}

#[test]
fn a_file_of_secrets_is_its_owners_alone_whatever_it_was() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("credentials");
    std::fs::write(&path, "old").unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o666)).unwrap();
    replace_secret(&path, Some("old"), "new").unwrap();
    assert_eq!(mode(&path), 0o600);
    assert_eq!(read(&path).unwrap().unwrap(), "new");
}
