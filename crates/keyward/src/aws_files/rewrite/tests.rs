use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use super::*;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_new_file_is_the_owners_alone() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join(".aws/config");
    replace(&path, None, "[default]\n", Deadline::begin()).unwrap();
    assert_eq!(read(&path).unwrap().unwrap(), "[default]\n");
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
}

#[test]
fn a_link_to_a_file_that_is_not_there_yet_is_written_through() {
    let home = tempfile::tempdir().unwrap();
    let disk = home.path().join("disk");
    let link = home.path().join("credentials");
    symlink(disk.join("credentials"), &link).unwrap();
    // The disk is not mounted: neither its folder nor a file in the link's place is made.
    for error in [
        replace(&link, None, "new", Deadline::begin()).unwrap_err(),
        put_secret(&link, "new", Deadline::begin()).unwrap_err(),
    ] {
        assert!(
            error.to_string().contains("whose folder does not exist"),
            "{error}"
        );
    }
    assert!(!disk.exists());
    std::fs::create_dir(&disk).unwrap();
    replace(&link, None, "new", Deadline::begin()).unwrap();
    put_secret(&link, "secret", Deadline::begin()).unwrap();
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(
        std::fs::read_to_string(disk.join("credentials")).unwrap(),
        "secret"
    );
}

#[test]
fn a_symlink_stays_one_and_the_mode_stays() {
    let home = tempfile::tempdir().unwrap();
    let (real, link) = (home.path().join("real"), home.path().join("config"));
    std::fs::write(&real, "old").unwrap();
    std::fs::set_permissions(&real, PermissionsExt::from_mode(0o640)).unwrap();
    symlink(&real, &link).unwrap();
    replace(&link, Some("old"), "new", Deadline::begin()).unwrap();
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(read(&real).unwrap().unwrap(), "new");
    assert_eq!(mode(&real), 0o640);
}

