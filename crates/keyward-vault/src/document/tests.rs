use proptest::prelude::*;

use super::*;

fn parse<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

fn text(document: &Document) -> String {
    String::from_utf8(document.to_json().to_vec()).unwrap()
}

const FULL: &str = r#"{"version":1,"keys":[{"profile":"root","access_key_id":"AKIAIOSFODNN7EXAMPLE","secret_access_key":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY","user_arn":"arn:aws:iam::123456789012:user/alice","account_id":"123456789012","mfa_serial":"arn:aws:iam::123456789012:mfa/alice","created":"2026-01-31T12:00:00Z","verified":"2026-02-01T00:00:00Z","colour":{"deep":["blue"]}}],"rotations":[{"profile":"root","old_access_key_id":"AKIAIOSFODNN7EXAMPLE","new_key":{"access_key_id":"AKIAI44QH8DHBEXAMPLE","secret_access_key":"je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY"},"state":"pending","started":"2026-02-01T00:00:00Z","new_key_created":"2026-02-01T00:00:01Z","old_key":{"access_key_id":"AKIAIOSFODNN7EXAMPLE","secret_access_key":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"},"grace_until":"2026-02-02T00:00:00Z","errand":{"user":"deploy","via":"admin","to":"github:example/site","names":["ID","SECRET"],"dispatch":"check.yml"},"host":"laptop"}],"totp_seeds":[{"mfa_serial":"arn:aws:iam::123456789012:mfa/alice","seed":"JBSWY3DPEHPK3PXP"}],"refresh_tokens":[{"name":"corp","token":"Atna-token"}],"sign_ins":[{"session":"arn:aws:iam::123456789012:user/alice","client_id":"arn:aws:signin:::devtools/same-device","region":"eu-central-1","refresh_token":"Sgna-token","proof_key":"-----BEGIN EC PRIVATE KEY-----\nPrKe\n-----END EC PRIVATE KEY-----\n","signed_in":"2026-02-01T00:00:00Z","shade":"grey"}],"later":[1,{"two":null}]}"#;

#[test]
fn fields_of_a_newer_program_survive_being_read_and_written() {
    let document = Document::from_json(FULL.as_bytes()).unwrap();
    assert_eq!(text(&document), FULL);
}

#[test]
fn unknown_fields_survive_a_change_beside_them() {
    let mut document = Document::from_json(FULL.as_bytes()).unwrap();
    document.key_mut(&parse("root")).unwrap().verified = None;
    document.rotation_mut(&parse("root")).unwrap().state = parse("active");
    let text = text(&document);
    for kept in [
        r#""colour":{"deep":["blue"]}"#,
        r#""host":"laptop""#,
        r#""shade":"grey""#,
        r#""later":[1,{"two":null}]"#,
    ] {
        assert!(text.contains(kept), "{kept} in {text}");
    }
}

