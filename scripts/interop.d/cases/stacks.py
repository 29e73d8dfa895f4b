"""The CloudFormation templates of blueprints, judged by cfn-lint and deployed on moto."""

import json
import pathlib
import sys

import boto3
import yaml

from harness import home, moto
from harness.case import case, each, equal, holds

ROOT = "[profile admin]\nregion = eu-central-1\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
NETWORK = '\n[vpc]\nregion = "eu-central-1"\n'
RECORDER = '\n[config]\nregion = "eu-central-1"\n'
CFN_LINT = str(pathlib.Path(sys.executable).parent / "cfn-lint")


def _client(server: moto.Moto, service: str):
    return boto3.client(
        service,
        endpoint_url=server.url,
        region_name="eu-central-1",
        aws_access_key_id="setup",
        aws_secret_access_key="setup",
    )


def _blueprint(place: home.Home, template: str, more: str) -> pathlib.Path:
    text = place.keyward("account", "init", "--template", template).stdout
    return place.write("account.toml", text + more)


def _export(place: home.Home, blueprint: pathlib.Path, name: str = "export") -> list[pathlib.Path]:
    folder = place.path / name
    place.keyward("account", "export", str(blueprint), "--to", "cloudformation", "-o", str(folder))
    return sorted(folder.rglob("*.yaml"))


def _lint(place: home.Home, files: list[pathlib.Path]) -> None:
    """No finding, not even one for information."""
    done = place.run(CFN_LINT, "--include-checks", "I", "--", *map(str, files), code=None)
    equal((done.returncode, done.stdout.strip()), (0, ""), "what cfn-lint found")


def _deploy(server: moto.Moto, name: str, file: pathlib.Path) -> None:
    stacks = _client(server, "cloudformation")
    stacks.create_stack(StackName=name, TemplateBody=file.read_text(), Capabilities=["CAPABILITY_NAMED_IAM"])
    status = stacks.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
    equal(status, "CREATE_COMPLETE", f"the stack of {file.name}")


@each([(name, name) for name in ("team", "readonly-admin", "kickstarter", "two-accounts")])
def templates_have_no_finding_and_deploy(place: home.Home, template: str) -> None:
    """All files of an export, for one account and for two."""
    server = moto.Moto(place, managed=True)
    files = _export(place, _blueprint(place, template, NETWORK + RECORDER))
    equal({file.name for file in files}, {"identity.yaml", "vpc.yaml", "config.yaml"}, "the files")
    _lint(place, files)
    for number, file in enumerate(files):
        moto.Moto(place, managed=True)
        _deploy(server, f"stack-{number}", file)


SHAPES = [(nat, zones) for nat in ("per-zone", "one", "none") for zones in (1, 3)]


@case
def networks_have_no_finding(place: home.Home) -> None:
    """Every way to reach the internet, in one zone and in three, and a bucket with a name."""
    files = []
    for number, (nat, zones) in enumerate(SHAPES):
        more = f'{NETWORK}zones = {zones}\nnat = "{nat}"\n{RECORDER}bucket = "example-aws-config"\n'
        files += _export(place, _blueprint(place, "readonly-admin", more), f"export-{number}")
    _lint(place, [file for file in files if file.name != "identity.yaml"])


@each([(f"{nat} in {zones}", (nat, zones)) for nat, zones in SHAPES])
def a_network_routes_as_it_says(place: home.Home, row: tuple[str, int]) -> None:
    """The public table leads to the internet gateway, private ones to a NAT gateway or nowhere."""
    nat, zones = row
    server = moto.Moto(place)
    more = f'{NETWORK}zones = {zones}\nnat = "{nat}"\ncidr = "10.20.0.0/18"\n'
    (vpc,) = [file for file in _export(place, _blueprint(place, "team", more)) if file.name == "vpc.yaml"]
    _deploy(server, "network", vpc)
    resources = _client(server, "cloudformation").describe_stack_resources(StackName="network")["StackResources"]
    made = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources}
    ec2 = _client(server, "ec2")
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [made["Vpc"]]}])["Subnets"]
    equal(len(subnets), 2 * zones, "subnets")
    gateways = ec2.describe_nat_gateways()["NatGateways"]
    equal(len(gateways), {"per-zone": zones, "one": 1, "none": 0}[nat], "NAT gateways")
    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [made["Vpc"]]}])["RouteTables"]
    for table in tables:
        defaults = [route for route in table["Routes"] if route.get("DestinationCidrBlock") == "0.0.0.0/0"]
        public = [route for route in defaults if route.get("GatewayId", "").startswith("igw-")]
        private = [route for route in defaults if "NatGatewayId" in route]
        is_main = any(association["Main"] for association in table["Associations"])
        is_public = table["RouteTableId"] == made["PublicRouteTable"]
        wanted = (1, 0) if is_public else (0, 0 if is_main or nat == "none" else 1)
        equal((len(public), len(private)), wanted, f"routes of {table['RouteTableId']}")
    # moto records no association with a table, so those are read from the template.
    template = yaml.safe_load(vpc.read_text())["Resources"]
    for name, body in template.items():
        if body["Type"] == "AWS::EC2::SubnetRouteTableAssociation":
            number = name.removeprefix("PrivateSubnet").removesuffix("Routes")
            wanted = f"PrivateRouteTable{number}" if name.startswith("Private") else "PublicRouteTable"
            equal(body["Properties"]["RouteTableId"], {"Ref": wanted}, name)


