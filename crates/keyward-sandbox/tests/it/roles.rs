//! AssumeRole: trust, codes, lengths, chains, session policies and shapes.

use std::time::Duration;

use crate::client::{
    ADMINISTRATOR, DEPLOY, Key, OTHER_READ_ONLY, PHONE, READ_ONLY, WRONG_CODE, WRONG_DEVICE,
    alice_mfa, assume, phone, start, sts,
};

fn denied(role: &str) -> String {
    format!(
        "403 AccessDenied: User: arn:aws:iam::123456789012:user/alice is not authorized to \
         perform: sts:AssumeRole on resource: {role}"
    )
}

#[test]
fn a_role_wants_a_code_in_the_session_or_in_the_call() {
    let sandbox = start();
    let denied_by_guard = format!(
        "{} with an explicit deny in an identity-based policy",
        denied(READ_ONLY)
    );
    assume(&sandbox, &Key::alice(), READ_ONLY, &[]).is(&denied_by_guard);
    let plain = sts(&sandbox, &Key::alice(), "GetSessionToken", &[])
        .ok()
        .key();
    assume(&sandbox, &plain, READ_ONLY, &[]).is(&denied_by_guard);
    let session = alice_mfa(&sandbox);
    let answer = assume(&sandbox, &session, READ_ONLY, &[]).ok();
    let arn = "arn:aws:sts::123456789012:assumed-role/ReadOnly/test";
    assert_eq!(answer.text("Arn").unwrap(), arn);
    assert!(answer.text("AssumedRoleId").unwrap().starts_with("AROA"));
    let identity = sts(&sandbox, &answer.key(), "GetCallerIdentity", &[]).ok();
    assert_eq!(identity.text("Arn").unwrap(), arn);
    let code = sandbox.fresh_code(&phone()).unwrap();
    let params = [("SerialNumber", PHONE), ("TokenCode", code.expose())];
    assume(&sandbox, &Key::alice(), READ_ONLY, &params).is("OK");
    assume(&sandbox, &Key::alice(), READ_ONLY, &params).is(WRONG_CODE);
}

#[test]
fn a_code_grows_too_old_for_a_role() {
    let sandbox = start();
    let session = alice_mfa(&sandbox);
    sandbox.advance(Duration::from_secs(3599));
    assume(&sandbox, &session, ADMINISTRATOR, &[]).is("OK");
    sandbox.advance(Duration::from_secs(1));
    assume(&sandbox, &session, ADMINISTRATOR, &[]).is(&denied(ADMINISTRATOR));
    sandbox.advance(Duration::from_secs(3 * 3600 - 1));
    assume(&sandbox, &session, READ_ONLY, &[]).is("OK");
    sandbox.advance(Duration::from_secs(1));
    assume(&sandbox, &session, READ_ONLY, &[]).is(&denied(READ_ONLY));
}

#[test]
fn role_sessions_are_as_long_as_role_and_chain_allow() {
    let sandbox = start();
    let session = alice_mfa(&sandbox);
    let direct = |role: &str, seconds: &str| {
        let code = sandbox.fresh_code(&phone()).unwrap();
        let params = [
            ("DurationSeconds", seconds),
            ("SerialNumber", PHONE),
            ("TokenCode", code.expose()),
        ];
        assume(&sandbox, &Key::alice(), role, &params).outcome()
    };
    let chained = |role: &str, seconds: &str| {
        assume(&sandbox, &session, role, &[("DurationSeconds", seconds)])
    };
    assert_eq!(direct(READ_ONLY, "43200"), "OK");
    assert_eq!(
        direct(ADMINISTRATOR, "3601"),
        "400 ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set \
         for this role."
    );
    assert!(direct(READ_ONLY, "43201").starts_with("400 ValidationError: 1 validation error"));
    assert!(direct(READ_ONLY, "899").starts_with("400 ValidationError: 1 validation error"));
    chained(READ_ONLY, "3600").is("OK");
    chained(READ_ONLY, "3601").is(
        "400 ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for \
         roles assumed by role chaining.",
    );
}

