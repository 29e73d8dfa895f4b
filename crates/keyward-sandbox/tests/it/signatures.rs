//! Signatures: the checks, and the answer to each wrong one.

use std::time::Duration;

use crate::client::{ALICE, INVALID_TOKEN, Key, Signing, exchange, signed, start, sts};

#[test]
fn the_date_header_follows_the_servers_clock() {
    let sandbox = start();
    sandbox.advance(Duration::from_secs(3600));
    let answer = sts(&sandbox, &Key::alice(), "GetCallerIdentity", &[]).ok();
    assert_eq!(
        answer.header("date").unwrap(),
        "Sat, 21 Nov 2026 10:00:00 GMT"
    );
}

/// The answers of STS to requests with one thing wrong about the signature.
#[test]
fn bad_signatures_are_refused_each_in_its_own_words() {
    let sandbox = start();
    let port = sandbox.port();
    let now = sandbox.clock().now();
    let minutes = |n: u64| Duration::from_secs(n * 60);
    let params = [("Action", "GetCallerIdentity"), ("Version", "2011-06-15")];
    let request = |key: &Key, service: &'static str, time| {
        signed(
            port,
            key,
            &Signing {
                service,
                time,
                lifetime: None,
            },
            &params,
        )
    };
    let good = request(&Key::alice(), "sts", now);
    let check = |request: &str, expect: &str| {
        let outcome = exchange(port, request).unwrap().outcome();
        assert!(outcome.starts_with(expect), "{outcome} is not {expect}");
    };
    check(&good, "OK");
    check(
        &good.replace("connection: close", "connection: close\r\nx-unsigned: 1"),
        "OK",
    );
    let mismatch = "403 SignatureDoesNotMatch: The request signature we calculated does not match";
    check(&good.replace("2011-06-15", "2011-06-16"), mismatch);
    check(&request(&Key::long(ALICE, "wrong"), "sts", now), mismatch);
    check(
        &request(&Key::alice(), "sts", now.before(minutes(16))),
        "403 SignatureDoesNotMatch: Signature expired: 20261121T084400Z is now earlier than \
         20261121T084500Z (20261121T090000Z - 15 min.)",
    );
    check(
        &request(&Key::alice(), "sts", now.before(minutes(15))),
        "OK",
    );
    check(&request(&Key::alice(), "sts", now.after(minutes(15))), "OK");
    check(
        &request(&Key::alice(), "sts", now.after(minutes(16))),
        "403 SignatureDoesNotMatch: Signature not yet current: 20261121T091600Z is still later \
         than 20261121T091500Z (20261121T090000Z + 15 min.)",
    );
    check(
        &request(&Key::alice(), "s3", now),
        "403 SignatureDoesNotMatch: Credential should be scoped to correct service",
    );
    check(
        &request(&Key::long("AKIAUNKNOWNUNKNOWN00", "s"), "sts", now),
        INVALID_TOKEN,
    );
    let with_token = Key {
        token: Some("t".into()),
        ..Key::alice()
    };
    check(&request(&with_token, "sts", now), INVALID_TOKEN);
    check(
        &good.replace("content-type;host;x-amz-date", "content-type;x-amz-date"),
        "403 SignatureDoesNotMatch: 'Host' or ':authority' must be a 'SignedHeader'",
    );
    check(
        &good.replace("/20261121/", "/20261120/"),
        "403 SignatureDoesNotMatch: Date in Credential scope does not match",
    );
    check(
        &good.replace("Signature=", "Sig="),
        "400 IncompleteSignature: Authorization header requires 'Signature' parameter.",
    );
    check(
        &good.replace("x-amz-date: 2", "x-amz-date: x"),
        "400 IncompleteSignature: Date must be",
    );
    check(
        &good.replace("/sts/aws4", "/aws4"),
        "400 IncompleteSignature: Credential must have",
    );
    check(
        &good.replace("authorization:", "x-authorization:"),
        "403 MissingAuthenticationToken: Request is missing Authentication Token",
    );
}

#[test]
fn a_session_needs_its_own_token() {
    let sandbox = start();
    let session = sts(&sandbox, &Key::alice(), "GetSessionToken", &[])
        .ok()
        .key();
    let other = sts(&sandbox, &Key::alice(), "GetSessionToken", &[])
        .ok()
        .key();
    let check = |token: Option<String>, expect: &str| {
        let key = Key {
            token,
            ..session.clone()
        };
        sts(&sandbox, &key, "GetCallerIdentity", &[]).is(expect);
    };
    check(session.token.clone(), "OK");
    check(other.token, INVALID_TOKEN);
    check(None, INVALID_TOKEN);
}

#[test]
fn presigned_requests_are_verified_too() {
    let sandbox = start();
    let port = sandbox.port();
    let session = sts(&sandbox, &Key::alice(), "GetSessionToken", &[])
        .ok()
        .key();
    let params = [("Action", "GetCallerIdentity"), ("Version", "2011-06-15")];
    let check = |key: &Key, age: u64, expect: &str| {
        let time = sandbox.clock().now().before(Duration::from_secs(age));
        let lifetime = Some(Duration::from_secs(60));
        let request = signed(
            port,
            key,
            &Signing {
                service: "sts",
                time,
                lifetime,
            },
            &params,
        );
        let outcome = exchange(port, &request).unwrap().outcome();
        assert!(outcome.starts_with(expect), "{outcome}");
    };
    check(&Key::alice(), 0, "OK");
    check(&session, 60, "OK");
    check(&session, 61, "403 SignatureDoesNotMatch: Signature expired");
    check(
        &Key::long(ALICE, "wrong"),
        0,
        "403 SignatureDoesNotMatch: The request signature",
    );
}

#[test]
fn unknown_actions_and_versions_are_refused() {
    let sandbox = start();
    sts(&sandbox, &Key::alice(), "Frobnicate", &[])
        .is("400 InvalidAction: Could not find operation Frobnicate for version 2011-06-15");
    sts(&sandbox, &Key::alice(), "", &[]).is("400 MissingAction: Missing Action");
}
