use super::*;

/// Runs an unattended script.
fn run_alone(
    command: Command,
    input: &[u8],
    complaints: Complaints,
) -> Result<Zeroizing<Vec<u8>>, OpenSlotError> {
    run(command, input, complaints, &Access::unattended())
}

fn shell(script: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script]);
    command
}

#[test]
fn input_goes_in_and_output_comes_out_whatever_the_order() {
    let much = vec![b'x'; 200_000];
    let output = run_alone(shell("echo first; cat"), &much, Complaints::Quoted).unwrap();
    assert_eq!(output.len(), 200_006);
    let output = run_alone(shell("exec <&-; echo done"), &much, Complaints::Quoted).unwrap();
    assert_eq!(output.as_slice(), b"done\n");
}

#[test]
fn a_failure_quotes_the_last_line_only() {
    let script = r"echo secret; echo one >&2; printf 'two\033[31m  \n\n' >&2; exit 3";
    let error = run_alone(shell(script), b"", Complaints::Quoted).unwrap_err();
    assert_eq!(error.to_string(), "`/bin/sh` failed: two[31m");
    let error = run_alone(shell("exit 3"), b"", Complaints::Shown).unwrap_err();
    assert_eq!(error.to_string(), "`/bin/sh` failed");
}

#[test]
fn a_missing_program_is_unavailable() {
    let error = run_alone(Command::new("/nonexistent/pass"), b"", Complaints::Quoted).unwrap_err();
    assert_eq!(error.to_string(), "`/nonexistent/pass` is not available");
}

#[test]
fn endless_output_is_cut() {
    let output = run_alone(
        shell("yes | head -c 600000; exit 0"),
        b"",
        Complaints::Quoted,
    );
    assert!(output.is_err() || output.unwrap().len() <= LARGEST_OUTPUT);
}

#[test]
fn a_program_is_not_given_what_the_caller_withholds() {
    let message = |withheld: &[&str]| {
        let access = Access {
            withheld: withheld.iter().map(ToString::to_string).collect(),
            ..Access::unattended()
        };
        let mut command = command(Path::new("/bin/sh"), &access);
        command.args(["-c", "echo ${CARGO_PKG_NAME-nothing}"]);
        run_alone(command, b"", Complaints::Quoted)
            .unwrap()
            .to_vec()
    };
    // The parent has this variable, since cargo set it.
    assert_eq!(message(&[]), b"keyward-vault\n");
    assert_eq!(message(&["CARGO_PKG_NAME"]), b"nothing\n");
}

/// With this long for a program.
fn within(programs: Programs) -> Access {
    Access {
        programs,
        probe: Duration::ZERO,
        ..Access::unattended()
    }
}

#[test]
fn a_program_that_hangs_is_ended_with_what_it_started() {
    use std::io::{BufRead as _, BufReader};
    let moment = Duration::from_millis(300);
    let start = Instant::now();
    let folder = tempfile::tempdir().unwrap();
    for (at, programs) in [
        Programs::Unattended(Instant::now() + moment),
        // A time that is over is a short one.
        Programs::Unattended(Instant::now()),
        Programs::Attended(moment),
    ]
    .into_iter()
    .enumerate()
    {
        let pipe = folder.path().join(at.to_string());
        assert!(
            Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        // The grandchild holds the pipe open. It survives only in a group of its own.
        let script = match programs {
            Programs::Unattended(_) => "exec 3<>\"$0\"; (sleep 600; :) & wait",
            Programs::Attended(_) => "exec 3<>\"$0\"; while :; do read -r _ <&3; done",
        };
        let mut command = shell(script);
        command.arg(&pipe);
        // A pipe ends with its last writer. This one lets it be opened without a wait, whether or
        // not the program ever opens it.
        let mut both = std::fs::File::options();
        let writer = both.read(true).write(true).open(&pipe).unwrap();
        let mut reader = BufReader::new(std::fs::File::open(&pipe).unwrap());
        let ended = std::thread::spawn(move || reader.read_line(&mut String::new()).unwrap());
        let error = run(command, b"secret", Complaints::Quoted, &within(programs)).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("`/bin/sh` did not end within 1 seconds"),
            "{error}"
        );
        drop(writer);
        assert_eq!(ended.join().unwrap(), 0);
    }
    assert!(start.elapsed() < Duration::from_secs(60), "it lives on");
}

#[test]
fn a_child_that_is_left_behind_with_the_output_is_not_waited_for() {
    let start = Instant::now();
    let output = run_alone(
        shell("sleep 600 & echo $!; echo secret"),
        b"",
        Complaints::Quoted,
    )
    .unwrap();
    assert!(start.elapsed() < Duration::from_secs(60));
    let text = std::str::from_utf8(&output).unwrap();
    let (left, secret) = text.split_once('\n').unwrap();
    assert_eq!(secret, "secret\n");
    // A machine need not have a program of that name; every shell knows it.
    let kill = shell(&format!("kill {left}")).status();
    assert!(kill.unwrap().success());
}
