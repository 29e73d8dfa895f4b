//! What `--version` says: of this build, and what the build script would say of others.

use std::path::Path;
use std::process::Command;

use keyward_testkit::Home;

#[path = "../../build.rs"]
#[allow(dead_code, reason = "cargo calls the rest")]
mod build;

/// A repository of one commit, made on 2024-02-29.
fn repository() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("file"), "one").unwrap();
    git(place.path(), &["init", "--quiet"]);
    git(place.path(), &["add", "file"]);
    git(place.path(), &["commit", "--quiet", "-m", "one"]);
    place
}

fn git(place: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .arg("-C")
        .arg(place)
        .args([
            "-c",
            "user.name=Alice",
            "-c",
            "user.email=alice@example.com",
        ])
        .args(["-c", "commit.gpgsign=false"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_COMMITTER_DATE", "2024-02-29T23:59:59Z")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn has_git() -> bool {
    let has = Command::new("git").arg("--version").output().is_ok();
    if !has {
        keyward_testkit::skipped("git is not installed");
    }
    has
}

#[test]
fn the_version_names_the_build() {
    let home = Home::new(env!("CARGO_BIN_EXE_keyward"));
    let output = home.command(&["--version"]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let start = concat!("keyward ", env!("CARGO_PKG_VERSION"), " (");
    assert!(said.starts_with(start), "{said}");
    assert_eq!(said.contains("(debug build)"), cfg!(debug_assertions));
}

#[test]
fn a_release_names_its_commit_and_the_day_of_it() {
    if !has_git() {
        return;
    }
    let place = repository();
    let commit = git(place.path(), &["rev-parse", "HEAD"])[..12].to_owned();
    assert_eq!(
        build::describe(place.path(), None),
        format!("{commit} 2024-02-29")
    );
    assert_eq!(
        build::describe(place.path(), Some("1709251200")),
        format!("{commit} 2024-03-01")
    );
    std::fs::write(place.path().join("file"), "two").unwrap();
    assert_eq!(
        build::describe(place.path(), None),
        format!("{commit}-dirty 2024-02-29")
    );
}

#[test]
fn sources_without_a_repository_of_their_own_name_no_commit() {
    let place = tempfile::tempdir().unwrap();
    assert_eq!(build::describe(place.path(), None), "unknown");
    assert_eq!(
        build::describe(place.path(), Some("0")),
        "unknown 1970-01-01"
    );
    assert_eq!(build::describe(place.path(), Some("soon")), "unknown");
    if has_git() {
        let other = repository();
        let copy = other.path().join("vendor");
        std::fs::create_dir(&copy).unwrap();
        assert_eq!(build::describe(&copy, None), "unknown");
    }
}

#[test]
fn every_page_and_the_workflow_name_the_least_compiler_of_the_manifest() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |file: &str| std::fs::read_to_string(root.join(file)).unwrap();
    let manifest = read("Cargo.toml");
    let mut lines = manifest.lines();
    let least = lines.find_map(|line| line.strip_prefix("rust-version = "));
    let least = least.unwrap().trim_matches('"');
    for file in ["README.md", "docs/install.md", "CONTRIBUTING.md"] {
        let claim = format!("Rust {least} or later");
        assert!(read(file).contains(&claim), "{file}: {claim}");
    }
    let workflow = read(".github/workflows/ci.yml");
    let check = format!("run: cargo +{least} check --workspace --locked");
    assert!(workflow.contains(&check), "{check}");
}
