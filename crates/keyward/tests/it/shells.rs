//! The shell function and the completion scripts, in the shells themselves.

#![cfg(unix)]

use keyward_testkit::{Ran, finish};

use crate::practice::Practice;

/// Runs a script in a shell, or `None` on a machine without that shell.
fn run(practice: &Practice, shell: &str, script: &str) -> Option<Ran> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(shell).exists());
    if !found {
        // Every machine that builds has bash; the others are tried where they are.
        assert_ne!(shell, "bash", "there is no bash");
        return None;
    }
    let mut command = practice.command_of(shell);
    command
        .env("KEYWARD", env!("CARGO_BIN_EXE_keyward"))
        .env("TERM", "dumb")
        .env("AWS_ACCESS_KEY_ID", "AKIAI44QH8DHBEXAMPLE")
        .env("AWS_REGION", "us-west-2")
        .args(["-c", script]);
    Some(finish(command, ""))
}

/// Runs a script that switches to `alice`, to nothing that exists, and away again.
fn check(shell: &str, script: &str) {
    let practice = Practice::with_key();
    let Some(ran) = run(&practice, shell, script) else {
        return;
    };
    let stderr = ran.stderr.clone();
    assert_eq!(
        ran.stdout.lines().collect::<Vec<_>>(),
        [
            "alice eu-central-1 none",
            "failed alice",
            "bare us-east-2",
            "none none",
        ],
        "{shell}: {stderr}"
    );
    assert!(stderr.contains("keyward setup alice"), "{shell}: {stderr}");
}

#[test]
fn bash_switches() {
    check(
        "bash",
        r#"eval "$("$KEYWARD" shell-init bash)"
kw alice; echo "$AWS_PROFILE $AWS_REGION ${AWS_ACCESS_KEY_ID-none}"
kw no-such-profile || echo "failed $AWS_PROFILE"
kw bare --region us-east-2; echo "$AWS_PROFILE $AWS_DEFAULT_REGION"
kw -; echo "${AWS_PROFILE-none} ${AWS_REGION-none}""#,
    );
}

#[test]
fn zsh_switches() {
    check(
        "zsh",
        r#"eval "$("$KEYWARD" shell-init zsh)"
kw alice; echo "$AWS_PROFILE $AWS_REGION ${AWS_ACCESS_KEY_ID-none}"
kw no-such-profile || echo "failed $AWS_PROFILE"
kw bare --region us-east-2; echo "$AWS_PROFILE $AWS_DEFAULT_REGION"
kw -; echo "${AWS_PROFILE-none} ${AWS_REGION-none}""#,
    );
}

#[test]
fn fish_switches() {
    check(
        "fish",
        r#""$KEYWARD" shell-init fish | source
kw alice; set -q AWS_ACCESS_KEY_ID; or echo "$AWS_PROFILE $AWS_REGION none"
kw no-such-profile; or echo "failed $AWS_PROFILE"
kw bare --region us-east-2; echo "$AWS_PROFILE $AWS_DEFAULT_REGION"
kw -; set -q AWS_PROFILE; or set -q AWS_REGION; or echo "none none""#,
    );
}

#[test]
fn bash_completes_the_names_of_profiles() {
    let practice = Practice::with_key();
    let script = r#"keyward() { "$KEYWARD" "$@"; }
command() { shift 0; if [ "$1" = keyward ]; then shift; "$KEYWARD" "$@"; else builtin command "$@"; fi; }
eval "$("$KEYWARD" completions bash)"
eval "$("$KEYWARD" shell-init bash)"
COMP_WORDS=(kw on); COMP_CWORD=1; _kw; echo "${COMPREPLY[*]}"
COMP_WORDS=(keyward exec on-s); COMP_CWORD=2; _keyward_with_names keyward on-s exec; echo "${COMPREPLY[*]}"
COMP_WORDS=(keyward exec alice -- enabl); COMP_CWORD=4; _keyward_with_names keyward enabl --; echo "${COMPREPLY[*]}"
COMP_WORDS=(keyward stat); COMP_CWORD=1; _keyward_with_names keyward stat keyward; echo "${COMPREPLY[*]}"
try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _keyward_with_names keyward "${!#}" "${@:$#-1:1}"; echo "${COMPREPLY[*]}"; }
try keyward -v exec on-s
try keyward exec alice -- -
try keyward env --format b
try keyward exec --duration on-s
try keyward assume --from on-s
try keyward log --profile on-s
try keyward sw
try keyward plug
try keyward init --profile on
try keyward exec --duration 1h on-s
try keyward mfa o
try keyward mfa list on-s
try keyward vault slot remove on
try keyward setup on-source on-r
try keyward account plan no-such
try keyward exec on-source on"#;
    let ran = run(&practice, "bash", script).unwrap();
    assert_eq!(
        ran.stdout,
        "on-source on-role on-both\non-source\nenable\nstatus\n\
         on-source\n\nbash\n\non-source\non-source\n\n\n\n\
         on-source\n\non-source\n\non-role\n\n\n",
        "{}",
        ran.stderr
    );
}

