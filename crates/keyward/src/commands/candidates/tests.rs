//! Users of blueprints.

use super::users_in;

#[test]
fn users_are_those_of_a_blueprint() {
    let folder = tempfile::tempdir().unwrap();
    for (text, expected) in [
        (
            "version = 1\n[users.bob]\ngroups = [\"nowhere\"]\n[users.alice]\n",
            &["bob", "alice"][..],
        ),
        (
            "version = 1\n[users.\"a\\nb\"]\n[users.carol]\n",
            &["carol"],
        ),
        ("[users.bob]\n", &[]),
        ("version = 1\nusers = 7\n", &[]),
        ("version = ", &[]),
    ] {
        let file = folder.path().join("account.toml");
        std::fs::write(&file, text).unwrap();
        assert_eq!(users_in(&file), expected, "{text}");
    }
}
