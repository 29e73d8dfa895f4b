//! Programs that end, hang and talk.

use super::*;

fn sh(script: &str, limit: Duration) -> Result<Ran, RunError> {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    to_the_end(command, limit)
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
        // A grandchild holds the output open.
        "sleep 2 & wait",
    ] {
        assert!(
            matches!(sh(script, SHORT), Err(RunError::TooLong(_))),
            "{script}"
        );
    }
    assert!(start.elapsed() < LONG);
}

#[test]
fn a_program_that_is_not_there_is_told_apart() {
    let command = Command::new("/nonexistent/program");
    assert!(matches!(to_the_end(command, LONG), Err(RunError::Start(_))));
}

#[test]
fn secrets_are_struck_out_of_last_words() {
    let answer = br#"{"SecretAccessKey":"short-secret","SessionToken":"token"}"#;
    for (line, expect) in [
        ("plain words, /a/path", "plain words, /a/path"),
        ("it is short-secret and token!", "it is *** and ***!"),
        ("key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "key=***"),
        ("key: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "key: ***"),
    ] {
        let struck = strike_out(line.to_owned(), answer);
        assert_eq!(struck, expect);
    }
}
