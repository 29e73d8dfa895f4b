//! The console sign-in that keyward makes itself: both ways in, sealed, renewed once however many
//! ask, and out again.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::Duration;

use data_encoding::BASE64;
use keyward_sandbox::{Approval, ConsoleSignIn};
use keyward_testkit::{Canaries, PASSPHRASE, Ran};
use keyward_vault::{Document, Paths, Vault};
use serde_json::Value;

use crate::practice::Practice;

const ALICE: &str = "arn:aws:iam::123456789012:user/alice";

/// A practice account with a browser that only notes what it was asked to open.
fn practice() -> Practice {
    let mut practice = Practice::start();
    with_browser(&mut practice);
    practice.config("# mine\n[profile other]\nregion = eu-west-1\n");
    practice
}

/// A browser that only notes what it was asked to open.
pub(crate) fn with_browser(practice: &mut Practice) {
    practice.write("browser.sh", "echo \"$@\" >> tabs\n");
    let script = practice.path().join("browser.sh");
    practice.set("BROWSER", format!("sh {}", script.display()));
}

fn start(practice: &Practice, arguments: &[&str], stdin: Stdio) -> Child {
    let mut command = practice.command(arguments);
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The address that the browser was asked to open.
fn opened(practice: &Practice) -> String {
    loop {
        let text = practice.read("tabs");
        if text.ends_with('\n') {
            std::fs::remove_file(practice.path().join("tabs")).unwrap();
            assert_eq!(text.lines().count(), 1);
            return text.trim_end().to_owned();
        }
        std::thread::yield_now();
    }
}

/// Plays the browser: opens the address, follows where it is sent; the last status and page.
fn visit(url: &str) -> (u16, String) {
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
        None => (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer),
    }
}

fn ended(child: Child) -> Ran {
    let ended = child.wait_with_output().unwrap();
    Ran {
        code: ended.status.code().unwrap_or(-1),
        stdout: String::from_utf8(ended.stdout).unwrap(),
        stderr: String::from_utf8(ended.stderr).unwrap(),
    }
}

/// Signs in by the browser here.
pub(crate) fn sign_in(practice: &Practice, more: &[&str]) -> Ran {
    let arguments = [&["-vv", "signin", "console"], more].concat();
    let child = start(practice, &arguments, Stdio::null());
    assert_eq!(visit(&opened(practice)).0, 200);
    ended(child)
}

