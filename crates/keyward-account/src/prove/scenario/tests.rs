use std::time::Duration;

use serde_json::json;

use super::*;
use crate::prove::tests::fixtures::{Small, allow, trust, when};

#[test]
fn an_old_code_is_older_than_every_age_that_a_policy_names() {
    let day = Duration::from_secs(24 * 3600);
    let empty = Small::default().user("/", "alice", &[]).account();
    assert!(stale_age([&empty]) > day + day / 2);
    let condition = json!({ "NumericLessThan": { "aws:multifactorauthage": "864000" } });
    let long = Small::default()
        .user("/", "alice", &[])
        .with(
            "own",
            &[when(allow(json!("s3:*"), json!("*")), condition.clone())],
        )
        .account();
    assert!(stale_age([&long]) > 10 * day);
    let role = Small::default()
        .role("Ops", &[trust(condition)], &[], &[])
        .account();
    assert!(stale_age([&empty, &role]) > 10 * day);
}
