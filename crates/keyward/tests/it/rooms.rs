//! The folders of the program import downwards only, in the order of ARCHITECTURE.md.

use std::path::{Path, PathBuf};

/// The folders and loose files of `src`, from the top. A room may import only from rooms below it.
const ROOMS: &[&str] = &[
    "bin",
    "lib",
    "commands",
    "account",
    "serving",
    "import",
    "practice",
    "team",
    "keys",
    "ready",
    "session",
    "log",
    "aws_files",
    "state",
    "process",
    "prompt",
    "browser",
    "system",
    "screen",
    "environment",
];

/// The names that every room may use: the arguments, and the function that runs a parsed command.
const ANYWHERE: &[&str] = &["cli", "dispatch"];

#[test]
fn rooms_import_downwards_only() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut imports, mut upwards) = (0, Vec::new());
    for file in rust_files(&source) {
        let relative = file.strip_prefix(&source).unwrap();
        let room = room_of(relative);
        if ANYWHERE.contains(&room.as_str()) || relative.to_string_lossy().contains("tests") {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        for imported in imported_rooms(&text) {
            if imported == room || ANYWHERE.contains(&imported.as_str()) {
                continue;
            }
            imports += 1;
            if rank(&imported) <= rank(&room) {
                upwards.push(format!("{}: crate::{imported}", relative.display()));
            }
        }
    }
    assert!(imports > 500, "only {imports} imports were found");
    assert!(upwards.is_empty(), "{upwards:#?}");
}

fn rank(room: &str) -> usize {
    ROOMS
        .iter()
        .position(|known| *known == room)
        .unwrap_or_else(|| panic!("`{room}` has no place in the order of rooms"))
}

fn room_of(relative: &Path) -> String {
    let first = relative.components().next().unwrap().as_os_str();
    first.to_str().unwrap().trim_end_matches(".rs").to_owned()
}

/// The first name after each `crate::` of the code; comments do not count.
fn imported_rooms(text: &str) -> Vec<String> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| {
            rest.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect()
        })
        .filter(|name: &String| !name.is_empty())
        .collect()
}

pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
    files
}
