"""The account against another implementation of IAM: applied by keyward, changed and judged by
boto3."""

import json
import pathlib
import subprocess

from harness import home, moto
from harness.case import case, each, equal, holds

ROOT = "[profile admin]\nregion = eu-central-1\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def _place(place: home.Home) -> moto.Moto:
    server = moto.Moto(place, managed=True)
    place.config(ROOT)
    return server


def _blueprint(place: home.Home, template: str) -> pathlib.Path:
    """A template with one person, whose SSH key is made here."""
    key = place.path / "zoe"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "zoe", "-f", str(key)], check=True)
    text = place.keyward("account", "init", "--template", template).stdout
    person = '\n[users.zoe]\ngroups = ["admins"]\nssh = "zoe.pub"\npassword = true\naccess_key = true\n'
    return place.write("account.toml", text + person)


def _plan(place: home.Home, code: int) -> list[dict]:
    done = place.keyward("account", "plan", str(place.path / "account.toml"), "--json", code=code)
    return json.loads(done.stdout)["steps"]


def _apply(place: home.Home) -> None:
    place.keyward("account", "apply", str(place.path / "account.toml"), "--yes")


@each([(name, name) for name in ("team", "readonly-admin", "kickstarter")])
def a_template_goes_there_and_back(place: home.Home, template: str) -> None:
    """Plan, apply, nothing left to plan, a change by hand that is named and repaired, destroy."""
    server = _place(place)
    _blueprint(place, template)
    _plan(place, 5)
    _apply(place)
    equal(_plan(place, 0), [], "the plan after apply")
    server.iam.attach_group_policy(GroupName="admins", PolicyArn=ADMINISTRATOR)
    steps = _plan(place, 5)
    equal([(step["kind"], step["name"]) for step in steps], [("group", "admins")], "what drifted")
    holds("AdministratorAccess" in json.dumps(steps), "the policy is named")
    _apply(place)
    equal(_plan(place, 0), [], "the plan after the repair")
    attached = server.iam.list_attached_group_policies(GroupName="admins")["AttachedPolicies"]
    holds(all(policy["PolicyArn"] != ADMINISTRATOR for policy in attached), "the extra grant is gone")
    place.keyward("account", "destroy", str(place.path / "account.toml"), "--yes")
    details = server.iam.get_account_authorization_details(
        Filter=["User", "Group", "Role", "LocalManagedPolicy"]
    )
    for kind in ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"):
        equal(details[kind], [], f"{kind} after destroy")


@case
def what_boto3_made_is_not_touched(place: home.Home) -> None:
    """Entities beside the blueprint's are the same after apply and destroy."""
    server = _place(place)
    server.iam.create_group(GroupName="others")
    server.iam.create_user(UserName="other")
    server.iam.add_user_to_group(GroupName="others", UserName="other")
    server.iam.attach_group_policy(GroupName="others", PolicyArn=ADMINISTRATOR)
    before = _details(server)
    _blueprint(place, "team")
    _apply(place)
    place.keyward("account", "destroy", str(place.path / "account.toml"), "--yes")
    equal(_details(server), before, "the account")


def _details(server: moto.Moto) -> str:
    details = server.iam.get_account_authorization_details(
        Filter=["User", "Group", "Role", "LocalManagedPolicy"]
    )
    details.pop("ResponseMetadata")
    return json.dumps(details, default=str, sort_keys=True)


@case
def an_existing_name_stops_the_plan_before_any_write(place: home.Home) -> None:
    """A role of another owner is neither adopted nor changed."""
    server = _place(place)
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    server.iam.create_role(RoleName="ReadOnly", AssumeRolePolicyDocument=json.dumps(trust))
    _blueprint(place, "team")
    done = place.keyward("account", "apply", str(place.path / "account.toml"), "--yes", code=1)
    holds("adopted = true" in done.stderr, "the way out is named")
    equal(server.iam.list_users()["Users"], [], "users")
