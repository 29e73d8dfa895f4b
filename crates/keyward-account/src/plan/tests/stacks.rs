//! Plans of stacks: what differs, what is replaced, and which stacks are left alone.

use keyward_iam::model::Tags;

use super::world;
use crate::blueprint::Blueprint;
use crate::desired::{Desired, render};
use crate::plan::simulate::Simulation;
use crate::plan::{Kind, Operation, Plan, Stage, destroy, plan};
use crate::snapshot::Snapshot;
use crate::stacks::{
    AddressUse, Drift, LiveStack, RegionLimits, StackPhase, StackPlace, StackStatus,
};

fn desired(tables: &str) -> Desired {
    let text = format!(
        "version = 1\n[account]\nid = \"123456789012\"\n[self_service]\nenabled = false\n{tables}"
    );
    let blueprint = Blueprint::parse(&text).unwrap_or_else(|e| panic!("{:?}", e.problems));
    render(&blueprint).remove(0)
}

fn network(settings: &str) -> Desired {
    desired(&format!("[vpc]\nregion = \"eu-central-1\"\n{settings}"))
}

fn nothing() -> Snapshot {
    world::snapshot(world::empty())
}

fn applied(plan: &Plan, before: &Snapshot) -> Snapshot {
    let mut now = Simulation::new(before);
    for operation in plan.operations() {
        now.apply(operation).unwrap();
    }
    now.snapshot(before)
}

fn deployed(desired: &Desired) -> Snapshot {
    applied(&plan(desired, &nothing()).unwrap(), &nothing())
}

fn place() -> StackPlace {
    "eu-central-1/keyward-vpc".parse().unwrap()
}

fn changes(plan: &Plan) -> Vec<String> {
    let steps = plan.steps.iter();
    let changes = steps.flat_map(|step| &step.changes);
    changes.map(ToString::to_string).collect()
}

fn problem(desired: &Desired, live: &Snapshot) -> String {
    plan(desired, live).unwrap_err().to_string()
}

fn gone(plan: &Plan) -> Vec<String> {
    let mut operations = plan.operations();
    operations
        .find_map(|operation| match operation {
            Operation::DeployStack { gone, .. } => Some(gone.iter().cloned().collect()),
            _ => None,
        })
        .unwrap_or_default()
}

#[test]
fn a_deployed_stack_needs_no_step() {
    let desired = desired("[vpc]\nregion = \"eu-central-1\"\n[config]\nregion = \"eu-west-1\"\n");
    let live = deployed(&desired);
    assert_eq!(live.stacks.len(), 2);
    assert!(plan(&desired, &live).unwrap().is_empty());
    let end = destroy(&desired, &live).unwrap();
    assert!(applied(&end, &live).stacks.is_empty());
}

