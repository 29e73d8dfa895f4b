"""People who lose a laptop or leave, and accounts that belong together, against another
implementation of IAM."""

import json
import pathlib
import subprocess

import boto3

from harness import home, moto
from harness.case import case, equal, holds

PEOPLE = "123456789012"
WORKLOAD = "111122223333"
KEY = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
CONFIG = f"""[profile admin]
region = eu-central-1
{KEY}
[profile people-admin]
region = eu-central-1
{KEY}
[profile workload-admin]
region = eu-central-1
source_profile = people-admin
role_arn = arn:aws:iam::{WORKLOAD}:role/Setup
"""


def _place(place: home.Home, template: str) -> tuple[moto.Moto, pathlib.Path]:
    """A template with zoe, applied."""
    server = moto.Moto(place, managed=True)
    place.config(CONFIG)
    key = place.path / "zoe"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "zoe", "-f", str(key)], check=True)
    text = place.keyward("account", "init", "--template", template).stdout
    person = '\n# She joined in May.\n[users.zoe]\ngroups = ["admins"]\nssh = "zoe.pub"\npassword = true\naccess_key = true\n'
    file = place.write("account.toml", text + person)
    place.keyward("account", "apply", str(file), "--yes")
    return server, file


def session_of_workload(server: moto.Moto) -> dict:
    """Credentials of the second account."""
    sts = boto3.client("sts", endpoint_url=server.url, region_name="us-east-1", aws_access_key_id="setup", aws_secret_access_key="setup")
    return sts.assume_role(RoleArn=f"arn:aws:iam::{WORKLOAD}:role/Setup", RoleSessionName="judge")["Credentials"]


def _workload(server: moto.Moto):
    """IAM of the second account."""
    session = session_of_workload(server)
    return boto3.client(
        "iam",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
    )


def _keys(server: moto.Moto) -> list[str]:
    return [key["Status"] for key in server.iam.list_access_keys(UserName="zoe")["AccessKeyMetadata"]]


@case
def a_lost_laptop_is_revoked_and_given_back(place: home.Home) -> None:
    """Keys off, sessions denied, a second run changes nothing, and undo restores the key."""
    server, file = _place(place, "readonly-admin")
    revoke = ("account", "revoke", "zoe", "--profile", "admin", "--yes")
    place.keyward(*revoke)
    equal(_keys(server), ["Inactive"], "keys")
    equal(server.iam.list_user_policies(UserName="zoe")["PolicyNames"], ["keyward-revoked"], "policies")
    holds("nothing to do" in place.keyward(*revoke).stderr, "a second run changes nothing")
    equal(json.loads(place.keyward("account", "plan", str(file), "--json").stdout)["steps"], [], "the plan")
    place.keyward(*revoke, "--undo")
    equal(_keys(server), ["Active"], "keys after undo")
    equal(server.iam.list_user_policies(UserName="zoe")["PolicyNames"], [], "policies after undo")
    equal([tag["Key"] for tag in server.iam.list_user_tags(UserName="zoe")["Tags"] if "revok" in tag["Key"]], [], "tags after undo")


@case
def a_leaver_is_disabled_and_then_deleted(place: home.Home) -> None:
    """Disabled at once, out of the file, deleted by the next run after the grace."""
    server, file = _place(place, "readonly-admin")
    server.iam.upload_ssh_public_key(UserName="zoe", SSHPublicKeyBody=(place.path / "zoe.pub").read_text())
    place.keyward("account", "remove", "zoe", str(file), "--yes")
    equal(_keys(server), ["Inactive"], "keys")
    holds("users.zoe" not in file.read_text(), "the user is out of the blueprint")
    place.keyward("account", "apply", str(file), "--yes")
    equal(_keys(server), ["Inactive"], "keys after an apply within the grace")
    server.iam.tag_user(UserName="zoe", Tags=[{"Key": "keyward:delete-after", "Value": "2024-01-01T00:00:00Z"}])
    steps = json.loads(place.keyward("account", "plan", str(file), "--json", code=5).stdout)["steps"]
    equal([(step["action"], step["kind"], step["name"]) for step in steps], [("delete", "user", "zoe")], "the plan after the grace")
    place.keyward("account", "remove", "zoe", str(file), "--yes")
    users = [user["UserName"] for user in server.iam.list_users()["Users"]]
    holds("zoe" not in users, "the user is gone")
    equal(json.loads(place.keyward("account", "plan", str(file), "--json").stdout)["steps"], [], "the plan")


@case
def two_accounts_are_one_plan_and_one_apply(place: home.Home) -> None:
    """Users in one account, roles in the other; a change by hand in the other is named and repaired;
    a leaver is denied in both; destroy empties both."""
    server, file = _place(place, "two-accounts")
    equal(json.loads(place.keyward("account", "plan", str(file), "--json").stdout)["steps"], [], "the plan after apply")
    workload = _workload(server)
    roles = [role["RoleName"] for role in workload.list_roles()["Roles"]]
    holds(roles, "the second account has roles")
    equal(workload.list_users()["Users"], [], "users of the second account")
    workload.attach_role_policy(RoleName=roles[0], PolicyArn="arn:aws:iam::aws:policy/SecurityAudit")
    steps = json.loads(place.keyward("account", "plan", str(file), "--json", code=5).stdout)["steps"]
    found = [(step["action"], step["kind"], step["name"], step["account_id"]) for step in steps]
    equal(found, [("update", "role", roles[0], WORKLOAD)], "what drifted")
    place.keyward("account", "apply", str(file), "--yes")
    equal(json.loads(place.keyward("account", "plan", str(file), "--json").stdout)["steps"], [], "the plan after the repair")
    place.keyward("account", "remove", "zoe", str(file), "--yes")
    denying = [role for role in roles if f"keyward-revoked.zoe@{PEOPLE}" in workload.list_role_policies(RoleName=role)["PolicyNames"]]
    holds(denying, "roles of the second account deny her old sessions")
    place.keyward("account", "destroy", str(file), "--yes")
    for iam in (server.iam, workload):
        details = iam.get_account_authorization_details(Filter=["User", "Group", "Role", "LocalManagedPolicy"])
        for kind in ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"):
            equal(details[kind], [], f"{kind} after destroy")
