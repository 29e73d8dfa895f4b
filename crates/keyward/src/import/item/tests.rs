use data_encoding::BASE64;

use super::{ItemError, Kind, kind, read};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

fn item(key: &str, data: &str) -> Vec<u8> {
    let data = BASE64.encode(data.as_bytes());
    format!(r#"{{"Key":"{key}","Data":"{data}","Label":"x","Description":""}}"#).into_bytes()
}

#[track_caller]
fn check(name: &str, json: &[u8], expect: Result<&str, ItemError>) {
    let found = read(name, json);
    let found = found.map(|(profile, given)| {
        assert_eq!(given.secret_access_key.expose(), SECRET);
        format!("{profile} {}", given.access_key_id)
    });
    assert_eq!(found, expect.map(str::to_owned), "{name}");
}

#[test]
fn names_tell_keys_from_sessions() {
    for (name, expect) in [
        ("alice", Kind::Key),
        ("team/bob", Kind::Key),
        ("a,b", Kind::Key),
        ("a,b,c,d", Kind::Key),
        ("session", Kind::Key),
        ("my session (old)", Kind::Key),
        ("sts.GetSessionToken,YWxpY2U,YXJu,1790000000", Kind::Session),
        ("sts.AssumeRole,YWxpY2U,,1790000000", Kind::Session),
        ("session,YWxpY2U,,1790000000", Kind::Session),
        ("session:YWxpY2U:YXJu:1790000000", Kind::Session),
        ("alice session (61633665646639303539)", Kind::Session),
        ("oidc:https://example.awsapps.com/start", Kind::Session),
    ] {
        assert_eq!(kind(name), expect, "{name}");
    }
}

#[test]
fn only_long_lived_keys_come_out_of_items() {
    let key = format!(r#"{{"AccessKeyID":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"{SECRET}"}}"#);
    let whole = key.replace('}', r#","SessionToken":"","CanExpire":false,"Source":""}"#);
    let token = key.replace('}', r#","SessionToken":"t"}"#);
    let temporary = key.replace("AKIA", "ASIA");
    check(
        "alice",
        &item("alice", &key),
        Ok("alice AKIAIOSFODNN7EXAMPLE"),
    );
    check(
        "a b/c",
        &item("a b/c", &whole),
        Ok("a b/c AKIAIOSFODNN7EXAMPLE"),
    );
    check("alice", &item("alice", &token), Err(ItemError::Temporary));
    check(
        "alice",
        &item("alice", &temporary),
        Err(ItemError::Temporary),
    );
    check(
        "alice",
        &item("bob", &key),
        Err(ItemError::OtherName("bob".to_owned())),
    );
    check("a]b", &item("a]b", &key), Err(ItemError::Name));
    for data in [
        "",
        "{}",
        "[]",
        r#"{"AccessKeyID":"AKIAIOSFODNN7EXAMPLE"}"#,
        "{\"SecretAccessKey\":1}",
    ] {
        check("alice", &item("alice", data), Err(ItemError::NotKey));
    }
    for json in [
        "",
        "{}",
        "null",
        r#"{"Key":"alice"}"#,
        r#"{"Key":"alice","Data":"%"}"#,
    ] {
        check("alice", json.as_bytes(), Err(ItemError::NotItem));
    }
}
