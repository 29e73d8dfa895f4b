use keyward_iam::Policy;
use keyward_iam::PolicyKind;
use keyward_iam::model::{Account, User};

use super::ssh_users;

fn account(statements: &[(&str, &str)]) -> Account {
    let mut account = Account::empty("123456789012".parse().unwrap());
    for (name, statements) in statements {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        let policy = Policy::parse_as(PolicyKind::Identity, &text).unwrap();
        let mut user = User::new(name.parse().unwrap());
        let inline = &mut user.grants.inline;
        inline.insert("own".parse().unwrap(), policy.into());
        account.users.insert(user.name.clone(), user);
    }
    account
}

const PULL: &str = r#"{"Effect":"Allow","Action":"codecommit:GitPull","Resource":"*"}"#;
const GUARD: &str = r#"{"Effect":"Deny","NotAction":"iam:EnableMFADevice","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}"#;
const READ: &str = r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}"#;

#[test]
fn only_keys_that_open_a_repository_without_mfa_matter() {
    let guarded = format!("{PULL},{GUARD}");
    let account = account(&[("alice", PULL), ("bob", &guarded), ("carol", READ)]);
    let users: Vec<String> = ssh_users(&account)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(users, ["alice"]);
}
