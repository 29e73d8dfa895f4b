use proptest::prelude::*;

use super::*;

#[test]
fn role_arns_of_every_partition_are_read() {
    for (text, partition, name) in [
        ("arn:aws:iam::123456789012:role/ReadOnly", "aws", "ReadOnly"),
        (
            "arn:aws-cn:iam::123456789012:role/team/Admin",
            "aws-cn",
            "Admin",
        ),
        ("arn:aws-us-gov:iam::123456789012:role/x", "aws-us-gov", "x"),
    ] {
        let arn: RoleArn = text.parse().unwrap();
        assert_eq!(arn.partition(), partition);
        assert_eq!(arn.role_name(), name);
        assert_eq!(arn.account().unwrap().as_str(), "123456789012");
    }
}

#[test]
fn what_is_no_role_arn_is_refused() {
    for text in [
        "",
        "ReadOnly",
        "arn:aws:iam::role/x",
        "arn:aws:iam:::role/x",
        "arn:aws:iam::123456789012:user/x",
        "arn:aws:sts::123456789012:role/x",
        "arn:aws:iam::123456789012:role/a b",
    ] {
        assert!(text.parse::<RoleArn>().is_err(), "{text}");
    }
}

#[test]
fn a_long_wrong_value_is_not_repeated_whole() {
    let error = "a name [with brackets] that goes on".parse::<ProfileName>();
    let message = error.unwrap_err().to_string();
    assert!(
        message.starts_with("`a name [with brackets] t…` is not"),
        "{message}"
    );
}

#[test]
fn what_may_be_a_secret_is_not_repeated_at_all() {
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    fn check<T: FromStr<Err = InvalidId>>(text: &str) {
        let Err(error) = text.parse::<T>() else {
            panic!("{text} is accepted");
        };
        let message = format!("{error} {error:?}");
        // The following part is in the message's documented key id too.
        for at in 0..=SECRET.len() - 14 {
            assert!(!message.contains(&SECRET[at..at + 4]), "{message}");
        }
    }
    check::<AccessKeyId>(SECRET);
    check::<AccessKeyId>(&format!("\"{SECRET}\""));
    check::<RoleArn>(SECRET);
    check::<AccountId>(SECRET);
    check::<RoleArn>(&format!("arn:aws:iam::123456789012:user/{SECRET}"));
    check::<Region>(&format!("\"{SECRET}\""));
}

#[test]
fn key_ids_of_other_makers_are_taken() {
    for text in [
        "test",
        "minioadmin",
        "0123456789abcdef0123456789abcdef",
        "GOOG1EXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLE",
        "DO00ABCDEFGHJKLMNPQR",
        "SCWXXXXXXXXXXXXXXXXX",
        "1234567890123456",
        "ABCDEFGHIJKLMNOPQRST",
        "0123456789abcdef0123456789abcdef01234567",
        "0123456789ABCDEF0123456789ABCDEF01234567",
        "CHANGEMEPASSWORD1",
        "asiapacificbackup",
        "asia-northeast1-backup",
        "ASIAPACIFIC-1",
        "akiko",
        "user,with,commas",
        "tenant:user@example.com",
    ] {
        let id: AccessKeyId = text.parse().unwrap();
        assert_eq!(id.as_str(), text);
        assert!(!id.is_temporary() && !id.is_long_lived(), "{text}");
        assert!(!id.has_aws_shape(), "{text}");
        assert_eq!(KeyIdFault::of_pair(text, "CHANGEMEPASSWORD1"), None);
    }
    let aws: AccessKeyId = "AKIAIOSFODNN7EXAMPLE".parse().unwrap();
    assert!(aws.has_aws_shape() && aws.is_long_lived());
    let short: AccessKeyId = "ASIA".parse().unwrap();
    assert!(!short.has_aws_shape() && !short.is_temporary());
}

