//! `add`, `list`, `remove`, `vault`, `config dump`.

use crate::practice::{KEY_ID, Practice, SECRET, SERIAL};

fn key() -> String {
    format!("{{\"AccessKeyId\":\"{KEY_ID}\",\"SecretAccessKey\":\"{SECRET}\"}}")
}

#[test]
fn a_new_key_is_verified_and_its_device_is_found() {
    let practice = Practice::start();
    practice.config("# mine\n[profile other]\nregion=eu-west-1\n");
    let ran = practice.run_with_input(&["add", "alice", "--stdin"], &key());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("arn:aws:iam::123456789012:user/alice"),
        "{}",
        ran.stderr
    );
    let config = practice.read(".aws/config");
    assert!(
        config.starts_with("# mine\n[profile other]\nregion=eu-west-1\n"),
        "{config}"
    );
    assert!(
        config.contains(&format!("[profile alice]\nmfa_serial={SERIAL}\n")),
        "{config}"
    );
    let listed = practice.run(&["list", "--json"]).ok();
    let rows: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let alice = rows
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["profile"] == "alice")
        .unwrap();
    assert_eq!(alice["source"], "vault_key");
    assert_eq!(alice["account_id"], "123456789012");
    assert_eq!(alice["mfa_serial"], SERIAL);
    assert_eq!(alice["sessions"], serde_json::json!([]));
}

#[test]
fn a_new_name_of_a_key_ends_the_use_of_its_sessions() {
    let mut practice = Practice::with_key();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let _ = practice.run(&["exec", "alice", "--", "true"]).ok();
    practice.set("AWS_PROFILE", "alice");
    let json = |words: &[&str]| -> serde_json::Value {
        serde_json::from_str(&practice.run(words).ok()).unwrap()
    };
    let sessions = || {
        let rows = json(&["list", "--json"]);
        let rows = rows.as_array().unwrap();
        let alice = rows.iter().find(|row| row["profile"] == "alice").unwrap();
        alice["sessions"].as_array().unwrap().len()
    };
    assert_eq!(sessions(), 1);
    assert!(json(&["status", "--json"])["expires_at"].is_string());
    let add = ["add", "third", "--stdin", "--no-config", "--no-verify"];
    let ran = practice.run_with_input(&add, &key());
    assert!(
        ran.stderr
            .contains("keyward must make new sessions of `alice`, `bare`"),
        "{}",
        ran.stderr
    );
    assert_eq!(sessions(), 0);
    assert!(json(&["status", "--json"])["expires_at"].is_null());
}

#[test]
fn region_that_nobody_named_is_said() {
    let mut practice = Practice::start();
    practice.config("");
    let ran = practice.run_with_input(&["add", "alice", "--stdin"], &key());
    assert!(
        ran.stderr
            .contains("profile `alice` has the region us-east-1, because AWS_REGION is not set"),
        "{}",
        ran.stderr
    );
    let config = practice.read(".aws/config");
    assert!(config.contains("region"), "{config}");
    assert!(config.contains("mfa_serial"), "{config}");
    practice.set("AWS_REGION", "eu-west-1");
    let add = ["add", "bob", "--stdin", "--no-verify"];
    let ran = practice.run_with_input(&add, &key());
    assert!(!ran.stderr.contains("region"), "{}", ran.stderr);
    let config = practice.read(".aws/config");
    assert!(config.contains("eu-west-1"), "{config}");
}

#[test]
fn root_key_is_called_one() {
    let practice = Practice::start();
    practice.account.with_accounts(|accounts| {
        let account = accounts
            .account_mut(&"123456789012".parse().unwrap())
            .unwrap();
        let created = account.root.created;
        account.give_root_key(
            "AKIAI44QH8DHBEXAMPLE".parse().unwrap(),
            SECRET.parse().unwrap(),
            created,
        );
    });
    let key = format!("AKIAI44QH8DHBEXAMPLE\n{SECRET}\n");
    let ran = practice.run_with_input(&["add", "top", "--stdin"], &key);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("root user"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("keyward remove top --revoke"),
        "{}",
        ran.stderr
    );
}

