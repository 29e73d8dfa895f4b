//! `account prove` and `account why`, and what plan and apply do with the proof.

use serde_json::{Value, json};

use super::{Rehearsal, id};

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_proof_of_a_template_is_kept_before_and_after_apply() {
    let place = Rehearsal::start();
    place.blueprint("readonly-admin", "admins");
    let before = json_of(
        &place
            .run(&["account", "prove", "account.toml", "--json"])
            .ok(),
    );
    assert_eq!(before["findings"], json!([]));
    assert_eq!(before["users"]["zoe"]["long_term_key"]["roles"], json!([]));
    let plan = place.run(&["account", "plan", "account.toml", "--json"]);
    let effects = json_of(&plan.stdout)["effects"].clone();
    let gained = |context: &str| {
        let mut effects = effects.as_array().unwrap().iter();
        effects
            .find(|effect| effect["user"] == "zoe" && effect["context"] == context)
            .unwrap()["gains"]["roles"]
            .clone()
    };
    assert_eq!(gained("mfa"), json!(["Administrator", "ReadOnly"]));
    assert_eq!(gained("long_term_key"), json!([]));
    let _ = place.account("apply").ok();
    let after = json_of(
        &place
            .run(&["account", "prove", "--profile", "admin", "--json"])
            .ok(),
    );
    assert_eq!(after["users"], before["users"]);
    assert_eq!(after["findings"], json!([]));
}

#[test]
fn a_broken_promise_exits_with_6_and_a_baseline_sees_what_is_new() {
    let place = Rehearsal::start();
    place.blueprint("readonly-admin", "admins");
    let printed = place
        .run(&["account", "prove", "account.toml", "--json"])
        .ok();
    place.write("old.json", &printed);
    let text = place.read("account.toml");
    place.write(
        "account.toml",
        &text.replace("guard = true", "guard = false").replace(
            "[users.zoe]\n",
            "[users.zoe]\nmanaged = [\"SecurityAudit\"]\n",
        ),
    );
    let broken = place.run(&["account", "prove", "account.toml", "--json"]);
    assert_eq!(broken.code, 6, "{}", broken.stderr);
    let findings = json_of(&broken.stdout)["findings"].clone();
    let many = findings.as_array().unwrap();
    let many = many.iter().find(|f| f["id"] == "without-mfa/many").unwrap();
    assert_eq!(many["subject"], "zoe");
    assert!(
        many["statement"]
            .as_str()
            .unwrap()
            .contains("SecurityAudit")
    );
    assert!(many["fix"].as_str().unwrap().contains("+ guard = true"));
    let newer_than_old = [
        "account",
        "prove",
        "account.toml",
        "--json",
        "--baseline",
        "old.json",
    ];
    let newer = place.run(&newer_than_old);
    assert_eq!(newer.code, 6, "{}", newer.stderr);
    let gained = json_of(&newer.stdout)["new"]["zoe"]["long_term_key"]["actions"].clone();
    assert!(gained.as_array().unwrap().len() > 60);
    // A proof of many people is long, and its list of actions may be older.
    let blanks = " ".repeat(65 << 20);
    let date = json_of(&printed)["catalogue"]["actions"].clone();
    let older = printed.replace(date.as_str().unwrap(), "2020-01-01");
    place.write("old.json", &format!("{older}{blanks}"));
    let long = place.run(&newer_than_old);
    assert_eq!(long.code, 6, "{}", long.stderr);
    assert!(long.stderr.contains("2020-01-01"), "{}", long.stderr);
    place.write("old.json", "{}");
    let bad = ["account", "prove", "account.toml", "--baseline", "old.json"];
    let _ = place.run(&bad).fails_with(2);
    let refused = place.account("apply").fails_with(1);
    assert!(refused.contains("--allow-worse"), "{refused}");
    assert_eq!(
        place
            .server
            .with_accounts(|a| a.account(&id(super::ACCOUNT)).unwrap().users.len()),
        0
    );
    let all_the_same = ["account", "apply", "account.toml", "--yes", "--allow-worse"];
    let _ = place.run(&all_the_same).ok();
    // The same finding, about more actions.
    let text = place.read("account.toml");
    let more =
        "[users.zoe.inline.more]\nEffect = \"Allow\"\nAction = \"sqs:*\"\nResource = \"*\"\n";
    place.write("account.toml", &format!("{text}\n{more}"));
    let refused = place.account("apply").fails_with(1);
    assert!(refused.contains("--allow-worse"), "{refused}");
}

#[test]
fn a_role_that_is_open_to_anyone_is_refused() {
    let place = Rehearsal::start();
    place.blueprint("readonly-admin", "admins");
    let text = place.read("account.toml");
    let open = "[roles.Open]\nmanaged = [\"AdministratorAccess\"]\n[[roles.Open.trust]]\n\
                Effect = \"Allow\"\nPrincipal = \"*\"\nAction = \"sts:AssumeRole\"\n";
    place.write("account.toml", &format!("{text}\n{open}"));
    let proof = place.run(&["account", "prove", "account.toml", "--json"]);
    assert_eq!(proof.code, 6, "{}", proof.stderr);
    let admitted = json!([{ "role": "Open", "who": "anyone", "certain": true, "leads_to": [] }]);
    assert_eq!(json_of(&proof.stdout)["outsiders"], admitted);
    let refused = place.account("apply").fails_with(1);
    assert!(refused.contains("anyone with an AWS account"), "{refused}");
    assert!(refused.contains("--allow-worse"), "{refused}");
}

