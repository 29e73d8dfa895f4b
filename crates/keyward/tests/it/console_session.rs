//! The console sign-in that `aws login` keeps: read from its file, renewed in place, once.

use std::process::Stdio;
use std::sync::Mutex;

use keyward_testkit::Home;
use serde_json::{Value, json};

use crate::fake::{Asked, Fake};

const SESSION: &str = "arn:aws:iam::123456789012:user/alice";
/// `printf SESSION | sha256sum`.
const FILE: &str = "login/b7d71d383b9557a9bad4c3346c50365819226484c6824a0fdef66637be339db0.json";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
/// Made for this test; it opens nothing.
const PEM: &str = "-----BEGIN EC PRIVATE KEY-----\n\
MHcCAQEEIBVedqSJVKCyS3KFh9JWrylL8rSrZvyr77niZPFrYDcHoAoGCCqGSM49\n\
AwEHoUQDQgAEVy2c205uiNzulPy7ktPt+VBaMO90J+LttMcQJyRnjavvq54YY4V2\n\
dCJj/fovDIGbTbJbhWZxsxUtctTixmACBg==\n-----END EC PRIVATE KEY-----\n";

/// A home with a session that ends at a time, and a service that renews it.
fn home(service: &Fake, ends: &str) -> Home {
    let mut home = Home::new(env!("CARGO_BIN_EXE_keyward"));
    home.set("AWS_ENDPOINT_URL_SIGNIN", service.url());
    home.set(
        "AWS_LOGIN_CACHE_DIRECTORY",
        home.path().join("login").to_str().unwrap(),
    );
    home.config(&format!(
        "[profile console]\nlogin_session = {SESSION}\nregion = eu-central-1\n"
    ));
    let kept = json!({
        "accessToken": {
            "accessKeyId": "ASIAIOSFODNN7EXAMPLE", "secretAccessKey": SECRET,
            "sessionToken": "first-token", "accountId": "123456789012", "expiresAt": ends,
        },
        "tokenType": "aws_sigv4", "refreshToken": "refresh-1", "idToken": "an-id-token",
        "clientId": "arn:aws:signin:::devtools/same-device", "dpopKey": PEM,
    });
    home.write(FILE, &kept.to_string());
    home
}

/// Renews with each refresh token once.
fn renewing() -> Fake {
    let good = Mutex::new("refresh-1".to_owned());
    Fake::start(move |asked: &Asked| {
        let body: Value = serde_json::from_str(&asked.body).unwrap();
        let mut good = good.lock().unwrap();
        let proven = asked
            .header("dpop")
            .is_some_and(|proof| proof.split('.').count() == 3);
        if asked.line != "POST /v1/token HTTP/1.1"
            || !proven
            || body["refreshToken"] != good.as_str()
        {
            let refusal = json!({ "error": "TOKEN_EXPIRED", "message": "no", "__type": "AccessDeniedException" });
            return (403, refusal.to_string());
        }
        *good = format!("{good}+");
        let answer = json!({
            "accessToken": {
                "accessKeyId": "ASIAI44QH8DHBEXAMPLE", "secretAccessKey": SECRET,
                "sessionToken": "second-token",
            },
            "tokenType": "aws_sigv4", "expiresIn": 900, "refreshToken": good.as_str(),
        });
        (200, answer.to_string())
    })
}

fn answer(home: &Home) -> Value {
    serde_json::from_str(&home.run(&["credential-process", "console"]).ok()).unwrap()
}

#[test]
fn a_session_is_used_as_it_lies_there_while_it_lasts() {
    let service = renewing();
    let home = home(&service, "2099-01-01T00:00:00Z");
    let given = answer(&home);
    assert_eq!(given["SessionToken"], "first-token");
    assert_eq!(given["AccountId"], "123456789012");
    assert!(service.asked().is_empty());
}

