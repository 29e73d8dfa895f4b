//! Names the build for `keyward --version`: the commit and its date, as rustc does it.
//!
//! Only release builds name a commit. A debug build would otherwise be linked again after every
//! commit. The script uses no network, no clock and no file outside the repository, so two builds
//! of one commit name the same thing. Without git, and outside keyward's own repository, it says
//! `unknown`.

#![allow(clippy::print_stdout, reason = "cargo reads a build script's output")]

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=SOURCE_DATE_EPOCH");
    let version = variable("CARGO_PKG_VERSION").unwrap_or_default();
    let build = if variable("PROFILE").as_deref() == Some("release") {
        // The folder that cargo starts build scripts in is the package's.
        let root = Path::new("../..");
        for changed in watched(root) {
            println!("cargo:rerun-if-changed={changed}");
        }
        describe(root, variable("SOURCE_DATE_EPOCH").as_deref())
    } else {
        "debug build".to_owned()
    };
    println!("cargo:rustc-env=KEYWARD_VERSION={version} ({build})");
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The commit, `-dirty` when tracked files differ from it, and the date. `epoch` is the text of
/// `SOURCE_DATE_EPOCH`, in seconds; it replaces the commit's own date.
pub(crate) fn describe(root: &Path, epoch: Option<&str>) -> String {
    let commit = commit(root);
    let date = epoch
        .or(commit.as_ref().map(|commit| commit.seconds.as_str()))
        .and_then(|seconds| seconds.trim().parse().ok())
        .map(date);
    match (commit, date) {
        (Some(commit), Some(date)) => format!("{} {date}", commit.name),
        (Some(commit), None) => commit.name,
        (None, Some(date)) => format!("unknown {date}"),
        (None, None) => "unknown".to_owned(),
    }
}

struct Commit {
    name: String,
    seconds: String,
}

fn commit(root: &Path) -> Option<Commit> {
    if !is_repository(root) {
        return None;
    }
    let shown = git(root, &["log", "-1", "--format=%H %ct"])?;
    let (hash, seconds) = shown.split_once(' ')?;
    // A fixed length: git's own abbreviation depends on the clone.
    let mut name = hash.get(..12)?.to_owned();
    if git(root, &["status", "--porcelain", "--untracked-files=no"])
        .is_none_or(|changes| !changes.is_empty())
    {
        name.push_str("-dirty");
    }
    Some(Commit {
        name,
        seconds: seconds.to_owned(),
    })
}

/// Whether `root` is the top of a repository. A copy of the sources inside another project's
/// repository must not take that project's commit for its own.
fn is_repository(root: &Path) -> bool {
    let top = git(root, &["rev-parse", "--show-toplevel"]);
    let top = top.and_then(|top| Path::new(&top).canonicalize().ok());
    top.is_some() && top == root.canonicalize().ok()
}

/// The files whose change can change the description: where HEAD and its branch are, and the
/// sources, which decide `-dirty`.
fn watched(root: &Path) -> Vec<String> {
    let sources = ["crates", "Cargo.toml", "Cargo.lock"];
    let mut files: Vec<String> = sources.map(|name| format!("../../{name}")).to_vec();
    if is_repository(root) {
        let branch = git(root, &["symbolic-ref", "--quiet", "HEAD"]);
        // A branch whose file is packed has none until its next commit, which the log records.
        let names = ["HEAD".to_owned(), "logs/HEAD".to_owned()];
        for name in names.into_iter().chain(branch) {
            let path = git(root, &["rev-parse", "--git-path", &name]);
            // Cargo takes a file that is missing for one that always changed.
            files.extend(
                path.map(|path| root.join(path))
                    .filter(|path| path.exists())
                    .map(|path| path.display().to_string()),
            );
        }
    }
    files
}

/// One line that git prints; `None` if git is missing or fails.
fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("git");
    command.arg("-C").arg(root).args(arguments);
    // A hook's variables would point git at another repository.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(name);
    }
    let output = command.env("GIT_OPTIONAL_LOCKS", "0").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// The day in UTC, as `2026-11-29`, from seconds since 1970.
fn date(seconds: u64) -> String {
    let mut day = seconds / 86_400;
    let mut year = 1970;
    while day >= days(year, 0) {
        day -= days(year, 0);
        year += 1;
    }
    let mut month = 1;
    while day >= days(year, month) {
        day -= days(year, month);
        month += 1;
    }
    format!("{year}-{month:02}-{:02}", day + 1)
}

/// The days of a month; of the whole year for month 0.
fn days(year: u64, month: u64) -> u64 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        0 => 365 + u64::from(leap),
        2 => 28 + u64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
