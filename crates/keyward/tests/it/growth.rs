//! The cost of commands over many profiles, in machine instructions as Valgrind counts them: ten times
//! the profiles cost ten times the work. `KEYWARD_GROWTH=10 scripts/interop growth` does the same with
//! 10,000 profiles.

#![cfg(target_os = "linux")]

use keyward_testkit::{Home, skipped};

/// The sizes that are compared, and one that shows the cost of the start.
const SIZES: [usize; 3] = [1, 25, 250];

/// The instructions of one run in a new home, or `None` without Valgrind.
fn instructions(profiles: usize, fill: impl Fn(&Home, usize), words: &[&str]) -> Option<u64> {
    let mut home = Home::new(env!("CARGO_BIN_EXE_keyward-full"));
    home.set("KEYWARD_SESSION_TIER", "none");
    home.set("AWS_PROFILE", "p0");
    home.write("keyward/config.toml", "passphrase_work = 2\n");
    crate::practice::owner_only(&home.path().join("keyward"));
    fill(&home, profiles);
    let own = home.command(words);
    let mut command = home.command_of("valgrind");
    command
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(own.get_program())
        .args(own.get_args());
    let ran = match command.output() {
        Ok(ran) => ran,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => panic!("{error}"),
    };
    let said = String::from_utf8_lossy(&ran.stderr);
    let count = said
        .lines()
        .find_map(|line| line.split_once("Collected :"))
        .unwrap_or_else(|| panic!("no count: {said}"));
    Some(count.1.trim().parse().unwrap())
}

#[track_caller]
fn check(fill: impl Fn(&Home, usize) + Copy, words: &[&str]) {
    let counts: Option<Vec<u64>> = SIZES
        .iter()
        .map(|profiles| instructions(*profiles, fill, words))
        .collect();
    let Some(counts) = counts else {
        skipped("valgrind is not installed");
        return;
    };
    let (small, large) = (counts[1] - counts[0], counts[2] - counts[0]);
    assert!(
        large <= small * 12,
        "{words:?}: {small} instructions for 25 profiles and {large} for 250"
    );
}

/// Roles over one key.
fn roles(home: &Home, count: usize) {
    let mut text =
        "[profile key]\nregion = eu-central-1\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n\
                    aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
            .to_owned();
    for n in 0..count {
        text.push_str(&format!(
            "[profile p{n}]\nregion = eu-central-1\nsource_profile = key\n\
             role_arn = arn:aws:iam::123456789012:role/R{n}\n"
        ));
    }
    home.config(&text);
}

/// Keys in the clear, each in a section of its own.
fn keys(home: &Home, count: usize) {
    let text: String = (0..count)
        .map(|n| {
            format!(
                "[p{n}]\naws_access_key_id = AKIAIOSFODNN7EX{n:05}\n\
                 aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAM{n:06}\n\n"
            )
        })
        .collect();
    home.write(".aws/credentials", &text);
}

/// A chain for each group of profiles.
fn chains(home: &Home, count: usize) {
    let text: String = (0..count)
        .map(|n| match n % 25 {
            0 => format!(
                "[profile p{n}]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n\
                 aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
            ),
            _ => format!(
                "[profile p{n}]\nsource_profile = p{}\n\
                 role_arn = arn:aws:iam::123456789012:role/R{n}\n",
                n - 1
            ),
        })
        .collect();
    home.config(&text);
}

#[test]
fn a_list_costs_as_much_as_its_profiles() {
    check(roles, &["list"]);
}

#[test]
fn doctor_costs_as_much_as_the_profiles() {
    check(roles, &["doctor"]);
}

#[test]
fn setting_up_every_profile_costs_as_much_as_the_profiles() {
    check(keys, &["setup", "--all"]);
    check(roles, &["setup", "--all"]);
}

#[test]
fn chains_cost_as_much_as_their_profiles() {
    check(chains, &["list"]);
}

#[test]
fn an_import_costs_as_much_as_its_keys() {
    check(keys, &["import", "credentials", "--yes", "--no-verify"]);
}

#[test]
fn a_dump_costs_as_much_as_the_profiles() {
    check(roles, &["config", "dump"]);
}

#[test]
fn a_prompt_costs_as_much_as_the_profiles() {
    check(roles, &["status", "--prompt"]);
}

/// Sessions of other profiles, whose files are left unread.
#[test]
fn a_prompt_costs_the_same_however_many_sessions_there_are() {
    let sessions = |home: &Home, count: usize| {
        roles(home, 1);
        for n in 0..count {
            home.write(&format!("keyward/sessions/{n:064x}.json"), "{}\n");
        }
        crate::practice::owner_only(&home.path().join("keyward/sessions"));
    };
    let words = ["status", "--prompt"];
    let counts = SIZES.map(|count| instructions(count, sessions, &words));
    let [Some(one), _, Some(many)] = counts else {
        skipped("valgrind is not installed");
        return;
    };
    assert!(
        many < one + one / 20,
        "{one} for one session, {many} for 250"
    );
}
