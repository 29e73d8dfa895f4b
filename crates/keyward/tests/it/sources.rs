//! Sources that are neither a key in the vault nor a variable: programs, web identities, the
//! container, the machine, other tools' credentials.

use keyward_testkit::Home;
use serde_json::Value;

use crate::fake::{Asked, Fake};
use crate::practice::Practice;

const ROLE: &str = "arn:aws:iam::123456789012:role/ReadOnly";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// A home without an account.
fn home() -> Home {
    let mut home = Home::new(env!("CARGO_BIN_EXE_keyward"));
    // Nothing is to be found by accident on whatever machine the tests run on.
    home.set("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    home.set("NO_PROXY", "*");
    home.set("KEYWARD_SESSION_TIER", "file");
    let runtime = home.path().join("runtime");
    std::fs::create_dir(&runtime).unwrap();
    owner_only(&runtime);
    home.set("XDG_RUNTIME_DIR", runtime.to_str().unwrap());
    home
}

fn owner_only(folder: &std::path::Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).unwrap();
    }
    #[cfg(not(unix))]
    let _ = folder;
}

/// A document of the protocol, with an hour to live or without an end.
#[cfg(unix)]
fn document(expiration: Option<&str>) -> String {
    let mut document = serde_json::json!({
        "Version": 1, "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
        "SecretAccessKey": SECRET, "SessionToken": "a-session-token",
    });
    if let Some(end) = expiration {
        document["Expiration"] = end.into();
    }
    document.to_string()
}

const LATER: &str = "2099-01-01T00:00:00Z";

/// An end that STS can return.
fn in_an_hour() -> String {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let now = i64::try_from(since.as_secs()).unwrap();
    keyward_core::Timestamp::from_second(now + 3600).to_string()
}

/// The key id of what `credential-process` answers.
#[track_caller]
fn key_id(home: &Home, profile: &str) -> String {
    let answer: Value =
        serde_json::from_str(&home.run(&["credential-process", profile]).ok()).unwrap();
    assert_eq!(answer["SecretAccessKey"], SECRET);
    answer["AccessKeyId"].as_str().unwrap().to_owned()
}

/// A program that prints a file and counts its runs.
#[cfg(unix)]
fn counted(home: &Home, answer: &str) {
    home.write("answer", answer);
    home.write(
        "program.sh",
        "#!/bin/sh\necho run >> runs\necho \"$1\" >> words\nenv >> seen\ncat answer\n",
    );
    home.config("[profile p]\ncredential_process = sh program.sh 'two words' $HOME\nregion = eu-central-1\n");
}

#[cfg(unix)]
#[test]
fn a_program_is_run_once_while_its_answer_lasts() {
    let home = home();
    counted(&home, &document(Some(LATER)));
    for _ in 0..3 {
        assert_eq!(key_id(&home, "p"), "ASIAIOSFODNN7EXAMPLE");
    }
    assert_eq!(home.read("runs").lines().count(), 1);
    assert_eq!(home.read("words"), "two words\n");
    // Nothing that opens the vault, and the variable that finds cycles.
    let seen = home.read("seen");
    assert!(!seen.contains("KEYWARD_PASSPHRASE"), "{seen}");
    assert!(seen.contains("_KEYWARD_PROCESS_CHAIN=p\n"), "{seen}");
    let _ = home.run(&["lock"]).ok();
}

#[cfg(unix)]
#[test]
fn an_answer_without_an_end_is_not_kept() {
    let home = home();
    counted(&home, &document(None));
    for _ in 0..2 {
        let _ = key_id(&home, "p");
    }
    assert_eq!(home.read("runs").lines().count(), 2);
    let files = home.path().join("keyward/sessions");
    assert!(!files.exists(), "nothing was to be kept");
}

