use proptest::prelude::*;

use super::*;
use crate::config::parse::COMMENT;
use crate::config::parse::tests::lines;
use crate::config::{ConfigSet, FileKind::Config, FileKind::Credentials};

fn profile(name: &str) -> SectionRef {
    SectionRef::Profile(name.parse().unwrap())
}

/// `section key=value` written into a file, and the resulting file.
#[track_caller]
fn check_set(kind: FileKind, before: &str, set: &str, after: &str) {
    let (name, (key, value)) = set
        .split_once(' ')
        .map(|(n, s)| (n, s.split_once('=').unwrap()))
        .unwrap();
    let mut file = ConfigFile::parse(kind, "file", before).unwrap();
    file.set(&profile(name), key, value).unwrap();
    assert_eq!(file.as_str(), after, "{before:?}, {set}");
    assert_eq!(file.get(&profile(name), key).as_deref(), Some(value));
}

#[test]
fn an_existing_key_keeps_its_line_but_for_the_value() {
    for (before, set, after) in [
        (
            "[default]\nregion = a\n",
            "default region=b",
            "[default]\nregion = b\n",
        ),
        (
            "[default]\nRegion\t=  a  \n",
            "default region=b",
            "[default]\nRegion\t=  b  \n",
        ),
        (
            "[default]\r\nregion=a\r\n# x\r\n",
            "default region=b",
            "[default]\r\nregion=b\r\n# x\r\n",
        ),
        (
            "[default]\nregion = a",
            "default region=b",
            "[default]\nregion = b",
        ),
        (
            "[default]\nregion =\n",
            "default region=b",
            "[default]\nregion = b\n",
        ),
        (
            "[default]\nregion=\n",
            "default region=b",
            "[default]\nregion=b\n",
        ),
        (
            "[default]\nregion=   ",
            "default region=b",
            "[default]\nregion= b",
        ),
        (
            "[default]\nregion = a=b\n",
            "default region=b",
            "[default]\nregion = b\n",
        ),
        (
            "[default]\nk=1\nK=2\n",
            "default k=3",
            "[default]\nk=1\nK=3\n",
        ),
        (
            "[profile a]\nk=1\n[profile a]\nm=2\n",
            "a k=3",
            "[profile a]\nk=3\n[profile a]\nm=2\n",
        ),
        (
            "[profile a]\nk=1\n[profile a]\nk=2\n",
            "a k=3",
            "[profile a]\nk=1\n[profile a]\nk=3\n",
        ),
        (
            "[default]\nk=1\n[profile default]\nk=2\n",
            "default k=3",
            "[default]\nk=1\n[profile default]\nk=3\n",
        ),
    ] {
        check_set(Config, before, set, after);
    }
}

#[test]
fn an_inline_comment_moves_above_the_value_it_would_join() {
    for (before, set, after) in [
        (
            "[default]\nregion = a # x \n",
            "default region=b",
            "[default]\n# x\nregion = b\n",
        ),
        (
            "[default]\r\nregion=a ;x",
            "default region=b",
            "[default]\r\n;x\r\nregion=b",
        ),
        (
            "[default]\nregion = # x\n",
            "default region=b",
            "[default]\n# x\nregion = b\n",
        ),
    ] {
        check_set(Config, before, set, after);
    }
}

#[test]
fn the_continuations_of_an_old_value_go_and_comments_stay() {
    for (before, set, after) in [
        (
            "[default]\nk = a\n b\n\tc\nm=1\n",
            "default k=x",
            "[default]\nk = x\nm=1\n",
        ),
        (
            "[default]\ns3 =\n  a = 1\n\n# note\n  b = 2\n \nm=1\n",
            "default s3=x",
            "[default]\ns3 = x\n\n# note\n \nm=1\n",
        ),
        ("[default]\nk = a\n b", "default k=x", "[default]\nk = x\n"),
        (
            "[default]\nk = a\n  # note\n b\n  ; end\nm=1\n",
            "default k=x",
            "[default]\nk = x\n# note\n; end\nm=1\n",
        ),
        (
            "[default]\r\nk = a\r\n# one\r\n\t; two\r\n\r\n  # three",
            "default k=x",
            "[default]\r\nk = x\r\n# one\r\n; two\r\n\r\n# three",
        ),
        // White space other than blanks continues a value like any other text.
        (
            "[default]\nk = a\n\t\u{b}\n \u{a0}\r\nm=1\n",
            "default k=x",
            "[default]\nk = x\nm=1\n",
        ),
    ] {
        check_set(Config, before, set, after);
    }
}

