use std::path::Path;

use keyward_core::config::ConfigSet;

use super::{mark, ours};
use crate::import::{FoundKey, Harvest, ProcessLine};
use crate::keys::new_key::EnteredKey;

/// Whether alice's line is taken over, and how many other lines are pointed out.
#[track_caller]
fn check(config: &str, redirected: bool, others: usize) {
    let set = ConfigSet::load(Some(("config", config)), None).unwrap();
    let mut harvest = with_alice();
    mark(&mut harvest, &set, &["granted", "aws-vault"]);
    let found = harvest.keys[0].process == ProcessLine::Redirect;
    assert_eq!(
        (found, harvest.left.len()),
        (redirected, others),
        "{config}"
    );
}

/// Her key moves in.
fn with_alice() -> Harvest {
    let mut harvest = Harvest::default();
    harvest.keys.push(FoundKey {
        profile: "alice".parse().unwrap(),
        given: EnteredKey {
            access_key_id: "AKIAIOSFODNN7EXAMPLE".parse().unwrap(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".parse().unwrap(),
        },
        mfa_serial: None,
        place: String::new(),
        removals: Vec::new(),
        process: ProcessLine::Keep,
    });
    harvest
}

#[test]
fn a_line_for_the_same_profile_is_taken_over() {
    for line in [
        "granted credential-process --profile=alice",
        "granted credential-process --profile alice",
        "aws-vault export --format=json alice",
        "/usr/local/bin/aws-vault exec alice --json",
        "\"C:\\Tools\\aws-vault.exe\" exec --json \"alice\"",
    ] {
        check(
            &format!("[profile alice]\ncredential_process = {line}\n"),
            true,
            0,
        );
    }
}

#[test]
fn other_lines_stay() {
    for (config, others) in [
        ("[profile alice]\nregion = x\n", 0),
        (
            "[profile alice]\ncredential_process = keyward credential-process alice\n",
            0,
        ),
        (
            "[profile alice]\ncredential_process = sh -c 'granted alice'\n",
            0,
        ),
        (
            "[profile alice]\ncredential_process = aws-vault exec bob --json\n",
            1,
        ),
        (
            "[profile role]\ncredential_process = aws-vault exec role --json\n",
            1,
        ),
    ] {
        check(config, false, others);
    }
}

#[test]
fn our_line_is_written_where_every_sdk_reads_it() {
    for (program, profile, expect) in [
        (
            "/usr/bin/keyward",
            "team/alice",
            Some("/usr/bin/keyward credential-process team/alice"),
        ),
        (
            "/my tools/keyward",
            "alice",
            Some("\"/my tools/keyward\" credential-process alice"),
        ),
        ("/usr/bin/keyward", "a\"b", None),
        ("/usr/bin/keyward", "a;b", None),
        ("/usr/bin/$x/keyward", "a", None),
    ] {
        let line = ours(Path::new(program), &profile.parse().unwrap());
        assert_eq!(line.as_deref(), expect);
    }
}

#[test]
fn a_line_for_a_key_that_moves_in_has_its_replacement_named() {
    let chain = "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/R\nsource_profile = ";
    for (config, replacement) in [
        ("[profile alice]\n".to_owned(), Some("alice")),
        (format!("{chain}alice\n[profile alice]\n"), Some("role")),
        // keyward has no key for these.
        (format!("{chain}bob\n[profile bob]\n"), None),
        (format!("{chain}role\n"), None),
        (String::new(), None),
    ] {
        let asked = replacement.unwrap_or("role");
        let text =
            format!("{config}[profile tool]\ncredential_process = aws-vault exec --json {asked}\n");
        let set = ConfigSet::load(Some(("config", &text)), None).unwrap();
        let mut harvest = with_alice();
        mark(&mut harvest, &set, &["aws-vault"]);
        let expect = replacement.map_or(String::new(), |name| {
            format!("; `keyward credential-process {name}` gives the same")
        });
        assert_eq!(
            harvest.left[0].why,
            format!("its `credential_process` asks the other tool still{expect}"),
            "{text}"
        );
    }
}
