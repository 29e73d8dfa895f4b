use proptest::prelude::*;

use super::*;
use crate::desired::render;
use crate::templates::Template;

/// The problems of a text, one a line: `line:column: message; fix`.
fn problems(text: &str) -> Vec<String> {
    match Blueprint::parse(text) {
        Ok(blueprint) => {
            let warnings = blueprint.warnings.iter();
            warnings
                .map(|problem| format!("warning: {problem}"))
                .collect()
        }
        Err(error) => error.problems.iter().map(ToString::to_string).collect(),
    }
}

const NONE: [&str; 0] = [];

fn check(text: &str, expect: &[&str]) {
    assert_eq!(problems(text), expect, "{text}");
}

const ACCOUNT: &str = "version = 1\n[account]\nid = \"123456789012\"\n";

#[test]
fn an_account_alone_is_a_blueprint() {
    let blueprint = Blueprint::parse(ACCOUNT).unwrap();
    assert_eq!(blueprint.name.as_str(), "main");
    assert_eq!(blueprint.self_service, SelfService::On(Guard::On));
    assert_eq!(blueprint.password_policy, None);
    assert!(!blueprint.has_several_accounts());
}

#[test]
fn every_problem_is_reported_at_once_with_its_place() {
    check(
        r#"version = 1
[account]
id = "12345"
[groups.admins]
asume = ["ReadOnly"]
[users.alice]
groups = ["admin"]
[roles."Read Only"]
managed = true
"#,
        &[
            "3:6: `id` of [account]: `12345` is not an account id (twelve digits); correct the value",
            "5:1: [groups.admins] has no key `asume`; did you mean `assume`?",
            "7:11: [users.alice] is in the undefined group `admin`; did you mean `admins`?",
            "8:8: a name in `roles`: `Read Only` is not a role name (1 to 64 letters, digits or +=,.@-_); give it another name",
        ],
    );
}

#[test]
fn every_error_of_syntax_is_reported() {
    check(
        "version = 1\nname = team\n[account]\nid = 'x'\nid = 'y'\nalias = \"a\n[groups\n",
        &[
            "2:8: invalid boolean, expected `true`; write `true` or `false`, or put a text in quotes",
            "5:1: duplicate key; keep one of the two",
            "6:11: invalid basic string, expected `\"`; add what is expected",
            "7:8: unclosed table, expected `]`; add what is expected",
        ],
    );
}

#[test]
fn a_mistake_in_a_document_is_reported_at_its_element() {
    let text = format!(
        "{ACCOUNT}[groups.g.inline.own]\nEffect = \"Allow\"\nAction = \"everything\"\nResource = \"*\"\n"
    );
    let found = problems(&text);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("6:10: "), "{found:?}");
}

#[test]
fn secrets_without_a_recipient_are_refused() {
    let text = format!("{ACCOUNT}[users.alice]\npassword = true\n");
    check(
        &text,
        &[
            "4:8: [users.alice] gets initial secrets that cannot be encrypted to anyone; add the person's public key as `pgp`, `ssh` or `age`",
        ],
    );
}

#[test]
fn a_user_name_that_begins_another_is_refused() {
    let found = problems(&format!(
        "{ACCOUNT}[users.al]\n[users.al-ice]\n[users.alice]\n"
    ));
    assert_eq!(
        found,
        [
            "5:8: `al` could name MFA devices that belong to `al-ice`; rename one of the two users, so that neither is the other's name with a hyphen and more"
        ]
    );
}

#[test]
fn names_that_differ_by_case_alone_clash() {
    for kind in ["users", "groups", "roles", "policies"] {
        let body = match kind {
            "roles" => "services = \"ec2.amazonaws.com\"\n",
            "policies" => {
                "document = { Effect = \"Allow\", Action = \"s3:GetObject\", Resource = \"*\" }\n"
            }
            _ => "\n",
        };
        let found = in_account(&format!("[{kind}.ops]\n{body}[{kind}.Ops]\n{body}"));
        let column = kind.len() + 3;
        assert_eq!(
            found,
            [format!(
                "6:{column}: the {kind} `ops` (line 4, column {column}) and `Ops` differ by case alone, which IAM refuses; rename one of them"
            )]
        );
    }
}

