//! Console passwords and the account's rules for them.

use crate::client::{Key, administrator, alice_mfa, iam, start, sts};

#[test]
fn a_user_changes_the_own_password_within_the_rules() {
    let sandbox = start();
    let change = |key: &Key, old: &str, new: &str| {
        iam(
            &sandbox,
            key,
            "ChangePassword",
            &[("OldPassword", old), ("NewPassword", new)],
        )
    };
    let alice = Key::alice();
    change(&alice, "wrong", "Another!Password1")
        .is("403 AccessDenied: The old password was incorrect.");
    change(&alice, "Practice!Alice1", "short")
        .is("400 PasswordPolicyViolation: Password should have a minimum length of 12");
    change(&alice, "Practice!Alice1", "nocapitals!1")
        .is("400 PasswordPolicyViolation: Password should have at least one uppercase letter");
    change(&alice, "Practice!Alice1", "Practice!Alice1")
        .is("400 PasswordPolicyViolation: Password was used before and cannot be reused");
    change(&alice, "Practice!Alice1", "Another!Password1").is("OK");
    change(&alice, "Practice!Alice1", "Another!Password2")
        .is("403 AccessDenied: The old password was incorrect.");
    change(&alice, "Another!Password1", "Practice!Alice1")
        .is("400 PasswordPolicyViolation: Password was used before and cannot be reused");
    change(
        &administrator(&sandbox),
        "Another!Password1",
        "Another!Password2",
    )
    .is("400 InvalidUserType: Only IAM Users can change their own password");
    let journal = format!("{:?}", sandbox.journal());
    assert!(!journal.contains("Password1") && journal.contains("(\"OldPassword\", \"***\")"));
}

#[test]
fn an_administrator_gives_and_takes_passwords() {
    let sandbox = start();
    let admin = administrator(&sandbox);
    let bob = ("UserName", "bob");
    let about = |action: &str, more: &[(&str, &str)]| {
        let mut params = vec![bob];
        params.extend_from_slice(more);
        iam(&sandbox, &admin, action, &params)
    };
    let new = [
        ("Password", "Another!Password1"),
        ("PasswordResetRequired", "true"),
    ];
    about("CreateLoginProfile", &new)
        .is("409 EntityAlreadyExists: Login Profile for user bob already exists.");
    about("DeleteLoginProfile", &[]).is("OK");
    about("GetLoginProfile", &[])
        .is("404 NoSuchEntity: Login Profile for User bob cannot be found.");
    about("CreateLoginProfile", &[("Password", "weak")])
        .is("400 PasswordPolicyViolation: Password should have a minimum length of 12");
    let made = about("CreateLoginProfile", &new).ok();
    assert_eq!(made.text("PasswordResetRequired").unwrap(), "true");
    let change = [
        ("OldPassword", "Another!Password1"),
        ("NewPassword", "Another!Password2"),
    ];
    iam(&sandbox, &Key::bob(), "ChangePassword", &change).is("OK");
    let seen = about("GetLoginProfile", &[]).ok();
    assert_eq!(seen.text("PasswordResetRequired").unwrap(), "false");
    about("UpdateLoginProfile", &[("PasswordResetRequired", "true")]).is("OK");
    let seen = about("GetLoginProfile", &[]).ok();
    assert_eq!(seen.text("PasswordResetRequired").unwrap(), "true");
    about("UpdateLoginProfile", &[("Password", "Another!Password2")])
        .is("400 PasswordPolicyViolation: Password was used before and cannot be reused");
}

#[test]
fn the_rules_of_the_account_are_set_whole() {
    let sandbox = start();
    let seen = iam(&sandbox, &Key::alice(), "GetAccountPasswordPolicy", &[]).ok();
    assert_eq!(seen.text("MinimumPasswordLength").unwrap(), "12");
    assert_eq!(seen.text("RequireSymbols").unwrap(), "true");
    let admin = administrator(&sandbox);
    let update =
        |params: &[(&str, &str)]| iam(&sandbox, &admin, "UpdateAccountPasswordPolicy", params);
    for (name, wrong) in [
        ("MinimumPasswordLength", "5"),
        ("MinimumPasswordLength", "129"),
        ("MaxPasswordAge", "1096"),
        ("PasswordReusePrevention", "25"),
        ("RequireSymbols", "maybe"),
    ] {
        let outcome = update(&[(name, wrong)]).outcome();
        assert!(
            outcome.starts_with("400 ValidationError"),
            "{name}={wrong}: {outcome}"
        );
    }
    update(&[("MinimumPasswordLength", "8"), ("MaxPasswordAge", "90")]).is("OK");
    let seen = iam(&sandbox, &admin, "GetAccountPasswordPolicy", &[]).ok();
    assert_eq!(seen.text("MinimumPasswordLength").unwrap(), "8");
    assert_eq!(seen.text("RequireSymbols").unwrap(), "false");
    assert_eq!(seen.text("ExpirePasswords").unwrap(), "true");
    assert_eq!(seen.text("MaxPasswordAge").unwrap(), "90");
    iam(&sandbox, &admin, "DeleteAccountPasswordPolicy", &[]).is("OK");
    let none = "404 NoSuchEntity: The Password Policy with domain name 123456789012 cannot be \
         found.";
    iam(&sandbox, &admin, "GetAccountPasswordPolicy", &[]).is(none);
    iam(&sandbox, &admin, "DeleteAccountPasswordPolicy", &[]).is(none);
}

#[test]
fn a_denied_password_stays_denied_whatever_user_is_named() {
    let sandbox = start();
    sandbox.with_accounts(|accounts| {
        let account = accounts
            .account_mut(&"123456789012".parse().unwrap())
            .unwrap();
        account.groups.clear();
        let alice = account.users.get_mut(&"alice".parse().unwrap()).unwrap();
        let json = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
            "Action":"iam:ChangePassword","Resource":"arn:aws:iam::123456789012:user/bob"}]}"#;
        alice.grants.inline.push(keyward_sandbox::InlinePolicy {
            name: "bob".into(),
            document: keyward_iam::Policy::parse(json).unwrap().into(),
        });
    });
    sts(&sandbox, &Key::alice(), "GetCallerIdentity", &[]).is("OK");
    let params = [
        ("UserName", "bob"),
        ("OldPassword", "Practice!Alice1"),
        ("NewPassword", "Another!Password1"),
    ];
    let outcome = iam(&sandbox, &alice_mfa(&sandbox), "ChangePassword", &params).outcome();
    assert!(
        outcome.contains("user/alice because no identity-based policy"),
        "{outcome}"
    );
}
