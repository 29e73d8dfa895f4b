//! Every template from nothing to working roles, and back.

use keyward_iam::{Policy, PolicyKind};
use keyward_sandbox::{Group, InlinePolicy, ManagedPolicy, Role, User};

use super::{ACCOUNT, Rehearsal, WORKLOAD, id};

/// The templates, each with a group of it.
pub(super) const TEMPLATES: [(&str, &str); 4] = [
    ("team", "admins"),
    ("readonly-admin", "admins"),
    ("kickstarter", "admins"),
    ("two-accounts", "admins"),
];

#[test]
fn every_template_is_applied_to_an_empty_account_and_destroyed() {
    for (template, group) in TEMPLATES {
        let place = Rehearsal::start();
        place.blueprint(template, group);
        let _ = place.account("plan").fails_with(5);
        let _ = place.account("apply").ok();
        let _ = place.account("plan").ok();
        let _ = place.account("destroy").ok();
        assert_eq!(place.entities(ACCOUNT), 0, "{template}");
        assert_eq!(place.entities(WORKLOAD), 0, "{template}");
        let _ = place.account("plan").fails_with(5);
    }
}

#[test]
fn a_plan_asks_aws_at_most_twelve_times_and_writes_nothing() {
    let place = Rehearsal::start();
    place.blueprint("kickstarter", "admins");
    let _ = place.account("apply").ok();
    place.server.clear_journal();
    let _ = place.account("plan").ok();
    let calls = place.server.journal();
    assert!(calls.len() <= 12, "{} calls", calls.len());
    assert!(calls.iter().all(|call| {
        ["Get", "List"]
            .iter()
            .any(|verb| call.action.starts_with(verb))
    }));
}

#[test]
fn a_plan_of_a_thousand_users_asks_aws_at_most_thirty_times() {
    let place = Rehearsal::start();
    let created = keyward_core::Timestamp::from_second(1_700_000_000);
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let trust = Policy::parse_as(PolicyKind::Trust, trust).unwrap();
    place.change(|account| {
        for number in 0..1000 {
            let name = format!("user{number}");
            let user = User::new(&account.id, name.parse().unwrap(), created);
            account.users.insert(user.name.clone(), user);
        }
        for number in 0..100 {
            let name = format!("group{number}");
            let group = Group::new(&account.id, &name, created);
            account.groups.insert(name, group);
        }
        for number in 0..200 {
            let name = format!("role{number}");
            let role = Role::new(&account.id, &name, trust.clone(), created);
            account.roles.insert(name, role);
        }
    });
    place.blueprint("kickstarter", "admins");
    place.server.clear_journal();
    let _ = place.account("plan").fails_with(5);
    let calls = place.server.journal();
    assert!(calls.len() <= 30, "{} calls", calls.len());
}

/// Adopts the account, and returns the blueprint, which changes nothing.
fn adopted_without_changes(place: &Rehearsal) -> String {
    let adopt = [
        "account",
        "init",
        "--profile",
        "admin",
        "-o",
        "adopted.toml",
    ];
    let _ = place.run(&adopt).ok();
    let plan = place.run(&["account", "plan", "adopted.toml"]);
    assert_eq!(plan.code, 0, "{}{}", plan.stdout, plan.stderr);
    place.read("adopted.toml")
}

#[test]
fn what_keyward_did_not_make_is_never_touched() {
    let place = Rehearsal::start();
    let created = keyward_core::Timestamp::from_second(1_700_000_000);
    place.change(|account| {
        let mut own = User::new(&account.id, "own".parse().unwrap(), created);
        own.groups.insert("own-group".to_owned());
        own.grants
            .attached
            .push("arn:aws:iam::aws:policy/AdministratorAccess".to_owned());
        account.groups.insert(
            "own-group".to_owned(),
            Group::new(&account.id, "own-group", created),
        );
        account.users.insert(own.name.clone(), own);
    });
    let before = place.server.with_accounts(|accounts| {
        let account = accounts.account(&id(ACCOUNT)).unwrap();
        format!("{:?}{:?}", account.users, account.groups)
    });
    place.blueprint("team", "admins");
    let _ = place.account("apply").ok();
    let _ = place.account("destroy").ok();
    let after = place.server.with_accounts(|accounts| {
        let account = accounts.account(&id(ACCOUNT)).unwrap();
        format!("{:?}{:?}", account.users, account.groups)
    });
    assert_eq!(before, after);
}

