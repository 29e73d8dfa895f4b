use std::os::unix::fs::symlink;

use super::*;
use crate::prompt::deadline::Deadline;

#[test]
fn only_old_files_of_this_very_kind_are_removed() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name);
    for (name, kept) in [
        (".keyward-abC019", false),
        (".keyward-zzzzzz", false),
        (".keyward-abC01", true),
        (".keyward-abC0199", true),
        (".keyward-abC01.", true),
        (".keyward-notes.txt", true),
        (".keyward-abC019.tmp", true),
        ("keyward-abC019", true),
        ("credentials.keyward-backup-20260101T000000Z", true),
        ("credentials", true),
    ] {
        std::fs::write(path(name), "aws_secret_access_key = x").unwrap();
        sweep(home.path(), SystemTime::now());
        assert!(path(name).exists(), "{name} is new");
        sweep(home.path(), SystemTime::now() + AGE / 2);
        assert!(path(name).exists(), "{name} may be in use");
        sweep(
            home.path(),
            SystemTime::now() + AGE + Duration::from_secs(60),
        );
        assert_eq!(path(name).exists(), kept, "{name}");
    }
    // Under the right names, but no files that a rewrite made.
    std::fs::create_dir(path(".keyward-folder")).unwrap();
    symlink(path("credentials"), path(".keyward-links0")).unwrap();
    std::fs::hard_link(path("credentials"), path(".keyward-links1")).unwrap();
    sweep(home.path(), SystemTime::now() + AGE * 48);
    for name in [".keyward-folder", ".keyward-links0", ".keyward-links1"] {
        assert!(path(name).symlink_metadata().is_ok(), "{name}");
    }
    assert!(path("credentials").exists());
}

#[test]
fn a_rewrite_that_was_killed_is_cleaned_up_by_the_next_one_an_hour_later() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("credentials");
    // As a kill between write and rename leaves it.
    let temporary = super::super::temporary_in(home.path()).unwrap();
    let (file, left) = temporary.keep().unwrap();
    assert!(left.file_name().unwrap().to_str().is_some_and(is_temporary));
    super::super::replace(&path, None, "one", Deadline::begin()).unwrap();
    assert!(left.exists(), "it may belong to a living process");
    file.set_modified(SystemTime::now() - AGE * 2).unwrap();
    super::super::replace(&path, Some("one"), "two", Deadline::begin()).unwrap();
    assert!(!left.exists());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "two");
}
