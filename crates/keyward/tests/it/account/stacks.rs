//! The stacks of a blueprint: planned, applied, changed, repaired and destroyed.

use serde_json::Value;

use keyward_core::Timestamp;
use keyward_iam::{Policy, PolicyKind};
use keyward_sandbox::{Effect, Fault, InForce, PolicyVersion, StackPace, User};

use super::Rehearsal;

const BLUEPRINT: &str = r#"
version = 1

[account]
id = "123456789012"
profile = "admin"

[self_service]
enabled = false

[vpc]
region = "eu-central-1"
zones = 2

[config]
region = "eu-central-1"
bucket = "example-aws-config"
"#;

fn start() -> Rehearsal {
    let place = Rehearsal::start();
    place.write("account.toml", BLUEPRINT);
    place
}

impl Rehearsal {
    fn edit(&self, from: &str, to: &str) {
        let text = self.read("account.toml");
        assert!(text.contains(from), "{from}");
        self.write("account.toml", &text.replace(from, to));
    }

    /// The steps of a plan, each as its action, its name and its changes.
    fn steps(&self) -> Vec<(String, String, Vec<String>)> {
        let ran = self.run(&["account", "plan", "account.toml", "--json"]);
        let plan: Value =
            serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.stderr));
        let steps = plan["steps"].as_array().unwrap().iter();
        steps
            .map(|step| {
                assert_eq!(step["kind"], "stack");
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                let changes = step["changes"].as_array().unwrap().iter();
                (
                    text(&step["action"]),
                    text(&step["name"]),
                    changes.map(text).collect(),
                )
            })
            .collect()
    }
}

#[test]
fn stacks_are_planned_applied_and_destroyed() {
    let place = start();
    let planned = place.steps();
    let outline: Vec<(&str, &str)> = planned
        .iter()
        .map(|(action, name, _)| (action.as_str(), name.as_str()))
        .collect();
    assert_eq!(
        outline,
        [("create", "keyward-vpc"), ("create", "keyward-config")]
    );
    assert!(
        planned[0].2.contains(&"+ `Vpc` (AWS::EC2::VPC)".to_owned()),
        "{planned:?}"
    );
    let told = place.account("apply");
    assert!(told.stderr.contains("+ NatGateway2"), "{}", told.stderr);
    let _ = told.ok();
    assert_eq!(place.steps(), []);
    let _ = place.account("plan").ok();
    let told = place.account("destroy");
    assert!(
        told.stderr.contains("example-aws-config"),
        "{}",
        told.stderr
    );
    assert!(
        told.stderr.contains("stay in the account"),
        "{}",
        told.stderr
    );
    let _ = told.ok();
    let _ = place.account("plan").fails_with(5);
    let told = place.account("destroy");
    assert!(told.stderr.contains("nothing to do"), "{}", told.stderr);
}

#[test]
fn a_plan_of_stacks_writes_nothing_and_asks_little() {
    let place = start();
    let _ = place.account("apply").ok();
    place.server.clear_journal();
    let _ = place.account("plan").ok();
    let calls = place.server.journal();
    assert!(calls.len() <= 12, "{} calls", calls.len());
    let reads = |action: &str| {
        ["Get", "List", "Describe"]
            .iter()
            .any(|it| action.starts_with(it))
    };
    assert!(calls.iter().all(|call| reads(&call.action)), "{calls:?}");
}

#[test]
fn a_change_of_the_blueprint_is_a_change_of_the_stack() {
    let place = start();
    let _ = place.account("apply").ok();
    place.edit("zones = 2", "zones = 2\nnat = \"one\"");
    let steps = place.steps();
    assert_eq!(steps.len(), 1);
    let (action, name, changes) = &steps[0];
    assert_eq!((action.as_str(), name.as_str()), ("update", "keyward-vpc"));
    assert_eq!(
        changes,
        &[
            "~ `PrivateDefaultRoute2` (AWS::EC2::Route)",
            "- `NatAddress2` (AWS::EC2::EIP)",
            "- `NatGateway2` (AWS::EC2::NatGateway)",
        ]
    );
    let _ = place.account("apply").ok();
    assert_eq!(place.steps(), []);
}

