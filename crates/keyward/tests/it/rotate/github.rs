//! Another user's key, and where it goes: a repository host, a command, a file.

use std::ops::Deref;

use keyward_sandbox::{InlinePolicy, KeyStatus};
use keyward_testkit::{Canaries, Ran};

use super::host::{Host, TOKEN};
use super::{ADMIN, Rotation};

const BOB: &str = "AKIAI44QH8DHBEXAMPLE";
const SECRETS: &str = "/repos/example/site/actions/secrets";

/// A practice account beside a repository host.
struct Errand {
    rotation: Rotation,
    host: Host,
}

impl Errand {
    fn new() -> Self {
        let mut rotation = Rotation::new();
        rotation.config(&format!("{}{ADMIN}", crate::practice::CONFIG));
        let host = Host::start();
        rotation.set("GITHUB_API_URL", host.url());
        rotation.set("GH_TOKEN", TOKEN);
        // The one code of the day; every rotation below uses the cached session.
        let _ = rotation
            .run_with_code(&["exec", "admin", "--", "true"], &[])
            .ok();
        Self { rotation, host }
    }

    fn go(&self, more: &[&str]) -> Ran {
        let mut words = vec!["rotate", "--user", "bob"];
        words.extend(more);
        self.run(&words)
    }

    fn deliver(&self, to: &str, more: &[&str]) -> Ran {
        let mut words = vec!["--via", "admin", "--to", to];
        words.extend(more);
        self.go(&words)
    }

    /// Id and secret of Bob's only key at AWS, which must be active.
    #[track_caller]
    fn bob(&self) -> (String, String) {
        let keys = self.keys_of("bob");
        assert_eq!(keys.len(), 1, "{keys:?}");
        assert_eq!(keys[0].status, KeyStatus::Active);
        (keys[0].id.clone(), self.secret_of(&keys[0].id))
    }

    fn secret_of(&self, id: &str) -> String {
        self.account.with_accounts(|accounts| {
            let account = accounts.account(&"123456789012".parse().unwrap()).unwrap();
            let bob = &account.users[&"bob".parse().unwrap()];
            let key = bob.keys.iter().find(|key| key.id.as_str() == id).unwrap();
            key.secret.expose().to_owned()
        })
    }

    fn secret(&self, path: &str) -> Option<String> {
        self.host.state().secrets.get(path).cloned()
    }

    /// Asserts that the repository has the one key that works.
    #[track_caller]
    fn assert_delivered(&self, ran: &Ran) {
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let (id, secret) = self.bob();
        assert_ne!(id, BOB);
        assert_eq!(
            self.secret(&format!("{SECRETS}/AWS_ACCESS_KEY_ID")),
            Some(id)
        );
        assert_eq!(
            self.secret(&format!("{SECRETS}/AWS_SECRET_ACCESS_KEY")),
            Some(secret)
        );
        let listed = self.run(&["list"]).stderr;
        assert!(!listed.contains("not finished"), "{listed}");
    }
}

impl Deref for Errand {
    type Target = Rotation;

    fn deref(&self) -> &Rotation {
        &self.rotation
    }
}

#[test]
fn a_repository_gets_the_new_key_and_nobody_else_sees_it() {
    let errand = Errand::new();
    let ran = errand.deliver("github:example/site", &["-vv"]);
    errand.assert_delivered(&ran);
    let lines = "github = [\"example/site:ref:refs/heads/main\"]";
    assert!(ran.stderr.contains(lines), "{}", ran.stderr);
    let mut canaries = Canaries::new();
    canaries.plant("the new secret", &errand.bob().1);
    canaries.plant("the token", TOKEN);
    canaries.absent_from(&ran);
    canaries.absent_below(errand.path(), &[]);
}

