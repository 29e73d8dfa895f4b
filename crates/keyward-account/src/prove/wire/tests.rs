use serde_json::Value;

use crate::prove::NOT_JUDGED;
use crate::prove::tests::fixtures::{Small, allow, arn, proof_of_template, trust};
use crate::prove::wire::json;
use crate::templates::Template;

#[test]
fn users_contexts_actions_and_roles_have_their_names() {
    let proof = Small::default()
        .role("Open", &[trust(serde_json::json!({}))], &[], &[])
        .user("/", "alice", &[])
        .with(
            "own",
            &[allow(
                serde_json::json!("sts:AssumeRole"),
                serde_json::json!(arn("role/Open")),
            )],
        )
        .prove();
    let printed: Value = serde_json::from_str(&json(&proof, None)).unwrap();
    let alone = &printed["users"]["alice"]["long_term_key"];
    assert_eq!(alone["roles"], serde_json::json!(["Open"]));
    assert_eq!(alone["paths"]["Open"], serde_json::json!(["Open"]));
    let actions = alone["actions"].as_array().unwrap();
    assert!(actions.contains(&serde_json::json!("sts:AssumeRole")));
    let finding = printed["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["id"] == "role-without-mfa/Open")
        .unwrap();
    assert_eq!(finding["severity"], "high");
    assert_eq!(finding["subject"], "alice");
    assert!(
        finding["statement"]
            .as_str()
            .unwrap()
            .contains("trust policy")
    );
    assert_eq!(printed["not_judged"], NOT_JUDGED);
    assert!(printed.get("new").is_none());
    assert_eq!(printed["promises"]["no-role-without-mfa"], false);
}

#[test]
fn several_accounts_are_named() {
    let proof = proof_of_template(Template::TwoAccounts);
    let printed: Value = serde_json::from_str(&json(&proof, None)).unwrap();
    let (user, contexts) = printed["users"].as_object().unwrap().iter().next().unwrap();
    assert!(user.contains('/'));
    let roles = contexts["mfa"]["roles"].as_array().unwrap();
    assert!(!roles.is_empty());
    for role in roles {
        assert!(role.as_str().unwrap().starts_with("arn:aws:iam::"));
    }
}
