//! Conditions that decide an answer, and command lines that have one.

use std::cell::RefCell;
use std::ffi::{OsStr, OsString};

use keyward_core::chain::{Flags, Inputs, LastCacheKeys, SimilarNames, StoredKeys, resolve};
use keyward_core::config::{ConfigFile, ConfigSet, FileKind};

use super::{Verb, decides};

fn words(line: &str) -> Vec<OsString> {
    line.split_whitespace().map(OsString::from).collect()
}

#[track_caller]
fn check(line: &str, expect: Option<(Verb, usize)>) {
    let words = words(line);
    let found = Verb::of(&words).map(|(verb, words)| (verb, words.len()));
    assert_eq!(found, expect, "{line}");
}

#[test]
fn only_known_command_lines_are_answered() {
    check(
        "credential-process admin",
        Some((Verb::CredentialProcess, 2)),
    );
    check("credential-process admin --mfa-code 123456", None);
    check("credential-process", None);
    check("-v credential-process admin", None);
    check("env admin --format fish", Some((Verb::Env, 4)));
    check("env admin -v", None);
    check("env admin -vv", None);
    check("env admin --verbose", None);
    check("env --color never admin", None);
    check("exec admin -v -- true", None);
    check("exec --color=never admin -- true", None);
    check("exec admin -- true -v", Some((Verb::Exec, 2)));
    check("exec admin -- env --format x", Some((Verb::Exec, 2)));
    check(
        "exec --region eu-west-1 admin -- true",
        Some((Verb::Exec, 4)),
    );
    check("exec admin", None);
    check("exec admin --", None);
    check("exec -- true", Some((Verb::Exec, 1)));
    check("exec admin true", None);
    check("status --prompt", Some((Verb::StatusPrompt, 2)));
    check("status", None);
    check("status --prompt --json", None);
    check("whoami admin", None);
    check("", None);
}

#[test]
fn every_variable_that_is_read_outside_a_chain_decides() {
    for name in [
        "HOME",
        "KEYWARD_HOME",
        "KEYWARD_MFA_CODE",
        "REQUESTS_CA_BUNDLE",
        "SHELL",
        "USER",
        "USERNAME",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_RUNTIME_DIR",
        "XDG_STATE_HOME",
    ] {
        assert!(decides(OsStr::new(name)), "{name}");
    }
    assert!(!decides(OsStr::new("PWD")));
}

#[test]
fn every_variable_that_a_profile_asks_for_decides() {
    let text = "\
[profile plain]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = x
[profile role]
source_profile = plain
role_arn = arn:aws:iam::123456789012:role/Admin
mfa_serial = arn:aws:iam::123456789012:mfa/alice
[profile named]
credential_source = Environment
role_arn = arn:aws:iam::123456789012:role/Admin
[profile container]
credential_source = EcsContainer
role_arn = arn:aws:iam::123456789012:role/Admin
[profile instance]
credential_source = Ec2InstanceMetadata
role_arn = arn:aws:iam::123456789012:role/Admin
[profile web]
web_identity_token_file = token
role_arn = arn:aws:iam::123456789012:role/Admin
[profile center]
sso_start_url = https://example.awsapps.com/start
sso_region = eu-central-1
sso_account_id = 123456789012
sso_role_name = Admin
[profile console]
login_session = arn:aws:iam::123456789012:user/alice
";
    let file = ConfigFile::parse(FileKind::Config, "config", text).unwrap();
    let config = ConfigSet::merge(Some(&file), None);
    let asked = RefCell::new(Vec::new());
    let environment = |name: &str| {
        asked.borrow_mut().push(name.to_owned());
        None
    };
    for profile in config.profiles() {
        let inputs = Inputs {
            profile: &profile.name.clone(),
            config: &config,
            stored_keys: &StoredKeys::default(),
            environment: &environment,
            flags: &Flags::default(),
            similar_names: SimilarNames::LeftOut,
            last_cache_keys: &LastCacheKeys::default(),
        };
        let _ = resolve(&inputs);
    }
    let asked = asked.into_inner();
    assert!(asked.len() > 20, "{asked:?}");
    for name in asked {
        assert!(decides(OsStr::new(&name)), "{name}");
    }
    for name in ["PATH", "PWD", "TERM", "_"] {
        assert!(!decides(OsStr::new(name)), "{name}");
    }
}
