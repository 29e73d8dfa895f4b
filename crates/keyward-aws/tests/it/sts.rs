//! Requests of STS, and what keyward reads from the answers.

use std::time::Duration;

use keyward_aws::WebIdentityToken;
use keyward_core::Timestamp;
use keyward_core::chain::AssumeRole;

use crate::server::{Reply, Server, key, session};

const GIVEN: &str = "<Credentials><AccessKeyId>ASIAXYZXYZXYZEXAMPLE</AccessKeyId>\
    <SecretAccessKey>tempSecretEXAMPLE</SecretAccessKey><SessionToken>tempToken+/EXAMPLE==</SessionToken>\
    <Expiration>2026-01-01T12:00:00Z</Expiration></Credentials>";

pub(crate) fn session_token_reply() -> Reply {
    Reply::sts("GetSessionToken", GIVEN)
}

pub(crate) fn role() -> AssumeRole {
    AssumeRole {
        role_arn: "arn:aws:iam::111122223333:role/team/ReadOnly"
            .parse()
            .unwrap(),
        role_session_name: None,
        external_id: None,
        tags: Vec::new(),
        transitive_tag_keys: Vec::new(),
        source_identity: None,
        policy: None,
        policy_arns: Vec::new(),
    }
}

/// The form fields of a request, percent-decoded, without `Action` and `Version`.
fn fields(request: &str) -> Vec<String> {
    let body = request.split("\r\n\r\n").nth(1).unwrap();
    let mut fields: Vec<String> = body.split('&').map(decode).collect();
    fields.retain(|field| !field.starts_with("Action=") && !field.starts_with("Version="));
    fields.sort();
    fields
}

fn decode(text: &str) -> String {
    let mut parts = text.split('%');
    let mut decoded = parts.next().unwrap().to_owned();
    for part in parts {
        let byte = u8::from_str_radix(&part[..2], 16).unwrap();
        decoded.push(char::from(byte));
        decoded.push_str(&part[2..]);
    }
    decoded
}

#[test]
fn identity_is_read_in_full() {
    let server = Server::start(vec![Reply::sts(
        "GetCallerIdentity",
        "<Arn>arn:aws:iam::123456789012:user/alice</Arn><UserId>AIDAEXAMPLE</UserId><Account>123456789012</Account>",
    )]);
    let identity = server.aws().get_caller_identity(&session()).unwrap();
    assert_eq!(identity.arn.user_name(), Some("alice"));
    assert_eq!(identity.account.as_str(), "123456789012");
    assert_eq!(identity.user_id, "AIDAEXAMPLE");
    let request = server.asked().remove(0).to_lowercase();
    assert!(
        request.contains("/20260101/eu-central-1/sts/aws4_request"),
        "{request}"
    );
    assert!(
        request.contains("x-amz-security-token: fwogzxivyxdzexampletoken"),
        "{request}"
    );
    assert!(request.contains("app/keyward"), "{request}");
}

#[test]
fn a_session_with_a_code_is_asked_for_and_read() {
    let server = Server::start(vec![session_token_reply()]);
    let serial = "arn:aws:iam::123456789012:mfa/alice".parse().unwrap();
    let code = "123456".parse().unwrap();
    let given = server
        .aws()
        .get_session_token(&key(), Duration::from_secs(43_200), Some((&serial, &code)))
        .unwrap();
    assert_eq!(
        fields(&server.asked()[0]),
        [
            "DurationSeconds=43200",
            "SerialNumber=arn:aws:iam::123456789012:mfa/alice",
            "TokenCode=123456"
        ]
    );
    assert_eq!(given.access_key_id.as_str(), "ASIAXYZXYZXYZEXAMPLE");
    assert_eq!(given.secret_access_key.expose(), "tempSecretEXAMPLE");
    assert_eq!(
        given.session_token.unwrap().expose(),
        "tempToken+/EXAMPLE=="
    );
    assert_eq!(
        given.expires_at,
        Some("2026-01-01T12:00:00Z".parse::<Timestamp>().unwrap())
    );
    assert_eq!(given.account_id.unwrap().as_str(), "123456789012");
}

#[test]
fn a_session_without_a_code_names_no_device() {
    let server = Server::start(vec![session_token_reply()]);
    server
        .aws()
        .get_session_token(&key(), Duration::from_secs(900), None)
        .unwrap();
    assert_eq!(fields(&server.asked()[0]), ["DurationSeconds=900"]);
}