#[test]
fn an_environment_and_other_names_are_kept() {
    let errand = Errand::new();
    let ran = errand.deliver(
        "github:example/site/production/eu",
        &["--secret-names", "DEPLOY_ID,DEPLOY_SECRET"],
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let (id, secret) = errand.bob();
    let place = "/repos/example/site/environments/production%2Feu/secrets";
    assert_eq!(errand.secret(&format!("{place}/DEPLOY_ID")), Some(id));
    assert_eq!(
        errand.secret(&format!("{place}/DEPLOY_SECRET")),
        Some(secret)
    );
}

#[test]
fn a_destination_that_would_not_take_a_key_is_found_before_one_is_made() {
    let mut errand = Errand::new();
    let said = errand.deliver("github:example/other", &[]).fails_with(1);
    assert!(
        said.contains("Not Found") && said.contains("repo"),
        "{said}"
    );
    errand.rotation.set("GH_TOKEN", "another");
    let said = errand.deliver("github:example/site", &[]).fails_with(1);
    assert!(said.contains("Bad credentials"), "{said}");
    errand
        .rotation
        .set("GITHUB_API_URL", "http://github.example");
    let said = errand.deliver("github:example/site", &[]).fails_with(2);
    assert!(said.contains("https://"), "{said}");
    let said = errand.deliver("gitlab:example/site", &[]).fails_with(2);
    assert!(said.contains("github:OWNER/REPO"), "{said}");
    let said = errand
        .deliver("file:keys", &["--dispatch", "check.yml"])
        .fails_with(2);
    assert!(said.contains("--dispatch"), "{said}");
    assert_eq!(errand.calls("CreateAccessKey"), 0);
    assert_eq!(errand.bob().0, BOB);
}

#[cfg(unix)]
#[test]
fn the_token_of_gh_is_taken_where_no_variable_holds_one() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut errand = Errand::new();
    errand.write(
        "bin/gh",
        &format!("#!/bin/sh\n[ \"$*\" = 'auth token' ] && echo {TOKEN}\n"),
    );
    let program = errand.path().join("bin/gh");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!(
        "{}:{}",
        errand.path().join("bin").display(),
        std::env::var("PATH").unwrap()
    );
    errand.rotation.set("PATH", path);
    errand.rotation.set("GH_TOKEN", "");
    let ran = errand.deliver("github:example/site", &[]);
    errand.assert_delivered(&ran);
}

#[test]
fn a_workflow_must_succeed_before_the_old_key_is_touched() {
    let errand = Errand::new();
    errand.host.state().conclusion = "failure";
    let to = ["--dispatch", "check.yml"];
    let said = errand.deliver("github:example/site", &to).fails_with(1);
    assert!(
        said.contains("`failure`") && said.contains("/actions/runs/"),
        "{said}"
    );
    let keys = errand.keys_of("bob");
    assert_eq!(keys.len(), 2);
    assert!(keys.iter().all(|key| key.status == KeyStatus::Active));
    errand.host.state().conclusion = "success";
    let ran = errand.go(&["--resume"]);
    errand.assert_delivered(&ran);
    let lines = "github = [\"example/site:ref:refs/heads/main\"]";
    assert!(ran.stderr.contains(lines), "{}", ran.stderr);
    let requests = errand.host.state().requests.clone();
    let dispatched = requests
        .iter()
        .filter(|line| line.starts_with("POST"))
        .count();
    assert_eq!(dispatched, 2);
}

#[test]
fn a_rotation_whose_workflow_failed_does_not_wait_for_its_grace() {
    let errand = Errand::new();
    errand.host.state().conclusion = "failure";
    let to = ["--dispatch", "check.yml", "--grace", "12h"];
    let _ = errand.deliver("github:example/site", &to).fails_with(1);
    let said = errand.rotation.run(&["list"]).stderr;
    assert!(said.contains("is not finished"), "{said}");
    assert!(!said.contains("is kept until"), "{said}");
    errand.host.state().conclusion = "success";
    let _ = errand.go(&["--resume"]).ok();
    let said = errand.rotation.run(&["list"]).stderr;
    assert!(said.contains("is kept until"), "{said}");
}

