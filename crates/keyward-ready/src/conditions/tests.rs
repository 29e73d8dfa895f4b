use super::*;

fn data(note: impl FnOnce(&mut Conditions)) -> Vec<u8> {
    let mut conditions = Conditions::of("1", []);
    note(&mut conditions);
    conditions.associated_data().to_vec()
}

#[test]
fn neighbours_do_not_run_into_each_other() {
    let [a, b] = [("AB", "C"), ("A", "BC")].map(|(name, value)| {
        data(|conditions| conditions.variable(OsStr::new(name), OsStr::new(value)))
    });
    assert_ne!(a, b);
}

#[test]
fn a_file_that_is_missing_is_a_condition_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    let look = || data(|conditions| conditions.file(&path).unwrap());
    let missing = look();
    std::fs::write(&path, "").unwrap();
    assert_ne!(look(), missing);
    // A path below a file counts as a missing file.
    assert_eq!(
        data(|conditions| conditions.file(&path.join("below")).unwrap()),
        missing
    );
}

#[test]
fn what_lies_in_a_folder_is_no_condition() {
    let folder = tempfile::tempdir().unwrap();
    let look = || data(|conditions| conditions.folder(folder.path()).unwrap());
    let before = look();
    std::fs::write(folder.path().join("log"), "x").unwrap();
    assert_eq!(look(), before);
}

#[test]
fn a_change_settles_after_a_tick_of_the_file_systems_clock() {
    let at = Duration::new;
    let seen = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    for (changed, settled) in [
        (at(1_799_999_999, 500_000_000), true),
        (at(1_799_999_999, 950_000_000), false),
        // A file system that counts whole seconds.
        (at(1_799_999_998, 0), false),
        (at(1_799_999_997, 0), true),
        // A clock that was set back, or another machine's.
        (at(1_800_000_001, 1), false),
    ] {
        assert_eq!(has_settled(changed, seen), settled, "{changed:?}");
    }
}
