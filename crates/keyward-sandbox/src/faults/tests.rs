//! The calls that a fault strikes, and its form as JSON.

use std::time::Duration;

use super::{Effect, Fault, Faults, from_json};
use crate::state::HiddenFor;

#[test]
fn a_fault_strikes_the_calls_it_names_and_no_others() {
    let check = |fault: Fault, calls: &[&str], expect: &[usize]| {
        let mut faults = Faults::default();
        faults.add(fault.clone());
        let struck: Vec<usize> = calls
            .iter()
            .map(|action| faults.strike(action).len())
            .collect();
        assert_eq!(struck, expect, "{fault:?}");
    };
    let drop = || Fault::on("AssumeRole", Effect::DropBefore);
    check(drop(), &["AssumeRole", "GetUser", "AssumeRole"], &[1, 0, 1]);
    check(drop().times(1), &["AssumeRole", "AssumeRole"], &[1, 0]);
    check(
        drop().after(1),
        &["AssumeRole", "AssumeRole", "AssumeRole"],
        &[0, 1, 1],
    );
    check(
        drop().after(1).times(1),
        &["AssumeRole", "AssumeRole", "AssumeRole"],
        &[0, 1, 0],
    );
    check(drop().times(0), &["AssumeRole"], &[0]);
    check(
        Fault {
            action: None,
            ..drop()
        },
        &["GetUser", "AssumeRole"],
        &[1, 1],
    );
}

#[test]
fn faults_are_written_as_json() {
    let check = |json: &str, expect: Option<Fault>| {
        assert_eq!(from_json(json.as_bytes()).ok(), expect, "{json}");
    };
    let every = |effect: Effect| Fault {
        action: None,
        skip: 0,
        times: None,
        effect,
    };
    check(
        r#"{"effect":"drop_before"}"#,
        Some(every(Effect::DropBefore)),
    );
    check(
        r#"{"effect":{"hide_new_entity_calls":3}}"#,
        Some(every(Effect::HideNewEntity(HiddenFor::Calls(3)))),
    );
    check(
        r#"{"effect":{"hide_new_entity_seconds":3}}"#,
        Some(every(Effect::HideNewEntity(HiddenFor::Time(
            Duration::from_secs(3),
        )))),
    );
    check(
        r#"{"effect":{"delay_ms":5}}"#,
        Some(every(Effect::Delay(Duration::from_millis(5)))),
    );
    check(
        r#"{"action":"GetUser","times":2,"effect":"throttle"}"#,
        Some(Fault::throttle("GetUser", 2)),
    );
    check(
        r#"{"action":"GetUser","skip":1,"effect":{"error":{"status":500,"code":"C","message":"m"}}}"#,
        Some(
            Fault::on(
                "GetUser",
                Effect::Error {
                    status: 500,
                    code: "C".into(),
                    message: "m".into(),
                },
            )
            .after(1),
        ),
    );
    check(r#"{"effect":"explode"}"#, None);
    check(r#"{"effect":"garbage","typo":1}"#, None);
}
