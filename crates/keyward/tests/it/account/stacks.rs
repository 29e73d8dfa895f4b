//! The stacks of a blueprint: planned, applied, changed, repaired and destroyed.

use serde_json::Value;

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
    place.edit("zones = 6", "zones = 7\nnat = \"none\"");
    let said = place.account("apply").fails_with(1);
    assert!(said.contains("the region has 6"), "{said}");
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