#[test]
fn an_applied_account_does_not_lose_its_guard_in_silence() {
    let place = Rehearsal::start();
    place.blueprint("readonly-admin", "admins");
    let _ = place.account("apply").ok();
    let text = place.read("account.toml");
    place.write(
        "account.toml",
        &text.replace("guard = true", "guard = false"),
    );
    let proof = place.run(&["account", "prove", "account.toml", "--json"]);
    assert_eq!(proof.code, 6, "{}", proof.stdout);
    let refused = place.account("apply").fails_with(1);
    assert!(refused.contains("--allow-worse"), "{refused}");
}

#[test]
fn why_names_the_statement_and_refuses_unknown_users() {
    let place = Rehearsal::start();
    place.blueprint("team", "admins");
    let why = |user: &str, action: &str| {
        place.run(&[
            "account",
            "why",
            user,
            action,
            "--blueprint",
            "account.toml",
            "--json",
        ])
    };
    let answer = json_of(&why("zoe", "iam:CreateAccessKey").ok());
    let alone = &answer["contexts"]["long_term_key"];
    assert_eq!(alone["allowed"], false);
    assert_eq!(alone["by"][0]["policy"], "keyward-mfa-guard-team");
    assert_eq!(alone["by"][0]["sid"], "DenyWithoutMfa");
    assert_eq!(answer["contexts"]["mfa"]["allowed"], true);
    let _ = why("mallory", "iam:GetUser").fails_with(2);
    let _ = why("zoe", "iam:GetUsr").fails_with(2);
}

#[test]
fn service_control_policies_count_in_proof_and_answer() {
    let place = Rehearsal::start();
    place.blueprint("readonly-admin", "admins");
    place.write(
        "no-iam.json",
        r#"{"Version":"2012-10-17","Statement":{"Sid":"NoKeys","Effect":"Deny","Action":"iam:CreateAccessKey","Resource":"*"}}"#,
    );
    let scp = ["--scp", "root=FullAWSAccess", "--scp", "root=no-iam.json"];
    let mut prove = vec!["account", "prove", "account.toml", "--json"];
    prove.extend(scp);
    let proof = json_of(&place.run(&prove).ok());
    assert_eq!(
        proof["service_control"],
        json!([{ "level": "root", "policies": ["FullAWSAccess", "no-iam"] }])
    );
    let actions = proof["users"]["zoe"]["mfa"]["actions"].as_array().unwrap();
    assert!(actions.contains(&json!("iam:UpdateAccessKey")));
    assert!(!actions.contains(&json!("iam:CreateAccessKey")));
    let mut why = vec!["account", "why", "zoe", "iam:CreateAccessKey"];
    why.extend(["--blueprint", "account.toml"]);
    why.extend(scp);
    let said = place.run(&why).ok();
    assert!(
        said.contains("statement `NoKeys` of the service control policy `no-iam` of `root`"),
        "{said}"
    );
    assert!(
        said.contains("counted: root (FullAWSAccess, no-iam)"),
        "{said}"
    );
    // No policy limits the management account.
    why.extend(["--management-account", super::ACCOUNT]);
    let said = place.run(&why).ok();
    assert!(!said.contains("NoKeys"), "{said}");
    let alone = [
        "account",
        "prove",
        "account.toml",
        "--scp",
        "root=no-iam.json",
    ];
    let said = place.run(&alone).fails_with(2);
    assert!(said.contains("--scp root=FullAWSAccess"), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn users_who_may_do_anything_need_little_memory() {
    const USERS: usize = 12;
    let place = Rehearsal::start();
    let all = "inline.all = { Effect = \"Allow\", Action = \"*\", Resource = \"*\" }";
    let users = (0..USERS).map(|number| format!("[users.user{number}]\n{all}\n"));
    let text = format!(
        "version = 1\n[account]\nid = \"{}\"\n[self_service]\nguard = false\n{}",
        super::ACCOUNT,
        users.collect::<String>()
    );
    place.write("large.toml", &text);
    // In kilobytes. The names of the actions of all users fill 50 MB as text, and each is about three
    // times as large as a text of its own.
    let limited = "ulimit -d 90000; \"$0\" account prove large.toml --json >old.json; \
                   test $? = 6 && exec \"$0\" account prove large.toml --json --baseline old.json";
    let mut command = place.command_of("sh");
    command.args(["-c", limited, env!("CARGO_BIN_EXE_keyward-full")]);
    let ran = keyward_testkit::finish(command, "");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let printed = json_of(&ran.stdout);
    assert_eq!(printed["users"].as_object().unwrap().len(), USERS);
    assert_eq!(printed["new"], json!({}));
    assert!(place.read("old.json").len() > 40 << 20);
}
