use super::{Awstools, Overwrite, merge, read};
use crate::import::Harvest;

const THEIRS: &str = "\
defaultRegion = \"eu-west-1\"
keyRotationIntervalMinutes = 10080

[profiles]
mainAccount = \"main_account\"
mainAccountMfaSession = \"main_account_mfa_session\"

[accounts]
main = \"123456789012\"
dev = \"111122223333\"
";

#[track_caller]
fn found(text: &str, missed: usize) -> Awstools {
    let mut harvest = Harvest::default();
    let found = read(text, &mut harvest).unwrap();
    assert_eq!(harvest.left.len(), missed, "{:?}", harvest.left);
    found
}

#[track_caller]
fn check(ours: &str, overwrite: Overwrite, text: &str, steps: &[&str], left: usize) {
    let merged = merge(ours, &found(THEIRS, 0), overwrite).unwrap();
    assert_eq!(merged.text, text);
    assert_eq!(merged.steps, steps);
    assert_eq!(merged.left.len(), left, "{:?}", merged.left);
}

#[test]
fn its_file_is_read_in_every_spelling() {
    let new = found(THEIRS, 0);
    assert_eq!(new.rotation_minutes, Some(10080));
    assert_eq!(new.main_profile.as_deref(), Some("main_account"));
    assert_eq!(new.accounts[1].0, "dev");
    let old = found(
        "[Profiles]\nbastion = \"b\"\nbastion_mfa = \"m\"\n[Accounts]\nmain = \"123456789012\"\n",
        0,
    );
    assert_eq!(old.session_profile.as_deref(), Some("m"));
    assert_eq!(old.accounts.len(), 1);
    let odd = "accounts = { a = \"12\", b = 123456789012, c = \"123456789012\" }\nkey_rotation_interval_minutes = -5\n";
    let odd = found(odd, 2);
    assert_eq!(odd.accounts.len(), 1);
    assert_eq!(odd.rotation_minutes, None);
    assert!(read("= x", &mut Harvest::default()).is_err());
}

#[test]
fn accounts_and_interval_go_into_the_settings() {
    check(
        "",
        Overwrite::Never,
        "key_max_age = \"7d\"\nassume_from = \"main_account\"\n\n[accounts]\nmain = \"123456789012\"\ndev = \"111122223333\"\n",
        &[
            "set       `key_max_age = \"7d\"`",
            "set       `assume_from = \"main_account\"`",
            "add       account `main`, 123456789012",
            "add       account `dev`, 111122223333",
        ],
        0,
    );
}

#[test]
fn what_the_settings_say_already_stays_to_the_byte() {
    let ours = "# mine\nkey_max_age = \"7d\" # weekly\nassume_from='main_account'\n\n[accounts]  # all of them\nmain='123456789012'\n";
    check(
        ours,
        Overwrite::Never,
        &format!("{ours}dev = \"111122223333\"\n"),
        &["add       account `dev`, 111122223333"],
        0,
    );
    let all = format!("{ours}dev = \"111122223333\"\n");
    check(&all, Overwrite::Never, &all, &[], 0);
}

#[test]
fn other_values_are_replaced_only_when_told() {
    let ours = "key_max_age = \"30d\" # monthly\nassume_from = \"other\"\n[accounts]\nmain = \"444455556666\"\ndev = \"111122223333\"\n";
    check(ours, Overwrite::Never, ours, &[], 3);
    check(
        ours,
        Overwrite::Yes,
        "key_max_age = \"7d\" # monthly\nassume_from = \"main_account\"\n[accounts]\nmain = \"123456789012\"\ndev = \"111122223333\"\n",
        &[
            "set       `key_max_age = \"7d\"`",
            "set       `assume_from = \"main_account\"`",
            "replace   account `main`, 444455556666 by 123456789012",
        ],
        0,
    );
    let merged = merge("accounts = 1\n", &found(THEIRS, 0), Overwrite::Never).unwrap();
    assert_eq!(merged.left.len(), 1);
}
