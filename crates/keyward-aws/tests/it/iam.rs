//! Requests of IAM, and what keyward reads from the answers.

use std::time::Duration;

use keyward_aws::{DeviceKind, Earlier, KeyStatus};
use keyward_core::Timestamp;

use crate::server::{Reply, Server, key};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Returns the form body of a request that the server received.
fn body(server: &Server, nth: usize) -> String {
    server.asked()[nth]
        .split("\r\n\r\n")
        .nth(1)
        .unwrap()
        .to_owned()
}

#[test]
fn devices_are_listed_over_all_pages_with_their_kind() {
    let page = |serial: &str, rest: &str| {
        Reply::iam(
            "ListMFADevices",
            &format!(
                "<MFADevices><member><UserName>alice</UserName><SerialNumber>{serial}</SerialNumber>\
                 <EnableDate>2025-05-01T10:00:00Z</EnableDate></member></MFADevices>{rest}"
            ),
        )
    };
    let more = |marker| format!("<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>");
    let end = "<IsTruncated>false</IsTruncated>";
    let server = Server::start(vec![
        page("arn:aws:iam::123456789012:mfa/alice", &more("one")),
        page("GAHT12345678", &more("two")),
        page("arn:aws:iam::123456789012:u2f/user/alice/key-EXAMPLE", end),
    ]);
    let devices = server
        .aws()
        .list_mfa_devices(&key(), Some(&"alice".parse().unwrap()))
        .unwrap();
    let kinds: Vec<DeviceKind> = devices.iter().map(|device| device.kind).collect();
    assert_eq!(
        kinds,
        [
            DeviceKind::Virtual,
            DeviceKind::Hardware,
            DeviceKind::SecurityKey
        ]
    );
    assert_eq!(devices[0].enabled_at, at("2025-05-01T10:00:00Z"));
    assert!(body(&server, 0).contains("UserName=alice"));
    assert!(body(&server, 2).contains("Marker=two"));
    assert!(server.asked()[0].contains("/eu-central-1/iam/aws4_request"));
}

#[test]
fn a_new_device_gives_its_seed_once_and_never_shows_it() {
    let server = Server::start(vec![Reply::iam(
        "CreateVirtualMFADevice",
        // The base32 text JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP, in base64 as AWS sends blobs.
        "<VirtualMFADevice><SerialNumber>arn:aws:iam::123456789012:mfa/alice</SerialNumber>\
         <Base32StringSeed>SkJTV1kzRFBFSFBLM1BYUEpCU1dZM0RQRUhQSzNQWFA=</Base32StringSeed>\
         <QRCodePNG>iVBORw0KGgo=</QRCodePNG></VirtualMFADevice>",
    )]);
    let device = server
        .aws()
        .create_virtual_mfa_device(&key(), "alice", None)
        .unwrap();
    assert_eq!(
        device.serial.as_str(),
        "arn:aws:iam::123456789012:mfa/alice"
    );
    assert_eq!(device.seed.expose(), "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP");
    assert!(!format!("{device:?}").contains("JBSWY3"));
    assert!(body(&server, 0).contains("VirtualMFADeviceName=alice"));
}

