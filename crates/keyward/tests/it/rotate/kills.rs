//! The table of kills: each rotation dies before and after each of its calls and writes, loses
//! the answer of each call, finds the vault unwritable and the network gone; then `--resume` or
//! `--abort` must leave exactly one working key. The places are those that a good run passes, so
//! none can be forgotten. `--nocapture` prints the table.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Deref;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use keyward_sandbox::{Effect, Fault, KeyStatus};

use super::Rotation;
use super::host::{Host, TOKEN};
use crate::practice::KEY_ID;

const BOB: &str = "AKIAI44QH8DHBEXAMPLE";
const DELIVERED: &str = "delivered/credentials";

/// A rotation to be killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Story {
    Own,
    Deliver,
    /// To a repository, with a workflow that must succeed; only what is not in `Run`.
    Dispatch,
}

/// The place of a story.
struct Scene {
    rotation: Rotation,
    host: Host,
}

impl Deref for Scene {
    type Target = Rotation;

    fn deref(&self) -> &Rotation {
        &self.rotation
    }
}

/// The mishap.
#[derive(Debug, Clone)]
enum Mishap {
    /// Killed before or after a place.
    Killed(String, &'static str),
    /// Killed there, and its fixing killed too.
    KilledTwice((&'static str, &'static str), String, &'static str),
    /// The vault refuses the write of a place.
    Unwritable(String),
    /// AWS acts on the call and its answer is lost; the program may help itself.
    Lost(String),
    /// Each answer to this call is lost until the test repairs the network.
    LostForLong(String),
    /// From the nth call on, nothing goes through.
    Offline(u32),
}

/// The fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fix {
    Resume,
    Abort,
}

impl Story {
    fn prepare(self) -> Scene {
        let mut practice = Rotation::new();
        let host = Host::start();
        practice.set("GITHUB_API_URL", host.url());
        practice.set("GH_TOKEN", TOKEN);
        let mut config = crate::practice::CONFIG.to_owned();
        config.push_str(
            "\n[profile admin]\nsource_profile = alice\nrole_arn = arn:aws:iam::123456789012:role/Administrator\n",
        );
        practice.config(&config);
        Scene {
            rotation: practice,
            host,
        }
    }

    fn arguments(self, practice: &Scene) -> Vec<String> {
        let words: &[&str] = match self {
            Self::Own => &["rotate", "on-source"],
            Self::Deliver => &["rotate", "--user", "bob", "--via", "admin", "--to"],
            Self::Dispatch => &[
                "rotate",
                "--user",
                "bob",
                "--via",
                "admin",
                "--to",
                "github:example/site",
                "--dispatch",
                "check.yml",
            ],
        };
        let mut words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        if let Self::Deliver = self {
            words.push(format!(
                "file:{}",
                practice.path().join(DELIVERED).display()
            ));
        }
        words
    }

    fn again(self, fix: Fix) -> Vec<&'static str> {
        let mut words = match self {
            Self::Own => vec!["rotate", "on-source"],
            Self::Deliver | Self::Dispatch => vec!["rotate", "--user", "bob"],
        };
        words.push(match fix {
            Fix::Resume => "--resume",
            Fix::Abort => "--abort",
        });
        words
    }

    fn user(self) -> &'static str {
        match self {
            Self::Own => "alice",
            Self::Deliver | Self::Dispatch => "bob",
        }
    }

    /// Asserts that there is one working key, and says whether it is the old or the new one.
    #[track_caller]
    fn judge(self, practice: &Scene, what: &str) -> &'static str {
        match self {
            Self::Own => match practice.assert_one_working_key(what).as_str() {
                KEY_ID => "the old key",
                _ => "the new key",
            },
            Self::Deliver | Self::Dispatch => {
                let keys = practice.keys_of("bob");
                assert_eq!(keys.len(), 1, "{what}: {keys:?}");
                assert_eq!(keys[0].status, KeyStatus::Active, "{what}");
                let delivered = self.delivered(practice);
                if keys[0].id == BOB {
                    assert_eq!(delivered, "", "{what}: a dead key was left there");
                    return "the old key";
                }
                // The secret at the destination is the one that AWS knows.
                let secret = practice.account.with_accounts(|accounts| {
                    let account = accounts.account(&"123456789012".parse().unwrap()).unwrap();
                    let bob = &account.users[&"bob".parse().unwrap()];
                    bob.keys[0].secret.expose().to_owned()
                });
                let whole = format!(
                    "[default]\naws_access_key_id = {}\naws_secret_access_key = {secret}\n",
                    keys[0].id
                );
                assert_eq!(delivered, whole, "{what}");
                "the new key"
            }
        }
    }
}

