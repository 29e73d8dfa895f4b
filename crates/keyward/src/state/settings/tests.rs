use super::*;

#[test]
fn a_value_that_cannot_be_used_is_told_with_its_key_and_line() {
    fn check(text: &str, wanted: &str) {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("config.toml");
        std::fs::write(&path, text).unwrap();
        let error = Settings::load(&path).unwrap_err();
        let cause = Error::source(&error).unwrap();
        let message = format!("{error}; {cause}");
        assert!(message.contains(wanted), "{message}");
    }
    check(
        "# mine\nykman = \"x\"\nkey_max_age = \"banana\"\n",
        "config.toml:3: `key_max_age` has a value that cannot be used; ",
    );
    check("unlock_for = \"x\"", ":1: `unlock_for`");
    check("slot_order = [\n\"os\",\n\"a b\"]", ":1: `slot_order`");
    check("passphrase_work = 99", ":1: `passphrase_work`");
    check(
        "[accounts]\na = \"123456789012\"\nb = \"12\"\n",
        ":3: `accounts.b` has a value that cannot be used; `12` is not an account id",
    );
    check("key_max_age = 3", "is invalid; TOML parse error at line 1");
    check(
        "version = 2\nkey_max_age = 3\n",
        "is invalid; it has version 2, and this program reads version 1",
    );
    check(
        "version = \"2\"\n",
        "is invalid; its version is `\"2\"`, which is not a number",
    );
}

#[test]
fn an_unknown_setting_stops_nothing() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("config.toml");
    let text = "version = 1\nkey_max_age = \"30d\"\ncolour = 3\n[acounts]\na = \"1\"\n";
    std::fs::write(&path, text).unwrap();
    let settings = Settings::load(&path).unwrap();
    assert_eq!(settings.key_max_age, Duration::from_secs(30 * 86_400));
    assert_eq!(settings.unknown, ["colour", "acounts"]);
    assert_eq!(line_of(text, &["acounts"]), Some(4));
}

#[test]
fn the_list_of_names_is_complete() {
    let text = "version = 1\nsession_duration = \"8h\"\nunlock_for = \"1h\"\npassphrase_work = 18\n\
                slot_order = [\"os\"]\nkey_max_age = \"30d\"\nykman = \"a\"\ndialogs = true\n\
                assume_from = \"a\"\n[accounts]\n";
    assert_eq!(unknown(text), [""; 0]);
    assert_eq!(unknown("session_ttl = \"8h\"\n"), [""; 0]);
}

#[test]
fn every_value_that_cannot_be_used_is_told_at_once() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("config.toml");
    let text = "key_max_age = \"banana\"\nunlock_for = \"1h\"\nassume_from = \"\"\n[accounts]\na = \"1\"\nb = \"2\"\n";
    std::fs::write(&path, text).unwrap();
    let faults = Settings::read(&path).unwrap_err();
    let mut lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    lines.sort();
    let shown = locations::show(&path);
    for (line, key) in [
        (1, "key_max_age"),
        (3, "assume_from"),
        (5, "accounts.a"),
        (6, "accounts.b"),
    ] {
        let start = format!("{shown}:{line}: `{key}` has");
        assert!(lines.remove(0).starts_with(&start), "{start}");
    }
    assert!(lines.is_empty());
}

#[test]
fn a_low_work_factor_does_not_count() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("config.toml");
    std::fs::write(&path, "passphrase_work = 1").unwrap();
    let settings = Settings::load(&path).unwrap();
    assert_eq!(settings.passphrase_work, WorkFactor::fixed(17).unwrap());
}

#[test]
fn a_missing_file_means_the_defaults() {
    let settings = Settings::load(Path::new("/no/such/file")).unwrap();
    assert_eq!(settings.key_max_age, KEY_MAX_AGE);
}