#[test]
fn calls_without_a_result_send_their_fields() {
    let serial = "GAHT12345678".parse().unwrap();
    let user = "alice".parse().unwrap();
    let id = "AKIAIOSFODNN7EXAMPLE".parse().unwrap();
    let (one, two) = ("123456".parse().unwrap(), "234567".parse().unwrap());
    let check = |action: &str, send: &dyn Fn(&keyward_aws::Aws), expect: &[&str]| {
        let server = Server::start(vec![Reply::iam(action, "")]);
        send(&server.aws());
        let body = body(&server, 0);
        assert!(body.contains(&format!("Action={action}&")), "{body}");
        for field in expect {
            assert!(
                body.split('&').any(|sent| sent == *field),
                "{field} is not in {body}"
            );
        }
    };
    check(
        "EnableMFADevice",
        &|aws| {
            aws.enable_mfa_device(&key(), &user, &serial, (&one, &two))
                .unwrap()
        },
        &[
            "UserName=alice",
            "SerialNumber=GAHT12345678",
            "AuthenticationCode1=123456",
            "AuthenticationCode2=234567",
        ],
    );
    check(
        "ResyncMFADevice",
        &|aws| {
            aws.resync_mfa_device(&key(), &user, &serial, (&one, &two))
                .unwrap()
        },
        &[
            "UserName=alice",
            "SerialNumber=GAHT12345678",
            "AuthenticationCode1=123456",
            "AuthenticationCode2=234567",
        ],
    );
    check(
        "DeactivateMFADevice",
        &|aws| {
            aws.deactivate_mfa_device(&key(), Some(&user), &serial)
                .unwrap()
        },
        &["UserName=alice", "SerialNumber=GAHT12345678"],
    );
    check(
        "DeleteVirtualMFADevice",
        &|aws| aws.delete_virtual_mfa_device(&key(), &serial).unwrap(),
        &["SerialNumber=GAHT12345678"],
    );
    check(
        "UpdateAccessKey",
        &|aws| {
            aws.update_access_key(&key(), Some(&user), &id, KeyStatus::Inactive)
                .unwrap()
        },
        &[
            "UserName=alice",
            "AccessKeyId=AKIAIOSFODNN7EXAMPLE",
            "Status=Inactive",
        ],
    );
    check(
        "DeleteAccessKey",
        &|aws| aws.delete_access_key(&key(), None, &id).unwrap(),
        &["AccessKeyId=AKIAIOSFODNN7EXAMPLE"],
    );
    check(
        "ChangePassword",
        &|aws| {
            aws.change_password(&key(), &"old1".parse().unwrap(), &"new2".parse().unwrap())
                .unwrap();
        },
        &["OldPassword=old1", "NewPassword=new2"],
    );
}

#[test]
fn keys_are_listed_made_and_looked_up() {
    let listed = Server::start(vec![Reply::iam(
        "ListAccessKeys",
        "<AccessKeyMetadata><member><UserName>alice</UserName><AccessKeyId>AKIAIOSFODNN7EXAMPLE</AccessKeyId>\
         <Status>Active</Status><CreateDate>2025-01-01T00:00:00Z</CreateDate></member><member>\
         <UserName>alice</UserName><AccessKeyId>AKIAI44QH8DHBEXAMPLE</AccessKeyId><Status>Inactive</Status>\
         </member></AccessKeyMetadata><IsTruncated>false</IsTruncated>",
    )]);
    let keys = listed.aws().list_access_keys(&key(), None).unwrap();
    assert_eq!(
        (keys[0].status, keys[0].created_at),
        (KeyStatus::Active, Some(at("2025-01-01T00:00:00Z")))
    );
    assert_eq!(
        (keys[1].id.as_str(), keys[1].status),
        ("AKIAI44QH8DHBEXAMPLE", KeyStatus::Inactive)
    );

    let made = Server::start(vec![Reply::iam(
        "CreateAccessKey",
        "<AccessKey><UserName>alice</UserName><AccessKeyId>AKIAI44QH8DHBEXAMPLE</AccessKeyId>\
         <Status>Active</Status><SecretAccessKey>je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY</SecretAccessKey>\
         <CreateDate>2026-01-01T00:00:00Z</CreateDate></AccessKey>",
    )]);
    let new = made.aws().create_access_key(&key(), None).unwrap();
    assert_eq!(
        new.secret.expose(),
        "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY"
    );
    assert_eq!(new.user.as_str(), "alice");
    assert!(!format!("{new:?}").contains("je7MtGb"));

    let id = "AKIAIOSFODNN7EXAMPLE".parse().unwrap();
    let last = |result: &str| {
        let server = Server::start(vec![Reply::iam("GetAccessKeyLastUsed", result)]);
        server.aws().get_access_key_last_used(&key(), &id).unwrap()
    };
    let used = last(
        "<UserName>alice</UserName><AccessKeyLastUsed><LastUsedDate>2025-12-31T00:00:00Z</LastUsedDate>\
         <ServiceName>sts</ServiceName><Region>us-east-1</Region></AccessKeyLastUsed>",
    );
    assert_eq!(used.user.unwrap().as_str(), "alice");
    assert_eq!(
        (used.at, used.service.as_deref()),
        (Some(at("2025-12-31T00:00:00Z")), Some("sts"))
    );
    assert_eq!(used.region.unwrap().as_str(), "us-east-1");
    let never = last(
        "<UserName>alice</UserName><AccessKeyLastUsed><ServiceName>N/A</ServiceName><Region>N/A</Region>\
         </AccessKeyLastUsed>",
    );
    assert_eq!((never.at, never.service, never.region), (None, None, None));
}

