//! Where no process of its own can be had for a plugin.

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
