//! Each released version leaves a vault that every later version must open.

use std::fs;
use std::path::Path;

use keyward_vault::{Index, IndexError, Paths, SlotKind, Vault};

/// A copy with the modes that a vault must have, which version control does not keep.
fn copy(from: &Path, to: &Path) {
    private_folder(to);
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::write(&target, fs::read(entry.path()).unwrap()).unwrap();
            private_file(&target);
        }
    }
}

#[cfg(unix)]
fn private_folder(path: &Path) {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().mode(0o700).create(path).unwrap();
}

#[cfg(unix)]
fn private_file(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(not(unix))]
fn private_folder(path: &Path) {
    fs::create_dir(path).unwrap();
}

#[cfg(not(unix))]
fn private_file(_: &Path) {}

fn golden(version: &str) -> (tempfile::TempDir, Vault) {
    let home = tempfile::tempdir().unwrap();
    let root = home.path().join("root");
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/golden")
            .join(version),
        &root,
    );
    (home, Vault::at(Paths::new(root)))
}

#[test]
fn a_vault_of_version_1_opens() {
    let (_home, vault) = golden("v1");
    let slots = vault.slots().unwrap();
    assert_eq!(
        slots.iter().map(|slot| &slot.kind).collect::<Vec<_>>(),
        [&SlotKind::Passphrase]
    );
    // This version did not name the vault in its index, so the index is not believed before the
    // vault is open.
    let index = match Index::load(vault.paths()) {
        Err(IndexError::Outdated { listed, .. }) => listed,
        other => panic!("{other:?}"),
    };
    assert_eq!(index.keys[0].access_key_id.as_str(), "AKIAIOSFODNN7EXAMPLE");

    let open = vault
        .unlock_with_passphrase(&"correct horse battery staple".parse().unwrap())
        .unwrap();
    let document = open.document();
    // Fields that later versions added to the index appear once the vault has been opened.
    assert_eq!(Index::of(document).keys, index.keys);
    assert_eq!(Index::load(vault.paths()).unwrap(), Index::of(document));
    let key = &document.keys()[0];
    assert_eq!(key.profile.as_str(), "root");
    assert_eq!(
        key.secret_access_key.expose(),
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    );
    assert_eq!(key.user_arn.as_ref().unwrap().user_name(), Some("alice"));
    assert_eq!(key.created.to_string(), "2026-01-01T00:00:00Z");
    assert_eq!(key.verified, Some(key.created));
    let rotation = document.rotation(&key.profile).unwrap();
    assert_eq!(rotation.state.as_str(), "pending");
    let pending = rotation.new_key.as_ref().unwrap();
    assert_eq!(
        pending.secret_access_key.expose(),
        "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY"
    );
    let serial = key.mfa_serial.as_ref().unwrap();
    assert_eq!(
        document.totp_seed(serial).unwrap().expose(),
        "JBSWY3DPEHPK3PXP"
    );
    assert_eq!(
        document.refresh_token("corp").unwrap().expose(),
        "EXAMPLE-refresh-token"
    );
}
