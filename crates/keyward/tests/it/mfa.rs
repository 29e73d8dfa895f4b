//! MFA devices of one's own user, against an account whose guard forbids deleting a device without
//! MFA.

use std::time::Duration;

use keyward_core::id::{AccountId, MfaSerial};
use keyward_sandbox::{Effect, Fault};
use keyward_testkit::Canaries;

use crate::practice::{Practice, SERIAL};

pub(crate) const BOB: &str = "arn:aws:iam::123456789012:mfa/bob";
pub(crate) const KEYS: (&str, &str) = (
    "AKIAI44QH8DHBEXAMPLE",
    "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY",
);
const ENROLL: &[&str] = &["mfa", "enroll", "bob", "--store-seed"];

/// An account where Bob has a key in the vault and no device.
fn bob() -> Practice {
    let practice = Practice::start();
    practice.config("# mine\n[profile bob]\nregion = eu-west-1  # near\n\n[profile role]\nsource_profile = bob\nrole_arn = arn:aws:iam::123456789012:role/ReadOnly\n");
    let _ = practice
        .run_with_input(
            &["add", "bob", "--stdin"],
            &format!("{}\n{}\n", KEYS.0, KEYS.1),
        )
        .ok();
    practice
}

fn serial(text: &str) -> MfaSerial {
    text.parse().unwrap()
}

fn account() -> AccountId {
    "123456789012".parse().unwrap()
}

/// The device's owner, `None` for a device without an owner. Panics if there is no device.
fn owner(practice: &Practice, device: &str) -> Option<String> {
    practice.account.with_accounts(|accounts| {
        let devices = &accounts.account(&account()).unwrap().devices;
        let found = devices.get(&serial(device)).expect("the device exists");
        found.owner.as_ref().map(ToString::to_string)
    })
}

fn devices(practice: &Practice) -> usize {
    practice
        .account
        .with_accounts(|accounts| accounts.account(&account()).unwrap().devices.len())
}

/// AWS refuses the two codes once.
fn not_valid() -> Fault {
    let effect = Effect::Error {
        status: 403,
        code: "InvalidAuthenticationCode".to_owned(),
        message: "Authentication code for device is not valid.".to_owned(),
    };
    Fault::on("EnableMFADevice", effect).times(1)
}

/// Removes the guard, under which only MFA deletes a device.
fn let_keys_delete(practice: &Practice) {
    practice.account.with_accounts(|accounts| {
        let account = accounts.account_mut(&account()).unwrap();
        let team = account.groups.get_mut("team").unwrap();
        team.grants.inline.retain(|policy| policy.name != "guard");
    });
}

#[test]
fn a_device_enrolled_with_its_seed_kept_opens_roles_without_questions() {
    let practice = bob();
    let said = practice.run(ENROLL);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(
        said.stderr.contains("both") || said.stderr.contains("second thing"),
        "{}",
        said.stderr
    );
    assert_eq!(owner(&practice, BOB).as_deref(), Some("bob"));
    let config = practice.read(".aws/config");
    assert!(
        config.starts_with("# mine\n[profile bob]\nregion = eu-west-1  # near\n"),
        "{config}"
    );
    assert!(
        config.contains(&format!("mfa_serial = {BOB}\n")),
        "{config}"
    );
    // The codes of this window and the one before are spent; AWS accepts the next one.
    let who = practice
        .run(&[
            "exec",
            "role",
            "--",
            env!("CARGO_BIN_EXE_keyward"),
            "whoami",
        ])
        .ok();
    assert!(who.contains("assumed-role/ReadOnly/bob"), "{who}");
    // The window may end while the program runs.
    let shown = || practice.account.code(&serial(BOB)).unwrap();
    let before = shown();
    let code = practice.run(&["mfa", "code", "bob"]).ok();
    assert!(
        [before.expose(), shown().expose()].contains(&code.trim()),
        "{code}"
    );
}

#[test]
fn without_a_person_nothing_is_made() {
    let practice = bob();
    let said = practice.run(&["mfa", "enroll", "bob"]).fails_with(3);
    assert!(said.contains("--store-seed"), "{said}");
    assert_eq!(practice.calls("CreateVirtualMFADevice"), 0);
}