@case
def a_template_in_yaml_says_what_it_says_in_json(place: home.Home) -> None:
    """PyYAML, with the rules of YAML 1.1, reads texts as texts and numbers as numbers."""
    files = _export(place, _blueprint(place, "kickstarter", NETWORK + RECORDER))
    for file in files:
        document = yaml.safe_load(file.read_text())
        equal(document["AWSTemplateFormatVersion"], "2010-09-09", "the version is a text")
        holds(all("Type" in body for body in document["Resources"].values()), "every resource has a type")
    identity = yaml.safe_load((place.path / "export" / "identity.yaml").read_text())
    policies = [body for body in identity["Resources"].values() if body["Type"] == "AWS::IAM::ManagedPolicy"]
    texts = str(policies)
    holds("${!aws:username}" in texts and "'false'" in texts, "variables and conditions are texts")


def _steps(place: home.Home, code: int) -> list[tuple[str, str]]:
    """The steps that are about stacks."""
    done = place.keyward("account", "plan", str(place.path / "account.toml"), "--json", code=code)
    steps = json.loads(done.stdout)["steps"]
    return [(step["action"], step["name"]) for step in steps if step["kind"] == "stack"]


@case
def stacks_are_deployed_and_changed(place: home.Home) -> None:
    """Plan, apply, nothing left to plan, a change. moto deletes no route table, so the network stays."""
    server = moto.Moto(place, managed=True)
    place.config(ROOT)
    place.environment["KEYWARD_TEST_PACE_MS"] = "1"
    blueprint = _blueprint(place, "readonly-admin", f"{NETWORK}zones = 2\n{RECORDER}")
    equal(_steps(place, 5), [("create", "keyward-vpc"), ("create", "keyward-config")], "the first plan")
    place.keyward("account", "apply", str(blueprint), "--yes")
    equal(_steps(place, 0), [], "the plan after apply")
    stacks = _client(server, "cloudformation")
    found = {stack["StackName"]: stack for stack in stacks.describe_stacks()["Stacks"]}
    equal(set(found), {"keyward-vpc", "keyward-config"}, "the stacks")
    tags = found["keyward-vpc"]["Tags"]
    equal([tag["Key"] for tag in tags], ["keyward:stack"], "the mark of the blueprint")
    equal(len(_client(server, "ec2").describe_nat_gateways()["NatGateways"]), 2, "NAT gateways")
    blueprint.write_text(blueprint.read_text().replace("zones = 2", 'zones = 2\nnat = "none"'))
    equal(_steps(place, 5), [("update", "keyward-vpc")], "the plan of a change")
    place.keyward("account", "apply", str(blueprint), "--yes")
    equal(_steps(place, 0), [], "the plan after the change")


@case
def a_stack_is_found_after_its_table_is_gone(place: home.Home) -> None:
    """moto makes the policy that marks the stack, with the region in its path. It knows no drift."""
    server = moto.Moto(place, managed=True)
    place.config(ROOT)
    place.environment["KEYWARD_TEST_PACE_MS"] = "1"
    blueprint = _blueprint(place, "readonly-admin", RECORDER)
    place.keyward("account", "apply", str(blueprint), "--yes")
    policies = _client(server, "iam").list_policies(Scope="Local", PathPrefix="/keyward-stack/")["Policies"]
    equal([policy["Path"] for policy in policies], ["/keyward-stack/eu-central-1/"], "the mark")
    blueprint.write_text(blueprint.read_text().replace(RECORDER, ""))
    equal(_steps(place, 5), [("delete", "keyward-config")], "the plan without the table")
    done = place.keyward("account", "plan", str(blueprint), "--drift", code=1)
    holds("drift" in done.stderr, f"moto's refusal is named: {done.stderr}")
    place.keyward("account", "apply", str(blueprint), "--yes")
    equal(_steps(place, 0), [], "the plan after the deletion")


@case
def the_bucket_of_config_stays(place: home.Home) -> None:
    """Destroy deletes the stack, names the bucket, and leaves it."""
    server = moto.Moto(place, managed=True)
    place.config(ROOT)
    place.environment["KEYWARD_TEST_PACE_MS"] = "1"
    more = f'{RECORDER}bucket = "example-aws-config"\n'
    blueprint = _blueprint(place, "readonly-admin", more)
    place.keyward("account", "apply", str(blueprint), "--yes")
    told = place.keyward("account", "destroy", str(blueprint), "--yes").stderr
    equal(_client(server, "cloudformation").describe_stacks()["Stacks"], [], "stacks after destroy")
    holds("example-aws-config" in told and "stay in the account" in told, f"destroy names the bucket: {told}")
    buckets = [bucket["Name"] for bucket in _client(server, "s3").list_buckets()["Buckets"]]
    equal(buckets, ["example-aws-config"], "the bucket stays")
