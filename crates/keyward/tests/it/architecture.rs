//! Imports go the way ARCHITECTURE.md says, and no other.

use std::path::Path;

/// The crates that each crate may import.
const ALLOWED: &[(&str, &[&str])] = &[
    ("keyward-core", &[]),
    ("keyward-iam", &["keyward-core"]),
    ("keyward-ready", &["keyward-core"]),
    ("keyward-process", &[]),
    (
        "keyward-vault",
        &["keyward-core", "keyward-process", "keyward-ready"],
    ),
    ("keyward-loopback", &[]),
    ("keyward-serve", &["keyward-core", "keyward-loopback"]),
    ("keyward-account", &["keyward-core", "keyward-iam"]),
    ("keyward-recipients", &["keyward-core"]),
    (
        "keyward-aws",
        &["keyward-account", "keyward-core", "keyward-iam"],
    ),
    (
        "keyward-sandbox",
        &["keyward-core", "keyward-iam", "keyward-loopback"],
    ),
    ("keyward-testkit", &[]),
    (
        "keyward",
        &[
            "keyward-account",
            "keyward-aws",
            "keyward-core",
            "keyward-iam",
            "keyward-process",
            "keyward-ready",
            "keyward-recipients",
            "keyward-sandbox",
            "keyward-serve",
            "keyward-vault",
        ],
    ),
];

#[test]
fn imports_go_one_way() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut seen = 0;
    for entry in std::fs::read_dir(crates).unwrap() {
        let manifest = std::fs::read_to_string(entry.unwrap().path().join("Cargo.toml")).unwrap();
        let manifest: toml_edit::DocumentMut = manifest.parse().unwrap();
        let name = manifest["package"]["name"].as_str().unwrap();
        let (_, allowed) = ALLOWED
            .iter()
            .find(|(known, _)| *known == name)
            .unwrap_or_else(|| panic!("{name} is new"));
        for import in manifest["dependencies"]
            .as_table()
            .unwrap()
            .iter()
            .map(|(import, _)| import)
        {
            assert!(
                !import.starts_with("keyward") || allowed.contains(&import),
                "{name} imports {import}"
            );
            assert!(
                !import.starts_with("aws-sdk-") || name == "keyward-aws",
                "{name} names {import}"
            );
        }
        seen += 1;
    }
    assert!(seen > 0);
}

/// Each crate below the front makes every hand-out slower.
#[test]
fn the_front_imports_nothing_that_parses_talks_or_starts_a_runtime() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let manifest = std::fs::read_to_string(crates.join("keyward-ready/Cargo.toml")).unwrap();
    let manifest: toml_edit::DocumentMut = manifest.parse().unwrap();
    let mut imports: Vec<&str> = Vec::new();
    let targets = manifest["target"].as_table().unwrap();
    let tables = targets.iter().map(|(_, target)| &target["dependencies"]);
    for table in std::iter::once(&manifest["dependencies"]).chain(tables) {
        imports.extend(table.as_table().unwrap().iter().map(|(import, _)| import));
    }
    imports.sort_unstable();
    let known = [
        "chacha20poly1305",
        "data-encoding",
        "etcetera",
        "getrandom",
        "hmac",
        "keyward-core",
        "linux-keyutils",
        "rustix",
        "same-file",
        "sha2",
        "zeroize",
    ];
    assert_eq!(imports, known);
    let front = std::fs::read_to_string(crates.join("keyward/src/bin/front.rs")).unwrap();
    let named: Vec<&str> = front
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| word.starts_with("keyward_"))
        .collect();
    assert_eq!(
        named,
        ["keyward_ready"],
        "the front program is its crate alone"
    );
}