#[test]
fn a_refused_enrolment_is_gone_on_with() {
    let practice = bob();
    practice.account.inject(not_valid());
    let said = practice.run(ENROLL).fails_with(1);
    assert!(said.contains("continues with it"), "{said}");
    assert_eq!(owner(&practice, BOB), None);
    let said = practice.run(ENROLL);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(said.stderr.contains("continuing with"), "{}", said.stderr);
    assert_eq!(owner(&practice, BOB).as_deref(), Some("bob"));
    assert_eq!(devices(&practice), 2, "no second device of Bob's");
}

#[test]
fn doctor_names_an_enrolment_that_did_not_end() {
    let practice = bob();
    let doctor = || {
        let ran = practice.run(&["doctor"]);
        (ran.code, ran.stdout)
    };
    practice.account.inject(not_valid());
    let _ = practice.run(ENROLL).fails_with(1);
    let (code, said) = doctor();
    assert_eq!(code, 1, "{said}");
    let left = format!("the enrolment of {BOB} did not end, so that AWS may have the device");
    assert!(said.contains(&left), "{said}");
    assert!(said.contains("keyward mfa enroll bob"), "{said}");
    // doctor reports no enrolment that is still running.
    let lock = practice.path().join("keyward/locks/enrolment.lock");
    let held = std::fs::File::open(lock).unwrap();
    held.lock().unwrap();
    assert!(!doctor().1.contains("did not end"));
    drop(held);
    let _ = practice.run(ENROLL).ok();
    assert!(!doctor().1.contains("did not end"));
}

#[test]
fn a_half_made_device_that_may_be_deleted_is() {
    let practice = bob();
    let_keys_delete(&practice);
    practice.account.inject(not_valid());
    let said = practice.run(ENROLL).fails_with(1);
    assert!(said.contains("was deleted"), "{said}");
    assert_eq!(devices(&practice), 1, "only Alice's");
    let _ = practice.run(ENROLL).ok();
    assert_eq!(owner(&practice, BOB).as_deref(), Some("bob"));
}

#[test]
fn an_answer_lost_after_enabling_is_written_down_by_the_next_run() {
    let practice = bob();
    practice
        .account
        .inject(Fault::on("EnableMFADevice", Effect::DropAfter).times(1));
    let _ = practice.run(ENROLL).fails_with(1);
    assert_eq!(owner(&practice, BOB).as_deref(), Some("bob"));
    let said = practice.run(ENROLL);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(
        practice
            .read(".aws/config")
            .contains(&format!("mfa_serial = {BOB}\n"))
    );
    assert_eq!(devices(&practice), 2);
}

#[test]
fn a_lost_answer_of_the_making_leaves_no_orphan() {
    let practice = bob();
    let_keys_delete(&practice);
    practice
        .account
        .inject(Fault::on("CreateVirtualMFADevice", Effect::DropAfter).times(1));
    let _ = practice.run(ENROLL).fails_with(1);
    assert_eq!(owner(&practice, BOB), None, "AWS made it");
    let said = practice.run(ENROLL);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert_eq!(owner(&practice, BOB).as_deref(), Some("bob"));
    assert_eq!(devices(&practice), 2);
}

#[test]
fn a_taken_name_gives_way_to_the_next() {
    let practice = bob();
    practice
        .account
        .inject(Fault::on("CreateVirtualMFADevice", Effect::DropAfter).times(1));
    let _ = practice.run(ENROLL).fails_with(1);
    // No user here may delete it, and its seed is lost with the answer.
    let said = practice.run(ENROLL);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert_eq!(
        owner(&practice, &format!("{BOB}-keyward")).as_deref(),
        Some("bob")
    );
    // With MFA the orphan can go, and its name is free again.
    let said = practice.run(ENROLL);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(
        said.stderr.contains(&format!("deleted {BOB},")),
        "{}",
        said.stderr
    );
    assert_eq!(owner(&practice, BOB).as_deref(), Some("bob"));
    assert_eq!(devices(&practice), 3);
}

