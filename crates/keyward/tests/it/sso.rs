//! The Identity Center: both ways to sign in, one sign-in for all, and no browser opened without
//! the user's knowledge.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::Duration;

#[cfg(target_os = "linux")]
use keyward_sandbox::Approval;
use keyward_sandbox::{Effect, Fault};
#[cfg(target_os = "linux")]
use keyward_testkit::Canaries;
use keyward_testkit::Ran;
use serde_json::Value;

use crate::practice::Practice;

const CONFIG: &str = "\
[sso-session practice]
sso_start_url = https://practice.awsapps.com/start
sso_region = eu-central-1

[profile sso]
sso_session = practice
sso_account_id = 123456789012
sso_role_name = ReadOnly
region = eu-central-1

[profile admin]
sso_session = practice
sso_account_id = 123456789012
sso_role_name = Administrator

[profile chained]
source_profile = sso
role_arn = arn:aws:iam::111122223333:role/Deploy

[profile legacy]
sso_start_url = https://practice.awsapps.com/start
sso_region = eu-central-1
sso_account_id = 123456789012
sso_role_name = ReadOnly
";

/// `printf practice | sha1sum`, and the same of the start URL.
const SESSION_FILE: &str = ".aws/sso/cache/e17674f762c410958b8e1dbc9b57d9df8147d9fb.json";
const LEGACY_FILE: &str = ".aws/sso/cache/774f7152fedbd1dd467296a9161e3f48aed92cc5.json";

fn practice() -> Practice {
    let practice = Practice::start();
    practice.config(CONFIG);
    practice
        .account
        .with_identity_center(|center| center.interval = Duration::from_secs(1));
    practice
}

/// A browser that only notes what it was asked to open.
#[cfg(unix)]
fn with_browser() -> Practice {
    let mut practice = practice();
    practice.write("browser.sh", "echo \"$1\" >> tabs\n");
    let script = practice.path().join("browser.sh");
    practice.set("BROWSER", format!("sh {}", script.display()));
    practice
}

/// The addresses that were opened, once there is one.
#[cfg(unix)]
fn tabs(practice: &Practice) -> Vec<String> {
    loop {
        let text = practice.read("tabs");
        if text.ends_with('\n') {
            return text.lines().map(str::to_owned).collect();
        }
        std::thread::yield_now();
    }
}

