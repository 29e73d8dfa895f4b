//! OpenID Connect providers.

use crate::client::{Office, TRUST};

const URL: &str = "https://token.actions.githubusercontent.com";
const ARN: &str = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
const THUMB: &str = "6938fd4d98bab03faadb97b34396831e3780aea1";

fn create(office: &Office) -> crate::client::Answer {
    office.call(
        "CreateOpenIDConnectProvider",
        &[
            ("Url", URL),
            ("ClientIDList.member.1", "sts.amazonaws.com"),
            ("ThumbprintList.member.1", THUMB),
            ("Tags.member.1.Key", "team"),
            ("Tags.member.1.Value", "red"),
        ],
    )
}

#[test]
fn a_provider_is_made_changed_and_deleted() {
    let office = Office::open();
    let made = create(&office).ok();
    assert_eq!(made.text("OpenIDConnectProviderArn").unwrap(), ARN);
    create(&office).is(&format!(
        "409 EntityAlreadyExists: Provider with url {URL} already exists."
    ));
    let named = ("OpenIDConnectProviderArn", ARN);
    let get = || office.call("GetOpenIDConnectProvider", &[named]);
    let seen = get().ok();
    assert_eq!(seen.text("Url").unwrap(), &URL["https://".len()..]);
    for part in [
        "<member>sts.amazonaws.com</member>",
        THUMB,
        "<Key>team</Key><Value>red</Value>",
    ] {
        assert!(seen.body.contains(part), "{}", seen.body);
    }
    office.ok(
        "AddClientIDToOpenIDConnectProvider",
        &[named, ("ClientID", "other")],
    );
    office.ok(
        "RemoveClientIDFromOpenIDConnectProvider",
        &[named, ("ClientID", "sts.amazonaws.com")],
    );
    office.ok(
        "RemoveClientIDFromOpenIDConnectProvider",
        &[named, ("ClientID", "sts.amazonaws.com")],
    );
    let thumb = "0".repeat(40);
    office.ok(
        "UpdateOpenIDConnectProviderThumbprint",
        &[named, ("ThumbprintList.member.1", &thumb)],
    );
    office.ok(
        "UntagOpenIDConnectProvider",
        &[named, ("TagKeys.member.1", "team")],
    );
    let seen = get().ok().body;
    assert!(
        seen.contains("<ClientIDList><member>other</member></ClientIDList>"),
        "{seen}"
    );
    assert!(
        seen.contains(&thumb) && !seen.contains(THUMB) && !seen.contains("team"),
        "{seen}"
    );
    let listed = office.ok("ListOpenIDConnectProviders", &[]);
    assert_eq!(listed.text("Arn").unwrap(), ARN);
    office.ok("DeleteOpenIDConnectProvider", &[named]);
    office.ok("DeleteOpenIDConnectProvider", &[named]);
    get().is(&format!(
        "404 NoSuchEntity: OpenIDConnect Provider not found for arn {ARN}"
    ));
}

#[test]
fn what_is_no_provider_is_refused() {
    let office = Office::open();
    let check = |params: &[(&str, &str)], expect: &str| {
        let outcome = office.call("CreateOpenIDConnectProvider", params).outcome();
        assert!(outcome.starts_with(expect), "{params:?}: {outcome}");
    };
    for url in [
        "http://x.example",
        "https://",
        "x.example",
        "https://x.example:8443",
        "https://x?y",
    ] {
        check(&[("Url", url)], "400 InvalidInput");
    }
    check(
        &[("Url", URL), ("ThumbprintList.member.1", "abc")],
        "400 ValidationError",
    );
    check(
        &[("Url", URL), ("ClientIDList.member.1", "")],
        "400 ValidationError",
    );
    office.change(|account| account.quotas.oidc_providers = 0);
    check(&[("Url", URL)], "409 LimitExceeded");
}

#[test]
fn a_role_may_trust_a_provider() {
    let office = Office::open();
    create(&office).is("OK");
    let trust = TRUST
        .replace(
            "\"AWS\":\"arn:aws:iam::123456789012:root\"",
            &format!("\"Federated\":\"{ARN}\""),
        )
        .replace("sts:AssumeRole", "sts:AssumeRoleWithWebIdentity");
    let params = [
        ("RoleName", "ci"),
        ("AssumeRolePolicyDocument", trust.as_str()),
    ];
    office.ok("CreateRole", &params);
    let summary = office.ok("GetAccountSummary", &[]).body;
    assert!(summary.contains("<key>Providers</key><value>1</value>"));
}
