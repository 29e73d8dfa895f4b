use proptest::prelude::*;

use super::*;
use crate::identity::Identity;
use passphrase::Refused;

#[test]
fn a_name_is_fit_for_a_file() {
    for (text, fits) in [
        ("passphrase", true),
        ("0-a_b", true),
        ("", false),
        ("..", false),
        ("a/b", false),
        ("-a", false),
        ("Big", false),
        ("a.json", false),
        ("abcdefghijklmnopqrstuvwxyz012345", true),
        ("abcdefghijklmnopqrstuvwxyz0123456", false),
    ] {
        assert_eq!(text.parse::<SlotName>().is_ok(), fits, "{text}");
    }
}

#[test]
fn a_slot_of_an_unknown_kind_is_still_a_slot() {
    let name: SlotName = "later".parse().unwrap();
    let json = r#"{"version":7,"kind":"telepathy","created":"2026-01-31T12:00:00Z","range":3}"#;
    let slot = wire::read(&name, json.as_bytes()).unwrap();
    assert_eq!(slot.kind, SlotKind::Other("telepathy".into()));
}

/// One slot of each kind, with its JSON parameters.
fn every_kind() -> Vec<(SlotKind, &'static str)> {
    let plugin = age::plugin::Identity::default_for_plugin("yubikey")
        .unwrap()
        .to_string();
    let words = ["op", "read", "op://Private/keyward/identity"]
        .map(str::to_owned)
        .to_vec();
    vec![
        (SlotKind::Passphrase, ""),
        (
            SlotKind::Os {
                account: "00112233445566778899aabbccddeeff".parse().unwrap(),
            },
            r#""account": "00112233445566778899aabbccddeeff""#,
        ),
        (
            SlotKind::Pass {
                entry: "aws/keyward".parse().unwrap(),
            },
            r#""entry": "aws/keyward""#,
        ),
        (
            SlotKind::Gpg {
                fingerprint: "0123456789ABCDEF0123456789ABCDEF01234567".parse().unwrap(),
            },
            r#""fingerprint": "0123456789ABCDEF0123456789ABCDEF01234567""#,
        ),
        (
            SlotKind::Ssh {
                identity_file: "/home/alice/.ssh/id_ed25519".into(),
                public_key: "ssh-ed25519 AAAA".into(),
            },
            r#""identity_file": "/home/alice/.ssh/id_ed25519""#,
        ),
        (
            SlotKind::Plugin {
                identity: plugin.parse().unwrap(),
            },
            r#""identity": "AGE-PLUGIN-YUBIKEY-1"#,
        ),
        (
            SlotKind::Command {
                read: CommandLine::new(words).unwrap(),
            },
            r#""read": ["#,
        ),
    ]
}

#[test]
fn a_slot_is_read_as_it_was_written() {
    let name: SlotName = "a".parse().unwrap();
    for (kind, parameter) in every_kind() {
        let slot = Slot {
            name: name.clone(),
            kind,
            created: Timestamp::from_second(9),
        };
        let json = wire::write(&slot);
        assert!(String::from_utf8_lossy(&json).contains(parameter));
        assert_eq!(wire::read(&name, &json).unwrap(), slot);
    }
}

#[test]
fn what_becomes_an_argument_of_a_program_is_checked() {
    let entry = |text: &str| text.parse::<PassEntry>().is_ok();
    assert!(entry("keyward") && entry("team/aws/keyward vault"));
    for refused in ["", "-c", "/etc", "a//b", "../x", "a/../b", "a/", "a\n"] {
        let refused = refused.replace("\\n", "\n");
        assert!(!entry(&refused), "{refused:?}");
    }
    assert!(
        "0123456789abcdef0123456789abcdef01234567"
            .parse::<GpgFingerprint>()
            .is_ok()
    );
    assert!("alice@example.com".parse::<GpgFingerprint>().is_err());
    assert!(
        "AGE-PLUGIN-../../bin/x-1"
            .parse::<PluginIdentity>()
            .is_err()
    );
    assert!("AGE-SECRET-KEY-1".parse::<PluginIdentity>().is_err());
    assert!(CommandLine::new(vec![]).is_err());
    assert!(CommandLine::new(vec![String::new()]).is_err());
    assert!(CommandLine::new(vec!["a".into(), "b\0".into()]).is_err());
    assert_ne!(
        KeystoreAccount::random().unwrap(),
        KeystoreAccount::random().unwrap()
    );
}