#[test]
fn an_answer_of_the_host_that_is_lost_is_asked_for_again() {
    let errand = Errand::new();
    errand.host.state().drop_after = Some("PUT");
    let said = errand.deliver("github:example/site", &[]).fails_with(1);
    assert!(
        said.contains("keyward rotate --user bob --via admin --resume"),
        "{said}"
    );
    assert_eq!(errand.keys_of("bob").len(), 2);
    errand.host.state().drop_after = None;
    // The repository may have the new key, so giving up means going on.
    let ran = errand.go(&["--abort"]);
    assert!(ran.stderr.contains("cannot be undone"), "{}", ran.stderr);
    errand.assert_delivered(&ran);
}

#[test]
fn a_half_delivered_key_can_be_sent_elsewhere() {
    let errand = Errand::new();
    let id = "PUT /repos/example/site/actions/secrets/AWS_ACCESS_KEY_ID";
    errand.host.state().refuse = Some((id, 0));
    let said = errand.deliver("github:example/site", &[]).fails_with(1);
    assert!(
        said.contains("Validation Failed") && said.contains("--to"),
        "{said}"
    );
    let file = errand.path().join("elsewhere");
    let ran = errand.go(&["--resume", "--to", &format!("file:{}", file.display())]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let (id, secret) = errand.bob();
    let text = errand.read("elsewhere");
    assert!(text.contains(&id) && text.contains(&secret));
}

#[test]
fn a_key_that_reached_nobody_can_be_taken_back() {
    let errand = Errand::new();
    // The first look at the public key goes through; the one of the delivery does not.
    let key = "GET /repos/example/site/actions/secrets/public-key";
    errand.host.state().refuse = Some((key, 1));
    let _ = errand.deliver("github:example/site", &[]).fails_with(1);
    assert_eq!(errand.keys_of("bob").len(), 2);
    let ran = errand.go(&["--abort"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(errand.bob().0, BOB);
    assert!(errand.host.state().secrets.is_empty());
}

#[test]
fn a_refusal_of_the_first_half_leaves_the_way_back_open() {
    let errand = Errand::new();
    let first = "PUT /repos/example/site/actions/secrets/AWS_SECRET_ACCESS_KEY";
    errand.host.state().refuse = Some((first, 0));
    let _ = errand.deliver("github:example/site", &[]).fails_with(1);
    let ran = errand.go(&["--abort"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(errand.bob().0, BOB);
    if cfg!(target_os = "linux") {
        // A file that cannot be written also stays unchanged; keyward makes no folders there.
        let said = errand
            .deliver("file:/proc/none/credentials", &[])
            .fails_with(1);
        assert!(said.contains("could not be written"), "{said}");
        assert_eq!(errand.keys_of("bob").len(), 2);
        let ran = errand.go(&["--abort"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert_eq!(errand.bob().0, BOB);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_command_gets_the_key_on_its_input_and_nowhere_else() {
    let errand = Errand::new();
    let command = "exec:cat > got; env > environment; tr '\\0' ' ' < /proc/$$/cmdline > arguments";
    let ran = errand.deliver(command, &[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let (id, secret) = errand.bob();
    let got: serde_json::Value = serde_json::from_str(&errand.read("got")).unwrap();
    assert_eq!(
        got,
        serde_json::json!({"UserName": "bob", "AccessKeyId": id, "SecretAccessKey": secret})
    );
    for place in ["environment", "arguments"] {
        let text = errand.read(place);
        assert!(!text.contains(&secret), "{place}");
        assert!(!text.contains("KEYWARD_PASSPHRASE"), "{place}");
    }
    let failed = errand
        .deliver("exec:cat > /dev/null; exit 3", &[])
        .fails_with(1);
    assert!(failed.contains("exit status: 3"), "{failed}");
    let ran = errand.go(&["--resume", "--to", "exec:cat > got"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let _ = errand.bob();
}

#[cfg(unix)]
#[test]
fn a_credentials_file_keeps_what_else_is_in_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let errand = Errand::new();
    let other = "# of another service\n[other]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n";
    errand.write("service/credentials", other);
    let path = errand.path().join("service/credentials");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    let ran = errand.deliver("file:service/credentials", &[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let text = errand.read("service/credentials");
    assert!(text.starts_with(other), "{text}");
    assert!(text.contains(&errand.bob().1), "{text}");
    let mode = |name: &str| {
        let data = std::fs::metadata(errand.path().join(name)).unwrap();
        data.permissions().mode() & 0o777
    };
    assert_eq!(mode("service/credentials"), 0o640);
    let ran = errand.deliver("file:service/new", &[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(mode("service/new"), 0o600);
}

#[test]
fn a_credentials_file_works_afterwards_or_no_key_is_made() {
    let errand = Errand::new();
    let old = "[default]\naws_access_key_id = ASIAXYZXYZXYZEXAMPLE\naws_secret_access_key = old\n";
    for token in [
        "aws_session_token",
        "aws_security_token",
        "x_security_token_expires",
    ] {
        errand.write(
            "keys",
            &format!("{old}{token} = STALE\nregion = eu-central-1\n"),
        );
        let ran = errand.deliver("file:keys", &[]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let text = errand.read("keys");
        assert!(!text.contains("STALE") && text.contains("region"), "{text}");
        assert!(text.contains(&errand.bob().1), "{text}");
    }
    let before = errand.bob();
    for other in ["role_arn = x", "credential_process = x", "sso_session = x"] {
        errand.write("keys", &format!("{old}{other}\n"));
        let said = errand.deliver("file:keys", &[]).fails_with(2);
        let (key, _) = other.split_once(' ').unwrap();
        assert!(said.contains(&format!("has `{key}`")), "{said}");
        assert!(errand.read("keys").contains("ASIAXYZXYZXYZEXAMPLE"));
    }
    assert_eq!(errand.bob(), before);
}

#[cfg(target_os = "linux")]
#[test]
fn a_device_is_refused_before_a_key_is_made() {
    use std::os::unix::fs::FileTypeExt as _;
    let errand = Errand::new();
    let Some(device) = crate::practice::null_device(&errand) else {
        return;
    };
    let said = errand.deliver("file:null", &[]).fails_with(2);
    assert!(said.contains("it is a device"), "{said}");
    assert_eq!(errand.bob().0, BOB);
    let found = std::fs::metadata(device).unwrap();
    assert!(found.file_type().is_char_device());
}

#[test]
fn a_dry_run_and_an_unknown_user_change_nothing() {
    let errand = Errand::new();
    let to = ["--dispatch", "check.yml", "--dry-run"];
    let said = errand.deliver("github:example/site", &to).ok();
    assert!(
        said.contains("check.yml") && said.contains("github:example/site"),
        "{said}"
    );
    assert!(errand.host.state().requests.is_empty());
    let words = [
        "rotate", "--user", "nobody", "--via", "admin", "--to", "file:x",
    ];
    let _ = errand.run(&words).fails_with(1);
    let said = errand
        .run(&["rotate", "--user", "bob", "--to", "file:x"])
        .fails_with(2);
    assert!(said.contains("--via"), "{said}");
    assert_eq!(errand.bob().0, BOB);
}

/// The command that makes the first key prints no secret.
#[test]
fn a_user_without_a_key_is_told_how_to_get_one() {
    let errand = Errand::new();
    errand.account.with_accounts(|accounts| {
        let account = accounts.account_mut(&"123456789012".parse().unwrap());
        let users = &mut account.unwrap().users;
        users.get_mut(&"bob".parse().unwrap()).unwrap().keys.clear();
    });
    let said = errand.deliver("github:example/site", &[]).fails_with(1);
    assert!(
        said.contains("--user-name bob --query AccessKey.AccessKeyId"),
        "{said}"
    );
    assert!(said.contains("then run this command again"), "{said}");
    assert!(errand.keys_of("bob").is_empty());
}

/// A new key would give back what the revocation took.
#[test]
fn a_user_who_is_revoked_gets_no_key() {
    let errand = Errand::new();
    let tag = |tags: &[(&str, &str)]| {
        errand.account.with_accounts(|accounts| {
            let account = accounts
                .account_mut(&"123456789012".parse().unwrap())
                .unwrap();
            let bob = account.users.get_mut(&"bob".parse().unwrap()).unwrap();
            bob.tags.clear();
            let tags = tags
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
            bob.tags.extend(tags);
        });
    };
    for mark in ["keyward:revoked-keys", "keyward:revoking"] {
        tag(&[(mark, BOB)]);
        let said = errand.deliver("github:example/site", &[]).fails_with(1);
        assert!(said.contains("user `bob` is revoked"), "{said}");
        assert!(
            said.contains("keyward account revoke bob --profile admin --undo"),
            "{said}"
        );
        assert_eq!(errand.bob().0, BOB);
    }
    tag(&[("team", "web")]);
    let ran = errand.deliver("github:example/site", &[]);
    errand.assert_delivered(&ran);
}

#[test]
fn a_key_that_the_vault_holds_is_not_sent_elsewhere() {
    let errand = Errand::new();
    let words = [
        "rotate", "--user", "alice", "--via", "admin", "--to", "file:x",
    ];
    let refused = |more: &[&str]| {
        let said = errand.run(&[&words[..], more].concat()).fails_with(2);
        assert!(
            said.contains("the vault holds this key as `alice`"),
            "{said}"
        );
        assert!(said.contains("keyward rotate alice"), "{said}");
    };
    refused(&[]);
    errand.assert_one_working_key("another user's rotation of it was refused");
    // A rotation records the owner of the key, by which a dry run recognizes it.
    let _ = errand.rotate(&["alice"]).ok();
    refused(&["--dry-run"]);
    assert!(!errand.path().join("x").exists());
}

/// Gives Bob the policy in which a revocation notes his keys where IAM refuses the tags.
fn revoke_bob_in_a_policy(practice: &Errand) {
    practice.account.with_accounts(|accounts| {
        let id = "123456789012".parse().unwrap();
        let account = accounts.account_mut(&id).unwrap();
        let bob = account.users.get_mut(&"bob".parse().unwrap()).unwrap();
        let until = keyward_core::Timestamp::from_second(1_700_000_000);
        bob.grants.inline.push(InlinePolicy {
            name: "keyward-revoked.keys".to_owned(),
            document: keyward_account::revoke::deny_user(until).into(),
        });
    });
}

#[test]
fn a_user_whom_a_policy_revokes_gets_no_new_key() {
    let practice = Errand::new();
    revoke_bob_in_a_policy(&practice);
    let said = practice.deliver("file:bob.json", &[]).fails_with(1);
    let policy = "user `bob` is revoked (its policy `keyward-revoked.keys` says so)";
    assert!(said.contains(policy), "{said}");
    assert_eq!(practice.bob().0, BOB);
}

fn refuse(errand: &Errand, action: &str, status: u16, code: &str) {
    let effect = keyward_sandbox::Effect::Error {
        status,
        code: code.to_owned(),
        message: "not authorized".to_owned(),
    };
    let fault = keyward_sandbox::Fault::on(action, effect);
    errand.account.inject(fault);
}

#[test]
fn a_caller_who_may_not_read_the_marks_of_a_revocation_rotates_and_is_told() {
    let errand = Errand::new();
    for action in ["GetUser", "ListUserPolicies", "ListAttachedUserPolicies"] {
        refuse(&errand, action, 403, "AccessDenied");
    }
    let ran = errand.deliver("file:bob.json", &[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let told = "may not call iam:GetUser and iam:ListUserPolicies and iam:ListAttachedUserPolicies";
    assert_eq!(ran.stderr.matches(told).count(), 1, "{}", ran.stderr);
    assert_ne!(errand.bob().0, BOB);
}

#[test]
fn no_key_is_made_while_the_marks_of_a_revocation_cannot_be_read() {
    for action in ["GetUser", "ListUserPolicies", "ListAttachedUserPolicies"] {
        for code in ["ValidationError", "InvalidClientTokenId", "ExpiredToken"] {
            let errand = Errand::new();
            refuse(&errand, action, 400, code);
            let ran = errand.deliver("file:bob.json", &[]);
            assert_eq!(ran.code, 1, "{action}, {code}: {}", ran.stderr);
            assert_eq!(errand.bob().0, BOB);
        }
    }
}

#[cfg(debug_assertions)]
#[test]
fn a_rotation_that_a_revocation_overtook_makes_no_key() {
    let mut practice = Errand::new();
    practice.rotation.set("KEYWARD_TEST_POINT", "create:before");
    let died = practice.deliver("file:bob.json", &[]);
    assert_ne!(died.code, 0, "{}", died.stderr);
    practice.rotation.set("KEYWARD_TEST_POINT", "");
    revoke_bob_in_a_policy(&practice);
    let said = practice.go(&["--resume"]).fails_with(1);
    assert!(said.contains("user `bob` is revoked"), "{said}");
    assert_eq!(practice.bob().0, BOB);
}

/// Sets the status of every key of Bob, as a revocation does, and returns their ids.
fn switch_off_bobs_keys(errand: &Errand) -> Vec<String> {
    errand.account.with_accounts(|accounts| {
        let id = "123456789012".parse().unwrap();
        let account = accounts.account_mut(&id).unwrap();
        let bob = account.users.get_mut(&"bob".parse().unwrap()).unwrap();
        for key in &mut bob.keys {
            key.status = KeyStatus::Inactive;
        }
        bob.keys.iter().map(|key| key.id.to_string()).collect()
    })
}

#[track_caller]
fn assert_all_are_off(errand: &Errand, ids: &[String]) {
    let keys = errand.keys_of("bob");
    assert!(
        keys.iter().all(|key| key.status == KeyStatus::Inactive),
        "{keys:?}"
    );
    let left: Vec<_> = keys.into_iter().map(|key| key.id.clone()).collect();
    assert_eq!(left, ids);
}

/// The end of a grace often comes unattended.
#[test]
fn a_rotation_that_a_revocation_overtook_in_its_grace_switches_nothing_on() {
    let errand = Errand::new();
    let _ = errand.deliver("file:bob.json", &["--grace", "1h"]).ok();
    revoke_bob_in_a_policy(&errand);
    let ids = switch_off_bobs_keys(&errand);
    assert_eq!(ids.len(), 2);
    let said = errand.go(&["--resume", "--grace", "0"]).fails_with(1);
    assert!(said.contains("user `bob` is revoked"), "{said}");
    assert_all_are_off(&errand, &ids);
}

/// A revocation leaves no mark that this caller may read, and still no key comes on.
#[test]
fn an_old_key_stays_off_if_the_new_one_was_switched_off_too() {
    let errand = Errand::new();
    let _ = errand.deliver("file:bob.json", &["--grace", "1h"]).ok();
    let ids = switch_off_bobs_keys(&errand);
    // AWS does not know a key that is off, and keyward waits for it to spread. This answer ends the wait.
    refuse(&errand, "GetCallerIdentity", 403, "SignatureDoesNotMatch");
    let said = errand.go(&["--resume", "--grace", "0"]).fails_with(1);
    assert!(said.contains("the old key stays off"), "{said}");
    assert!(
        said.contains("switched off or deleted in the meantime"),
        "{said}"
    );
    assert_all_are_off(&errand, &ids);
}