#[test]
fn a_table_that_goes_takes_its_stack_along() {
    let place = start();
    let _ = place.account("apply").ok();
    let text = place.read("account.toml");
    let (kept, _) = text.split_once("[config]").unwrap();
    place.write("account.toml", kept);
    let steps = place.steps();
    assert_eq!(steps.len(), 1);
    assert_eq!(
        (steps[0].0.as_str(), steps[0].1.as_str()),
        ("delete", "keyward-config")
    );
    let stays = "- `Bucket` (AWS::S3::Bucket): stays in the account".to_owned();
    assert!(steps[0].2.contains(&stays), "{steps:?}");
    let _ = place.account("apply").ok();
    assert_eq!(place.steps(), []);
}

#[test]
fn a_stack_whose_region_left_the_blueprint_is_found_and_deleted() {
    let place = start();
    let _ = place.account("apply").ok();
    let text = place.read("account.toml");
    place.write(
        "account.toml",
        &text.replacen("eu-central-1", "eu-west-1", 1),
    );
    let steps = place.steps();
    let outline: Vec<(&str, &str)> = steps
        .iter()
        .map(|(action, name, _)| (action.as_str(), name.as_str()))
        .collect();
    assert_eq!(
        outline,
        [("create", "keyward-vpc"), ("delete", "keyward-vpc")]
    );
    let _ = place.account("apply").ok();
    assert_eq!(place.steps(), []);
    // Both tables go, and no region is left in the blueprint.
    let (kept, _) = text.split_once("[vpc]").unwrap();
    place.write("account.toml", kept);
    place.server.clear_journal();
    let steps = place.steps();
    assert_eq!(steps.len(), 2, "{steps:?}");
    assert!(steps[0].2[0].contains("does not name"), "{steps:?}");
    let calls = place.server.journal().len();
    assert!(calls <= 16, "{calls} calls");
    let told = place.account("destroy");
    assert!(told.stderr.contains("eu-west-1"), "{}", told.stderr);
    let _ = told.ok();
    place.server.clear_journal();
    let _ = place.account("plan").ok();
    let calls = place.server.journal();
    let asked = |action: &str| calls.iter().any(|call| call.action == action);
    assert!(!asked("DescribeStacks"), "{calls:?}");
}

/// Kills an apply at a place, and applies again.
fn killed_and_finished(place: &mut Rehearsal, verb: &str, point: &str) {
    place.set("KEYWARD_TEST_POINT", point);
    let killed = place.account(verb);
    assert_ne!(killed.code, 0, "{point}: it was not killed");
    place.set("KEYWARD_TEST_POINT", "");
    let again = place.account(verb);
    assert_eq!(again.code, 0, "{point}: {}", again.stderr);
}

#[test]
fn a_deployment_that_dies_anywhere_is_finished_by_the_next() {
    let points = ["stack change set", "stack execution"];
    for point in points
        .iter()
        .flat_map(|it| [format!("{it}:before"), format!("{it}:after")])
    {
        let mut place = start();
        killed_and_finished(&mut place, "apply", &point);
        assert_eq!(place.steps(), [], "{point}");
        place.edit("zones = 2", "zones = 3");
        killed_and_finished(&mut place, "apply", &point);
        assert_eq!(place.steps(), [], "{point}");
    }
}

#[test]
fn a_deletion_that_dies_anywhere_is_finished_by_the_next() {
    for point in ["stack deletion:before", "stack deletion:after"] {
        let mut place = start();
        let _ = place.account("apply").ok();
        killed_and_finished(&mut place, "destroy", point);
        let told = place.account("destroy");
        assert!(
            told.stderr.contains("nothing to do"),
            "{point}: {}",
            told.stderr
        );
    }
}

#[test]
fn a_change_set_that_nobody_executed_is_in_nobodys_way() {
    let mut place = start();
    place.set("KEYWARD_TEST_POINT", "stack change set:after");
    assert_ne!(place.account("apply").code, 0);
    place.set("KEYWARD_TEST_POINT", "");
    let steps = place.steps();
    assert_eq!(steps[0].0, "create", "{steps:?}");
    assert!(!steps[0].2[0].contains("deleted first"), "{steps:?}");
    // A blueprint without the table ignores it.
    let text = place.read("account.toml");
    let (kept, _) = text.split_once("[vpc]").unwrap();
    place.write("account.toml", kept);
    assert_eq!(place.steps(), []);
}

