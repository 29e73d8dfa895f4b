//! Tests of the home folder, and of the meaning of `~`.

use super::*;

#[test]
fn the_home_folder_is_found_as_the_sdks_find_it() {
    let check = |windows, variables: &[(&str, &str)], expect: Option<&str>| {
        let look = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        assert_eq!(
            home_of(windows, look),
            expect.map(PathBuf::from),
            "{variables:?}"
        );
    };
    let drive = [("HOMEDRIVE", "C:"), ("HOMEPATH", "\\users\\drive")];
    let profile = [&[("USERPROFILE", "profile")][..], &drive].concat();
    let home = [&[("HOME", "/home/user")][..], &profile].concat();
    for windows in [false, true] {
        check(windows, &home, Some("/home/user"));
        check(windows, &[], None);
    }
    check(true, &profile, Some("profile"));
    check(true, &drive, Some("C:\\users\\drive"));
    check(true, &drive[..1], None);
    check(
        true,
        &[("HOME", ""), ("USERPROFILE", "profile")],
        Some("profile"),
    );
    check(false, &profile, None);
}

#[test]
fn only_a_lone_tilde_at_the_start_is_the_home_folder() {
    for (path, expect) in [
        ("~/config", "/home/user/config"),
        ("~//a/b", "/home/user/a/b"),
        ("~", "/home/user/"),
        ("~other/config", "~other/config"),
        ("/etc/~/config", "/etc/~/config"),
        ("a/~", "a/~"),
        ("./~/a", "./~/a"),
        ("", ""),
    ] {
        let home = Some(PathBuf::from("/home/user"));
        assert_eq!(expand(Path::new(path), home), Path::new(expect), "{path}");
        assert_eq!(expand(Path::new(path), None), Path::new(path), "{path}");
    }
}
