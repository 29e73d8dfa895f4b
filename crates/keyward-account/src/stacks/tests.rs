use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::config::RULES;
use super::*;
use crate::blueprint::Blueprint;

fn of(tables: &str) -> Vec<Stack> {
    let text = format!("version = 1\n[account]\nid = \"123456789012\"\n{tables}");
    let blueprint = Blueprint::parse(&text).unwrap_or_else(|e| panic!("{:?}", e.problems));
    stacks(&blueprint, &blueprint.accounts[0])
}

fn vpc(settings: &str) -> Template {
    let mut stacks = of(&format!("[vpc]\nregion = \"eu-central-1\"\n{settings}"));
    assert_eq!(stacks.len(), 1);
    stacks.remove(0).template
}

fn config(settings: &str) -> Template {
    let mut stacks = of(&format!("[config]\nregion = \"eu-central-1\"\n{settings}"));
    assert_eq!(stacks.len(), 1);
    stacks.remove(0).template
}

fn ranges(template: &Template, scope: &str) -> Vec<String> {
    let resources = template.resources();
    let subnets = resources.filter(|(id, _)| id.starts_with(&format!("{scope}Subnet")));
    let blocks = subnets.filter_map(|(_, body)| body["Properties"]["CidrBlock"].as_str());
    blocks.map(str::to_owned).collect()
}

fn ids(template: &Template, kind: &str) -> Vec<String> {
    let resources = template.resources();
    let of_kind = resources.filter(|(_, body)| body["Type"] == kind);
    of_kind.map(|(id, _)| id.to_owned()).collect()
}

#[test]
fn a_blueprint_without_the_tables_has_no_stack() {
    assert_eq!(of(""), []);
}

#[test]
fn a_range_of_16_bits_is_divided_as_the_kickstarter_does() {
    let template = vpc("");
    assert_eq!(
        ranges(&template, "Public"),
        ["10.0.0.0/22", "10.0.4.0/22", "10.0.8.0/22"]
    );
    assert_eq!(
        ranges(&template, "Private"),
        ["10.0.128.0/22", "10.0.132.0/22", "10.0.136.0/22"]
    );
}

#[test]
fn small_ranges_give_small_subnets() {
    let template = vpc("cidr = \"192.168.1.0/26\"\nzones = 2");
    assert_eq!(
        ranges(&template, "Public"),
        ["192.168.1.0/28", "192.168.1.16/28"]
    );
    assert_eq!(
        ranges(&template, "Private"),
        ["192.168.1.32/28", "192.168.1.48/28"]
    );
}

#[test]
fn subnets_never_overlap_and_stay_in_the_range() {
    for prefix in 16..=28_u8 {
        let cidr = format!("10.0.0.0/{prefix}").parse().unwrap();
        for zones in 1..=16_u8 {
            let Ok(layout) = Layout::new(cidr, zones) else {
                continue;
            };
            let all = (0..zones).flat_map(|zone| [layout.public(zone), layout.private(zone)]);
            let mut taken = BTreeSet::new();
            for range in all.map(|range| range.to_string()) {
                let (address, bits) = range.split_once('/').unwrap();
                let first = u32::from(address.parse::<std::net::Ipv4Addr>().unwrap());
                let size = 1_u32 << (32 - bits.parse::<u32>().unwrap());
                assert!(first - 0x0a00_0000 + size <= 1 << (32 - prefix), "{range}");
                assert!((first..first + size).all(|it| taken.insert(it)), "{range}");
            }
        }
    }
}

#[test]
fn a_range_without_room_for_one_zone_is_told_in_the_singular() {
    let error = Layout::new("10.0.0.0/28".parse().unwrap(), 1).unwrap_err();
    let told = "`10.0.0.0/28` is too small for subnets in 1 zone (it has room for 0)";
    assert_eq!(error.to_string(), told);
}

#[test]
fn a_range_without_room_is_an_error_of_the_blueprint() {
    let text = "version = 1\n[account]\nid = \"123456789012\"\n[vpc]\nregion = \"eu-central-1\"\ncidr = \"10.0.0.0/27\"\n";
    let error = Blueprint::parse(text).unwrap_err();
    let messages: Vec<String> = error.problems.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(messages.join("\n"), @"4:1: `10.0.0.0/27` is too small for subnets in 3 zones (it has room for 1); write a larger range or fewer `zones`");
}