#[test]
fn a_user_is_read_with_tags_and_boundary() {
    let server = Server::start(vec![Reply::iam(
        "GetUser",
        "<User><Path>/team/</Path><UserName>alice</UserName><UserId>AIDAEXAMPLE</UserId>\
         <Arn>arn:aws:iam::123456789012:user/team/alice</Arn><CreateDate>2025-01-01T00:00:00Z</CreateDate>\
         <PasswordLastUsed>2025-06-01T00:00:00Z</PasswordLastUsed>\
         <PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType>\
         <PermissionsBoundaryArn>arn:aws:iam::123456789012:policy/Edge</PermissionsBoundaryArn>\
         </PermissionsBoundary><Tags><member><Key>team</Key><Value>blue</Value></member></Tags></User>",
    )]);
    let user = server.aws().get_user(&key(), None).unwrap();
    assert_eq!(
        (user.name.as_str(), user.arn.user_name()),
        ("alice", Some("alice"))
    );
    assert_eq!(user.password_last_used, Some(at("2025-06-01T00:00:00Z")));
    assert_eq!(
        user.boundary.as_deref(),
        Some("arn:aws:iam::123456789012:policy/Edge")
    );
    assert_eq!(user.tags, [("team".to_owned(), "blue".to_owned())]);
}

#[test]
fn password_rules_are_read_and_their_absence_is_no_error() {
    let server = Server::start(vec![Reply::iam(
        "GetAccountPasswordPolicy",
        "<PasswordPolicy><MinimumPasswordLength>14</MinimumPasswordLength><RequireSymbols>true</RequireSymbols>\
         <RequireNumbers>false</RequireNumbers><RequireUppercaseCharacters>true</RequireUppercaseCharacters>\
         <RequireLowercaseCharacters>false</RequireLowercaseCharacters>\
         <AllowUsersToChangePassword>true</AllowUsersToChangePassword><ExpirePasswords>true</ExpirePasswords>\
         <MaxPasswordAge>90</MaxPasswordAge><PasswordReusePrevention>5</PasswordReusePrevention></PasswordPolicy>",
    )]);
    let policy = server
        .aws()
        .get_account_password_policy(&key())
        .unwrap()
        .unwrap();
    assert_eq!(
        (
            policy.minimum_length,
            policy.max_age_days,
            policy.reuse_prevention
        ),
        (14, Some(90), Some(5))
    );
    assert!(policy.required.symbols && policy.required.uppercase && policy.users_may_change);
    assert!(!policy.required.numbers && !policy.required.lowercase && !policy.hard_expiry);

    let none = Server::start(vec![Reply::error(
        404,
        "NoSuchEntity",
        "The Password Policy cannot be found.",
    )]);
    assert_eq!(
        none.aws().get_account_password_policy(&key()).unwrap(),
        None
    );
}

#[test]
fn roles_are_listed_with_their_longest_session_and_trust() {
    let server = Server::start(vec![Reply::iam(
        "ListRoles",
        "<Roles><member><Path>/</Path><RoleName>ReadOnly</RoleName><RoleId>AROAEXAMPLE</RoleId>\
         <Arn>arn:aws:iam::123456789012:role/ReadOnly</Arn><CreateDate>2025-01-01T00:00:00Z</CreateDate>\
         <AssumeRolePolicyDocument>%7B%22Version%22%3A%222012-10-17%22%7D</AssumeRolePolicyDocument>\
         <MaxSessionDuration>43200</MaxSessionDuration></member></Roles><IsTruncated>false</IsTruncated>",
    )]);
    let roles = server.aws().list_roles(&key()).unwrap();
    assert_eq!(roles[0].arn.role_name(), "ReadOnly");
    assert_eq!(roles[0].max_session, Duration::from_secs(43_200));
    assert_eq!(
        roles[0].trust_policy.as_deref(),
        Some("{\"Version\":\"2012-10-17\"}")
    );
}

