//! Commands that fail, their errors, and that nothing changes by them.

use crate::practice::Practice;

#[test]
fn a_wrong_passphrase_ends_with_4_and_changes_nothing() {
    let mut practice = Practice::with_key();
    practice.write("wrong", "not the passphrase\n");
    let wrong = practice.path().join("wrong").display().to_string();
    practice.set("KEYWARD_PASSPHRASE_FILE", wrong);
    let before = std::fs::read(practice.path().join("keyward/vault.age")).unwrap();
    let code = practice.code();
    let said = practice
        .run(&["exec", "alice", "--mfa-code", &code, "--", "true"])
        .fails_with(4);
    assert!(said.contains("passphrase"), "{said}");
    assert_eq!(
        std::fs::read(practice.path().join("keyward/vault.age")).unwrap(),
        before
    );
    assert_eq!(practice.calls("GetSessionToken"), 0);
}

#[test]
fn without_a_person_a_needed_code_ends_with_3_at_once() {
    let practice = Practice::with_key();
    let said = practice
        .run(&["credential-process", "on-source"])
        .fails_with(3);
    assert!(said.contains("keyward exec on-source"), "{said}");
    assert_eq!(practice.calls("GetSessionToken"), 0);
}

#[test]
fn a_wrong_code_is_explained() {
    let practice = Practice::with_key();
    let wrong = if practice.code() == "000000" {
        "000001"
    } else {
        "000000"
    };
    let said = practice
        .run(&["exec", "on-role", "--mfa-code", wrong, "--", "true"])
        .fails_with(1);
    assert!(said.contains("MFA code"), "{said}");
    assert!(said.contains("`keyward mfa resync on-role`"), "{said}");
    let codes = format!("{wrong},123456");
    let said = practice
        .run(&["mfa", "resync", "on-source", "--codes", &codes])
        .fails_with(1);
    assert!(said.contains("hint: give two codes in a row"), "{said}");
}

#[test]
fn a_key_that_is_gone_is_to_be_stored_where_it_was() {
    let practice = Practice::with_key();
    practice.account.with_accounts(|accounts| {
        let account = accounts
            .account_mut(&"123456789012".parse().unwrap())
            .unwrap();
        let alice = account.users.get_mut(&"alice".parse().unwrap()).unwrap();
        alice.keys.clear();
    });
    let code = practice.code();
    for (words, holder) in [
        (
            &["exec", "on-role", "--mfa-code", &code, "--", "true"][..],
            "bare",
        ),
        (&["mfa", "list", "on-source"], "alice"),
        (&["whoami", "bare"], "bare"),
    ] {
        let said = practice.run(words).fails_with(1);
        let hint = format!("store a new one with `keyward add {holder}`");
        assert!(said.contains(&hint), "{said}");
    }
    let key = format!("{}\n{}\n", crate::practice::KEY_ID, crate::practice::SECRET);
    let said = practice
        .run_with_input(&["add", "new", "--stdin"], &key)
        .fails_with(1);
    assert!(said.contains("`keyward add new`"), "{said}");
}

#[test]
fn an_unknown_profile_names_near_ones() {
    let practice = Practice::with_key();
    let said = practice
        .run(&["exec", "on-sourc", "--", "true"])
        .fails_with(2);
    assert!(said.contains("on-source"), "{said}");
}

#[test]
fn a_damaged_vault_offers_the_previous_copy() {
    let practice = Practice::with_key();
    let path = practice.path().join("keyward/vault.age");
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let code = practice.code();
    let exec = ["exec", "bare", "--mfa-code", &code, "--", "true"];
    let said = practice.run(&exec).fails_with(4);
    assert!(said.contains("keyward vault restore"), "{said}");
    let _ = practice.run(&["vault", "restore", "--yes"]).ok();
    // The copy before the last change holds the key that was stored first.
    let _ = practice
        .run(&["exec", "alice", "--mfa-code", &code, "--", "true"])
        .ok();
}

