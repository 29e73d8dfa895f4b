//! Eventual consistency: what was just made is not found at once.

use std::time::Duration;

use keyward_sandbox::{Effect, Fault, HiddenFor};

use crate::client::{DOCUMENT, Office, TRUST, administrator, assume};

#[test]
fn a_new_user_is_unknown_to_the_next_calls() {
    let office = Office::open();
    office.sandbox.inject(Fault::hide_new("CreateUser", 3));
    let new = [("UserName", "carol")];
    office.ok("CreateUser", &new);
    let missing = "404 NoSuchEntity: The user with name carol cannot be found.";
    office.call("GetUser", &new).is(missing);
    // Its name is taken although reads do not find it yet.
    office
        .call("CreateUser", &[("UserName", "CAROL")])
        .is("409 EntityAlreadyExists: User with name CAROL already exists.");
    let group = [("UserName", "carol"), ("GroupName", "team")];
    office.call("AddUserToGroup", &group).is(missing);
    office.call("AddUserToGroup", &group).is("OK");
    // Only that one user was hidden.
    office.ok("CreateUser", &[("UserName", "dave")]);
    office.call("GetUser", &[("UserName", "dave")]).is("OK");
}

#[test]
fn whoever_trusts_a_new_role_too_early_is_refused() {
    let office = Office::open();
    office.sandbox.inject(Fault::hide_new("CreateRole", 2));
    let arn = office.role("first");
    let trust = TRUST.replace("arn:aws:iam::123456789012:root", &arn);
    let params = [
        ("RoleName", "second"),
        ("AssumeRolePolicyDocument", trust.as_str()),
    ];
    office.call("CreateRole", &params).is(&format!(
        "400 MalformedPolicyDocument: Invalid principal in policy: \"AWS\":\"{arn}\""
    ));
    let details = office.ok(
        "GetAccountAuthorizationDetails",
        &[("Filter.member.1", "Role")],
    );
    assert!(!details.body.contains("<RoleName>first"));
    office.call("CreateRole", &params).is("OK");
}

#[test]
fn a_new_role_is_assumed_once_it_has_spread() {
    let office = Office::open();
    let admin = administrator(&office.sandbox);
    let hidden = HiddenFor::Time(Duration::from_secs(10));
    office
        .sandbox
        .inject(Fault::on("CreateRole", Effect::HideNewEntity(hidden)).times(1));
    let arn = office.role("fresh");
    let early = assume(&office.sandbox, &admin, &arn, &[]).outcome();
    assert!(early.starts_with("403 AccessDenied"), "{early}");
    office.sandbox.advance(Duration::from_secs(10));
    assume(&office.sandbox, &admin, &arn, &[]).is("OK");
}

#[test]
fn every_kind_can_be_hidden_and_comes_back_as_it_was() {
    let office = Office::open();
    let policy = "arn:aws:iam::123456789012:policy/p";
    let provider = "arn:aws:iam::123456789012:oidc-provider/x.example";
    type Params<'a> = &'a [(&'a str, &'a str)];
    let cases: [(&str, Params<'_>, &str, Params<'_>); 5] = [
        (
            "CreateGroup",
            &[("GroupName", "g")],
            "GetGroup",
            &[("GroupName", "g")],
        ),
        (
            "CreateRole",
            &[("RoleName", "r"), ("AssumeRolePolicyDocument", TRUST)],
            "GetRole",
            &[("RoleName", "r")],
        ),
        (
            "CreatePolicy",
            &[("PolicyName", "p"), ("PolicyDocument", DOCUMENT)],
            "GetPolicy",
            &[("PolicyArn", policy)],
        ),
        (
            "CreateOpenIDConnectProvider",
            &[("Url", "https://x.example")],
            "GetOpenIDConnectProvider",
            &[("OpenIDConnectProviderArn", provider)],
        ),
        (
            "CreateInstanceProfile",
            &[("InstanceProfileName", "i")],
            "GetInstanceProfile",
            &[("InstanceProfileName", "i")],
        ),
    ];
    for (create, new, get, named) in cases {
        office.sandbox.inject(Fault::hide_new(create, 2));
        office.ok(create, new);
        let before = office.sandbox.with_accounts(|accounts| accounts.to_json());
        let early = office.call(get, named).outcome();
        assert!(early.starts_with("404 NoSuchEntity"), "{get}: {early}");
        let twice = office.call(create, new).outcome();
        assert!(
            twice.starts_with("409 EntityAlreadyExists"),
            "{create}: {twice}"
        );
        office.call(get, named).is("OK");
        let after = office.sandbox.with_accounts(|accounts| accounts.to_json());
        assert_eq!(before, after, "{create}");
    }
}
