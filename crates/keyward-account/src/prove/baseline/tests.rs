use serde_json::json;

use super::*;
use crate::prove::tests::world::{Small, allow, when, with_mfa};
use crate::prove::wire;

fn small() -> Small {
    Small::default().user("/", "alice", &[])
}

fn printed(small: &Small) -> Baseline {
    Baseline::read(&wire::json(&small.prove(), None)).unwrap()
}

#[test]
fn an_unchanged_account_gains_nothing() {
    let small = small();
    assert_eq!(printed(&small).gains(&small.prove()), Gains::default());
}

#[test]
fn a_gain_is_with_a_fresh_code_or_without() {
    let old = printed(&small());
    let key = small().with("own", &[allow(json!("s3:GetObject"), json!("*"))]);
    let gains = old.gains(&key.prove());
    let alone = &gains.without_mfa["alice"][&Scenario::LongTermKey];
    assert_eq!(alone.actions, ["s3:GetObject".to_owned()].into());
    let fresh = json!({ "NumericLessThan": { "aws:MultiFactorAuthAge": "3600" } });
    let code = when(allow(json!("s3:GetObject"), json!("*")), fresh);
    let gains = old.gains(&small().with("own", &[code]).prove());
    assert_eq!(gains.without_mfa, Gained::new());
    assert!(gains.with_mfa["alice"].contains_key(&Scenario::Mfa));
    let old_code = when(allow(json!("s3:GetObject"), json!("*")), with_mfa());
    let gains = old.gains(&small().with("own", &[old_code]).prove());
    assert!(gains.without_mfa["alice"].contains_key(&Scenario::StaleMfa));
}

#[test]
fn a_new_user_has_not_gained_what_everyone_has() {
    let old = printed(&small());
    let gains = old.gains(&small().user("/", "bob", &[]).prove());
    assert_eq!(gains, Gains::default());
}

#[test]
fn anything_but_a_printed_proof_is_refused() {
    for text in [
        "",
        "[]",
        "{}",
        r#"{"users":{}}"#,
        r#"{"users":{"a":{}},"findings":[]}"#,
    ] {
        assert!(Baseline::read(text).is_err(), "{text}");
    }
}