#[test]
fn a_removed_key_takes_every_continuation_along() {
    for text in [
        "[default]\nk = a\n\t\u{b}\n",
        "[default]\nk =\n  n = 1\n  m = 2\n",
        "[default]\nk = a\n \u{c}",
    ] {
        let mut file = ConfigFile::parse(Config, "file", text).unwrap();
        assert!(file.remove_key(&profile("default"), "k"));
        assert_eq!(file.as_str(), "[default]\n", "{text:?}");
    }
}

#[test]
fn a_new_key_goes_below_the_last_of_its_section() {
    for (before, set, after) in [
        ("[default]\n", "default k=x", "[default]\nk = x\n"),
        ("[default]", "default k=x", "[default]\nk = x\n"),
        (
            "[default]\r\na=1",
            "default k=x",
            "[default]\r\na=1\r\nk=x\r\n",
        ),
        (
            "[default]\na = 1\n\n# next\n[profile b]\n",
            "default k=x",
            "[default]\na = 1\nk = x\n\n# next\n[profile b]\n",
        ),
        (
            "[default]\ns3 =\n  a = 1\n  b = 2\n\n[profile b]\n",
            "default k=x",
            "[default]\ns3 =\n  a = 1\n  b = 2\nk = x\n\n[profile b]\n",
        ),
        (
            "[profile a]\n[profile b]\nm=1\n[profile a]\n\n",
            "a k=x",
            "[profile a]\n[profile b]\nm=1\n[profile a]\nk=x\n\n",
        ),
        (
            "[profile default]\n[default]\n",
            "default k=x",
            "[profile default]\nk = x\n[default]\n",
        ),
        // Above an indented comment, it would take the comment over for the SDK for Rust.
        (
            "[default]\na = 1\n  # note\n\n# next\n[profile b]\n",
            "default k=x",
            "[default]\na = 1\n  # note\nk = x\n\n# next\n[profile b]\n",
        ),
        (
            "[default]\na = 1\n# one\n  # two",
            "default k=x",
            "[default]\na = 1\n# one\n  # two\nk = x\n",
        ),
        (
            "[default]\n\t; note\n[profile b]\n",
            "default k=x",
            "[default]\n\t; note\nk = x\n[profile b]\n",
        ),
    ] {
        check_set(Config, before, set, after);
    }
}

#[test]
fn a_missing_section_goes_to_the_end() {
    for (kind, before, set, after) in [
        (
            Config,
            "[default]\nm = 1\r",
            "a k=x",
            "[default]\nm = 1\r\r\n\n[profile a]\nk = x\n",
        ),
        (Config, "", "default k=x", "[default]\nk = x\n"),
        (Config, "", "a k=x", "[profile a]\nk = x\n"),
        (
            Config,
            "[default]\n",
            "a k=x",
            "[default]\n\n[profile a]\nk = x\n",
        ),
        (
            Config,
            "[default]\nm=1",
            "a k=x",
            "[default]\nm=1\n\n[profile a]\nk=x\n",
        ),
        (
            Config,
            "[default]\r\n\r\n",
            "a k=x",
            "[default]\r\n\r\n[profile a]\r\nk = x\r\n",
        ),
        (
            Config,
            "[a]\nm = 1\n",
            "a k=x",
            "[a]\nm = 1\n\n[profile a]\nk = x\n",
        ),
        (
            Credentials,
            "[default]\n",
            "a k=x",
            "[default]\n\n[a]\nk = x\n",
        ),
        (
            Credentials,
            "[profile a]\n",
            "a k=x",
            "[profile a]\n\n[a]\nk = x\n",
        ),
    ] {
        check_set(kind, before, set, after);
    }
}

