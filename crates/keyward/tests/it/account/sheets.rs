//! The sheet of a newcomer: it offers what AWS still accepts, each secret with the keys that open
//! it, and nothing that another run handed out.

use std::time::Duration;

use keyward_core::Timestamp;
use keyward_sandbox::{AccessKey, Effect, Fault, KeyStatus, User};

use super::{ACCOUNT, OTHER_SSH, Rehearsal, SSH, id};
use crate::practice::until;

const PASSWORD: &str = "Your first console password";
const KEY: &str = "Your access key";

fn place() -> Rehearsal {
    let place = Rehearsal::start();
    place.blueprint("readonly-admin", "admins");
    place
}

fn sheet(place: &Rehearsal) -> String {
    place
        .run(&["account", "invite", "zoe", "account.toml"])
        .ok()
}

fn edit(place: &Rehearsal, from: &str, to: &str) {
    let text = place.read("account.toml");
    assert!(text.contains(from), "{text}");
    place.write("account.toml", &text.replace(from, to));
}

fn zoe<T>(place: &Rehearsal, look: impl FnOnce(&User) -> T) -> T {
    place.server.with_accounts(|accounts| {
        let account = accounts.account(&id(ACCOUNT)).unwrap();
        look(&account.users[&"zoe".parse().unwrap()])
    })
}

#[test]
fn a_user_who_is_made_again_gets_nothing_of_the_earlier_one() {
    let place = place();
    let _ = place.account("apply").ok();
    assert!(sheet(&place).contains(KEY));
    let _ = place.account("destroy").ok();
    assert!(
        !place
            .path()
            .join("keyward/hand-outs")
            .join(ACCOUNT)
            .join("zoe.json")
            .exists()
    );
    edit(&place, "access_key = true\n", "");
    let _ = place.account("apply").ok();
    let said = sheet(&place);
    assert!(said.contains(PASSWORD) && !said.contains(KEY), "{said}");
}

#[test]
fn each_secret_names_the_keys_that_open_it() {
    let place = place();
    edit(&place, "access_key = true\n", "");
    let _ = place.account("apply").ok();
    let line = |key: &str| format!("{key}\"\npassword = true\n");
    let more = format!("{}access_key = true\n", line(OTHER_SSH));
    edit(&place, &line(SSH), &more);
    let _ = place.account("apply").ok();
    let said = sheet(&place);
    let (first, second) = said.split_once(KEY).unwrap();
    let encrypted = |text: &str| {
        let line = text.lines().find(|line| line.contains("Encrypted to SSH"));
        line.unwrap_or_else(|| panic!("{said}")).to_owned()
    };
    assert_ne!(encrypted(first), encrypted(second));
    let needed = "you also need `age` (https://age-encryption.org).\n";
    assert!(first.contains(needed), "{said}");
}

#[test]
fn a_deleted_password_leaves_the_sheet_and_can_be_handed_out_again() {
    let place = place();
    let _ = place.account("apply").ok();
    let revoke = ["account", "revoke", "zoe", "--profile", "admin", "--yes"];
    let _ = place.run(&revoke).ok();
    let said = sheet(&place);
    assert!(!said.contains(PASSWORD) && said.contains(KEY), "{said}");
    let _ = place.run(&[&revoke[..], &["--undo"]].concat()).ok();
    let keys = zoe(&place, |zoe| zoe.keys.len());
    let _ = place.account("plan").ok();
    // As docs/hand-outs.md says.
    place.change(|account| {
        let zoe = account.users.get_mut(&"zoe".parse().unwrap()).unwrap();
        zoe.tags.remove("keyward:handed-out").unwrap();
    });
    let _ = place.account("apply").ok();
    let said = sheet(&place);
    assert!(said.contains(PASSWORD) && said.contains(KEY), "{said}");
    assert_eq!(
        zoe(&place, |zoe| (zoe.keys.len(), zoe.login.is_some())),
        (keys, true)
    );
    let _ = place.account("plan").ok();
}

#[test]
fn a_creation_that_aws_refuses_keeps_what_another_run_handed_out() {
    let place = place();
    let _ = place.account("apply").ok();
    let before = sheet(&place);
    let taken = Effect::Error {
        status: 409,
        code: "EntityAlreadyExists".to_owned(),
        message: "User with name zoe already exists.".to_owned(),
    };
    place.change(|account| {
        account.users.remove(&"zoe".parse().unwrap()).unwrap();
    });
    place.server.inject(Fault::on("CreateUser", taken));
    let said = place.account("apply").fails_with(1);
    assert!(said.contains("already exists"), "{said}");
    assert_eq!(sheet(&place), before);
}

