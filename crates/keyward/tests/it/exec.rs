//! `exec` and the environment of its child: the profile, the region, and the identity.

use keyward_testkit::{Ran, finish};

use crate::practice::Practice;

const KEYWARD: &str = env!("CARGO_BIN_EXE_keyward");

/// A home with a code at hand.
fn ready() -> Practice {
    let mut practice = Practice::with_key();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    practice
}

/// Runs `exec` with more variables.
fn exec(practice: &Practice, words: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = practice.command(&["exec"]);
    command.args(words).envs(variables.iter().copied());
    finish(command, "")
}

#[test]
fn without_a_name_the_profile_is_that_of_the_shell() {
    let practice = ready();
    let whoami = &["--", KEYWARD, "whoami"][..];
    let said = exec(&practice, whoami, &[("AWS_PROFILE", "on-source")]).ok();
    assert!(said.contains(":assumed-role/ReadOnly/"), "{said}");
    let said = exec(&practice, whoami, &[]).fails_with(2);
    assert!(said.contains("AWS_PROFILE is not set"), "{said}");
    assert!(said.contains("hint: keyward exec PROFILE"), "{said}");
    let said = exec(&practice, whoami, &[("AWS_PROFILE", "a\nb")]).fails_with(2);
    assert!(said.contains("AWS_PROFILE cannot be used"), "{said}");
}

/// The default profile belongs to another account, perhaps.
#[cfg(unix)]
#[test]
fn a_name_that_is_not_text_does_not_mean_the_default_profile() {
    use std::os::unix::ffi::OsStrExt as _;
    let practice = ready();
    let config = practice.read(".aws/config");
    practice.config(&config.replace(
        "[profile bare]",
        "[default]\nsource_profile = bare\n[profile bare]",
    ));
    for words in [&["exec", "--", "true"][..], &["whoami"]] {
        let mut command = practice.command(words);
        command.env("AWS_PROFILE", std::ffi::OsStr::from_bytes(b"gr\xf6sse"));
        let said = finish(command, "").fails_with(2);
        assert!(
            said.contains("the value of AWS_PROFILE is not valid UTF-8"),
            "{said}"
        );
    }
}

/// Another account, another endpoint or no proxy, perhaps.
#[cfg(unix)]
#[test]
fn a_variable_that_cannot_be_read_is_an_error_that_names_it() {
    use std::os::unix::ffi::OsStrExt as _;
    let practice = ready();
    let strange = std::ffi::OsStr::from_bytes(b"http://caf\xe9.example.com");
    for name in [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_CA_BUNDLE",
        "AWS_ENDPOINT_URL_STS",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_MFA_SERIAL",
        "KEYWARD_MFA_CODE",
        "KEYWARD_PASSPHRASE",
        "KEYWARD_SESSION_TIER",
    ] {
        for words in [
            &["exec", "bare", "--no-session", "--", "true"][..],
            &["credential-process", "on-source"],
            &["doctor"],
        ] {
            let mut command = practice.command(words);
            command.env(name, strange);
            let ran = finish(command, "");
            assert_ne!(ran.code, 0, "{words:?}");
            let said = format!("{}{}", ran.stdout, ran.stderr);
            let expect = format!("the value of {name} is not valid UTF-8");
            assert!(said.contains(&expect), "{words:?}: {said}");
            assert!(!said.contains("caf"), "{words:?}: {said}");
        }
    }
    let mut command = practice.command(&["exec", "bare", "--no-session", "--", "true"]);
    command.env("KEYWARD_SESSION_TIER", "non");
    let said = finish(command, "").fails_with(2);
    assert!(
        said.contains("KEYWARD_SESSION_TIER cannot be used"),
        "{said}"
    );
}

