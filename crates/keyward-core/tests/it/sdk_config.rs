//! The config files as the official SDK reads them: every file that it refuses is refused at the
//! same line, and every file that it reads has the same profiles, keys and values. Indented comments
//! are the exception: keyward reads them as boto3 and the AWS CLI do.

use std::future::Future as _;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_runtime::env_config::section::EnvConfigSections;
use aws_runtime::env_config::source;
use aws_types::os_shim_internal::{Env, Fs};
use keyward_core::config::ConfigSet;
use proptest::prelude::*;

/// The keys that the generated files use.
const KEYS: [&str; 4] = ["a", "b", "region", "a:b"];
/// The names that the generated files use.
const NAMES: [&str; 5] = ["a", "b", "default", "A", "x/y"];

/// The SDK's reading of both files; an error is the line that it names.
fn sdk(config: &str, credentials: &str) -> Result<EnvConfigSections, usize> {
    let files = EnvConfigFiles::builder()
        .with_contents(EnvConfigFileKind::Config, config)
        .with_contents(EnvConfigFileKind::Credentials, credentials)
        .build();
    let (env, fs) = (Env::from_slice(&[]), Fs::from_slice(&[]));
    let load = pin!(source::load(&env, &fs, &files));
    let Poll::Ready(source) = load.poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("texts in memory are ready at once");
    };
    let source = source.expect("texts in memory can be read");
    EnvConfigSections::parse(source).map_err(|error| {
        let text = error.to_string();
        let (_, rest) = text.split_once("on line ").expect("the SDK names the line");
        rest.split(':')
            .next()
            .and_then(|line| line.parse().ok())
            .expect("a colon follows the line")
    })
}

/// Both readings as text, so that a difference can be read.
fn readings(config: &str, credentials: &str) -> (Result<String, usize>, Result<String, usize>) {
    let ours = ConfigSet::load(Some(("", config)), Some(("", credentials)))
        .map_err(|error| error.origin.line);
    let theirs = sdk(config, credentials);
    let ours = ours.map(|set| {
        show(
            |name| {
                set.profile(&name.parse().expect("`NAMES` are names"))
                    .map(|p| &p.section)
            },
            |section, key| section.get(key).map(|p| p.value.as_str()),
        ) + &show(
            |name| set.sso_session(name),
            |s, key| s.get(key).map(|p| p.value.as_str()),
        ) + &format!("{} profiles", set.profiles().count())
    });
    let theirs = theirs.map(|set| {
        show(
            |name| set.get_profile(name),
            |profile, key| profile.get(key),
        ) + &show(
            |name| set.sso_session(name),
            |session, key| session.get(key),
        ) + &format!("{} profiles", named(set.profiles()))
    });
    (ours, theirs)
}

/// The SDK reads `[]` in the credentials file as a profile, which nothing can name.
fn named<'a>(profiles: impl Iterator<Item = &'a str>) -> usize {
    profiles.filter(|name| !name.is_empty()).count()
}

fn show<'s, S: 's>(
    section: impl Fn(&str) -> Option<&'s S>,
    value: impl Fn(&'s S, &str) -> Option<&'s str>,
) -> String {
    let mut shown = String::new();
    for name in NAMES {
        let Some(section) = section(name) else {
            continue;
        };
        shown.push_str(&format!("[{name}]\n"));
        for key in KEYS {
            if let Some(value) = value(section, key) {
                shown.push_str(&format!("{key}={value:?}\n"));
            }
        }
    }
    shown
}

/// The line, with a comment at its start. A header with a comment inside, such as `[;]`, becomes a
/// comment as a whole: the SDK for Rust alone refuses it.
fn without_own_rules(line: String) -> String {
    let text = line.trim_start();
    if text.starts_with(['#', ';']) {
        return text.to_owned();
    }
    let header = line.strip_prefix('[').map(|rest| rest.split(']').next());
    match header.flatten() {
        Some(name) if name.contains(['#', ';']) => format!("#{line}"),
        _ => line,
    }
}

/// A file of lines that are likely to mean something.
fn file() -> impl Strategy<Value = String> {
    let header = prop_oneof![
        3 => "\\[(profile )?(a|b|A|x/y|default)\\]( ?[#;]x)?",
        1 => "\\[sso-session a\\]",
        // Never `profile a` with a blank after it: the SDK keeps such a section apart and merges it
        // with `[profile a]` in the order of a hash map, another one in each run.
        1 => "\\[(profile a!|sso-sessiona|sso-sesion a|services a|a b|profile a b) ?\\]?",
        1 => "\\[profile a",
    ];
    let key = "(a|b|A|Region|a:b|a b|)[ \t]{0,1}={0,1}[ \t]{0,1}[a=#;\\[\\]\" é]{0,5}";
    let line = prop_oneof![
        3 => header.prop_map(|header| header.to_string()),
        6 => "(a|b|A|region|a:b) ?= ?[a=#;\\[\\]\" é]{0,5}",
        1 => key,
        1 => "(a|b) ?=[ \t]?",
        3 => "[ \t]{1,2}(a ?= ?)?[a=#; ]{0,4}",
        1 => "[ \t]{0,2}",
        1 => "[#;][a=]{0,2}",
    ];
    let start = "\\[(default|profile a|a)\\]\n";
    let rest = proptest::collection::vec((line, "\r?\n"), 0..10).prop_map(|lines| {
        lines
            .into_iter()
            .map(|(line, end)| without_own_rules(line) + &end)
            .collect::<String>()
    });
    (start, rest, "([ab] ?= ?[ab]?)?").prop_map(|(start, rest, end)| start + &rest + &end)
}

#[test]
fn the_comparison_sees_values_and_errors() {
    let (ours, theirs) = readings("[default]\nregion = x # y\n", "[a]\nb =\n  c = d\n");
    assert_eq!(
        ours.unwrap(),
        "[a]\nb=\"\\nc = d\"\n[default]\nregion=\"x\"\n2 profiles"
    );
    assert!(theirs.is_ok());
    assert_eq!(readings("[default]\n", "\n\nk=v"), (Err(3), Err(3)));
    let (ours, theirs) = readings("[profile a ]\nb = c\n", "");
    assert_eq!(ours, theirs);
    assert_eq!(ours.unwrap(), "[a]\nb=\"c\"\n1 profiles");
}

#[test]
fn an_indented_comment_is_no_value_as_in_other_sdks() {
    let (ours, theirs) = readings("[default]\nregion = x\n  # y\na = b\n", "");
    assert_eq!(
        ours.unwrap(),
        "[default]\na=\"b\"\nregion=\"x\"\n1 profiles"
    );
    // The SDK adds the comment to the value.
    assert!(theirs.unwrap().contains("region=\"x\\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn both_files_are_read_as_the_sdk_reads_them(config in file(), credentials in file()) {
        let (ours, theirs) = readings(&config, &credentials);
        prop_assert_eq!(ours, theirs);
    }
}