#[test]
fn an_sso_session_is_written_into_the_config_file_only() {
    let session = SectionRef::SsoSession("s".to_owned());
    let mut file = ConfigFile::parse(Config, "config", "").unwrap();
    file.set(&session, "sso_region", "us-east-1").unwrap();
    assert_eq!(file.as_str(), "[sso-session s]\nsso_region = us-east-1\n");
    let mut file = ConfigFile::parse(Credentials, "credentials", "").unwrap();
    assert_eq!(
        file.set(&session, "sso_region", "x"),
        Err(EditError::WrongFile)
    );
}

#[test]
fn what_tools_read_differently_is_not_written() {
    let check = |before: &str, name: &str, key: &str, value: &str| {
        let mut file = ConfigFile::parse(Config, "config", before).unwrap();
        let error = file.set(&profile(name), key, value).unwrap_err();
        assert_eq!(file.as_str(), before);
        error
    };
    for name in ["a b", "a\"b", "a'", "a#b", "ä", "a!", "a\\b"] {
        assert_eq!(
            check("", name, "k", "x"),
            EditError::Name {
                name: name.to_owned()
            }
        );
    }
    for key in ["", "a b", "a:b", "#a", "a=b", "[a", "ä", "a\nb"] {
        assert_eq!(check("", "a", key, "x"), EditError::Key, "{key:?}");
    }
    for value in [
        " x",
        "x ",
        "a\nb",
        "a\rb",
        "a\tb",
        "a #b",
        "a ;b",
        "#a",
        ";a",
        "x\u{a0}",
        "a\u{85}b",
        "a\u{2028}b",
    ] {
        assert_eq!(
            check("", "a", "k", value),
            EditError::Value {
                key: "k".to_owned()
            },
            "{value:?}"
        );
    }
    assert_eq!(
        check("", "a", "k", ""),
        EditError::EmptyValue {
            key: "k".to_owned()
        }
    );
    for before in ["\n[profile 'a']\n", "\n[ profile a]\n"] {
        let error = check(before, "a", "k", "x");
        assert_eq!(
            error.to_string(),
            "config:2: not every AWS tool reads this header, so nothing is written below it"
        );
    }
    let mut file = ConfigFile::parse(Credentials, "credentials", "").unwrap();
    assert!(matches!(
        file.set(&profile("DEFAULT"), "k", "x"),
        Err(EditError::Name { .. })
    ));
}

#[test]
fn values_with_harmless_signs_are_written() {
    for value in [
        "a#b",
        "a;b",
        "a = b",
        "=",
        "\"x y\"",
        "%d",
        "[x]",
        "https://x/#y",
        "a: b",
    ] {
        check_set(
            Config,
            "",
            &format!("a k={value}"),
            &format!("[profile a]\nk = {value}\n"),
        );
    }
}

#[test]
fn a_key_goes_with_all_its_lines() {
    for (before, after) in [
        ("[default]\nk=1\nm=2\n", "[default]\nm=2\n"),
        (
            "[default]\nk =\n  a = 1\n# note\n  b = 2\nm=2\n",
            "[default]\n# note\nm=2\n",
        ),
        (
            "[default]\nK=1 # x\n[default]\nk=2",
            "[default]\n[default]\n",
        ),
        ("[profile b]\nk=1\n", "[profile b]\nk=1\n"),
        (
            "[default]\nk=1\n  # note\nm=2\n",
            "[default]\n# note\nm=2\n",
        ),
        (
            "[default]\nm=2\nk=1\n\n\t# note\n[profile b]\n",
            "[default]\nm=2\n\n# note\n[profile b]\n",
        ),
    ] {
        let mut file = ConfigFile::parse(Config, "config", before).unwrap();
        assert_eq!(file.remove_key(&profile("default"), "k"), before != after);
        assert_eq!(file.as_str(), after);
        assert_eq!(file.get(&profile("default"), "k"), None);
    }
}

