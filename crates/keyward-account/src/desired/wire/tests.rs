use keyward_iam::model::Account;

use super::*;
use crate::blueprint::Blueprint;
use crate::desired::render;
use crate::templates::Template;

fn rendered(template: Template) -> Account {
    let blueprint = Blueprint::parse(template.text()).unwrap();
    render(&blueprint).remove(0).account
}

/// Keeps of an account only what its details can hold.
fn as_details(mut account: Account) -> Account {
    account.alias = None;
    account.password_policy = None;
    account.oidc_providers.clear();
    for role in account.roles.values_mut() {
        role.description = None;
        role.max_session = None;
    }
    for policy in account.policies.values_mut() {
        policy.tags.clear();
        policy.versions.clear();
    }
    account
}

#[test]
fn what_is_written_is_read_back() {
    for template in Template::ALL {
        let account = rendered(template);
        let text = details(&account).to_string();
        let read = read_details(&text).unwrap();
        assert_eq!(as_details(read), as_details(account), "{template}");
    }
}

#[test]
fn documents_may_be_objects_or_text() {
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}]}"#;
    let encoded: String = trust.bytes().map(|b| format!("%{b:02x}")).collect();
    let role = |document: &str| {
        let text = format!(
            r#"{{"RoleDetailList":[{{"Path":"/","RoleName":"r","Arn":"arn:aws:iam::123456789012:role/r","CreateDate":"2026-01-31T12:00:00+00:00","AssumeRolePolicyDocument":{document}}}],"IsTruncated":false}}"#
        );
        read_details(&text)
            .unwrap()
            .roles
            .into_values()
            .next()
            .unwrap()
    };
    let object = role(trust);
    assert!(object.trust.policy().is_some());
    assert!(object.created.is_some());
    assert_eq!(role(&format!("{trust:?}")), object);
    assert_eq!(role(&format!("{encoded:?}")), object);
}

#[test]
fn details_of_two_accounts_are_refused() {
    let user = |account: &str| {
        format!(r#"{{"UserName":"u","Path":"/","Arn":"arn:aws:iam::{account}:user/u"}}"#)
    };
    let text = format!(
        r#"{{"UserDetailList":[{},{}]}}"#,
        user("123456789012"),
        user("111122223333")
    );
    let error = read_details(&text).unwrap_err();
    assert!(
        matches!(error, DetailsError::SeveralAccounts { .. }),
        "{error}"
    );
    let empty = read_details("{}").unwrap_err();
    assert!(matches!(empty, DetailsError::NoAccount), "{empty}");
    let list = read_details("[]").unwrap_err();
    assert!(matches!(list, DetailsError::Shape(_)), "{list}");
}

const ALICE: &str = r#"{"UserName":"alice","Arn":"arn:aws:iam::123456789012:user/alice"}"#;

#[test]
fn a_page_of_a_longer_answer_is_refused() {
    for more in [
        r#""IsTruncated":true"#,
        r#""IsTruncated":"true""#,
        r#""Marker":"AAAA""#,
        r#""NextToken":"AAAA""#,
    ] {
        let error = read_details(&format!(r#"{{"UserDetailList":[{ALICE}],{more}}}"#));
        let error = error.unwrap_err();
        assert!(
            matches!(error, DetailsError::Incomplete(_)),
            "{more}: {error}"
        );
    }
    let whole = r#""IsTruncated":false,"Marker":null"#;
    assert!(read_details(&format!(r#"{{"UserDetailList":[{ALICE}],{whole}}}"#)).is_ok());
}

#[test]
fn details_without_a_group_of_a_user_are_refused() {
    let user = ALICE.replace('}', r#","GroupList":["developers"]}"#);
    let error = read_details(&format!(r#"{{"UserDetailList":[{user}]}}"#)).unwrap_err();
    assert!(matches!(error, DetailsError::NoGroup { .. }), "{error}");
}

#[test]
fn what_is_there_twice_is_refused() {
    let error = read_details(&format!(r#"{{"UserDetailList":[{ALICE},{ALICE}]}}"#)).unwrap_err();
    assert!(matches!(error, DetailsError::Twice(_)), "{error}");
    let policy = r#"{"PolicyName":"p","PolicyDocument":{}}"#;
    let user = ALICE.replace('}', &format!(r#","UserPolicyList":[{policy},{policy}]}}"#));
    let error = read_details(&format!(r#"{{"UserDetailList":[{user}]}}"#)).unwrap_err();
    assert!(matches!(error, DetailsError::Twice(_)), "{error}");
    let lists = format!(r#"{{"UserDetailList":[{ALICE}],"UserDetailList":[]}}"#);
    let error = read_details(&lists).unwrap_err();
    assert!(matches!(error, DetailsError::Shape(_)), "{error}");
}

#[test]
fn a_policy_without_a_name_has_that_of_its_arn() {
    let text = r#"{"UserDetailList":[],"Policies":[{"Arn":"arn:aws:iam::123456789012:policy/team/work","Path":"/team/","DefaultVersionId":"v1",
        "PolicyVersionList":[{"VersionId":"v1","IsDefaultVersion":true,"Document":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}}]}]}"#;
    let account = read_details(text).unwrap();
    let names: Vec<&str> = account
        .policies
        .values()
        .map(|policy| policy.name.as_str())
        .collect();
    assert_eq!(names, ["work"]);
}
