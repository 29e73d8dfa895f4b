use std::collections::BTreeSet;

use keyward_iam::Policy;

use super::*;

const ALLOW: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}"#;
const DENY: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*"}}"#;
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"123456789012"}}}"#;
const ANYONE: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"}}}"#;
const ARN: &str = "arn:aws:iam::123456789012:policy/keyward/main/p";
const BOUNDARY: &str = "arn:aws:iam::aws:policy/PowerUserAccess";
const HOUR: Duration = Duration::from_secs(3600);

fn policy(text: &str) -> Policy {
    Policy::parse(text).unwrap()
}

fn trust(text: &str) -> Policy {
    Policy::parse_as(keyward_iam::PolicyKind::Trust, text).unwrap()
}

fn ours() -> Tags {
    Tags::from([("keyward:blueprint".to_owned(), "main".to_owned())])
}

fn path(text: &str) -> EntityPath {
    text.parse().unwrap()
}

fn user() -> User {
    let mut user = User::new("zoe".parse().unwrap());
    user.path = path("/team/");
    user.grants.boundary = Some(BOUNDARY.parse().unwrap());
    user.tags = ours();
    user
}

fn role(change: impl FnOnce(&mut RoleParts)) -> Existing {
    let mut parts = RoleParts {
        path: path("/team/"),
        trust: TRUST,
        max_session: Some(HOUR),
        description: Some("Reads".to_owned()),
        boundary: Some(BOUNDARY.parse().unwrap()),
        tags: ours(),
    };
    change(&mut parts);
    Existing::Role {
        path: parts.path,
        trust: trust(parts.trust).into(),
        max_session: parts.max_session,
        description: parts.description,
        boundary: parts.boundary,
        tags: parts.tags,
    }
}

struct RoleParts {
    path: EntityPath,
    trust: &'static str,
    max_session: Option<Duration>,
    description: Option<String>,
    boundary: Option<PolicyArn>,
    tags: Tags,
}

#[test]
fn a_user_of_another_owner_was_not_made_by_the_operation() {
    let User {
        name, path, tags, ..
    } = user();
    let operation = Operation::CreateUser {
        name,
        path,
        boundary: Some(BOUNDARY.parse().unwrap()),
        tags,
    };
    let check = |expect: bool, change: &dyn Fn(&mut User)| {
        let mut found = user();
        change(&mut found);
        assert_eq!(
            operation.made(&Existing::User(found.clone())),
            expect,
            "{found:?}"
        );
    };
    check(true, &|_| {});
    check(false, &|user| user.tags.clear());
    check(false, &|user| {
        drop(user.tags.insert("team".to_owned(), "x".to_owned()))
    });
    check(false, &|user| user.path = EntityPath::root());
    check(false, &|user| user.grants.boundary = None);
    check(false, &|user| user.name = "Zoe".parse().unwrap());
}

#[test]
fn a_role_of_another_owner_was_not_made_by_the_operation() {
    let operation = |max_session| Operation::CreateRole {
        name: "Reader".parse().unwrap(),
        path: path("/team/"),
        trust: trust(TRUST),
        max_session,
        description: Some("Reads".to_owned()),
        boundary: Some(BOUNDARY.parse().unwrap()),
        tags: ours(),
    };
    let check = |expect: bool, change: fn(&mut RoleParts)| {
        let found = role(change);
        assert_eq!(operation(Some(HOUR)).made(&found), expect, "{found:?}");
    };
    check(true, |_| {});
    check(false, |role| role.path = EntityPath::root());
    check(false, |role| role.trust = ANYONE);
    check(false, |role| role.max_session = Some(2 * HOUR));
    check(false, |role| role.description = None);
    check(false, |role| role.boundary = None);
    check(false, |role| role.tags.clear());
    let of_aws = role(|role| role.max_session = Some(HOUR));
    assert!(operation(None).made(&of_aws));
}

#[test]
fn a_group_with_content_was_not_made_by_the_operation() {
    let operation = Operation::CreateGroup {
        name: "admins".parse().unwrap(),
        path: EntityPath::root(),
    };
    let check = |at: &str, content, expect: bool| {
        let found = Existing::Group {
            path: path(at),
            content,
        };
        assert_eq!(operation.made(&found), expect, "{found:?}");
    };
    check("/", 0, true);
    check("/", 1, false);
    check("/team/", 0, false);
}

#[test]
fn a_policy_with_another_document_was_not_made_by_the_operation() {
    let existing = |document: &str, tags| Existing::Policy {
        document: policy(document).into(),
        tags,
    };
    let creation = Operation::CreatePolicy {
        arn: ARN.parse().unwrap(),
        name: "p".parse().unwrap(),
        path: path("/keyward/main/"),
        document: policy(ALLOW),
        tags: ours(),
    };
    assert!(creation.made(&existing(ALLOW, ours())));
    assert!(!creation.made(&existing(DENY, ours())));
    assert!(!creation.made(&existing(ALLOW, Tags::new())));
    let version = Operation::CreatePolicyVersion {
        arn: ARN.parse().unwrap(),
        document: policy(ALLOW),
    };
    assert!(version.made(&existing(ALLOW, Tags::new())));
    assert!(!version.made(&existing(DENY, ours())));
}

#[test]
fn a_provider_of_another_owner_was_not_made_by_the_operation() {
    let set =
        |texts: &[&str]| -> BTreeSet<String> { texts.iter().map(|it| (*it).to_owned()).collect() };
    let provider = OidcProvider {
        issuer: "token.example.com".parse().unwrap(),
        audiences: set(&["sts.amazonaws.com"]),
        thumbprints: set(&["0123456789abcdef0123456789abcdef01234567"]),
        tags: ours(),
    };
    let creation = |audiences, thumbprints| Operation::CreateOidcProvider {
        issuer: provider.issuer.clone(),
        audiences,
        thumbprints,
        tags: ours(),
    };
    let existing = Existing::OidcProvider(provider.clone());
    assert!(creation(provider.audiences.clone(), set(&[])).made(&existing));
    assert!(creation(provider.audiences.clone(), provider.thumbprints.clone()).made(&existing));
    assert!(!creation(provider.audiences.clone(), set(&["f"])).made(&existing));
    assert!(!creation(set(&["other"]), set(&[])).made(&existing));
    let foreign = Existing::OidcProvider(OidcProvider {
        tags: Tags::new(),
        ..provider.clone()
    });
    assert!(!creation(provider.audiences.clone(), set(&[])).made(&foreign));
}

#[test]
fn an_alias_is_the_operations_where_it_is_the_same() {
    let operation = Operation::CreateAlias("team".parse().unwrap());
    assert!(operation.made(&Existing::Alias(Some("team".parse().unwrap()))));
    assert!(!operation.made(&Existing::Alias(Some("other".parse().unwrap()))));
    assert!(!operation.made(&Existing::Alias(None)));
}

#[test]
fn an_operation_that_creates_nothing_made_nothing() {
    let operation = Operation::DeleteUser("zoe".parse().unwrap());
    assert!(!operation.made(&Existing::User(user())));
}