#[test]
fn a_section_goes_with_its_comments_and_its_gap() {
    for (before, after) in [
        ("[profile a]\nk=1\n", ""),
        (
            "[default]\n\n[profile a]\nk=1\n\n[profile b]\n",
            "[default]\n\n[profile b]\n",
        ),
        (
            "[default]\n[profile a]\nk=1\n\n[profile b]\n",
            "[default]\n\n[profile b]\n",
        ),
        (
            "[profile a]\nk=1\n# m=2\n\n# about b\n[profile b]\n",
            "# about b\n[profile b]\n",
        ),
        (
            "[profile a]\nk=1\n# about b\n[profile b]\n",
            "# about b\n[profile b]\n",
        ),
        ("[profile a]\n\ns3 =\n a=1\n\n b=2", ""),
        (
            "[profile a]\n[default]\nk=1\n[profile a]\n",
            "[default]\nk=1\n",
        ),
        ("[profile \"a\"]\n[default]\n", "[default]\n"),
        ("[default]\n", "[default]\n"),
        (
            "[profile a]\nk=1\n  # of a\n# about b\n[profile b]\n",
            "# about b\n[profile b]\n",
        ),
        (
            "[default]\nk=1\n[profile a]\n\n  # left\n[profile b]\n",
            "[default]\nk=1\n\n# left\n[profile b]\n",
        ),
    ] {
        let mut file = ConfigFile::parse(Config, "config", before).unwrap();
        assert_eq!(
            file.remove_section(&profile("a")),
            before != after,
            "{before:?}"
        );
        assert_eq!(file.as_str(), after);
        assert!(!file.contains(&profile("a")));
    }
}

/// Every profile's keys and values but one.
fn others(text: &str, but: &SectionRef, key: &str) -> Vec<(String, String, String)> {
    let set = ConfigSet::load(Some(("config", text)), None).unwrap();
    let mut all = Vec::new();
    for profile in set.profiles() {
        for (k, property) in profile.section.iter() {
            if *but != SectionRef::Profile(profile.name.clone()) || k != key {
                all.push((
                    profile.name.to_string(),
                    k.to_owned(),
                    property.value.to_string(),
                ));
            }
        }
    }
    all
}

/// Every section's keys and values but one, as the SDK for Rust reads them.
fn others_to_rust(file: &ConfigFile, but: &SectionRef, key: &str) -> Vec<[String; 3]> {
    let effective = file.effective(but);
    let mut all = Vec::new();
    for section in file.sections.iter() {
        let its_own = effective.iter().any(|own| own.line == section.line);
        for entry in file.entries_of(section) {
            let name = file.slice(entry.key);
            if !its_own || !(key.is_empty() || name.eq_ignore_ascii_case(key)) {
                let value = file.value_with_indented_comments(entry);
                all.push([
                    file.slice(section.inner).to_owned(),
                    name.to_owned(),
                    value.to_string(),
                ]);
            }
        }
    }
    all
}

/// The comments on lines of their own, without their indents.
fn comments(text: &str) -> String {
    let lines = text.lines().map(|line| line.trim_start_matches(BLANKS));
    let lines = lines.filter(|line| line.starts_with(COMMENT));
    lines.map(|line| format!("{line}\n")).collect()
}

