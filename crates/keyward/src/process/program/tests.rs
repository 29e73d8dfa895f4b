//! Programs that end, hang, talk and leave others behind.

use super::*;

fn sh(script: &str, limit: Duration) -> Result<Output, RunError> {
    let mut command = Command::new("sh");
    command.args(["-c", script]).stdin(Stdio::null());
    run(command, Interaction::Terminal, Some(limit))
}

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(100);

#[test]
fn output_and_status_of_a_program_are_kept() {
    let ran = sh("printf answer; exit 3", LONG).unwrap();
    assert_eq!(
        (ran.output.as_slice(), ran.status.code()),
        (&b"answer"[..], Some(3))
    );
}

#[test]
fn a_program_that_hangs_is_ended() {
    let start = Instant::now();
    for script in [
        "exec sleep 600",
        // The output is closed, the program lives on.
        "exec >&-; exec sleep 600",
        // A child of its own holds the output open.
        "sleep 600 & wait",
        // It does not listen.
        "trap '' TERM; sleep 600; sleep 600",
    ] {
        assert!(
            matches!(sh(script, SHORT), Err(RunError::TooLong(_))),
            "{script}"
        );
    }
    assert!(start.elapsed() < LONG);
}

#[test]
fn a_child_that_is_left_behind_costs_nobody_its_life() {
    let start = Instant::now();
    // More than a pipe holds, so that some is still to be read when the child is alone.
    let script = "sleep 600 & echo $!; head -c 200000 /dev/zero; echo words >&2";
    let ran = sh(script, LONG).unwrap();
    let end = ran.output.iter().position(|b| *b == b'\n').unwrap();
    assert_eq!(ran.output.len(), end + 1 + 200_000);
    assert_eq!(ran.message.unwrap().line(), "words");
    assert!(start.elapsed() < LONG);
    // It was left on purpose, and lives.
    let number: i32 = std::str::from_utf8(&ran.output[..end])
        .unwrap()
        .parse()
        .unwrap();
    let child = rustix::process::Pid::from_raw(number).unwrap();
    rustix::process::kill_process(child, rustix::process::Signal::KILL).unwrap();
}

#[test]
fn a_child_that_is_left_behind_and_goes_on_writing_is_not_listened_to_for_long() {
    let start = Instant::now();
    // Always sooner than the moment after which a pipe counts as quiet, on both streams, and for
    // longer than a test may wait.
    let script = "printf z >&2; (n=0; while [ $n -lt 15000 ]; do printf x; printf y >&2; \
                  sleep 0.005; n=$((n + 1)); done) & echo $!";
    let ran = sh(script, LONG).unwrap();
    let took = start.elapsed();
    let end = ran.output.iter().position(|b| *b == b'\n').unwrap();
    let number = std::str::from_utf8(&ran.output[..end]).unwrap();
    // An `x` may have come before the number.
    let number: i32 = number.trim_start_matches('x').parse().unwrap();
    let child = rustix::process::Pid::from_raw(number).unwrap();
    rustix::process::kill_process(child, rustix::process::Signal::KILL).unwrap();
    assert!(took < LONG, "{took:?}");
    assert!(ran.message.is_some());
}

#[test]
fn a_program_that_is_not_there_is_told_apart() {
    let command = Command::new("/nonexistent/program");
    assert!(matches!(
        run(command, Interaction::Terminal, Some(LONG)),
        Err(RunError::Start(_))
    ));
}