impl Story {
    /// Returns the content of the destination, in the form of a credentials file.
    fn delivered(self, practice: &Scene) -> String {
        if self == Self::Deliver {
            return practice.read(DELIVERED);
        }
        let place = "/repos/example/site/actions/secrets";
        let state = practice.host.state();
        let half = |name: &str| state.secrets.get(&format!("{place}/{name}")).cloned();
        match (half("AWS_ACCESS_KEY_ID"), half("AWS_SECRET_ACCESS_KEY")) {
            (Some(id), Some(secret)) => {
                format!("[default]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n")
            }
            (None, None) => String::new(),
            _ => "half a key".to_owned(),
        }
    }

    /// The places of a run that fixes what died at a place.
    fn places_of_fixing(self, first: (&str, &str), fix: Fix) -> Vec<String> {
        let practice = self.prepare();
        let arguments = self.arguments(&practice);
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let point = format!("{}:{}", first.0, first.1);
        let died = practice.run_with_code(&words, &[("KEYWARD_TEST_POINT", &point)]);
        assert_eq!(died.code, 134, "{}", died.stderr);
        let trace = practice.path().join("trace").display().to_string();
        let again = self.again(fix);
        let ran = practice.run_with_code(&again, &[("KEYWARD_TEST_TRACE", &trace)]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let places: BTreeSet<String> = practice.read("trace").lines().map(str::to_owned).collect();
        places.into_iter().collect()
    }
}

/// The names of the places, and how many calls a good run makes.
fn a_good_run(story: Story) -> (Vec<String>, Vec<String>) {
    let practice = story.prepare();
    let trace = practice.path().join("trace").display().to_string();
    let arguments = story.arguments(&practice);
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ran = practice.run_with_code(&words, &[("KEYWARD_TEST_TRACE", &trace)]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(story.judge(&practice, "a good run"), "the new key");
    let places: BTreeSet<String> = practice.read("trace").lines().map(str::to_owned).collect();
    let calls = practice
        .account
        .journal()
        .into_iter()
        .take_while(|entry| entry.action != "GetSessionToken" || entry.succeeded())
        .map(|entry| entry.action)
        .collect::<Vec<_>>();
    // The calls after the deletion are the judge's.
    let last = calls
        .iter()
        .rposition(|action| action == "DeleteAccessKey")
        .unwrap();
    (places.into_iter().collect(), calls[..=last].to_vec())
}

fn mishaps(story: Story) -> Vec<(Mishap, Fix)> {
    let (mut places, mut calls) = a_good_run(story);
    let mut all = Vec::new();
    if story == Story::Dispatch {
        let own = ["deliver", "journal placed", "workflow", "journal checked"];
        places.retain(|place| own.contains(&place.as_str()));
        assert_eq!(places.len(), own.len());
        calls.clear();
    } else {
        for (first, fix) in [
            (("create", "after"), Fix::Resume),
            (("create", "after"), Fix::Abort),
            (("journal created", "after"), Fix::Abort),
        ] {
            for place in story.places_of_fixing(first, fix) {
                for side in ["before", "after"] {
                    all.push((Mishap::KilledTwice(first, place.clone(), side), fix));
                }
            }
        }
    }
    for place in &places {
        for side in ["before", "after"] {
            for fix in [Fix::Resume, Fix::Abort] {
                all.push((Mishap::Killed(place.clone(), side), fix));
            }
        }
        if place.starts_with("journal") {
            for fix in [Fix::Resume, Fix::Abort] {
                all.push((Mishap::Unwritable(place.clone()), fix));
            }
        }
    }
    let distinct: BTreeSet<&String> = calls.iter().collect();
    for action in distinct {
        all.push((Mishap::Lost(action.clone()), Fix::Resume));
        all.push((Mishap::LostForLong(action.clone()), Fix::Resume));
        all.push((Mishap::LostForLong(action.clone()), Fix::Abort));
    }
    for n in 0..u32::try_from(calls.len()).unwrap() {
        all.push((Mishap::Offline(n), Fix::Resume));
    }
    all
}

impl Mishap {
    /// Sets the trap; returns the place for the program.
    fn prepare(&self, practice: &Scene) -> String {
        let fault = match self {
            Self::Killed(place, side) => return format!("{place}:{side}"),
            Self::KilledTwice((place, side), ..) => return format!("{place}:{side}"),
            Self::Unwritable(place) => return format!("{place}:unwritable"),
            Self::Lost(action) => Fault::on(action, Effect::DropAfter).times(1),
            Self::LostForLong(action) => Fault::on(action, Effect::DropAfter),
            Self::Offline(n) => Fault {
                action: None,
                skip: *n,
                times: None,
                effect: Effect::DropBefore,
            },
        };
        practice.account.inject(fault);
        String::new()
    }
}

impl fmt::Display for Mishap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&match self {
            Self::Killed(place, side) => format!("killed {side} `{place}`"),
            Self::KilledTwice((first, then), place, side) => {
                format!("killed {then} `{first}`, then {side} `{place}`")
            }
            Self::Unwritable(place) => format!("vault unwritable at `{place}`"),
            Self::Lost(action) => format!("answer of {action} lost once"),
            Self::LostForLong(action) => format!("answers of {action} lost"),
            Self::Offline(n) => format!("no network after {n} calls"),
        })
    }
}