#[test]
fn user_without_a_device_is_told_how_to_enrol_one() {
    let practice = Practice::start();
    let add = ["add", "new", "--stdin", "--no-verify"];
    let ran = practice.run_with_input(&add, &key());
    assert!(
        ran.stderr.contains("keyward mfa enroll new"),
        "{}",
        ran.stderr
    );
}

#[cfg(unix)]
#[test]
fn folder_of_other_things_is_not_closed_and_no_advice_closes_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut practice = Practice::start();
    let folder = practice.path().join("project");
    practice.write("project/config", "");
    practice.write("project/log", "");
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&folder, open).unwrap();
    for home in [folder.display().to_string(), "/".to_owned()] {
        practice.set("KEYWARD_HOME", home);
        let add = ["add", "new", "--stdin", "--no-verify", "--no-config"];
        let said = practice.run_with_input(&add, &key()).fails_with(4);
        assert!(!said.contains("chmod"), "{said}");
        assert!(said.contains("KEYWARD_HOME"), "{said}");
    }
    let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o755);
}

#[test]
fn first_keys_at_once_come_into_one_vault() {
    let practice = Practice::start();
    std::thread::scope(|scope| {
        for number in 0..6 {
            let (practice, name) = (&practice, format!("first{number}"));
            let arguments = move || ["add", &name, "--stdin", "--no-verify"].map(str::to_owned);
            scope.spawn(move || practice.run_with_input(&arguments(), &key()).ok());
        }
    });
    let status: serde_json::Value =
        serde_json::from_str(&practice.run(&["vault", "status", "--json"]).ok()).unwrap();
    assert_eq!(status["keys"].as_array().unwrap().len(), 6, "{status}");
}

#[test]
fn a_key_that_aws_does_not_know_is_not_stored() {
    let practice = Practice::start();
    let ran = practice.run_with_input(
        &["add", "alice", "--stdin"],
        &key().replace("EXAMPLEKEY", "EXAMPLEKEX"),
    );
    let said = ran.fails_with(1);
    assert!(said.contains("nothing was stored"), "{said}");
    assert!(!practice.path().join("keyward/vault.age").exists());
}

#[test]
fn a_stored_key_is_replaced_only_when_told() {
    let practice = Practice::with_key();
    let again = ["add", "alice", "--stdin", "--no-verify", "--no-config"];
    let said = practice.run_with_input(&again, &key()).fails_with(3);
    assert!(said.contains("--force"), "{said}");
    let whole = format!("your consent, since `alice` holds {KEY_ID} already, and there is no");
    assert!(said.contains(&whole), "{said}");
    let _ = practice
        .run_with_input(&[&again[..], &["--force"]].concat(), &key())
        .ok();
}

/// Alice with a second device. Its serial comes after the first in every list.
fn alice_with_two_devices() -> (Practice, String) {
    let practice = Practice::with_key();
    let code = practice.code();
    let enroll = [
        "mfa",
        "enroll",
        "alice",
        "--store-seed",
        "--name",
        "alice-vault",
        "--mfa-code",
        &code,
    ];
    let _ = practice.run(&enroll).ok();
    (practice, format!("{SERIAL}-vault"))
}

