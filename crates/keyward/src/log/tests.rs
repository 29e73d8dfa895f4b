//! The log on disk: what is written is read back, and whatever is done to a line shows.

use std::path::Path;

use super::chain::Before;
use super::{Anchor, Break, Entry, How, START, Whole, append, chain, files};
use keyward_ready::log::anchor::Lines;
use keyward_ready::log::{append as write_next, digest};

/// The profiles that a log names, and where its chain breaks.
fn read(bytes: &[u8]) -> (Vec<String>, Option<Break>) {
    let mut before = Before::Digest(START.to_owned());
    let mut profiles = Vec::new();
    let broken = chain::read(bytes, &mut before, &mut |entry, _| {
        profiles.extend(entry.map(|entry| entry.profile.to_string()));
        Ok(())
    });
    (profiles, broken.unwrap())
}

/// The same of all files of a log.
fn read_whole(path: &Path) -> (Vec<String>, Option<(String, Break)>) {
    let mut profiles = Vec::new();
    let broken = Whole::at(path, &Anchor::default())
        .unwrap()
        .read(&mut |entry| {
            profiles.push(entry.profile.to_string());
            Ok(())
        })
        .unwrap();
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let broken = broken.map(|broken| (name(&broken.path), broken.what));
    (profiles, broken)
}

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
        append(&path, &Anchor::default(), &entry(profile)).unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    change(&mut lines);
    assert_eq!(read(lines.join("\n").as_bytes()).1, expect);
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
    let line = entry("one").to_line(START);
    let (read, previous) = Entry::read(line.as_bytes()).unwrap();
    assert_eq!(read, entry("one"));
    assert_eq!(previous, START);
}

#[test]
fn a_line_without_its_end_does_not_swallow_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    append(&path, &Anchor::default(), &entry("one")).unwrap();
    let mut text = std::fs::read_to_string(&path).unwrap();
    text.push_str("{\"time\":\"2026-0");
    std::fs::write(&path, text).unwrap();
    append(&path, &Anchor::default(), &entry("two")).unwrap();
    let (profiles, broken) = read(&std::fs::read(&path).unwrap());
    assert_eq!(profiles, ["one", "two"]);
    assert_eq!(broken, Some(Break::Unreadable(2)));
}

#[test]
fn many_writers_keep_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..10 {
                    append(&path, &Anchor::default(), &entry("one")).unwrap();
                }
            });
        }
    });
    let (profiles, broken) = read(&std::fs::read(&path).unwrap());
    assert_eq!(profiles.len(), 80);
    assert_eq!(broken, None);
}

#[cfg(unix)]
#[test]
fn the_log_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyward/log.jsonl");
    append(&path, &Anchor::default(), &entry("one")).unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&path) & 0o777, 0o600);
    assert_eq!(mode(path.parent().unwrap()) & 0o777, 0o700);
}

#[test]
fn a_log_that_has_grown_goes_on_in_a_new_file_and_in_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    let line = entry("0").to_line(START).len() as u64;
    for number in 0..7 {
        write_next(&path, &Anchor::default(), 2 * line, |previous| {
            entry(&number.to_string()).to_line(previous)
        })
        .unwrap();
    }
    assert_eq!(files::numbers(&path), [1, 2, 3]);
    let all = ["0", "1", "2", "3", "4", "5", "6"];
    assert_eq!(read_whole(&path), (all.map(str::to_owned).to_vec(), None));
    // A line that is removed from an older file shows.
    let older = files::numbered(&path, 2);
    let text = std::fs::read_to_string(&older).unwrap();
    let first = text.lines().next().unwrap();
    std::fs::write(&older, format!("{first}\n")).unwrap();
    let (_, broken) = read_whole(&path);
    assert_eq!(broken, Some(("log.jsonl.3".to_owned(), Break::Gap(1))));
    // So does a file that is gone from the middle.
    std::fs::remove_file(&older).unwrap();
    let (_, broken) = read_whole(&path);
    assert_eq!(broken, Some(("log.jsonl.3".to_owned(), Break::Gap(1))));
}

#[test]
fn the_oldest_files_of_a_log_go_and_leave_no_break() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    for number in 0..20 {
        write_next(&path, &Anchor::default(), 1, |previous| {
            entry(&number.to_string()).to_line(previous)
        })
        .unwrap();
    }
    let numbers = files::numbers(&path);
    assert_eq!((numbers[0], numbers.len()), (5, 16));
    let (profiles, broken) = read_whole(&path);
    assert_eq!(profiles.len(), 16);
    assert_eq!(broken, None);
}

