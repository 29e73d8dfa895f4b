//! The stack `keyward-vpc`: a VPC with one public and one private subnet in each zone.
//!
//! Public subnets have a route table of their own with a route to the internet gateway, and are
//! associated with it by name, so that the VPC's main table has no route to the internet and a
//! forgotten subnet stays private. Every zone has its own private table, so that changing `nat`
//! changes routes only.
//!
//! Source: <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-example-private-subnets-nat.html>

use serde_json::{Map, Value, json};

use super::marker::{self, MARKER};
use super::network::Layout;
use super::template::{Resources, Template, attribute, reference, tags};
use crate::blueprint::{Nat, VpcSpec};

/// The name of the VPC; those of its parts begin with it.
const NAME: &str = "keyward-vpc";

/// The template of a network.
pub(super) fn template(spec: &VpcSpec) -> Template {
    let layout = Layout::new(spec.cidr, spec.zones.value)
        .expect("reading a blueprint makes sure that the range has room for the zones");
    let mut resources = Resources::default();
    marker::add(&mut resources);
    vpc(&mut resources, spec);
    for zone in 0..spec.zones.value {
        public_subnet(&mut resources, layout, zone);
    }
    for zone in 0..spec.zones.value {
        private_subnet(&mut resources, layout, zone);
    }
    let gateways = match spec.nat.value {
        Nat::PerZone => spec.zones.value,
        Nat::One => 1,
        Nat::None => 0,
    };
    for zone in 0..gateways {
        nat_gateway(&mut resources, zone);
    }
    for zone in 0..spec.zones.value {
        match spec.nat.value {
            Nat::PerZone => nat_route(&mut resources, zone, zone),
            Nat::One => nat_route(&mut resources, zone, 0),
            Nat::None => {}
        }
    }
    Template::new(
        "A VPC with public and private subnets, made by keyward",
        resources.0,
        outputs(spec.zones.value),
    )
}

fn vpc(resources: &mut Resources, spec: &VpcSpec) {
    resources.add_with(
        "Vpc",
        "AWS::EC2::VPC",
        json!({
            "CidrBlock": spec.cidr.to_string(),
            "EnableDnsSupport": true,
            "EnableDnsHostnames": true,
            "Tags": tags(&[("Name", NAME)]),
        }),
        json!({ "DependsOn": MARKER }),
    );
    resources.add_with(
        "InternetGateway",
        "AWS::EC2::InternetGateway",
        json!({ "Tags": tags(&[("Name", &format!("{NAME}-internet-gateway"))]) }),
        json!({ "DependsOn": MARKER }),
    );
    resources.add(
        "InternetGatewayAttachment",
        "AWS::EC2::VPCGatewayAttachment",
        json!({
            "VpcId": reference("Vpc"),
            "InternetGatewayId": reference("InternetGateway"),
        }),
    );
    resources.add(
        "PublicRouteTable",
        "AWS::EC2::RouteTable",
        json!({
            "VpcId": reference("Vpc"),
            "Tags": tags(&[("Name", &format!("{NAME}-public")), ("Scope", "public")]),
        }),
    );
    // Without the attachment the route would be refused.
    resources.add_with(
        "PublicDefaultRoute",
        "AWS::EC2::Route",
        json!({
            "RouteTableId": reference("PublicRouteTable"),
            "DestinationCidrBlock": "0.0.0.0/0",
            "GatewayId": reference("InternetGateway"),
        }),
        json!({ "DependsOn": "InternetGatewayAttachment" }),
    );
}

/// The zone with this number, counted from 0, in the order in which AWS lists the region's.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getavailabilityzones.html>
fn zone_name(zone: u8) -> Value {
    json!({ "Fn::Select": [zone, { "Fn::GetAZs": "" }] })
}

