use std::cell::RefCell;
use std::rc::Rc;

use super::*;

#[test]
fn a_file_is_replaced_whole_and_private() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("f");
    for content in [&b"one"[..], b"", b"three"] {
        replace(&path, content, Durability::Lasting).unwrap();
        assert_eq!(read_private(&path).unwrap().unwrap(), content);
    }
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
}

#[test]
fn a_missing_file_is_none_and_removing_it_is_no_error() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("f");
    assert!(read_private(&path).unwrap().is_none());
    remove(&path, Durability::Lasting).unwrap();
}

#[test]
fn the_steps_of_a_write_come_in_order() {
    let home = tempfile::tempdir().unwrap();
    let seen = Rc::new(RefCell::new(Vec::new()));
    let log = Rc::clone(&seen);
    steps::watch(move |_, step| {
        log.borrow_mut().push(step);
        Ok(())
    });
    replace(&home.path().join("f"), b"content", Durability::Lasting).unwrap();
    remove(&home.path().join("f"), Durability::Lasting).unwrap();
    steps::unwatch();
    use Step::*;
    assert_eq!(
        *seen.borrow(),
        [
            Created,
            HalfWritten,
            Written,
            Synced,
            Renamed,
            FolderSynced,
            Removed
        ]
    );
}

#[test]
fn a_write_that_fails_before_the_rename_leaves_the_old_file_alone() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("f");
    replace(&path, b"old", Durability::Lasting).unwrap();
    for failing in [
        Step::Created,
        Step::HalfWritten,
        Step::Written,
        Step::Synced,
    ] {
        steps::watch(move |_, step| {
            if step == failing {
                Err(io::ErrorKind::StorageFull.into())
            } else {
                Ok(())
            }
        });
        let error = replace(&path, b"new", Durability::Lasting).unwrap_err();
        steps::unwatch();
        assert!(matches!(
            error,
            DiskError::Io {
                action: "write",
                ..
            }
        ));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(
            fs::read_dir(home.path()).unwrap().count(),
            1,
            "no temporary file is left"
        );
    }
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn what_others_may_read_is_refused_with_the_command_that_mends_it() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("it's here");
        for (mode, refused) in [
            (0o600, false),
            (0o400, false),
            (0o640, true),
            (0o604, true),
            (0o610, true),
        ] {
            fs::write(&path, "x").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            match read_private(&path) {
                Ok(_) => assert!(!refused, "{mode:o}"),
                Err(error) => {
                    assert!(refused, "{mode:o}");
                    let fix = error.fix().unwrap();
                    assert!(error.to_string().contains(&fix));
                    assert!(fix.ends_with(r"/it'\''s here'"), "{fix}");
                }
            }
            fs::remove_file(&path).unwrap();
        }
    }

    #[test]
    fn a_new_folder_is_private_whatever_lies_above_it() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a/b");
        make_folder(&path).unwrap();
        for folder in [home.path().join("a"), path.clone()] {
            assert_eq!(
                fs::metadata(folder).unwrap().permissions().mode() & 0o777,
                0o700
            );
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o750)).unwrap();
        assert!(matches!(
            make_folder(&path),
            Err(DiskError::TooOpen { mode: 0o750, .. })
        ));
    }

    #[test]
    fn a_device_in_the_place_of_a_folder_is_not_advised_to_be_closed() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("slots");
        std::os::unix::fs::symlink("/dev/null", &path).unwrap();
        let error = check_folder(&path).unwrap_err();
        assert_eq!(error.kind(), Some(io::ErrorKind::NotADirectory));
        assert_eq!(error.fix(), None);
    }

    #[test]
    fn no_advice_closes_what_a_link_leads_to() {
        let home = tempfile::tempdir().unwrap();
        let target = home.path().join("target");
        let link = home.path().join("sessions");
        fs::create_dir(&target).unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o755)).unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        let error = check_folder(&link).unwrap_err();
        assert_eq!(error.fix(), None);
        assert!(!error.to_string().contains("chmod"), "{error}");
        assert!(error.to_string().contains("it is a link"), "{error}");
        // A link to a vault is how people move one.
        fs::write(target.join("vault.age"), "").unwrap();
        assert!(check_folder(&link).unwrap_err().fix().is_some());
    }

    #[test]
    fn a_root_made_beforehand_is_closed_only_while_nothing_else_is_in_it() {
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        for (inside, own_mode, closed) in [
            (None, 0, true),
            (Some("config.toml"), 0o644, true),
            (Some("log.jsonl.3"), 0o600, true),
            (Some("sessions/"), 0o700, true),
            // Other programs have such entries too, and let everyone read them.
            (Some("log.jsonl.3"), 0o644, false),
            (Some("sessions/"), 0o755, false),
            (Some("locks/"), 0o1777, false),
            (Some("Documents"), 0o600, false),
            (Some("config"), 0o600, false),
            (Some("logs"), 0o600, false),
            (Some("vault.age"), 0o600, false),
        ] {
            let home = tempfile::tempdir().unwrap();
            fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
            if let Some(name) = inside {
                let path = home.path().join(name);
                match name.ends_with('/') {
                    true => fs::create_dir(&path).unwrap(),
                    false => fs::write(&path, "").unwrap(),
                }
                fs::set_permissions(path, fs::Permissions::from_mode(own_mode)).unwrap();
            }
            let made = make_root(home.path());
            assert_eq!(made.is_ok(), closed, "{inside:?}");
            // Only a folder of keyward's own is to be closed.
            let fix = made.err().and_then(|error| error.fix());
            assert_eq!(fix.is_some(), inside == Some("vault.age"), "{inside:?}");
            assert_eq!(
                mode(home.path()),
                if closed { 0o700 } else { 0o755 },
                "{inside:?}"
            );
        }
    }

    #[test]
    fn a_folder_of_the_machine_or_of_the_whole_home_is_never_to_be_closed() {
        let home = tempfile::tempdir().unwrap();
        let own = home.path().join("own");
        fs::create_dir(&own).unwrap();
        fs::write(own.join("vault.age"), "").unwrap();
        fs::set_permissions(&own, fs::Permissions::from_mode(0o755)).unwrap();
        let error = check_root(&own).unwrap_err();
        assert!(error.fix().unwrap().contains("chmod"), "{error}");
        // Like `/tmp`, where all users may write.
        fs::set_permissions(&own, fs::Permissions::from_mode(0o1777)).unwrap();
        let person = std::env::home_dir().unwrap();
        for folder in [&own, Path::new("/"), &person, person.parent().unwrap()] {
            assert!(!may_be_closed(folder), "{}", folder.display());
            if let Err(error) = check_root(folder) {
                assert_eq!(error.fix(), None, "{error}");
            }
        }
    }

    #[test]
    fn a_symbolic_link_to_a_missing_file_is_written_through_or_refused() {
        let home = tempfile::tempdir().unwrap();
        let (disk, link) = (home.path().join("disk"), home.path().join("vault.age"));
        symlink("disk/vault.age", &link).unwrap();
        let error = replace(&link, b"new", Durability::Lasting).unwrap_err();
        assert_eq!(error.kind(), Some(io::ErrorKind::NotFound));
        fs::create_dir(&disk).unwrap();
        replace(&link, b"new", Durability::Lasting).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(disk.join("vault.age")).unwrap(), b"new");
    }

    #[test]
    fn a_symbolic_link_is_written_through() {
        let home = tempfile::tempdir().unwrap();
        let (real, link) = (home.path().join("real"), home.path().join("link"));
        replace(&real, b"old", Durability::Lasting).unwrap();
        symlink("real", &link).unwrap();
        replace(&link, b"new", Durability::Lasting).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
    }

    #[test]
    fn only_old_leftovers_are_swept() {
        let home = tempfile::tempdir().unwrap();
        for name in [".keyward-abc.tmp", "vault.age", ".keyward-note"] {
            fs::write(home.path().join(name), "").unwrap();
        }
        sweep(home.path(), Duration::from_secs(3600));
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 3);
        sweep(home.path(), Duration::ZERO);
        assert!(!home.path().join(".keyward-abc.tmp").exists());
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_no_regular_file_is_refused_and_not_waited_for() {
    let home = tempfile::tempdir().unwrap();
    let pipe = home.path().join("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR).unwrap();
    for path in [pipe.as_path(), home.path()] {
        let error = read_private(path).unwrap_err();
        assert_eq!(error.kind(), Some(io::ErrorKind::InvalidInput), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_a_device_or_a_folder_is_not_written_through() {
    use std::os::unix::fs::FileTypeExt as _;
    let home = tempfile::tempdir().unwrap();
    let (folder, link) = (home.path().join("folder"), home.path().join("link"));
    fs::create_dir(&folder).unwrap();
    for target in [Path::new("/dev/null"), &folder] {
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(target, &link).unwrap();
        let error = replace(&link, b"new", Durability::Cache).unwrap_err();
        assert_eq!(error.kind(), Some(io::ErrorKind::InvalidInput), "{error}");
        assert!(link.is_symlink());
    }
    assert!(
        fs::metadata("/dev/null")
            .unwrap()
            .file_type()
            .is_char_device()
    );
}

#[test]
fn a_file_without_end_is_not_read_to_its_end() {
    for size in [0, LARGEST + 1] {
        let refused = whole(io::repeat(0), size).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::FileTooLarge, "{size}");
    }
}
