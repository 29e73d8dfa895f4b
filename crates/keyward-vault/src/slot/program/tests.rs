use super::*;

fn shell(script: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script]);
    command
}

#[test]
fn input_goes_in_and_output_comes_out_whatever_the_order() {
    let much = vec![b'x'; 200_000];
    let output = run(shell("echo first; cat"), &much, Complaints::Quoted).unwrap();
    assert_eq!(output.len(), 200_006);
    let output = run(shell("exec <&-; echo done"), &much, Complaints::Quoted).unwrap();
    assert_eq!(output.as_slice(), b"done\n");
}

#[test]
fn a_failure_quotes_the_last_line_only() {
    let script = r"echo secret; echo one >&2; printf 'two\033[31m  \n\n' >&2; exit 3";
    let error = run(shell(script), b"", Complaints::Quoted).unwrap_err();
    assert_eq!(error.to_string(), "`/bin/sh` failed: two[31m");
    let error = run(shell("exit 3"), b"", Complaints::Shown).unwrap_err();
    assert_eq!(error.to_string(), "`/bin/sh` failed");
}

#[test]
fn a_missing_program_is_unavailable() {
    let error = run(Command::new("/nonexistent/pass"), b"", Complaints::Quoted).unwrap_err();
    assert_eq!(error.to_string(), "`/nonexistent/pass` is not available");
}

#[test]
fn endless_output_is_cut() {
    let output = run(
        shell("yes | head -c 600000; exit 0"),
        b"",
        Complaints::Quoted,
    );
    assert!(output.is_err() || output.unwrap().len() <= LARGEST_OUTPUT);
}

#[test]
fn a_program_is_not_given_what_the_caller_withholds() {
    let said = |withheld: &[&str]| {
        let access = Access {
            withheld: withheld.iter().map(ToString::to_string).collect(),
            ..Access::unattended()
        };
        let mut command = command(Path::new("/bin/sh"), &access);
        command.args(["-c", "echo ${CARGO_PKG_NAME-nothing}"]);
        run(command, b"", Complaints::Quoted).unwrap().to_vec()
    };
    // What the parent has, since cargo set it.
    assert_eq!(said(&[]), b"keyward-vault\n");
    assert_eq!(said(&["CARGO_PKG_NAME"]), b"nothing\n");
}
