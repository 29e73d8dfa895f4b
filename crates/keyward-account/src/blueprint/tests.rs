use super::*;

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
    let found = problems("version = \n[account\nid = 'x'\nname = \"a\" \"b\"\n");
    assert!(found.len() >= 2, "{found:?}");
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
    let found = problems(&format!("{ACCOUNT}[groups.ops]\n[groups.Ops]\n"));
    assert_eq!(
        found,
        [
            "4:9: the groups `Ops` and `ops` differ by case alone, which IAM refuses; rename one of them"
        ]
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
fn several_accounts_need_one_that_holds_the_users() {
    let text =
        "version = 1\n[accounts.a]\nid = \"111122223333\"\n[accounts.b]\nid = \"123456789012\"\n";
    check(
        text,
        &["3:6: no account holds the users; write `users = true` in one of the accounts"],
    );
}