#[test]
fn destroy_names_the_settings_that_stay() {
    let place = Rehearsal::start();
    place.blueprint("readonly-admin", "admins");
    let _ = place.account("apply").ok();
    place.change(|account| account.alias = Some("another-team".to_owned()));
    let said = place.account("destroy");
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(
        said.stderr.contains("the alias `another-team` stays: "),
        "{}",
        said.stderr
    );
    let said = place.account("destroy");
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(
        said.stderr.contains("the alias `another-team` stays: "),
        "{}",
        said.stderr
    );
}

#[test]
fn an_unusable_key_stops_the_plan_before_any_write() {
    let place = Rehearsal::start();
    place.blueprint("readonly-admin", "admins");
    let text = place
        .read("account.toml")
        .replace("ssh-ed25519 AAAA", "ssh-ed25519 AAAB");
    place.write("account.toml", &text);
    let said = place.account("apply").fails_with(2);
    let at = text[..text.find("\"ssh-ed25519 AAAB").unwrap()]
        .lines()
        .count();
    let key = format!("account.toml:{at}:7: user `zoe`");
    assert!(said.contains(&key), "{said}");
    assert_eq!(place.entities(ACCOUNT), 0);
    // Another problem of the plan does not hide it.
    place.write(
        "account.toml",
        &format!("{text}\n[users.yan]\nadopted = true\n"),
    );
    let said = place.account("apply").fails_with(1);
    assert!(said.contains(&key), "{said}");
    assert!(
        said.contains("user `yan` is adopted but does not exist"),
        "{said}"
    );
}

#[test]
fn warnings_of_a_blueprint_with_errors_are_marked() {
    let place = Rehearsal::start();
    place.write(
        "account.toml",
        &format!(
            "version = 1\n[account]\nid = \"{ACCOUNT}\"\n[roles.ReadOnly]\nmax_session = \"13h\"\n"
        ),
    );
    let said = place.account("plan").fails_with(2);
    assert!(said.contains("1 error and 1 warning"), "{said}");
    let lines: Vec<&str> = said.lines().collect();
    let marked = lines.iter().filter(|line| line.contains("warning: "));
    let marked: Vec<_> = marked.collect();
    assert_eq!(marked.len(), 1, "{said}");
    assert!(marked[0].contains("no group may assume"), "{said}");
}

#[test]
fn without_a_terminal_the_hint_names_the_file_and_the_flags() {
    let place = Rehearsal::start();
    place.blueprint("readonly-admin", "admins");
    let said = place
        .run(&["account", "apply", "account.toml", "--allow-worse"])
        .fails_with(3);
    let command = "keyward account apply account.toml --allow-worse --yes does it";
    assert!(said.contains(command), "{said}");
    let _ = place.account("apply").ok();
    let said = place
        .run(&["account", "destroy", "account.toml"])
        .fails_with(3);
    let command = "keyward account destroy account.toml --yes does it";
    assert!(said.contains(command), "{said}");
    let remove = ["account", "remove", "zoe", "account.toml", "--grace", "1d"];
    let said = place.run(&remove).fails_with(3);
    let command = "keyward account remove zoe account.toml --grace 86400 --yes does it";
    assert!(said.contains(command), "{said}");
}

