//! Faults as the client sees them, and the journal of what happened.

use keyward_sandbox::{Effect, Fault, Sandbox};

use crate::client::{
    ALICE, Key, PHONE, READ_ONLY, Signing, alice_mfa, assume, exchange, phone, signed, start, sts,
};

const IDENTITY: [(&str, &str); 2] = [("Action", "GetCallerIdentity"), ("Version", "2011-06-15")];

/// Calls as `action outcome status`.
fn calls(sandbox: &Sandbox) -> Vec<String> {
    let entries = sandbox.journal();
    entries
        .iter()
        .map(|e| format!("{} {} {}", e.action, e.outcome, e.status))
        .collect()
}

fn raw(sandbox: &Sandbox) -> Option<crate::client::Answer> {
    let signing = Signing {
        service: "sts",
        time: sandbox.clock().now(),
        lifetime: None,
    };
    let port = sandbox.port();
    exchange(port, &signed(port, &Key::alice(), &signing, &IDENTITY))
}

#[test]
fn refusals_strike_as_often_as_told() {
    let sandbox = start();
    sandbox.inject(Fault::throttle("GetCallerIdentity", 2));
    sandbox.inject(
        Fault::on(
            "GetCallerIdentity",
            Effect::Error {
                status: 503,
                code: "ServiceUnavailable".into(),
                message: "no".into(),
            },
        )
        .after(2)
        .times(1),
    );
    let identity = || sts(&sandbox, &Key::alice(), "GetCallerIdentity", &[]);
    identity().is("400 Throttling: Rate exceeded");
    identity().is("400 Throttling: Rate exceeded");
    let down = identity();
    down.is("503 ServiceUnavailable: no");
    assert_eq!(down.text("Type").unwrap(), "Receiver");
    identity().is("OK");
}

#[test]
fn answers_are_dropped_before_or_after_the_work() {
    let sandbox = start();
    sandbox.inject(Fault::on("GetCallerIdentity", Effect::DropBefore).times(1));
    assert!(raw(&sandbox).is_none());
    assert!(raw(&sandbox).is_some());
    sandbox.inject(Fault::on("GetCallerIdentity", Effect::Garbage).times(1));
    let garbage = raw(&sandbox).unwrap();
    assert_eq!((garbage.status, garbage.text("Arn")), (200, None));
    let expect = [
        "GetCallerIdentity DroppedBefore 0",
        "GetCallerIdentity OK 200",
        "GetCallerIdentity Garbage 200",
    ];
    assert_eq!(calls(&sandbox), expect);
}

#[test]
fn a_dropped_answer_still_spends_the_code() {
    let sandbox = start();
    sandbox.inject(Fault::on("GetSessionToken", Effect::DropAfter).times(1));
    let code = sandbox.code(&phone()).unwrap();
    let params = [
        ("Action", "GetSessionToken"),
        ("Version", "2011-06-15"),
        ("SerialNumber", PHONE),
        ("TokenCode", code.expose()),
    ];
    let signing = Signing {
        service: "sts",
        time: sandbox.clock().now(),
        lifetime: None,
    };
    let port = sandbox.port();
    let request = signed(port, &Key::alice(), &signing, &params);
    assert!(exchange(port, &request).is_none());
    exchange(port, &request)
        .unwrap()
        .is(crate::client::WRONG_CODE);
    assert_eq!(
        calls(&sandbox),
        [
            "GetSessionToken DroppedAfter 0",
            "GetSessionToken AccessDenied 403"
        ]
    );
}

#[test]
fn the_journal_tells_who_called_what_and_no_secret() {
    let sandbox = start();
    let session = alice_mfa(&sandbox);
    assume(&sandbox, &session, READ_ONLY, &[("DurationSeconds", "900")]).is("OK");
    sts(
        &sandbox,
        &Key::long(ALICE, "wrong"),
        "GetCallerIdentity",
        &[],
    );
    let journal = sandbox.journal();
    let [token, role, wrong] = &journal[..] else {
        panic!("{journal:?}")
    };
    assert_eq!(
        token.principal.as_deref(),
        Some("arn:aws:iam::123456789012:user/alice")
    );
    assert_eq!(token.param("TokenCode"), Some("***"));
    assert_eq!(token.param("SerialNumber"), Some(PHONE));
    assert!(token.has_mfa && token.succeeded() && token.service == "sts");
    assert_eq!(role.param("DurationSeconds"), Some("900"));
    assert_eq!(role.access_key_id.as_deref(), Some(session.id.as_str()));
    assert!(role.has_mfa);
    assert_eq!(
        (wrong.principal.as_deref(), wrong.outcome.as_str()),
        (None, "SignatureDoesNotMatch")
    );
    assert_eq!(wrong.access_key_id.as_deref(), Some(ALICE));
    let text = format!("{journal:?}");
    assert!(!text.contains(&session.secret) && !text.contains(session.token.as_deref().unwrap()));
    sandbox.clear_journal();
    assert!(sandbox.journal().is_empty());
}
