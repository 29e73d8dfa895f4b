//! Two blueprints in one account, both with self-service and guard: each has its own, and leaves
//! the other's alone.

use super::{ACCOUNT, Rehearsal, id};

const SECOND: &str = r#"
version = 1
name = "second"

[account]
id = "123456789012"
profile = "admin"

[groups.auditors]
assume = ["Auditor"]

[roles.Auditor]
managed = ["SecurityAudit"]

[users.yan]
groups = ["auditors"]
"#;

#[test]
fn two_blueprints_with_self_service_share_an_account() {
    let place = Rehearsal::start();
    place.blueprint("readonly-admin", "admins");
    place.write("second.toml", SECOND);
    let second = |verb: &str| match verb {
        "plan" => place.run(&["account", "plan", "second.toml"]),
        _ => place.run(&["account", verb, "second.toml", "--yes"]),
    };
    let _ = place.account("apply").ok();
    let _ = second("apply").ok();
    let _ = place.account("plan").ok();
    let _ = second("plan").ok();
    let names = place.server.with_accounts(|accounts| {
        let account = accounts.account(&id(ACCOUNT)).unwrap();
        let mut names: Vec<String> = account
            .policies
            .values()
            .map(|it| it.name.clone())
            .collect();
        names.sort_unstable();
        names
    });
    assert_eq!(
        names,
        [
            "keyward-mfa-guard-readonlyadmin",
            "keyward-mfa-guard-second",
            "keyward-self-service-readonlyadmin",
            "keyward-self-service-second",
        ]
    );
    let _ = place.account("destroy").ok();
    let _ = second("plan").ok();
    let _ = second("destroy").ok();
    assert_eq!(place.entities(ACCOUNT), 0);
}