#[test]
fn a_slot_whose_parameters_are_wrong_is_damaged() {
    let name: SlotName = "a".parse().unwrap();
    for kind in ["os", "pass", "gpg", "ssh", "plugin", "command"] {
        let bare = format!(r#"{{"version":1,"kind":"{kind}","created":"2026-01-31T12:00:00Z"}}"#);
        assert!(wire::read(&name, bare.as_bytes()).is_none(), "{kind}");
    }
    let dash = r#"{"version":1,"kind":"pass","created":"2026-01-31T12:00:00Z","entry":"--help"}"#;
    assert!(wire::read(&name, dash.as_bytes()).is_none());
}

#[test]
fn a_passphrase_opens_what_it_wrapped_and_another_does_not() {
    let identity = Identity::generate();
    let work = WorkFactor::fixed(4).unwrap();
    let file = passphrase::wrap(&identity, &"correct horse".parse().unwrap(), work).unwrap();
    let opened = passphrase::unwrap(&file, &"correct horse".parse().unwrap()).unwrap();
    assert_eq!(opened.recipient(), identity.recipient());
    let wrong = passphrase::unwrap(&file, &"correct hors".parse().unwrap());
    assert!(matches!(wrong, Err(Refused::WrongPassphrase)));
    for cut in [0, 10, 100, file.len() - 1] {
        let cut = passphrase::unwrap(&file[..cut], &"correct horse".parse().unwrap());
        assert!(matches!(cut, Err(Refused::Damaged(_))));
    }
}

#[test]
fn a_work_factor_has_bounds() {
    for (log_n, fits) in [(0, false), (1, true), (22, true), (23, false), (255, false)] {
        assert_eq!(WorkFactor::fixed(log_n).is_ok(), fits, "{log_n}");
    }
}

#[test]
fn a_measured_work_factor_has_a_floor_whatever_the_load() {
    let identity = Identity::generate();
    let phrase = "correct horse".parse().unwrap();
    let fixed = |log_n| {
        let work = WorkFactor::fixed(log_n).unwrap();
        passphrase::wrap(&identity, &phrase, work).unwrap()
    };
    // A work factor that was measured under load is raised; one that is enough stays.
    let raised = passphrase::at_least(fixed(4), || fixed(17));
    assert_eq!(passphrase::work_of(&raised), Some(17));
    let enough = passphrase::at_least(fixed(17), || fixed(4));
    assert_eq!(passphrase::work_of(&enough), Some(17));
    let measured = passphrase::wrap(&identity, &phrase, WorkFactor::one_second()).unwrap();
    let log_n = passphrase::work_of(&measured).unwrap();
    assert!(log_n >= 17, "{log_n}");
    // A number that a person set is theirs.
    assert_eq!(passphrase::work_of(&fixed(4)), Some(4));
    assert_eq!(passphrase::work_of(b"no age file"), None);
}

#[test]
fn a_measured_work_factor_stays_within_the_memory_of_the_process() {
    let (measured, fixed) = (WorkFactor::one_second(), |n| WorkFactor::fixed(n).unwrap());
    for (most, asked, expect) in [
        (22, measured, Some(measured)),
        (19, measured, Some(fixed(18))),
        (17, measured, Some(fixed(17))),
        (16, measured, None),
        (16, fixed(16), Some(fixed(16))),
        (16, fixed(17), None),
    ] {
        let refusal = NoMemory::check(40).unwrap_err();
        let check = |log_n| if log_n <= most { Ok(()) } else { Err(refusal) };
        let work = passphrase::within_memory(asked, &check);
        assert_eq!(work.ok(), expect, "{most} {asked:?}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = wire::read(&"a".parse().unwrap(), &bytes);
    }
}

#[test]
fn a_person_cannot_ask_for_less_work_than_a_passphrase_needs() {
    for (asked, given) in [(1, 17), (16, 17), (17, 17), (18, 18), (22, 22)] {
        assert_eq!(
            WorkFactor::at_least(asked).unwrap(),
            WorkFactor::fixed(given).unwrap()
        );
    }
    assert!(WorkFactor::at_least(0).is_err() && WorkFactor::at_least(23).is_err());
}