#[test]
fn a_larger_network_adds_its_parts_and_touches_nothing_else() {
    let live = deployed(&network("zones = 1\nnat = \"none\""));
    let plan = plan(&network("zones = 2\nnat = \"none\""), &live).unwrap();
    assert_eq!(gone(&plan), Vec::<String>::new());
    insta::assert_snapshot!(changes(&plan).join("\n"), @r"
    + `PublicSubnet2` (AWS::EC2::Subnet)
    + `PublicSubnet2Routes` (AWS::EC2::SubnetRouteTableAssociation)
    + `PrivateSubnet2` (AWS::EC2::Subnet)
    + `PrivateRouteTable2` (AWS::EC2::RouteTable)
    + `PrivateSubnet2Routes` (AWS::EC2::SubnetRouteTableAssociation)
    ");
}

#[test]
fn another_range_replaces_the_network_and_what_is_in_it() {
    let live = deployed(&network("zones = 1\nnat = \"one\""));
    let plan = plan(
        &network("zones = 1\nnat = \"one\"\ncidr = \"10.1.0.0/16\""),
        &live,
    )
    .unwrap();
    insta::assert_snapshot!(changes(&plan).join("\n"), @r"
    ~ `Vpc` (AWS::EC2::VPC): replaced by a new one
    ~ `InternetGatewayAttachment` (AWS::EC2::VPCGatewayAttachment): replaced by a new one
    ~ `PublicRouteTable` (AWS::EC2::RouteTable): replaced by a new one
    ~ `PublicDefaultRoute` (AWS::EC2::Route): replaced by a new one
    ~ `PublicSubnet1` (AWS::EC2::Subnet): replaced by a new one
    ~ `PublicSubnet1Routes` (AWS::EC2::SubnetRouteTableAssociation): replaced by a new one
    ~ `PrivateSubnet1` (AWS::EC2::Subnet): replaced by a new one
    ~ `PrivateRouteTable1` (AWS::EC2::RouteTable): replaced by a new one
    ~ `PrivateSubnet1Routes` (AWS::EC2::SubnetRouteTableAssociation): replaced by a new one
    ~ `NatGateway1` (AWS::EC2::NatGateway): replaced by a new one
    ~ `PrivateDefaultRoute1` (AWS::EC2::Route): replaced by a new one
    ");
    assert!(gone(&plan).contains(&"Vpc".to_owned()));
}

#[test]
fn a_stack_without_a_table_goes_and_says_what_stays() {
    let both = desired("[vpc]\nregion = \"eu-central-1\"\n[config]\nregion = \"eu-central-1\"\n");
    let live = deployed(&both);
    let plan = plan(&network(""), &live).unwrap();
    let steps: Vec<(Stage, Kind, &str)> = plan
        .steps
        .iter()
        .map(|step| (step.stage, step.kind, step.name.as_str()))
        .collect();
    assert_eq!(
        steps,
        [(Stage::DeleteStacks, Kind::Stack, "keyward-config")]
    );
    let changes = changes(&plan);
    assert!(changes.contains(&"- `Bucket` (AWS::S3::Bucket): stays in the account".to_owned()));
    assert!(changes.contains(&"- `Key` (AWS::KMS::Key): stays in the account".to_owned()));
    assert!(changes.contains(&"- `Role` (AWS::IAM::Role)".to_owned()));
}

#[test]
fn every_status_has_one_meaning() {
    let phases = [
        ("CREATE_COMPLETE", StackPhase::Deployed),
        ("UPDATE_ROLLBACK_COMPLETE", StackPhase::Deployed),
        ("ROLLBACK_COMPLETE", StackPhase::Failed),
        ("REVIEW_IN_PROGRESS", StackPhase::Reviewed),
        ("DELETE_FAILED", StackPhase::Failed),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", StackPhase::Busy),
        ("DELETE_IN_PROGRESS", StackPhase::Busy),
        ("UPDATE_ROLLBACK_FAILED", StackPhase::Stuck),
        ("SOMETHING_NEW", StackPhase::Stuck),
        ("DELETE_COMPLETE", StackPhase::Gone),
    ];
    for (status, phase) in phases {
        assert_eq!(StackStatus::new(status).phase(), phase, "{status}");
    }
}

#[test]
fn a_failed_creation_is_deleted_before_the_next_one() {
    let desired = network("zones = 1");
    let mut live = deployed(&desired);
    let stack = live.stacks.get_mut(&place()).unwrap();
    stack.status = StackStatus::new("ROLLBACK_COMPLETE");
    let plan = plan(&desired, &live).unwrap();
    let operations: Vec<&Operation> = plan.operations().collect();
    assert!(matches!(operations[0], Operation::DeleteStack(_)));
    assert!(matches!(operations[1], Operation::DeployStack { .. }));
    assert_eq!(operations.len(), 2);
    let first = &changes(&plan)[0];
    assert_eq!(
        first,
        "- the stack that is in ROLLBACK_COMPLETE: deleted first"
    );
    assert!(
        super::super::plan(&desired, &applied(&plan, &live))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_stack_that_is_busy_stuck_or_not_ours_stops_the_plan() {
    let desired = network("zones = 1");
    let live = deployed(&desired);
    let with = |change: &dyn Fn(&mut LiveStack)| {
        let mut live = live.clone();
        change(live.stacks.get_mut(&place()).unwrap());
        problem(&desired, &live)
    };
    let status = |name: &'static str| move |it: &mut LiveStack| it.status = StackStatus::new(name);
    assert!(with(&status("UPDATE_IN_PROGRESS")).contains("is working on the stack"));
    assert!(with(&status("UPDATE_ROLLBACK_FAILED")).contains("Continue update rollback"));
    assert!(with(&|it| it.tags = Tags::new()).contains("keyward did not make it"));
    let other = Tags::from([("keyward:stack".to_owned(), "other".to_owned())]);
    assert!(with(&|it| it.tags = other.clone()).contains("belongs to blueprint `other`"));
}

#[test]
fn destroy_leaves_stacks_of_others() {
    let desired = network("zones = 1");
    let mut live = deployed(&desired);
    live.stacks.get_mut(&place()).unwrap().tags = Tags::new();
    assert!(destroy(&desired, &live).unwrap().is_empty());
}

#[test]
fn addresses_and_zones_are_counted_before_the_first_write() {
    let region: keyward_core::id::Region = "eu-central-1".parse().unwrap();
    let mut live = nothing();
    let limits = |allocated, zones| RegionLimits {
        addresses: Some(AddressUse {
            allocated,
            quota: 5,
        }),
        zones: Some(zones),
    };
    live.regions.insert(region.clone(), limits(3, 3));
    insta::assert_snapshot!(problem(&network(""), &live), @"the stack `keyward-vpc` does not fit into eu-central-1: 3 more Elastic IP addresses are needed, and 3 of 5 are allocated: request a higher quota, release addresses, or write `nat = \"one\"` or `nat = \"none\"`");
    assert!(plan(&network("nat = \"one\""), &live).is_ok());
    live.regions.insert(region.clone(), limits(0, 2));
    insta::assert_snapshot!(problem(&network(""), &live), @"the stack `keyward-vpc` does not fit into eu-central-1: `zones` is 3, and the region has 2: write `zones = 2` or less");
    // Addresses that the stack has already are not needed again.
    let mut live = deployed(&network("zones = 2"));
    live.regions.insert(region, limits(4, 3));
    assert!(plan(&network("zones = 3"), &live).is_ok());
}

#[test]
fn a_template_that_cannot_be_read_is_deployed_anew() {
    let desired = network("zones = 1");
    let mut live = deployed(&desired);
    let stack = live.stacks.get_mut(&place()).unwrap();
    stack.template = None;
    stack.drift = Drift::InSync;
    assert_eq!(plan(&desired, &live).unwrap().steps.len(), 1);
}

/// CloudFormation gives a stack's tags to its roles. These roles do not belong to the blueprint.
#[test]
fn a_role_of_a_stack_is_not_taken_for_one_of_the_blueprint() {
    let desired = desired("[config]\nregion = \"eu-central-1\"\n");
    let mut live = deployed(&desired);
    let tags = live.stacks.values().next().unwrap().tags.clone();
    let trust = keyward_iam::Policy::parse(world::DOCUMENTS[0]).unwrap();
    let mut role =
        keyward_iam::model::Role::new("keyward-config-Role".parse().unwrap(), trust.into());
    role.tags = tags;
    live.account.roles.insert(role.name.clone(), role);
    assert!(plan(&desired, &live).unwrap().is_empty());
}