#[test]
fn a_session_near_its_end_is_renewed_once_in_place() {
    let service = renewing();
    let home = home(&service, "2020-01-01T00:00:00Z");
    let children: Vec<_> = (0..10)
        .map(|_| {
            let mut command = home.command(&["credential-process", "console"]);
            command
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    for child in children {
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(ended.status.success(), "{said}");
        let given: Value = serde_json::from_slice(&ended.stdout).unwrap();
        assert_eq!(given["AccessKeyId"], "ASIAI44QH8DHBEXAMPLE");
    }
    assert_eq!(service.asked().len(), 1);
    let kept: Value = serde_json::from_str(&home.read(FILE)).unwrap();
    assert_eq!(kept["refreshToken"], "refresh-1+");
    assert_eq!(kept["accessToken"]["sessionToken"], "second-token");
    assert_eq!(kept["accessToken"]["accountId"], "123456789012");
    // A session that is not renewed stays as the AWS CLI wrote it.
    assert_eq!(
        (kept["dpopKey"].as_str(), &kept["idToken"]),
        (Some(PEM), &json!("an-id-token"))
    );
    // Nothing of it is kept a second time.
    assert!(!home.path().join("keyward/sessions").exists());
}

#[test]
fn a_session_that_is_over_needs_the_person() {
    let service = Fake::start(|_| {
        let refusal = json!({ "error": "TOKEN_EXPIRED", "message": "refresh-1 is over", "__type": "AccessDeniedException" });
        (403, refusal.to_string())
    });
    let home = home(&service, "2020-01-01T00:00:00Z");
    let said = home.run(&["credential-process", "console"]).fails_with(3);
    assert!(
        said.contains("the console session of profile `console` is over"),
        "{said}"
    );
    assert!(said.contains("hint: aws login --profile console"), "{said}");
    assert!(!said.contains("refresh-1"), "{said}");
    home.write(FILE, "{}");
    let said = home.run(&["credential-process", "console"]).fails_with(1);
    assert!(
        said.contains("it lacks what the AWS CLI writes there"),
        "{said}"
    );
}

#[cfg(unix)]
#[test]
fn a_session_that_cannot_be_kept_is_not_renewed() {
    use crate::unwritable::{close, given_away, open, run};
    let service = renewing();
    let home = home(&service, "2020-01-01T00:00:00Z");
    if !given_away(&home) {
        return;
    }
    let folder = home.path().join("login");
    close(&folder);
    let said = run(&home, &["credential-process", "console"]).fails_with(1);
    assert!(said.contains("cannot be kept"), "{said}");
    assert!(said.contains("hint: let yourself write in"), "{said}");
    assert!(service.asked().is_empty(), "the refresh token was spent");
    open(&folder);
    let given = run(&home, &["credential-process", "console"]).ok();
    assert!(given.contains("ASIAI44QH8DHBEXAMPLE"), "{given}");
}

#[cfg(unix)]
#[test]
fn a_session_that_cannot_be_kept_after_all_is_handed_out() {
    let place = std::sync::Arc::new(Mutex::new(std::path::PathBuf::new()));
    let taken = std::sync::Arc::clone(&place);
    let service = Fake::start(move |_| {
        // The file is a folder with something in it when the answer comes.
        let path = taken.lock().unwrap();
        std::fs::remove_file(&*path).unwrap();
        std::fs::create_dir_all(path.join("in the way")).unwrap();
        let answer = json!({
            "accessToken": {
                "accessKeyId": "ASIAI44QH8DHBEXAMPLE", "secretAccessKey": SECRET,
                "sessionToken": "second-token",
            },
            "tokenType": "aws_sigv4", "expiresIn": 900, "refreshToken": "refresh-2",
        });
        (200, answer.to_string())
    });
    let home = home(&service, "2020-01-01T00:00:00Z");
    *place.lock().unwrap() = home.path().join(FILE);
    let ran = home.run(&["credential-process", "console"]);
    assert!(
        ran.stderr.contains("the next renewal needs you"),
        "{}",
        ran.stderr
    );
    assert!(ran.ok().contains("second-token"));
}
