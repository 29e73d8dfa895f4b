use serde_json::{Value, json};

use super::has_grown;
use crate::prove::Proof;
use crate::prove::tests::world::{Small, allow, trust, when};

/// Whether some finding of the later proof that was there before has grown.
fn grown(before: &Proof, after: &Proof) -> bool {
    let mut findings = after.findings.iter();
    findings.any(|finding| {
        let mut earlier = before.findings.iter();
        earlier.any(|old| finding.is_of_same_kind(old)) && has_grown(before, after, finding)
    })
}

#[test]
fn more_of_many_actions_is_more() {
    let with = |actions: Value, condition: Value| {
        let right = when(allow(actions, json!("*")), condition);
        let small = Small::default().user("/", "alice", &[]);
        small.with("own", &[right]).prove()
    };
    let some = with(json!(["s3:*"]), json!({}));
    let more = with(json!(["s3:*", "dynamodb:*"]), json!({}));
    assert!(grown(&some, &more));
    assert!(!grown(&more, &some) && !grown(&more, &more));
    let endpoint = json!({ "StringEquals": { "aws:SourceVpce": "vpce-1" } });
    let under = with(json!(["s3:*"]), endpoint);
    assert!(grown(&under, &some));
    assert!(!grown(&some, &under));
}

#[test]
fn more_of_an_open_role_is_more() {
    let with = |actions: &str| {
        let rights = [allow(json!(actions), json!("*"))];
        Small::default()
            .role("Open", &[trust(json!({}))], &[], &rights)
            .user("/", "alice", &[])
            .with("own", &[allow(json!("sts:AssumeRole"), json!("*"))])
            .prove()
    };
    let (some, more) = (with("s3:Get*"), with("s3:*"));
    assert!(grown(&some, &more));
    assert!(!grown(&more, &some) && !grown(&some, &some));
}