#[cfg(unix)]
#[test]
fn a_vault_that_others_may_read_is_refused_with_the_mend() {
    use std::os::unix::fs::PermissionsExt;
    let practice = Practice::with_key();
    let path = practice.path().join("keyward/vault.age");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let said = practice.run(&["exec", "bare", "--", "true"]).fails_with(4);
    assert!(said.contains("chmod"), "{said}");
}

#[test]
fn a_plain_session_says_what_it_cannot_do() {
    let practice = Practice::with_key();
    let ran = practice.run(&[
        "exec",
        "bare",
        "--",
        env!("CARGO_BIN_EXE_keyward"),
        "whoami",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("mfa_serial"), "{}", ran.stderr);
}

#[test]
fn the_key_itself_is_handed_out_only_with_a_warning() {
    let practice = Practice::with_key();
    let ran = practice.run(&["env", "bare", "--no-session", "--format", "json"]);
    assert!(ran.stdout.contains(crate::practice::KEY_ID));
    assert!(ran.stderr.contains("warning:"), "{}", ran.stderr);
}

#[test]
fn a_region_of_a_flag_reaches_the_child() {
    let practice = Practice::with_key();
    let said = practice
        .run(&[
            "env",
            "bare",
            "--region",
            "ap-south-1",
            "--format",
            "dotenv",
        ])
        .ok();
    assert!(said.contains("AWS_REGION=\"ap-south-1\""), "{said}");
}

#[test]
fn a_command_in_a_hint_is_one_command_whatever_the_names_are() {
    let practice = Practice::start();
    practice.config(
        "[profile a]\nrole_arn = arn:aws:iam::123456789012:role/ReadOnly\nsource_profile = $(touch pwned)\n",
    );
    let said = practice.run(&["credential-process", "a"]).fails_with(2);
    assert!(said.contains("`keyward add '$(touch pwned)'`"), "{said}");
    let said = practice.run(&["rotate", "a b"]).fails_with(2);
    assert!(said.contains("'a b'"), "{said}");
}

#[test]
fn a_value_that_cannot_be_used_is_shown_with_what_it_should_be() {
    let mut practice = Practice::start();
    practice.config(
        "[profile a]\nrole_arn = ReadOnly\nsource_profile = b\n[profile b]\nregion = Frankfurt!\n\
         credential_process = tool\n",
    );
    let said = practice.run(&["explain", "a"]).fails_with(2);
    assert!(said.contains("config:2: `role_arn`"), "{said}");
    assert!(
        said.contains("`ReadOnly` is not a role ARN (such as"),
        "{said}"
    );
    let said = practice.run(&["explain", "b"]).fails_with(2);
    assert!(
        said.contains("`Frankfurt!` is not a region (such as"),
        "{said}"
    );
    practice.config("[profile b]\ncredential_process = tool\n");
    practice.set("AWS_REGION", "nowhere?");
    let said = practice.run(&["explain", "b"]).fails_with(2);
    assert!(said.contains("`nowhere?` is not a region"), "{said}");
    assert!(said.contains("unset AWS_REGION"), "{said}");
}

#[test]
fn a_passphrase_that_is_wrong_or_missing_is_told_with_where_it_is_given() {
    let mut practice = Practice::with_key();
    for (arguments, wanted) in [
        (
            ["vault", "export", "copy.age"].as_slice(),
            "--copy-passphrase-file",
        ),
        (&["vault", "passphrase"], "--new-passphrase-file"),
        (
            &["vault", "slot", "add", "passphrase", "--name", "x"],
            "--passphrase-file",
        ),
    ] {
        let said = practice.run(arguments).fails_with(3);
        assert!(said.contains(wanted), "{said}");
        assert!(!said.contains("KEYWARD_PASSPHRASE_FILE"), "{said}");
    }
    practice.write("passphrase", "not the passphrase\n");
    let said = practice.run(&["vault", "export", "x"]).fails_with(4);
    let wanted = "hint: it came from the file `~/passphrase`, which KEYWARD_PASSPHRASE_FILE names";
    assert!(said.contains(wanted), "{said}");
    practice.set("KEYWARD_PASSPHRASE_FILE", "/dev/zero");
    let said = practice.run(&["vault", "export", "x"]).fails_with(4);
    assert!(said.contains("regular file"), "{said}");
    practice.set("KEYWARD_PASSPHRASE_FILE", "");
    practice.set("KEYWARD_PASSPHRASE", "wrong");
    let said = practice.run(&["vault", "export", "x"]).fails_with(4);
    assert!(
        said.contains("hint: it came from KEYWARD_PASSPHRASE\n"),
        "{said}"
    );
}

#[test]
fn a_misspelt_key_of_a_profile_without_credentials_is_named_with_its_line() {
    let practice = Practice::start();
    practice.config(
        "[profile a]\naws-access-key-id = AKIAIOSFODNN7EXAMPLE\n[profile b]\nrole_arn = arn:aws:iam::123456789012:role/R\nsource_profil = alice\n[profile c]\nrole_arn = arn:aws:iam::123456789012:role/R\nsource_profile = d\n[profile d]\nexport AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\n",
    );
    for (name, hint) in [
        (
            "a",
            "hint: ~/.aws/config:2: no AWS tool reads `aws-access-key-id`; write `aws_access_key_id`",
        ),
        (
            "b",
            "hint: ~/.aws/config:5: no AWS tool reads `source_profil`; write `source_profile`",
        ),
        // The line is in its source, and was copied from a shell.
        (
            "c",
            "hint: ~/.aws/config:10: no AWS tool reads `export AWS_ACCESS_KEY_ID`; write `aws_access_key_id`",
        ),
    ] {
        let said = practice.run(&["explain", name]).fails_with(2);
        assert!(said.contains(hint), "{said}");
        assert!(
            practice.run(&["doctor"]).stdout.contains(&hint[6..]),
            "{name}"
        );
    }
}

#[test]
fn files_that_are_no_text_are_told_with_their_line() {
    let practice = Practice::start();
    let path = practice.path().join(".aws/config");
    std::fs::write(&path, b"[default]\nregion = eu-west-1\n# caf\xe9\n").unwrap();
    let said = practice.run(&["list"]).fails_with(2);
    assert!(
        said.contains("~/.aws/config:3: the line is not UTF-8 text"),
        "{said}"
    );
    assert!(said.contains("hint: save the file as UTF-8"), "{said}");
    // UTF-16, with its mark and without.
    for first in [&[0xff, 0xfe][..], &[]] {
        let text = "[default]\nregion = eu-west-1\n".encode_utf16();
        let mut bytes = first.to_vec();
        bytes.extend(text.flat_map(u16::to_le_bytes));
        std::fs::write(&path, bytes).unwrap();
        let said = practice.run(&["list"]).fails_with(2);
        assert!(said.contains("is in UTF-16"), "{said}");
    }
    // UTF-32, in both orders, with its mark and without.
    for order in [u32::to_le_bytes, u32::to_be_bytes] {
        for first in ["\u{feff}", ""] {
            let text = format!("{first}[default]\nregion = eu-west-1\n");
            let letters = text.chars().map(u32::from);
            std::fs::write(&path, letters.flat_map(order).collect::<Vec<u8>>()).unwrap();
            let said = practice.run(&["list"]).fails_with(2);
            assert!(said.contains("is in UTF-32"), "{said}");
            assert!(!said.contains("UTF-16"), "{said}");
        }
    }
    // Files of other formats, which need more than an edit of one line.
    for (text, wanted) in [
        ("{\"AccessKeyId\": \"x\"}\n", "is JSON"),
        (
            "\u{feff}Access key ID,Secret access key\nx,y\n",
            "is the CSV of the console",
        ),
        ("<html>\n<body>404</body>\n", "is HTML or XML"),
        (
            "<<<<<<< ours\n[default]\n=======\n[profile a]\n>>>>>>> theirs\n",
            "holds the two sides of a merge conflict",
        ),
    ] {
        std::fs::write(&path, text).unwrap();
        let said = practice.run(&["list"]).fails_with(2);
        assert!(said.contains(wanted), "{said}");
        assert!(!said.contains("header such as `[default]` or"), "{said}");
    }
    // An archive, and a file that a loss of power filled with zeros.
    for bytes in [&b"\x1f\x8b\x08\x00\xff"[..], &[0; 40]] {
        std::fs::write(&path, bytes).unwrap();
        let said = practice.run(&["list"]).fails_with(2);
        assert!(said.contains("is not a text file"), "{said}");
    }
    practice.config("");
    practice.write("keyward/config.toml", "key_max_age = \"banana\"\n");
    let said = practice.run(&["list"]).fails_with(2);
    assert!(
        said.contains("~/keyward/config.toml:1: `key_max_age`"),
        "{said}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_pipe_in_place_of_a_config_file_is_refused_before_it_is_waited_for() {
    let mut practice = Practice::start();
    let pipe = practice.path().join("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR).unwrap();
    practice.set("AWS_CONFIG_FILE", pipe.display().to_string());
    let said = practice.run(&["list"]).fails_with(2);
    assert!(said.contains("hint: name a regular file"), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_pipe_in_place_of_any_file_is_refused_before_it_is_waited_for() {
    let practice = Practice::with_key();
    let pipe = practice.path().join("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR).unwrap();
    let pipe = pipe.to_str().unwrap();
    practice.config(&format!(
        "{}\n[profile web]\nrole_arn = arn:aws:iam::123456789012:role/ReadOnly\n\
         web_identity_token_file = {pipe}\n\
         [profile container]\ncredential_source = EcsContainer\n",
        crate::practice::CONFIG
    ));
    let check = |words: &[&str], said: &str| {
        let mut command = practice.command(words);
        command
            .env(
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                "http://127.0.0.1:9/creds",
            )
            .env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", pipe);
        let ran = keyward_testkit::finish(command, "");
        assert_ne!(ran.code, 0, "{words:?}");
        assert!(ran.stderr.contains(said), "{words:?}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("it is a pipe"),
            "{words:?}: {}",
            ran.stderr
        );
    };
    check(&["credential-process", "web"], "web identity token");
    check(&["credential-process", "container"], "cannot be read");
    check(
        &["env", "on-source", "--policy", pipe],
        "cannot be used as a session policy",
    );
    check(
        &["sandbox", "--blueprint", pipe, "--", "true"],
        "cannot be used as practice accounts",
    );
    check(&["vault", "import", pipe], "cannot be read");
    let copy = ["vault", "import", "passphrase", "--identity-file", pipe];
    check(&copy, "cannot be read");
    let serve = ["serve", "bare", "--token-file", pipe];
    check(&serve, "something other than a token");
}

#[test]
fn without_a_home_folder_every_variable_that_is_needed_is_named() {
    let practice = Practice::start();
    let place = |name: &str| practice.path().join(name);
    let mut command = practice.command(&["list"]);
    command.env_remove("HOME").env_remove("USERPROFILE");
    let said = keyward_testkit::finish(command, "").fails_with(2);
    assert!(said.contains("there is no home folder"), "{said}");
    let mut command = practice.command(&["list"]);
    command.env_remove("HOME").env_remove("USERPROFILE");
    for name in [
        "KEYWARD_HOME",
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
    ] {
        assert!(said.contains(name), "{said}");
        command.env(name, place(name));
    }
    let _ = keyward_testkit::finish(command, "").ok();
}

#[test]
fn all_mistakes_of_the_aws_files_are_told_at_once() {
    let practice = Practice::with_key();
    practice.config("[profile x\nfoo\n[y\n bar\n");
    practice.write(".aws/credentials", "stray\n");
    for arguments in [
        &["exec", "alice", "--", "true"][..],
        &["config", "dump"],
        &["list"],
        &["remove", "alice", "--sessions-only"],
    ] {
        let said = practice.run(arguments).fails_with(2);
        for place in [
            "config:1",
            "config:2",
            "config:3",
            "config:4",
            "credentials:1",
        ] {
            assert!(
                said.contains(&format!("~/.aws/{place}: ")),
                "{place}: {said}"
            );
        }
        assert_eq!(said.matches("write the header as").count(), 1, "{said}");
    }
    practice.config("[profile x\n");
    practice.write(".aws/credentials", "");
    let said = practice.run(&["list"]).fails_with(2);
    assert!(said.starts_with("error: ~/.aws/config:1: "), "{said}");
}

#[test]
fn what_needs_the_vault_alone_goes_on_without_the_aws_files() {
    let mut practice = Practice::with_key();
    practice.config("[profile x\nfoo\n");
    let copy = practice.path().join("copy.age").display().to_string();
    let passphrase = practice.path().join("passphrase").display().to_string();
    let export = [
        "vault",
        "export",
        &copy,
        "--copy-passphrase-file",
        &passphrase,
    ];
    let import = [
        "vault",
        "import",
        &copy,
        "--copy-passphrase-file",
        &passphrase,
    ];
    for arguments in [
        &["vault", "status"][..],
        &["vault", "slot", "list"],
        &export,
        &import,
        &["vault", "passphrase", "--new-passphrase-file", &passphrase],
        &["remove", "bare", "--yes"],
        &["lock"],
        &["log"],
    ] {
        let ran = practice.run(arguments);
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.stderr);
        assert!(!ran.stderr.contains("error"), "{}", ran.stderr);
        assert_eq!(
            ran.stderr.contains("warning:"),
            arguments != ["log"],
            "{arguments:?}: {}",
            ran.stderr
        );
    }
    let said = practice.run(&["remove", "bare", "--yes"]).fails_with(2);
    assert!(said.contains("holds no key for `bare`"), "{said}");
    practice.config("");

    practice.write("keyward/config.toml", "foo = \n");
    for arguments in [&["vault", "status"][..], &["vault", "slot", "list"]] {
        let ran = practice.run(arguments);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(ran.stderr.contains("config.toml"), "{}", ran.stderr);
    }
    let said = practice
        .run(&["vault", "export", "other.age"])
        .fails_with(2);
    assert!(said.contains("hint:"), "{said}");
    practice.set("KEYWARD_MFA_CODE", "123456");
    let said = practice.run(&["credential-process", "alice"]).fails_with(2);
    assert!(said.contains("config.toml"), "{said}");
}

#[test]
fn a_role_from_a_profile_that_does_not_exist_names_its_option() {
    let practice = Practice::with_key();
    let assume = ["assume", "123456789012", "ReadOnly"];
    let said = practice
        .run(&[&assume[..], &["--from", "nosuch"]].concat())
        .fails_with(2);
    assert!(said.contains("there is no profile `nosuch`"), "{said}");
    assert!(said.contains("--from"), "{said}");
    practice.write("keyward/config.toml", "assume_from = \"nosuch\"\n");
    let said = practice.run(&assume).fails_with(2);
    assert!(said.contains("there is no profile `nosuch`"), "{said}");
    assert!(said.contains("`assume_from` in config.toml"), "{said}");
}

#[test]
fn a_setting_or_file_that_cannot_be_used_is_a_mistake_of_the_command_line() {
    for (variable, value) in [
        ("AWS_ENDPOINT_URL", "not-a-url"),
        ("AWS_CA_BUNDLE", "/nonexistent"),
    ] {
        let mut practice = Practice::with_key();
        practice.set("AWS_ENDPOINT_URL", "https://127.0.0.1:1");
        practice.set(variable, value);
        let ran = practice.run(&["whoami", "bare"]);
        assert_eq!(ran.code, 2, "{variable}: {}", ran.stderr);
    }
    let practice = Practice::with_key();
    let _ = practice
        .run(&["vault", "import", "/nonexistent"])
        .fails_with(2);
}