#[test]
fn no_private_subnet_has_a_route_to_the_internet_gateway() {
    for nat in ["per-zone", "one", "none"] {
        let template = vpc(&format!("nat = \"{nat}\""));
        for (id, body) in template.resources() {
            let properties = &body["Properties"];
            if body["Type"] == "AWS::EC2::Route" && properties.get("GatewayId").is_some() {
                assert_eq!(id, "PublicDefaultRoute");
                assert_eq!(
                    properties["RouteTableId"],
                    json!({ "Ref": "PublicRouteTable" })
                );
            }
            if body["Type"] == "AWS::EC2::SubnetRouteTableAssociation" {
                let public = properties["RouteTableId"] == json!({ "Ref": "PublicRouteTable" });
                assert_eq!(public, id.starts_with("Public"), "{id}");
            }
        }
    }
}

#[test]
fn every_subnet_is_associated_with_a_table() {
    let template = vpc("zones = 4");
    let associations = template.count("AWS::EC2::SubnetRouteTableAssociation");
    assert_eq!((template.count("AWS::EC2::Subnet"), associations), (8, 8));
}

#[test]
fn nat_decides_the_number_of_gateways_addresses_and_routes() {
    for (nat, gateways, routes) in [("per-zone", 3, 3), ("one", 1, 3), ("none", 0, 0)] {
        let template = vpc(&format!("nat = \"{nat}\""));
        assert_eq!(template.count("AWS::EC2::NatGateway"), gateways, "{nat}");
        assert_eq!(template.count("AWS::EC2::EIP"), gateways, "{nat}");
        let private = ids(&template, "AWS::EC2::Route");
        let private = private.iter().filter(|id| id.starts_with("Private"));
        assert_eq!(private.count(), routes, "{nat}");
    }
}

#[test]
fn the_largest_templates_fit_into_a_request() {
    let most = vpc("zones = 16").to_json().len();
    assert!(most < 51_200, "{most}");
    let most = config("bucket = \"example-aws-config\"").to_json().len();
    assert!(most < 51_200, "{most}");
}

#[test]
fn the_recorder_has_the_twenty_rules_and_the_role_that_exists() {
    let template = config("");
    let names: BTreeSet<String> = template
        .resources()
        .filter_map(|(_, body)| body["Properties"]["ConfigRuleName"].as_str())
        .map(str::to_owned)
        .collect();
    assert_eq!(names.len(), RULES.len());
    assert!(names.contains("root_account_mfa_enabled"));
    let text = template.to_json();
    assert!(text.contains("service-role/AWS_ConfigRole") && !text.contains("AWSConfigRole"));
}

#[test]
fn the_bucket_and_its_key_stay() {
    let template = config("bucket = \"example-aws-config\"");
    for id in ["Bucket", "Key"] {
        let body = template.resource(id).unwrap();
        assert_eq!(body["DeletionPolicy"], "Retain", "{id}");
        assert_eq!(body["UpdateReplacePolicy"], "Retain", "{id}");
    }
    let bucket = &template.resource("Bucket").unwrap()["Properties"];
    assert_eq!(bucket["BucketName"], "example-aws-config");
    let unnamed = config("");
    let unnamed = &unnamed.resource("Bucket").unwrap()["Properties"];
    assert_eq!(unnamed.get("BucketName"), None);
}

/// Every `Ref`, `Fn::GetAtt` and `DependsOn` names a resource of the template.
#[test]
fn every_reference_names_a_resource() {
    for template in [
        vpc(""),
        vpc("nat = \"one\""),
        vpc("nat = \"none\""),
        config(""),
    ] {
        let whole: Value = serde_json::from_str(&template.to_json()).unwrap();
        let mut names = Vec::new();
        references(&whole, &mut names);
        assert!(names.len() > 10);
        for name in names.iter().filter(|name| !name.starts_with("AWS::")) {
            assert!(template.resource(name).is_some(), "{name}");
        }
    }
}

