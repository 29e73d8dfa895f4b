//! Typed text, and the profiles that it leaves.

use keyward_core::id::ProfileName;

use super::{Choice, beginning, score};

fn check(typed: &str, expect: &[&str]) {
    let lines = [
        ("readonly", "11h 59m  role ReadOnly in 123456789012"),
        (
            "administrator",
            "-        role Administrator in 123456789012",
        ),
        ("alice", "11h 59m  session of the vault's key"),
    ];
    let left: Vec<&str> = lines
        .into_iter()
        .filter(|(name, rest)| {
            let choice = Choice {
                profile: name.parse().unwrap(),
                name: (*name).to_owned(),
                has_role: true,
                line: format!("{name}  {rest}"),
            };
            score(typed, &choice, &choice.line, 0).is_some()
        })
        .map(|(name, _)| name)
        .collect();
    assert_eq!(left, expect, "{typed}");
}

#[test]
fn only_names_are_searched() {
    check("", &["readonly", "administrator", "alice"]);
    check("adm", &["administrator"]);
    check("rdo", &["readonly"]);
    check("123", &[]);
    check("vault", &[]);
}

#[test]
fn what_is_copied_runs_nothing_by_itself() {
    let profile: ProfileName = "$(touch pwned)".parse().unwrap();
    assert_eq!(beginning(&profile), "keyward exec '$(touch pwned)' -- ");
}