#[test]
fn a_stack_that_cannot_be_deleted_says_why_and_goes_later() {
    let place = start();
    let _ = place.account("apply").ok();
    attach_marker(&place);
    let said = place.account("destroy").fails_with(1);
    assert!(said.contains("DELETE_FAILED"), "{said}");
    assert!(said.contains("attached to entities"), "{said}");
    assert!(said.contains("the next run deletes the rest"), "{said}");
    let steps = place.steps();
    assert!(
        steps.iter().any(|(action, _, changes)| action == "create"
            && changes[0].contains("DELETE_FAILED: deleted first")),
        "{steps:?}"
    );
    place.change(|account| account.users.clear());
    let _ = place.account("destroy").ok();
    let told = place.account("destroy");
    assert!(told.stderr.contains("nothing to do"), "{}", told.stderr);
}

/// A user of the account's own gets the policy that marks the network.
fn attach_marker(place: &Rehearsal) {
    place.change(|account| {
        let created = Timestamp::from_second(1_700_000_000);
        let mut own = User::new(&account.id, "own".parse().unwrap(), created);
        let mut policies = account.policies.keys();
        let marker = policies.find(|arn| arn.contains("keyward-vpc")).unwrap();
        own.grants.attached.push(marker.clone());
        account.users.insert(own.name.clone(), own);
    });
}

#[test]
fn an_apply_beside_another_one_says_that_cloudformation_is_busy() {
    let mut place = start();
    place.server.pause_stacks(StackPace::Paused);
    place.set("KEYWARD_TEST_POINT", "stack execution:after");
    assert_ne!(place.account("apply").code, 0);
    place.set("KEYWARD_TEST_POINT", "");
    let said = place.account("apply").fails_with(1);
    assert!(
        said.contains("CloudFormation is working on the stack"),
        "{said}"
    );
    assert!(said.contains("run the command again"), "{said}");
    place.server.pause_stacks(StackPace::Working);
    let _ = place.account("apply").ok();
}

#[test]
fn a_lost_answer_about_the_execution_of_a_change_set_is_no_failure() {
    for effect in [Effect::DropAfter, Effect::Garbage] {
        let place = start();
        place
            .server
            .inject(Fault::on("ExecuteChangeSet", effect).times(2));
        let _ = place.account("apply").ok();
        let _ = place.account("plan").ok();
        // An execution that never began is a failure, and the next run makes up for it.
        place.edit("zones = 2", "zones = 3");
        let lost = Fault::on("ExecuteChangeSet", Effect::DropBefore);
        place.server.clear_faults();
        place.server.inject(lost.times(1));
        let said = place.account("apply").fails_with(1);
        assert!(said.contains("cloudformation:ExecuteChangeSet"), "{said}");
        let _ = place.account("apply").ok();
        let _ = place.account("plan").ok();
    }
}

#[test]
fn a_run_whose_change_set_another_one_replaced_says_so_and_the_next_finishes() {
    let refusals = [
        ("DescribeChangeSet", 404, "ChangeSetNotFound"),
        ("ExecuteChangeSet", 404, "ChangeSetNotFound"),
        ("ExecuteChangeSet", 400, "InvalidChangeSetStatus"),
    ];
    for (action, status, code) in refusals {
        let place = start();
        let refusal = Effect::Error {
            status,
            code: code.to_owned(),
            message: "of the other run".to_owned(),
        };
        place.server.inject(Fault::on(action, refusal).times(1));
        let said = place.account("apply").fails_with(1);
        for part in [
            "another run is working on the stack `keyward-",
            "` in eu-central-1, and replaced this run's change set",
            "of the other run",
            "run the command again",
        ] {
            assert!(said.contains(part), "{action} {code}: {said}");
        }
        let _ = place.account("apply").ok();
        let _ = place.account("plan").ok();
    }
}