fn references(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match (key.as_str(), value) {
                    ("Ref" | "DependsOn", Value::String(name)) => names.push(name.clone()),
                    ("DependsOn", Value::Array(all)) => {
                        names.extend(all.iter().map(|name| name.as_str().unwrap().to_owned()));
                    }
                    ("Fn::GetAtt", Value::Array(parts)) => {
                        names.push(parts[0].as_str().unwrap().to_owned());
                    }
                    _ => references(value, names),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, names)),
        _ => {}
    }
}

#[test]
fn only_the_properties_that_the_reference_names_replace_a_resource() {
    let template = |kind: &str, property: &str, value: &str| {
        let body = json!({ "Type": kind, "Properties": { property: value } });
        Template::of_json(json!({ "Resources": { "One": body } })).unwrap()
    };
    for (kind, property, expected) in [
        ("AWS::EC2::VPCGatewayAttachment", "VpcId", Effect::Replace),
        (
            "AWS::EC2::VPCGatewayAttachment",
            "InternetGatewayId",
            Effect::Modify,
        ),
        (
            "AWS::EC2::SubnetRouteTableAssociation",
            "RouteTableId",
            Effect::Replace,
        ),
        ("AWS::EC2::EIP", "Domain", Effect::Modify),
    ] {
        let before = template(kind, property, "a");
        let found = changes(Some(&before), &template(kind, property, "b"));
        let effects: Vec<Effect> = found.iter().map(|change| change.effect).collect();
        assert_eq!(effects, [expected], "{kind} {property}");
    }
}

#[test]
fn a_digest_ignores_the_order_of_keys() {
    let one =
        Template::read("{\"Resources\":{\"A\":{\"Type\":\"x\"}},\"Description\":\"d\"}").unwrap();
    let two =
        Template::read("{\"Description\":\"d\",\"Resources\":{\"A\":{\"Type\":\"x\"}}}").unwrap();
    assert_eq!(one.digest(), two.digest());
    assert_ne!(one.digest(), vpc("").digest());
}

#[test]
fn a_place_is_read_back_exactly() {
    for name in StackName::ALL {
        let place = StackPlace::new(&"eu-central-1".parse().unwrap(), name);
        assert_eq!(place.to_string().parse::<StackPlace>(), Ok(place));
    }
    assert!("eu-central-1/other".parse::<StackPlace>().is_err());
}

/// Everything that a resource depends on, by its body.
fn needs(body: &Value, found: &mut BTreeSet<String>) {
    match body {
        Value::Object(map) => {
            for (key, value) in map {
                let names = match key.as_str() {
                    "Ref" | "DependsOn" => value.clone(),
                    "Fn::GetAtt" => value[0].clone(),
                    "Fn::Sub" => {
                        let text = value.as_str().unwrap();
                        let name = text
                            .strip_prefix("${")
                            .and_then(|rest| rest.split_once('.'));
                        json!(name.map_or("", |(name, _)| name))
                    }
                    _ => {
                        needs(value, found);
                        continue;
                    }
                };
                let listed = names.as_array().cloned().unwrap_or_else(|| vec![names]);
                found.extend(listed.iter().filter_map(Value::as_str).map(str::to_owned));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| needs(item, found)),
        _ => {}
    }
}

/// Whether a resource is created after the marker, and so deleted before it.
fn follows_marker(template: &Template, id: &str) -> bool {
    let Some(body) = template.resource(id) else {
        return false;
    };
    let mut named = BTreeSet::new();
    needs(body, &mut named);
    named
        .iter()
        .any(|name| name == "Marker" || follows_marker(template, name))
}

#[test]
fn the_marker_is_made_first_and_goes_last() {
    for template in [vpc(""), vpc("nat = \"none\""), config("")] {
        for (id, _) in template.resources().filter(|(id, _)| *id != "Marker") {
            assert!(follows_marker(&template, id), "{id}");
        }
    }
}

#[test]
fn the_path_of_a_marker_tells_the_region() {
    let region = |path: &str| marked_region(&path.parse().unwrap()).map(|it| it.to_string());
    assert_eq!(
        region("/keyward-stack/eu-central-1/").as_deref(),
        Some("eu-central-1")
    );
    for path in [
        "/",
        "/keyward-stack/",
        "/keyward/stack/",
        "/team/eu-central-1/",
    ] {
        assert_eq!(region(path), None, "{path}");
    }
}
