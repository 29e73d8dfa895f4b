//! Entries under `AWS`.

use super::{Principal, PrincipalError};

#[test]
fn accounts_users_roles_and_sessions_are_read() {
    let account = |source: &str| Principal::Account {
        id: "123456789012".into(),
        source: source.into(),
    };
    for (text, expect) in [
        ("*", Principal::Everyone),
        ("123456789012", account("123456789012")),
        (
            "arn:aws:iam::123456789012:root",
            account("arn:aws:iam::123456789012:root"),
        ),
        (
            "arn:aws-cn:iam::123456789012:root",
            account("arn:aws-cn:iam::123456789012:root"),
        ),
        (
            "AIDACKCEVSQ6C2EXAMPLE",
            Principal::UniqueId("AIDACKCEVSQ6C2EXAMPLE".into()),
        ),
    ] {
        assert_eq!(Principal::parse_aws(text), Ok(expect), "{text}");
    }
    for (length, is_id) in [(15, false), (16, true), (128, true), (129, false)] {
        let text = "A".repeat(length);
        let read = Principal::parse_aws(&text);
        assert_eq!(read == Ok(Principal::UniqueId(text)), is_id, "{length}");
    }
    for arn in [
        "arn:aws:iam::123456789012:user/alice",
        "arn:aws:iam::123456789012:user/team/alice",
        "arn:aws:iam::123456789012:role/Admin",
        "arn:aws:sts::123456789012:assumed-role/Admin/alice",
        "arn:aws:sts::123456789012:federated-user/alice",
    ] {
        assert_eq!(Principal::parse_aws(arn), Ok(Principal::Arn(arn.into())));
    }
}

#[test]
fn everything_else_is_refused_with_its_reason() {
    for (text, error) in [
        ("alice", PrincipalError::NotArn),
        ("XIDACKCEVSQ6C2EXAMPLE", PrincipalError::NotArn),
        ("AIDACKCEVSQ6c2EXAMPLE", PrincipalError::NotArn),
        ("12345678901", PrincipalError::NotArn),
        ("arn:aws:iam::12345:user/alice", PrincipalError::NotArn),
        (
            "arn:aws:iam:eu-west-1:123456789012:user/alice",
            PrincipalError::NotArn,
        ),
        ("arn:aws:iam::123456789012:user", PrincipalError::NotArn),
        ("arn:aws:iam::123456789012:user/", PrincipalError::NotArn),
        ("arn:aws:iam::123456789012:policy/x", PrincipalError::NotArn),
        ("arn:aws:s3:::bucket", PrincipalError::NotArn),
        (
            "arn:aws:iam::123456789012:group/admins",
            PrincipalError::Group,
        ),
        ("arn:aws:iam::123456789012:user/*", PrincipalError::Wildcard),
        ("arn:aws:iam::*:root", PrincipalError::Wildcard),
    ] {
        assert_eq!(Principal::parse_aws(text), Err(error), "{text}");
    }
}
