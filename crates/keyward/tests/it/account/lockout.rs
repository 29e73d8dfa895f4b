//! A plan that would close the way by which its caller gets into the administrator's role is refused
//! before any write.

use keyward_core::Timestamp;
use keyward_core::id::MfaSerial;
use keyward_sandbox::{AccessKey, Device, KeyStatus, Owner, Seed};
use keyward_testkit::Ran;

use super::{ACCOUNT, Rehearsal};

const KEY: &str = "AKIAI44QH8DHBEXAMPL2";
const SECRET: &str = "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKE2";
const BLUEPRINT: &str = r#"version = 1

[account]
id = "123456789012"
profile = "admin"

[self_service]
guard = false

[groups.admins]
assume = ["Administrator"]

[roles.Administrator]
managed = ["AdministratorAccess"]
trust = { Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = "123456789012" }, Action = "sts:AssumeRole" }] }

[users.alice]
groups = ["admins"]
"#;

/// An account whose only administrator besides root is alice, through a role.
fn place() -> Rehearsal {
    let place = Rehearsal::start();
    place.write("account.toml", BLUEPRINT);
    let apply = ["account", "apply", "account.toml", "--yes", "--allow-worse"];
    let _ = place.run(&apply).ok();
    let serial = serial();
    let created = Timestamp::from_second(1_700_000_000);
    place.change(|account| {
        let alice = account.users.get_mut(&"alice".parse().unwrap()).unwrap();
        alice.keys.push(AccessKey {
            id: KEY.parse().unwrap(),
            secret: SECRET.parse().unwrap(),
            status: KeyStatus::Active,
            created,
            last_used: None,
            known_from: created,
        });
        let seed = Seed::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        let mut phone = Device::unassigned(serial.clone(), seed);
        phone.owner = Some(Owner::User("alice".parse().unwrap()));
        phone.enabled = Some(created);
        account.devices.insert(serial.clone(), phone);
    });
    let config = place.read(".aws/config");
    place.config(&format!(
        "{config}[profile alice]\nregion = eu-central-1\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\nmfa_serial = {serial}\n\n\
         [profile boss]\nregion = eu-central-1\nsource_profile = alice\nmfa_serial = {serial}\nrole_arn = arn:aws:iam::{ACCOUNT}:role/Administrator\n"
    ));
    place
}

fn serial() -> MfaSerial {
    format!("arn:aws:iam::{ACCOUNT}:mfa/alice").parse().unwrap()
}

fn as_boss(place: &mut Rehearsal, words: &[&str]) -> Ran {
    // The code of the phone, which a person would type.
    let code = place.server.fresh_code(&serial()).unwrap();
    place.set("KEYWARD_MFA_CODE", code.expose());
    place.run(&[&["account"], words, &["--profile", "boss"]].concat())
}

const APPLY: [&str; 4] = ["apply", "account.toml", "--yes", "--allow-worse"];

#[track_caller]
fn check(place: &mut Rehearsal, from: &str, to: &str, expected: &str) {
    place.write("account.toml", &BLUEPRINT.replace(from, to));
    let before = place.entities(ACCOUNT);
    let said = as_boss(place, &APPLY).fails_with(1);
    assert!(said.contains("`sts:AssumeRole` on"), "{said}");
    assert!(said.contains(expected), "{said}");
    assert!(said.contains("--allow-lockout"), "{said}");
    assert_eq!(place.entities(ACCOUNT), before);
}