#[test]
fn every_field_of_a_role_is_sent() {
    let server = Server::start(vec![Reply::sts("AssumeRole", GIVEN)]);
    let role = AssumeRole {
        external_id: Some("practice".parse().unwrap()),
        tags: vec![("team".into(), "blue".into()), ("cost".into(), "42".into())],
        transitive_tag_keys: vec!["team".into()],
        source_identity: Some("alice".parse().unwrap()),
        policy: Some("{}".into()),
        policy_arns: vec!["arn:aws:iam::aws:policy/ReadOnlyAccess".into()],
        ..role()
    };
    let serial = "GAHT12345678".parse().unwrap();
    let code = "654321".parse().unwrap();
    let name = "alice-laptop".parse().unwrap();
    let hour = Duration::from_secs(3600);
    let given = server
        .aws()
        .assume_role(&session(), &role, &name, hour, Some((&serial, &code)))
        .unwrap();
    assert_eq!(
        fields(&server.asked()[0]),
        [
            "DurationSeconds=3600",
            "ExternalId=practice",
            "Policy={}",
            "PolicyArns.member.1.arn=arn:aws:iam::aws:policy/ReadOnlyAccess",
            "RoleArn=arn:aws:iam::111122223333:role/team/ReadOnly",
            "RoleSessionName=alice-laptop",
            "SerialNumber=GAHT12345678",
            "SourceIdentity=alice",
            "Tags.member.1.Key=team",
            "Tags.member.1.Value=blue",
            "Tags.member.2.Key=cost",
            "Tags.member.2.Value=42",
            "TokenCode=654321",
            "TransitiveTagKeys.member.1=team",
        ]
    );
    assert_eq!(given.account_id.unwrap().as_str(), "111122223333");
}

#[test]
fn a_bare_role_sends_nothing_it_does_not_need() {
    let server = Server::start(vec![Reply::sts("AssumeRole", GIVEN)]);
    let name = "alice".parse().unwrap();
    server
        .aws()
        .assume_role(&session(), &role(), &name, Duration::from_secs(3600), None)
        .unwrap();
    assert_eq!(
        fields(&server.asked()[0]),
        [
            "DurationSeconds=3600",
            "RoleArn=arn:aws:iam::111122223333:role/team/ReadOnly",
            "RoleSessionName=alice"
        ]
    );
}

#[test]
fn a_web_identity_is_exchanged_without_a_signature() {
    let server = Server::start(vec![Reply::sts("AssumeRoleWithWebIdentity", GIVEN)]);
    let token: WebIdentityToken = "eyJhbGciOi.EXAMPLE.sig\n".parse().unwrap();
    assert_eq!(format!("{token:?}"), "WebIdentityToken(***)");
    let name = "pod".parse().unwrap();
    let given = server
        .aws()
        .assume_role_with_web_identity(&role().role_arn, &token, &name, Duration::from_secs(3600))
        .unwrap();
    let request = &server.asked()[0];
    assert!(fields(request).contains(&"WebIdentityToken=eyJhbGciOi.EXAMPLE.sig".to_owned()));
    assert!(
        !request.to_lowercase().contains("\r\nauthorization:"),
        "{request}"
    );
    assert_eq!(given.account_id.unwrap().as_str(), "111122223333");
}

#[test]
fn an_end_that_aws_gives_no_session_is_refused() {
    for (end, expect) in [
        ("", Some("lacks `Expiration`")),
        ("1970-01-01T00:00:00Z", Some("or has 1970-01-01")),
        ("2025-12-31T23:59:59Z", Some("ended at 2025")),
        ("2026-01-02T12:00:00Z", None),
        ("2026-01-02T13:00:00Z", Some("would end at 2026-01-02")),
        ("2106-01-01T00:00:00Z", Some("would end at 2106")),
        ("9999-12-30T00:00:00Z", Some("would end at 9999")),
    ] {
        let given = GIVEN.replace("2026-01-01T12:00:00Z", end);
        assert!(given.contains(end));
        let given = match end {
            "" => given.replace("<Expiration></Expiration>", ""),
            _ => given,
        };
        assert!(!end.is_empty() || !given.contains("Expiration"), "{given}");
        let replies = ["GetSessionToken", "AssumeRole"].map(|name| Reply::sts(name, &given));
        let server = Server::start(replies.to_vec());
        let aws = server.aws();
        let hour = Duration::from_secs(3600);
        for made in [
            aws.get_session_token(&key(), hour, None),
            aws.assume_role(&session(), &role(), &"alice".parse().unwrap(), hour, None),
        ] {
            match (made, expect) {
                (Ok(_), None) => {}
                (Err(error), Some(expect)) => {
                    let text = crate::server::shown(&error);
                    assert!(text.contains(expect), "{end}: {text}");
                    assert!(text.contains("CheckClocks"), "{end}: {text}");
                }
                (other, _) => panic!("{end}: {other:?}"),
            }
        }
    }
}
