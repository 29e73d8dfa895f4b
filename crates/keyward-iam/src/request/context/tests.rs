//! Keys that are set, absent and unknown.

use super::{Context, Fact};

fn values(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn keys_compare_without_regard_to_case() {
    let mut context = Context::new();
    context.set("aws:UserName", "Alice");
    assert_eq!(context.get("AWS:username"), Some(&values(&["Alice"])[..]));
    context.set("aws:username", "bob");
    assert_eq!(context.get("aws:UserName"), Some(&values(&["bob"])[..]));
    context.remove("aws:USERNAME");
    assert_eq!(context.fact("aws:username"), Fact::Absent);
}

#[test]
fn what_is_not_set_is_absent_or_unknown() {
    assert_eq!(Context::new().fact("aws:SourceIp"), Fact::Absent);
    let mut partial = Context::partial();
    assert_eq!(partial.fact("aws:SourceIp"), Fact::Unknown);
    partial.set("aws:SourceIp", "203.0.113.9");
    assert_eq!(
        partial.fact("aws:sourceip"),
        Fact::Values(&values(&["203.0.113.9"]))
    );
    partial.remove("aws:SourceIp");
    assert_eq!(partial.fact("aws:SourceIp"), Fact::Absent);
    partial.forget("aws:sourceIp");
    assert_eq!(partial.fact("aws:SourceIp"), Fact::Unknown);
    partial.set_many("aws:TagKeys", Vec::new());
    assert_eq!(partial.fact("aws:TagKeys"), Fact::Absent);
}

#[test]
fn a_prefix_makes_all_other_keys_absent() {
    let mut partial = Context::partial();
    partial
        .set("aws:PrincipalTag/team", "blue")
        .remove_prefix("aws:PrincipalTag/");
    assert_eq!(
        partial.fact("aws:PrincipalTag/team"),
        Fact::Values(&values(&["blue"]))
    );
    assert_eq!(partial.fact("aws:principaltag/other"), Fact::Absent);
    assert_eq!(partial.fact("aws:RequestTag/team"), Fact::Unknown);
}

#[test]
fn a_time_from_some_point_on_is_no_value() {
    let earliest = "2026-01-01T00:00:00Z".parse().unwrap();
    for mut context in [Context::new(), Context::partial()] {
        context.set_not_before("aws:CurrentTime", earliest);
        assert_eq!(context.fact("aws:currenttime"), Fact::NotBefore(earliest));
        assert_eq!(context.get("aws:CurrentTime"), None);
        context.remove("aws:CurrentTime");
        assert_eq!(context.fact("aws:CurrentTime"), Fact::Absent);
    }
}