#[test]
fn an_adopted_account_has_an_empty_plan_and_is_left_by_destroy() {
    let place = Rehearsal::start();
    let created = keyward_core::Timestamp::from_second(1_700_000_000);
    place.change(|account| {
        let mut own = User::new(&account.id, "own".parse().unwrap(), created);
        own.groups.insert("own-group".to_owned());
        account.groups.insert(
            "own-group".to_owned(),
            Group::new(&account.id, "own-group", created),
        );
        account.users.insert(own.name.clone(), own);
        account.alias = Some("own-alias".to_owned());
    });
    let entities = place.entities(ACCOUNT);
    let adopted = adopted_without_changes(&place);
    assert!(adopted.contains("[users.own]"));
    let _ = place
        .run(&["account", "destroy", "adopted.toml", "--yes"])
        .ok();
    assert_eq!(place.entities(ACCOUNT), entities);
}

/// Names that keyward gives its own policies, on policies that a person made.
#[test]
fn policies_by_hand_with_names_of_keyward_are_adopted() {
    let place = Rehearsal::start();
    let created = keyward_core::Timestamp::from_second(1_700_000_000);
    let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::123456789012:role/Ops"}]}"#;
    let document = || -> keyward_sandbox::Document { text.parse::<Policy>().unwrap().into() };
    place.change(|account| {
        let mut group = Group::new(&account.id, "ops", created);
        for (path, name) in [
            ("/", "keyward-assume-ops-1"),
            ("/", "Keyward-Assume-Admins-1"),
            ("/keyward-assume-x/", "keyward-assume-"),
        ] {
            let name = name.parse().unwrap();
            let policy = ManagedPolicy::new(&account.id, path, &name, document(), created);
            group.grants.attached.push(policy.arn.clone());
            account.policies.insert(policy.arn.clone(), policy);
        }
        for name in ["keyward", "keyward-assume"] {
            group.grants.inline.push(InlinePolicy {
                name: name.to_owned(),
                document: document(),
            });
        }
        account.groups.insert("ops".to_owned(), group);
    });
    let before = place.entities(ACCOUNT);
    let adopted = adopted_without_changes(&place);
    for name in ["ops-1", "Admins-1"] {
        assert!(
            adopted.to_lowercase().contains(&name.to_lowercase()),
            "{adopted}"
        );
    }
    // The account's group gets twenty roles, beside its policy of the same name.
    let roles: Vec<String> = (0..60)
        .map(|at| format!("\"Role-of-a-long-name-number-{at:030}\""))
        .collect();
    let mut more = adopted.clone();
    for role in &roles {
        more += &format!("\n[roles.{role}]\nmanaged = [\"ReadOnlyAccess\"]\n");
    }
    more += &format!("\n[groups.ops2]\nassume = [{}]\n", roles.join(", "));
    place.write("more.toml", &more);
    let _ = place.run(&["account", "apply", "more.toml", "--yes"]).ok();
    let _ = place.run(&["account", "plan", "more.toml"]).ok();
    let _ = place
        .run(&["account", "destroy", "more.toml", "--yes"])
        .ok();
    assert_eq!(place.entities(ACCOUNT), before);
}

#[test]
fn what_another_blueprint_made_is_not_adopted() {
    let place = Rehearsal::start();
    place.blueprint("kickstarter", "admins");
    let details = place
        .run(&["account", "render", "account.toml", "--json"])
        .ok();
    place.write("details.json", &details);
    let text = place
        .run(&["account", "init", "--from", "details.json"])
        .ok();
    assert!(
        text.contains("\"user zoe\" = \"the blueprint named"),
        "{text}"
    );
}

#[test]
fn the_demo_of_an_account_ends_well() {
    let home = keyward_testkit::Home::new(env!("CARGO_BIN_EXE_keyward"));
    let said = home.run(&["demo", "--account"]).ok();
    assert!(said.contains("It holds."), "{said}");
}

#[test]
fn what_an_account_has_once_is_named_once() {
    let place = Rehearsal::start();
    place.blueprint("kickstarter", "admins");
    let ran = place.run(&["account", "apply", "account.toml", "--yes"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("  + password policy\n"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("  + user `zoe`\n"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("password_policy"), "{}", ran.stderr);
}
