//! The meaning of each answer to a person.

use std::time::Duration;

use keyward_aws::CallError;
use keyward_core::id::RoleSessionName;

use crate::server::{Reply, Server, key, session, shown};
use crate::sts::role;

/// A call to make against the scripted answer.
#[derive(Clone, Copy)]
pub(crate) enum Ask {
    Identity,
    IdentityOfSession,
    SessionWithCode,
    Role,
    Devices,
    DevicesOfSession,
    NewKey,
    NewPassword,
    SwitchOn,
}

pub(crate) fn ask(server: &Server, what: Ask) -> CallError {
    let aws = server.aws();
    let serial = "arn:aws:iam::123456789012:mfa/alice".parse().unwrap();
    let (one, two) = ("123456".parse().unwrap(), "234567".parse().unwrap());
    let name: RoleSessionName = "alice".parse().unwrap();
    let hour = Duration::from_secs(3600);
    let user = "alice".parse().unwrap();
    match what {
        Ask::Identity => aws.get_caller_identity(&key()).map(drop),
        Ask::IdentityOfSession => aws.get_caller_identity(&session()).map(drop),
        Ask::SessionWithCode => aws
            .get_session_token(&key(), hour, Some((&serial, &one)))
            .map(drop),
        Ask::Role => aws
            .assume_role(&session(), &role(), &name, hour, None)
            .map(drop),
        Ask::Devices => aws.list_mfa_devices(&key(), None).map(drop),
        Ask::DevicesOfSession => aws.list_mfa_devices(&session(), None).map(drop),
        Ask::NewKey => aws.create_access_key(&key(), None).map(drop),
        Ask::NewPassword => aws
            .change_password(
                &key(),
                &"old-Pass-1".parse().unwrap(),
                &"new-Pass-2".parse().unwrap(),
            )
            .map(drop),
        Ask::SwitchOn => aws.enable_mfa_device(&key(), &user, &serial, (&one, &two)),
    }
    .expect_err("the answer is an error")
}

/// The family, as the first word of the error's `Debug` form.
pub(crate) fn family(error: &CallError) -> String {
    format!("{error:?}")
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap()
        .to_owned()
}

fn check(what: Ask, reply: Reply, expect: &str, hint: &str) {
    let server = Server::start(vec![reply.clone()]);
    let error = ask(&server, what);
    assert_eq!(family(&error), expect, "{reply:?} gave {error:?}");
    let text = shown(&error);
    assert!(text.contains(hint), "{text}");
    assert!(hint.is_empty() == error.next_steps().is_empty(), "{text}");
}

#[test]
fn keys_and_sessions_that_aws_refuses_are_told_apart() {
    let invalid = || {
        Reply::error(
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid",
        )
    };
    check(Ask::Identity, invalid(), "KeyUnknown", "CheckOrReplaceKey");
    check(
        Ask::IdentityOfSession,
        invalid(),
        "KeyUnknown",
        "AWS does not know the access key `ASIAIOSFODNN7EXAMPLE`",
    );
    check(
        Ask::IdentityOfSession,
        invalid(),
        "KeyUnknown",
        "ForgetSessionOfLostKey",
    );
    check(
        Ask::Devices,
        invalid(),
        "KeyUnknown",
        "UseRegionOfPartition",
    );
    check(
        Ask::DevicesOfSession,
        invalid(),
        "NotAuthorizedWithoutMfa",
        "NameMfaDevice",
    );
    check(
        Ask::IdentityOfSession,
        Reply::error(
            403,
            "ExpiredToken",
            "The security token included in the request is expired",
        ),
        "ExpiredToken",
        "ForgetEndedSession",
    );
    check(
        Ask::Identity,
        Reply::error(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match",
        ),
        "WrongSecret",
        "StoreKeyAgain",
    );
    check(
        Ask::Identity,
        Reply::error(
            403,
            "SignatureDoesNotMatch",
            "Credential should be scoped to a valid region.",
        ),
        "Other",
        "CheckRegion",
    );
}

#[test]
fn refused_roles_say_what_stands_against_them() {
    let no = "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: sts:AssumeRole on \
              resource: arn:aws:iam::111122223333:role/team/ReadOnly";
    let denied = |text: &str| Reply::error(403, "AccessDenied", text);
    check(
        Ask::Role,
        denied(no),
        "AssumeRoleDenied",
        "assuming `arn:aws:iam::111122223333:role/team/ReadOnly` was refused",
    );
    check(
        Ask::Role,
        denied(&format!("{no} with an explicit deny")),
        "AssumeRoleDenied",
        "SatisfyExplicitDeny",
    );
    check(
        Ask::Role,
        denied("not authorized to perform: sts:TagSession"),
        "AssumeRoleDenied",
        "AllowTagSession",
    );
    check(
        Ask::Role,
        denied("not authorized to perform: sts:SetSourceIdentity"),
        "AssumeRoleDenied",
        "AllowSourceIdentity",
    );
    let invalid = |text: &str| Reply::error(400, "ValidationError", text);
    check(
        Ask::Role,
        invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        ),
        "ChainingLimit",
        "ExplainDuration",
    );
    check(
        Ask::Role,
        invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role."),
        "DurationTooLong",
        "LowerDuration",
    );
    check(
        Ask::Role,
        invalid("1 validation error detected"),
        "Other",
        "",
    );
}

