//! Typed text, and the profiles that it leaves.

use keyward_core::id::ProfileName;

use super::{Choice, Line, beginning, score};

fn check(typed: &str, expect: &[&str]) {
    let lines = [
        ("readonly", "11h 59m  role ReadOnly in 123456789012"),
        (
            "administrator",
            "-        role Administrator in 123456789012",
        ),
        ("alice", "11h 59m  session of the vault's key"),
    ];
    let choices = lines.map(|(name, rest)| Choice {
        profile: name.parse().unwrap(),
        name: name.to_owned(),
        has_role: true,
        line: format!("{name}  {rest}"),
    });
    let lines = choices.iter().map(Line::Profile);
    let left: Vec<String> = lines
        .chain([Line::NothingFits])
        .filter(|line| score(typed, line, &choices).is_some())
        .map(|line| match line {
            Line::Profile(choice) => choice.name.clone(),
            Line::NothingFits => line.to_string(),
        })
        .collect();
    assert_eq!(left, expect, "{typed}");
}

#[test]
fn only_names_are_searched() {
    check("", &["readonly", "administrator", "alice"]);
    check("adm", &["administrator"]);
    check("rdo", &["readonly"]);
    check("123", &["no profile has a name like that"]);
    check("vault", &["no profile has a name like that"]);
}

#[test]
fn what_is_copied_runs_nothing_by_itself() {
    let profile: ProfileName = "$(touch pwned)".parse().unwrap();
    assert_eq!(beginning(&profile), "keyward exec '$(touch pwned)' -- ");
}
