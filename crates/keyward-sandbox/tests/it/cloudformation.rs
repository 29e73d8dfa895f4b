//! Stacks through change sets, and EC2's answers about a region.

use keyward_sandbox::Sandbox;

use crate::client::{Answer, Key, Office, administrator, call, start};

const ABSENT: &str = "400 ValidationError: Stack with id s does not exist";
const TOPIC: &str = r#"{"Resources":{"Topic":{"Type":"AWS::SNS::Topic"}}}"#;
const TWO: &str =
    r#"{"Resources":{"Topic":{"Type":"AWS::SNS::Topic"},"More":{"Type":"AWS::SNS::Topic"}}}"#;
const ROLE: &str = r#"{"Resources":{"Role":{"Type":"AWS::IAM::Role"}}}"#;
const BUCKET: &str = r#"{"Resources":{"Bucket":{"Type":"AWS::S3::Bucket","DeletionPolicy":"Retain","Properties":{"BucketName":"example"}}}}"#;

struct Desk {
    sandbox: Sandbox,
    key: Key,
}

impl Desk {
    fn open() -> Self {
        let sandbox = start();
        let key = administrator(&sandbox);
        Self { sandbox, key }
    }

    fn call(&self, action: &str, params: &[(&str, &str)]) -> Answer {
        let mut whole = vec![("StackName", "s")];
        whole.extend_from_slice(params);
        call(&self.sandbox, &self.key, "cloudformation", action, &whole)
    }

    fn change_set(&self, kind: &str, template: &str) -> Answer {
        let params = [
            ("ChangeSetName", "c"),
            ("ChangeSetType", kind),
            ("TemplateBody", template),
        ];
        self.call("CreateChangeSet", &params)
    }

    fn deploy(&self, kind: &str, template: &str) -> String {
        self.change_set(kind, template).is("OK");
        self.call("ExecuteChangeSet", &[("ChangeSetName", "c")])
            .is("OK");
        self.status()
    }

    fn status(&self) -> String {
        let answer = self.call("DescribeStacks", &[]);
        answer
            .text("StackStatus")
            .unwrap_or_else(|| answer.outcome())
    }
}

#[test]
fn a_stack_is_created_changed_and_deleted_by_change_sets() {
    let desk = Desk::open();
    assert_eq!(desk.status(), ABSENT);
    desk.change_set("CREATE", TOPIC).is("OK");
    assert_eq!(desk.status(), "REVIEW_IN_PROGRESS");
    desk.call("ExecuteChangeSet", &[("ChangeSetName", "c")])
        .is("OK");
    let events = desk.call("DescribeStackEvents", &[]).body;
    for status in ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"] {
        assert!(events.contains(status), "{events}");
    }
    desk.change_set("UPDATE", TWO).is("OK");
    let set = desk.call("DescribeChangeSet", &[("ChangeSetName", "c")]);
    assert_eq!(set.text("Action").as_deref(), Some("Add"));
    assert_eq!(set.text("LogicalResourceId").as_deref(), Some("More"));
    desk.call("ExecuteChangeSet", &[("ChangeSetName", "c")])
        .is("OK");
    assert_eq!(desk.status(), "UPDATE_COMPLETE");
    let template = desk.call("GetTemplate", &[]).text("TemplateBody");
    assert_eq!(template.as_deref(), Some(TWO));
    desk.call("DeleteStack", &[]).is("OK");
    assert_eq!(desk.status(), ABSENT);
    desk.call("DeleteStack", &[]).is("OK");
}

#[test]
fn a_change_set_tells_what_is_replaced() {
    let desk = Desk::open();
    let template = |kind: &str, property: &str, value: &str| {
        format!(
            r#"{{"Resources":{{"One":{{"Type":"{kind}","Properties":{{"{property}":"{value}"}}}}}}}}"#
        )
    };
    let mut kind_of_set = "CREATE";
    for (kind, property, replaced) in [
        ("AWS::EC2::VPCGatewayAttachment", "VpcId", "True"),
        ("AWS::EC2::EIP", "Domain", "False"),
        ("AWS::SNS::Topic", "CidrBlock", "False"),
    ] {
        desk.deploy(kind_of_set, &template(kind, property, "a"));
        kind_of_set = "UPDATE";
        desk.change_set("UPDATE", &template(kind, property, "b"))
            .is("OK");
        let set = desk.call("DescribeChangeSet", &[("ChangeSetName", "c")]);
        assert_eq!(set.text("Replacement").as_deref(), Some(replaced), "{kind}");
        desk.call("DeleteChangeSet", &[("ChangeSetName", "c")])
            .is("OK");
    }
}

