//! The façade against the practice account, which verifies signatures, codes, policies and time.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use keyward_aws::{Aws, CallError, DeviceAnswer, DeviceAuthorization, Flow, NetworkKind};
use keyward_core::chain::AssumeRole;
use keyward_core::id::{MfaSerial, RoleArn};
use keyward_core::{Credentials, Timestamp};
use keyward_sandbox::{Accounts, Approval, Clock, Effect, Fault, Options, Sandbox};

use crate::failures::family;
use crate::server::{NOW, key, settings, shown};
use crate::sts::role;

pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// A practice account whose clock shows the tests' local time, and the way to it.
pub(crate) fn start() -> (Sandbox, Aws) {
    let clock = Clock::frozen(Timestamp::from_second(NOW));
    let sandbox = Sandbox::start(Accounts::practice(), Options { port: 0, clock }).unwrap();
    let aws = Aws::new(settings(&sandbox.url()));
    (sandbox, aws)
}

pub(crate) fn phone() -> MfaSerial {
    "arn:aws:iam::123456789012:mfa/alice".parse().unwrap()
}

pub(crate) fn bob() -> Credentials {
    Credentials {
        access_key_id: "AKIAI44QH8DHBEXAMPLE".parse().unwrap(),
        secret_access_key: "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY".parse().unwrap(),
        ..key()
    }
}

pub(crate) fn session(sandbox: &Sandbox, aws: &Aws) -> Credentials {
    let code = sandbox.fresh_code(&phone()).unwrap();
    aws.get_session_token(&key(), 12 * HOUR, Some((&phone(), &code)))
        .unwrap()
}

fn named(arn: &str) -> AssumeRole {
    AssumeRole {
        role_arn: arn.parse::<RoleArn>().unwrap(),
        ..role()
    }
}

fn assume(
    aws: &Aws,
    source: &Credentials,
    arn: &str,
    duration: Duration,
) -> Result<Credentials, CallError> {
    aws.assume_role(
        source,
        &named(arn),
        &"alice".parse().unwrap(),
        duration,
        None,
    )
}

const READ_ONLY: &str = "arn:aws:iam::123456789012:role/ReadOnly";
const ADMINISTRATOR: &str = "arn:aws:iam::123456789012:role/Administrator";
const DEPLOY: &str = "arn:aws:iam::111122223333:role/Deploy";

#[test]
fn one_code_leads_through_roles_to_another_account() {
    let (sandbox, aws) = start();
    assert_eq!(
        aws.get_caller_identity(&key()).unwrap().arn.user_name(),
        Some("alice")
    );
    let session = session(&sandbox, &aws);
    assert_eq!(
        session.expires_at,
        Some(sandbox.clock().now().after(12 * HOUR))
    );
    let reader = assume(&aws, &session, READ_ONLY, HOUR).unwrap();
    let deployer = assume(&aws, &reader, DEPLOY, HOUR).unwrap();
    let identity = aws.get_caller_identity(&deployer).unwrap();
    assert_eq!(
        identity.arn.as_str(),
        "arn:aws:sts::111122223333:assumed-role/Deploy/alice"
    );
    assert_eq!(deployer.account_id, Some(identity.account));
}

#[test]
fn an_external_id_opens_the_role_that_asks_for_it() {
    let (sandbox, aws) = start();
    let session = session(&sandbox, &aws);
    let mut role = named("arn:aws:iam::111122223333:role/ReadOnly");
    let name = "alice".parse().unwrap();
    let error = aws
        .assume_role(&session, &role, &name, HOUR, None)
        .unwrap_err();
    assert_eq!(family(&error), "AssumeRoleDenied", "{error:?}");
    role.external_id = Some("practice".parse().unwrap());
    aws.assume_role(&session, &role, &name, HOUR, None).unwrap();
}

#[test]
fn durations_that_cannot_be_are_told_apart() {
    let (sandbox, aws) = start();
    let session = session(&sandbox, &aws);
    let error = assume(&aws, &session, READ_ONLY, 2 * HOUR).unwrap_err();
    assert_eq!(family(&error), "ChainingLimit", "{error:?}");
    let spend = |arn: &str| {
        let code = sandbox.fresh_code(&phone()).unwrap();
        let name = "alice".parse().unwrap();
        aws.assume_role(
            &key(),
            &named(arn),
            &name,
            2 * HOUR,
            Some((&phone(), &code)),
        )
    };
    assert_eq!(
        family(&spend(ADMINISTRATOR).unwrap_err()),
        "DurationTooLong"
    );
    spend(READ_ONLY).unwrap();
}

#[test]
fn without_a_code_iam_and_roles_stay_closed_and_say_why() {
    let (_sandbox, aws) = start();
    let plain = aws.get_session_token(&key(), HOUR, None).unwrap();
    let error = aws.list_access_keys(&plain, None).unwrap_err();
    assert_eq!(family(&error), "NotAuthorizedWithoutMfa", "{error:?}");
    assert!(shown(&error).contains("NameMfaDevice"));
    let error = assume(&aws, &plain, READ_ONLY, HOUR).unwrap_err();
    assert_eq!(family(&error), "AssumeRoleDenied", "{error:?}");
    let error = aws.list_access_keys(&key(), None).unwrap_err();
    assert_eq!(family(&error), "Denied", "{error:?}");
    let error = aws.get_session_token(&plain, HOUR, None).unwrap_err();
    assert!(
        shown(&error).contains("UseLongLivedKey"),
        "{}",
        shown(&error)
    );
}