/// The user may not delete a device without MFA, so that one whose seed is lost would stay.
#[test]
#[cfg(unix)]
fn no_device_is_made_while_the_vault_cannot_be_written() {
    let practice = bob();
    let mut command = practice.command_of("bash");
    // Half a kilobyte, into which smaller files fit.
    let line = "ulimit -f 1; exec \"$0\" mfa enroll bob --store-seed";
    command.args(["--posix", "-c", line, env!("CARGO_BIN_EXE_keyward")]);
    let said = keyward_testkit::finish(command, "").fails_with(1);
    assert!(said.contains("vault.age"), "{said}");
    assert_eq!(practice.calls("CreateVirtualMFADevice"), 0);
    let ran = practice.run(ENROLL);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(devices(&practice), 2);
}

#[test]
fn a_second_device_takes_a_code_of_the_first() {
    let practice = Practice::with_key();
    let code = practice.code();
    let named = [
        "mfa",
        "enroll",
        "alice",
        "--store-seed",
        "--name",
        "alice-vault",
        "--mfa-code",
        &code,
    ];
    let _ = practice.run(&named).ok();
    let listed = practice.run(&["mfa", "list", "alice", "--json"]).ok();
    let rows: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let row = |serial: &str| {
        let rows = rows.as_array().unwrap();
        rows.iter()
            .find(|row| row["serial"] == serial)
            .unwrap()
            .clone()
    };
    let new = row(&format!("{SERIAL}-vault"));
    assert_eq!(new["used_by_profile"], true);
    assert_eq!(new["seed_in_vault"], true);
    assert_eq!(row(SERIAL)["used_by_profile"], false);
}