#[test]
fn a_second_account_wants_its_external_id() {
    let sandbox = start();
    let session = alice_mfa(&sandbox);
    let check = |id: &[(&str, &str)], expect: &str| {
        assume(&sandbox, &session, OTHER_READ_ONLY, id).is(expect);
    };
    check(&[], &denied(OTHER_READ_ONLY));
    check(&[("ExternalId", "else")], &denied(OTHER_READ_ONLY));
    check(&[("ExternalId", "practice")], "OK");
    let unknown = "arn:aws:iam::111122223333:role/Nothing";
    assume(&sandbox, &session, unknown, &[]).is(&denied(unknown));
}

#[test]
fn roles_chain_where_both_sides_allow_it() {
    let sandbox = start();
    let session = alice_mfa(&sandbox);
    assume(&sandbox, &session, DEPLOY, &[]).is(&denied(DEPLOY));
    let first = assume(&sandbox, &session, READ_ONLY, &[]).ok().key();
    let second = assume(&sandbox, &first, DEPLOY, &[]).ok();
    assert_eq!(
        second.text("Arn").unwrap(),
        "arn:aws:sts::111122223333:assumed-role/Deploy/test"
    );
    assume(&sandbox, &second.key(), READ_ONLY, &[]).is(
        "403 AccessDenied: User: arn:aws:sts::111122223333:assumed-role/Deploy/test is not \
         authorized to perform: sts:AssumeRole on resource: \
         arn:aws:iam::123456789012:role/ReadOnly",
    );
    let params = [("SerialNumber", PHONE), ("TokenCode", "123456")];
    assume(&sandbox, &first, DEPLOY, &params).is(WRONG_DEVICE);
}

#[test]
fn session_policies_narrow_a_role() {
    let sandbox = start();
    let session = alice_mfa(&sandbox);
    let policy = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"iam:*","Resource":"*"}]}"#;
    let narrow = assume(&sandbox, &session, READ_ONLY, &[("Policy", policy)]).ok();
    assert_eq!(narrow.text("PackedPolicySize").unwrap(), "2");
    assume(&sandbox, &narrow.key(), DEPLOY, &[]).is(
        "403 AccessDenied: User: arn:aws:sts::123456789012:assumed-role/ReadOnly/test is not \
         authorized to perform: sts:AssumeRole on resource: \
         arn:aws:iam::111122223333:role/Deploy",
    );
    let arns = [(
        "PolicyArns.member.1.arn",
        "arn:aws:iam::aws:policy/AdministratorAccess",
    )];
    let wide = assume(&sandbox, &session, READ_ONLY, &arns).ok();
    assert_eq!(wide.text("PackedPolicySize").unwrap(), "1");
    assume(&sandbox, &wide.key(), DEPLOY, &[]).is("OK");
    // A document far longer than a session policy may be: its ARN is what counts.
    let arns = [(
        "PolicyArns.member.1.arn",
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
    )];
    let narrow = assume(&sandbox, &session, READ_ONLY, &arns).ok();
    assert_eq!(narrow.text("PackedPolicySize").unwrap(), "1");
    let unknown = [("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/Unknown")];
    let outcome = assume(&sandbox, &session, READ_ONLY, &unknown).outcome();
    assert!(
        outcome.starts_with("400 ValidationError: The policy arn:"),
        "{outcome}"
    );
    let outcome = assume(&sandbox, &session, READ_ONLY, &[("Policy", "{")]).outcome();
    assert!(
        outcome.starts_with("400 MalformedPolicyDocument: "),
        "{outcome}"
    );
}