#[test]
fn a_change_set_without_changes_fails() {
    let desk = Desk::open();
    assert_eq!(desk.deploy("CREATE", TOPIC), "CREATE_COMPLETE");
    desk.change_set("UPDATE", TOPIC).is("OK");
    let set = desk.call("DescribeChangeSet", &[("ChangeSetName", "c")]);
    assert_eq!(set.text("Status").as_deref(), Some("FAILED"));
    let reason = set.text("StatusReason").unwrap();
    assert!(reason.contains("didn't contain changes"), "{reason}");
    let refused = desk.call("ExecuteChangeSet", &[("ChangeSetName", "c")]);
    assert!(refused.outcome().contains("InvalidChangeSetStatus"));
}

#[test]
fn what_cloudformation_refuses_is_refused() {
    let desk = Desk::open();
    desk.change_set("UPDATE", TOPIC)
        .is("400 ValidationError: Stack [s] does not exist");
    desk.change_set("CREATE", ROLE)
        .is("400 InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_IAM]");
    for broken in [
        "{",
        "{}",
        r#"{"Resources":{}}"#,
        r#"{"Resources":{"A":{}}}"#,
    ] {
        let outcome = desk.change_set("CREATE", broken).outcome();
        assert!(
            outcome.contains("Template format error"),
            "{broken}: {outcome}"
        );
    }
    let dangling = r#"{"Resources":{"A":{"Type":"AWS::SNS::Topic","DependsOn":"B"}}}"#;
    let outcome = desk.change_set("CREATE", dangling).outcome();
    assert!(
        outcome.contains("Unresolved resource dependencies [B]"),
        "{outcome}"
    );
    desk.change_set("CREATE", TOPIC).is("OK");
    let again = desk.change_set("CREATE", TOPIC).outcome();
    assert!(again.contains("AlreadyExistsException"), "{again}");
    let bob = call(
        &desk.sandbox,
        &Key::bob(),
        "cloudformation",
        "DescribeStacks",
        &[("StackName", "s")],
    );
    assert!(
        bob.outcome()
            .contains("is not authorized to perform: cloudformation:DescribeStacks")
    );
}

#[test]
fn tags_and_drift_need_permissions_of_their_own() {
    let office = Office::open();
    let membership = [("UserName", "bob"), ("GroupName", "team")];
    office.ok("RemoveUserFromGroup", &membership);
    let own = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"cloudformation:*","Resource":"*"},
        {"Effect":"Deny","Action":["cloudformation:TagResource","cloudformation:DetectStackResourceDrift"],
         "Resource":"*"}]}"#;
    let put = [
        ("UserName", "bob"),
        ("PolicyName", "own"),
        ("PolicyDocument", own),
    ];
    office.ok("PutUserPolicy", &put);
    let create = [
        ("StackName", "s"),
        ("ChangeSetName", "c"),
        ("ChangeSetType", "CREATE"),
        ("TemplateBody", TOPIC),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "red"),
    ];
    let ask = |action: &str, params: &[(&str, &str)]| {
        call(
            &office.sandbox,
            &Key::bob(),
            "cloudformation",
            action,
            params,
        )
        .outcome()
    };
    let refused = ask("CreateChangeSet", &create);
    assert!(refused.contains("cloudformation:TagResource"), "{refused}");
    assert_eq!(ask("CreateChangeSet", &create[..4]), "OK");
    let refused = ask("DetectStackDrift", &create[..1]);
    let right = "cloudformation:DetectStackResourceDrift";
    assert!(refused.contains(right), "{refused}");
}

#[test]
fn a_retained_bucket_blocks_its_name_and_the_creation_is_rolled_back() {
    let desk = Desk::open();
    assert_eq!(desk.deploy("CREATE", BUCKET), "CREATE_COMPLETE");
    desk.call("DeleteStack", &[]).is("OK");
    assert_eq!(desk.status(), ABSENT);
    assert_eq!(desk.deploy("CREATE", BUCKET), "ROLLBACK_COMPLETE");
    let events = desk.call("DescribeStackEvents", &[]).body;
    assert!(events.contains("example already exists"), "{events}");
    let update = desk.change_set("UPDATE", TOPIC).outcome();
    assert!(
        update.contains("is in ROLLBACK_COMPLETE state and can not be updated."),
        "{update}"
    );
}

#[test]
fn ec2_counts_the_addresses_of_stacks() {
    let desk = Desk::open();
    let ask = |action: &str| call(&desk.sandbox, &desk.key, "ec2", action, &[]).body;
    assert!(!ask("DescribeAddresses").contains("publicIp"));
    let address = r#"{"Resources":{"A":{"Type":"AWS::EC2::EIP"}}}"#;
    assert_eq!(desk.deploy("CREATE", address), "CREATE_COMPLETE");
    assert_eq!(ask("DescribeAddresses").matches("<publicIp>").count(), 1);
    assert!(ask("DescribeAccountAttributes").contains("<attributeValue>5</attributeValue>"));
    assert_eq!(
        ask("DescribeAvailabilityZones")
            .matches("<zoneName>")
            .count(),
        6
    );
}