/// Lets it happen, fixes it, judges it; returns the row of the table.
fn suffer(story: Story, mishap: &Mishap, fix: Fix) -> String {
    let what = format!("{story:?}, {mishap}, {fix:?}");
    let practice = story.prepare();
    let point = mishap.prepare(&practice);
    let arguments = story.arguments(&practice);
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ran = practice.run_with_code(&words, &[("KEYWARD_TEST_POINT", &point)]);
    if let Mishap::Killed(..) | Mishap::KilledTwice(..) = mishap {
        assert_eq!(ran.code, 134, "{what}: {}", ran.stderr);
    }
    if let Mishap::KilledTwice(_, place, side) = mishap {
        let point = format!("{place}:{side}");
        let again = practice.run_with_code(&story.again(fix), &[("KEYWARD_TEST_POINT", &point)]);
        assert_eq!(again.code, 134, "{what}: {}", again.stderr);
    }
    if let Mishap::Unwritable(..) = mishap {
        assert_eq!(ran.code, 1, "{what}: {}", ran.stderr);
        std::fs::remove_dir(practice.path().join("keyward/locks/vault.lock")).unwrap();
    }
    practice.account.clear_faults();
    let listed = practice.run(&["list"]).stderr;
    let fixed = if listed.contains("not finished") {
        let again = practice.run_with_code(&story.again(fix), &[]);
        let after = &ran.stderr;
        assert_eq!(again.code, 0, "{what}: {}\nafter {after}", again.stderr);
        format!("{fix:?}")
    } else {
        "nothing to do".to_owned()
    };
    let keys = practice.keys_of(story.user()).len();
    let left = story.judge(&practice, &what);
    format!(
        "{:<8} {mishap:<62} {:<6} {fixed:<14} {keys} key, {left}",
        format!("{story:?}"),
        ran.code,
    )
}

#[expect(
    clippy::print_stdout,
    reason = "the table is for people, with --nocapture"
)]
fn table(story: Story) {
    let all = mishaps(story);
    let next = AtomicUsize::new(0);
    let rows: Mutex<Vec<(usize, String)>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some((mishap, fix)) = all.get(at) else {
                        return;
                    };
                    let row = suffer(story, mishap, *fix);
                    rows.lock().unwrap().push((at, row));
                }
            });
        }
    });
    let mut rows = rows.into_inner().unwrap();
    rows.sort();
    assert_eq!(rows.len(), all.len());
    println!("what happened{:59}exit   fixed by      left", "");
    for (_, row) in rows {
        println!("{row}");
    }
}

#[test]
fn ones_own_rotation_survives_every_kill() {
    table(Story::Own);
}

#[test]
fn a_rotation_that_waits_for_a_workflow_survives_every_kill() {
    table(Story::Dispatch);
}

#[test]
fn another_users_rotation_survives_every_kill() {
    table(Story::Deliver);
}

#[test]
fn an_unfinished_rotation_ends_by_the_vault_if_the_index_is_older() {
    let (places, _) = a_good_run(Story::Own);
    let places: Vec<_> = places
        .iter()
        .filter(|place| place.starts_with("journal"))
        .collect();
    for (place, fix, pins) in places.iter().flat_map(|place| {
        [Fix::Resume, Fix::Abort]
            .into_iter()
            .flat_map(move |fix| [true, false].map(|pins| (*place, fix, pins)))
    }) {
        let what = format!("killed after `{place}`, {fix:?}, pins: {pins}");
        let practice = Story::Own.prepare();
        let index = practice.path().join("keyward/index.json");
        let before = std::fs::read(&index).unwrap();
        let arguments = Story::Own.arguments(&practice);
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let point = format!("{place}:after");
        let died = practice.run_with_code(&words, &[("KEYWARD_TEST_POINT", &point)]);
        assert_eq!(died.code, 134, "{what}: {}", died.stderr);
        std::fs::write(&index, before).unwrap();
        if !pins {
            std::fs::remove_dir_all(practice.path().join(".local")).unwrap();
        }
        let again = practice.run_with_code(&Story::Own.again(fix), &[]);
        let nothing_left = again.stderr.contains("no rotation");
        assert!(again.code == 0 || nothing_left, "{what}: {}", again.stderr);
        let _ = Story::Own.judge(&practice, &what);
    }
}
