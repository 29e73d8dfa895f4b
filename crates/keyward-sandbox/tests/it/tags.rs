//! Tags of users, roles and policies.

use crate::client::{Key, Office, iam};

#[test]
fn tags_are_set_replaced_listed_and_removed() {
    let office = Office::open();
    let arn = office.policy("p");
    office.role("r");
    for (kind, parameter, name) in [
        ("User", "UserName", "bob"),
        ("Role", "RoleName", "r"),
        ("Policy", "PolicyArn", arn.as_str()),
    ] {
        let named = (parameter, name);
        let tag = |key: &str, value: &str| {
            let params = [
                named,
                ("Tags.member.1.Key", key),
                ("Tags.member.1.Value", value),
            ];
            office.call(&format!("Tag{kind}"), &params)
        };
        tag("Team", "red").is("OK");
        tag("team", "blue").is("OK");
        tag("empty", "").is("OK");
        let listed = office.ok(&format!("List{kind}Tags"), &[named]).body;
        assert!(
            listed.contains("<Key>team</Key><Value>blue</Value>"),
            "{listed}"
        );
        let both = kind == "Policy";
        assert_eq!(listed.contains("Team"), both, "{listed}");
        let first = office.ok(&format!("List{kind}Tags"), &[named, ("MaxItems", "1")]);
        assert_eq!(first.text("IsTruncated").unwrap(), "true");
        office.ok(
            &format!("Untag{kind}"),
            &[
                named,
                ("TagKeys.member.1", "TEAM"),
                ("TagKeys.member.2", "none"),
            ],
        );
        let listed = office.ok(&format!("List{kind}Tags"), &[named]).body;
        assert_eq!(listed.contains("team"), both, "{listed}");
    }
}

#[test]
fn tags_are_refused_as_on_aws() {
    let office = Office::open();
    let tag = |tags: &[(&str, &str)]| {
        let pairs: Vec<(String, &str)> = tags
            .iter()
            .enumerate()
            .flat_map(|(n, (key, value))| {
                [
                    (format!("Tags.member.{}.Key", n + 1), *key),
                    (format!("Tags.member.{}.Value", n + 1), *value),
                ]
            })
            .collect();
        let mut params = vec![("UserName", "bob")];
        params.extend(pairs.iter().map(|(key, value)| (key.as_str(), *value)));
        office.call("TagUser", &params).outcome()
    };
    assert_eq!(
        tag(&[("Team", "a"), ("team", "b")]),
        "400 InvalidInput: Duplicate tag keys found. Please note that Tag keys are case \
         insensitive."
    );
    assert!(tag(&[("aws:x", "a")]).starts_with("400 InvalidInput"));
    assert!(tag(&[("", "a")]).starts_with("400 ValidationError"));
    assert!(tag(&[(&"k".repeat(129), "a")]).starts_with("400 ValidationError"));
    assert!(tag(&[("k", &"v".repeat(257))]).starts_with("400 ValidationError"));
    assert!(tag(&[("k", "a\"b")]).starts_with("400 ValidationError"));
    let names: Vec<String> = (0..51).map(|n| format!("k{n}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "v")).collect();
    assert!(tag(&many).starts_with("400 ValidationError"));
    assert_eq!(tag(&many[..50]), "OK");
    assert_eq!(tag(&many[..1]), "OK");
    assert!(tag(&many[50..]).starts_with("409 LimitExceeded"));
    office
        .call(
            "TagUser",
            &[
                ("UserName", "nobody"),
                ("Tags.member.1.Key", "k"),
                ("Tags.member.1.Value", "v"),
            ],
        )
        .is("404 NoSuchEntity: The user with name nobody cannot be found.");
}

#[test]
fn making_something_with_tags_needs_the_permission_to_tag() {
    let office = Office::open();
    let own = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"iam:CreateUser","Resource":"*"}]}"#;
    let bob = [("UserName", "bob"), ("GroupName", "team")];
    office.ok("RemoveUserFromGroup", &bob);
    let put = [
        ("UserName", "bob"),
        ("PolicyName", "own"),
        ("PolicyDocument", own),
    ];
    office.ok("PutUserPolicy", &put);
    let create = |params: &[(&str, &str)]| {
        let outcome = iam(&office.sandbox, &Key::bob(), "CreateUser", params);
        outcome.outcome()
    };
    let tagged = [
        ("UserName", "x"),
        ("Tags.member.1.Key", "k"),
        ("Tags.member.1.Value", "v"),
    ];
    let refused = create(&tagged);
    assert!(
        refused.contains("not authorized to perform: iam:TagUser"),
        "{refused}"
    );
    assert_eq!(create(&tagged[..1]), "OK");
}

#[test]
fn conditions_see_tags_of_the_call_and_of_the_resource() {
    let office = Office::open();
    let own = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"iam:TagUser","Resource":"*",
         "Condition":{"StringEquals":{"aws:RequestTag/team":"red","aws:ResourceTag/owner":"bob"}}}]}"#;
    office.change(|account| {
        let bob = account.users.get_mut(&"bob".parse().unwrap()).unwrap();
        bob.groups.clear();
        bob.tags.insert("owner".to_owned(), "bob".to_owned());
        bob.grants.inline = vec![keyward_sandbox::InlinePolicy {
            name: "own".into(),
            document: keyward_iam::Policy::parse(own).unwrap().into(),
        }];
    });
    let tag = |user: &str, value: &str| {
        let params = [
            ("UserName", user),
            ("Tags.member.1.Key", "team"),
            ("Tags.member.1.Value", value),
        ];
        iam(&office.sandbox, &Key::bob(), "TagUser", &params).status
    };
    assert_eq!(tag("bob", "red"), 200);
    assert_eq!(tag("bob", "blue"), 403);
    assert_eq!(tag("alice", "red"), 403);
}