#[test]
fn codes_and_devices_are_told_apart() {
    let denied = |text: &str| Reply::error(403, "AccessDenied", text);
    check(
        Ask::SessionWithCode,
        denied("MultiFactorAuthentication failed with invalid MFA one time pass code. "),
        "WrongOrUsedCode",
        "WaitForNextCode",
    );
    check(
        Ask::SessionWithCode,
        denied(
            "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial \
                number is valid and associated with this user.",
        ),
        "UnknownDevice",
        "`arn:aws:iam::123456789012:mfa/alice`",
    );
    check(
        Ask::SwitchOn,
        Reply::error(
            403,
            "InvalidAuthenticationCode",
            "Authentication code for device is not valid.",
        ),
        "WrongOrUsedCode",
        "GiveTwoCodesInARow",
    );
    check(
        Ask::SessionWithCode,
        denied("Cannot call GetSessionToken with session credentials"),
        "Denied",
        "UseLongLivedKey",
    );
}

#[test]
fn a_security_key_is_refused_before_any_call() {
    let server = Server::start(vec![Reply::html(500)]);
    let serial = "arn:aws:iam::123456789012:u2f/user/alice/key-EXAMPLE"
        .parse()
        .unwrap();
    let code = "123456".parse().unwrap();
    let error = server
        .aws()
        .get_session_token(&key(), Duration::from_secs(900), Some((&serial, &code)))
        .unwrap_err();
    assert_eq!(family(&error), "UnsupportedDevice");
    assert!(shown(&error).contains("EnrolVirtualDevice"));
    assert!(server.asked().is_empty());
}

#[test]
fn answers_of_iam_have_their_families() {
    let error = |status, code, text| Reply::error(status, code, text);
    check(
        Ask::NewKey,
        error(
            409,
            "LimitExceeded",
            "Cannot exceed quota for AccessKeysPerUser: 2",
        ),
        "Limit",
        "FreeAccessKey",
    );
    check(
        Ask::NewPassword,
        error(
            400,
            "PasswordPolicyViolation",
            "Password should have at least one symbol",
        ),
        "PasswordPolicyViolation",
        "Password should have at least one symbol",
    );
    check(
        Ask::Devices,
        error(
            404,
            "NoSuchEntity",
            "The user with name bob cannot be found.",
        ),
        "NoSuchEntity",
        "",
    );
    check(
        Ask::SwitchOn,
        error(409, "EntityAlreadyExists", "MFADevice entity exists"),
        "AlreadyExists",
        "",
    );
    check(
        Ask::Devices,
        error(
            403,
            "AccessDenied",
            "because no identity-based policy allows the iam:ListMFADevices action",
        ),
        "Denied",
        "AskForPolicy",
    );
    check(
        Ask::Devices,
        error(
            403,
            "AccessDenied",
            "with an explicit deny in an identity-based policy",
        ),
        "Denied",
        "SatisfyExplicitDeny",
    );
}

#[test]
fn throttling_is_waited_out_even_with_a_code() {
    let busy = Reply::error(400, "Throttling", "Rate exceeded");
    let server = Server::start(vec![busy.clone(), crate::sts::session_token_reply()]);
    let serial = "arn:aws:iam::123456789012:mfa/alice".parse().unwrap();
    let code = "123456".parse().unwrap();
    let hour = Duration::from_secs(3600);
    server
        .aws()
        .get_session_token(&key(), hour, Some((&serial, &code)))
        .unwrap();
    assert_eq!(server.asked().len(), 2);

    let server = Server::start(vec![busy]);
    assert_eq!(family(&ask(&server, Ask::Devices)), "Throttled");
    assert_eq!(server.asked().len(), 3);
}

#[test]
fn pages_that_are_no_answer_of_aws_are_named_by_their_kind() {
    check(
        Ask::Identity,
        Reply::html(200),
        "Unreadable",
        "status 200, text/html",
    );
    // An answer without fields, of which the SDK reads nothing.
    for ask in [Ask::SwitchOn, Ask::NewPassword] {
        check(ask, Reply::html(200), "Unreadable", "status 200, text/html");
    }
    check(
        Ask::NewKey,
        Reply::html(500),
        "Unreadable",
        "status 500, text/html",
    );
    check(
        Ask::Identity,
        Reply::sts(
            "GetCallerIdentity",
            "<Arn>nonsense</Arn><Account>1</Account>",
        ),
        "Unreadable",
        "`Arn` has an unknown shape",
    );
}
