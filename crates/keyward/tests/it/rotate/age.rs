//! Keys whose age AWS does not report at the time of storage, because their user must use a device
//! first.

use std::time::Duration;

use keyward_core::Timestamp;

use crate::practice::{KEY_ID, Practice, SECRET, SERIAL};

/// Alice's key, made eleven months ago and stored without a session.
fn stored() -> Practice {
    let practice = Practice::start();
    practice.account.with_accounts(|accounts| {
        let account = accounts
            .account_mut(&"123456789012".parse().unwrap())
            .unwrap();
        let alice = account.users.get_mut(&"alice".parse().unwrap()).unwrap();
        let now = Timestamp::from_second(
            i64::try_from(
                std::time::SystemTime::now()
                    .duration_since(std::time::UNIX_EPOCH)
                    .unwrap()
                    .as_secs(),
            )
            .unwrap(),
        );
        alice.keys[0].created = now.before(Duration::from_secs(330 * 86_400));
    });
    let key = format!("{KEY_ID}\n{SECRET}\n");
    let add = ["add", "alice", "--stdin", "--no-config"];
    let _ = practice.run_with_input(&add, &key).ok();
    practice
}

fn with_code(practice: &mut Practice) {
    let code = practice.account.fresh_code(&SERIAL.parse().unwrap());
    practice.set("KEYWARD_MFA_CODE", code.unwrap().expose());
}

fn dry_run(practice: &Practice) -> String {
    practice.run(&["rotate", "--due", "--dry-run"]).ok()
}

#[test]
fn unknown_age_is_said_until_the_first_session_may_ask() {
    let mut practice = stored();
    let status = practice.run(&["vault", "status"]).ok();
    assert!(status.contains("of unknown age"), "{status}");
    assert!(dry_run(&practice).contains("of unknown age"));
    with_code(&mut practice);
    let _ = practice.run(&["credential-process", "alice"]).ok();
    let due = dry_run(&practice);
    assert!(due.contains("330d") || due.contains("11"), "{due}");
    assert!(!due.contains("unknown"), "{due}");
    let status = practice.run(&["vault", "status", "--json"]).ok();
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    assert_eq!(status["keys"][0]["age_days"], 330);
}

#[test]
fn due_keys_of_unknown_age_are_asked_for_or_named() {
    let mut practice = stored();
    let ran = practice.run(&["rotate", "--due"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let said = "the age of the key of `alice` is unknown";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("as far as their age is known"),
        "{}",
        ran.stderr
    );
    with_code(&mut practice);
    let ran = practice.run(&["rotate", "--due"]);
    assert!(
        ran.stderr.contains("rotating the key of `alice`"),
        "{}",
        ran.stderr
    );
}