#[test]
fn many_writers_keep_one_chain_while_files_are_numbered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..10 {
                    write_next(&path, &Anchor::default(), 2000, |previous| {
                        entry("one").to_line(previous)
                    })
                    .unwrap();
                }
            });
        }
    });
    let (profiles, broken) = read_whole(&path);
    assert_eq!(profiles.len(), 80);
    assert_eq!(broken, None);
}

#[test]
fn a_line_that_is_longer_than_any_entry_is_not_kept() {
    let first = entry("one").to_line(START);
    let long = vec![b'x'; 4 << 20];
    let after = entry("two").to_line(&digest(&long));
    let text = [first.as_bytes(), &long, after.as_bytes()].join(&b'\n');
    let (profiles, broken) = read(&text);
    assert_eq!(profiles, ["one", "two"]);
    assert_eq!(broken, Some(Break::Unreadable(2)));
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_the_log_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    for refused in [
        append(&path, &Anchor::default(), &entry("one")),
        Whole::at(&path, &Anchor::default()).map(drop),
    ] {
        assert_eq!(
            refused.unwrap_err().kind(),
            std::io::ErrorKind::InvalidInput
        );
    }
}

/// A log of three entries whose end is remembered, changed by `change`, and where it breaks before
/// and after the next entry.
fn anchored(change: impl FnOnce(&Path), expect: Option<Break>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyward/log.jsonl");
    let anchor = Anchor::at(&folder.path().join("state/log"));
    let broken = || {
        let mut whole = Whole::at(&path, &anchor).unwrap();
        let broken = whole.read(&mut |_| Ok(())).unwrap();
        broken.map(|broken| broken.what)
    };
    for profile in ["one", "two", "three"] {
        append(&path, &anchor, &entry(profile)).unwrap();
    }
    assert_eq!(broken(), None);
    change(&path);
    assert_eq!(broken(), expect);
    append(&path, &anchor, &entry("later")).unwrap();
    assert_eq!(broken(), expect, "a later line hides nothing");
}

fn lines(path: &Path, keep: std::ops::Range<usize>) {
    let text = std::fs::read_to_string(path).unwrap();
    let kept: Vec<&str> = text.lines().collect();
    let kept: String = kept[keep].iter().map(|line| format!("{line}\n")).collect();
    std::fs::write(path, kept).unwrap();
}

#[test]
fn end_that_was_cut_off_shows() {
    anchored(|_| (), None);
    anchored(|path| lines(path, 0..2), Some(Break::Cut));
    anchored(|path| lines(path, 0..0), Some(Break::Cut));
    anchored(|path| std::fs::remove_file(path).unwrap(), Some(Break::Cut));
    anchored(|path| lines(path, 1..3), Some(Break::Gap(1)));
}

#[test]
fn line_whose_end_was_not_remembered_is_none_that_is_missing() {
    anchored(
        |path| append(path, &Anchor::default(), &entry("crashed")).unwrap(),
        None,
    );
}

#[test]
fn an_append_looks_back_no_further_than_a_log_is_long() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyward/log.jsonl");
    let anchor = Anchor::at(&folder.path().join("state/log"));
    append(&path, &anchor, &entry("one")).unwrap();
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(3 * files::LARGEST).unwrap();
    append(&path, &anchor, &entry("two")).unwrap();
    // The line of the mark is too far away to be found.
    assert_eq!(anchor.read().unwrap().state, Lines::Missing);
}

#[test]
fn only_the_end_of_a_file_is_read_that_keyward_never_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyward/log.jsonl");
    append(&path, &Anchor::default(), &entry("one")).unwrap();
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    // Terabytes would take hours.
    file.set_len(1 << 40).unwrap();
    append(&path, &Anchor::default(), &entry("two")).unwrap();
    append(&path, &Anchor::default(), &entry("three")).unwrap();
    let (profiles, broken) = read_whole(&path);
    assert_eq!(profiles, ["two", "three"]);
    assert_eq!(broken, Some(("log.jsonl.1".to_owned(), Break::Oversized)));
}

#[test]
fn older_files_that_were_removed_show_unless_there_were_enough() {
    assert_eq!(files::oldest_after_a_removal(&[1, 2, 3]), None);
    assert_eq!(files::oldest_after_a_removal(&[2, 3]), None);
    let all: Vec<u64> = (5..=20).collect();
    assert_eq!(files::oldest_after_a_removal(&all), Some(5));
    assert_eq!(files::oldest_after_a_removal(&all[1..]), None);
}