#[test]
fn a_plan_that_closes_the_way_into_the_role_is_refused() {
    let mut place = place();
    let _ = as_boss(&mut place, &APPLY).ok();
    let nothing = "no identity-based policy allows it";
    check(&mut place, r#"assume = ["Administrator"]"#, "", nothing);
    check(&mut place, r#"groups = ["admins"]"#, "groups = []", nothing);
    let (before, _) = BLUEPRINT.split_once("[users.alice]").unwrap();
    check(
        &mut place,
        BLUEPRINT,
        before,
        "this plan deletes the caller",
    );
    let other = r#"AWS = "111122223333""#;
    let closed = "the trust policy does not allow the caller";
    check(&mut place, r#"AWS = "123456789012""#, other, closed);
    let _ = as_boss(&mut place, &[&APPLY[..], &["--allow-lockout"]].concat()).ok();
}

#[test]
fn a_plan_that_its_caller_cannot_finish_offers_no_flag() {
    let mut place = place();
    let powerless = BLUEPRINT.replace(r#"managed = ["AdministratorAccess"]"#, "");
    place.write("account.toml", &format!("{powerless}\n[users.bob]\n"));
    let before = place.entities(ACCOUNT);
    let said = as_boss(&mut place, &APPLY).fails_with(1);
    assert!(
        said.contains("which this plan needs for user `bob`"),
        "{said}"
    );
    assert!(said.contains("apply as another identity"), "{said}");
    assert!(!said.contains("--allow-lockout"), "{said}");
    assert_eq!(place.entities(ACCOUNT), before);
}

#[test]
fn a_setting_that_the_profile_then_needs_is_named_and_the_plan_is_carried_out() {
    let mut place = place();
    let trust = r#"Action = "sts:AssumeRole""#;
    let with_id = |id: &str| {
        let condition =
            format!(r#"{trust}, Condition = {{ StringEquals = {{ "sts:ExternalId" = "{id}" }} }}"#);
        BLUEPRINT.replace(trust, &condition)
    };
    place.write(
        "account.toml",
        &with_id("one").replace(
            "[roles.Administrator]",
            "[roles.Administrator]\nmax_session = \"4h\"",
        ),
    );
    let said = as_boss(&mut place, &APPLY);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(
        said.stderr.contains("asks for another `external_id`"),
        "{}",
        said.stderr
    );
    let config = place.read(".aws/config");
    place.config(&format!(
        "{config}external_id = one\nduration_seconds = 14400\n"
    ));
    let said = as_boss(&mut place, &APPLY);
    assert!(!said.stderr.contains("edit the profile"), "{}", said.stderr);
    place.write("account.toml", &with_id("two"));
    let said = as_boss(&mut place, &APPLY);
    assert_eq!(said.code, 0, "{}", said.stderr);
    for words in [
        "profile `boss`",
        "`external_id`",
        "set its `duration_seconds` to 3600 or less",
    ] {
        assert!(said.stderr.contains(words), "{words}: {}", said.stderr);
    }
}

#[test]
fn destroying_through_a_role_that_goes_is_refused_and_root_destroys() {
    let mut place = place();
    let before = place.entities(ACCOUNT);
    let destroy = ["destroy", "account.toml", "--yes"];
    let said = as_boss(&mut place, &destroy).fails_with(1);
    assert!(said.contains("sign with root or a user outside"), "{said}");
    assert!(!said.contains("--allow-lockout"), "{said}");
    assert_eq!(place.entities(ACCOUNT), before);
    let _ = place.account("destroy").ok();
    assert_eq!(place.entities(ACCOUNT), 0);
}

#[test]
fn a_role_outside_the_blueprint_destroys_although_its_way_in_closes() {
    let mut place = place();
    let wide = BLUEPRINT.replace(
        r#"assume = ["Administrator"]"#,
        r#"managed = ["AdministratorAccess"]"#,
    );
    place.write("account.toml", &wide);
    let apply = ["account", "apply", "account.toml", "--yes", "--allow-worse"];
    let _ = place.run(&apply).ok();
    place.change(|account| {
        let mut role = account.roles["Administrator"].clone();
        role.name = "Breakglass".parse().unwrap();
        role.tags.clear();
        account.roles.insert(role.name.clone(), role);
    });
    let config = place.read(".aws/config");
    place.config(&config.replace("role/Administrator", "role/Breakglass"));
    let _ = as_boss(&mut place, &["destroy", "account.toml", "--yes"]).ok();
    place.change(|account| {
        assert!(account.users.is_empty());
        assert_eq!(account.roles.len(), 1);
    });
}
