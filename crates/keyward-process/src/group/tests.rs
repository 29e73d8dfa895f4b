//! Tests of ending a program with its descendants, in a group of their own or in ours.

use super::*;
use crate::{Bounds, Group, run};

const LONG: Duration = Duration::from_secs(60);

/// A named pipe, and a script whose grandchild holds it open.
fn held_by_a_grandchild() -> (tempfile::TempDir, std::path::PathBuf, String) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let pipe = folder.path().join("pipe");
    let made = Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .expect("it starts");
    assert!(made.success());
    let script = format!("(exec 3<>'{}'; sleep 600; true) & wait", pipe.display());
    (folder, pipe, script)
}

/// Whether a process holds a pipe open.
fn is_held(pipe: &std::path::Path) -> bool {
    use std::os::unix::fs::OpenOptionsExt;
    let nonblocking = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).expect("a flag is small");
    let mut options = std::fs::File::options();
    options.write(true).custom_flags(nonblocking);
    options.open(pipe).is_ok()
}

#[test]
fn what_a_program_on_a_terminal_has_started_ends_with_it_too() {
    let (_folder, pipe, script) = held_by_a_grandchild();
    let mut child = Command::new("sh").args(["-c", &script]).spawn().unwrap();
    let start = Instant::now();
    while !is_held(&pipe) {
        assert!(start.elapsed() < LONG, "it never starts");
    }
    end(&mut child, None);
    while is_held(&pipe) {
        assert!(start.elapsed() < LONG, "it lives on");
    }
}

#[test]
fn what_a_program_has_started_ends_with_it_at_the_limit() {
    let (_folder, pipe, script) = held_by_a_grandchild();
    let mut command = Command::new("sh");
    command.args(["-c", &script]).stdin(Stdio::null());
    let bounds = Bounds {
        until: Some(Instant::now() + Duration::from_secs(1)),
        output: 1024,
        stderr: 1024,
        linger: Duration::ZERO,
    };
    let outcome = run(command, Group::Own, b"", bounds).unwrap();
    assert!(outcome.status.is_none());
    let start = Instant::now();
    while is_held(&pipe) {
        assert!(start.elapsed() < LONG, "it lives on");
    }
}
