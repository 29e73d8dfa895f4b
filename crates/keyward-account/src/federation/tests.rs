use keyward_iam::{Policy, PolicyKind};
use serde_json::{Value as Json, json};

use super::{Issuer, Opening, github_role, open_trusts};
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
fn ids_after_the_names_may_be_wildcards() {
    for closed in [
        "repo:example@12/app@34:*",
        "repo:example@12/app@*:ref:refs/heads/main",
        "repo:example@12/app@*",
    ] {
        check("StringLike", closed, None);
    }
    for of_owner in ["repo:example@12/*", "repo:example@*/app@*:*"] {
        let expected = Some(Opening::SubjectOfOwner(of_owner.to_owned()));
        check("StringLike", of_owner, expected);
    }
    for open in ["repo:example*/app@34:*", "repo:*@12/app@34:*"] {
        check("StringLike", open, wildcard(open));
    }
    let exact = "repo:example@12/app@34:ref:refs/heads/main";
    check("StringEquals", exact, None);
    check("StringEqualsIgnoreCase", exact, None);
}

#[test]
fn the_issuer_of_an_enterprise_lets_in_its_other_repositories() {
    let issuer = "token.actions.githubusercontent.com/example-enterprise";
    let found = |condition: Json| {
        let document = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": { "Federated": format!("arn:aws:iam::123456789012:oidc-provider/{issuer}") },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": condition,
        }]});
        let trust = Policy::parse_as(PolicyKind::Trust, &document.to_string()).unwrap();
        open_trusts(&trust)
    };
    let any = found(json!({ "StringEquals": { format!("{issuer}:aud"): "sts.amazonaws.com" } }));
    assert_eq!(
        (&any[0].opening, any[0].issuer),
        (&Opening::AnySubject, Issuer::Enterprise)
    );
    assert!(any[0].is_of_one_owner());
    assert_eq!(
        any[0].to_string(),
        format!("no condition on `{issuer}:sub`: every repository of the enterprise gets in")
    );
    let owner = found(json!({ "StringLike": { format!("{issuer}:sub"): "repo:example/*" } }));
    assert_eq!(
        owner[0].opening,
        Opening::SubjectOfOwner("repo:example/*".to_owned())
    );
    let key = format!("`{issuer}:sub`");
    assert!(owner[0].to_string().contains(&key), "{}", owner[0]);
    let one = json!({ "StringLike": { format!("{issuer}:sub"): "repo:example/app:*" } });
    assert_eq!(found(one), []);
}

/// A token has the claims of its own issuer only.
#[test]
fn a_condition_on_a_claim_of_another_issuer_keeps_tokens_out() {
    let common = "token.actions.githubusercontent.com";
    let issuers = [common.to_owned(), format!("{common}/example-enterprise")];
    let found = |condition: Json| {
        let federated = issuers.each_ref();
        let federated = federated.map(|it| format!("arn:aws:iam::123456789012:oidc-provider/{it}"));
        let document = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": { "Federated": federated },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": condition,
        }]});
        let trust = Policy::parse_as(PolicyKind::Trust, &document.to_string()).unwrap();
        open_trusts(&trust).first().map(|open| open.issuer)
    };
    let subject = |operator: &str, value: &str| {
        found(json!({ operator: { format!("{common}:sub"): value } }))
    };
    let closed = "repo:example/app:ref:refs/heads/main";
    for operator in ["StringEquals", "StringLike", "ForAnyValue:StringLike"] {
        assert_eq!(subject(operator, closed), None, "{operator}");
    }
    let enterprise = Some(Issuer::Enterprise);
    assert_eq!(subject("ForAllValues:StringLike", closed), enterprise);
    let key = format!("{common}:sub");
    let if_exists = json!({
        "StringEqualsIfExists": { &key: closed }, "ForAllValues:StringLike": { &key: closed } });
    assert_eq!(found(if_exists), enterprise);
    let common = Some(Issuer::Common);
    assert_eq!(subject("StringLike", "repo:*"), common);
    assert_eq!(subject("StringNotEquals", closed), common);
    let other = json!({ "StringLike": { format!("{}:sub", issuers[1]): "repo:example/*" } });
    assert_eq!(found(other), enterprise);
    let network = json!({ "IpAddress": { "aws:SourceIp": "192.0.2.0/24" } });
    assert_eq!(found(network), common);
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
fn the_role_gets_a_name_that_the_blueprint_does_not_have() {
    let subject = "example/app:ref:refs/heads/main".parse().unwrap();
    let named = |blueprint: &str| {
        let lines = github_role(&subject, blueprint);
        let table = lines.lines().find(|line| line.starts_with("[roles."));
        table.map(str::to_owned)
    };
    assert_eq!(named("").as_deref(), Some("[roles.GitHub-example-app]"));
    let taken = "[roles.github-example-app]\n[roles.\"GitHub-example-app-2\"]\n";
    assert_eq!(
        named(taken).as_deref(),
        Some("[roles.GitHub-example-app-3]")
    );
}

#[test]
fn the_lines_say_how_to_write_a_repository_with_ids() {
    let lines = |subject: &str| github_role(&subject.parse().unwrap(), "");
    let command = "gh api repos/example/app --jq";
    assert!(lines("example/app:pull_request").contains(command));
    assert!(!lines("example@12/app@34:pull_request").contains("gh api"));
}

