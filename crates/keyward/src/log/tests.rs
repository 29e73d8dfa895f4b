//! The log on disk: what is written is read back, and whatever is done to a line shows.

use super::{Break, Entry, How, append, chain};

fn entry(profile: &str) -> Entry {
    Entry {
        time: "2026-01-31T12:00:00Z".parse().unwrap(),
        profile: profile.parse().unwrap(),
        role: Some("arn:aws:iam::123456789012:role/ReadOnly".parse().unwrap()),
        session: Some("alice".to_owned()),
        access_key_id: "ASIAIOSFODNN7EXAMPLE".parse().unwrap(),
        expires_at: None,
        how: How::Exec,
        pid: 42,
        parent: Some("make".to_owned()),
    }
}

/// A log of three entries, changed by `change`, and where it breaks.
fn check(change: impl FnOnce(&mut Vec<String>), expect: Option<Break>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyward/log.jsonl");
    for profile in ["one", "two", "three"] {
        append(&path, &entry(profile)).unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    change(&mut lines);
    let story = chain::read(lines.join("\n").as_bytes());
    assert_eq!(story.broken, expect);
}

#[test]
fn a_chain_breaks_where_it_was_touched() {
    check(|_| {}, None);
    check(
        |lines| lines[0] = lines[0].replace("one", "two"),
        Some(Break::Gap(2)),
    );
    check(|lines| drop(lines.remove(1)), Some(Break::Gap(2)));
    check(|lines| drop(lines.remove(0)), Some(Break::Gap(1)));
    check(|lines| lines.swap(1, 2), Some(Break::Gap(2)));
    check(|lines| lines[1].truncate(20), Some(Break::Unreadable(2)));
    check(
        |lines| lines.insert(1, lines[0].clone()),
        Some(Break::Gap(2)),
    );
}

#[test]
fn an_entry_survives_its_line() {
    let line = entry("one").to_line(chain::START);
    let (read, previous) = Entry::read(line.as_bytes()).unwrap();
    assert_eq!(read, entry("one"));
    assert_eq!(previous, chain::START);
}

#[test]
fn a_line_without_its_end_does_not_swallow_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    append(&path, &entry("one")).unwrap();
    let mut text = std::fs::read_to_string(&path).unwrap();
    text.push_str("{\"time\":\"2026-0");
    std::fs::write(&path, text).unwrap();
    append(&path, &entry("two")).unwrap();
    let story = chain::read(&std::fs::read(&path).unwrap());
    let profiles: Vec<&str> = story
        .entries
        .iter()
        .map(|entry| entry.profile.as_str())
        .collect();
    assert_eq!(profiles, ["one", "two"]);
    assert_eq!(story.broken, Some(Break::Unreadable(2)));
}

#[test]
fn many_writers_keep_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..10 {
                    append(&path, &entry("one")).unwrap();
                }
            });
        }
    });
    let story = chain::read(&std::fs::read(&path).unwrap());
    assert_eq!(story.entries.len(), 80);
    assert_eq!(story.broken, None);
}

#[cfg(unix)]
#[test]
fn the_log_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyward/log.jsonl");
    append(&path, &entry("one")).unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&path) & 0o777, 0o600);
    assert_eq!(mode(path.parent().unwrap()) & 0o777, 0o700);
}
