//! Often and lately.

use keyward_core::Timestamp;

use super::of;
use crate::log::{Entry, How};

/// Profiles by weight, from hand-outs of so many days ago.
fn check(used: &[(&str, i64)], expect: &[&str]) {
    let now = Timestamp::from_second(100_000_000);
    let entries: Vec<Entry> = used
        .iter()
        .map(|(profile, days)| Entry {
            time: Timestamp::from_second(now.as_second() - days * 86_400),
            profile: profile.parse().unwrap(),
            role: None,
            session: None,
            access_key_id: "ASIAIOSFODNN7EXAMPLE".parse().unwrap(),
            expires_at: None,
            how: How::Exec,
            pid: 1,
            parent: None,
        })
        .collect();
    let habit = of(&entries, now);
    let mut names: Vec<&str> = used.iter().map(|(name, _)| *name).collect();
    names.sort_by(|a, b| {
        let weight = |name: &str| habit.weight(&name.parse().unwrap());
        weight(b).total_cmp(&weight(a))
    });
    names.dedup();
    assert_eq!(names, expect);
}

#[test]
fn often_and_lately_comes_first() {
    check(&[("a", 0), ("b", 0), ("b", 0)], &["b", "a"]);
    check(&[("old", 90), ("new", 0)], &["new", "old"]);
    check(
        &[("often", 1), ("often", 1), ("often", 1), ("now", 0)],
        &["often", "now"],
    );
    check(
        &[("once", 0), ("long-ago", 300), ("long-ago", 300)],
        &["once", "long-ago"],
    );
}