#[test]
fn spent_wrong_and_foreign_codes_are_told_apart() {
    let (sandbox, aws) = start();
    let code = sandbox.fresh_code(&phone()).unwrap();
    aws.get_session_token(&key(), HOUR, Some((&phone(), &code)))
        .unwrap();
    let again = aws
        .get_session_token(&key(), HOUR, Some((&phone(), &code)))
        .unwrap_err();
    assert_eq!(family(&again), "WrongOrUsedCode", "{again:?}");
    let foreign = aws
        .get_session_token(&bob(), HOUR, Some((&phone(), &code)))
        .unwrap_err();
    assert_eq!(family(&foreign), "UnknownDevice", "{foreign:?}");
    assert!(shown(&foreign).contains("`arn:aws:iam::123456789012:mfa/alice`"));
}

#[test]
fn wrong_keys_secrets_and_ended_sessions_are_told_apart() {
    let (sandbox, aws) = start();
    let wrong = Credentials {
        secret_access_key: "x".repeat(40).parse().unwrap(),
        ..key()
    };
    assert_eq!(
        family(&aws.get_caller_identity(&wrong).unwrap_err()),
        "WrongSecret"
    );
    let unknown = Credentials {
        access_key_id: "AKIAUNKNOWNEXAMPLE00".parse().unwrap(),
        ..key()
    };
    assert_eq!(
        family(&aws.get_caller_identity(&unknown).unwrap_err()),
        "KeyUnknown"
    );
    let session = session(&sandbox, &aws);
    sandbox.advance(13 * HOUR);
    // The local clock stands still, so this is a wrong clock and an ended session in one.
    let error = aws.get_caller_identity(&session).unwrap_err();
    assert_eq!(family(&error), "ExpiredToken", "{error:?}");
    assert!(aws.skew().unwrap() >= 13 * 3600);
}

#[test]
fn a_code_survives_the_correction_of_a_wrong_clock() {
    let (sandbox, aws) = start();
    sandbox.clock().set_offset(7200);
    let code = sandbox.code(&phone()).unwrap();
    aws.get_session_token(&key(), HOUR, Some((&phone(), &code)))
        .unwrap();
    assert_eq!(aws.skew(), Some(7200));
    sandbox.clear_journal();
    aws.get_caller_identity(&key()).unwrap();
    assert_eq!(sandbox.journal().len(), 1);
    // The clock is set right while the program runs: the correction goes away again.
    sandbox.clock().set_offset(0);
    aws.get_caller_identity(&key()).unwrap();
    assert_eq!(aws.skew(), None);
}

#[test]
fn a_code_or_a_key_is_never_sent_twice_on_a_bad_line() {
    let (sandbox, aws) = start();
    let signed_in = session(&sandbox, &aws);
    for effect in [Effect::DropBefore, Effect::DropAfter, Effect::Garbage] {
        sandbox.clear_journal();
        sandbox.inject(Fault::on("GetSessionToken", effect.clone()).times(1));
        let code = sandbox.fresh_code(&phone()).unwrap();
        aws.get_session_token(&key(), HOUR, Some((&phone(), &code)))
            .unwrap_err();
        assert_eq!(sandbox.journal().len(), 1, "{effect:?}");
    }
    sandbox.clear_journal();
    sandbox.inject(Fault::on("CreateAccessKey", Effect::DropAfter).times(1));
    let error = aws.create_access_key(&signed_in, None).unwrap_err();
    assert!(
        matches!(
            error,
            CallError::Network {
                kind: NetworkKind::Lost,
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(sandbox.journal().len(), 1);
    assert_eq!(aws.list_access_keys(&signed_in, None).unwrap().len(), 2);
    sandbox.clear_journal();
    sandbox.inject(Fault::throttle("GetSessionToken", 1));
    session(&sandbox, &aws);
    assert_eq!(sandbox.journal().len(), 2);
}

#[test]
fn one_facade_serves_many_threads() {
    let (sandbox, aws) = start();
    std::thread::scope(|threads| {
        for _ in 0..8 {
            threads.spawn(|| aws.get_caller_identity(&key()).unwrap());
        }
    });
    assert_eq!(sandbox.journal().len(), 8);
}

#[test]
fn a_device_is_told_apart_by_what_became_of_it() {
    let (sandbox, aws) = start();
    let client = aws.register_client("keyward", &[], Flow::Device).unwrap();
    let begin = || {
        let start = "https://practice.awsapps.com/start";
        aws.start_device_authorization(&client, start).unwrap()
    };
    let ask = |device: &DeviceAuthorization| aws.token_by_device(&client, &device.device_code);
    let device = begin();
    let answer = ask(&device);
    assert!(matches!(answer, Ok(DeviceAnswer::Pending)), "{answer:?}");
    let answer = ask(&device);
    assert!(matches!(answer, Ok(DeviceAnswer::SlowDown)), "{answer:?}");
    sandbox.advance(Duration::from_secs(600));
    let answer = ask(&device);
    assert!(matches!(answer, Ok(DeviceAnswer::Over)), "{answer:?}");
    sandbox.with_identity_center(|center| center.approval = Approval::Denied);
    let device = begin();
    let page = device.verification_uri_complete.as_deref().unwrap();
    let path = page.strip_prefix(&sandbox.url()).unwrap();
    let mut browser = TcpStream::connect(("127.0.0.1", sandbox.port())).unwrap();
    write!(
        browser,
        "GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\n\r\n",
        sandbox.port()
    )
    .unwrap();
    let _ = browser.read_to_end(&mut Vec::new()).unwrap();
    let answer = ask(&device);
    assert!(matches!(answer, Ok(DeviceAnswer::Declined)), "{answer:?}");
}
