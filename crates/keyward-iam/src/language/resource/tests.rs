//! Incomplete ARNs, and ARNs that IAM refuses.

use super::{ResourceError, ResourcePattern};
use crate::language::rules::{Form, PolicyKind, Rules};
use crate::language::truth::Truth;
use crate::language::version::Version;
use crate::request::Context;
use crate::testing::resource;

fn read(text: &str, kind: PolicyKind, form: Form) -> Result<ResourcePattern, ResourceError> {
    let rules = Rules {
        kind: Some(kind),
        form,
    };
    ResourcePattern::parse(text, Version::V2012, rules)
}

#[test]
fn an_incomplete_arn_means_any_value_of_what_it_lacks() {
    let queue = resource("arn:aws:sqs:eu-central-1:123456789012:jobs");
    for (text, expect) in [
        ("arn:aws:sqs", Truth::Yes),
        ("arn:aws:sqs:", Truth::No),
        ("arn:aws:sqs:eu-central-1", Truth::Yes),
        ("arn:aws:sqs:eu-*:123456789012", Truth::Yes),
        ("arn:aws:sqs:us-east-1", Truth::No),
        ("arn:aws:sns", Truth::No),
    ] {
        let read = read(text, PolicyKind::Identity, Form::New).unwrap();
        assert_eq!(read.covers(&queue, &Context::new()), expect, "{text}");
        assert_eq!(read.as_str(), text);
    }
    let session = read("arn:aws:sqs", PolicyKind::Session, Form::New);
    assert_eq!(session, Err(ResourceError::Incomplete));
}

#[test]
fn a_variable_before_the_name_leaves_the_match_open() {
    let mut context = Context::new();
    context.set("aws:PrincipalAccount", "123456789012");
    let role = resource("arn:aws:iam::123456789012:role/Ops");
    for (text, expect) in [
        (
            "arn:aws:iam::${aws:PrincipalAccount}:role/Ops",
            Truth::Unknown,
        ),
        ("arn:aws:iam::${aws:PrincipalAccount}:role/Other", Truth::No),
        (
            "arn:aws:iam::123456789012:role/${aws:PrincipalAccount}",
            Truth::No,
        ),
    ] {
        let read = read(text, PolicyKind::Identity, Form::New).unwrap();
        assert_eq!(read.covers(&role, &context), expect, "{text}");
    }
}

#[test]
fn new_documents_have_no_arn_that_iam_refuses() {
    for (text, expect) in [
        (
            "arn:aws:iam:eu-central-1:123456789012:user/a",
            Some(ResourceError::Region),
        ),
        ("arn:aws:iam:::role/Ops", Some(ResourceError::NoAccount)),
        ("arn:aws:iam::123456789012:b", Some(ResourceError::IamKind)),
        ("arn:aws:iam::*:*", None),
        (
            "arn:aws:iam::aws:role-template/backup.amazonaws.com/AWSBackupDefaultServiceRoleTemplate:1",
            None,
        ),
        (
            "arn:aws:iam::${aws:PrincipalAccount}:user/${aws:username}",
            None,
        ),
        ("arn:aws:iam::123456789012:u*", None),
        ("arn:aws:iam::123456789012:root", None),
        (
            "arn:aws:s3:eu-central-1::bucket",
            Some(ResourceError::Region),
        ),
        ("arn:aws:s3:eu-central-1:123456789012:accesspoint/a", None),
        ("arn:aws:s3:::bucket/${aws:username}/*", None),
        ("arn:aws:*:::bucket", Some(ResourceError::Service)),
        ("arn:*:s3:::bucket", None),
        ("arn:aws", Some(ResourceError::Service)),
        ("bucket", Some(ResourceError::NotArn)),
        ("*", None),
    ] {
        let new = read(text, PolicyKind::Identity, Form::New).err();
        assert_eq!(new, expect, "{text}");
        let stored = read(text, PolicyKind::Identity, Form::Stored).err();
        assert_eq!(stored, None, "{text} as stored");
    }
}

#[test]
fn a_stored_text_that_is_no_arn_may_mean_what_it_matches() {
    let rules = Rules {
        kind: Some(PolicyKind::Identity),
        form: Form::Stored,
    };
    let user = resource("arn:aws:iam::123456789012:user/alice");
    for (text, meaning) in [
        ("**", Truth::Unknown),
        ("?*", Truth::Unknown),
        ("*:user/alice", Truth::Unknown),
        (" arn:aws:iam::123456789012:user/alice", Truth::Unknown),
        ("bucket", Truth::No),
        ("*:user/bob", Truth::No),
    ] {
        let pattern = ResourcePattern::parse(text, Version::V2012, rules).unwrap();
        assert_eq!(pattern.covers(&user, &Context::new()), meaning, "{text}");
    }
}

#[test]
fn an_old_document_names_nobody_by_a_variable() {
    let rules = Rules {
        kind: Some(PolicyKind::Identity),
        form: Form::New,
    };
    for (text, of_path, names) in [
        (
            "arn:aws:iam::123456789012:user/${aws:username}",
            "alice",
            false,
        ),
        (
            "arn:aws:iam::123456789012:user/${aws:username}/*",
            "${aws:username}/alice",
            true,
        ),
        (
            "arn:aws:iam::123456789012:user/${aws:username}*",
            "${aws:username}/alice",
            true,
        ),
        ("arn:aws:iam::123456789012:user/*", "alice", true),
    ] {
        let pattern = ResourcePattern::parse(text, Version::V2008, rules).unwrap();
        let user = resource(&format!("arn:aws:iam::123456789012:user/{of_path}"));
        let context = Context::new();
        assert_eq!(pattern.glob(&context).is_some(), names, "{text}");
        assert_eq!(pattern.covers(&user, &context), names.into(), "{text}");
    }
    let bucket = ResourcePattern::parse("arn:aws:s3:::b/${x}", Version::V2008, rules).unwrap();
    assert!(bucket.glob(&Context::new()).is_some());
}