/// The warnings of a blueprint whose role trusts this identity provider under this condition.
fn warnings(provider: &str, condition: &str) -> String {
    let text = format!(
        r#"
version = 1
[account]
id = "123456789012"
[roles.Deploy]
managed = ["ReadOnlyAccess"]
[roles.Deploy.trust]
Effect = "Allow"
Action = "sts:AssumeRoleWithWebIdentity"
Principal = {{ Federated = "arn:aws:iam::123456789012:oidc-provider/{provider}" }}
Condition = {{ {condition} }}
"#
    );
    let blueprint = Blueprint::parse(&text).unwrap();
    let warnings: Vec<String> = blueprint.warnings.iter().map(ToString::to_string).collect();
    warnings.join("\n")
}

#[test]
fn a_blueprint_that_lets_other_repositories_in_is_warned_about() {
    let provider = "token.actions.githubusercontent.com";
    let condition =
        r#"StringLike = { "token.actions.githubusercontent.com:sub" = "repo:example/*" }"#;
    let warnings = warnings(provider, condition);
    assert!(warnings.contains("repo:example/*"), "{warnings}");
}

#[test]
fn the_hint_about_an_issuer_of_an_enterprise_does_not_name_the_common_one() {
    let provider = "token.actions.githubusercontent.com/octo";
    let condition = r#"StringEquals = { "token.actions.githubusercontent.com/octo:aud" = "sts.amazonaws.com" }"#;
    let warnings = warnings(provider, condition);
    let hint = "name the repository without wildcards in a condition on `token.actions.githubusercontent.com/octo:sub`";
    assert!(warnings.contains(hint), "{warnings}");
    assert!(!warnings.contains("github ="), "{warnings}");
}

/// TOML has several ways to write a table.
#[test]
fn a_role_is_found_however_the_file_writes_it() {
    let subject = "example/app:ref:refs/heads/main".parse().unwrap();
    for blueprint in [
        "[roles]\ngithub-example-app.managed = []\n",
        "[roles]\n\"GitHub-example-app\" = { managed = [] }\n",
        "roles.GitHub-example-app.managed = []\n",
        "roles = { GitHub-example-app = { managed = [] } }\n",
        "[ roles . GitHub-example-app ]\n",
        "[roles.'GitHub-example-app']\n",
        "[roles.GitHub-example-app.trust]\n",
        "[[roles.GitHub-example-app]]\n",
    ] {
        let lines = github_role(&subject, blueprint);
        assert!(
            lines.contains("[roles.GitHub-example-app-2]"),
            "{blueprint}"
        );
    }
    let comment = "# [roles.GitHub-example-app]\n[roles.Other]\n";
    let lines = github_role(&subject, comment);
    assert!(lines.contains("[roles.GitHub-example-app]"), "{lines}");
    let provider = "[oidc_providers]\n'token.actions.githubusercontent.com' = {}\n";
    let lines = github_role(&subject, provider);
    assert!(!lines.contains("[oidc_providers"), "{lines}");
}

/// An enterprise with its data in a region, and one with a server of its own.
#[test]
fn the_issuers_of_other_enterprises_are_judged_too() {
    for issuer in [
        "token.actions.example.ghe.com",
        "github.example.com/_services/token",
    ] {
        let found = |condition: Json| {
            let document = json!({ "Version": "2012-10-17", "Statement": [{
                "Effect": "Allow",
                "Principal": { "Federated": format!("arn:aws:iam::123456789012:oidc-provider/{issuer}") },
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": condition,
            }]});
            let trust = Policy::parse_as(PolicyKind::Trust, &document.to_string()).unwrap();
            let found = open_trusts(&trust).into_iter().next();
            found.map(|open| (open.issuer, open.opening))
        };
        let audience = json!({ "StringEquals": { format!("{issuer}:aud"): "sts.amazonaws.com" } });
        let any = Some((Issuer::Enterprise, Opening::AnySubject));
        assert_eq!(found(audience), any, "{issuer}");
        let subject =
            |subject: &str| found(json!({ "StringLike": { format!("{issuer}:sub"): subject } }));
        let pattern = Opening::Wildcard("repo:*".to_owned());
        assert_eq!(subject("repo:*"), Some((Issuer::Enterprise, pattern)));
        assert_eq!(subject("repo:example/app:*"), None, "{issuer}");
    }
    for other in [
        "ghe.com",
        "example.ghe.com",
        "token.actions.ghe.com.example.com",
    ] {
        assert_eq!(super::issuer_of(other), None, "{other}");
    }
}

/// Every token has a subject, so the condition always asks for it.
#[test]
fn a_condition_on_the_subject_if_it_exists_closes_too() {
    check(
        "StringEqualsIfExists",
        "repo:example/app:environment:production",
        None,
    );
    check("StringLikeIfExists", "repo:example/app:*", None);
    check("StringLikeIfExists", "repo:*", wildcard("repo:*"));
    let repository = json!({ "StringEqualsIfExists": {
        "token.actions.githubusercontent.com:repository": "example/app" } });
    assert_eq!(
        open_trusts(&trust(repository))[0].opening,
        Opening::AnySubject
    );
}