#[test]
fn a_password_that_aws_does_not_delete_stays_on_the_sheet() {
    let place = place();
    let _ = place.account("apply").ok();
    let denied = Effect::Error {
        status: 403,
        code: "AccessDenied".to_owned(),
        message: "not authorized to perform: iam:DeleteLoginProfile".to_owned(),
    };
    place.server.inject(Fault::on("DeleteLoginProfile", denied));
    let revoke = ["account", "revoke", "zoe", "--profile", "admin", "--yes"];
    let _ = place.run(&revoke).fails_with(1);
    assert!(zoe(&place, |zoe| zoe.login.is_some()));
    assert!(sheet(&place).contains(PASSWORD));
}

#[test]
fn a_second_run_at_the_same_time_hands_out_no_second_key() {
    let place = place();
    let late = Effect::Delay(Duration::from_secs(1));
    place
        .server
        .inject(Fault::on("CreateAccessKey", late).times(1));
    let apply = ["account", "apply", "account.toml", "--yes"];
    let mut command = place.command(&apply);
    let said = std::thread::scope(|scope| {
        let run = scope.spawn(move || command.output().unwrap());
        until(|| {
            place.server.with_accounts(|accounts| {
                let account = accounts.account(&id(ACCOUNT)).unwrap();
                let zoe = account.users.get(&"zoe".parse().unwrap());
                zoe.is_some_and(|zoe| !zoe.keys.is_empty())
            })
        });
        place.change(|account| {
            let zoe = account.users.get_mut(&"zoe".parse().unwrap()).unwrap();
            let created = Timestamp::from_second(1_700_000_000);
            zoe.keys.push(AccessKey {
                id: "AKIAI44QH8DHBEXAMPL7".parse().unwrap(),
                secret: "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKE7".parse().unwrap(),
                status: KeyStatus::Active,
                created,
                last_used: None,
                known_from: created,
            });
        });
        let ran = run.join().unwrap();
        assert_eq!(ran.status.code(), Some(1));
        String::from_utf8(ran.stderr).unwrap()
    });
    assert!(
        said.contains("another run is handing out an access key"),
        "{said}"
    );
    let keys = zoe(&place, |zoe| {
        let keys = zoe.keys.iter();
        keys.map(|key| key.id.to_string()).collect::<Vec<_>>()
    });
    assert_eq!(keys, ["AKIAI44QH8DHBEXAMPL7"]);
    assert!(!sheet(&place).contains(KEY));
}

#[test]
fn a_folder_that_cannot_hold_sheets_stops_the_run_before_any_write() {
    let place = place();
    place.write("keyward/hand-outs", "in the way");
    let said = place.account("apply").fails_with(1);
    assert!(said.contains("cannot write the hand-out"), "{said}");
    assert_eq!(place.entities(ACCOUNT), 0);
}

#[test]
fn a_sheet_begins_with_the_installation_of_the_readme() {
    let readme = include_str!("../../../../../README.md");
    let install = readme
        .lines()
        .find_map(|line| line.strip_prefix("$ cargo install "));
    let install = format!("\n    cargo install {}\n", install.unwrap());
    let place = place();
    let ran = place.account("apply");
    let next = "hint: keyward account invite zoe account.toml   (prints what zoe needs to begin)\n";
    assert!(ran.stderr.contains(next), "{}", ran.stderr);
    let said = sheet(&place);
    let at = said.find(&install).unwrap_or_else(|| panic!("{said}"));
    assert!(at < said.find(PASSWORD).unwrap(), "{said}");
    // The steps are numbered without a gap.
    for number in 1..=5 {
        assert!(said.contains(&format!("\n{number}. ")), "{number}: {said}");
    }
}

#[test]
fn an_unknown_user_is_answered_with_the_known_ones() {
    let place = place();
    let said = |user: &str| {
        place
            .run(&["account", "invite", user, "account.toml"])
            .fails_with(2)
    };
    let typed = said("alise");
    assert!(typed.contains("did you mean `alice`?"), "{typed}");
    let other = said("maximilian");
    assert!(
        other.contains("its users are") && other.contains("`zoe`"),
        "{other}"
    );
}

/// An export is a folder of files.
#[test]
fn an_export_to_a_file_asks_for_a_folder() {
    let place = place();
    place.write("taken", "");
    for output in ["taken", "taken/below"] {
        let words = [
            "account",
            "export",
            "account.toml",
            "--to",
            "policies",
            "-o",
            output,
        ];
        let said = place.run(&words).fails_with(2);
        assert!(said.contains("is not a folder"), "{said}");
        assert!(said.contains("name a new or empty one with -o"), "{said}");
    }
}
