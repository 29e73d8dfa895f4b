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
    update(&path, Holds::Secrets, |_| {
        Ok::<_, ()>(Some("new".to_owned()))
    })
    .unwrap();
    assert_eq!(mode(&path), 0o600);
    assert_eq!(read(&path).unwrap().unwrap(), "new");
}

#[test]
fn updates_at_once_are_all_there_afterwards() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join(".aws/config");
    let add = |line: &str| {
        update(&path, Holds::Settings, |old| {
            Ok::<_, ()>(Some(format!("{}{line}\n", old.unwrap_or_default())))
        })
    };
    std::thread::scope(|scope| {
        for writer in 0..8 {
            scope.spawn(move || {
                for number in 0..10 {
                    add(&format!("{writer} {number}")).unwrap();
                }
            });
        }
    });
    let text = read(&path).unwrap().unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), 80, "{text}");
}

#[test]
fn an_update_is_asked_again_about_what_another_program_wrote() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("config");
    let mut asked = 0;
    update(&path, Holds::Settings, |old| {
        asked += 1;
        // The second time is the first with the turn: the other program knows of no turns.
        if asked == 2 {
            std::fs::write(&path, "theirs\n").unwrap();
        }
        Ok::<_, ()>(Some(format!("{}ours\n", old.unwrap_or_default())))
    })
    .unwrap();
    assert_eq!(read(&path).unwrap().unwrap(), "theirs\nours\n");
}

#[test]
fn an_update_that_changes_nothing_makes_nothing() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join(".aws/config");
    update(&path, Holds::Settings, |_| Ok::<_, ()>(None)).unwrap();
    assert!(update(&path, Holds::Settings, |_| Err(())).is_err());
    assert!(!home.path().join(".aws").exists());
}