fn public_subnet(resources: &mut Resources, layout: Layout, zone: u8) {
    let number = zone + 1;
    let subnet = format!("PublicSubnet{number}");
    resources.add(
        &subnet,
        "AWS::EC2::Subnet",
        json!({
            "VpcId": reference("Vpc"),
            "AvailabilityZone": zone_name(zone),
            "CidrBlock": layout.public(zone).to_string(),
            "MapPublicIpOnLaunch": true,
            "Tags": tags(&[("Name", &format!("{NAME}-public-{number}")), ("Scope", "public")]),
        }),
    );
    associate(resources, &subnet, "PublicRouteTable");
}

fn private_subnet(resources: &mut Resources, layout: Layout, zone: u8) {
    let number = zone + 1;
    let (subnet, table) = (
        format!("PrivateSubnet{number}"),
        format!("PrivateRouteTable{number}"),
    );
    let named = tags(&[
        ("Name", &format!("{NAME}-private-{number}")),
        ("Scope", "private"),
    ]);
    resources.add(
        &subnet,
        "AWS::EC2::Subnet",
        json!({
            "VpcId": reference("Vpc"),
            "AvailabilityZone": zone_name(zone),
            "CidrBlock": layout.private(zone).to_string(),
            "MapPublicIpOnLaunch": false,
            "Tags": named,
        }),
    );
    resources.add(
        &table,
        "AWS::EC2::RouteTable",
        json!({ "VpcId": reference("Vpc"), "Tags": named }),
    );
    associate(resources, &subnet, &table);
}

fn associate(resources: &mut Resources, subnet: &str, table: &str) {
    resources.add(
        &format!("{subnet}Routes"),
        "AWS::EC2::SubnetRouteTableAssociation",
        json!({ "SubnetId": reference(subnet), "RouteTableId": reference(table) }),
    );
}

/// A NAT gateway in the public subnet of a zone, with its address. Both need the internet gateway
/// to be attached first.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-eip.html>
fn nat_gateway(resources: &mut Resources, zone: u8) {
    let number = zone + 1;
    let (address, gateway) = (format!("NatAddress{number}"), format!("NatGateway{number}"));
    let named = tags(&[("Name", &format!("{NAME}-nat-{number}"))]);
    resources.add_with(
        &address,
        "AWS::EC2::EIP",
        json!({ "Domain": "vpc", "Tags": named }),
        json!({ "DependsOn": "InternetGatewayAttachment" }),
    );
    resources.add_with(
        &gateway,
        "AWS::EC2::NatGateway",
        json!({
            "AllocationId": attribute(&address, "AllocationId"),
            "SubnetId": reference(&format!("PublicSubnet{number}")),
            "Tags": named,
        }),
        json!({ "DependsOn": "PublicDefaultRoute" }),
    );
}

fn nat_route(resources: &mut Resources, zone: u8, gateway: u8) {
    resources.add(
        &format!("PrivateDefaultRoute{}", zone + 1),
        "AWS::EC2::Route",
        json!({
            "RouteTableId": reference(&format!("PrivateRouteTable{}", zone + 1)),
            "DestinationCidrBlock": "0.0.0.0/0",
            "NatGatewayId": reference(&format!("NatGateway{}", gateway + 1)),
        }),
    );
}

fn outputs(zones: u8) -> Map<String, Value> {
    let subnets = |scope: &str| {
        let ids: Vec<Value> = (1..=zones)
            .map(|number| reference(&format!("{scope}Subnet{number}")))
            .collect();
        json!({ "Fn::Join": [",", ids] })
    };
    let output = |description: &str, value| json!({ "Description": description, "Value": value });
    let mut outputs = Map::new();
    outputs.insert("VpcId".into(), output("The VPC", reference("Vpc")));
    let (public, private) = (subnets("Public"), subnets("Private"));
    outputs.insert(
        "PublicSubnetIds".into(),
        output("The public subnets, by zone", public),
    );
    outputs.insert(
        "PrivateSubnetIds".into(),
        output("The private subnets, by zone", private),
    );
    outputs
}