/// A home with something of each kind that completion lists.
fn with_values() -> Practice {
    let practice = Practice::with_key();
    let config = practice.read(".aws/config");
    practice.config(&format!(
        "{config}\n[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-central-1\n"
    ));
    let settings = practice.read("keyward/config.toml");
    let accounts = "[accounts]\nprod = \"111122223333\"\n\"prod eu\" = \"444455556666\"\n";
    practice.write("keyward/config.toml", &format!("{settings}{accounts}"));
    practice.write("account.toml", "version = 1\n[users.zoe]\n[users.zach]\n");
    practice.write("other/more.toml", "version = 1\n[users.zelda]\n");
    practice.write("other/notes.txt", "");
    practice
}

#[test]
fn bash_completes_values_that_keyward_knows() {
    let practice = with_values();
    let script = r#"command() { if [ "$1" = keyward ]; then shift; "$KEYWARD" "$@"; else builtin command "$@"; fi; }
eval "$("$KEYWARD" completions bash)"
try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _keyward_with_names keyward "${!#}" "${@:$#-1:1}"; echo "${COMPREPLY[*]}"; }
try keyward sso login c
try keyward sso logout c
try keyward setup --sso c
try keyward vault slot remove p
try keyward vault passphrase --slot p
try keyward assume pr
try keyward assume prod R
try keyward account revoke z
try keyward account why --blueprint other/more.toml z
try keyward account remove zoe a
try keyward account invite zoe other/
try keyward account plan acc
try keyward account why zoe iam:CreateUser --blueprint acc"#;
    let ran = run(&practice, "bash", script).unwrap();
    assert_eq!(
        ran.stdout,
        "corp\ncorp\ncorp\npassphrase\npassphrase\nprod prod\\ eu\n\n\
         zach zoe\nzelda\naccount.toml\nother/more.toml\naccount.toml\naccount.toml\n",
        "{}",
        ran.stderr
    );
}

#[test]
fn fish_completes_values_that_keyward_knows() {
    let practice = with_values();
    let script = r#"set -x PATH (path dirname $KEYWARD) $PATH
keyward completions fish | source
function try; complete -C $argv[1] | string split -f1 \t | string join ' '; end
try 'keyward sso login c'
try 'keyward setup --sso c'
try 'keyward vault slot '
try 'keyward vault slot remove '
try 'keyward vault passphrase --slot p'
try 'keyward assume pr'
try 'keyward account revoke z'
try 'keyward account why --blueprint other/more.toml z'
try 'keyward account invite zoe acc'
try 'keyward account why zoe iam:CreateUser --blueprint acc'"#;
    let Some(ran) = run(&practice, "fish", script) else {
        return;
    };
    assert_eq!(
        ran.stdout,
        "corp\ncorp\nadd list remove\npassphrase\npassphrase\nprod prod eu\n\
         zach zoe\nzelda\naccount.toml\naccount.toml\n",
        "{}",
        ran.stderr
    );
}

#[test]
fn fish_completes_the_names_of_profiles() {
    let practice = Practice::with_key();
    let script = r#"set -x PATH (path dirname $KEYWARD) $PATH
keyward completions fish | source
keyward shell-init fish | source
complete -C 'kw cha' | string split -f1 \t
complete -C 'keyward exec on-s' | string split -f1 \t
complete -C 'keyward log --profile on-s' | string split -f1 \t
complete -C 'keyward plug' | string split -f1 \t
complete -C 'keyward mfa on' | string split -f1 \t
complete -C 'keyward mfa list on-s' | string split -f1 \t
complete -C 'keyward vault slot remove on-s' | string split -f1 \t
complete -C 'keyward setup on-both on-s' | string split -f1 \t
complete -C 'keyward exec on-source -- disow' | string split -f1 \t"#;
    let Some(ran) = run(&practice, "fish", script) else {
        return;
    };
    assert_eq!(
        ran.stdout, "chained\non-source\non-source\non-source\non-source\ndisown\n",
        "{}",
        ran.stderr
    );
}

