//! Words of aws-vault, granted and awsume: each does what keyward's own name for it does.

use crate::practice::Practice;

/// A home with a code at hand.
fn ready() -> Practice {
    let mut practice = Practice::with_key();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    practice
}

#[test]
fn a_command_after_the_profile_needs_no_dashes() {
    let practice = ready();
    let words = [
        "exec",
        "on-source",
        "sh",
        "-c",
        "echo \"$KEYWARD_PROFILE $0\"",
        "-d",
    ];
    assert_eq!(practice.run(&words).ok().trim(), "on-source -d");
    let words = [
        "exec",
        "-d",
        "20m",
        "on-source",
        "--region",
        "eu-west-1",
        "printenv",
        "AWS_REGION",
    ];
    assert_eq!(practice.run(&words).ok().trim(), "eu-west-1");
}

#[test]
fn other_names_of_commands_do_the_same() {
    let mut practice = ready();
    let url = practice.account.url();
    practice.set("KEYWARD_SIGNIN_URL", format!("{url}/federation"));
    practice.set("KEYWARD_CONSOLE_URL", format!("{url}/console"));
    assert_eq!(practice.run(&["ls"]).ok(), practice.run(&["list"]).ok());
    let version = practice.run(&["version"]).ok();
    assert_eq!(version, practice.run(&["--version"]).ok());
    let help = practice.run(&["help", "vault", "slot"]).ok();
    assert_eq!(help, practice.run(&["vault", "slot", "--help"]).ok());
    assert_eq!(practice.run(&["help"]).ok(), practice.run(&["--help"]).ok());
    let said = practice.run(&["help", "nosuch"]).fails_with(2);
    assert!(said.contains("no command `nosuch`"), "{said}");
    let link = practice
        .run(&["console", "on-source", "--stdout", "-s", "s3"])
        .ok();
    assert!(
        link.contains("Action=login") && link.contains("s3"),
        "{link}"
    );
    let said = practice.run(&["clear", "on-source"]).stderr;
    assert!(said.contains("of `on-source`"), "{said}");
    let said = practice.run(&["clear", "alice"]).stderr;
    assert!(said.contains("forgot 1 session of `alice`"), "{said}");
    assert_eq!(practice.run(&["clear"]).code, 0);
    let said = practice.run(&["rm", "bare", "--yes"]).stderr;
    assert!(said.contains("removed AKIA"), "{said}");
}

#[test]
fn a_profile_in_the_place_of_the_command_is_answered_with_exec() {
    let practice = Practice::with_key();
    for (words, hint) in [
        (&["alice"][..], "keyward exec alice"),
        (&["alice", "--", "true"], "keyward exec alice -- true"),
    ] {
        let said = practice.run(words).fails_with(2);
        assert!(said.ends_with(&format!("hint: {hint}\n")), "{said}");
    }
    let said = practice.run(&["nobody"]).fails_with(2);
    assert!(!said.contains("exec"), "{said}");
}

#[test]
fn lines_for_an_unknown_shell_come_with_a_warning() {
    let mut practice = ready();
    for (shell, knows) in [("/bin/mksh", true), ("/usr/bin/es", false)] {
        practice.set("SHELL", shell);
        let ran = practice.run(&["env", "bare", "--no-session"]);
        assert!(
            ran.stdout.contains("export AWS_ACCESS_KEY_ID='"),
            "{}",
            ran.stdout
        );
        assert_eq!(
            ran.stderr.contains("the shell `es`"),
            !knows,
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn words_that_keyward_does_not_know_are_answered_with_the_exact_command() {
    let practice = Practice::start();
    for (words, hint) in [
        (&["export", "bare"][..], "keyward env bare"),
        (&["exec", "-j", "bare"], "keyward credential-process bare"),
        (&["env", "--profile", "bare"], "keyward env bare"),
        (&["assume", "on-role"], "keyward exec on-role"),
    ] {
        let said = practice.run(words).fails_with(2);
        assert!(
            said.starts_with("error: ") && said.ends_with(&format!("hint: {hint}\n")),
            "{said}"
        );
        assert!(!said.contains("tip:"), "{said}");
    }
}

#[test]
fn the_profile_of_the_shell_is_named_where_one_is_missing() {
    let mut practice = Practice::with_key();
    practice.set("AWS_PROFILE", "bare");
    for (words, hint) in [
        (&["env"][..], "keyward env bare"),
        (
            &["env", "--format", "json"],
            "keyward env bare --format json",
        ),
        (&["mfa", "list"], "keyward mfa list bare"),
        (&["exec", "true"], "keyward exec -- true"),
        (
            &["exec", "-d", "1h", "sh", "-c", "exit 1"],
            "keyward exec -d 1h -- sh -c 'exit 1'",
        ),
    ] {
        let said = practice.run(words).fails_with(2);
        assert!(said.ends_with(&format!("hint: {hint}\n")), "{said}");
        let first = said.lines().next().unwrap();
        assert!(!first.ends_with(':'), "{said}");
    }
    // A word behind which the command is, and a profile that is there.
    let said = practice
        .run(&["exec", "nosuch", "--", "true"])
        .fails_with(2);
    assert!(!said.contains("exec -- "), "{said}");
    practice.set("AWS_PROFILE", "nosuch");
    let said = practice.run(&["exec", "true"]).fails_with(2);
    assert!(!said.contains("exec -- "), "{said}");
}

#[test]
fn mistakes_on_the_command_line_are_told_like_other_errors() {
    let practice = Practice::start();
    for (words, said) in [
        (
            &["lst"][..],
            "error: unrecognized subcommand 'lst'\n\
             Usage: keyward [OPTIONS] [COMMAND]\n\
             hint: similar commands: keyward list\n\
             hint: keyward --help\n",
        ),
        (
            &["list", "--jsn"],
            "error: unexpected argument '--jsn' found\n\
             Usage: keyward list --json\n\
             hint: a similar option: --json\n\
             hint: keyward list --help\n",
        ),
        (
            &["vault", "slot", "remove"],
            "error: the following required arguments were not provided:\n  <SLOT>\n\
             Usage: keyward vault slot remove <SLOT>\n\
             hint: keyward vault slot remove --help\n",
        ),
    ] {
        assert_eq!(practice.run(words).fails_with(2), said);
    }
    // The most similar one comes first, and no command that the help does not show.
    let said = practice.run(&["acount"]).fails_with(2);
    assert!(
        said.contains("hint: similar commands: keyward account"),
        "{said}"
    );
    let said = practice.run(&["swtch"]).fails_with(2);
    assert!(!said.contains("switch"), "{said}");
    // A command without its verb shows its help.
    let said = practice.run(&["vault"]).fails_with(2);
    assert!(
        said.contains("Usage: keyward vault [OPTIONS] <COMMAND>") && !said.contains("hint:"),
        "{said}"
    );
}
