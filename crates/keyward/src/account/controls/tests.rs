use std::error::Error;

use super::*;

fn account(id: &str) -> Account {
    Account::empty(id.parse().unwrap())
}

fn args(policies: &[&str], management: Option<&str>) -> ControlArgs {
    ControlArgs {
        policies: policies.iter().map(|text| text.parse().unwrap()).collect(),
        management_account: management.map(|id| id.parse().unwrap()),
    }
}

fn names(account: &Account) -> Vec<&str> {
    let levels = account.service_control.iter().flatten();
    levels.map(|level| level.name.as_str()).collect()
}

#[test]
fn a_level_without_a_file_is_refused() {
    for text in ["policy.json", "=policy.json", "root=", ""] {
        assert!(text.parse::<ControlArg>().is_err(), "{text}");
    }
}

#[test]
fn levels_reach_the_accounts_that_they_name() {
    let (mut people, mut work) = (account("123456789012"), account("111122223333"));
    let given = args(&["root=FullAWSAccess", "people/unit=FullAWSAccess"], None);
    let mut accounts = [
        (Some("people".to_owned()), &mut people),
        (Some("work".to_owned()), &mut work),
    ];
    given.attach(&mut accounts).unwrap();
    assert_eq!(names(&people), ["root", "unit"]);
    assert_eq!(names(&work), ["root"]);
}

#[test]
fn an_unknown_account_is_refused() {
    let mut people = account("123456789012");
    let given = args(&["peple/unit=FullAWSAccess"], None);
    let mut accounts = [(Some("people".to_owned()), &mut people)];
    let refused = given.attach(&mut accounts).unwrap_err();
    assert!(
        refused.to_string().contains("no account `peple`"),
        "{refused}"
    );
}

#[test]
fn no_policy_limits_the_management_account() {
    let mut only = account("123456789012");
    let given = args(&["root=FullAWSAccess"], Some("123456789012"));
    given.attach(&mut [(None, &mut only)]).unwrap();
    assert_eq!(only.service_control, Some(Vec::new()));
}

fn in_file(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deny-regions.json");
    std::fs::write(&path, text).unwrap();
    let given = format!("root={}", path.display());
    (folder, given)
}

#[test]
fn a_level_that_allows_nothing_is_refused_with_the_usual_policy() {
    let deny =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"ec2:*","Resource":"*"}}"#;
    let (_folder, deny) = in_file(deny);
    let mut only = account("123456789012");
    let refused = args(&[&deny], None)
        .attach(&mut [(None, &mut only)])
        .unwrap_err();
    assert!(
        refused.to_string().contains("`root` allow nothing"),
        "{refused}"
    );
    let both = args(&[&deny, "root=FullAWSAccess"], None);
    both.attach(&mut [(None, &mut only)]).unwrap();
    let level = &only.service_control.unwrap()[0];
    let names: Vec<&str> = level.policies.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["deny-regions", "FullAWSAccess"]);
}

#[test]
fn an_answer_of_the_aws_cli_is_unwrapped() {
    let content = FULL_ACCESS_DOCUMENT.replace('"', "\\\"");
    let answer = format!(
        r#"{{"Policy":{{"PolicySummary":{{"Id":"p-example","Name":"Everything"}},"Content":"{content}"}}}}"#
    );
    let (_folder, given) = in_file(&answer);
    let mut only = account("123456789012");
    args(&[&given], None)
        .attach(&mut [(None, &mut only)])
        .unwrap();
    assert_eq!(
        only.service_control.unwrap()[0].policies[0].name,
        "Everything"
    );
}

#[test]
fn a_resource_control_policy_is_no_service_control_policy() {
    let statement = r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}"#;
    for statements in [statement.to_owned(), format!("[{statement}]")] {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":{statements}}}"#);
        let (_folder, given) = in_file(&text);
        let mut only = account("123456789012");
        let refused = args(&["root=FullAWSAccess", &given], None)
            .attach(&mut [(None, &mut only)])
            .unwrap_err();
        let said = refused.to_string();
        assert!(said.contains("is not a service control policy"), "{said}");
        // Without its principals it would deny the account's own users.
        let hints = refused.hint_texts();
        assert!(
            hints[0].contains("does not judge resource control policies"),
            "{hints:?}"
        );
        assert!(refused.source().is_none(), "nothing advises to edit it");
    }
}
