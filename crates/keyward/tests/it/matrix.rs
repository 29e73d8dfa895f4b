//! Runs commands while one call to AWS fails. Each command ends within the limit with a documented exit
//! code, names the call and a next step, shows no secret, and leaves the user's files unchanged.

mod place;
mod proxy;
mod scenarios;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use keyward_testkit::Ran;

use place::Place;
use proxy::{ESCAPE, Fault};
use scenarios::{ALL, Scenario};

/// The time limit of one attempt when answers are late.
const ATTEMPT_MS: &str = "1500";
/// Every run ends within this time: three attempts, plus a margin for a busy machine.
const LIMIT: Duration = Duration::from_secs(90);
/// The same where [`is_slow`].
const SLOW_LIMIT: Duration = Duration::from_secs(240);

/// Calls of `keyward-aws` that no command makes.
const NOT_MADE: &[(&str, &str)] = &[
    ("iam:TagPolicy", "a policy gets its tags when it is made"),
    ("iam:UntagPolicy", "a policy's mark is its path"),
    ("signin:Authorize", "a page for the browser"),
    ("sso-oauth:Authorize", "a page for the browser"),
];

/// Calls that AWS's own interface does not list, so that the program makes them itself, and what messages
/// call the service that answers.
const BESIDE: &[(&str, &str)] = &[
    ("signin:GetSigninToken", "the sign-in endpoint"),
    ("container:Credentials", "the container"),
    ("instance:Token", "the instance metadata service"),
    ("instance:Roles", "the instance metadata service"),
    ("instance:Role", "the instance metadata service"),
];

/// The files of the program that send requests of their own: those of [`BESIDE`], and requests to others than
/// AWS.
const ASKING: &[&str] = &[
    "account/recipients.rs",
    "commands/login/token.rs",
    "keys/rotation/deliver/github/host.rs",
    "session/source/container.rs",
    "session/source/instance.rs",
    "state/clock.rs",
    "team/fetch.rs",
];

/// Calls that a command can do without: it exits with 0 and names them.
const NOT_NEEDED: &[(&str, &str)] = &[
    (
        "iam:GenerateCredentialReport",
        "the audit says what it did not check",
    ),
    ("iam:GetCredentialReport", "as `GenerateCredentialReport`"),
    ("iam:ListVirtualMFADevices", "as `GenerateCredentialReport`"),
    (
        "iam:ListServerCertificates",
        "as `GenerateCredentialReport`",
    ),
    (
        "ec2:DescribeAddresses",
        "the plan says that the limits were not checked",
    ),
    ("ec2:DescribeAccountAttributes", "as `DescribeAddresses`"),
    ("ec2:DescribeAvailabilityZones", "as `DescribeAddresses`"),
    (
        "iam:GetAccountPasswordPolicy",
        "AWS judges the password itself; `-v` says it",
    ),
    ("sso:Logout", "the sign-in is forgotten here in any case"),
];

/// Calls that read the result of another call. If they fail, keyward reports the other call's refusal.
const LOOKS: &[(&str, &str)] = &[
    ("iam:GetGroup", "iam:CreateGroup"),
    ("iam:ListGroupPolicies", "iam:CreateGroup"),
    ("iam:ListAttachedGroupPolicies", "iam:CreateGroup"),
    ("iam:GetRole", "iam:CreateRole"),
    ("iam:GetPolicy", "iam:CreatePolicy"),
    ("iam:GetPolicyVersion", "iam:CreatePolicy"),
    // Without an answer, keyward lets AWS refuse the deletion.
    ("iam:ListServiceSpecificCredentials", "iam:DeleteUser"),
];

/// Calls whose result keyward looks up if their answer is lost. Then it continues.
const RECOGNIZED: &[&str] = &["cloudformation:ExecuteChangeSet"];

/// Files that a failed command may leave, because they are complete.
const KEPT: &[(&str, &str)] = &[
    ("sso:ListAccounts", ".aws/sso/cache/"),
    ("sso:Logout", ".aws/sso/cache/"),
];

/// An expiry one hour from now.
fn in_an_hour() -> String {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let now = i64::try_from(since.as_secs()).unwrap();
    keyward_core::Timestamp::from_second(now + 3600).to_string()
}

/// The number of cells that are tried at a time: most of them wait.
const AT_A_TIME: usize = 6;

