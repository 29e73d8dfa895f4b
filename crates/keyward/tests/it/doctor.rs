//! `doctor`: what it finds from outside, what it fixes, and that it touches nothing else.

use serde_json::Value;

use crate::practice::{KEY_ID, Practice, SECRET};

/// Returns the output of `doctor --json`, with its exit code.
fn look(practice: &Practice, more: &[&str]) -> (i32, Value) {
    let mut arguments = vec!["doctor", "--json"];
    arguments.extend(more);
    let ran = practice.run(&arguments);
    let said = serde_json::from_str(&ran.stdout)
        .unwrap_or_else(|_| panic!("{}\n{}", ran.stdout, ran.stderr));
    (ran.code, said)
}

fn ids(said: &Value) -> Vec<&str> {
    let findings = said["findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| finding["severity"] == "problem")
        .map(|finding| finding["id"].as_str().unwrap())
        .collect()
}

#[cfg(unix)]
fn mode(practice: &Practice, name: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    let path = practice.path().join(name);
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_device_of_another_account_than_the_keys_is_named() {
    let practice = Practice::with_key();
    let add = practice.command(&["add", "work", "--stdin", "--no-config"]);
    let _ = keyward_testkit::finish(add, &format!("{KEY_ID}\n{SECRET}\n")).ok();
    practice.config(
        "[profile role]\nsource_profile = work\nmfa_serial = arn:aws:iam::111122223333:mfa/alice\n\
         role_arn = arn:aws:iam::111122223333:role/ReadOnly\n\
         [profile same]\nsource_profile = work\nmfa_serial = arn:aws:iam::123456789012:mfa/alice\n\
         role_arn = arn:aws:iam::111122223333:role/ReadOnly\n",
    );
    let (code, said) = look(&practice, &[]);
    assert_eq!(code, 1);
    let findings = said["findings"].as_array().unwrap();
    let found: Vec<_> = findings
        .iter()
        .filter(|finding| finding["id"] == "mfa-account")
        .collect();
    assert_eq!(found.len(), 1, "{said:#}");
    assert_eq!(found[0]["place"], "[role]", "{said:#}");
    let message = found[0]["message"].as_str().unwrap();
    assert!(
        message.contains("of account 111122223333") && message.contains("of account 123456789012"),
        "{message}"
    );
}

/// SDKs read such a line as a part of the value above it.
#[test]
fn a_line_that_continues_the_id_is_named_as_such() {
    let practice = Practice::with_key();
    let text =
        format!("[p]\naws_access_key_id = {KEY_ID}\n  more\naws_secret_access_key = {SECRET}\n");
    practice.write(".aws/credentials", &text);
    let (code, said) = look(&practice, &[]);
    assert_eq!(code, 1, "{said}");
    let findings = said["findings"].to_string();
    assert!(findings.contains("remove the indented line"), "{findings}");
    assert_eq!(said["profiles"]["p"]["rust"], "fails: key");
}

#[test]
fn a_key_without_a_value_is_a_problem() {
    let practice = Practice::with_key();
    practice.write(
        ".aws/credentials",
        "[form]\naws_access_key_id =\naws_secret_access_key =\n",
    );
    let (code, said) = look(&practice, &[]);
    assert_eq!(code, 1, "{said:#}");
    let findings = said["findings"].as_array().unwrap();
    let found = findings.iter().find(|found| found["id"] == "empty-key");
    let place = found.unwrap()["place"].as_str().unwrap();
    assert!(place.ends_with("credentials:2"), "{place}");
}

#[test]
fn a_tidy_home_has_no_problems() {
    let practice = Practice::with_key();
    practice.config("[profile alice]\nregion = eu-central-1\n");
    let _ = practice.run(&["setup", "alice"]).ok();
    let (code, said) = look(&practice, &[]);
    assert_eq!(ids(&said), [""; 0], "{said:#}");
    assert_eq!(code, 0);
    assert_eq!(said["profiles"]["alice"]["go"], "keyward");
    assert_eq!(said["profiles"]["bare"]["go"], "nothing");
}

#[cfg(unix)]
#[test]
fn safe_problems_are_fixed_and_the_rest_is_reported() {
    let practice = Practice::with_key();
    practice.config(
        "[profile alice]\nregion = eu-central-1 # near\nmfa_arn = arn:aws:iam::123456789012:mfa/alice\n\n[profile china]\nsource_profile = alice\nrole_arn = arn:aws-cn:iam::123456789012:role/Admin\nregion = eu-central-1\n",
    );
    practice.write(
        ".aws/credentials",
        &format!("[clear]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"),
    );
    mode(&practice, ".aws/credentials", 0o644);
    let (code, said) = look(&practice, &[]);
    assert_eq!(code, 1);
    let found = ids(&said);
    for id in ["file-mode", "config", "partition", "key-in-the-clear"] {
        assert!(found.contains(&id), "{id} in {said:#}");
    }
    assert!(!said.to_string().contains(SECRET));

    let (code, said) = look(&practice, &["--fix"]);
    assert_eq!(code, 1, "what keyward cannot fix stays");
    assert_eq!(said["fixed"].as_array().unwrap().len(), 3, "{said:#}");
    let found = ids(&said);
    assert!(!found.contains(&"file-mode"), "{said:#}");
    assert!(!found.contains(&"config"), "{said:#}");
    assert!(found.contains(&"partition"), "{said:#}");
    let config = practice.read(".aws/config");
    assert!(
        config.contains("# near\nregion = eu-central-1\n"),
        "{config}"
    );
    assert!(config.contains("\nmfa_serial = arn:"), "{config}");
    let (_, again) = look(&practice, &["--fix"]);
    assert_eq!(again["fixed"].as_array().unwrap().len(), 0, "{again:#}");
}

#[test]
fn keys_of_the_shell_beside_a_profile_are_told() {
    let practice = Practice::with_key();
    let mut command = practice.command(&["doctor"]);
    command
        .env("AWS_PROFILE", "alice")
        .env("AWS_ACCESS_KEY_ID", KEY_ID)
        .env("AWS_SECRET_ACCESS_KEY", SECRET);
    let ran = keyward_testkit::finish(command, "");
    assert!(
        ran.stdout.contains("uses profile `alice`"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("boto3, AWS CLI"), "{}", ran.stdout);
    let widest = ran
        .stdout
        .lines()
        .skip_while(|line| !line.starts_with("PROFILE"))
        .take_while(|line| !line.is_empty());
    assert!(widest.map(str::len).max().unwrap() <= 80, "{}", ran.stdout);
    assert_eq!(ran.code, 1);
    assert!(practice.account.journal().is_empty());
}

#[test]
fn what_assume_writes_is_no_problem() {
    let mut practice = Practice::with_key();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    practice.config("[profile alice]\nmfa_serial = arn:aws:iam::123456789012:mfa/alice\n");
    let _ = practice
        .run(&["assume", "123456789012", "ReadOnly", "--from", "alice"])
        .ok();
    let (_, said) = look(&practice, &[]);
    assert_eq!(ids(&said), [""; 0], "{said:#}");
}

#[test]
fn the_clock_is_compared_only_when_asked() {
    let practice = Practice::with_key();
    practice.config("[profile alice]\nregion = eu-central-1\n");
    let (_, said) = look(&practice, &["--online"]);
    assert!(!ids(&said).contains(&"clock"), "{said:#}");
    practice.account.clock().set_offset(600);
    let (code, said) = look(&practice, &["--online"]);
    assert!(ids(&said).contains(&"clock"), "{said:#}");
    assert_eq!(code, 1);
    let (_, said) = look(&practice, &[]);
    assert!(!ids(&said).contains(&"clock"), "{said:#}");
}

#[test]
fn a_service_out_of_reach_is_told() {
    let practice = Practice::with_key();
    let mut command = practice.command(&["doctor", "--online"]);
    command.env("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
    let ran = keyward_testkit::finish(command, "");
    assert!(ran.stdout.contains("cannot be reached"), "{}", ran.stdout);
    assert_eq!(ran.code, 1);
}

#[test]
fn a_place_is_set_apart_and_words_are_explained() {
    let practice = Practice::with_key();
    practice.config("[profile alice]\nregion = eu-central-1\n");
    let said = practice.run(&["doctor"]).ok();
    assert!(
        said.contains("AWS_ENDPOINT_URL: every call goes to this machine"),
        "{said}"
    );
    assert!(said.contains("\nnothing: it finds no"), "{said}");
    let _ = practice.run(&["setup", "alice"]).ok();
    let _ = practice.run(&["remove", "bare", "--yes"]);
    let said = practice.run(&["doctor"]);
    assert!(!said.stdout.contains("asks a code"), "{}", said.stdout);
}

#[test]
fn one_fault_of_many_profiles_is_told_once() {
    let practice = Practice::with_key();
    practice.config(
        "[profile alice]\nmfa_serial = phone\n[profile one]\nsource_profile = alice\nrole_arn = arn:aws:iam::123456789012:role/A\n[profile two]\nsource_profile = alice\nrole_arn = arn:aws:iam::123456789012:role/B\n",
    );
    let (code, said) = look(&practice, &[]);
    assert_eq!((code, ids(&said)), (1, vec!["profile"]), "{said:#}");
    let findings = said["findings"].as_array().unwrap();
    let found = findings.iter().find(|one| one["id"] == "profile").unwrap();
    assert_eq!(found["place"], "[alice], [one], [two]");
}

#[test]
fn keys_that_ended_and_names_that_stand_twice_are_problems() {
    let practice = Practice::with_key();
    practice.config("[profile alice]\nregion = eu-central-1\n");
    let keys = format!(
        "[saml]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = {SECRET}\naws_session_token = t\n"
    );
    let ended = format!("{keys}x_security_token_expires = 2020-01-01T00:00:00Z\n");
    practice.write(".aws/credentials", &ended);
    #[cfg(unix)]
    mode(&practice, ".aws/credentials", 0o600);
    let (code, said) = look(&practice, &[]);
    assert_eq!((code, ids(&said)), (1, vec!["keys-ended"]), "{said:#}");
    assert_eq!(said["profiles"]["saml"]["go"], "fails: ended");

    practice.write(".aws/credentials", &format!("{keys}{keys}"));
    let (code, said) = look(&practice, &[]);
    assert_eq!(code, 1, "{said:#}");
    let profile = &said["profiles"]["alice"];
    assert_eq!(profile["botocore"], "fails: file", "{said:#}");
    assert_eq!(profile["go"], "nothing", "{said:#}");
}

#[cfg(unix)]
#[test]
fn a_credential_process_that_cannot_run_is_told() {
    let practice = Practice::with_key();
    for (line, id) in [
        ("aws-vault-of-nobody export p", Some("process-missing")),
        (
            "/no/such/keyward credential-process alice",
            Some("process-missing"),
        ),
        ("~/bin/tool", Some("process-shell")),
        ("cat file | grep x", Some("process-shell")),
        ("sh -c 'cat file | grep x'", None),
        ("sh", None),
    ] {
        practice.config(&format!("[profile p]\ncredential_process = {line}\n"));
        let (_, said) = look(&practice, &[]);
        let expect: Vec<&str> = id.into_iter().collect();
        assert_eq!(ids(&said), expect, "{line}: {said:#}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_device_in_the_place_of_a_file_is_neither_replaced_nor_closed() {
    use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
    let mut practice = Practice::with_key();
    let Some(device) = crate::practice::null_device(&practice) else {
        return;
    };
    practice.config("[profile alice]\nregion = eu-central-1\n");
    let path = device.display().to_string();
    practice.set("AWS_SHARED_CREDENTIALS_FILE", path.clone());
    let code = practice.code();
    let said = practice
        .run(&["refresh", "alice", "--mfa-code", &code])
        .fails_with(2);
    assert!(said.contains("it is a device"), "{said}");
    assert!(!said.contains("0600"), "{said}");
    assert!(practice.account.journal().is_empty(), "no code is spent");
    practice.set("AWS_CONFIG_FILE", path);
    let key = format!("{KEY_ID}\n{SECRET}\n");
    for arguments in [
        &["setup", "alice"][..],
        &["add", "other", "--stdin", "--no-verify"],
    ] {
        let ran = practice.run_with_input(arguments, &key);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert!(ran.stderr.contains("it is a device"), "{}", ran.stderr);
    }
    let listed = practice.run(&["vault", "status"]).ok();
    assert!(!listed.contains("other"), "{listed}");
    for more in [&[][..], &["--fix"]] {
        let (_, said) = look(&practice, more);
        assert!(!ids(&said).contains(&"file-mode"), "{said:#}");
        assert_eq!(said["fixed"].as_array().unwrap().len(), 0, "{said:#}");
    }
    let found = std::fs::metadata(&device).unwrap();
    assert!(found.file_type().is_char_device());
    assert_eq!(found.permissions().mode() & 0o777, 0o666);
}

#[test]
fn profiles_that_cannot_be_walked_are_problems_and_settings_alone_are_none() {
    let practice = Practice::with_key();
    for (config, problem) in [
        (
            "[profile p]\ninclude_profile = q\n[profile q]\ninclude_profile = p\n",
            true,
        ),
        ("[profile i]\ninclude_profile = nosuch\n", true),
        ("[profile s]\nsso_role_name = X\n", true),
        (
            "[profile s]\nsso_start_url = https://example.com/start\n",
            true,
        ),
        ("[profile r]\nregion = eu-central-1\n", false),
        (
            "[profile a]\ninclude_profile = r\n[profile r]\nregion = eu-central-1\n",
            false,
        ),
        // A part of another profile need not be whole.
        (
            "[profile a]\ninclude_profile = c\nsso_account_id = 123456789012\nsso_role_name = R\n[profile c]\nsso_start_url = https://example.com/start\nsso_region = eu-central-1\n",
            false,
        ),
    ] {
        practice.config(config);
        let (code, said) = look(&practice, &[]);
        assert_eq!(
            ids(&said).contains(&"profile"),
            problem,
            "{config}: {said:#}"
        );
        assert_eq!(code, i32::from(problem), "{config}: {said:#}");
    }
}

#[test]
fn what_explain_warns_of_is_noted_once() {
    let practice = Practice::with_key();
    let key = format!("{KEY_ID}\n{SECRET}\n");
    let add = ["add", "on-source", "--stdin", "--no-config", "--no-verify"];
    let _ = practice.run_with_input(&add, &key).ok();
    practice.config(&format!(
        "{}[profile served]\nsource_profile = alice\nrole_arn = arn:aws:iam::123456789012:role/A\nduration_seconds = soon\n",
        crate::practice::CONFIG
    ));
    let (_, said) = look(&practice, &[]);
    let notes: Vec<(&str, &str)> = said["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["id"] == "plan")
        .map(|finding| {
            assert_eq!(finding["severity"], "note");
            let text = |key: &str| finding[key].as_str().unwrap();
            (text("place"), text("message"))
        })
        .collect();
    let about = |word: &str| notes.iter().filter(|(_, said)| said.contains(word)).count();
    assert_eq!(about("stored as `on-source`"), 1, "{notes:#?}");
    assert_eq!(about("`duration_seconds`"), 1, "{notes:#?}");
    assert!(
        notes
            .iter()
            .all(|(place, _)| place.starts_with("~/.aws/config:")),
        "{notes:#?}"
    );
}

#[test]
fn every_mistake_of_files_that_cannot_be_read_is_told_and_the_rest_is_looked_at() {
    let practice = Practice::with_key();
    practice.config("[profile alice]\nregion = eu-central-1\n[profile x\nfoo\n[y\n bar\n");
    practice.write(".aws/credentials", "stray = 1\n");
    practice.write("keyward/config.toml", "passphrase_work = 2\nfoo = \n");
    #[cfg(unix)]
    {
        mode(&practice, ".aws/credentials", 0o644);
        mode(&practice, "keyward/config.toml", 0o666);
    }
    let mut command = practice.command(&["doctor", "--json"]);
    command.env("AWS_PROFILE", "alice");
    let ran = keyward_testkit::finish(command, "");
    let said: Value = serde_json::from_str(&ran.stdout).unwrap();
    let places: Vec<&str> = said["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["id"] == "config-refused")
        .map(|finding| {
            assert!(finding["hint"].is_string(), "{finding}");
            finding["place"].as_str().unwrap()
        })
        .collect();
    let config = |line| format!("~/.aws/config:{line}");
    let mut expect: Vec<String> = (3..=6).map(config).collect();
    expect.push("~/.aws/credentials:1".to_owned());
    assert_eq!(places, expect, "{said:#}");
    let found = ids(&said);
    assert!(found.contains(&"settings"), "{said:#}");
    assert!(!found.contains(&"unknown-profile"), "{said:#}");
    assert!(said["profiles"].as_object().unwrap().is_empty(), "{said:#}");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    #[cfg(unix)]
    {
        assert!(found.contains(&"file-mode"), "{said:#}");
        let (_, said) = look(&practice, &["--fix"]);
        assert_eq!(said["fixed"].as_array().unwrap().len(), 2, "{said:#}");
        assert!(!ids(&said).contains(&"file-mode"), "{said:#}");
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_not_for_keyward_alone_is_never_closed() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut practice = Practice::start();
    let folder = practice.path().join("project");
    std::fs::create_dir_all(folder.join("locks")).unwrap();
    practice.write("project/log.jsonl", "");
    practice.write("project/README", "");
    mode(&practice, "project", 0o755);
    mode(&practice, "project/log.jsonl", 0o644);
    for home in [
        folder.display().to_string(),
        "/".to_owned(),
        "/tmp".to_owned(),
    ] {
        practice.set("KEYWARD_HOME", home.clone());
        let (_, said) = look(&practice, &["--fix"]);
        assert!(!said.to_string().contains("chmod"), "{home}: {said:#}");
        assert_eq!(said["fixed"].as_array().unwrap().len(), 0, "{said:#}");
        assert!(said.to_string().contains("set KEYWARD_HOME"), "{said:#}");
    }
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&folder) & 0o777, 0o755);
    assert_eq!(mode(&folder.join("log.jsonl")) & 0o777, 0o644);
}

#[test]
fn a_profile_that_only_some_tools_read_is_not_called_missing() {
    let mut practice = Practice::start();
    practice.config("[profile größe]\nregion = eu-central-1\n");
    practice.set("AWS_PROFILE", "größe");
    let (_, said) = look(&practice, &[]);
    let text = said.to_string();
    assert!(
        text.contains("not every AWS tool reads `[profile größe]`"),
        "{said:#}"
    );
    assert!(!text.contains("there is no profile"), "{said:#}");
    practice.set("AWS_PROFILE", " ");
    let (_, said) = look(&practice, &[]);
    assert!(ids(&said).contains(&"unknown-profile"), "{said:#}");
}

#[test]
fn sources_that_cannot_answer_here_are_problems() {
    let practice = Practice::start();
    const ROLE: &str = "role_arn = arn:aws:iam::123456789012:role/ReadOnly\n";
    practice.config(&format!(
        "[profile box]\n{ROLE}credential_source = EcsContainer\n[profile web]\n{ROLE}web_identity_token_file = /nosuch/token\n[profile line]\ncredential_process = /bin/cat \"/x\n"
    ));
    let (code, said) = look(&practice, &[]);
    assert_eq!(code, 1);
    let found = ids(&said);
    for id in ["no-container", "token-file", "profile"] {
        assert!(found.contains(&id), "{id} in {said:#}");
    }
    let said = practice.run(&["explain", "line"]).fails_with(2);
    assert!(said.contains("whose quotes are closed"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_file_outside_the_home_folder_is_reported_and_never_closed() {
    use std::os::unix::fs::PermissionsExt as _;
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("credentials");
    std::fs::write(&file, "[a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n").unwrap();
    let folder = elsewhere.path().join("folder");
    std::fs::create_dir(&folder).unwrap();
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    for (path, wanted) in [(&file, 0o644), (&folder, 0o1777)] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(wanted)).unwrap();
        let mut practice = Practice::start();
        practice.set("AWS_SHARED_CREDENTIALS_FILE", path.display().to_string());
        let said = practice.run(&["doctor", "--fix"]).stdout;
        assert_eq!(mode(path), wanted, "{said}");
        assert_eq!(said.contains("chmod 600"), path.is_file(), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn what_a_link_in_the_data_folder_leads_to_is_never_closed() {
    use std::os::unix::fs::PermissionsExt as _;
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("file");
    std::fs::write(&file, "").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    for name in ["log.jsonl", "index.json"] {
        let practice = Practice::with_key();
        let path = practice.path().join("keyward").join(name);
        let _ = std::fs::remove_file(&path);
        std::os::unix::fs::symlink(&file, &path).unwrap();
        let said = practice.run(&["doctor", "--fix"]).stdout;
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o644, "{name}: {said}");
        assert!(
            said.contains("if no other program needs it"),
            "{name}: {said}"
        );
        let said = practice.run(&["list"]).stderr;
        assert!(!said.contains("chmod"), "{name}: {said}");
    }
}

#[test]
fn password_of_an_endpoint_is_in_no_output() {
    let practice = Practice::with_key();
    for url in [
        "http://name:leaky@127.0.0.1:1",
        "http:/name:leaky@127.0.0.1:1",
        "http://name:le/leaky@127.0.0.1:1",
    ] {
        for words in [&["doctor", "--online"][..], &["explain", "alice", "--json"]] {
            let mut command = practice.command(words);
            command.env("AWS_ENDPOINT_URL", url);
            let ran = keyward_testkit::finish(command, "");
            assert!(!ran.stdout.contains("leaky"), "{words:?}: {}", ran.stdout);
            assert!(!ran.stderr.contains("leaky"), "{words:?}: {}", ran.stderr);
        }
    }
}
