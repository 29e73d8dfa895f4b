//! The variables that name another place for a file.

use super::*;

fn check(path: &str, given: Given, expected: &str) {
    let locations = Locations {
        settings: "/home/me/.config/keyward/config.toml".into(),
        data: "/home/me/.local/share/keyward".into(),
        pins: Some("/home/me/.local/state/keyward".into()),
        aws_config: "/home/me/.aws/config".into(),
        aws_credentials: "/home/me/.aws/credentials".into(),
    };
    let found = other_place(Path::new(path), given, Some(&locations));
    assert_eq!(found, expected, "{path}");
}

#[test]
fn each_file_has_the_variable_that_moves_it() {
    let home = "set KEYWARD_HOME to a folder";
    check("/home/me/.local/share/keyward", Given::Folder, home);
    check("/home/me/.local/share/keyward/vault.age", Given::File, home);
    check("/home/me/.config/keyward/config.toml", Given::File, home);
    check(
        "/home/me/.local/state/keyward/vault-1.json",
        Given::File,
        "set XDG_STATE_HOME to a folder",
    );
    check(
        "/home/me/.aws/config",
        Given::File,
        "set AWS_CONFIG_FILE to a file in a folder",
    );
    check(
        "/home/me/.aws/credentials",
        Given::File,
        "set AWS_SHARED_CREDENTIALS_FILE to a file in a folder",
    );
    check("/mnt/report.html", Given::File, "name a file in a folder");
    check("/mnt/policies", Given::Folder, "name a folder");
}

#[test]
fn only_a_refusal_of_the_disk_needs_another_place() {
    let path = Path::new("/mnt/report.html");
    let step = |kind: io::ErrorKind| elsewhere(path, Given::File, &kind.into());
    assert_eq!(
        step(io::ErrorKind::ReadOnlyFilesystem).as_deref(),
        Some("name a file in a folder that you may write")
    );
    assert_eq!(
        step(io::ErrorKind::StorageFull).as_deref(),
        Some("make room on that disk, or name a file in a folder on another")
    );
    assert_eq!(step(io::ErrorKind::NotFound), None);
}