/// Tries one or two faults of each call, different ones from call to call; with `KEYWARD_MATRIX`, all.
#[track_caller]
fn check(name: &str) {
    let scenario = ALL.iter().find(|scenario| scenario.name == name).unwrap();
    let all = std::env::var_os("KEYWARD_MATRIX").is_some();
    // The many writes of a plan are sent by one piece of code.
    let every = if scenario.rows.len() > 10 { 8 } else { 4 };
    let before = ALL.iter().take_while(|other| other.name != name);
    let first: usize = before.map(|other| other.rows.len()).sum();
    let rows = (first..).zip(scenario.rows);
    let cells = rows.flat_map(|(number, row)| {
        let faults = Fault::ALL.into_iter().enumerate();
        let tried = faults.filter(move |(at, fault)| {
            all || at % every == number % every && !is_slow(row, *fault)
        });
        tried.map(|(_, fault)| (*row, fault))
    });
    let cells = Mutex::new(cells);
    let next = || cells.lock().unwrap().next();
    let try_some = || {
        let tried = std::iter::from_fn(next).map(|(row, fault)| cell(scenario, row, fault));
        tried.flatten().collect::<Vec<_>>()
    };
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let threads = [(); AT_A_TIME].map(|()| scope.spawn(try_some));
        let ended = threads.into_iter().map(|thread| thread.join().unwrap());
        ended.flatten().collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Whether keyward repeats the call for nearly two minutes: a throttled one about a stack.
fn is_slow(row: &str, fault: Fault) -> bool {
    fault == Fault::Throttled && row.starts_with("cloudformation:")
}

/// The faults of one cell.
fn cell(scenario: &Scenario, row: &str, fault: Fault) -> Vec<String> {
    let (_, action) = row.split_once(':').unwrap();
    let mut place = Place::new((scenario.stage)());
    (scenario.before)(&mut place);
    if fault == Fault::Late {
        place.home_mut().set("KEYWARD_TEST_ATTEMPT_MS", ATTEMPT_MS);
    }
    let before = files(place.home().path());
    place.proxy.spoil(action, fault);
    let start = Instant::now();
    let ran = (scenario.run)(&mut place);
    let took = start.elapsed();
    let seen = place.proxy.seen();
    let after = files(place.home().path());
    let mut wrong = Vec::new();
    if !seen.iter().any(|call| call == action) {
        wrong.push("the call was not made".to_owned());
    }
    let limit = if is_slow(row, fault) {
        SLOW_LIMIT
    } else {
        LIMIT
    };
    if took > limit {
        wrong.push(format!("it took {took:?}"));
    }
    if fault.is_carried_out() && RECOGNIZED.contains(&row) {
        if ran.code != 0 {
            wrong.push("the result of the call was not recognized".to_owned());
        }
    } else {
        wrong.extend(said(row, fault, &ran));
    }
    let status = place.home().run(&["vault", "status"]);
    if status.code != 0 {
        wrong.push(format!(
            "keyward's own files do not open: {}",
            status.stderr
        ));
    }
    let may = |path: &str| {
        let mut kept = KEPT.iter().filter(|(call, _)| *call == row);
        kept.any(|(_, start)| path.starts_with(start))
    };
    for (path, text) in &before {
        if after.get(path) != Some(text) && !may(path) {
            wrong.push(format!("{path} changed"));
        }
    }
    for path in after.keys() {
        if !before.contains_key(path) && !may(path) {
            wrong.push(format!("{path} is new"));
        }
    }
    if wrong.is_empty() {
        return Vec::new();
    }
    let wrong = wrong.join("; ");
    let name = scenario.name;
    vec![format!(
        "{name}, {row}, {fault:?}: {wrong}\nexit {}\n{}{}",
        ran.code, ran.stdout, ran.stderr
    )]
}

/// Checks the messages and the exit code.
fn said(row: &str, fault: Fault, ran: &Ran) -> Vec<String> {
    let mut wrong = Vec::new();
    let shown = format!("{}{}", ran.stdout, ran.stderr);
    let goes_on = NOT_NEEDED.iter().any(|(call, _)| *call == row);
    if ran.code != i32::from(!goes_on) {
        wrong.push(format!("exit code {}", ran.code));
    }
    if !goes_on && !ran.stderr.lines().any(|line| line.starts_with("error: ")) {
        wrong.push("no error".to_owned());
    }
    if !goes_on && !ran.stderr.contains("hint: ") {
        wrong.push("no next step".to_owned());
    }
    // The user may refuse this call in the browser.
    let is_declined = (row, fault) == ("sso-oauth:CreateToken", Fault::Refused);
    let mut looks = LOOKS.iter().filter(|(call, _)| *call == row);
    let mut beside = BESIDE.iter().filter(|(call, _)| *call == row);
    let is_named = shown.contains(row)
        || looks.any(|(_, other)| shown.contains(other))
        || beside.any(|(_, service)| shown.contains(service));
    if !is_named && !is_declined {
        wrong.push("the call is not named".to_owned());
    }
    if shown.contains(ESCAPE) || shown.contains('\u{1b}') {
        wrong.push("the answer commands the terminal".to_owned());
    }
    let secrets = [
        crate::practice::SECRET,
        crate::mfa::KEYS.1,
        "Practice!Alice1",
        "Another!Alice2",
        "header.payload.signature",
    ];
    if secrets.iter().any(|secret| shown.contains(secret)) {
        wrong.push("a secret is shown".to_owned());
    }
    wrong
}

/// The files of a home, except those of keyward itself.
fn files(home: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![home.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(home).unwrap().display().to_string();
            if ["keyward", ".local", "tabs"].contains(&name.as_str()) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// The calls of `keyward-aws`, as its code names them.
fn calls() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../keyward-aws/src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name != "tests.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                for (start, service) in [
                    ("Action::sts(", "sts"),
                    ("Action::iam(", "iam"),
                    ("Action::sso(", "sso"),
                    ("Action::sso_oidc(", "sso-oauth"),
                    ("Action::signin(", "signin"),
                    ("Action::cloudformation(", "cloudformation"),
                    ("Action::ec2(", "ec2"),
                    ("call_in(", "cloudformation"),
                    ("send!(", "iam"),
                ] {
                    found.extend(named(&text, start).map(|name| format!("{service}:{name}")));
                }
            }
        }
    }
    found
}