fn start(practice: &Practice, arguments: &[&str]) -> Child {
    let mut command = practice.command(arguments);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Starts a command for a user at a terminal; its messages come on standard output.
#[cfg(target_os = "linux")]
fn start_on_a_terminal(practice: &Practice, arguments: &str) -> Child {
    let line = format!("{} {arguments}", env!("CARGO_BIN_EXE_keyward"));
    practice
        .command_of("script")
        .args(["-qec", &line, "/dev/null"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Plays the browser: opens the address, follows where it is sent, and returns the last status.
fn visit(url: &str) -> u16 {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_at(rest.find('/').unwrap());
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let location = answer
        .lines()
        .find_map(|line| line.strip_prefix("location: "));
    match location {
        Some(next) => visit(next),
        None => answer.split(' ').nth(1).unwrap().parse().unwrap(),
    }
}

/// Signs in by a code, as a person with a browser elsewhere would.
fn sign_in(practice: &Practice, name: &str) -> String {
    approved(practice, &["-vv", "sso", "login", name, "--no-browser"]).1
}

/// Runs a command that asks for a sign-in by a code, and approves it. Gives both streams.
fn approved(practice: &Practice, arguments: &[&str]) -> (String, String) {
    let ran = approved_after(practice, arguments, || ());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    (ran.stdout, ran.stderr)
}

/// Does something while the sign-in waits, and approves it then.
fn approved_after(practice: &Practice, arguments: &[&str], meanwhile: impl FnOnce()) -> Ran {
    let mut child = start(practice, arguments);
    let mut errors = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    loop {
        let from = said.len();
        assert_ne!(errors.read_line(&mut said).unwrap(), 0, "{said}");
        if let Some(url) = said[from..].trim().strip_prefix("http://") {
            meanwhile();
            assert_eq!(visit(&format!("http://{url}")), 200);
            break;
        }
    }
    errors.read_to_string(&mut said).unwrap();
    let ended = child.wait_with_output().unwrap();
    Ran {
        code: ended.status.code().unwrap_or(-1),
        stdout: String::from_utf8(ended.stdout).unwrap(),
        stderr: said,
    }
}

/// The sign-in file, with its access token made to look as if it ended long ago.
#[cfg(unix)]
fn age(practice: &Practice) -> Value {
    let mut kept: Value = serde_json::from_str(&practice.read(SESSION_FILE)).unwrap();
    kept["expiresAt"] = "2020-01-01T00:00:00Z".into();
    practice.write(SESSION_FILE, &kept.to_string());
    kept
}

fn outcomes(practice: &Practice, action: &str) -> Vec<String> {
    let journal = practice.account.journal();
    let of_action = journal.iter().filter(|entry| entry.action == action);
    of_action.map(|entry| entry.outcome.clone()).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn a_browser_signs_in_once_for_every_role() {
    let practice = with_browser();
    let child = start_on_a_terminal(&practice, "-vv exec sso -- true");
    let opened = tabs(&practice);
    let url = &crate::login::led(&opened[0]);
    assert!(url.contains("code_challenge_method=S256"), "{url}");
    // The page of another site tries first.
    let back = url
        .split("redirect_uri=http%3A%2F%2F127.0.0.1%3A")
        .nth(1)
        .unwrap();
    let port = back.split('%').next().unwrap();
    let forged = format!("http://127.0.0.1:{port}/oauth/callback?code=x&state=guessed");
    assert_eq!(visit(&forged), 400);
    assert_eq!(visit(url), 200);
    let ended = child.wait_with_output().unwrap();
    let said = String::from_utf8(ended.stdout).unwrap();
    assert!(ended.status.success(), "{said}");

    let who = practice.run(&["whoami", "admin"]).ok();
    assert!(
        who.contains("assumed-role/Administrator/alice@example.com"),
        "{who}"
    );
    let _ = practice.run(&["credential-process", "chained"]).ok();
    assert_eq!(tabs(&practice).len(), 1);
    assert_eq!(practice.calls("RegisterClient"), 1);
    assert_eq!(practice.calls("GetRoleCredentials"), 2);

    let kept: Value = serde_json::from_str(&practice.read(SESSION_FILE)).unwrap();
    let mut canaries = Canaries::new();
    for secret in ["accessToken", "clientSecret", "refreshToken"] {
        canaries.plant(secret, kept[secret].as_str().unwrap());
    }
    assert!(canaries.found_in(said.as_bytes()).is_empty(), "{said}");
    use std::os::unix::fs::PermissionsExt;
    let file = std::fs::metadata(practice.path().join(SESSION_FILE)).unwrap();
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
}

#[cfg(target_os = "linux")]
#[test]
fn many_at_once_open_one_browser() {
    let practice = with_browser();
    let commands: Vec<Child> = (0..10)
        .map(|_| start_on_a_terminal(&practice, "exec sso -- true"))
        .collect();
    let opened = tabs(&practice);
    assert_eq!(visit(&opened[0]), 200);
    for command in commands {
        let ended = command.wait_with_output().unwrap();
        assert!(
            ended.status.success(),
            "{}",
            String::from_utf8_lossy(&ended.stdout)
        );
    }
    assert_eq!(tabs(&practice).len(), 1);
    assert_eq!(practice.calls("CreateToken"), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_sign_in_that_is_turned_down_is_not_asked_again_by_those_who_waited() {
    let practice = with_browser();
    practice
        .account
        .with_identity_center(|center| center.approval = Approval::Denied);
    let first = start_on_a_terminal(&practice, "exec sso -- true");
    let opened = tabs(&practice);
    let waiting = ["sso", "admin"].map(|profile| {
        let mut child = start_on_a_terminal(&practice, &format!("exec {profile} -- true"));
        let mut errors = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        errors.read_line(&mut said).unwrap();
        assert!(said.starts_with("waiting for another keyward"), "{said}");
        (child, errors)
    });
    assert_eq!(visit(&opened[0]), 200);
    let ended = first.wait_with_output().unwrap();
    let said = String::from_utf8(ended.stdout).unwrap();
    assert_eq!(ended.status.code(), Some(1));
    assert!(
        said.contains("answered `The person turned it down`"),
        "{said}"
    );
    for (mut child, mut errors) in waiting {
        let mut said = String::new();
        errors.read_to_string(&mut said).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(1));
        assert!(
            said.contains("that this command waited for did not succeed"),
            "{said}"
        );
    }
    assert_eq!(tabs(&practice).len(), 1);
}

#[cfg(unix)]
#[test]
fn nobody_at_a_terminal_means_no_browser_but_for_who_asks_for_one() {
    let mut practice = with_browser();
    practice.set("DISPLAY", ":7");
    for words in [
        &["exec", "sso", "--", "true"][..],
        &["exec", "sso", "--server", "--", "true"],
        &["env", "sso"],
        &["whoami", "sso"],
        &["refresh", "sso"],
        &["serve", "sso"],
        &["login", "sso", "--print"],
    ] {
        let said = practice.run(words).fails_with(3);
        assert!(
            said.contains("hint: keyward sso login practice"),
            "{words:?}: {said}"
        );
        assert_eq!(practice.read("tabs"), "", "{words:?}");
    }
    assert!(practice.account.journal().is_empty());
    let mut command = practice.command(&["sso", "login", "practice"]);
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    assert_eq!(visit(&tabs(&practice)[0]), 200);
    assert!(child.wait_with_output().unwrap().status.success());
}

#[test]
fn an_sdk_opens_no_browser_and_hears_at_once_what_to_do() {
    let mut practice = practice();
    practice.set("BROWSER", "must-not-run");
    for arguments in [
        &["credential-process", "sso"][..],
        &["credential-process", "legacy"],
    ] {
        let said = practice.run(arguments).fails_with(3);
        assert!(said.contains("hint: keyward sso login "), "{said}");
    }
    assert!(practice.account.journal().is_empty());
    // A command of a person who cannot be reached either.
    let mut practice = practice;
    practice.set("BROWSER", "");
    let said = practice.run(&["exec", "sso", "--", "true"]).fails_with(3);
    assert!(said.contains("hint: keyward sso login practice"), "{said}");
    assert!(practice.account.journal().is_empty());
}

#[test]
fn a_code_signs_in_where_there_is_no_browser() {
    let practice = practice();
    let said = sign_in(&practice, "practice");
    assert!(said.contains("compare the code"), "{said}");
    assert!(said.contains("signed in at practice: 2 accounts"), "{said}");
    assert!(!outcomes(&practice, "CreateToken").contains(&"SlowDownException".to_owned()));
    let _ = practice.run(&["credential-process", "sso"]).ok();
    // Nothing more to do.
    let _ = practice.run(&["sso", "login", "sso"]).ok();
    assert_eq!(practice.calls("RegisterClient"), 1);
}

#[cfg(unix)]
#[test]
fn fifty_at_once_refresh_once_and_lose_nothing() {
    let practice = practice();
    sign_in(&practice, "practice");
    for round in 1..=2 {
        age(&practice);
        let _ = practice.run(&["lock"]).ok();
        practice.account.clear_journal();
        let profiles = ["sso", "admin"];
        let children: Vec<Child> = (0..50)
            .map(|at| start(&practice, &["credential-process", profiles[at % 2]]))
            .collect();
        for child in children {
            let ended = child.wait_with_output().unwrap();
            assert!(
                ended.status.success(),
                "{}",
                String::from_utf8_lossy(&ended.stderr)
            );
        }
        assert_eq!(outcomes(&practice, "CreateToken"), ["OK"], "round {round}");
        assert_eq!(practice.calls("GetRoleCredentials"), 2, "round {round}");
    }
}

#[test]
fn a_sign_in_that_the_portal_refuses_is_refreshed_once() {
    let practice = practice();
    sign_in(&practice, "practice");
    practice
        .account
        .with_identity_center(keyward_sandbox::IdentityCenter::end_access_tokens);
    let _ = practice.run(&["credential-process", "sso"]).ok();
    assert_eq!(
        outcomes(&practice, "GetRoleCredentials"),
        ["UnauthorizedException", "OK"]
    );
    // When it cannot be refreshed either, a person is needed.
    practice
        .account
        .with_identity_center(keyward_sandbox::IdentityCenter::end_sign_ins);
    let _ = practice.run(&["lock"]).ok();
    for profile in ["sso", "chained"] {
        let _ = practice.run(&["credential-process", profile]).fails_with(3);
    }
}

#[test]
fn throttling_and_a_role_that_is_not_given_are_told_apart() {
    let practice = practice();
    sign_in(&practice, "practice");
    practice.account.inject(
        Fault::on(
            "GetRoleCredentials",
            Effect::Error {
                status: 429,
                code: "TooManyRequestsException".to_owned(),
                message: "slower".to_owned(),
            },
        )
        .times(1),
    );
    let _ = practice.run(&["credential-process", "sso"]).ok();
    practice.account.with_identity_center(|center| {
        center.assignments[0]
            .roles
            .retain(|role| role != "Administrator");
    });
    let said = practice.run(&["credential-process", "admin"]).fails_with(1);
    assert!(said.contains("ForbiddenException"), "{said}");
}

#[test]
fn the_aws_cli_s_sign_in_is_shared_in_both_forms() {
    let practice = practice();
    sign_in(&practice, "practice");
    let kept: Value = serde_json::from_str(&practice.read(SESSION_FILE)).unwrap();
    // As older versions of the AWS CLI leave it for the legacy form.
    let old = serde_json::json!({
        "startUrl": kept["startUrl"], "region": kept["region"],
        "accessToken": kept["accessToken"], "expiresAt": "2099-01-01T00:00:00UTC",
    });
    practice.write(LEGACY_FILE, &old.to_string());
    let _ = practice.run(&["credential-process", "legacy"]).ok();
    assert_eq!(practice.calls("RegisterClient"), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn whatever_lies_in_the_place_of_a_sign_in_is_replaced() {
    let practice = practice();
    practice.write(SESSION_FILE, "");
    let file = practice.path().join(SESSION_FILE);
    let none = || {
        let said = practice.run(&["credential-process", "admin"]).fails_with(3);
        assert!(said.contains("keyward sso login"), "{said}");
    };
    std::fs::remove_file(&file).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, &file, rustix::fs::Mode::RUSR).unwrap();
    none();
    std::fs::remove_file(&file).unwrap();
    std::fs::write(&file, b"caf\xe9").unwrap();
    none();
    sign_in(&practice, "practice");
    let _ = practice.run(&["credential-process", "admin"]).ok();
}

#[test]
fn a_role_that_is_kept_is_listed_with_its_time_left() {
    let practice = practice();
    let _ = sign_in(&practice, "practice");
    let _ = practice.run(&["whoami", "admin"]).ok();
    let listed: Value = serde_json::from_str(&practice.run(&["list", "--json"]).ok()).unwrap();
    let row = |name: &str| {
        let mut rows = listed.as_array().unwrap().iter();
        rows.find(|row| row["profile"] == name).unwrap()["sessions"].clone()
    };
    assert_eq!(row("admin")[0]["call"], "GetRoleCredentials");
    assert_eq!(row("sso"), serde_json::json!([]));
    let table = practice.run(&["list"]).ok();
    let line = table
        .lines()
        .find(|line| line.starts_with("admin "))
        .unwrap();
    assert!(
        line.contains("role 59m") || line.contains("role 1h"),
        "{line}"
    );
    let said = practice.run(&["remove", "admin", "--sessions-only"]);
    assert_eq!(said.stderr.trim(), "forgot 1 session of `admin`");
}

#[test]
fn signing_out_forgets_here_and_there() {
    let practice = practice();
    sign_in(&practice, "practice");
    // With the role comes the one that it is made from.
    let _ = practice.run(&["credential-process", "chained"]).ok();
    let said = practice.run(&["sso", "logout", "practice"]);
    assert!(
        said.stderr.contains("signed out of `practice`"),
        "{}",
        said.stderr
    );
    assert!(
        said.stderr.contains("forgot 2 of its role sessions"),
        "{}",
        said.stderr
    );
    assert_eq!(practice.read(SESSION_FILE), "");
    assert_eq!(outcomes(&practice, "Logout"), ["OK"]);
    let _ = practice.run(&["credential-process", "sso"]).fails_with(3);
}

#[test]
fn a_lock_names_the_sign_ins_that_stay() {
    let practice = practice();
    assert!(!practice.run(&["lock"]).stderr.contains("signed in"));
    sign_in(&practice, "practice");
    let said = practice.run(&["lock"]).stderr;
    assert!(
        said.contains("still signed in at the Identity Center `practice`"),
        "{said}"
    );
    assert_eq!(
        said.matches("hint: keyward sso logout practice").count(),
        1,
        "{said}"
    );
    let _ = practice.run(&["sso", "logout", "practice"]).ok();
    assert!(!practice.run(&["lock"]).stderr.contains("signed in"));
}

#[test]
fn setup_writes_a_profile_for_each_role() {
    let practice = practice();
    practice.config("# mine\n[profile other]\nregion = eu-west-1\n");
    let first = [
        "setup",
        "--sso",
        "practice",
        "--start-url",
        "https://practice.awsapps.com/start",
        "--sso-region",
        "eu-central-1",
        "--region",
        "eu-west-1",
        "--no-browser",
    ];
    let (listed, said) = approved(&practice, &first);
    assert_eq!(
        listed,
        "practice-administrator\t123456789012\tAdministrator\n\
         practice-readonly\t123456789012\tReadOnly\n\
         partner-account-readonly\t111122223333\tReadOnly\n"
    );
    assert!(said.contains("3 of 3 profiles new or changed"), "{said}");
    let config = practice.read(".aws/config");
    assert!(
        config.starts_with("# mine\n[profile other]\nregion = eu-west-1\n"),
        "{config}"
    );
    assert!(
        config.contains(
            "[sso-session practice]\nsso_start_url = https://practice.awsapps.com/start\n"
        ),
        "{config}"
    );
    assert!(
        config.contains("[profile partner-account-readonly]\nsso_session = practice\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\nregion = eu-west-1\n"),
        "{config}"
    );
    let _ = practice
        .run(&["credential-process", "partner-account-readonly"])
        .ok();
    // The same again changes nothing.
    let again = practice.run(&["setup", "--sso", "practice"]);
    assert!(again.stderr.contains("0 of 3 profiles"), "{}", again.stderr);
    assert_eq!(practice.read(".aws/config"), config);
    // A profile that is for something else is left alone, and so is everything else.
    practice.config(&config.replace("sso_role_name = Administrator", "sso_role_name = Other"));
    let before = practice.read(".aws/config");
    let said = practice.run(&["setup", "--sso", "practice"]).fails_with(2);
    assert!(
        said.contains("profile `practice-administrator` exists"),
        "{said}"
    );
    assert_eq!(practice.read(".aws/config"), before);
    let template = [
        "setup",
        "--sso",
        "practice",
        "--name-template",
        "sso.{account_id}.{role}",
    ];
    let listed = practice.run(&template).ok();
    assert!(
        listed.starts_with("sso.123456789012.administrator\t"),
        "{listed}"
    );
}

#[test]
fn a_mistyped_start_url_is_not_in_the_way_of_the_right_one() {
    let practice = practice();
    practice.config("# mine\n");
    let words = |url: &'static str| {
        let session = ["setup", "--sso", "practice", "--start-url", url];
        let region = ["--sso-region", "eu-central-1", "--no-browser"];
        session.into_iter().chain(region).collect::<Vec<_>>()
    };
    let wrong = words("https://practise.awsapps.com/start");
    let said = practice.run(&wrong).fails_with(1);
    assert!(
        said.contains("check `sso_start_url` (https://practise.awsapps.com/start)"),
        "{said}"
    );
    assert_eq!(practice.read(".aws/config"), "# mine\n");
    let (_, said) = approved(&practice, &words("https://practice.awsapps.com/start"));
    assert!(said.contains("3 of 3 profiles"), "{said}");
    let said = practice.run(&wrong).fails_with(2).replace('\n', " ");
    assert!(
        said.contains(
            "config:4 is wrong, correct it there, and then: keyward setup --sso practice"
        ),
        "{said}"
    );
}

#[test]
fn a_set_up_that_fails_after_the_sign_in_leaves_one_that_can_be_ended() {
    let practice = practice();
    practice.config("");
    let mut words = vec!["setup", "--sso", "practice", "--no-browser"];
    words.extend(["--start-url", "https://practice.awsapps.com/start"]);
    words.extend([
        "--sso-region",
        "eu-central-1",
        "--name-template",
        "x-{role}",
    ]);
    let ran = approved_after(&practice, &words, || ());
    let said = ran.fails_with(2);
    assert!(said.contains("would be called"), "{said}");
    let config = practice.read(".aws/config");
    assert!(config.contains("[sso-session practice]"), "{config}");
    let _ = practice.run(&["sso", "logout", "practice"]).ok();
}

#[test]
fn a_section_that_another_run_wrote_during_the_sign_in_stays() {
    let practice = practice();
    practice.config("");
    let mut words = vec!["setup", "--sso", "practice", "--no-browser"];
    words.extend(["--start-url", "https://practice.awsapps.com/start"]);
    words.extend(["--sso-region", "eu-central-1"]);
    let theirs = "[sso-session practice]\nsso_start_url = https://other.awsapps.com/start\nsso_region = us-east-1\n";
    let ran = approved_after(&practice, &words, || practice.config(theirs));
    let said = ran.fails_with(2);
    assert!(said.contains("has another `sso_start_url`"), "{said}");
    assert_eq!(practice.read(".aws/config"), theirs);
}

#[test]
fn a_sign_in_by_session_goes_where_its_profiles_go() {
    let mut practice = practice();
    let url = practice.account.url().to_string();
    // Without the variable only the files say where the Identity Center is.
    practice.set("AWS_ENDPOINT_URL", "");
    let local = "services = local\n";
    let config = CONFIG.replace(
        "sso_session = practice\n",
        &format!("sso_session = practice\n{local}"),
    );
    practice.config(&format!(
        "{config}\n[services local]\nsso =\n  endpoint_url = {url}\nsso_oidc =\n  endpoint_url = {url}\n\
         [profile elsewhere]\nendpoint_url = http://127.0.0.1:9\n"
    ));
    let said = sign_in(&practice, "practice");
    assert!(said.contains("signed in at"), "{said}");
    assert_eq!(practice.calls("CreateToken"), 1);
    let _ = practice.run(&["credential-process", "admin"]).ok();
    // The active profile comes first, as in the SDKs.
    let _ = practice.run(&["sso", "logout", "practice"]).ok();
    practice.set("AWS_PROFILE", "elsewhere");
    let said = practice
        .run(&["sso", "login", "practice", "--no-browser"])
        .fails_with(1);
    assert!(said.contains("127.0.0.1:9"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_sign_in_that_cannot_be_kept_is_neither_refreshed_nor_made() {
    use crate::unwritable::{close, given_away, open, run};
    let practice = practice();
    sign_in(&practice, "practice");
    age(&practice);
    let _ = practice.run(&["lock"]).ok();
    if !given_away(&practice) {
        return;
    }
    practice.account.clear_journal();
    let folder = practice.path().join(".aws/sso/cache");
    close(&folder);
    let said = run(&practice, &["credential-process", "sso"]).fails_with(1);
    assert!(said.contains("the sign-in cannot be kept in"), "{said}");
    let hint = "hint: let yourself write in `~/.aws/sso/cache`";
    assert!(said.contains(hint), "{said}");
    let said = run(&practice, &["sso", "login", "practice", "--no-browser"]).fails_with(1);
    assert!(said.contains("the sign-in cannot be kept in"), "{said}");
    assert_eq!(outcomes(&practice, "CreateToken"), [""; 0]);
    assert_eq!(outcomes(&practice, "StartDeviceAuthorization"), [""; 0]);
    // The refresh token is still valid.
    open(&folder);
    let given = run(&practice, &["credential-process", "sso"]).ok();
    assert!(given.contains("SessionToken"), "{given}");
    assert_eq!(outcomes(&practice, "CreateToken"), ["OK"]);
}

/// The sections of a second Identity Center.
const SECOND: &str = "\n[sso-session other]\nsso_start_url = https://other.awsapps.com/start\nsso_region = us-east-1\n";

#[test]
fn the_only_identity_center_needs_no_name() {
    let practice = practice();
    practice.config(&CONFIG[..CONFIG.find("[profile legacy]").unwrap()]);
    let (_, said) = approved(&practice, &["sso", "login", "--no-browser"]);
    assert!(said.contains("signed in at practice"), "{said}");
    let said = practice.run(&["sso", "logout"]);
    assert!(
        said.stderr.contains("signed out of `practice`"),
        "{}",
        said.stderr
    );
    practice.config("");
    for verb in ["login", "logout"] {
        let said = practice.run(&["sso", verb]).fails_with(2);
        assert!(
            said.contains("the AWS files name no Identity Center"),
            "{said}"
        );
        assert!(said.contains("hint: keyward setup --sso SESSION"), "{said}");
    }
}

#[test]
fn several_identity_centers_are_named_and_only_the_one_in_use_is_left() {
    let practice = practice();
    practice.config(&format!("{CONFIG}{SECOND}"));
    let said = practice.run(&["sso", "login"]).fails_with(2);
    assert!(
        said.contains("there are several Identity Centers: `practice`, `other`, `legacy`"),
        "{said}"
    );
    assert!(said.contains("hint: keyward sso login practice"), "{said}");
    let _ = practice.run(&["sso", "logout"]).fails_with(2);
    let _ = sign_in(&practice, "practice");
    let said = practice.run(&["sso", "logout"]);
    assert!(
        said.stderr.contains("signed out of `practice`"),
        "{}",
        said.stderr
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_person_chooses_among_several_identity_centers() {
    use crate::echo::{Asked, ITS_OWN};
    let practice = practice();
    practice.config(&format!("{CONFIG}{SECOND}"));
    let words = ["sso", "logout"];
    let mut asked = Asked::say(practice, ITS_OWN, &words, "dumb");
    let seen = asked.reads_until("Identity Center (a number, Enter leaves): ");
    assert!(seen.contains(" 2  other"), "{seen}");
    writeln!(asked.keys, "2").unwrap();
    let _ = asked.reads_until("there was no sign-in at `other`");
    assert!(asked.child.wait().unwrap().success());
}

#[cfg(target_os = "linux")]
#[test]
fn the_roles_are_a_table_on_a_terminal() {
    let practice = practice();
    let _ = sign_in(&practice, "practice");
    let keyward = env!("CARGO_BIN_EXE_keyward");
    let line = format!("stty cols 60; exec {keyward} setup --sso practice");
    let mut command = practice.command_of("script");
    command.args(["-qec", &line, "/dev/null"]);
    let ran = keyward_testkit::finish(command, "");
    let shown = anstream::adapter::strip_str(&ran.stdout).to_string();
    assert!(
        shown.starts_with(
            "PROFILE                   ACCOUNT       ROLE\r\n\
             practice-administrator    123456789012  Administrator\r\n"
        ),
        "{shown}"
    );
}
