use keyward_iam::{Policy, PolicyKind};
use serde_json::{Value as Json, json};

use super::{Opening, github_role, open_trusts};
use crate::blueprint::Blueprint;
use crate::templates::Template;

fn trust(condition: Json) -> Policy {
    let document = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": { "Federated":
            "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" },
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
    }]});
    Policy::parse_as(PolicyKind::Trust, &document.to_string()).unwrap()
}

#[track_caller]
fn check(operator: &str, subject: &str, expected: Option<Opening>) {
    let key = "token.actions.githubusercontent.com:sub";
    let found = open_trusts(&trust(json!({ operator: { key: subject } })));
    let found = found.into_iter().map(|open| open.opening).next();
    assert_eq!(found, expected, "{operator} {subject}");
}

fn wildcard(text: &str) -> Option<Opening> {
    Some(Opening::Wildcard(text.to_owned()))
}

#[test]
fn a_wildcard_before_the_end_of_the_repository_lets_others_in() {
    for open in ["*", "repo:*", "repo:exam?le/app:*", "repo:*/app:*"] {
        check("StringLike", open, wildcard(open));
    }
    for of_owner in ["repo:example/*", "repo:example/app*"] {
        let expected = Some(Opening::SubjectOfOwner(of_owner.to_owned()));
        check("StringLike", of_owner, expected);
    }
    check("StringLike", "repo:example/app:*", None);
    check("StringLike", "repo:example/app:ref:refs/heads/*", None);
    check(
        "StringEquals",
        "repo:example/app:environment:production",
        None,
    );
    check(
        "ForAllValues:StringLike",
        "repo:example/*",
        wildcard("repo:example/*"),
    );
}

#[test]
fn an_exact_subject_without_a_repository_lets_others_in() {
    for open in [
        "environment:prod",
        "job_workflow_ref:example/shared/.github/workflows/a.yml@main",
    ] {
        for operator in ["StringEquals", "StringLike"] {
            let expected = Some(Opening::NoRepository(open.to_owned()));
            check(operator, open, expected);
        }
    }
    for closed in ["repository_id:12:*", "repository:example/app:*"] {
        check("StringLike", closed, None);
    }
    for open in ["repository_id:1*:ref", "repository_id::*"] {
        check("StringLike", open, wildcard(open));
    }
    for of_owner in ["repository:example/*", "repository_owner:example:*"] {
        let expected = Some(Opening::SubjectOfOwner(of_owner.to_owned()));
        check("StringLike", of_owner, expected);
    }
    check("StringEquals", "repository_id:1234:environment:prod", None);
}

#[test]
fn a_trust_without_a_condition_on_the_subject_is_open() {
    let audience = json!({ "StringEquals": {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" } });
    let found = open_trusts(&trust(audience));
    assert_eq!(found[0].opening, Opening::AnySubject);
    let repository = json!({ "StringEquals": {
        "token.actions.githubusercontent.com:repository": "example/app" } });
    assert_eq!(open_trusts(&trust(repository)), []);
}

#[test]
fn the_id_of_a_repository_names_it_and_the_id_of_its_owner_does_not() {
    let by = |operator: &str, claim: &str, value: &str| {
        let key = format!("token.actions.githubusercontent.com:{claim}");
        let found = open_trusts(&trust(json!({ operator: { key: value } })));
        found.into_iter().map(|open| open.opening).next()
    };
    assert_eq!(by("StringEquals", "repository_id", "1234"), None);
    let any = Some(Opening::AnySubject);
    assert_eq!(by("StringLike", "repository_id", "12*"), any);
    let owner = Some(Opening::Owner("repository_owner_id"));
    assert_eq!(by("StringEquals", "repository_owner_id", "42"), owner);
    assert_eq!(by("StringEquals", "actor", "octocat"), any);
}

#[test]
fn every_template_takes_the_lines_for_a_role() {
    let subject = "example/my.app:ref:refs/heads/main".parse().unwrap();
    for template in Template::ALL {
        let text = format!(
            "{}\n{}",
            template.text(),
            github_role(&subject, template.text())
        );
        let blueprint = Blueprint::parse(&text).unwrap();
        let role = &blueprint.roles[&"GitHub-example-my-app".parse().unwrap()];
        assert_eq!(role.github[0].value, subject);
        assert_eq!(blueprint.oidc_providers.len(), 1);
    }
}

#[test]
fn a_blueprint_that_lets_other_repositories_in_is_warned_about() {
    let text = r#"
version = 1
[account]
id = "123456789012"
[roles.Deploy]
managed = ["ReadOnlyAccess"]
[roles.Deploy.trust]
Effect = "Allow"
Action = "sts:AssumeRoleWithWebIdentity"
Principal = { Federated = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
Condition = { StringLike = { "token.actions.githubusercontent.com:sub" = "repo:example/*" } }
"#;
    let blueprint = Blueprint::parse(text).unwrap();
    let warnings: Vec<String> = blueprint.warnings.iter().map(ToString::to_string).collect();
    assert!(
        warnings.iter().any(|it| it.contains("repo:example/*")),
        "{warnings:?}"
    );
}
