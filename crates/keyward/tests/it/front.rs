//! The two programs of one installation: the front starts the whole program beside it, and each
//! reports that the other is missing.

#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use keyward_testkit::{Ran, finish};

use crate::practice::Practice;
use crate::version::build::static_front;

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

/// What the build script would find out on this machine, with other variables than this target's.
fn linker_arguments(others: &[(&str, &str)]) -> Option<Vec<String>> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let triple = format!("{}-unknown-linux", std::env::consts::ARCH);
    let environment = if cfg!(target_env = "gnu") {
        "gnu"
    } else {
        "musl"
    };
    let usual = [
        ("CARGO_CFG_TARGET_OS", "linux"),
        ("CARGO_CFG_TARGET_ENV", environment),
        ("CARGO_CFG_TARGET_FEATURE", "fxsr,sse,sse2"),
        ("TARGET", &triple),
        ("HOST", &triple),
        ("OUT_DIR", folder.path().to_str().unwrap()),
    ];
    let front = static_front::find(|name| {
        let given = others.iter().chain(&usual).find(|(key, _)| *key == name);
        match given {
            Some((_, value)) => Some((*value).to_owned()),
            None => std::env::var(name).ok(),
        }
    })?;
    assert!(front.archives.iter().all(|path| Path::new(path).is_file()));
    Some(front.arguments)
}

/// The kind of an ELF file, and the kinds of its program headers.
/// Source: <https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.pheader.html>
fn elf_kinds(program: &str) -> (u16, Vec<u32>) {
    let bytes = fs::read(program).unwrap();
    let short = |at: usize| u16::from_le_bytes(bytes[at..at + 2].try_into().unwrap());
    let start = u64::from_le_bytes(bytes[32..40].try_into().unwrap()) as usize;
    let (size, count) = (usize::from(short(54)), usize::from(short(56)));
    let kind = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let kinds = (0..count).map(|index| kind(start + index * size)).collect();
    (short(16), kinds)
}

#[test]
fn the_front_needs_no_loader_where_the_machine_has_static_libraries() {
    const POSITION_INDEPENDENT: u16 = 3;
    const INTERPRETER: u32 = 3;
    let (kind, headers) = elf_kinds(FRONT);
    assert_eq!(kind, POSITION_INDEPENDENT);
    if cfg!(target_env = "gnu") && linker_arguments(&[]).is_none() {
        keyward_testkit::skipped("the C library's static part is not installed");
        return;
    }
    assert!(!headers.contains(&INTERPRETER), "{headers:?}");
    if cfg!(target_env = "gnu") {
        let (_, whole) = elf_kinds(WHOLE);
        assert!(whole.contains(&INTERPRETER), "{whole:?}");
    }
}

#[test]
fn the_front_is_linked_as_usual_for_other_targets_and_without_static_libraries() {
    for others in [
        [("CARGO_CFG_TARGET_OS", "macos")],
        [("CARGO_CFG_TARGET_ENV", "musl")],
        [("CARGO_CFG_TARGET_FEATURE", "crt-static,fxsr")],
        [("HOST", "another-unknown-linux")],
        [("CARGO_ENCODED_RUSTFLAGS", "-C\u{1f}link-arg=-fuse-ld=gold")],
        [("CARGO_ENCODED_RUSTFLAGS", "-C\u{1f}relocation-model=static")],
        [("CARGO_ENCODED_RUSTFLAGS", "-C\u{1f}prefer-dynamic")],
        [("RUSTC_LINKER", "/nowhere/cc")],
        // A linker that prints no path of a library.
        [("RUSTC_LINKER", "true")],
        // One that prints the name, as compilers do for a library that they do not find.
        [("RUSTC_LINKER", "echo")],
    ] {
        assert_eq!(linker_arguments(&others), None, "{others:?}");
    }
}