/// A variable of one command costs no other program its credentials.
#[cfg(unix)]
#[test]
fn a_variable_that_only_one_command_reads_is_refused_there_alone() {
    use std::os::unix::ffi::OsStrExt as _;
    let practice = ready();
    practice.write(".awsvault/keys/alice", "");
    practice.write(".granted/secure-storage-aws-iam-credentials/alice", "");
    for (name, reader) in [
        ("AWS_VAULT_BACKEND", &["import", "aws-vault"][..]),
        ("AWS_VAULT_FILE_PASSPHRASE", &["import", "aws-vault"]),
        ("CF_KEYRING_FILE_PASSWORD", &["import", "granted"]),
        (
            "AWS_VAULT_PASS_PREFIX",
            &["import", "aws-vault", "--backend", "pass"],
        ),
        (
            "AWS_VAULT_SECRET_SERVICE_COLLECTION_NAME",
            &["import", "aws-vault", "--backend", "secret-service"],
        ),
        ("KEYWARD_SIGNIN_URL", &["login", "on-source", "--stdout"]),
        ("KEYWARD_CONSOLE_URL", &["login", "on-source", "--stdout"]),
    ] {
        let run = |words: &[&str]| {
            let mut command = practice.command(words);
            command.env(name, std::ffi::OsStr::from_bytes(b"p\xe4ss"));
            finish(command, "")
        };
        for words in [
            &["exec", "bare", "--no-session", "--", "true"][..],
            &["clear", "bare"],
        ] {
            let ran = run(words);
            assert_eq!(ran.code, 0, "{name}, {words:?}: {}", ran.stderr);
            assert!(!ran.stderr.contains("UTF-8"), "{name}: {}", ran.stderr);
        }
        let said = run(reader).fails_with(2);
        let expect = format!("the value of {name} is not valid UTF-8");
        assert!(said.contains(&expect), "{reader:?}: {said}");
    }
}

#[cfg(unix)]
#[test]
fn a_region_of_the_shell_that_is_not_taken_is_told() {
    let practice = ready();
    let check = |words: &[&str], variables: &[(&str, &str)], told: bool| {
        let mut words = words.to_vec();
        words.extend(["--", "sh", "-c", "echo $AWS_REGION"]);
        let ran = exec(&practice, &words, variables);
        let warned = ran.stderr.contains("not AWS_");
        assert_eq!(warned, told, "{words:?} {variables:?}: {}", ran.stderr);
        ran.ok()
    };
    let west = ("AWS_REGION", "us-west-2");
    assert_eq!(check(&["alice"], &[west], true), "eu-central-1\n");
    let older = ("AWS_DEFAULT_REGION", "us-west-2");
    assert_eq!(check(&["alice"], &[older], true), "eu-central-1\n");
    let same = ("AWS_REGION", "eu-central-1");
    assert_eq!(check(&["alice"], &[same], false), "eu-central-1\n");
    let given = &["alice", "--region", "us-west-2"];
    assert_eq!(check(given, &[west], false), "us-west-2\n");
    // A region that another profile left, by `exec` or by `kw`, is not a wish.
    assert_eq!(
        check(&["alice"], &[west, ("KEYWARD_PROFILE", "west")], false),
        "eu-central-1\n"
    );
    practice.write(
        ".aws/config",
        &format!(
            "{}\n[profile west]\nsource_profile = alice\nregion = us-west-2\n",
            crate::practice::CONFIG
        ),
    );
    assert_eq!(
        check(&["alice"], &[west, ("AWS_PROFILE", "west")], false),
        "eu-central-1\n"
    );
}

#[test]
fn a_child_beside_a_server_knows_who_it_is() {
    let practice = ready();
    let beside = &["--server", "on-source", "--", KEYWARD, "whoami"][..];
    let said = exec(&practice, beside, &[]).ok();
    assert!(said.contains(":assumed-role/ReadOnly/"), "{said}");
    // SDKs use keys of the default profile before the container's.
    practice.write(
        ".aws/credentials",
        &format!(
            "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
            crate::practice::KEY_ID,
            crate::practice::SECRET
        ),
    );
    let said = exec(&practice, beside, &[]).ok();
    assert!(said.contains(":user/alice"), "{said}");
}

#[test]
fn a_key_that_is_not_served_is_not_warned_of() {
    let practice = ready();
    let words = ["--server", "--no-session", "alice", "--", "true"];
    let said = exec(&practice, &words, &[]).fails_with(2);
    assert!(
        said.starts_with("error: profile `alice` gives a long-lived key"),
        "{said}"
    );
    assert!(said.contains("hint: leave --no-session out"), "{said}");
    assert!(practice.account.journal().is_empty());
}

#[test]
fn the_default_profile_of_the_shell_is_the_second_choice() {
    let mut practice = Practice::with_key();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    practice.set("AWS_DEFAULT_PROFILE", "on-source");
    let said = practice.run(&["whoami"]).ok();
    assert!(said.contains("assumed-role/ReadOnly"), "{said}");
    practice.set("AWS_PROFILE", "nobody");
    let said = practice.run(&["whoami"]).fails_with(2);
    assert!(said.contains("`nobody`"), "{said}");
}
