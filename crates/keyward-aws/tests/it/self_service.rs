//! Keys, devices and passwords against the practice account, from beginning to end.

use keyward_aws::KeyStatus;
use keyward_core::Credentials;
use keyward_core::id::UserName;
use keyward_core::secret::Passphrase;

use crate::failures::family;
use crate::practice::{HOUR, bob, phone, session, start};
use crate::server::key;

#[test]
fn a_key_is_replaced_step_by_step() {
    let (sandbox, aws) = start();
    let session = session(&sandbox, &aws);
    let new = aws.create_access_key(&session, None).unwrap();
    assert_eq!(new.user.as_str(), "alice");
    let error = aws.create_access_key(&session, None).unwrap_err();
    assert_eq!(family(&error), "Limit", "{error:?}");
    let fresh = Credentials {
        access_key_id: new.id.clone(),
        secret_access_key: new.secret.clone(),
        ..key()
    };
    assert_eq!(
        aws.get_caller_identity(&fresh).unwrap().arn.user_name(),
        Some("alice")
    );
    let old = key().access_key_id;
    aws.update_access_key(&session, None, &old, KeyStatus::Inactive)
        .unwrap();
    assert_eq!(
        family(&aws.get_caller_identity(&key()).unwrap_err()),
        "KeyUnknown"
    );
    let code = sandbox.fresh_code(&phone()).unwrap();
    let session = aws
        .get_session_token(&fresh, HOUR, Some((&phone(), &code)))
        .unwrap();
    aws.delete_access_key(&session, None, &old).unwrap();
    let left = aws.list_access_keys(&session, None).unwrap();
    assert_eq!(
        (left.len(), &left[0].id, left[0].status),
        (1, &new.id, KeyStatus::Active)
    );
    let error = aws.delete_access_key(&session, None, &old).unwrap_err();
    assert_eq!(family(&error), "NoSuchEntity", "{error:?}");
}

#[test]
fn a_device_is_made_switched_on_used_and_removed() {
    let (sandbox, aws) = start();
    let user: UserName = "bob".parse().unwrap();
    assert!(aws.list_mfa_devices(&bob(), None).unwrap().is_empty());
    let device = aws.create_virtual_mfa_device(&bob(), "bob", None).unwrap();
    let error = aws
        .create_virtual_mfa_device(&bob(), "bob", None)
        .unwrap_err();
    assert_eq!(family(&error), "AlreadyExists", "{error:?}");
    let (one, two) = (
        sandbox.code(&device.serial).unwrap(),
        sandbox.next_code(&device.serial).unwrap(),
    );
    let error = aws
        .enable_mfa_device(&bob(), &user, &device.serial, (&one, &one))
        .unwrap_err();
    assert_eq!(family(&error), "WrongOrUsedCode", "{error:?}");
    aws.enable_mfa_device(&bob(), &user, &device.serial, (&one, &two))
        .unwrap();
    assert_eq!(
        aws.list_mfa_devices(&bob(), Some(&user)).unwrap()[0].serial,
        device.serial
    );
    let code = sandbox.fresh_code(&device.serial).unwrap();
    let session = aws
        .get_session_token(&bob(), HOUR, Some((&device.serial, &code)))
        .unwrap();
    let one = sandbox.fresh_code(&device.serial).unwrap();
    let two = sandbox.next_code(&device.serial).unwrap();
    aws.resync_mfa_device(&session, &user, &device.serial, (&one, &two))
        .unwrap();
    aws.deactivate_mfa_device(&session, None, &device.serial)
        .unwrap();
    aws.delete_virtual_mfa_device(&session, &device.serial)
        .unwrap();
    assert!(aws.list_mfa_devices(&session, None).unwrap().is_empty());
}

#[test]
fn a_password_is_changed_within_the_policy() {
    let (sandbox, aws) = start();
    let session = session(&sandbox, &aws);
    let policy = aws.get_account_password_policy(&session).unwrap().unwrap();
    assert_eq!(
        (policy.minimum_length, policy.reuse_prevention),
        (12, Some(3))
    );
    let old: Passphrase = "Practice!Alice1".parse().unwrap();
    let error = aws
        .change_password(&session, &old, &"short".parse().unwrap())
        .unwrap_err();
    assert_eq!(family(&error), "PasswordPolicyViolation", "{error:?}");
    aws.change_password(&session, &old, &"Practice!Alice2".parse().unwrap())
        .unwrap();
    assert_eq!(aws.get_user(&session, None).unwrap().name.as_str(), "alice");
}