#[test]
fn drift_is_found_on_request() {
    let place = start();
    let _ = place.account("apply").ok();
    let drift = ["account", "plan", "account.toml", "--drift"];
    let told = place.run(&drift).ok();
    assert!(
        told.contains("no drift of `keyward-vpc` in eu-central-1"),
        "{told}"
    );
    place.change(|account| {
        let mut policy = account.policies.values_mut();
        let policy = policy.find(|it| it.name.contains("keyward-vpc")).unwrap();
        let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}"#;
        let document = Policy::parse_as(PolicyKind::Identity, text).unwrap().into();
        let created = Timestamp::from_second(1_700_000_000);
        policy.add(PolicyVersion { document, created }, InForce::Now);
    });
    let found = place.run(&drift);
    assert_eq!(found.code, 5, "{}", found.stderr);
    assert!(
        found
            .stdout
            .contains("~ `Marker` (AWS::IAM::ManagedPolicy)"),
        "{}",
        found.stdout
    );
    assert!(found.stdout.contains("/PolicyDocument"), "{}", found.stdout);
    assert!(
        found.stderr.contains("drift-aware change set"),
        "{}",
        found.stderr
    );
    let json = place.run(&[&drift[..], &["--json"]].concat());
    let value: Value = serde_json::from_str(&json.stdout).unwrap();
    let vpc = &value["drift"][0];
    assert_eq!(vpc["stack"], "keyward-vpc", "{value}");
    assert_eq!(vpc["resources"][0]["status"], "modified", "{value}");
    // Without the flag, the plan only says what CloudFormation found last.
    let plain = place.account("plan");
    assert_eq!(plain.code, 0, "{}", plain.stderr);
    assert!(plain.stderr.contains("changed by hand"), "{}", plain.stderr);

    place.change(|account| {
        account
            .policies
            .retain(|arn, _| !arn.contains("keyward-vpc"))
    });
    let found = place.run(&drift);
    assert!(found.stdout.contains("deleted by hand"), "{}", found.stdout);
}

#[test]
fn a_creation_that_failed_is_deleted_and_tried_again() {
    let place = start();
    let _ = place.account("apply").ok();
    let _ = place.account("destroy").ok();
    // The bucket still exists, so its name is taken.
    let said = place.account("apply").fails_with(1);
    assert!(said.contains("example-aws-config already exists"), "{said}");
    assert!(said.contains("ROLLBACK_COMPLETE"), "{said}");
    place.edit("example-aws-config", "another-aws-config");
    let steps = place.steps();
    let config = steps
        .iter()
        .find(|(_, name, _)| name == "keyward-config")
        .unwrap();
    assert_eq!(config.0, "create");
    assert!(
        config.2[0].contains("ROLLBACK_COMPLETE: deleted first"),
        "{config:?}"
    );
    let _ = place.account("apply").ok();
    assert_eq!(place.steps(), []);
}

#[test]
fn a_network_without_enough_addresses_is_refused_before_any_write() {
    let place = start();
    place.edit("zones = 2", "zones = 6");
    let said = place.account("apply").fails_with(1);
    assert!(said.contains("6 more Elastic IP addresses"), "{said}");
    assert!(said.contains("0 of 5 are allocated"), "{said}");
    assert!(said.contains("account.toml:11:1: the stack"), "{said}");
    place.edit("zones = 6", "zones = 7\nnat = \"none\"");
    let said = place.account("apply").fails_with(1);
    assert!(
        said.contains("the region has 6: write `zones = 6`"),
        "{said}"
    );
    assert!(said.contains("account.toml:13:9: the stack"), "{said}");
    let calls = place.server.journal();
    assert!(
        calls.iter().all(|call| !call.action.starts_with("Create")),
        "{calls:?}"
    );
}

#[test]
fn the_stack_of_another_blueprint_is_left_alone() {
    let place = start();
    let _ = place.account("apply").ok();
    place.edit("version = 1", "version = 1\nname = \"other\"");
    let said = place.account("plan").fails_with(1);
    assert!(said.contains("belongs to blueprint `main`"), "{said}");
    let told = place.account("destroy");
    assert!(told.stderr.contains("nothing to do"), "{}", told.stderr);
}

#[test]
fn a_saved_plan_of_stacks_is_refused_once_stale() {
    let place = start();
    let plan = ["account", "plan", "account.toml", "--out", "saved.plan"];
    let _ = place.run(&plan).fails_with(5);
    let apply = ["account", "apply", "saved.plan", "--yes"];
    let _ = place.run(&apply).ok();
    assert_eq!(place.steps(), []);
    let said = place.run(&apply).fails_with(1);
    assert!(said.contains("stale"), "{said}");
}