#[cfg(unix)]
#[test]
fn many_at_once_run_the_program_once() {
    use std::process::Stdio;
    let home = home();
    counted(&home, &document(Some(LATER)));
    let children: Vec<_> = (0..20)
        .map(|_| {
            let mut command = home.command(&["credential-process", "p"]);
            command.stdin(Stdio::null()).stdout(Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    for child in children {
        assert!(child.wait_with_output().unwrap().status.success());
    }
    assert_eq!(home.read("runs").lines().count(), 1);
    let _ = home.run(&["lock"]).ok();
}

#[cfg(unix)]
#[test]
fn what_a_failing_program_said_is_told_without_secrets() {
    let home = home();
    home.write(
        "program.sh",
        &format!("echo 'no ticket; key: {SECRET}' >&2; exit 7\n"),
    );
    home.config("[profile p]\ncredential_process = sh program.sh\n");
    let said = home.run(&["credential-process", "p"]).fails_with(1);
    assert!(
        said.contains("`credential_process` of profile `p` ended with exit status: 7"),
        "{said}"
    );
    assert!(said.contains("it said: no ticket; key: ***"), "{said}");
    assert!(!said.contains(SECRET), "{said}");
}

#[cfg(unix)]
#[test]
fn a_wrong_answer_names_what_it_lacks() {
    let home = home();
    counted(
        &home,
        r#"{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE"}"#,
    );
    let said = home.run(&["credential-process", "p"]).fails_with(1);
    assert!(said.contains("it lacks `SecretAccessKey`"), "{said}");
}

#[cfg(unix)]
#[test]
fn programs_that_ask_each_other_in_a_circle_end_at_once() {
    let home = home();
    let keyward = env!("CARGO_BIN_EXE_keyward");
    // The shell hides from the plan that keyward asks for itself.
    home.write(
        "ask.sh",
        &format!("exec {keyward} credential-process \"$1\"\n"),
    );
    home.config(
        "[profile a]\ncredential_process = sh ask.sh b\n\
         [profile b]\ncredential_process = sh ask.sh role\n\
         [profile role]\nsource_profile = a\nrole_arn = arn:aws:iam::123456789012:role/ReadOnly\n",
    );
    let said = home.run(&["credential-process", "role"]).fails_with(2);
    assert!(
        said.contains("asks for the profile itself: `a` → `b` → `a`"),
        "{said}"
    );
}

/// The answer of STS to a web identity.
fn sts(_: &Asked) -> (u16, String) {
    let body = format!(
        "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <AssumeRoleWithWebIdentityResult><Credentials>\
         <AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>{SECRET}</SecretAccessKey>\
         <SessionToken>t</SessionToken><Expiration>{}</Expiration></Credentials>\
         </AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>",
        in_an_hour()
    );
    (200, body)
}

#[test]
fn a_web_identity_token_is_exchanged_once() {
    let service = Fake::start(sts);
    let mut home = home();
    home.set("AWS_ENDPOINT_URL_STS", service.url());
    home.write("token", "header.payload.signature\n");
    let file = home.path().join("token");
    home.config(&format!(
        "[profile w]\nrole_arn = {ROLE}\nrole_session_name = worker\nweb_identity_token_file = {}\n",
        file.display()
    ));
    for _ in 0..2 {
        assert_eq!(key_id(&home, "w"), "ASIAIOSFODNN7EXAMPLE");
    }
    let asked = service.asked();
    assert_eq!(asked.len(), 1);
    let body = &asked[0].body;
    assert!(body.contains("Action=AssumeRoleWithWebIdentity"), "{body}");
    assert!(
        body.contains("WebIdentityToken=header.payload.signature&")
            || body.ends_with("WebIdentityToken=header.payload.signature"),
        "{body}"
    );
    assert!(body.contains("RoleSessionName=worker"), "{body}");
    assert_eq!(asked[0].header("authorization"), None);
    home.write("token", "");
    let _ = home.run(&["lock"]).ok();
    let said = home.run(&["credential-process", "w"]).fails_with(1);
    assert!(said.contains("holds no token"), "{said}");
}

#[test]
fn the_container_is_asked_with_its_token() {
    let service = Fake::start(|asked| match asked.header("authorization") {
        Some("Bearer s3cret") => (
            200,
            format!(
                r#"{{"AccessKeyId":"ASIAIOSFODNN7EXAMPLE","SecretAccessKey":"{SECRET}","Token":"t","Expiration":"{LATER}"}}"#
            ),
        ),
        _ => (403, String::new()),
    });
    let mut home = home();
    home.config("[profile c]\ncredential_source = EcsContainer\n");
    let said = home.run(&["credential-process", "c"]).fails_with(2);
    assert!(said.contains("this is not a container"), "{said}");
    home.set(
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        format!("{}/creds?x=1", service.url()),
    );
    home.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "wrong");
    let said = home.run(&["credential-process", "c"]).fails_with(1);
    assert!(said.contains("it answered with status 403"), "{said}");
    home.write("token", "Bearer s3cret\n");
    home.set(
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        home.path().join("token").to_str().unwrap(),
    );
    assert_eq!(key_id(&home, "c"), "ASIAIOSFODNN7EXAMPLE");
    assert_eq!(
        service.asked().last().unwrap().line,
        "GET /creds?x=1 HTTP/1.1"
    );
    home.set(
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "http://example.com/creds",
    );
    let said = home.run(&["credential-process", "c"]).fails_with(2);
    assert!(said.contains("nothing secret is sent elsewhere"), "{said}");
}

/// An instance metadata service that insists on version 2.
fn metadata(asked: &Asked) -> (u16, String) {
    const TOKEN: &str = "imds-token";
    let base = "/latest/meta-data/iam/security-credentials/";
    let document = format!(
        r#"{{"Code":"Success","AccessKeyId":"ASIAIOSFODNN7EXAMPLE","SecretAccessKey":"{SECRET}","Token":"t","Expiration":"{LATER}"}}"#
    );
    let mut words = asked.line.split(' ');
    let (method, path) = (words.next().unwrap(), words.next().unwrap());
    match (method, path) {
        ("PUT", "/latest/api/token")
            if asked
                .header("x-aws-ec2-metadata-token-ttl-seconds")
                .is_some() =>
        {
            (200, TOKEN.to_owned())
        }
        ("GET", _) if asked.header("x-aws-ec2-metadata-token") != Some(TOKEN) => {
            (401, String::new())
        }
        ("GET", path) if path == base => (200, "worker\n".to_owned()),
        ("GET", path) if path == format!("{base}worker") => (200, document),
        _ => (404, String::new()),
    }
}

#[test]
fn the_machine_is_asked_by_version_two() {
    let service = Fake::start(metadata);
    let mut home = home();
    home.config("[profile m]\ncredential_source = Ec2InstanceMetadata\n");
    home.set(
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        format!("{}/", service.url()),
    );
    assert_eq!(key_id(&home, "m"), "ASIAIOSFODNN7EXAMPLE");
    assert_eq!(service.asked().len(), 3);
    // The profile says it where the environment does not.
    home.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", "");
    home.config(&format!(
        "[profile m]\ncredential_source = Ec2InstanceMetadata\nec2_metadata_service_endpoint = {}\n",
        service.url()
    ));
    assert_eq!(key_id(&home, "m"), "ASIAIOSFODNN7EXAMPLE");
    home.set("AWS_EC2_METADATA_DISABLED", "true");
    let said = home.run(&["credential-process", "m"]).fails_with(2);
    assert!(
        said.contains("switched off by AWS_EC2_METADATA_DISABLED"),
        "{said}"
    );
}

#[test]
fn a_machine_that_stumbles_is_asked_again_as_often_as_was_said() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let stumbles = AtomicUsize::new(2);
    let service = Fake::start(move |asked| {
        let less = |left: usize| left.checked_sub(1);
        match stumbles.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less) {
            Ok(_) => (503, String::new()),
            Err(_) => metadata(asked),
        }
    });
    let mut home = home();
    home.config(&format!(
        "[profile m]\ncredential_source = Ec2InstanceMetadata\nec2_metadata_service_endpoint = {}\n",
        service.url()
    ));
    let said = home.run(&["credential-process", "m"]).fails_with(1);
    assert!(said.contains("it answered with status 503"), "{said}");
    home.set("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "2");
    assert_eq!(key_id(&home, "m"), "ASIAIOSFODNN7EXAMPLE");
    assert_eq!(service.asked().len(), 5);
}

#[test]
fn what_the_role_of_one_container_got_is_not_for_another() {
    let document = |key: &str| {
        format!(
            r#"{{"AccessKeyId":"{key}","SecretAccessKey":"{SECRET}","Token":"t","Expiration":"{LATER}"}}"#
        )
    };
    let containers = Fake::start(move |asked| match asked.line.as_str() {
        "GET /one HTTP/1.1" => (200, document("ASIAONEONEONEONEONE1")),
        _ => (200, document("ASIATWOTWOTWOTWOTWO2")),
    });
    // The role's session is named after the key that assumed it.
    let service = Fake::start(|asked| {
        let signed = asked.header("authorization").unwrap_or_default();
        let key = match signed.contains("ASIAONEONEONEONEONE1") {
            true => "ASIAROLEOFONE1111111",
            false => "ASIAROLEOFTWO2222222",
        };
        let body = format!(
            "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
             <AssumeRoleResult><Credentials><AccessKeyId>{key}</AccessKeyId>\
             <SecretAccessKey>{SECRET}</SecretAccessKey><SessionToken>t</SessionToken>\
             <Expiration>{}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>",
            in_an_hour()
        );
        (200, body)
    });
    let mut home = home();
    home.set("AWS_ENDPOINT_URL_STS", service.url());
    home.config(&format!(
        "[profile r]\ncredential_source = EcsContainer\nrole_arn = {ROLE}\nregion = eu-central-1\n"
    ));
    for (path, key) in [
        ("one", "ASIAROLEOFONE1111111"),
        ("two", "ASIAROLEOFTWO2222222"),
        ("one", "ASIAROLEOFONE1111111"),
    ] {
        home.set(
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            format!("{}/{path}", containers.url()),
        );
        assert_eq!(key_id(&home, "r"), key);
    }
    assert_eq!(service.asked().len(), 2, "each role is kept");
    let _ = home.run(&["lock"]).ok();
}

#[test]
fn a_key_in_the_environment_ends_when_its_variable_says() {
    let mut home = home();
    home.config("[profile e]\ncredential_source = Environment\n");
    home.set("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE");
    home.set("AWS_SECRET_ACCESS_KEY", SECRET);
    home.set("AWS_SESSION_TOKEN", "t");
    home.set("AWS_CREDENTIAL_EXPIRATION", LATER);
    home.set("AWS_ACCOUNT_ID", "123456789012");
    assert_eq!(key_id(&home, "e"), "ASIAIOSFODNN7EXAMPLE");
    let said = home.run(&["credential-process", "e"]).ok();
    assert!(
        said.contains("\"AccountId\":\"123456789012\""),
        "account in the answer"
    );
    home.set("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z");
    let said = home.run(&["credential-process", "e"]).fails_with(1);
    assert!(
        said.contains("the credentials in the environment have expired"),
        "{said}"
    );
}

#[test]
fn a_file_that_a_variable_names_in_vain_is_told_where_a_profile_is_missed() {
    let mut home = home();
    home.config(
        "[profile here]\nsource_profile = gone\nrole_arn = arn:aws:iam::123456789012:role/x\n",
    );
    for profile in ["gone", "here"] {
        let said = home.run(&["explain", profile]).fails_with(2);
        assert!(!said.contains("AWS_SHARED_CREDENTIALS_FILE"), "{said}");
    }
    home.set("AWS_SHARED_CREDENTIALS_FILE", "~/nowhere/credentials");
    for profile in ["gone", "here"] {
        let said = home.run(&["explain", profile]).fails_with(2);
        assert!(
            said.contains("hint: AWS_SHARED_CREDENTIALS_FILE names `~/nowhere/credentials`, which does not exist"),
            "{said}"
        );
    }
}

#[test]
fn a_config_file_that_is_no_text_is_refused() {
    let home = home();
    home.config("");
    std::fs::write(
        home.path().join(".aws/config"),
        b"[default]\nregion = \xff\n",
    )
    .unwrap();
    let said = home.run(&["explain", "default"]).fails_with(2);
    assert!(
        said.contains("~/.aws/config:2: the line is not UTF-8 text"),
        "{said}"
    );
}

#[test]
fn another_tools_session_is_used_without_a_code_until_it_ends() {
    use crate::practice::{Practice, SERIAL};
    let mut practice = Practice::with_key();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let given: Value =
        serde_json::from_str(&practice.run(&["credential-process", "alice"]).ok()).unwrap();
    let text = |name: &str| given[name].as_str().unwrap().to_owned();
    practice.set("KEYWARD_MFA_CODE", "");
    practice.config(&format!(
        "[profile role]\nsource_profile = saml\nregion = eu-central-1\nrole_arn = {ROLE}\nmfa_serial = {SERIAL}\n"
    ));
    let section = |end: &str| {
        format!(
            "[saml]\naws_access_key_id = {}\naws_secret_access_key = {}\naws_session_token = {}\nx_security_token_expires = {end}\n",
            text("AccessKeyId"),
            text("SecretAccessKey"),
            text("SessionToken"),
        )
    };
    practice.write(".aws/credentials", &section(&text("Expiration")));
    practice.account.clear_journal();
    let _ = practice.run(&["credential-process", "role"]).ok();
    assert_eq!(
        (
            practice.calls("GetSessionToken"),
            practice.calls("AssumeRole")
        ),
        (0, 1)
    );
    practice.write(".aws/credentials", &section("2020-01-01T00:00:00Z"));
    let _ = practice.run(&["lock"]).ok();
    let said = practice.run(&["credential-process", "role"]).fails_with(1);
    assert!(
        said.contains("the temporary credentials of profile `saml` have expired"),
        "{said}"
    );
    let hint = "run the tool again that writes the credentials of profile `saml`";
    assert!(said.contains(hint), "{said}");
}

#[test]
fn a_key_of_another_maker_is_handed_out_as_it_is() {
    let home = home();
    home.write(
        ".aws/credentials",
        "[localstack]\naws_access_key_id = test\naws_secret_access_key = test\nregion = us-east-1\n",
    );
    let answer = home.run(&["credential-process", "localstack"]).ok();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["AccessKeyId"], "test");
    assert_eq!(answer["SecretAccessKey"], "test");
    assert_eq!(answer["SessionToken"], Value::Null);
    let said = home.run_with_input(&["add", "r2", "--stdin"], "minioadmin\nminioadmin\n");
    let said = said.fails_with(2);
    assert!(said.contains("keys for other services"), "{said}");
    let said = home.run(&["refresh", "localstack"]).fails_with(2);
    assert!(said.contains("AWS makes no session of it"), "{said}");
    assert!(!said.contains("--no-session"), "{said}");
}