#[test]
fn device_that_the_profile_names_stays_its_device() {
    let (practice, second) = alice_with_two_devices();
    let add = ["add", "alice", "--stdin", "--force"];
    let ran = practice.run_with_input(&add, &key());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let config = practice.read(".aws/config");
    assert!(
        config.contains(&format!("mfa_serial = {second}\n")),
        "{config}"
    );
    let listed = practice.run(&["list", "--json"]).ok();
    assert!(listed.contains(&second), "{listed}");
    // The device in the message is the one in the file.
    let named = [
        "add",
        "alice",
        "--stdin",
        "--force",
        "--mfa-serial",
        &second,
    ];
    let ran = practice.run_with_input(&named, &key());
    assert!(
        ran.stderr.contains(&format!("MFA device {second}\n")),
        "{}",
        ran.stderr
    );
    // A device that the user does not have is replaced.
    let lost = "arn:aws:iam::123456789012:mfa/lost";
    practice.config(&config.replace(&second, lost));
    let _ = practice.run_with_input(&add, &key()).ok();
    let config = practice.read(".aws/config");
    assert!(!config.contains(lost), "{config}");
}

#[test]
fn device_of_the_former_user_is_warned_of() {
    let practice = Practice::start();
    practice.config(crate::practice::CONFIG);
    let _ = practice
        .run_with_input(&["add", "alice", "--stdin"], &key())
        .ok();
    let (id, secret) = crate::mfa::KEYS;
    let add = ["add", "alice", "--stdin", "--force"];
    let ran = practice.run_with_input(&add, &format!("{id}\n{secret}\n"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for part in [
        &format!("still names the MFA device {SERIAL}"),
        "its former key was of arn:aws:iam::123456789012:user/alice",
        "keyward add alice --mfa-serial ARN --force",
    ] {
        assert!(ran.stderr.contains(part), "{part}: {}", ran.stderr);
    }
    // Another key of the same user causes no warning.
    let ran = practice.run_with_input(&add, &format!("{id}\n{secret}\n"));
    assert!(!ran.stderr.contains("still names"), "{}", ran.stderr);
}

#[test]
fn input_that_is_no_key_is_refused_without_repeating_it() {
    let practice = Practice::start();
    for input in [
        "",
        "AKIAIOSFODNN7EXAMPLE\n",
        "{\"AccessKeyId\":1}",
        "a\nb\nc\n",
        "AKIAIOSFODNN7EXAMPLE\nsecret-too-short\n",
    ] {
        let said = practice
            .run_with_input(&["add", "alice", "--stdin"], input)
            .fails_with(2);
        assert!(!said.contains("secret-too-short"), "{said}");
    }
}

#[test]
fn halves_of_a_key_that_are_swapped_are_told_without_repeating_either() {
    let mut practice = Practice::start();
    practice.set("AWS_ACCESS_KEY_ID", SECRET);
    practice.set("AWS_SECRET_ACCESS_KEY", KEY_ID);
    let lines = format!("{SECRET}\n{KEY_ID}\n");
    let json = format!("{{\"AccessKeyId\":\"{SECRET}\",\"SecretAccessKey\":\"{KEY_ID}\"}}");
    for (arguments, input) in [
        (["add", "alice", "--stdin"].as_slice(), lines.as_str()),
        (&["add", "alice", "--stdin"], &json),
        (&["add", "alice", "--env"], ""),
        (
            &["init", "--profile", "alice", "--key-stdin", "--yes"],
            &lines,
        ),
    ] {
        let said = practice.run_with_input(arguments, input).fails_with(2);
        assert!(said.contains("swapped"), "{arguments:?}: {said}");
        assert!(!said.contains(&SECRET[..6]), "{said}");
    }
}

#[test]
fn a_key_under_the_name_of_a_role_is_warned_of() {
    let practice = Practice::with_key();
    let arguments = ["add", "on-source", "--stdin", "--no-verify"];
    let ran = practice.run_with_input(&arguments, &key());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let said =
        "profile `on-source` has a role, which this key assumes from now on, in place of `alice`";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("keyward remove on-source"),
        "{}",
        ran.stderr
    );
    let explained = practice.run(&["explain", "on-source"]);
    let shown = format!("{}{}", explained.stdout, explained.stderr);
    assert!(shown.contains("in place of `alice`"), "{shown}");
}

#[test]
fn a_home_that_is_not_there_is_not_made() {
    let practice = Practice::start();
    let home = practice.path().join("nobody");
    let mut command = practice.command(&["add", "alice", "--stdin", "--no-verify", "--no-config"]);
    command.env("HOME", &home).env_remove("KEYWARD_HOME");
    for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "USERPROFILE"] {
        command.env_remove(name);
    }
    if cfg!(unix) {
        let said = keyward_testkit::finish(command, &key()).fails_with(2);
        assert!(said.contains("does not exist"), "{said}");
        assert!(said.contains("KEYWARD_HOME"), "{said}");
    }
    // With a place for the vault, the profile still has none.
    let mut command = practice.command(&["add", "alice", "--stdin", "--no-verify"]);
    command.env("HOME", &home).env("USERPROFILE", &home);
    let said = keyward_testkit::finish(command, &key()).fails_with(2);
    assert!(said.contains("the home folder"), "{said}");
    assert!(said.contains("--no-config"), "{said}");
    assert!(!home.exists() && !practice.path().join("keyward/vault.age").exists());
}

