//! Programs whose kind only the answer shows.

use super::*;

const PASS: &str = "
    [profile default]
    credential_process = pass show aws
    [profile admin]
    source_profile = default
    role_arn = admin
    mfa_serial = M
    [profile plain]
    source_profile = default
    role_arn = plain
";

fn key() -> AccessKeyId {
    KEY.parse().unwrap()
}

#[test]
fn a_program_that_prints_a_long_lived_key_is_planned_as_a_key() {
    given(PASS)
        .prints(
            "admin",
            Answer::LongLived(&key()),
            "process:default `pass show aws` key; GST mfa 43200; Role admin 3600",
            &[],
        )
        .prints(
            "plain",
            Answer::LongLived(&key()),
            "process:default `pass show aws` key; Role plain 3600",
            &[],
        )
        .prints(
            "default",
            Answer::LongLived(&key()),
            "process:default `pass show aws` key; GST 43200",
            &["InvalidClientTokenId"],
        )
        .no_session()
        .prints(
            "default",
            Answer::LongLived(&key()),
            "process:default `pass show aws` key",
            &["the long-lived key itself is handed out"],
        );
}

#[test]
fn a_program_that_prints_a_session_is_planned_as_one() {
    given(PASS)
        .prints(
            "admin",
            Answer::Temporary,
            "process:default `pass show aws`; Role admin 3600",
            &["the MFA device is not used"],
        )
        .prints(
            "default",
            Answer::Temporary,
            "process:default `pass show aws`",
            &[],
        )
        .duration("2h")
        .prints(
            "default",
            Answer::Temporary,
            "process:default `pass show aws`",
            &["`--duration` has no effect: a credential process decides"],
        );
}

#[test]
fn nothing_is_said_of_the_device_before_the_program_has_answered() {
    // A profile that names a device most likely has a key for it.
    given(PASS)
        .gives(
            "admin",
            "process:default `pass show aws`; GST mfa 43200; Role admin 3600",
        )
        .gives("plain", "process:default `pass show aws`; Role plain 3600");
}

#[test]
fn a_device_in_the_environment_serves_a_printed_key() {
    given(PASS).env("AWS_MFA_SERIAL", &device("alice")).prints(
        "plain",
        Answer::LongLived(&key()),
        "process:default `pass show aws` key; GST mfa 43200; Role plain 3600",
        &[],
    );
}

#[test]
fn a_printed_key_shares_its_session_with_the_same_key_elsewhere() {
    let printed = given(PASS)
        .chain("admin")
        .settle(Answer::LongLived(&key()))
        .unwrap();
    let stored = given(PASS).stored("default").chain("admin");
    assert_eq!(printed.hops[0].cache_key, stored.hops[0].cache_key);
    assert_eq!(printed.hops[1].cache_key, stored.hops[1].cache_key);
    let other: AccessKeyId = "AKIAI44QH8DHBEXAMPLE".parse().unwrap();
    let replaced = printed.settle(Answer::LongLived(&other)).unwrap();
    assert_ne!(printed.hops[0].cache_key, replaced.hops[0].cache_key);
    assert_eq!(printed.source_cache_key(), replaced.source_cache_key());
}

#[test]
fn a_duration_that_only_a_key_can_give_waits_for_the_answer() {
    let chain = given(PASS).duration("2h").chain("plain");
    let settled = chain.settle(Answer::LongLived(&key())).unwrap();
    assert_eq!(
        show(&settled),
        "process:default `pass show aws` key; Role plain 7200"
    );
    let error = chain.settle(Answer::Temporary).unwrap_err();
    assert_eq!(
        error.to_string(),
        "2h is not available for profile `plain`: its role is assumed from a credential process, \
         and AWS allows such a role at most 1h"
    );
}

#[test]
fn what_neither_answer_can_give_is_refused_before_the_program_runs() {
    given(PASS).duration("13h").refuses(
        "admin",
        "--duration: 13h is out of bounds: AssumeRole gives 15m to 12h",
    );
}

#[test]
fn two_kinds_of_answer_differ_by_one_call_its_device_or_its_length() {
    let with_device = *given(PASS).chain("admin").by_answer.unwrap();
    let same = ByAnswer {
        temporary: with_device.long_lived.clone(),
        ..with_device
    };
    assert!(!same.differ());
    let changed = |change: fn(&mut Vec<Hop>)| {
        let mut steps = same.long_lived.clone().unwrap();
        change(&mut steps.hops);
        let other = ByAnswer {
            long_lived: Ok(steps),
            ..same.clone()
        };
        other.differ()
    };
    assert!(changed(|hops| drop(hops.pop())));
    assert!(changed(|hops| hops[1].call = Call::GetSessionToken));
    assert!(changed(|hops| hops[0].mfa_serial = None));
    assert!(changed(|hops| hops[1].duration += Duration::from_secs(1)));
    // A reason is for people.
    assert!(!changed(|hops| hops[0].reason.clear()));
    let refused = |name| Err(given(PASS).resolve(name).unwrap_err());
    let (one, other) = (refused("gone"), refused("lost"));
    for (temporary, long_lived, differ) in [
        (one.clone(), one.clone(), false),
        (one.clone(), other, true),
        (one.clone(), same.long_lived.clone(), true),
        (same.temporary.clone(), one, true),
    ] {
        let steps = ByAnswer {
            temporary,
            long_lived,
            likely: same.likely,
        };
        assert_eq!(steps.differ(), differ, "{steps:?}");
    }
}