#[test]
fn a_refused_key_of_another_maker_leads_to_its_endpoint() {
    let practice = Practice::start();
    practice.write(
        ".aws/credentials",
        "[localstack]\naws_access_key_id = test\naws_secret_access_key = s\nregion = us-east-1\n",
    );
    let said = practice.run(&["whoami", "localstack"]).fails_with(1);
    assert!(said.contains("`endpoint_url`"), "{said}");
    assert!(!said.contains("keyward add"), "{said}");
    // A secret of one letter is not struck out of every word.
    assert!(said.contains("security token"), "{said}");
}

#[cfg(unix)]
#[test]
fn the_account_of_the_profile_stands_in_for_that_of_an_answer() {
    let home = home();
    counted(&home, &document(Some("2099-01-01 00:00:00 UTC")));
    let config = home.read(".aws/config");
    home.config(&format!("{config}aws_account_id = 123456789012\n"));
    for _ in 0..2 {
        let answer = home.run(&["credential-process", "p"]).ok();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer["AccountId"], "123456789012");
        assert_eq!(answer["Expiration"], LATER);
    }
    let _ = home.run(&["lock"]).ok();
}

#[test]
fn whoami_refuses_a_long_lived_key_beside_an_old_token() {
    let mut home = home();
    home.set("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE");
    home.set("AWS_SECRET_ACCESS_KEY", SECRET);
    home.set("AWS_SESSION_TOKEN", "yesterday");
    let said = home.run(&["whoami"]).fails_with(2);
    assert!(
        said.contains("`AWS_SESSION_TOKEN` is set beside a long-lived key"),
        "{said}"
    );
    assert!(said.contains("unset AWS_SESSION_TOKEN"), "{said}");
    let said = home.run(&["add", "p", "--env"]).fails_with(2);
    assert!(
        said.contains("AWS_SESSION_TOKEN is set beside a long-lived key"),
        "{said}"
    );
}