#[test]
fn what_another_program_wrote_is_not_lost() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("config");
    std::fs::write(&path, "theirs").unwrap();
    assert!(replace(&path, Some("ours"), "new", Deadline::begin()).is_err());
    assert!(replace(&path, None, "new", Deadline::begin()).is_err());
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
    update(&path, Holds::Secrets, Deadline::begin(), |_| {
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
        update(&path, Holds::Settings, Deadline::begin(), |old| {
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
    update(&path, Holds::Settings, Deadline::begin(), |old| {
        asked += 1;
        // The second attempt is the first under the lock: the other program ignores locks.
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
    update(&path, Holds::Settings, Deadline::begin(), |_| {
        Ok::<_, ()>(None)
    })
    .unwrap();
    assert!(update(&path, Holds::Settings, Deadline::begin(), |_| Err(())).is_err());
    assert!(!home.path().join(".aws").exists());
}

thread_local! {
    static REFUSE_SYNC: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Simulates a disk that fails when this thread syncs a folder.
pub(super) fn sync_refused() -> io::Result<()> {
    match REFUSE_SYNC.get() {
        true => Err(io::Error::other("the disk is broken")),
        false => Ok(()),
    }
}

#[test]
fn whoever_locks_the_folder_itself_keeps_nobody_from_writing() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("config");
    let foreign = File::open(home.path()).unwrap();
    foreign.lock().unwrap();
    replace(&path, None, "ours", Deadline::begin()).unwrap();
    update(&path, Holds::Settings, Deadline::begin(), |_| {
        Ok::<_, ()>(Some("ours again".to_owned()))
    })
    .unwrap();
    put_secret(&path, "a secret", Deadline::begin()).unwrap();
    assert_eq!(read(&path).unwrap().unwrap(), "a secret");
    assert_eq!(
        std::fs::read_dir(home.path()).unwrap().count(),
        1,
        "no lock file is left in a folder that is not ours"
    );
}

#[test]
fn a_secret_takes_the_place_of_whatever_is_there() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("token.json");
    let replaced = |what: &str| {
        put_secret(&path, what, Deadline::begin()).unwrap();
        assert_eq!(read(&path).unwrap().unwrap(), what);
        assert_eq!(mode(&path), 0o600);
    };
    replaced("new");
    std::fs::write(&path, [0xff, 0xfe, 0]).unwrap();
    replaced("no text");
    let large = File::create(&path).unwrap();
    large.set_len(read_limited::SETTINGS + 1).unwrap();
    replaced("too large");
    #[cfg(target_os = "linux")]
    {
        std::fs::remove_file(&path).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RUSR).unwrap();
        replaced("a pipe");
    }
}

#[test]
fn a_change_that_was_made_is_not_called_undone() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("config");
    let copy = home.path().join("copy");
    REFUSE_SYNC.set(true);
    let replaced = replace(&path, None, "one", Deadline::begin());
    let put = put_secret(&path, "two", Deadline::begin());
    let created = create(&copy, b"three");
    REFUSE_SYNC.set(false);
    replaced.unwrap();
    put.unwrap();
    assert_eq!(read(&path).unwrap().unwrap(), "two");
    // A new file is there or it is not.
    assert!(created.is_err() && !copy.exists());
}

#[test]
fn what_is_no_file_keeps_its_place() {
    let home = tempfile::tempdir().unwrap();
    let kept = |path: &Path, what: &str| {
        let before = path.metadata().unwrap().mode();
        let change = |_: Option<&str>| Ok::<_, ()>(Some("new".to_owned()));
        let refusals = [
            put_secret(path, "a secret", Deadline::begin()).unwrap_err(),
            ReplaceTarget::of(path).err().unwrap(),
            match update(path, Holds::Secrets, Deadline::begin(), change) {
                Err(UpdateError::Write(e) | UpdateError::Read(e)) => e,
                _ => panic!("it was replaced"),
            },
        ];
        assert!(refusals[0].to_string().contains(what), "{}", refusals[0]);
        for refusal in &refusals[..2] {
            assert_eq!(refusal.kind(), io::ErrorKind::InvalidInput);
        }
        assert_eq!(path.metadata().unwrap().mode(), before);
    };
    let folder = home.path().join("folder");
    std::fs::create_dir(&folder).unwrap();
    kept(&folder, "folder");
    #[cfg(target_os = "linux")]
    if let Some(null) = null_device(home.path()) {
        kept(&null, "device");
        assert!(replace(&null, Some(""), "new", Deadline::begin()).is_err());
        let link = home.path().join("link");
        symlink(&null, &link).unwrap();
        kept(&link, "device");
        assert_eq!(read(&null).unwrap().unwrap(), "");
    }
}

/// A device like `/dev/null`, if this user may make one.
#[cfg(target_os = "linux")]
fn null_device(folder: &Path) -> Option<PathBuf> {
    use rustix::fs::{CWD, FileType, Mode, makedev, mknodat};
    let path = folder.join("null");
    let mode = Mode::from_raw_mode(0o666);
    let made = mknodat(CWD, &path, FileType::CharacterDevice, mode, makedev(1, 3));
    // It is made and cannot be used if the folder's disk allows no devices.
    let serves = made.is_ok() && read(&path).is_ok();
    if !serves {
        keyward_testkit::skipped("no device can be made here");
    }
    serves.then_some(path)
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_does_not_take_the_place_of_a_pipe() {
    use std::os::unix::fs::FileTypeExt as _;
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("report");
    rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RUSR).unwrap();
    let error = put_report(&path, "text", |_| true, Deadline::begin()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(std::fs::metadata(&path).unwrap().file_type().is_fifo());
}

/// An attribute of a file or folder, as long as the test needs it.
struct Attribute(PathBuf, &'static str);

impl Attribute {
    fn set(path: &Path, attribute: &'static str) -> Option<Self> {
        let chattr = |sign| {
            let mut command = std::process::Command::new("chattr");
            command.arg(format!("{sign}{attribute}")).arg(path);
            command.stderr(std::process::Stdio::null()).status()
        };
        let done = chattr("+").is_ok_and(|status| status.success());
        done.then(|| Self(path.to_owned(), attribute))
    }
}

impl Drop for Attribute {
    fn drop(&mut self) {
        let mut command = std::process::Command::new("chattr");
        let _ = command.arg(format!("-{}", self.1)).arg(&self.0).status();
    }
}

#[test]
fn a_file_that_nobody_may_replace_is_refused_before_its_content_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token.json");
    std::fs::write(&path, "old").unwrap();
    for (fixed, attribute) in [(&*path, "i"), (&path, "a"), (folder.path(), "a")] {
        let Some(held) = Attribute::set(fixed, attribute) else {
            keyward_testkit::skipped("only root sets the attributes of files, on some disks");
            return;
        };
        let refused = reserve_secret(&path, Deadline::begin());
        assert!(refused.is_err(), "+{attribute} {}", fixed.display());
        drop(held);
    }
    // A read-only file can still be replaced.
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o400)).unwrap();
    reserve_secret(&path, Deadline::begin())
        .unwrap()
        .put("new")
        .unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
}
