//! Policies and ARNs that are taken, and those that are not.

use super::{PolicyArn, packed};

#[test]
fn arns_of_managed_policies_are_taken_and_nothing_else() {
    for (text, taken) in [
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", true),
        ("arn:aws-cn:iam::aws:policy/job-function/Billing", true),
        ("arn:aws:iam::123456789012:policy/team/Deploy", true),
        ("arn:aws:iam::123456789012:role/Deploy", false),
        ("arn:aws:iam::12345678901:policy/Deploy", false),
        ("arn:aws:iam:eu-central-1:aws:policy/ReadOnlyAccess", false),
        ("arn:aws:iam::aws:policy/", false),
        ("arn:aws:iam::aws:policy/two words", false),
        ("ReadOnlyAccess", false),
        ("", false),
    ] {
        let parsed = text.parse::<PolicyArn>();
        assert_eq!(parsed.is_ok(), taken, "{text}");
        if let Ok(arn) = parsed {
            assert_eq!(arn.to_string(), text);
        }
    }
}

#[test]
fn a_document_is_checked_and_packed() {
    let text = r#"{
        "Version": "2012-10-17",
        "Statement": [ { "Effect": "Allow", "Action": "s3:Get*", "Resource": "*" } ]
    }"#;
    let packed = packed(text).unwrap();
    assert_eq!(
        packed,
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}"#
    );
}

#[test]
fn what_is_no_session_policy_is_refused() {
    let actions: Vec<String> = (0..200).map(|n| format!("\"s3:GetObject{n}\"")).collect();
    let long = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":[{}],"Resource":"*"}}}}"#,
        actions.join(",")
    );
    for text in [
        "",
        "[]",
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*"}}"#,
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}}"#,
        &long,
    ] {
        assert!(packed(text).is_err(), "{text}");
    }
}
