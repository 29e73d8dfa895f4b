use std::os::unix::fs::symlink;

use super::*;

#[test]
fn a_link_is_followed_where_nothing_is_yet() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    std::fs::create_dir(root.join("disk")).unwrap();
    symlink(root.join("second"), root.join("first")).unwrap();
    symlink("disk/file", root.join("second")).unwrap();
    assert_eq!(
        target_of(&root.join("first")).unwrap(),
        root.join("disk/file")
    );
    std::fs::write(root.join("disk/file"), "").unwrap();
    assert_eq!(
        target_of(&root.join("first")).unwrap(),
        root.join("disk/file")
    );
}

#[test]
fn a_path_without_a_link_is_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing/file");
    assert_eq!(target_of(&path).unwrap(), path);
}

#[test]
fn a_link_into_a_missing_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("link");
    symlink("disk/file", &link).unwrap();
    let error = target_of(&link).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
    assert!(
        error.to_string().contains("whose folder does not exist"),
        "{error}"
    );
}

#[test]
fn a_link_to_itself_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("link");
    symlink(&link, &link).unwrap();
    let error = target_of(&link).unwrap_err();
    assert!(
        error.to_string().contains("leads back to itself"),
        "{error}"
    );
}