#[test]
fn paths_that_aws_keeps_for_itself_are_refused() {
    let reserved = ["/aws-service-role/", "/aws-reserved/sso.amazonaws.com/"];
    for (kind, path) in ["users", "groups", "roles"]
        .into_iter()
        .flat_map(|kind| reserved.map(|path| (kind, path)))
    {
        let service = match kind {
            "roles" => "services = \"ec2.amazonaws.com\"\n",
            _ => "\n",
        };
        let beginning = path.trim_end_matches("sso.amazonaws.com/");
        assert_eq!(
            in_account(&format!("[{kind}.a]\n{service}path = \"{path}\"\n")),
            [format!(
                "6:8: `path` of [{kind}.a] begins with `{beginning}`, which AWS keeps for its own roles; write another path"
            )]
        );
    }
    let adopted = in_account("[roles.a]\nadopted = true\npath = \"/aws-reserved/x/\"\n");
    assert!(
        adopted[0].ends_with("remove the table; only AWS changes what is there"),
        "{adopted:?}"
    );
    for path in ["/service-role/", "/aws/", "/team/aws-reserved/"] {
        let user = format!("[users.a]\npath = \"{path}\"\n");
        assert_eq!(in_account(&user), NONE, "{path}");
    }
    // A policy that keyward makes has its own beginning before this path.
    let policy = "[policies.p]\npath = \"/aws-reserved/\"\ndocument = { Effect = \"Allow\", Action = \"s3:GetObject\", Resource = \"*\" }\n";
    assert_eq!(in_account(policy), NONE);
}

