"""Exports of blueprints, judged by the engines that read them."""

import json
import pathlib
import subprocess

from cases.leaver import CONFIG, session_of_workload
from harness import home, moto, terraform
from harness.case import case, each, equal, holds

ROOT = "[profile admin]\nregion = eu-central-1\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_EC2_METADATA_DISABLED": "true",
}


# A role for workflows, which needs an identity provider.
WORKFLOW = """
[roles.Workflow]
managed = ["ReadOnlyAccess"]
github = ["example/app:ref:refs/heads/main"]
"""


def _blueprint(place: home.Home, template: str) -> pathlib.Path:
    """A template with one person more, who receives a password and a key."""
    key = place.path / "zoe"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "zoe", "-f", str(key)], check=True)
    text = place.keyward("account", "init", "--template", template).stdout
    person = '\n[users.zoe]\ngroups = ["admins"]\nssh = "zoe.pub"\npassword = true\naccess_key = true\n'
    return place.write("account.toml", text + person)


def _tag_everything(iam) -> None:
    """Tags users, roles, policies and identity providers as another tool does."""
    tags = [{"Key": "cost-center", "Value": "7"}]
    for user in iam.list_users()["Users"]:
        iam.tag_user(UserName=user["UserName"], Tags=tags)
    for role in iam.list_roles()["Roles"]:
        iam.tag_role(RoleName=role["RoleName"], Tags=tags)
    for policy in iam.list_policies(Scope="Local")["Policies"]:
        iam.tag_policy(PolicyArn=policy["Arn"], Tags=tags)
    for provider in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]:
        iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=provider["Arn"], Tags=tags)


def _imports_only(place: home.Home, folder: pathlib.Path, program: str, keys: dict[str, str], fewest: int) -> None:
    """The plan of real Terraform, read as JSON: one import a block, and no other action."""
    plan = [program, f"-chdir={folder}", "plan", "-input=false", "-no-color", "-out=plan"]
    told = place.run(*plan, environment=keys).stdout
    shown = place.run(program, f"-chdir={folder}", "show", "-json", "plan", environment=keys).stdout
    changes = json.loads(shown)["resource_changes"]
    blocks = json.loads((folder / "main.tf.json").read_text())["import"]
    holds(len(blocks) >= fewest, f"{len(blocks)} import blocks")
    acting = [change["address"] for change in changes if change["change"]["actions"] != ["no-op"]]
    equal(acting, [], f"resources that Terraform would change:\n{told}")
    equal(sum("importing" in change["change"] for change in changes), len(blocks), "imports")
    holds("0 to add, 0 to change, 0 to destroy" in told, told)


@each([(name, name) for name in ("team", "readonly-admin", "kickstarter")])
def terraform_imports_everything_and_changes_nothing(place: home.Home, template: str) -> None:
    """One folder for the account, although another tool has tagged everything."""
    server = moto.Moto(place, managed=True)
    place.config(ROOT)
    path = _blueprint(place, template)
    path.write_text(path.read_text() + WORKFLOW)
    blueprint = str(path)
    folder = place.path / "export"
    place.keyward("account", "export", blueprint, "--to", "terraform", "-o", str(folder))
    program = terraform.initialised(place, folder)
    place.keyward("account", "apply", blueprint, "--yes")
    _tag_everything(server.iam)
    place.keyward("account", "plan", blueprint)
    _imports_only(place, folder, program, KEYS, 11)


@case
def terraform_imports_each_of_two_accounts(place: home.Home) -> None:
    """One folder for each account, planned with the keys of that account."""
    server = moto.Moto(place, managed=True)
    place.config(CONFIG)
    blueprint = str(_blueprint(place, "two-accounts"))
    place.keyward("account", "export", blueprint, "--to", "terraform", "-o", str(place.path / "export"))
    place.keyward("account", "apply", blueprint, "--yes")
    session = session_of_workload(server)
    in_workload = KEYS | {
        "AWS_ACCESS_KEY_ID": session["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": session["SecretAccessKey"],
        "AWS_SESSION_TOKEN": session["SessionToken"],
    }
    for account, keys, fewest in (("people", KEYS, 8), ("workload", in_workload, 4)):
        folder = place.path / "export" / account
        _imports_only(place, folder, terraform.initialised(place, folder), keys, fewest)