/// The lines of `before` that `after` lacks. The longest sequence of lines that both have stays.
fn lost<'t>(before: &'t str, after: &str) -> Vec<&'t str> {
    let old: Vec<_> = before.lines().collect();
    let new: Vec<_> = after.lines().collect();
    // The length of that sequence in the rest of both, from a line of each.
    let mut common = vec![vec![0; new.len() + 1]; old.len() + 1];
    for (o, n) in (0..old.len()).flat_map(|o| (0..new.len()).map(move |n| (o, n))) {
        let (o, n) = (old.len() - 1 - o, new.len() - 1 - n);
        common[o][n] = match old[o] == new[n] {
            true => common[o + 1][n + 1] + 1,
            false => common[o + 1][n].max(common[o][n + 1]),
        };
    }
    let (mut lost, mut n) = (Vec::new(), 0);
    for (o, line) in old.iter().enumerate() {
        while n < new.len() && *line != new[n] && common[o][n + 1] == common[o][n] {
            n += 1;
        }
        match new.get(n) == Some(line) {
            true => n += 1,
            false => lost.push(*line),
        }
    }
    lost
}

/// Any text, or a readable file with comments of which some are indented.
fn files() -> impl Strategy<Value = String> {
    prop_oneof![
        lines(),
        "(\\[(profile )?[ab]\\]\n([ab] ?= ?a?\n|( |\t)?#=?a?\n|\n){0,6}){0,3}",
    ]
}

proptest! {
    #[test]
    fn a_set_value_is_read_back_and_all_else_stays(
        before in files(),
        name in "[ab]|default",
        key in "[ab]",
        value in "[a=#; ]{0,6}",
    ) {
        let section = profile(&name);
        let Ok(mut file) = ConfigFile::parse(Config, "config", &before) else { return Ok(()) };
        let old = file.clone();
        let to_rust = others_to_rust(&old, &section, &key);
        let Ok(()) = file.set(&section, &key, &value) else {
            prop_assert_eq!(file.as_str(), before);
            return Ok(());
        };
        let after = file.as_str().to_owned();
        prop_assert_eq!(file.get(&section, &key), Some(value.clone()));
        prop_assert_eq!(others(&before, &section, &key), others(&after, &section, &key));
        // Only a line of the key and lines that continued it may have gone.
        for line in lost(&before, &after) {
            let its_own = line.split_once('=').is_some_and(|(k, _)| k.trim().eq_ignore_ascii_case(&key));
            prop_assert!(its_own || line.starts_with(BLANKS), "{:?} was lost", line);
        }
        prop_assert!(lost(&comments(&before), &comments(&after)).is_empty());
        prop_assert_eq!(&to_rust, &others_to_rust(&file, &section, &key));
        let entry = file.find(&file.effective(&section), &key).unwrap();
        prop_assert_eq!(file.value_with_indented_comments(entry), value.clone());
        prop_assert!(old.has_refused_comment() || !file.has_refused_comment());
        file.set(&section, &key, &value).unwrap();
        prop_assert_eq!(file.as_str(), &after);
        prop_assert!(file.remove_key(&section, &key));
        prop_assert_eq!(file.get(&section, &key), None);
        prop_assert_eq!(others(&before, &section, &key), others(file.as_str(), &section, &key));
        prop_assert!(lost(&comments(&after), &comments(file.as_str())).is_empty());
        prop_assert_eq!(&to_rust, &others_to_rust(&file, &section, &key));
        prop_assert!(old.has_refused_comment() || !file.has_refused_comment());
    }

    #[test]
    fn a_section_goes_alone(before in files(), name in "[ab]|default") {
        let section = profile(&name);
        let Ok(mut file) = ConfigFile::parse(Config, "config", &before) else { return Ok(()) };
        // Without `[profile default]`, `[default]` comes out of its shade.
        let shaded = name == "default";
        let there = file.contains(&section);
        let old = file.clone();
        prop_assert_eq!(file.remove_section(&section), there);
        if !shaded {
            prop_assert!(!file.contains(&section));
            let keep = |text: &str| {
                let all = others(text, &section, "");
                all.into_iter().filter(|(n, _, _)| *n != name).collect::<Vec<_>>()
            };
            prop_assert_eq!(keep(&before), keep(file.as_str()));
            prop_assert_eq!(others_to_rust(&old, &section, ""), others_to_rust(&file, &section, ""));
            prop_assert!(old.has_refused_comment() || !file.has_refused_comment());
        }
    }
}