#[test]
fn zsh_reads_its_completion_script() {
    let practice = Practice::with_key();
    let script = r#"autoload -Uz compinit && compinit -u -d "$HOME/.zcompdump"
eval "$("$KEYWARD" completions zsh)" && eval "$("$KEYWARD" shell-init zsh)"
echo $_comps[keyward] $_comps[kw]; functions _keyward | grep -c ':PROFILE:_keyward_names'"#;
    let Some(ran) = run(&practice, "zsh", script) else {
        return;
    };
    let mut lines = ran.stdout.lines();
    assert_eq!(lines.next(), Some("_keyward _kw"), "{}", ran.stderr);
    // Of `rotate --via`, `remove --via`, `assume --from`, `log --profile`, and `--profile` of the account
    // commands and of `audit`.
    let used: usize = lines.next().unwrap().parse().unwrap();
    assert_eq!(used, 14);
}

#[test]
fn zsh_has_a_completer_for_each_kind_of_value() {
    let practice = with_values();
    let ran = practice.run(&["completions", "zsh"]).ok();
    for (line, count) in [
        ("'::session -- ", 2),
        (":SESSION:_keyward_sessions'", 1),
        ("':slot -- Its name:_keyward_slots'", 1),
        (":SLOT:_keyward_slots'", 1),
        ("':account -- ", 1),
        (":_keyward_accounts'", 1),
        (":_keyward_users'", 4),
        (":_keyward_blueprints'", 9),
    ] {
        assert_eq!(ran.matches(line).count(), count, "{line}");
    }
}

/// Help is for reading: a shell must not run it.
fn check_help(shell: &str, script: &str) {
    let practice = Practice::with_key();
    let Some(ran) = run(&practice, shell, script) else {
        return;
    };
    assert_eq!(ran.stdout, "done unchanged\n", "{shell}: {}", ran.stderr);
    let said = ran.stderr.matches("leave this shell without a profile");
    assert_eq!(said.count(), 3, "{shell}: {}", ran.stderr);
    assert_eq!(ran.stderr.lines().count(), 9, "{shell}: {}", ran.stderr);
}

#[test]
fn bash_shows_help() {
    check_help(
        "bash",
        r#"eval "$("$KEYWARD" shell-init bash)"; export AWS_PROFILE=unchanged
kw --help && kw -h && kw alice --help && echo "done $AWS_PROFILE""#,
    );
}

#[test]
fn zsh_shows_help() {
    check_help(
        "zsh",
        r#"eval "$("$KEYWARD" shell-init zsh)"; export AWS_PROFILE=unchanged
kw --help && kw -h && kw alice --help && echo "done $AWS_PROFILE""#,
    );
}

#[test]
fn fish_shows_help() {
    check_help(
        "fish",
        r#""$KEYWARD" shell-init fish | source; set -x AWS_PROFILE unchanged
kw --help; and kw -h; and kw alice --help; and echo "done $AWS_PROFILE""#,
    );
}

#[test]
fn elvish_completes_commands_and_flags() {
    let practice = Practice::with_key();
    // Without a terminal Elvish has no editor, so the script replaces the part of it that completes.
    let script = r#"use str
var edit: = (ns [&complex-candidate~={|text &display=''| put $text } &completion:=(ns [&arg-completer=[&]])])
eval ((external $E:KEYWARD) completions elvish | slurp) &ns=(ns [&edit:=$edit:])
fn offer {|@words| print (str:join ' ' [($edit:completion:arg-completer[keyward] $@words)])"\n" }
offer keyward ''
offer keyward env ''"#;
    let Some(ran) = run(&practice, "elvish", script) else {
        return;
    };
    let lines: Vec<Vec<&str>> = ran
        .stdout
        .lines()
        .map(|line| line.split(' ').collect())
        .collect();
    let [verbs, flags] = lines.as_slice() else {
        panic!("{}{}", ran.stdout, ran.stderr);
    };
    for verb in ["list", "exec", "completions"] {
        assert!(verbs.contains(&verb), "{verb}: {verbs:?}");
    }
    for hidden in ["switch", "candidates", "plugin-host"] {
        assert!(!verbs.contains(&hidden), "{hidden}: {verbs:?}");
    }
    assert!(flags.contains(&"--format"), "{flags:?}");
}