/// The same for credentials that must be renewed at once.
pub(crate) fn signed_in(practice: &Practice) {
    with_service(practice, |service| {
        service.credentials_life = Duration::from_secs(30);
    });
    let ran = sign_in(practice, &["--region", "eu-central-1"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    with_service(practice, |service| {
        service.credentials_life = Duration::from_secs(900);
    });
    practice.account.clear_journal();
}

fn with_service(practice: &Practice, change: impl FnOnce(&mut ConsoleSignIn)) {
    practice.account.with_console_sign_in(change);
}

/// Returns the content of the vault.
fn sealed(practice: &Practice) -> Document {
    let vault = Vault::at(Paths::new(practice.path().join("keyward")));
    let open = vault.unlock_with_passphrase(&PASSPHRASE.parse().unwrap());
    open.unwrap().document().clone()
}

pub(crate) fn refresh_token(practice: &Practice) -> String {
    let document = sealed(practice);
    let kept = document.sign_in(&ALICE.parse().unwrap()).unwrap();
    kept.refresh_token.expose().to_owned()
}

/// The secrets of the sign-in, as they may not be seen elsewhere.
fn canaries(practice: &Practice) -> Canaries {
    let document = sealed(practice);
    let kept = document.sign_in(&ALICE.parse().unwrap()).unwrap();
    let mut canaries = Canaries::new();
    canaries.plant("the refresh token", kept.refresh_token.expose());
    for line in kept.proof_key.expose().lines() {
        if !line.starts_with("-----") {
            canaries.plant("the key", line);
        }
    }
    canaries
}

fn answer(practice: &Practice) -> Value {
    let document = practice.run(&["credential-process", "console"]).ok();
    serde_json::from_str(&document).unwrap()
}

pub(crate) fn outcomes(practice: &Practice) -> Vec<String> {
    let journal = practice.account.journal();
    let of_token = journal
        .iter()
        .filter(|entry| entry.action == "CreateOAuth2Token");
    of_token.map(|entry| entry.outcome.clone()).collect()
}

#[test]
fn a_browser_signs_in_and_the_sign_in_is_sealed() {
    let practice = practice();
    let arguments = ["-vv", "signin", "console", "--region", "eu-central-1"];
    let mut child = start(&practice, &arguments, Stdio::null());
    let (url, mut errors) = shown(&mut child);
    let rest = url
        .split("redirect_uri=http%3A%2F%2F127.0.0.1%3A")
        .nth(1)
        .unwrap();
    let port = rest.split('%').next().unwrap();
    // The page of another site tries first.
    let back = format!("http://127.0.0.1:{port}/oauth/callback");
    assert_eq!(visit(&format!("{back}?code=x&state=guessed")).0, 400);
    assert_eq!(visit(&opened(&practice)).0, 200);
    let mut stderr = String::new();
    errors.read_to_string(&mut stderr).unwrap();
    let ran = Ran {
        stderr,
        ..ended(child)
    };
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stderr.contains(&format!("signed in as {ALICE}")),
        "{}",
        ran.stderr
    );
    assert_eq!(
        practice.read(".aws/config"),
        format!(
            "# mine\n[profile other]\nregion = eu-west-1\n\n\
             [profile console]\nlogin_session = {ALICE}\nregion = eu-central-1\n"
        )
    );
    let mut canaries = canaries(&practice);
    let given = answer(&practice);
    for half in ["SecretAccessKey", "SessionToken"] {
        canaries.plant(half, given[half].as_str().unwrap());
    }
    assert_eq!(given["AccountId"], "123456789012");
    canaries.absent_from(&ran);
    canaries.absent_below(practice.path(), &["passphrase"]);
    for arguments in [
        &["-vv", "whoami", "console"][..],
        &["-vv", "list"],
        &["list", "--json"],
        &["explain", "console", "--json"],
        &["vault", "status"],
        &["doctor", "--json"],
        &["log", "--json"],
        &["status", "--json"],
    ] {
        canaries.absent_from(&practice.run(arguments));
    }
    // Nothing was renewed so far: the first credentials lasted.
    assert_eq!(outcomes(&practice), ["OK"]);
    let who = practice.run(&["whoami", "console"]).ok();
    assert!(who.contains(ALICE), "{who}");
}

/// The address in a command's output, and the output before it.
fn shown(child: &mut Child) -> (String, BufReader<std::process::ChildStderr>) {
    let mut errors = BufReader::new(child.stderr.take().unwrap());
    loop {
        let mut line = String::new();
        assert_ne!(errors.read_line(&mut line).unwrap(), 0);
        if line.starts_with("http://") {
            return (line.trim_end().to_owned(), errors);
        }
    }
}

/// Signs in with a browser elsewhere; `carry` makes of the code what is pasted.
fn by_hand(practice: &Practice, carry: impl FnOnce(&str) -> String) -> Ran {
    let arguments = ["signin", "console", "--remote", "--region", "eu-central-1"];
    let mut child = start(practice, &arguments, Stdio::piped());
    let (url, mut errors) = shown(&mut child);
    assert!(url.contains("cross-device"), "{url}");
    let (status, page) = visit(&url);
    assert_eq!(status, 200);
    let code = page.split("<p>").nth(1).unwrap();
    let code = code.split("</p>").next().unwrap();
    let mut input = child.stdin.take().unwrap();
    writeln!(input, "{}", carry(code)).unwrap();
    drop(input);
    let mut stderr = String::new();
    errors.read_to_string(&mut stderr).unwrap();
    let ran = ended(child);
    Ran { stderr, ..ran }
}

#[test]
fn a_code_is_carried_from_a_browser_elsewhere() {
    let practice = practice();
    let mut used = String::new();
    let ran = by_hand(&practice, |code| {
        used = code.to_owned();
        code.to_owned()
    });
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let kept = sealed(&practice);
    let kept = kept.sign_in(&ALICE.parse().unwrap()).unwrap();
    assert!(kept.client_id.ends_with("cross-device"));
    assert_eq!(answer(&practice)["AccountId"], "123456789012");
    // Nothing was opened here.
    assert_eq!(practice.read("tabs"), "");
    let before = refresh_token(&practice);
    let text = |code: &str| String::from_utf8(BASE64.decode(code.as_bytes()).unwrap()).unwrap();
    // The code of another sign-in, and the spent code under this one's state.
    let ran = by_hand(&practice, |_| used.clone());
    assert!(
        ran.fails_with(1).contains("belongs to another sign-in"),
        "the state must be this one's"
    );
    let ran = by_hand(&practice, |code| {
        let (state, _) = text(code).split_once("&code=").map(own).unwrap();
        let (_, spent) = text(&used).split_once("&code=").map(own).unwrap();
        BASE64.encode(format!("{state}&code={spent}").as_bytes())
    });
    assert!(ran.fails_with(1).contains("CreateOAuth2Token"));
    let ran = by_hand(&practice, |code| code[..10].to_owned());
    assert!(
        ran.fails_with(1)
            .contains("not the code that the browser shows")
    );
    let ran = by_hand(&practice, |_| String::new());
    assert!(ran.fails_with(3).contains("there is no terminal"));
    // The former sign-in is unchanged.
    assert_eq!(refresh_token(&practice), before);
    let refused = outcomes(&practice);
    assert_eq!(refused, ["OK", "AUTHCODE_EXPIRED"]);
}

fn own((left, right): (&str, &str)) -> (String, String) {
    (left.to_owned(), right.to_owned())
}

#[test]
fn fifty_at_once_renew_once_and_all_are_answered() {
    let practice = practice();
    signed_in(&practice);
    for round in 1..=2 {
        let before = refresh_token(&practice);
        let children: Vec<Child> = (0..50)
            .map(|_| start(&practice, &["credential-process", "console"], Stdio::null()))
            .collect();
        let answers: Vec<String> = children
            .into_iter()
            .map(|child| ended(child).ok())
            .collect();
        assert!(answers.iter().all(|given| *given == answers[0]));
        assert_eq!(outcomes(&practice), ["OK"], "round {round}");
        assert_ne!(refresh_token(&practice), before, "round {round}");
        let canaries = canaries(&practice);
        canaries.absent_below(practice.path(), &["passphrase"]);
        // The next round starts from nothing kept.
        let _ = practice.run(&["lock"]).ok();
        practice.account.clear_journal();
    }
}

#[test]
fn a_role_is_made_from_the_sign_in_with_its_mfa() {
    let practice = practice();
    signed_in(&practice);
    let config = practice.read(".aws/config");
    practice.config(&format!(
        "{config}[profile role]\nsource_profile = console\nrole_arn = arn:aws:iam::123456789012:role/ReadOnly\n"
    ));
    let who = practice.run(&["whoami", "role"]).ok();
    assert!(who.contains("assumed-role/ReadOnly"), "{who}");
    let said = practice.run(&["signin", "role"]).fails_with(2);
    assert!(said.contains("`role_arn`"), "{said}");
    // Signing out also forgets the role's session.
    let ran = practice.run(&["signin", "--logout", "console"]);
    assert!(
        ran.stderr.contains("forgot 2 of its sessions"),
        "{}",
        ran.stderr
    );
    let _ = practice.run(&["credential-process", "role"]).fails_with(3);
}

#[test]
fn a_renewal_that_dies_before_it_is_kept_ends_the_sign_in() {
    let practice = practice();
    signed_in(&practice);
    let mut dying = practice.command(&["credential-process", "console"]);
    dying.env("KEYWARD_TEST_POINT", "signin-seal:before");
    let dead = keyward_testkit::finish(dying, "");
    // Nothing was handed out that came with a token which is lost.
    assert_eq!((dead.code, dead.stdout.as_str()), (134, ""));
    let said = practice
        .run(&["credential-process", "console"])
        .fails_with(3);
    assert!(
        said.contains("the console sign-in of profile `console` is over"),
        "{said}"
    );
    assert!(said.contains("hint: keyward signin console"), "{said}");
    assert_eq!(outcomes(&practice), ["OK", "TOKEN_EXPIRED"]);
    // It is known from then on: neither AWS nor the passphrase is asked again.
    practice.write("passphrase", "another one");
    let _ = practice
        .run(&["credential-process", "console"])
        .fails_with(3);
    assert_eq!(outcomes(&practice).len(), 2);
    practice.write("passphrase", PASSPHRASE);
    let ran = sign_in(&practice, &[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let _ = answer(&practice);
}

#[test]
fn a_renewal_that_dies_after_it_is_kept_costs_one_more() {
    let practice = practice();
    signed_in(&practice);
    let mut dying = practice.command(&["credential-process", "console"]);
    dying.env("KEYWARD_TEST_POINT", "signin-seal:after");
    assert_eq!(keyward_testkit::finish(dying, "").code, 134);
    let _ = answer(&practice);
    assert_eq!(outcomes(&practice), ["OK", "OK"]);
}

#[test]
fn a_vault_that_cannot_be_written_keeps_the_sign_in() {
    let practice = practice();
    signed_in(&practice);
    // No user can write a folder as a file, not even root.
    let lock = practice.path().join("keyward/locks/vault.lock");
    std::fs::remove_file(&lock).unwrap();
    std::fs::create_dir(&lock).unwrap();
    let _ = practice
        .run(&["credential-process", "console"])
        .fails_with(1);
    assert_eq!(outcomes(&practice).len(), 0);
    std::fs::remove_dir(&lock).unwrap();
    let _ = answer(&practice);
    // Refused between AWS's answer and its keeping, what came is handed out with what to do next.
    with_service(&practice, |service| {
        service.credentials_life = Duration::from_secs(30);
    });
    let _ = practice.run(&["lock"]).ok();
    let mut failing = practice.command(&["credential-process", "console"]);
    failing.env("KEYWARD_TEST_POINT", "signin-seal:unwritable");
    let ran = keyward_testkit::finish(failing, "");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("SessionToken"), "{}", ran.stdout);
    assert!(ran.stderr.contains("could not be kept"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("keyward signin console"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_renewal_leaves_the_way_back_alone() {
    let practice = practice();
    signed_in(&practice);
    let previous = || std::fs::read(practice.path().join("keyward/vault.age.previous")).unwrap();
    let (copy, token) = (previous(), refresh_token(&practice));
    let _ = answer(&practice);
    assert_eq!(outcomes(&practice), ["OK"]);
    assert_ne!(refresh_token(&practice), token);
    assert_eq!(previous(), copy);
}

#[test]
fn a_session_that_aws_ended_needs_the_person() {
    let practice = practice();
    signed_in(&practice);
    with_service(&practice, ConsoleSignIn::end_sessions);
    let children: Vec<Child> = (0..5)
        .map(|_| start(&practice, &["credential-process", "console"], Stdio::null()))
        .collect();
    for child in children {
        let said = ended(child).fails_with(3);
        assert!(said.contains("hint: keyward signin console"), "{said}");
    }
    assert_eq!(outcomes(&practice), ["TOKEN_EXPIRED"]);
    // No unattended command opens a browser.
    let _ = practice
        .run(&["exec", "console", "--", "true"])
        .fails_with(3);
    assert_eq!(practice.read("tabs"), "");
}

#[test]
fn a_refusal_that_is_noted_for_a_time_to_come_keeps_nobody_out() {
    let practice = practice();
    signed_in(&practice);
    with_service(&practice, ConsoleSignIn::end_sessions);
    let ask = || practice.run(&["credential-process", "console"]);
    let _ = ask().fails_with(3);
    let _ = ask().fails_with(3);
    assert_eq!(outcomes(&practice).len(), 1);
    let locks = std::fs::read_dir(practice.path().join("keyward/locks")).unwrap();
    let mark = locks
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|end| end == "failed"))
        .unwrap();
    // As by a clock that was an hour ahead, and has been set back.
    let at: u128 = std::fs::read_to_string(&mark).unwrap().parse().unwrap();
    std::fs::write(&mark, (at + 3_600_000).to_string()).unwrap();
    let _ = ask().fails_with(3);
    assert_eq!(outcomes(&practice).len(), 2);
    // The note is of now again.
    let _ = ask().fails_with(3);
    assert_eq!(outcomes(&practice).len(), 2);
}

#[test]
fn a_closed_vault_is_asked_for_only_when_renewing() {
    let mut practice = practice();
    let ran = sign_in(&practice, &["--region", "eu-central-1"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    practice.set("KEYWARD_PASSPHRASE_FILE", "");
    let _ = answer(&practice);
    let _ = practice.run(&["lock"]).ok();
    let said = practice
        .run(&["credential-process", "console"])
        .fails_with(3);
    assert!(said.contains("the vault passphrase is needed"), "{said}");
    assert_eq!(outcomes(&practice), ["OK"]);
}

#[test]
fn signing_out_forgets_the_sign_in_and_leaves_the_profile() {
    let practice = practice();
    signed_in(&practice);
    let config = practice.read(".aws/config");
    let ran = practice.run(&["signin", "--logout", "console"]);
    assert!(ran.stderr.contains("signed out"), "{}", ran.stderr);
    assert_eq!(ran.code, 0);
    assert!(sealed(&practice).sign_ins().is_empty());
    assert!(!practice.read("keyward/index.json").contains("sign_ins"));
    assert_eq!(practice.read(".aws/config"), config);
    let said = practice
        .run(&["credential-process", "console"])
        .fails_with(3);
    assert!(said.contains("keyward signin console"), "{said}");
    let again = practice.run(&["signin", "--logout", "console"]);
    assert!(
        again.stderr.contains("holds no sign-in"),
        "{}",
        again.stderr
    );
    let _ = practice.run(&["signin", "--logout", "other"]).fails_with(2);
}

/// Renames the only role that is made from the sign-in.
fn name_the_role(practice: &Practice, name: &str) {
    let config = practice.read(".aws/config");
    let before = config.split("\n[profile role-").next().unwrap();
    practice.config(&format!(
        "{before}\n[profile role-{name}]\nsource_profile = console\n\
         role_arn = arn:aws:iam::123456789012:role/ReadOnly\n"
    ));
}

/// Makes a session of the role with each of these flags.
fn take_the_role(practice: &Practice, name: &str, flags: &[&[&str]]) {
    let role = format!("role-{name}");
    for more in flags {
        let words = [&["env", &role, "--format", "json"], *more].concat();
        let _ = practice.run(&words).ok();
    }
}

fn kept(practice: &Practice) -> usize {
    let folder = std::fs::read_dir(practice.path().join("keyward/sessions")).unwrap();
    folder.count() / 2
}

#[test]
fn signing_out_forgets_what_was_made_with_flags_and_by_profiles_that_are_gone() {
    let practice = practice();
    let ran = sign_in(&practice, &["--region", "eu-central-1"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    name_the_role(&practice, "early");
    let flags: [&[&str]; 3] = [&[], &["--read-only"], &["--duration", "20m"]];
    take_the_role(&practice, "early", &flags);
    name_the_role(&practice, "late");
    assert_eq!(kept(&practice), 4);
    let said = practice.run(&["signin", "--logout", "console"]).stderr;
    assert!(said.contains("forgot 4 of its sessions"), "{said}");
    assert_eq!(kept(&practice), 0);
}

#[test]
fn the_sessions_of_a_profile_are_forgotten_whatever_they_were_made_with() {
    let practice = practice();
    let ran = sign_in(&practice, &["--region", "eu-central-1"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let forget = |profile| practice.run(&["remove", profile, "--sessions-only"]).stderr;
    name_the_role(&practice, "early");
    take_the_role(&practice, "early", &[&[], &["--read-only"]]);
    // The source of the two sessions belongs to another profile.
    assert_eq!(
        forget("role-early").trim(),
        "forgot 2 sessions of `role-early`"
    );
    assert_eq!(kept(&practice), 1);
    take_the_role(&practice, "early", &[&["--read-only"]]);
    name_the_role(&practice, "late");
    assert_eq!(forget("console").trim(), "forgot 2 sessions of `console`");
    assert_eq!(kept(&practice), 0);
}

#[test]
fn profiles_with_other_credentials_are_refused_before_anything() {
    let practice = practice();
    for (key, value) in [
        ("role_arn", "arn:aws:iam::123456789012:role/ReadOnly"),
        ("credential_process", "true"),
        ("sso_session", "corp"),
        ("aws_access_key_id", "AKIAIOSFODNN7EXAMPLE"),
        ("web_identity_token_file", "/token"),
    ] {
        let config = format!("[profile console]\nregion = eu-central-1\n{key} = {value}\n");
        practice.config(&config);
        let said = practice.run(&["signin", "console"]).fails_with(2);
        assert!(said.contains(&format!("`{key}`")), "{said}");
        assert!(said.contains("keyward signin console-console"), "{said}");
        assert_eq!(practice.read(".aws/config"), config);
    }
    practice.config("");
    let _ = practice
        .run(&["signin", "two words", "--region", "eu-central-1"])
        .fails_with(2);
    let said = practice.run(&["signin", "console"]).fails_with(3);
    assert!(said.contains("hint: give it with --region R"), "{said}");
    assert!(practice.account.journal().is_empty());
    assert!(!practice.path().join("keyward/vault.age").exists());
}

#[test]
fn somebody_else_s_sign_in_does_not_take_the_profile() {
    let practice = practice();
    let config = "[profile console]\nlogin_session = arn:aws:iam::123456789012:user/bob\nregion = eu-central-1\n";
    practice.config(config);
    let said = sign_in(&practice, &[]).fails_with(3);
    assert!(said.contains("nothing was kept"), "{said}");
    assert_eq!(practice.read(".aws/config"), config);
    assert!(sealed(&practice).sign_ins().is_empty());
    with_service(&practice, |service| service.approval = Approval::Denied);
    let said = sign_in(&practice, &[]).fails_with(1);
    assert!(
        said.contains("answered `The person turned it down`"),
        "{said}"
    );
}

#[test]
fn commands_tell_of_the_sign_in() {
    let practice = practice();
    practice.config(&format!(
        "[profile console]\nlogin_session = {ALICE}\nregion = eu-central-1\n"
    ));
    let explained = practice.run(&["explain", "console"]).ok();
    assert!(
        explained.contains("no sign-in yet: keyward signin console"),
        "{explained}"
    );
    let doctor = practice.run(&["doctor", "--json"]).stdout;
    assert!(doctor.contains("not-signed-in"), "{doctor}");
    let ran = sign_in(&practice, &[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let listed = practice.run(&["list"]).ok();
    assert!(listed.contains("vault: sign-in  123456789012"), "{listed}");
    assert!(
        listed.contains("session 14m") || listed.contains("session 15m"),
        "{listed}"
    );
    let listed: Value = serde_json::from_str(&practice.run(&["list", "--json"]).ok()).unwrap();
    assert_eq!(listed[0]["sealed_sign_in"], true);
    assert_eq!(listed[0]["sessions"][0]["call"], "CreateOAuth2Token");
    let explained = practice.run(&["explain", "console"]).ok();
    assert!(
        explained.contains("the sign-in is in the vault"),
        "{explained}"
    );
    let explained = practice.run(&["explain", "console", "--json"]).ok();
    let explained: Value = serde_json::from_str(&explained).unwrap();
    assert_eq!(explained["plan"]["base"]["sealed"], true);
    let doctor = practice.run(&["doctor", "--json"]).stdout;
    assert!(doctor.contains("sign-in-sealed"), "{doctor}");
    let status = practice.run(&["vault", "status"]).ok();
    assert!(status.contains(&format!("sign-in   {ALICE}")), "{status}");
    let mut prompt = practice.command(&["status", "--prompt"]);
    prompt.env("AWS_PROFILE", "console");
    let prompt = keyward_testkit::finish(prompt, "").ok();
    assert!(prompt.starts_with("console 1"), "{prompt}");
    let said = practice.run(&["setup", "console"]).stderr;
    assert!(
        said.contains("credential_process = keyward credential-process console"),
        "{said}"
    );
}