#[test]
fn the_old_variable_of_a_token_is_not_left_out() {
    let mut home = home();
    home.set("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE");
    home.set("AWS_SECRET_ACCESS_KEY", SECRET);
    home.set("AWS_SECURITY_TOKEN", "yesterday");
    for words in [&["whoami"][..], &["add", "p", "--env"]] {
        let said = home.run(words).fails_with(2);
        assert!(said.contains("AWS_SECURITY_TOKEN"), "{said}");
        assert!(said.contains("beside a long-lived key"), "{said}");
        assert!(said.contains("unset AWS_SECURITY_TOKEN"), "{said}");
    }
}

/// STS for a web identity, and for its sessions.
fn sts_and_identity(asked: &Asked) -> (u16, String) {
    if asked.body.contains("Action=GetCallerIdentity") {
        let body = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
             <GetCallerIdentityResult><Arn>arn:aws:sts::123456789012:assumed-role/ReadOnly/pod</Arn>\
             <UserId>AROAEXAMPLE:pod</UserId><Account>123456789012</Account></GetCallerIdentityResult>\
             </GetCallerIdentityResponse>";
        return (200, body.to_owned());
    }
    sts(asked)
}

#[test]
fn whoami_uses_the_web_identity_of_the_environment() {
    let service = Fake::start(sts_and_identity);
    let mut home = home();
    home.set("AWS_ENDPOINT_URL_STS", service.url());
    home.write("token", "header.payload.signature");
    home.config("[default]\nregion = eu-central-1\ncredential_process = false\n");
    let file = home.path().join("token");
    home.set("AWS_WEB_IDENTITY_TOKEN_FILE", file.to_str().unwrap());
    let said = home.run(&["whoami"]).fails_with(2);
    assert!(said.contains("but AWS_ROLE_ARN is not"), "{said}");
    home.set("AWS_ROLE_ARN", "foo");
    let said = home.run(&["whoami"]).fails_with(2);
    assert!(
        said.contains("AWS_ROLE_ARN has a value that cannot be used"),
        "{said}"
    );
    home.set("AWS_ROLE_ARN", ROLE);
    home.set("AWS_ROLE_SESSION_NAME", "a b");
    let said = home.run(&["whoami"]).fails_with(2);
    assert!(said.contains("AWS_ROLE_SESSION_NAME has a value"), "{said}");
    home.set("AWS_ROLE_SESSION_NAME", "pod");
    home.set("AWS_WEB_IDENTITY_TOKEN_FILE", "/nope");
    let said = home.run(&["whoami"]).fails_with(1);
    assert!(said.contains("check AWS_WEB_IDENTITY_TOKEN_FILE"), "{said}");
    assert!(!said.contains("in the profile"), "{said}");
    home.set("AWS_WEB_IDENTITY_TOKEN_FILE", file.to_str().unwrap());
    let who = home.run(&["whoami"]).ok();
    assert!(who.contains("assumed-role/ReadOnly/pod"), "{who}");
    let body = &service.asked()[0].body;
    assert!(body.contains("RoleSessionName=pod"), "{body}");
    assert!(
        body.contains("WebIdentityToken=header.payload.signature"),
        "{body}"
    );
    home.set("AWS_PROFILE", "default");
    let ran = home.run(&["whoami"]);
    assert!(
        ran.stderr.contains("before the `default` of AWS_PROFILE"),
        "{}",
        ran.stderr
    );
    let _ = ran.ok();
    // A named profile is used, not the default.
    let said = home.run(&["whoami", "default"]).fails_with(1);
    assert!(said.contains("`credential_process`"), "{said}");
}
