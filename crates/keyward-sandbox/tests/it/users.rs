//! Users: made, looked at, listed in pages, deleted when nothing hangs on them.

use crate::client::{INVALID_TOKEN, Key, administrator, alice_mfa, iam, phone, start, sts};

#[test]
fn a_user_is_found_by_name_or_by_key() {
    let sandbox = start();
    let own = iam(&sandbox, &Key::alice(), "GetUser", &[]).ok();
    assert_eq!(
        own.text("Arn").unwrap(),
        "arn:aws:iam::123456789012:user/alice"
    );
    let admin = administrator(&sandbox);
    let other = iam(&sandbox, &admin, "GetUser", &[("UserName", "bob")]).ok();
    assert_eq!(other.text("UserName").unwrap(), "bob");
    iam(&sandbox, &admin, "GetUser", &[])
        .is("400 ValidationError: Must specify userName when calling with non-User credentials");
    iam(&sandbox, &admin, "GetUser", &[("UserName", "nobody")])
        .is("404 NoSuchEntity: The user with name nobody cannot be found.");
}

#[test]
fn users_are_made_with_names_unique_in_any_case() {
    let sandbox = start();
    let admin = administrator(&sandbox);
    let create = |params: &[(&str, &str)]| iam(&sandbox, &admin, "CreateUser", params);
    let made = create(&[
        ("UserName", "carol"),
        ("Path", "/people/"),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "red"),
    ])
    .ok();
    assert_eq!(
        made.text("Arn").unwrap(),
        "arn:aws:iam::123456789012:user/people/carol"
    );
    let seen = iam(&sandbox, &admin, "GetUser", &[("UserName", "carol")]).ok();
    assert_eq!(seen.text("Value").unwrap(), "red");
    create(&[("UserName", "Carol")])
        .is("409 EntityAlreadyExists: User with name Carol already exists.");
    for wrong in [
        [("UserName", "a b"), ("Path", "/")],
        [("UserName", "dave"), ("Path", "people")],
        [("UserName", ""), ("Path", "/")],
    ] {
        let outcome = create(&wrong).outcome();
        assert!(
            outcome.starts_with("400 ValidationError"),
            "{wrong:?}: {outcome}"
        );
    }
    let boundary = [
        ("UserName", "dave"),
        ("PermissionsBoundary", "arn:aws:iam::aws:policy/No"),
    ];
    create(&boundary)
        .is("404 NoSuchEntity: Scope ARN: arn:aws:iam::aws:policy/No does not exist or is not attachable.");
}

#[test]
fn a_renamed_user_keeps_what_it_has() {
    let office = crate::client::Office::open();
    let trust = crate::client::TRUST.replace(":root", ":user/alice");
    let role = [
        ("RoleName", "r"),
        ("AssumeRolePolicyDocument", trust.as_str()),
    ];
    office.ok("CreateRole", &role);
    let rename = |new: &str| {
        let params = [
            ("UserName", "alice"),
            ("NewUserName", new),
            ("NewPath", "/people/"),
        ];
        office.call("UpdateUser", &params).outcome()
    };
    assert_eq!(
        rename("BOB"),
        "409 EntityAlreadyExists: User with name BOB already exists."
    );
    let before = office
        .ok("GetUser", &[("UserName", "alice")])
        .text("UserId");
    assert_eq!(rename("carol"), "OK");
    let carol = ("UserName", "carol");
    let seen = office.ok("GetUser", &[carol]);
    assert_eq!(seen.text("UserId"), before);
    assert_eq!(
        seen.text("Arn").unwrap(),
        "arn:aws:iam::123456789012:user/people/carol"
    );
    assert!(
        office
            .ok("ListMFADevices", &[carol])
            .body
            .contains("mfa/alice")
    );
    assert!(
        office
            .ok("ListGroupsForUser", &[carol])
            .body
            .contains("team")
    );
    let who = sts(&office.sandbox, &Key::alice(), "GetCallerIdentity", &[]).ok();
    assert_eq!(who.text("Arn"), seen.text("Arn"));
    let role = office.ok("GetRole", &[("RoleName", "r")]);
    let document = role.text("AssumeRolePolicyDocument").unwrap();
    assert!(document.contains("user%2Fpeople%2Fcarol"), "{document}");
}

#[test]
fn users_come_in_pages() {
    let sandbox = start();
    let admin = administrator(&sandbox);
    let list = |params: &[(&str, &str)]| iam(&sandbox, &admin, "ListUsers", params);
    let first = list(&[("MaxItems", "1")]).ok();
    assert_eq!(first.text("UserName").unwrap(), "alice");
    assert_eq!(first.text("IsTruncated").unwrap(), "true");
    let marker = first.text("Marker").unwrap();
    let second = list(&[("MaxItems", "1"), ("Marker", &marker)]).ok();
    assert_eq!(second.text("UserName").unwrap(), "bob");
    assert_eq!(second.text("IsTruncated").unwrap(), "false");
    assert_eq!(second.text("Marker"), None);
    list(&[("Marker", "else")]).is("400 ValidationError: Invalid Marker.");
    assert!(
        list(&[("PathPrefix", "/none/")])
            .ok()
            .body
            .contains("<Users></Users>")
    );
}

#[test]
fn a_user_goes_when_nothing_hangs_on_it() {
    let sandbox = start();
    let admin = administrator(&sandbox);
    let session = alice_mfa(&sandbox);
    let delete = || iam(&sandbox, &admin, "DeleteUser", &[("UserName", "alice")]);
    let conflict =
        |first: &str| format!("409 DeleteConflict: Cannot delete entity, must {first} first.");
    delete().is(&conflict("delete login profile"));
    iam(
        &sandbox,
        &admin,
        "DeleteLoginProfile",
        &[("UserName", "alice")],
    )
    .is("OK");
    delete().is(&conflict("delete access keys"));
    let key = [("UserName", "alice"), ("AccessKeyId", crate::client::ALICE)];
    iam(&sandbox, &admin, "DeleteAccessKey", &key).is("OK");
    delete().is(&conflict("deactivate MFA devices"));
    let serial = phone();
    let device = [("UserName", "alice"), ("SerialNumber", serial.as_str())];
    iam(&sandbox, &admin, "DeactivateMFADevice", &device).is("OK");
    delete().is(&conflict("remove users from group"));
    sandbox.with_accounts(|accounts| {
        let account = accounts
            .account_mut(&"123456789012".parse().unwrap())
            .unwrap();
        account
            .users
            .get_mut(&"alice".parse().unwrap())
            .unwrap()
            .groups
            .clear();
    });
    sts(&sandbox, &session, "GetCallerIdentity", &[]).is("OK");
    delete().is("OK");
    sts(&sandbox, &session, "GetCallerIdentity", &[]).is(INVALID_TOKEN);
    delete().is("404 NoSuchEntity: The user with name alice cannot be found.");
}
