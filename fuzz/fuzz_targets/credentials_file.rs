//! Any bytes as a credentials file: nothing panics, a refusal names a line of the file and repeats
//! none of its values, and an edit as `refresh` and `import` make it touches its own section alone.
#![no_main]

use keyward_core::config::{ConfigFile, ConfigSet, FileKind, SectionRef};
use libfuzzer_sys::fuzz_target;

/// The blanks before an indented comment.
const BLANKS: [char; 2] = [' ', '\t'];

/// Separates the file and a value for its keys.
const SEPARATOR: char = '\u{1}';

/// The keys of temporary credentials, with their values.
const KEYS: [(&str, &str); 3] = [
    ("aws_access_key_id", "ASIAIOSFODNN7EXAMPLE"),
    (
        "aws_secret_access_key",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    ),
    ("aws_session_token", "FwoGZXIvYXdzEXAMPLETOKEN=="),
];

fuzz_target!(|input: &str| {
    let (text, value) = input.split_once(SEPARATOR).unwrap_or((input, "x"));
    let file = match ConfigFile::parse(FileKind::Credentials, "credentials", text) {
        Ok(file) => file,
        Err(error) => {
            let lines = text.split('\n').count();
            assert!((1..=lines).contains(&error.origin.line), "{error}");
            assert!(!error.fix().is_empty());
            let other = ConfigFile::parse(FileKind::Credentials, "credentials", &hidden(text));
            assert_eq!(other.err(), Some(error), "the refusal depends on a value");
            return;
        }
    };
    let set = ConfigSet::merge(None, Some(&file));
    // Makes every diagnostic.
    let _ = set.to_json();
    let names = set.profiles().map(|profile| profile.name.clone());
    let names: Vec<_> = names.chain("new".parse()).take(8).collect();
    for name in names {
        let section = SectionRef::Profile(name);
        written(&file, &section, value);
        removed(&file, &section);
    }
});

/// The text with each letter and digit behind a `=` replaced, which changes no line's kind.
fn hidden(text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| {
        let (key, value) = line.split_at(line.find('=').unwrap_or(line.len()));
        key.to_owned() + &value.replace(|c: char| c.is_ascii_alphanumeric(), "x")
    });
    lines.collect()
}

/// Writes a session as `refresh` does: all keys or none, and what is left of the file as it was.
fn written(before: &ConfigFile, section: &SectionRef, value: &str) {
    let mut file = before.clone();
    let done = file.edit(|editor| {
        for (key, value) in KEYS {
            editor.set(section, key, value)?;
        }
        editor.set(section, "region", value)
    });
    if done.is_err() {
        assert_eq!(file.as_str(), before.as_str(), "a half-made edit stays");
        return;
    }
    for (key, value) in KEYS {
        assert_eq!(file.get(section, key).as_deref(), Some(value));
    }
    assert_eq!(file.get(section, "region").as_deref(), Some(value));
    assert!(ConfigFile::parse(FileKind::Credentials, "credentials", file.as_str()).is_ok());
    assert_eq!(others(before, section), others(&file, section));
    // The same again changes nothing.
    let once = file.as_str().to_owned();
    for (key, value) in KEYS {
        file.set(section, key, value)
            .expect("a key that was written can be written");
    }
    assert_eq!(file.as_str(), once);
}

/// Removes a section as `import` does: what is left are lines of the file, in its order. A comment may
/// have moved to the first column.
fn removed(before: &ConfigFile, section: &SectionRef) {
    let mut file = before.clone();
    let found = file.remove_section(section);
    assert_eq!(found, before.contains(section));
    assert!(!file.contains(section));
    assert_eq!(others(before, section), others(&file, section));
    let mut lines = before.as_str().split_inclusive('\n');
    for line in file.as_str().split_inclusive('\n') {
        let is_comment = line.starts_with(['#', ';']);
        let stays = |old: &str| old == line || is_comment && old.trim_start_matches(BLANKS) == line;
        assert!(lines.any(stays), "a line is new or has moved");
    }
}

/// Every value of every other profile.
fn others(file: &ConfigFile, section: &SectionRef) -> Vec<(String, String, String)> {
    let set = ConfigSet::merge(None, Some(file));
    let mut all = Vec::new();
    for profile in set.profiles() {
        if *section == SectionRef::Profile(profile.name.clone()) {
            continue;
        }
        for (key, property) in profile.section.iter() {
            let value = property.value.clone();
            all.push((profile.name.to_string(), key.to_owned(), value.into()));
        }
    }
    all
}
