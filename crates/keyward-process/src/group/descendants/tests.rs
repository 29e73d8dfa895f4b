//! Tests of finding and ending the programs below a program.

use std::process::{Child, Command, Stdio};

use super::*;

/// A shell that prints a word when it runs.
fn standing(script: &str) -> Child {
    use std::io::Read as _;
    let mut child = Command::new("sh")
        .args(["-c", script])
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell can be started");
    let mut word = [0];
    child
        .stdout
        .as_mut()
        .expect("it is piped")
        .read_exact(&mut word)
        .expect("it says a word");
    child
}

#[test]
fn a_child_of_another_thread_is_found() {
    // Tests run on threads of their own.
    let mut child = standing("echo; exec sleep 600");
    let found = children(rustix::process::getpid()).contains(&Pid::from_child(&child));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(found);
}

#[test]
fn the_children_of_children_are_held_until_they_end() {
    let mut child = standing("(sleep 600 & echo; wait); :");
    let descendants = Descendants::of(Pid::from_child(&child));
    assert_eq!((descendants.held.len(), descendants.lives()), (2, true));
    descendants.send(Signal::KILL);
    child.wait().unwrap();
    let start = std::time::Instant::now();
    while descendants.lives() {
        assert!(start.elapsed().as_secs() < 60, "something lives on");
    }
    // Other processes may have their ids by now, and must not be reached.
    descendants.send(Signal::KILL);
}

#[test]
fn what_left_the_group_is_left_alone_with_all_below_it() {
    use std::io::{BufRead as _, BufReader};
    let script = "setsid sh -c 'sleep 600 & echo $$; wait' & wait";
    let mut child = Command::new("sh");
    child.args(["-c", script]).stdout(Stdio::piped());
    let mut child = child.spawn().unwrap();
    let mut line = String::new();
    let mut message = BufReader::new(child.stdout.take().unwrap());
    message.read_line(&mut line).unwrap();
    let left = Pid::from_raw(line.trim().parse().unwrap()).unwrap();
    let below = children(left);
    let descendants = Descendants::of(Pid::from_child(&child));
    super::super::end(&mut child, None);
    // Another process still holds the output open.
    let lives = {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        let mut look = [PollFd::new(message.get_ref(), PollFlags::IN)];
        poll(&mut look, Some(&now)) == Ok(0)
    };
    let _ = rustix::process::kill_process_group(left, Signal::KILL);
    assert_eq!((below.len(), descendants.held.len(), lives), (1, 0, true));
}

#[test]
fn what_a_program_on_a_terminal_has_started_may_end_in_its_own_way() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("mark");
    // It says its word when it has started all that it starts, so that nothing outlives this test.
    // The trap comes last: what is forked has it too for a moment, in which a signal is lost.
    let below = "sleep 600 & trap 'echo ended > \"$0\"; exit' TERM; echo; while :; do wait; done";
    let mut child = Command::new("sh");
    child
        .args(["-c", "sh -c \"$1\" \"$0\"; :"])
        .arg(&mark)
        .arg(below);
    let mut child = child.stdout(Stdio::piped()).spawn().unwrap();
    {
        use std::io::Read as _;
        let mut word = [0];
        child
            .stdout
            .as_mut()
            .unwrap()
            .read_exact(&mut word)
            .unwrap();
    }
    let descendants = Descendants::of(Pid::from_child(&child));
    assert!(descendants.lives());
    super::super::end(&mut child, None);
    assert_eq!(std::fs::read_to_string(&mark).unwrap(), "ended\n");
    let start = std::time::Instant::now();
    while descendants.lives() {
        assert!(start.elapsed().as_secs() < 60, "something lives on");
    }
}
