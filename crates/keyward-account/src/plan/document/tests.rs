use keyward_iam::Policy;

use super::*;
use crate::plan::step::{Change, Sign};

fn read(json: &str) -> Document {
    Document::Read(Policy::parse(json).unwrap())
}

fn statements(json: &str) -> Document {
    read(&format!(r#"{{"Version":"2012-10-17","Statement":{json}}}"#))
}

fn shown(changes: &[Change]) -> Vec<String> {
    let sign = |sign| match sign {
        Sign::Add => '+',
        Sign::Alter => '~',
        Sign::Remove => '-',
    };
    changes
        .iter()
        .map(|change| format!("{} {}", sign(change.sign), change.text))
        .collect()
}

fn between(live: &str, wanted: &str) -> Vec<String> {
    let (live, wanted) = (statements(live), statements(wanted));
    let found = changes("policy `p`", &live, wanted.policy().unwrap());
    assert_eq!(found.is_empty(), same_meaning(&live, &wanted));
    shown(&found)
}

#[test]
fn spelling_and_order_are_no_change() {
    for (live, wanted) in [
        (
            r#"{"Effect":"Allow","Action":"iam:GetUser","Resource":"*"}"#,
            r#"[{"Effect":"Allow","Action":["IAM:getuser"],"Resource":["*"]}]"#,
        ),
        (
            r#"[{"Effect":"Allow","Action":["a:B","a:C"],"Resource":"*"},
                {"Effect":"Deny","Action":"x:Y","Resource":["arn:aws:s3:::b","arn:aws:s3:::a"]}]"#,
            r#"[{"Effect":"Deny","Action":"x:Y","Resource":["arn:aws:s3:::a","arn:aws:s3:::b"]},
                {"Effect":"Allow","Action":["a:C","a:B","a:B"],"Resource":"*"}]"#,
        ),
        (
            r#"{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"123456789012"}}"#,
            r#"{"Effect":"Allow","Action":"sts:AssumeRole",
                "Principal":{"AWS":["arn:aws:iam::123456789012:root"]}}"#,
        ),
        (
            r#"{"Effect":"Deny","Action":"*","Resource":"*",
                "Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"False"}}}"#,
            r#"{"Effect":"Deny","Action":"*:*","Resource":"*",
                "Condition":{"BoolIfExists":{"aws:multifactorauthpresent":false}}}"#,
        ),
    ] {
        assert_eq!(between(live, wanted), Vec::<String>::new());
    }
}

#[test]
fn conditions_on_keys_that_differ_in_case_both_count() {
    let one = r#"{"Effect":"Allow","Action":"*","Resource":"*",
        "Condition":{"StringEquals":{"aws:a":["x","y"]}}}"#;
    let two = r#"{"Effect":"Allow","Action":"*","Resource":"*",
        "Condition":{"StringEquals":{"aws:a":"x","AWS:A":"y"}}}"#;
    assert!(!same_meaning(&statements(one), &statements(two)));
}

#[test]
fn a_version_and_an_unread_document_are_changes() {
    let old = read(r#"{"Version":"2008-10-17","Statement":[]}"#);
    let new = statements("[]");
    assert!(!same_meaning(&old, &new));
    let unread = Document::Unread {
        text: "{}".to_owned(),
        problem: "odd".to_owned(),
    };
    assert!(!same_meaning(&unread, &unread));
    assert!(!changes("p", &unread, new.policy().unwrap()).is_empty());
}

#[test]
fn a_changed_statement_says_which_terms_change() {
    let found = between(
        r#"{"Sid":"Guard","Effect":"Deny","NotAction":["iam:GetUser","sts:GetSessionToken"],
            "Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}"#,
        r#"{"Sid":"Guard","Effect":"Deny","NotAction":["iam:ListUsers","sts:GetSessionToken"],
            "Resource":"arn:aws:s3:::a","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}}"#,
    );
    assert_eq!(
        found,
        [
            "- policy `p`: statement `Guard`: exempt action `iam:GetUser`",
            "+ policy `p`: statement `Guard`: exempt action `iam:ListUsers`",
            "- policy `p`: statement `Guard`: resource `*`",
            "+ policy `p`: statement `Guard`: resource `arn:aws:s3:::a`",
            "~ policy `p`: statement `Guard`: condition `BoolIfExists aws:MultiFactorAuthPresent` \
             is `false` becomes `true`",
        ]
    );
}

#[test]
fn statements_without_an_id_are_paired_by_what_they_share() {
    let found = between(
        r#"[{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"*"},
            {"Effect":"Allow","Action":"ec2:*","Resource":"*"}]"#,
        r#"[{"Effect":"Deny","Action":"sqs:*","Resource":"*"},
            {"Effect":"Allow","Action":["s3:GetObject"],"Resource":"*"}]"#,
    );
    assert_eq!(
        found,
        [
            "- policy `p`: statement 2 allows `ec2:*` on `*`",
            "+ policy `p`: statement 1 denies `sqs:*` on `*`",
            "- policy `p`: statement 2: action `s3:PutObject`",
        ]
    );
}

#[test]
fn the_id_of_a_statement_is_compared_too() {
    let with = |sid: &str| format!(r#"{{{sid}"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#);
    let (a, b, none) = (with(r#""Sid":"A","#), with(r#""Sid":"B","#), with(""));
    for (live, wanted, expected) in [
        (&a, &b, "~ policy `p`: statement `B`: id `A` becomes `B`"),
        (&none, &a, "~ policy `p`: statement `A`: has no id yet"),
        (&a, &none, "~ policy `p`: statement 1: loses its id `A`"),
    ] {
        assert_eq!(between(live, wanted), [expected]);
    }
    assert_eq!(between(&none, &with(r#""Sid":"","#)), Vec::<String>::new());
}

#[test]
fn a_deny_is_recognised_and_an_unread_document_may_hold_one() {
    let allow = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let deny = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;
    assert!(!may_deny(&statements(allow)));
    assert!(may_deny(&statements(deny)));
    assert!(may_deny(&Document::Unread {
        text: String::new(),
        problem: String::new()
    }));
}

#[test]
fn a_condition_whose_operator_does_not_exist_is_a_difference() {
    let plain = r#"{"Effect":"Deny","Action":"iam:GetUser","Resource":"*"}"#;
    let misspelt = |operator: &str| {
        let condition = format!(r#","Condition":{{{operator}}}}}"#);
        let text = plain.replace("\"*\"}", &format!("\"*\"{condition}"));
        format!(r#"{{"Version":"2012-10-17","Statement":{text}}}"#)
    };
    let stored = |text: &str| {
        let kind = keyward_iam::PolicyKind::Identity;
        Document::Read(Policy::parse_stored(kind, text).unwrap())
    };
    let wanted = statements(plain);
    for operator in [
        r#""StringEqual":{"aws:username":"alice"}"#,
        r#""StringEqual":{}"#,
    ] {
        let live = stored(&misspelt(operator));
        assert!(!same_meaning(&live, &wanted), "{operator}");
        assert!(same_meaning(&live, &live), "{operator}");
        let found = shown(&changes("policy `p`", &live, wanted.policy().unwrap()));
        assert!(
            found.iter().any(|line| line.contains("StringEqual")),
            "{found:?}"
        );
    }
}