/// The first text in quotation marks of each use of a function or macro, where its arguments have one.
fn named<'t>(text: &'t str, start: &'t str) -> impl Iterator<Item = &'t str> {
    text.split(start).skip(1).filter_map(|rest| {
        let (before, rest) = rest.split_once('"')?;
        let of_this_use = before
            .chars()
            .all(|c| c.is_alphanumeric() || "_, \n".contains(c));
        of_this_use.then(|| rest.split('"').next()).flatten()
    })
}

#[test]
fn every_call_of_the_code_has_one_row() {
    let mut rows = BTreeSet::new();
    for scenario in ALL {
        for row in scenario.rows {
            assert!(rows.insert((*row).to_owned()), "{row} has two rows");
        }
    }
    rows.extend(NOT_MADE.iter().map(|(call, _)| (*call).to_owned()));
    let mut calls = calls();
    calls.extend(BESIDE.iter().map(|(call, _)| (*call).to_owned()));
    assert!(calls.len() > 100, "only {} calls were found", calls.len());
    let missing: Vec<_> = calls.difference(&rows).collect();
    let gone: Vec<_> = rows.difference(&calls).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "without a row: {missing:?}; without a call: {gone:?}"
    );
}

#[test]
fn every_file_that_sends_requests_of_its_own_is_known() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read_to_string(&path)
                .unwrap()
                .contains("HttpRequest {")
            {
                let path = path.strip_prefix(&root).unwrap();
                found.push(path.to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    found.sort();
    assert_eq!(found, ASKING, "a new request needs a row in `scenarios`");
}

macro_rules! rows {
    ($($test:ident: $name:literal),* $(,)?) => {
        $(#[test]
        fn $test() {
            check($name);
        })*

        #[test]
        fn every_scenario_is_tried() {
            let tried = [$($name),*];
            assert_eq!(ALL.iter().map(|scenario| scenario.name).collect::<Vec<_>>(), tried);
        }
    };
}

rows! {
    an_identity: "whoami",
    a_role: "exec",
    a_web_identity: "web identity",
    a_link_to_the_console: "login",
    a_container: "container",
    an_instance: "instance",
    a_sign_in_to_the_identity_center: "sso login",
    a_role_of_the_identity_center: "sso role",
    the_roles_of_the_identity_center: "sso setup",
    a_sign_out_of_the_identity_center: "sso logout",
    a_sign_in_to_the_console: "signin",
    a_password: "password",
    a_new_device: "mfa enroll",
    a_device_that_goes: "mfa remove",
    a_device_that_drifted: "mfa resync",
    a_rotation: "rotate",
    a_rotation_for_another: "rotate --user",
    an_account_that_is_read: "account plan",
    first_secrets: "hand-outs",
    an_account_that_is_made: "account apply",
    an_account_that_is_changed: "account apply, changed",
    an_account_that_is_changed_back: "account apply, changed back",
    an_account_that_goes: "account destroy",
    a_revocation: "account revoke",
    an_audit: "audit",
    stacks_that_are_made: "stacks",
    stacks_that_drifted: "drift",
    stacks_that_go: "stacks destroyed",
    versions_that_go: "account destroy, versions",
    an_account_that_is_adopted: "account apply, adopted",
    a_change_set_that_was_left: "stacks again",
    a_group_whose_creation_was_lost: "account apply, a group that was made",
    a_role_whose_creation_was_lost: "account apply, a role that was made",
    a_policy_whose_creation_was_lost: "account apply, a policy that was made",
}