#[test]
fn a_removed_device_gives_way_to_the_one_that_is_left() {
    let practice = Practice::with_key();
    let second = format!("{SERIAL}-vault");
    let code = practice.code();
    let _ = practice
        .run(&[
            "mfa",
            "enroll",
            "alice",
            "--store-seed",
            "--name",
            "alice-vault",
            "--mfa-code",
            &code,
        ])
        .ok();
    let said = practice
        .run(&["mfa", "remove", "alice", "--serial", SERIAL])
        .fails_with(3);
    assert!(said.contains("--yes"), "{said}");
    let said = practice.run(&["mfa", "remove", "alice", "--serial", SERIAL, "--yes"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert_eq!(devices(&practice), 1);
    let config = practice.read(".aws/config");
    assert!(!config.contains(&format!("{SERIAL}\n")), "{config}");
    // The profile that named the first device on its role names the second now.
    assert_eq!(
        config.matches(&format!("mfa_serial = {second}\n")).count(),
        3,
        "{config}"
    );
}

#[test]
fn the_last_device_leaves_no_trace() {
    let practice = Practice::with_key();
    let code = practice.code();
    let ran = practice.run(&["mfa", "remove", "alice", "--yes", "--mfa-code", &code]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("keyward mfa enroll alice"),
        "{}",
        ran.stderr
    );
    assert_eq!(devices(&practice), 0);
    assert!(!practice.read(".aws/config").contains("mfa_serial"));
    assert!(!practice.read("keyward/index.json").contains("mfa/alice"));
}

#[test]
fn a_device_without_mfa_is_not_removed() {
    let practice = Practice::with_key();
    let _ = practice
        .run(&["mfa", "remove", "alice", "--yes"])
        .fails_with(3);
    assert_eq!(practice.calls("DeactivateMFADevice"), 0);
}

#[test]
fn a_drifted_device_is_set_right() {
    let practice = Practice::with_key();
    let (first, second) = loop {
        let (first, second) = (practice.code(), practice.account.next_code(&serial(SERIAL)));
        // Both of one window, should it end just now.
        if practice.code() == first {
            break (first, second.unwrap());
        }
    };
    // The phone stays behind: to AWS its codes are four minutes old.
    practice
        .account
        .advance(std::time::Duration::from_secs(240));
    let _ = practice
        .run(&["exec", "alice", "--mfa-code", &first, "--", "true"])
        .fails_with(1);
    let codes = format!("{first},{}", second.expose());
    let _ = practice
        .run(&["mfa", "resync", "alice", "--codes", &codes])
        .ok();
    let fresh = practice.account.fresh_code(&serial(SERIAL)).unwrap();
    let _ = practice
        .run(&["exec", "alice", "--mfa-code", fresh.expose(), "--", "true"])
        .ok();
    let same = format!("{first},{first}");
    let said = practice
        .run(&["mfa", "resync", "alice", "--codes", &same])
        .fails_with(2);
    assert!(said.contains("the same"), "{said}");
}

#[test]
fn a_seed_that_is_not_kept_makes_no_codes() {
    let practice = Practice::with_key();
    let said = practice.run(&["mfa", "code", "alice"]).fails_with(1);
    assert!(said.contains("--store-seed"), "{said}");
}

fn seed(practice: &Practice, device: &str) -> String {
    practice.account.with_accounts(|accounts| {
        let devices = &accounts.account(&account()).unwrap().devices;
        devices[&serial(device)].seed.to_base32()
    })
}

#[test]
fn the_seed_lies_nowhere_but_in_the_vault() {
    let practice = bob();
    let ran = practice.run(&["-vv", "mfa", "enroll", "bob", "--store-seed"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let mut canaries = Canaries::new();
    canaries.plant("the seed", &seed(&practice, BOB));
    canaries.absent_from(&ran);
    canaries.absent_from(&practice.run(&["-vv", "mfa", "list", "bob", "--json"]));
    canaries.absent_below(practice.path(), &[]);
}

#[test]
fn one_enrolment_runs_at_a_time() {
    let practice = bob();
    let before = devices(&practice);
    let lock = practice.path().join("keyward/locks/enrolment.lock");
    let held = std::fs::File::create(lock).unwrap();
    held.lock().unwrap();
    let said = practice.run(ENROLL).fails_with(1);
    assert!(
        said.contains("another keyward is enrolling a device (process "),
        "{said}"
    );
    assert_eq!(devices(&practice), before);
    drop(held);
    assert_eq!(practice.run(ENROLL).code, 0);
    assert_eq!(devices(&practice), before + 1);
}

#[test]
fn a_seed_that_is_asked_for_is_data() {
    let practice = bob();
    let shown = practice
        .run(&["mfa", "enroll", "bob", "--store-seed", "--show-seed"])
        .ok();
    assert_eq!(shown.trim(), seed(&practice, BOB));
}

/// Enrolled with the seed kept, and as if that had been long ago: no code is spent.
pub(crate) fn enrolled_long_ago() -> Practice {
    let practice = bob();
    let said = practice.run(ENROLL);
    assert_eq!(said.code, 0, "{}", said.stderr);
    practice.config(&format!(
        "[profile bob]\nregion = eu-west-1\nmfa_serial = {BOB}\n\
         [profile role]\nsource_profile = bob\nduration_seconds = 7200\n\
         role_arn = arn:aws:iam::123456789012:role/ReadOnly\n"
    ));
    for entry in std::fs::read_dir(practice.path().join("keyward/locks")).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name().to_string_lossy().starts_with("code-") {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
    practice.account.with_accounts(|accounts| {
        let account = accounts.account_mut(&account()).unwrap();
        let device = account.devices.get_mut(&serial(BOB)).unwrap();
        device.last_step = None;
    });
    let _ = practice.run(&["lock"]).ok();
    practice.account.clear_journal();
    practice
}

/// The outcomes of the calls that make sessions.
fn outcomes(practice: &Practice) -> Vec<(String, String)> {
    let journal = practice.account.journal();
    let calls = journal
        .iter()
        .filter(|entry| ["GetSessionToken", "AssumeRole"].contains(&entry.action.as_str()));
    let mut found: Vec<_> = calls
        .map(|entry| (entry.action.clone(), entry.outcome.clone()))
        .collect();
    found.sort();
    found
}

#[test]
fn two_sessions_of_one_device_at_once_send_two_codes() {
    let practice = enrolled_long_ago();
    let start = |words: &[&str]| {
        let mut command = practice.command(words);
        command
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap()
    };
    // The role needs a code itself, since its session is longer than a chained one may be.
    let commands = [&["env", "role"][..], &["env", "bob"]].map(start);
    for command in commands {
        let ended = command.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{said}");
    }
    let ok = |action: &str| (action.to_owned(), "OK".to_owned());
    assert_eq!(
        outcomes(&practice),
        [ok("AssumeRole"), ok("GetSessionToken")],
        "a code was refused"
    );
}

#[test]
fn a_code_that_was_given_is_not_sent_again_from_the_seed() {
    let practice = enrolled_long_ago();
    let code = practice.account.code(&serial(BOB)).unwrap();
    let mut command = practice.command(&["env", "role"]);
    command.env("KEYWARD_MFA_CODE", code.expose());
    let _ = keyward_testkit::finish(command, "").ok();
    let _ = practice.run(&["env", "bob"]).ok();
    let ok = |action: &str| (action.to_owned(), "OK".to_owned());
    assert_eq!(
        outcomes(&practice),
        [ok("AssumeRole"), ok("GetSessionToken")],
        "a code was refused"
    );
}

#[test]
fn codes_of_a_seed_are_made_by_the_time_of_aws() {
    let practice = enrolled_long_ago();
    // AWS accepts the signature, and no code of this machine's time.
    practice.account.advance(Duration::from_secs(600));
    let ran = practice.run(&["exec", "role", "--", "true"]);
    assert!(
        ran.stderr.contains("codes are made by AWS's time"),
        "{}",
        ran.stderr
    );
    let _ = ran.ok();
    let call = |outcome: &str| ("AssumeRole".to_owned(), outcome.to_owned());
    assert_eq!(outcomes(&practice), [call("AccessDenied"), call("OK")]);
    let shown = || practice.account.code(&serial(BOB)).unwrap();
    let before = shown();
    let code = practice.run(&["mfa", "code", "bob"]).ok();
    assert!(
        [before.expose(), shown().expose()].contains(&code.trim()),
        "{code}"
    );
}

#[test]
fn a_device_is_enrolled_by_its_seed_whatever_this_machines_clock_shows() {
    for seconds in [100, 600] {
        let practice = bob();
        practice.account.advance(Duration::from_secs(seconds));
        let said = practice.run(ENROLL);
        assert_eq!(said.code, 0, "{}", said.stderr);
        assert!(said.stderr.contains("behind"), "{}", said.stderr);
        assert_eq!(owner(&practice, BOB).as_deref(), Some("bob"));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_at_each_question_says_what_stays_at_aws_and_the_next_run_ends_it() {
    use std::io::Write as _;
    use std::os::unix::process::ExitStatusExt as _;

    use crate::echo::{Asked, ITS_OWN};
    for (answers, question) in [
        (&[][..], "Code shown now: "),
        (&["000000"], "The next code (within 30 s): "),
    ] {
        let practice = bob();
        let words = ["mfa", "enroll", "bob"];
        let mut asked = Asked::say(practice, ITS_OWN, &words, "dumb");
        let _ = asked.reads_until("Vault passphrase: ");
        writeln!(asked.keys, "{}", keyward_testkit::PASSPHRASE).unwrap();
        for answer in answers {
            let _ = asked.reads_until("Code shown now: ");
            writeln!(asked.keys, "{answer}").unwrap();
        }
        let seen = asked.reads_until(question);
        if answers.is_empty() {
            let seen = seen.split_whitespace().collect::<Vec<_>>().join(" ");
            let other = "To type it instead: Ctrl-C, then `keyward mfa enroll bob --show-seed`.";
            assert!(seen.contains(other), "{seen}");
        }
        asked.keys.write_all(b"\x03").unwrap();
        let said = asked.reads_until("continues with it)");
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let left = format!("warning: stopped before {BOB} was in use; AWS may have the device");
        assert!(said.contains(&left), "{said}");
        assert!(said.contains("hint: keyward mfa enroll bob"), "{said}");
        let ended = asked.child.wait().unwrap();
        assert_eq!(ended.signal(), Some(rustix::process::Signal::INT.as_raw()));
        assert_eq!(owner(&asked.practice, BOB), None);
        assert_eq!(asked.practice.run(ENROLL).code, 0);
        assert_eq!(owner(&asked.practice, BOB).as_deref(), Some("bob"));
        assert_eq!(devices(&asked.practice), 2);
    }
}