#[test]
fn a_listing_whose_marker_returns_is_an_error_and_ends() {
    let page = |marker: &str| {
        Reply::iam(
            "ListAccessKeys",
            &format!(
                "<AccessKeyMetadata></AccessKeyMetadata>\
                 <IsTruncated>true</IsTruncated><Marker>{marker}</Marker>"
            ),
        )
    };
    let check = |replies: Vec<Reply>, calls: usize| {
        let server = Server::start(replies);
        let error = server.aws().list_access_keys(&key(), None).unwrap_err();
        assert!(
            error.to_string().contains("its pages do not end"),
            "{error}"
        );
        assert_eq!(server.asked().len(), calls);
    };
    check(vec![page("one")], 2);
    check(vec![page("one"), page("two"), page("one")], 3);
}

/// Creates the user zoe until AWS's answer is final, against these answers.
fn created(answers: Vec<Reply>) -> (Result<(), keyward_aws::CallError>, usize) {
    let operation = keyward_account::plan::Operation::CreateUser {
        name: "zoe".parse().unwrap(),
        path: "/team/".parse().unwrap(),
        boundary: None,
        tags: [("keyward:blueprint".to_owned(), "main".to_owned())].into(),
    };
    let server = Server::start(answers);
    let account = keyward_iam::model::Account::empty("123456789012".parse().unwrap());
    let earlier = std::cell::Cell::new(Earlier::NoEffect);
    let applied = loop {
        match server.aws().apply(&key(), &account, &operation, &earlier) {
            Err(error) if error.settling().is_some() => {}
            applied => break applied,
        }
    };
    (applied.map(drop), server.asked().len())
}

fn exists() -> Reply {
    Reply::error(
        409,
        "EntityAlreadyExists",
        "User with name zoe already exists.",
    )
}

/// The answer of `GetUser` with these tags.
fn zoe(tags: &str) -> Reply {
    let user = format!(
        "<User><Path>/team/</Path><UserName>zoe</UserName><UserId>AIDAEXAMPLE</UserId>\
         <Arn>arn:aws:iam::123456789012:user/team/zoe</Arn>\
         <CreateDate>2026-01-01T00:00:00Z</CreateDate><Tags>{tags}</Tags></User>"
    );
    Reply::iam("GetUser", &user)
}

/// The answers to the creation of a user: the first is lost, the second says that it exists. Then
/// `GetUser` returns these tags.
fn create_user(first: Reply, tags: &str) -> (Result<(), keyward_aws::CallError>, usize) {
    created(vec![first, exists(), zoe(tags)])
}

const MARK: &str = "<member><Key>keyward:blueprint</Key><Value>main</Value></member>";

#[test]
fn a_creation_whose_answer_was_lost_finds_its_own_user() {
    let (applied, calls) = create_user(Reply::hang_up(), MARK);
    assert!(applied.is_ok(), "{applied:?}");
    assert_eq!(calls, 3);
    let failed = Reply::error(500, "ServiceFailure", "try again");
    let (applied, _) = create_user(failed, MARK);
    assert!(applied.is_ok(), "{applied:?}");
}

#[test]
fn a_user_of_another_owner_is_never_taken_for_the_one_to_create() {
    let foreign = "<member><Key>team</Key><Value>other</Value></member>";
    for tags in ["", foreign] {
        let (applied, calls) = create_user(Reply::hang_up(), tags);
        let error = applied.unwrap_err();
        assert!(error.to_string().contains("already exists"), "{error}");
        assert_eq!(calls, 3);
    }
    // No answer was lost: a user with the same mark is another run's.
    let (applied, calls) = create_user(exists(), MARK);
    assert!(applied.unwrap_err().to_string().contains("already exists"));
    assert_eq!(calls, 1);
}

#[test]
fn an_own_user_that_is_not_known_everywhere_yet_is_found_later() {
    let stale = Reply::error(404, "NoSuchEntity", "The user zoe cannot be found.");
    let (applied, calls) = created(vec![Reply::hang_up(), exists(), stale, exists(), zoe(MARK)]);
    assert!(applied.is_ok(), "{applied:?}");
    assert_eq!(calls, 5);
}

#[test]
fn a_quota_after_a_lost_answer_is_reported_as_the_quota() {
    let full = Reply::error(409, "LimitExceeded", "Cannot exceed quota for users: 5000");
    let missing = Reply::error(404, "NoSuchEntity", "The user zoe cannot be found.");
    let (applied, calls) = created(vec![Reply::hang_up(), full, missing]);
    let error = applied.unwrap_err();
    assert!(error.to_string().contains("exceed a limit"), "{error}");
    assert_eq!(calls, 3);
}