#[test]
fn what_is_wrong_with_a_key_id_is_said_without_it() {
    for (text, message) in [
        ("", "it is empty"),
        (
            "\"AKIAIOSFODNN7EXAMPLE\"",
            "it is in quotes, which are part of the value to every AWS tool",
        ),
        (
            "AKIAIOSFODNN7EXAMPLE\u{a0}",
            "it contains a no-break space (U+00A0)",
        ),
        ("AKIAIOSFODNN7 EXAMPLE", "it contains a blank"),
        (
            "\u{201c}AKIAIOSFODNN7EXAMPLE\u{201d}",
            "it is in quotes, which are part of the value to every AWS tool",
        ),
        (
            "`AKIAIOSFODNN7EXAMPLE`",
            "it is in quotes, which are part of the value to every AWS tool",
        ),
        (
            "\u{2039}AKIAIOSFODNN7EXAMPLE\u{203a}",
            "it is in quotes, which are part of the value to every AWS tool",
        ),
        (
            "AKIAIOSFODNN7EXAMPLE,",
            "it contains `,`, and an id of AWS has only capital letters and digits",
        ),
        (
            "ASIAIOSFODNN7EXAMPLE=",
            "it contains `=`, and an id of AWS has only capital letters and digits",
        ),
        (
            "<AKIAIOSFODNN7EXAMPLE>",
            "it contains `<`, and an id of AWS has only capital letters and digits",
        ),
        (
            "AKIAIOSF-ODNN7EXAMPLE",
            "it contains `-`, and an id of AWS has only capital letters and digits",
        ),
        (
            "AKIAIOSFODNN7EXAMPLE,wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "it contains `,`, and an id of AWS has only capital letters and digits",
        ),
        (
            "akiaiosfodnn7example",
            "it has small letters, and an id of AWS has only capital letters and digits",
        ),
        (
            "AKIAIOSFODNn7EXAMPLE",
            "it has small letters, and an id of AWS has only capital letters and digits",
        ),
        ("AKIAIOSFODNN7E", "it is shorter than an id of AWS"),
        ("AKIAIOSFODNN7\u{2011}", "it contains the character U+2011"),
        (
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "it looks like a secret access key",
        ),
        (&"a-".repeat(65), "it is longer than 128 characters"),
    ] {
        assert_eq!(KeyIdFault::of(text).unwrap().to_string(), message);
        assert!(text.parse::<AccessKeyId>().is_err());
    }
}

#[test]
fn the_halves_of_a_key_are_swapped_if_the_second_is_an_id() {
    let swapped = |id, secret| KeyIdFault::of_pair(id, secret) == Some(KeyIdFault::LikeSecret);
    assert!(swapped("x", "AKIAIOSFODNN7EXAMPLE"));
    assert!(swapped("x", "ASIAIOSFODNN7EXAMPLE"));
    assert!(!swapped("admin", "CHANGEMEPASSWORD1"));
    assert!(!swapped("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"));
}

#[test]
fn a_security_key_is_told_from_a_virtual_device() {
    let key: MfaSerial = "arn:aws:iam::123456789012:u2f/user/alice/key"
        .parse()
        .unwrap();
    let phone: MfaSerial = "arn:aws:iam::123456789012:mfa/alice".parse().unwrap();
    assert!(key.is_security_key());
    assert!(!phone.is_security_key());
}

#[test]
fn the_suffix_of_a_restricted_session_survives_the_cut() {
    for (name, expect) in [
        ("alice", "alice-readonly".to_owned()),
        (&"a".repeat(55), format!("{}-readonly", "a".repeat(55))),
        (&"a".repeat(64), format!("{}-readonly", "a".repeat(55))),
    ] {
        let name: RoleSessionName = name.parse().unwrap();
        assert_eq!(name.restricted(Restriction::ReadOnly).as_str(), expect);
        for restriction in Restriction::ALL {
            let restricted = name.restricted(restriction);
            assert_eq!(restricted.to_string().parse(), Ok(restricted));
        }
    }
}

proptest! {
    #[test]
    fn a_lossy_session_name_is_always_a_session_name(text in "\\PC{0,100}") {
        let name = RoleSessionName::from_lossy(&text);
        prop_assert_eq!(name.to_string().parse::<RoleSessionName>().unwrap(), name);
    }

    #[test]
    fn what_parses_prints_as_it_was(text in "[A-Za-z0-9/:.@=-]{0,40}") {
        if let Ok(id) = text.parse::<MfaSerial>() { prop_assert_eq!(id.to_string(), text.clone()); }
        if let Ok(id) = text.parse::<ProfileName>() { prop_assert_eq!(id.to_string(), text); }
    }
}

#[test]
fn the_arn_of_something_else_is_no_serial_of_a_device() {
    for serial in [
        "arn:aws:iam::123456789012:mfa/alice",
        "arn:aws:iam::123456789012:mfa/team/alice",
        "arn:aws:iam::123456789012:mfa/root-account-mfa-device",
        "arn:aws:iam::123456789012:u2f/user/alice/key",
        "arn:aws-cn:iam::123456789012:sms-mfa/alice",
        "GAHT12345678",
    ] {
        assert!(serial.parse::<MfaSerial>().is_ok(), "{serial}");
    }
    for other in [
        "arn:aws:iam::123456789012:user/alice",
        "arn:aws:iam::123456789012:role/R",
        "arn:aws:iam::aws:policy/AdministratorAccess",
        "arn:aws:sts::123456789012:assumed-role/R/alice",
        "arn:aws:iam::123456789012:root",
        "arn:aws:iam::123456789012:mfa/a,arn:aws:iam::123456789012:mfa/b",
    ] {
        assert!(other.parse::<MfaSerial>().is_err(), "{other}");
        // A vault with it still opens.
        assert_eq!(MfaSerial::stored(other).unwrap().as_str(), other);
    }
}
