//! The two programs of one installation: the front starts the whole program beside it, and each
//! reports that the other is missing.

#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use keyward_testkit::{Ran, finish};

use crate::practice::Practice;

const FRONT: &str = env!("CARGO_BIN_EXE_keyward");
const WHOLE: &str = env!("CARGO_BIN_EXE_keyward-full");

/// A folder with one of the programs, on the file system of both.
fn folder_with(program: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let path = folder.path().join(Path::new(program).file_name().unwrap());
    fs::hard_link(program, &path).unwrap();
    (folder, path)
}

fn run(practice: &Practice, program: &Path, words: &[&str]) -> Ran {
    let mut command = practice.command_of(program.to_str().unwrap());
    command.args(words);
    finish(command, "")
}

#[test]
fn a_front_without_the_whole_program_says_what_is_missing() {
    let practice = Practice::with_key();
    let (folder, front) = folder_with(FRONT);
    let missing = format!(
        "`{}` is missing",
        folder.path().join("keyward-full").display()
    );
    let ran = run(&practice, &front, &["list"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains(&missing), "{}", ran.stderr);
    // It starts neither itself endlessly nor a program of that name in `PATH`.
    symlink("keyward", folder.path().join("keyward-full")).unwrap();
    let path = Path::new(WHOLE).parent().unwrap();
    let mut command = practice.command_of(front.to_str().unwrap());
    command.args(["list"]).env("PATH", path);
    let ran = finish(command, "");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains(&missing), "{}", ran.stderr);
}

#[test]
fn the_front_is_found_through_a_link_and_starts_what_is_beside_it() {
    let practice = Practice::with_key();
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("kw");
    symlink(FRONT, &link).unwrap();
    let _ = run(&practice, &link, &["list"]).ok();
}

#[test]
fn the_whole_program_works_alone_and_goes_by_its_own_name() {
    let practice = Practice::with_key();
    let (_folder, whole) = folder_with(WHOLE);
    let _ = run(&practice, &whole, &["setup", "alice"]).ok();
    let line = format!("{} credential-process", whole.display());
    let config = practice.read(".aws/config");
    assert!(config.contains(&line), "{config}");
    // It recognizes such a line as its own.
    let _ = run(&practice, &whole, &["setup", "alice"]).ok();
    assert_eq!(practice.read(".aws/config"), config);
}

#[test]
fn the_whole_program_goes_by_the_name_of_the_front_beside_it() {
    let practice = Practice::with_key();
    let _ = run(&practice, Path::new(WHOLE), &["setup", "alice"]).ok();
    let config = practice.read(".aws/config");
    let line = format!("{FRONT} credential-process");
    assert!(config.contains(&line), "{config}");
}

#[test]
fn the_front_passes_on_its_words_and_its_input() {
    let practice = Practice::with_key();
    let script = "cat; printf '%s|' \"$@\"";
    let words = [
        "exec",
        "bare",
        "--no-session",
        "--",
        "sh",
        "-c",
        script,
        "sh",
        "a b",
        "",
        "c",
    ];
    let said = finish(practice.command(&words), "from standard input\n").ok();
    assert_eq!(said, "from standard input\na b||c|");
}