#[test]
fn nothing_secret_is_shown() {
    let document = Document::from_json(FULL.as_bytes()).unwrap();
    let shown = format!("{document:?}");
    for secret in [
        "wJalr", "je7Mt", "JBSWY", "Atna", "Sgna", "PrKe", "blue", "laptop", "grey",
    ] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

#[test]
fn what_is_no_document_is_refused_without_repeating_a_value() {
    let check = |text: &str, expect: &str| {
        let error = Document::from_json(text.as_bytes())
            .unwrap_err()
            .to_string();
        assert!(error.contains(expect), "{text}: {error}");
        assert!(!error.contains("hunter2"), "{error}");
    };
    check("", "line 1, column 0");
    check("{}", "line 1");
    check(r#"{"version":2,"keys":"whatever"}"#, "version 2");
    check(r#"{"version":1,"keys":"hunter2"}"#, "line 1, column 29");
    check(
        &FULL.replace("AKIAIOSFODNN7EXAMPLE", "hunter2 "),
        "`keys[0].access_key_id`",
    );
    check(
        &FULL.replace("2026-01-31T12:00:00Z", "hunter2"),
        "`keys[0].created`",
    );
    check(
        &FULL.replace("JBSWY3DPEHPK3PXP", "hunter2"),
        "`totp_seeds[0].seed`",
    );
    check(
        &FULL.replace(r#""pending""#, r#""Hunter2""#),
        "`rotations[0].state`",
    );
    check(
        &FULL.replace("-----BEGIN EC", "hunter2 EC"),
        "`sign_ins[0].proof_key`",
    );
    check(
        &FULL.replace("eu-central-1", "hunter2!"),
        "`sign_ins[0].region`",
    );
    check(
        r#"{"version":1,"refresh_tokens":[{"name":"a","token":"t"},{"name":"a","token":"u"}]}"#,
        "two entries",
    );
}

#[test]
fn entries_are_put_replaced_and_taken_by_name() {
    let mut document = Document::from_json(FULL.as_bytes()).unwrap();
    let key = LongLivedKey::new(
        parse("root"),
        parse("AKIAI44QH8DHBEXAMPLE"),
        parse("je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY"),
        Timestamp::from_second(0),
    );
    let old = document.put_key(key).unwrap();
    assert_eq!(old.access_key_id.as_str(), "AKIAIOSFODNN7EXAMPLE");
    assert_eq!(document.keys().len(), 1);
    assert!(document.remove_key(&parse("root")).is_some());
    assert!(document.remove_key(&parse("root")).is_none());
    assert!(
        document
            .remove_rotation(&parse("root"))
            .unwrap()
            .new_key
            .is_some()
    );
    let serial = parse("arn:aws:iam::123456789012:mfa/alice");
    assert_eq!(document.totp_serials().collect::<Vec<_>>(), [&serial]);
    assert_eq!(
        document.remove_totp_seed(&serial).unwrap().expose(),
        "JBSWY3DPEHPK3PXP"
    );
    assert_eq!(
        document.refresh_token("corp").unwrap().expose(),
        "Atna-token"
    );
    assert!(document.remove_refresh_token("corp").is_some());
    let alice = parse("arn:aws:iam::123456789012:user/alice");
    assert_eq!(
        document.sign_in(&alice).unwrap().refresh_token.expose(),
        "Sgna-token"
    );
    let again = document.remove_sign_in(&alice).unwrap();
    assert!(document.put_sign_in(again.clone()).is_none());
    assert!(document.put_sign_in(again).is_some());
    assert!(document.remove_sign_in(&alice).is_some());
    assert!(document.sign_ins().is_empty());
    assert_eq!(
        text(&document),
        r#"{"version":1,"keys":[],"rotations":[],"totp_seeds":[],"refresh_tokens":[],"later":[1,{"two":null}]}"#
    );
}

fn any_key() -> impl Strategy<Value = LongLivedKey> {
    let time = -62_135_596_800_i64..253_402_207_200;
    (
        "[a-z/@. \"\\\\é]{0,12}x",
        "[A-Z0-9]{16,30}",
        "[!-~]{1,60}",
        proptest::option::of("[0-9]{12}"),
        proptest::option::of("[a-z0-9=/:,.@_-]{9,40}"),
        time.clone(),
        proptest::option::of(time),
    )
        .prop_map(
            |(profile, id, secret, account, serial, created, verified)| {
                let created = Timestamp::from_second(created);
                let mut key =
                    LongLivedKey::new(parse(profile.trim()), parse(&id), parse(&secret), created);
                key.account_id = account.map(|a| parse(&a));
                key.mfa_serial = serial.map(|s| parse(&s));
                key.verified = verified.map(Timestamp::from_second);
                key
            },
        )
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(keys in prop::collection::vec(any_key(), 0..5), seed in "[A-Z2-7]{1,40}", name in "\\PC{0,20}") {
        let mut document = Document::default();
        for key in keys {
            let rotation = Rotation::new(key.profile.clone(), key.access_key_id.clone(), parse("created"), key.created);
            document.put_rotation(rotation);
            document.rotation_mut(&key.profile).unwrap().new_key = key.verified.map(|_| PendingKey {
                access_key_id: key.access_key_id.clone(),
                secret_access_key: key.secret_access_key.clone(),
            });
            document.put_key(key);
        }
        document.put_totp_seed(parse("GAHT12345678"), parse(&seed));
        document.put_refresh_token(name, parse(&seed));
        let again = Document::from_json(&document.to_json()).unwrap();
        prop_assert_eq!(text(&again), text(&document));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0..FULL.len(), byte in any::<u8>()) {
        let _ = Document::from_json(&bytes);
        let mut nearly = FULL.as_bytes().to_vec();
        nearly[at] = byte;
        let _ = Document::from_json(&nearly);
    }
}

#[test]
fn a_serial_of_something_else_does_not_close_the_vault() {
    let text = FULL.replace(":mfa/alice", ":user/alice");
    let document = Document::from_json(text.as_bytes()).unwrap();
    let serial = document.keys()[0].mfa_serial.as_ref();
    assert_eq!(
        serial.unwrap().as_str(),
        "arn:aws:iam::123456789012:user/alice"
    );
    assert_eq!(document.to_json().as_slice(), text.as_bytes());
}
