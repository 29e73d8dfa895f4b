//! The exact bytes.

use super::*;

#[test]
fn password_is_alone() {
    let password = "correct-Horse7".parse().unwrap();
    let plaintext = InitialSecret::Password(&password).plaintext();
    assert_eq!(&plaintext[..], b"correct-Horse7");
}

#[test]
fn access_key_is_what_add_reads() {
    let id = "AKIAIOSFODNN7EXAMPLE".parse().unwrap();
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".parse().unwrap();
    let plaintext = InitialSecret::AccessKey {
        id: &id,
        secret: &secret,
    }
    .plaintext();
    assert_eq!(
        std::str::from_utf8(&plaintext).unwrap(),
        r#"{"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}"#
    );
}

#[test]
fn debug_shows_no_secret() {
    let password: ConsolePassword = "correct-Horse7".parse().unwrap();
    assert!(!format!("{:?}", InitialSecret::Password(&password)).contains("Horse"));
}