#[test]
fn session_policies_share_one_limit_of_characters() {
    let sandbox = start();
    let session = alice_mfa(&sandbox);
    let policy = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"iam:*","Resource":"*"}]}"#;
    let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let long = |characters: usize| format!("{policy:characters$}");
    let ask = |inline: &str| {
        let params = [("Policy", inline), ("PolicyArns.member.1.arn", arn)];
        assume(&sandbox, &session, READ_ONLY, &params).outcome()
    };
    assert_eq!(ask(&long(2048 - arn.len())), "OK");
    let refused = ask(&long(2049 - arn.len()));
    assert!(refused.starts_with("400 PackedPolicyTooLarge"), "{refused}");
}

#[test]
fn shapes_of_role_requests_are_checked() {
    let sandbox = start();
    let session = alice_mfa(&sandbox);
    let check = |params: &[(&str, &str)], expect: &str| {
        let outcome = sts(&sandbox, &session, "AssumeRole", params).outcome();
        assert!(outcome.starts_with(expect), "{outcome} is not {expect}");
    };
    let (role, name) = (("RoleArn", READ_ONLY), ("RoleSessionName", "test"));
    let invalid = "400 ValidationError: 1 validation error detected: Value";
    check(&[name], &format!("{invalid} null at 'roleArn'"));
    check(&[role], &format!("{invalid} null at 'roleSessionName'"));
    check(
        &[name, ("RoleArn", "ReadOnly")],
        "400 ValidationError: ReadOnly is invalid",
    );
    check(
        &[role, ("RoleSessionName", "a b")],
        &format!("{invalid} 'a b' at 'roleSessionName'"),
    );
    check(
        &[role, ("RoleSessionName", "a")],
        &format!("{invalid} 'a' at 'roleSessionName'"),
    );
    check(
        &[role, name, ("ExternalId", "x")],
        &format!("{invalid} 'x' at 'externalId'"),
    );
    check(
        &[role, name, ("SourceIdentity", "?")],
        &format!("{invalid} '?' at 'sourceIdentity'"),
    );
    check(
        &[role, name, ("TransitiveTagKeys.member.1", "team")],
        "400 InvalidParameterValue: The specified transitive tag key must be included",
    );
    check(
        &[
            role,
            name,
            ("Tags.member.1.Key", "Team"),
            ("Tags.member.1.Value", "a"),
            ("Tags.member.2.Key", "team"),
            ("Tags.member.2.Value", "b"),
        ],
        "400 InvalidParameterValue: Duplicate tag keys found.",
    );
}

#[test]
fn tags_and_source_identities_are_granted_apart_and_passed_on() {
    let sandbox = start();
    let session = alice_mfa(&sandbox);
    let tag = [
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "red"),
        ("TransitiveTagKeys.member.1", "team"),
    ];
    // The administrator's trust policy grants neither.
    let denied = |action: &str| {
        format!(
            "403 AccessDenied: User: arn:aws:iam::123456789012:user/alice is not authorized to \
             perform: {action} on resource: {ADMINISTRATOR}"
        )
    };
    let source = ("SourceIdentity", "alice");
    assume(&sandbox, &session, ADMINISTRATOR, &tag).is(&denied("sts:TagSession"));
    assume(&sandbox, &session, ADMINISTRATOR, &[source]).is(&denied("sts:SetSourceIdentity"));
    let both = [tag[0], tag[1], tag[2], source];
    let first = assume(&sandbox, &session, READ_ONLY, &both).ok();
    assert_eq!(first.text("SourceIdentity").unwrap(), "alice");
    let second = assume(&sandbox, &first.key(), DEPLOY, &[]).ok();
    assert_eq!(second.text("SourceIdentity").unwrap(), "alice");
    assume(&sandbox, &first.key(), DEPLOY, &[("SourceIdentity", "bob")])
        .is("403 AccessDenied: Source identity cannot be changed in a role chain.");
    let outcome = assume(&sandbox, &first.key(), DEPLOY, &tag).outcome();
    assert!(
        outcome.starts_with("400 InvalidParameterValue: One of the"),
        "{outcome}"
    );
}
