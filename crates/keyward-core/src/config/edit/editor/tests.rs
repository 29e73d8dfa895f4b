//! Many changes at once have the same result as one by one. Their cost grows with the file, not
//! with its square.

use proptest::prelude::*;

use super::*;
use crate::config::parse::bytes_read;
use crate::config::parse::tests::lines;

fn profile(name: &str) -> SectionRef {
    SectionRef::Profile(name.parse().unwrap())
}

/// The bytes that are parsed to change two keys of every profile of a file.
fn cost(profiles: usize) -> usize {
    let text: String = (0..profiles)
        .map(|n| format!("[profile p{n}]\nregion = eu-central-1\nmfa_serial = x\n\n"))
        .collect();
    let mut file = ConfigFile::parse(FileKind::Config, "config", &text).unwrap();
    let before = bytes_read();
    file.edit(|editor| {
        for n in 0..profiles {
            let section = profile(&format!("p{n}"));
            assert!(editor.set(&section, "credential_process", "keyward")?);
            assert!(editor.remove_key(&section, "mfa_serial"));
            editor.set(&profile(&format!("new{n}")), "region", "eu-central-1")?;
        }
        Ok(())
    })
    .unwrap();
    file.edit(|editor| {
        for n in 0..profiles {
            let section = profile(&format!("p{n}"));
            assert!(!editor.is_empty(&section));
            assert!(editor.remove_section(&section));
            assert!(!editor.remove_section(&section) && editor.is_empty(&section));
        }
        Ok(())
    })
    .unwrap();
    assert!(!file.as_str().contains("[profile p"));
    let read = bytes_read() - before;
    assert!(file.as_str().ends_with(&format!(
        "[profile new{}]\nregion = eu-central-1\n",
        profiles - 1
    )));
    read
}

#[test]
fn ten_times_the_profiles_cost_ten_times_the_work() {
    let (small, large) = (cost(100), cost(1000));
    assert!(large <= small * 12, "{small} and {large} bytes");
}

#[test]
fn a_refusal_names_the_line_of_the_whole_file_and_changes_nothing() {
    let text = "# top\n[profile a]\nk = 1\n\n[profile \"b\"]\nk = 2\n[profile c]\nregion:x = 3\n";
    let mut file = ConfigFile::parse(FileKind::Config, "config", text).unwrap();
    for (name, key, line) in [("b", "k", "config:5"), ("c", "region", "config:8")] {
        let error = file
            .edit(|editor| {
                editor.set(&profile("a"), "k", "9")?;
                editor.set(&profile(name), key, "9")
            })
            .unwrap_err();
        assert!(error.to_string().starts_with(line), "{error}");
        assert_eq!(file.as_str(), text);
    }
}

#[test]
fn a_key_of_an_empty_section_is_spaced_as_the_first_key_of_the_file() {
    for (text, after) in [
        (
            "[a]\n[profile a]\n[profile b]\nregion=x\n",
            "[a]\n[profile a]\nk=v\n[profile b]\nregion=x\n",
        ),
        (
            "[b]\nm = x\n[profile a]\nm=x\n[profile a]\n",
            "[b]\nm = x\n[profile a]\nm=x\n[profile a]\nk = v\n",
        ),
    ] {
        let mut many = ConfigFile::parse(FileKind::Config, "config", text).unwrap();
        let mut single = many.clone();
        single.set(&profile("a"), "k", "v").unwrap();
        many.edit(|editor| editor.set(&profile("a"), "k", "v"))
            .unwrap();
        assert_eq!(many.as_str(), after);
        assert_eq!(single.as_str(), after);
    }
}

#[derive(Debug, Clone)]
enum Change {
    Set(usize, usize, String),
    Remove(usize, usize),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = prop_oneof![
        (0..5_usize, 0..3_usize, "[a-z]{1,3}").prop_map(|(n, k, v)| Change::Set(n, k, v)),
        (0..5_usize, 0..3_usize).prop_map(|(n, k)| Change::Remove(n, k)),
    ];
    proptest::collection::vec(change, 0..6)
}

proptest! {
    #[test]
    fn many_sections_go_at_once_as_they_go_one_by_one(
        text in lines(),
        names in proptest::sample::subsequence(vec!["default", "a", "b", "x"], 0..4),
    ) {
        for kind in [FileKind::Config, FileKind::Credentials] {
            let Ok(file) = ConfigFile::parse(kind, "file", &text) else {
                continue;
            };
            let mut single = file.clone();
            let by_place = |name: &&str| file.as_str().find(&format!("{name}]"));
            let mut names = names.clone();
            names.sort_by_key(by_place);
            let expected: Vec<bool> =
                names.iter().map(|name| single.remove_section(&profile(name))).collect();
            let mut many = file.clone();
            let found: Vec<bool> = many
                .edit(|editor| {
                    Ok(names.iter().map(|name| editor.remove_section(&profile(name))).collect())
                })
                .unwrap();
            prop_assert_eq!(found, expected);
            // Blank lines between removed sections may differ; keys and other lines may not.
            let lines = |file: &ConfigFile| -> Vec<String> {
                let lines = file.as_str().lines().map(str::to_owned);
                lines.filter(|line| !line.trim().is_empty()).collect()
            };
            prop_assert_eq!(lines(&many), lines(&single));
        }
    }

    #[test]
    fn many_changes_at_once_equal_the_same_one_by_one(text in lines(), changes in changes()) {
        let names = ["default", "a", "b", "x", "new"];
        let keys = ["region", "k", "role_arn"];
        for kind in [FileKind::Config, FileKind::Credentials] {
            let Ok(file) = ConfigFile::parse(kind, "file", &text) else {
                continue;
            };
            let mut single = file.clone();
            let mut expected = Vec::new();
            for change in &changes {
                expected.push(match change {
                    Change::Set(name, key, value) => {
                        let section = profile(names[*name]);
                        let same = single.get(&section, keys[*key]).as_deref() == Some(value);
                        match same {
                            true => "false".to_owned(),
                            false => match single.set(&section, keys[*key], value) {
                                Ok(()) => "true".to_owned(),
                                Err(error) => error.to_string(),
                            },
                        }
                    }
                    Change::Remove(name, key) => {
                        single.remove_key(&profile(names[*name]), keys[*key]).to_string()
                    }
                });
            }
            let mut many = file.clone();
            let mut found = Vec::new();
            many.edit(|editor| {
                for change in &changes {
                    found.push(match change {
                        Change::Set(name, key, value) => {
                            match editor.set(&profile(names[*name]), keys[*key], value) {
                                Ok(changed) => changed.to_string(),
                                Err(error) => error.to_string(),
                            }
                        }
                        Change::Remove(name, key) => {
                            editor.remove_key(&profile(names[*name]), keys[*key]).to_string()
                        }
                    });
                }
                Ok(())
            }).unwrap();
            prop_assert_eq!(many.as_str(), single.as_str());
            prop_assert_eq!(&found, &expected);
        }
    }
}
