use super::*;

#[test]
fn the_whole_program_gives_the_name_of_the_front_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| {
        folder
            .path()
            .join([name, std::env::consts::EXE_SUFFIX].concat())
    };
    std::fs::write(place(WHOLE), "").unwrap();
    assert_eq!(front_beside(place(WHOLE)), place(WHOLE));
    std::fs::write(place(FRONT), "").unwrap();
    assert_eq!(front_beside(place(WHOLE)), place(FRONT));
    assert_eq!(front_beside(place("it")), place("it"));
}

#[cfg(target_os = "linux")]
#[test]
fn the_front_takes_neither_a_link_nor_itself_for_the_whole_program() {
    let folder = tempfile::tempdir().unwrap();
    let (front, whole) = (folder.path().join(FRONT), folder.path().join(WHOLE));
    std::fs::write(&front, "").unwrap();
    assert_eq!(whole_beside(&front), None);
    std::os::unix::fs::symlink(FRONT, &whole).unwrap();
    assert_eq!(whole_beside(&front), None);
    std::fs::remove_file(&whole).unwrap();
    std::fs::hard_link(&front, &whole).unwrap();
    assert_eq!(whole_beside(&front), None);
    // A copy under the other name is not started again and again either.
    assert_eq!(whole_beside(&whole), None);
    std::fs::remove_file(&whole).unwrap();
    std::fs::create_dir(&whole).unwrap();
    assert_eq!(whole_beside(&front), None);
    std::fs::remove_dir(&whole).unwrap();
    std::fs::write(folder.path().join("other"), "").unwrap();
    std::os::unix::fs::symlink("other", &whole).unwrap();
    assert_eq!(whole_beside(&front), None);
    std::fs::remove_file(&whole).unwrap();
    std::fs::write(&whole, "").unwrap();
    assert_eq!(whole_beside(&front), Some(whole));
}

#[cfg(target_os = "linux")]
#[test]
fn a_front_that_an_upgrade_replaced_finds_the_whole_program() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join(WHOLE);
    std::fs::write(&whole, "").unwrap();
    let front = folder.path().join("keyward (deleted)");
    assert_eq!(whole_beside(&front), Some(whole));
}

/// Only root may change the owner of a file.
#[cfg(target_os = "linux")]
#[test]
fn the_front_starts_no_file_of_another_user() {
    let folder = tempfile::tempdir().unwrap();
    let (front, whole) = (folder.path().join(FRONT), folder.path().join(WHOLE));
    std::fs::write(&front, "").unwrap();
    std::fs::write(&whole, "").unwrap();
    if std::os::unix::fs::chown(&whole, Some(65_534), None).is_ok() {
        assert_eq!(whole_beside(&front), None);
        std::os::unix::fs::chown(&front, Some(65_534), None).unwrap();
        assert_eq!(whole_beside(&front), Some(whole));
    }
}