#[test]
fn a_removed_key_and_its_sessions_are_gone() {
    let mut practice = Practice::with_key();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let _ = practice.run(&["credential-process", "on-source"]).ok();
    for profile in ["alice", "bare"] {
        let _ = practice.run(&["remove", profile, "--yes"]).ok();
    }
    assert_eq!(practice.run(&["credential-process", "on-source"]).code, 2);
    let status: serde_json::Value =
        serde_json::from_str(&practice.run(&["vault", "status", "--json"]).ok()).unwrap();
    assert_eq!(status["keys"], serde_json::json!([]));
    assert_eq!(status["sessions"]["count"], 0);
}

#[test]
fn what_still_leads_to_a_removed_key_is_named() {
    let practice = Practice::with_key();
    practice.config(
        "[profile alice]\ncredential_process = keyward credential-process alice\n\
         [profile reader]\nsource_profile = alice\nrole_arn = arn:aws:iam::123456789012:role/ReadOnly\n",
    );
    let said = practice.run(&["remove", "alice", "--yes"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(
        said.stderr.contains("config:2 still asks keyward for `alice`, and `reader` starts from it: store another key with `keyward add alice`"),
        "{}",
        said.stderr
    );
    let listed = practice.run(&["list"]).ok();
    assert!(listed.contains("alice    no key"), "{listed}");
    assert!(
        listed.contains("alice, reader: ") && listed.contains("the vault holds no key for it"),
        "{listed}"
    );
}

#[test]
fn a_name_that_nothing_has_is_not_reported_as_without_sessions() {
    let practice = Practice::with_key();
    for words in [
        &["remove", "alcie", "--sessions-only"][..],
        &["clear", "alcie"],
    ] {
        let said = practice.run(words).fails_with(2);
        assert!(said.contains("there is no profile `alcie`"), "{said}");
    }
    for known in ["alice", "on-role"] {
        let ran = practice.run(&["clear", known]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }
}

#[test]
fn a_name_without_a_key_needs_no_passphrase_to_be_refused() {
    let mut practice = Practice::with_key();
    practice.set("KEYWARD_PASSPHRASE_FILE", "/nowhere");
    let refused = |name| practice.run(&["remove", name, "--yes"]).fails_with(2);
    let said = refused("alcie");
    assert!(said.contains("did you mean `alice`?"), "{said}");
    let said = refused("on-source");
    assert!(said.contains("it starts from that of `alice`"), "{said}");
    assert!(
        said.contains("keyward remove on-source --sessions-only"),
        "{said}"
    );
}

#[test]
fn forgotten_sessions_are_all_that_the_key_made_each_counted_once() {
    let mut practice = Practice::with_key();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    for profile in ["on-source", "partner", "chained"] {
        let _ = practice.run(&["credential-process", profile]).ok();
    }
    practice.set("KEYWARD_MFA_CODE", "");
    let forget = |profile| practice.run(&["remove", profile, "--sessions-only"]);
    // The role that was assumed from a role, and the one it came from.
    assert!(practice.run(&["credential-process", "chained"]).code == 0);
    let said = forget("alice");
    assert_eq!(said.stderr.trim(), "forgot 4 sessions of `alice`");
    let listed = practice.run(&["list", "--json"]).ok();
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    for row in listed.as_array().unwrap() {
        assert_eq!(row["sessions"], serde_json::json!([]), "{row}");
    }
    let _ = practice
        .run(&["credential-process", "partner"])
        .fails_with(3);
    assert_eq!(
        forget("alice").stderr.trim(),
        "forgot no session of `alice`"
    );
    assert_eq!(practice.run(&["vault", "status"]).code, 0);
}

#[test]
fn a_roles_sessions_go_and_the_shared_session_stays() {
    let mut practice = Practice::with_key();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let words: [&[&str]; 4] = [
        &["env", "on-source"],
        &["env", "on-source", "--duration", "20m"],
        &["env", "on-source", "--read-only"],
        &["env", "chained"],
    ];
    for words in words {
        let _ = practice.run(words).ok();
    }
    practice.set("KEYWARD_MFA_CODE", "");
    let sessions = |profile: &str| {
        let rows = practice.run(&["list", "--json"]).ok();
        let rows: serde_json::Value = serde_json::from_str(&rows).unwrap();
        let rows = rows.as_array().unwrap();
        let row = rows.iter().find(|row| row["profile"] == profile).unwrap();
        row["sessions"].as_array().unwrap().len()
    };
    // The shared one, and those made without flags, with `--duration` and with `--read-only`.
    assert_eq!(sessions("on-source"), 4);
    assert_eq!(sessions("chained"), 3);
    let forget = |profile| practice.run(&["remove", profile, "--sessions-only"]).stderr;
    assert_eq!(
        forget("chained").trim(),
        "forgot 1 session of `chained`",
        "the role that it is assumed from is another profile's"
    );
    assert_eq!(
        forget("on-source").trim(),
        "forgot 3 sessions of `on-source`"
    );
    assert_eq!(sessions("on-source"), 1);
    // No code is needed: the session with one is still there.
    let _ = practice.run(&["env", "on-source"]).ok();
    assert_eq!(practice.calls("GetSessionToken"), 1);
}

#[test]
fn config_dump_shows_what_the_sdks_see_and_masks_secrets() {
    let practice = Practice::start();
    practice.write(
        ".aws/credentials",
        &format!("[default]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"),
    );
    practice.config("[default]\nregion = eu-west-1\n[Acme]\nmfa_arn = x\n");
    let dump: serde_json::Value =
        serde_json::from_str(&practice.run(&["config", "dump", "--json"]).ok()).unwrap();
    assert_eq!(dump["profiles"]["default"]["region"], "eu-west-1");
    assert_eq!(dump["profiles"]["default"]["aws_secret_access_key"], "***");
    assert!(dump["ignored_sections"]["Acme"].is_object());
    assert_eq!(dump["diagnostics"][0]["line"], 3);
    practice.config("[profile x\n");
    let said = practice.run(&["config", "dump", "--json"]).fails_with(2);
    assert!(said.contains("config:1"), "{said}");
}

#[test]
fn a_vault_under_a_relative_path_is_warned_of() {
    let mut practice = Practice::start();
    practice.set("KEYWARD_HOME", "here");
    let mut command = practice.command(&["add", "p", "--stdin", "--no-verify", "--no-config"]);
    command.current_dir(practice.path());
    let ran = keyward_testkit::finish(command, &format!("{KEY_ID}\n{SECRET}\n"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("KEYWARD_HOME is a relative path"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("hint: set KEYWARD_HOME to `/"),
        "{}",
        ran.stderr
    );
}
