//! Answers of the lookup.

use super::*;

fn name() -> KeybaseName {
    "alice".parse().unwrap()
}

#[test]
fn names_are_those_that_keybase_allows() {
    for text in ["alice", "a_1", "ALICE", "abcdefghijklmnop"] {
        assert_eq!(
            text.parse::<KeybaseName>().unwrap().to_string(),
            text.to_lowercase()
        );
    }
    for text in ["", "a", "abcdefghijklmnopq", "alice&x=y", "ali ce", "älice"] {
        assert_eq!(text.parse::<KeybaseName>(), Err(InvalidKeybaseName));
    }
}

#[test]
fn lookup_asks_for_one_account() {
    assert_eq!(
        name().lookup_url(),
        "https://keybase.io/_/api/1.0/user/lookup.json?usernames=alice&fields=public_keys"
    );
}

#[test]
fn answers_give_a_key_or_the_reason() {
    let bundle = r#"{"status":{"code":0,"name":"OK"},"them":[{"id":"x","public_keys":{"primary":{"kid":"y","bundle":"-----BEGIN"}}}]}"#;
    assert_eq!(
        parse_keybase_lookup(bundle, &name()).as_deref(),
        Ok("-----BEGIN")
    );
    for (json, expected) in [
        ("<html>", LookupError::Malformed),
        ("[]", LookupError::Malformed),
        (
            r#"{"status":{"code":100,"name":"BAD"}}"#,
            LookupError::Refused { code: 100 },
        ),
        (
            r#"{"status":{"code":0},"them":[null]}"#,
            LookupError::NoAccount(name()),
        ),
        (
            r#"{"status":{"code":0},"them":[]}"#,
            LookupError::NoAccount(name()),
        ),
        (
            r#"{"them":[{"public_keys":{"primary":null}}]}"#,
            LookupError::NoKey(name()),
        ),
        (r#"{"them":[{}]}"#, LookupError::NoKey(name())),
    ] {
        assert_eq!(parse_keybase_lookup(json, &name()), Err(expected), "{json}");
    }
}
