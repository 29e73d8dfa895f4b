//! Names of profiles.

use super::*;

fn found(id: &str, name: &str, role: &str) -> AccountRole {
    AccountRole {
        account: SsoAccount {
            id: id.parse().unwrap(),
            name: name.to_owned(),
        },
        role: SsoRole {
            name: role.to_owned(),
        },
    }
}

fn check(template: &str, found: &[AccountRole], expect: Result<&[&str], &str>) {
    let named = choose(&template.parse().unwrap(), found);
    let names = named.as_ref().map(|named| {
        let names = named.iter().map(|(name, _)| name.as_str());
        names.collect::<Vec<_>>()
    });
    assert_eq!(
        names.map_err(ToString::to_string),
        expect.map(<[&str]>::to_vec).map_err(str::to_owned)
    );
}

#[test]
fn names_are_words_and_tell_accounts_apart() {
    let a = found("123456789012", "Production (EU)", "ReadOnly");
    let b = found("111122223333", "Sandbox & Play", "Admin_Access");
    let twin = found("111122223333", "production eu", "ReadOnly");
    const PLAIN: &str = "{account}-{role}";
    check(
        PLAIN,
        &[a.clone(), b.clone()],
        Ok(&["production-eu-readonly", "sandbox-play-admin_access"]),
    );
    check(
        PLAIN,
        &[a.clone(), twin.clone()],
        Ok(&[
            "production-eu-123456789012-readonly",
            "production-eu-111122223333-readonly",
        ]),
    );
    check(
        "{account_id}.{role}",
        std::slice::from_ref(&a),
        Ok(&["123456789012.readonly"]),
    );
    check(
        "{role}",
        &[a, twin],
        Err("two profiles would be called `readonly`"),
    );
}

#[test]
fn templates_that_cannot_work_are_refused() {
    for (text, expect) in [
        ("all", InvalidTemplate::Constant),
        ("{name}", InvalidTemplate::Unknown("{name}".to_owned())),
        ("{role}-{", InvalidTemplate::Unknown("-{".to_owned())),
    ] {
        assert_eq!(text.parse::<Template>(), Err(expect));
    }
}
