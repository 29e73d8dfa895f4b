//! The process that starts plugins, and the refusal when that process cannot start.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use super::*;

#[test]
fn a_program_whose_path_is_no_text_hosts_no_plugin() {
    let path = Path::new(OsStr::from_bytes(b"/opt/\xff/keyward"));
    let why = host(path, true).unwrap_err();
    assert_eq!(why, "the path of keyward's own file is not UTF-8 text");
    let line = host(Path::new("/opt/keyward"), false).unwrap();
    assert_eq!(line.arguments(), ["plugin-host", "--no-terminal"]);
}

#[test]
fn a_plugin_runs_here_only_where_nothing_is_kept_from_it() {
    let own = || Ok(PathBuf::from("/bin/sh"));
    let unknown = || Err(io::ErrorKind::NotFound.into());
    let word = |place| match place {
        Plugins::Here => "here".to_owned(),
        Plugins::Apart(line) => format!("apart {}", line.program()),
        Plugins::Nowhere(why) => why.split(':').next().unwrap_or_default().to_owned(),
    };
    for (secrets, attended, own, expect) in [
        (false, true, own(), "here"),
        (true, true, own(), "apart /bin/sh"),
        (false, false, own(), "apart /bin/sh"),
        (false, false, unknown(), "here"),
        (true, false, unknown(), "keyward's own file is not known"),
        (true, true, unknown(), "keyward's own file is not known"),
    ] {
        assert_eq!(word(place_for(secrets, attended, own)), expect);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_that_was_replaced_still_hosts_plugins() {
    let gone = PathBuf::from("/nonexistent/keyward (deleted)");
    match place_for(true, false, Ok(gone)) {
        Plugins::Apart(line) => assert_eq!(line.program(), "/proc/self/exe"),
        other => panic!("{other:?}"),
    }
    // The host is this program, whichever process asks.
    let mut itself = std::process::Command::new(ITSELF);
    let message = itself.arg("--list").output().unwrap();
    let message = String::from_utf8(message.stdout).unwrap();
    assert!(message.contains("still_hosts_plugins: test"), "{message}");
}