#[test]
fn keys_of_tags_may_differ_by_case_except_on_users_and_roles() {
    let tags = "tags = { Team = \"a\", team = \"b\" }\n";
    let provider = "[oidc_providers.\"token.actions.githubusercontent.com\"]\n";
    check(&format!("{ACCOUNT}{provider}{tags}"), &[]);
    let found = problems(&format!("{ACCOUNT}[users.alice]\n{tags}"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("the tag `team` differs from another by case alone"),
        "{found:?}"
    );
}

#[test]
fn a_role_that_no_group_may_assume_is_a_warning() {
    check(
        &format!("{ACCOUNT}[roles.ReadOnly]\n"),
        &[
            "warning: 4:8: no group may assume the role `ReadOnly`; list it under `assume` of a group",
        ],
    );
}

#[test]
fn a_role_with_unreadable_callers_has_no_second_message() {
    for callers in [
        "github = [\"example/app\"]",
        "services = [\"x\"]",
        "trust = 1",
    ] {
        let found = problems(&format!("{ACCOUNT}[roles.CI]\n{callers}\n"));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(!found[0].contains("no group"), "{found:?}");
    }
}

#[test]
fn an_audience_has_no_control_characters() {
    let provider = "[oidc_providers.\"id.example.com\"]\naudiences = [\"x\\u0000\"]\n";
    let found = problems(&format!("{ACCOUNT}{provider}"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("5:14: "), "{found:?}");
    assert!(found[0].contains("no control characters"), "{found:?}");
}

#[test]
fn warnings_beside_errors_are_counted() {
    let text = format!("{ACCOUNT}[roles.ReadOnly]\nmax_session = \"13h\"\n");
    let refused = Blueprint::parse(&text).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the blueprint has 1 error and 1 warning"
    );
}

#[test]
fn several_accounts_need_one_that_holds_the_users() {
    let text =
        "version = 1\n[accounts.a]\nid = \"111122223333\"\n[accounts.b]\nid = \"123456789012\"\n";
    check(
        text,
        &["3:6: no account holds the users; write `users = true` in one of the accounts"],
    );
}

/// The problems of entities in an account that is otherwise right.
fn in_account(entities: &str) -> Vec<String> {
    problems(&format!("{ACCOUNT}{entities}"))
}

#[test]
fn session_and_code_age_have_limits() {
    let found = in_account(
        "[roles.a]\nservices = [\"ec2.amazonaws.com\"]\nmax_session = \"13h\"\nmfa_max_age = 0\n[groups.g]\nassume = \"a\"\n",
    );
    assert_eq!(
        found,
        [
            "6:15: `max_session` of [roles.a] is 13h; write a duration from \"1h\" to \"12h\"",
            "7:15: `mfa_max_age` of [roles.a] is 0s; write a duration from \"1m\" to \"36h\"",
        ]
    );
    let found = in_account("[roles.a]\nmax_session = \"12h1s\"\n[groups.g]\nassume = \"a\"\n");
    assert_eq!(
        found,
        ["5:15: `max_session` of [roles.a] is 12h 1s; write a duration from \"1h\" to \"12h\"",]
    );
}

#[test]
fn limits_are_measured_on_what_is_rendered() {
    let groups: Vec<String> = (0..9)
        .map(|n| format!("\"arn:aws:iam::aws:policy/P{n}\""))
        .collect();
    let nine = format!("[groups.g]\nmanaged = [{}]\n", groups.join(", "));
    assert_eq!(
        in_account(&nine),
        ["4:9: the group `g` has 11 managed policies, and AWS accepts 10; remove some"]
    );
    let without = format!("{nine}[self_service]\nenabled = false\n");
    assert_eq!(in_account(&without), NONE);
}

#[test]
fn a_limit_that_two_accounts_exceed_is_reported_once() {
    let groups: Vec<String> = (0..11).map(|n| format!("\"g{n}\"")).collect();
    let defined: String = (0..11).map(|n| format!("[groups.g{n}]\n")).collect();
    let found = problems(&format!(
        "version = 1\n[[accounts]]\nname = \"a\"\nid = \"123456789012\"\nusers = true\n\
         [[accounts]]\nname = \"b\"\nid = \"210987654321\"\nusers = true\n\
         {defined}[users.u]\ngroups = [{}]\n",
        groups.join(", ")
    ));
    let limits = found.iter().filter(|problem| problem.contains("11 groups"));
    assert_eq!(limits.count(), 1, "{found:?}");
}

#[test]
fn characters_that_aws_refuses_in_tags_are_refused() {
    let tagged = |tags: &str| in_account(&format!("[users.zoe]\ntags = {{ {tags} }}\n"));
    assert_eq!(tagged(r#"team = "Größe 1 _.:/=+-@", "ü" = "x""#), NONE);
    for tags in [
        r#"a = "${x}""#,
        r#""a#b" = "x""#,
        r#"a = "☃""#,
        r#"a = "x\ty""#,
    ] {
        let found = tagged(tags);
        assert_eq!(found.len(), 1, "{tags}: {found:?}");
        assert!(found[0].contains("AWS refuses in tags"), "{found:?}");
    }
}

#[test]
fn a_document_that_is_too_long_is_refused() {
    let resources: Vec<String> = (0..200)
        .map(|n| format!("\"arn:aws:s3:::bucket-{n:030}\""))
        .collect();
    let text = format!(
        "[policies.p.document]\nEffect = \"Allow\"\nAction = \"s3:*\"\nResource = [{}]\n",
        resources.join(", ")
    );
    let found = in_account(&text);
    assert_eq!(found.len(), 1);
    assert!(
        found[0].contains("characters, and AWS accepts 6144"),
        "{found:?}"
    );
}

#[test]
fn conditions_on_mfa_that_leave_a_hole_are_warnings() {
    let check = |effect: &str, operator: &str, value: &str, expect: &str| {
        let text = format!(
            "[groups.g.inline.p]\nEffect = \"{effect}\"\nAction = \"s3:*\"\nResource = \"*\"\nCondition = {{ {operator} = {{ \"aws:MultiFactorAuthPresent\" = {value} }} }}\n"
        );
        let found = in_account(&text);
        assert_eq!(found.len(), usize::from(!expect.is_empty()), "{found:?}");
        assert!(
            found.iter().all(|problem| problem.contains(expect)),
            "{found:?}"
        );
    };
    check("Allow", "BoolIfExists", "true", "write `Bool`");
    check("Deny", "Bool", "false", "write `BoolIfExists`");
    check("Allow", "Bool", "true", "");
    check("Deny", "BoolIfExists", "false", "");
}

#[test]
fn mfa_on_the_permissions_of_a_role_is_a_warning() {
    let found = in_account(
        "[roles.r]\nservices = \"ec2.amazonaws.com\"\n[roles.r.inline.p]\nEffect = \"Allow\"\nAction = \"s3:*\"\nResource = \"*\"\nCondition.Bool.\"aws:MultiFactorAuthPresent\" = true\n",
    );
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("ask for MFA in the trust policy"),
        "{found:?}"
    );
}

#[test]
fn a_misspelt_policy_of_aws_is_corrected() {
    let found = in_account("[groups.g]\nmanaged = \"ReadOnlyAcces\"\n");
    assert_eq!(found.len(), 1);
    assert!(
        found[0].ends_with("did you mean `ReadOnlyAccess`?"),
        "{found:?}"
    );
    let found = in_account("[groups.g]\nmanaged = [\"Billing\", \"AWS_ConfigRole\"]\n");
    assert_eq!(found, NONE);
}

#[test]
fn a_role_of_its_own_trust_takes_no_keys_that_shape_trust() {
    let found = in_account(
        "[roles.r]\nmfa_max_age = \"1h\"\n[roles.r.trust]\nEffect = \"Allow\"\nAction = \"sts:AssumeRole\"\nPrincipal.Service = \"ec2.amazonaws.com\"\n",
    );
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("beside a `trust` of its own (line 6)"),
        "{found:?}"
    );
}

#[test]
fn mixed_reading_of_secrets_must_be_decided() {
    let role = "[groups.g]\nassume = \"r\"\n[roles.r]\nmanaged = \"ReadOnlyAccess\"\n";
    let inline =
        "[roles.r.inline.p]\nEffect = \"Allow\"\nAction = \"ssm:GetParameter\"\nResource = \"*\"\n";
    let found = in_account(&format!("{role}{inline}"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("write `read_secrets = true`"),
        "{found:?}"
    );
    let decided = format!("{role}read_secrets = true\n{inline}");
    assert_eq!(in_account(&decided), NONE);
}

#[test]
fn an_adopted_user_gets_no_secrets() {
    let found = in_account("[users.u]\nadopted = true\npassword = true\nage = \"age1x\"\n");
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn a_role_outside_its_accounts_is_not_assumed() {
    let text = r#"version = 1
[accounts.people]
id = "111122223333"
users = true
[accounts.prod]
id = "123456789012"
[groups.g]
assume = ["people/r", "test/r"]
[roles.r]
"#;
    check(
        text,
        &[
            "8:11: the account `people` does not have the role `r`; add `people` to `accounts` of [roles.r]",
            "8:23: [groups.g] names the undefined account `test`; define it as `[accounts.test]`",
        ],
    );
}

#[test]
fn a_blueprint_of_another_version_is_refused() {
    let text = ACCOUNT.replace("version = 1", "version = 2");
    check(
        &text,
        &["1:11: `version` is `2`; this program reads version 1; install a newer keyward"],
    );
    let text = ACCOUNT.replace("version = 1", "version = 0");
    check(
        &text,
        &["1:11: `version` is `0`; this program reads version 1; write `version = 1`"],
    );
}

#[test]
fn github_comes_in_by_exactly_its_repository() {
    let found = in_account("[roles.deploy]\ngithub = [\"example/*:ref:x\", \"example/app:*\"]\n");
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains("lets in other repositories"), "{found:?}");
    assert!(
        found[1].contains("those of pull requests included"),
        "{found:?}"
    );
}

#[test]
fn a_described_provider_of_github_must_take_tokens_for_aws() {
    let role = "[roles.r]\ngithub = \"example/app:pull_request\"\n";
    let provider = "[oidc_providers.\"token.actions.githubusercontent.com\"]\naudiences = \"x\"\n";
    let found = in_account(&format!("{role}{provider}"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("add `sts.amazonaws.com`"), "{found:?}");
    assert_eq!(
        in_account(&format!(
            "{role}{}",
            provider.replace("x", "sts.amazonaws.com")
        )),
        NONE
    );
}

#[test]
fn the_age_of_a_code_says_nothing_about_machines() {
    let found = in_account("[roles.r]\nservices = \"ec2.amazonaws.com\"\nmfa_max_age = \"1h\"\n");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("only machines assume the role"),
        "{found:?}"
    );
}

/// A template with something removed, repeated or inserted at some places.
fn damaged(template: usize, edits: &[(usize, usize, char)]) -> String {
    let text = Template::ALL[template].text();
    let mut characters: Vec<char> = text.chars().collect();
    for (at, kind, character) in edits {
        let at = at % characters.len();
        let end = (at + kind * 3).min(characters.len());
        match kind % 3 {
            0 => characters.insert(at, *character),
            1 => drop(characters.drain(at..end)),
            _ => {
                let piece: Vec<char> = characters[at..end].to_vec();
                characters.splice(at..at, piece);
            }
        }
    }
    characters.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_blueprint_is_read_or_its_problems_are_placed(
        template in 0..Template::ALL.len(),
        edits in prop::collection::vec((any::<usize>(), 0..12_usize, prop::char::range(' ', '\u{2fff}')), 1..6),
    ) {
        let text = damaged(template, &edits);
        match Blueprint::parse(&text) {
            Ok(blueprint) => prop_assert_eq!(render(&blueprint).len(), blueprint.accounts.len()),
            Err(error) => {
                let lines = text.split('\n').count();
                for problem in error.problems {
                    prop_assert!(!problem.message.is_empty() && !problem.fix.is_empty());
                    prop_assert!((1..=lines).contains(&problem.at.line));
                    prop_assert!(problem.at.column >= 1);
                }
            }
        }
    }
}

#[test]
fn an_adopted_document_that_aws_would_refuse_today_is_a_warning() {
    let text = |adopted: bool| {
        format!(
            r#"
version = 1
[account]
id = "123456789012"
[groups.admins]
adopted = {adopted}
[groups.admins.inline.assume]
Effect = "Allow"
Action = "sts:AssumeRole"
Resource = "arn:aws:iam:::role/resource-admin"
"#
        )
    };
    let adopted = Blueprint::parse(&text(true)).unwrap();
    let warnings: Vec<String> = adopted.warnings.iter().map(ToString::to_string).collect();
    assert!(
        warnings
            .iter()
            .any(|it| it.contains("arn:aws:iam:::role/resource-admin")),
        "{warnings:?}"
    );
    // Such a part may take effect, and the proof judges some of them as undecided.
    assert!(
        warnings
            .iter()
            .all(|it| it.contains("does not say what it makes of it")),
        "{warnings:?}"
    );
    assert!(Blueprint::parse(&text(false)).is_err());
}

#[test]
fn what_is_of_another_partition_is_refused_at_its_place() {
    let vpc = format!("{ACCOUNT}[vpc]\nregion = \"cn-north-1\"\n");
    check(
        &vpc,
        &[
            "4:1: the region `cn-north-1` of [vpc] is in the partition `aws-cn`, and account 123456789012 in `aws`; write a region of the account's partition",
        ],
    );
    let config = "version = 1\n[account]\nid = \"123456789012\"\npartition = \"aws-us-gov\"\n[config]\nregion = \"eu-central-1\"\n";
    check(
        config,
        &[
            "5:1: the region `eu-central-1` of [config] is in the partition `aws`, and account 123456789012 in `aws-us-gov`; write a region of the account's partition",
        ],
    );
    check(&config.replace("eu-central-1", "us-gov-west-1"), &NONE);
    let arn =
        format!("{ACCOUNT}[groups.g]\nmanaged = [\"arn:aws-cn:iam::aws:policy/ReadOnlyAccess\"]\n");
    check(
        &arn,
        &[
            "5:12: `arn:aws-cn:iam::aws:policy/ReadOnlyAccess` is in another partition than the account's, `aws`; write `arn:aws:…`, or the name of the policy alone",
        ],
    );
    let two = "version = 1\n[accounts.people]\nid = \"123456789012\"\nusers = true\n[accounts.china]\nid = \"111122223333\"\npartition = \"aws-cn\"\n";
    check(
        two,
        &[
            "3:6: account 123456789012 names no partition, so it is in `aws`, and account 111122223333 is in `aws-cn`; write `partition = \"aws-cn\"` there too; accounts of two partitions need a blueprint each",
        ],
    );
    let second = "version = 1\n[accounts.people]\nid = \"123456789012\"\npartition = \"aws-us-gov\"\nusers = true\n[accounts.work]\nid = \"111122223333\"\n";
    check(
        second,
        &[
            "7:6: account 111122223333 names no partition, so it is in `aws`, and account 123456789012 is in `aws-us-gov`; write `partition = \"aws-us-gov\"` there too; accounts of two partitions need a blueprint each",
        ],
    );
    check(
        &format!("{second}partition = \"aws-cn\"\n"),
        &[
            "8:13: account 111122223333 is in the partition `aws-cn`, and the users are in `aws-us-gov`; write one blueprint for each partition, because users cannot assume roles of another partition",
        ],
    );
    check(&format!("{second}partition = \"aws-us-gov\"\n"), &NONE);
}

/// IAM accepts more in the paths of users, groups and roles.
#[test]
fn the_path_of_a_policy_has_plain_parts() {
    let document = r#"document = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'"#;
    let policy = |path: &str| format!("{ACCOUNT}[policies.p]\npath = \"{path}\"\n{document}\n");
    for path in ["/a!b/", "/a//b/", "//", "/a:b/", "/a~/"] {
        check(
            &policy(path),
            &[
                "5:8: `path` of [policies.p] is not one that IAM accepts for a policy; write letters, digits and .,+@=_- between single slashes",
            ],
        );
        let user = format!("{ACCOUNT}[users.u]\npath = \"{path}\"\n");
        check(&user, &NONE);
        let adopted = format!("{}adopted = true\n", policy(path));
        check(&adopted, &NONE);
    }
    check(&policy("/a.b,c+d@e=f_g-h/2/"), &NONE);
}

#[test]
fn a_trust_policy_names_principals_of_the_accounts_partition() {
    let role = |principal: &str| {
        format!(
            "{ACCOUNT}[roles.r.trust]\nVersion = \"2012-10-17\"\n[[roles.r.trust.Statement]]\nEffect = \"Allow\"\nAction = \"sts:AssumeRole\"\nPrincipal = {principal}\n"
        )
    };
    for (principal, arn) in [
        (
            "{ AWS = \"arn:aws-cn:iam::999999999999:root\" }",
            "arn:aws-cn:iam::999999999999:root",
        ),
        (
            "{ AWS = [\"999999999999\", \"arn:aws-us-gov:iam::999999999999:role/x\"] }",
            "arn:aws-us-gov:iam::999999999999:role/x",
        ),
        (
            "{ Federated = \"arn:aws-cn:iam::123456789012:saml-provider/x\" }",
            "arn:aws-cn:iam::123456789012:saml-provider/x",
        ),
    ] {
        let wanted = format!(
            "`trust` of [roles.r] names `{arn}`, which is in another partition than the account's, `aws`; write `arn:aws:…`, or remove the principal"
        );
        assert_eq!(
            problems(&role(principal)),
            [format!("4:1: {wanted}")],
            "{principal}"
        );
    }
    for principal in [
        "{ AWS = \"arn:aws:iam::999999999999:root\" }",
        "{ AWS = \"999999999999\" }",
        "{ Service = \"ec2.amazonaws.com\" }",
        "{ Federated = \"accounts.google.com\" }",
    ] {
        assert!(Blueprint::parse(&role(principal)).is_ok(), "{principal}");
    }
}

/// IAM refuses such a policy, in the middle of an apply.
#[test]
fn a_policy_names_resources_of_the_accounts_partition() {
    let with = |table: &str, resource: &str, more: &str| {
        format!(
            "{ACCOUNT}[{table}]\nEffect = \"Allow\"\nAction = \"s3:GetObject\"\nResource = [\"{resource}\"]\n{more}"
        )
    };
    let elsewhere = "arn:aws-cn:s3:::logs/*";
    for (table, place) in [
        ("users.u.inline.logs", "`inline.logs` of [users.u]"),
        ("groups.g.inline.logs", "`inline.logs` of [groups.g]"),
    ] {
        let wanted = format!(
            "4:1: {place} names `{elsewhere}`, which is in another partition than the account's, `aws`; write `arn:aws:…`"
        );
        assert_eq!(problems(&with(table, elsewhere, "")), [wanted]);
        for resource in ["arn:aws:s3:::logs/*", "*", "arn:*:s3:::logs/*"] {
            assert!(
                Blueprint::parse(&with(table, resource, "")).is_ok(),
                "{resource}"
            );
        }
        let of = table.trim_end_matches(".inline.logs");
        let adopted = with(table, elsewhere, &format!("[{of}]\nadopted = true\n"));
        assert!(Blueprint::parse(&adopted).is_ok());
    }
}

#[test]
fn a_provider_has_at_most_five_thumbprints() {
    let thumbprints: Vec<String> = (0..6).map(|at| format!("\"{at:040x}\"")).collect();
    let text = format!(
        "{ACCOUNT}[oidc_providers.\"oidc.example.com\"]\nthumbprints = [{}]\n",
        thumbprints.join(", ")
    );
    check(
        &text,
        &[
            "4:17: the provider `oidc.example.com` has 6 thumbprints, and AWS accepts 5; remove some",
        ],
    );
}
