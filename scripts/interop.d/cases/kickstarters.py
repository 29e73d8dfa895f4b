"""Accounts that two published Terraform kickstarters made are taken over: adopted with an empty
plan, judged, repaired, and clean afterwards."""

import json
import pathlib
import re

from harness import home, moto
from harness.case import case, equal, holds

ACCOUNT = "123456789012"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
CONFIG = "[profile admin]\nregion = eu-central-1\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
OWN = f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}"
DEVICE = f"arn:aws:iam::{ACCOUNT}:mfa/${{aws:username}}"
WITH_MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
SELF_SERVICE = re.compile(r"\n# Nothing is added to your users yet\..*?enabled = false\n", re.S)


def _document(*statements: dict) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _allow(actions: list[str] | str, resources: list[str] | str, condition: dict | None = None) -> dict:
    statement = {"Effect": "Allow", "Action": actions, "Resource": resources}
    return {**statement, "Condition": condition} if condition else statement


def _trust(condition: dict) -> str:
    return _document({"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "sts:AssumeRole", "Condition": condition})


def _young(seconds: int) -> dict:
    return {**WITH_MFA, "NumericLessThan": {"aws:MultiFactorAuthAge": str(seconds)}}


def _policy(iam, name: str, *statements: dict) -> str:
    return iam.create_policy(PolicyName=name, PolicyDocument=_document(*statements))["Policy"]["Arn"]


def _role(iam, name: str, trust: str, *managed: str) -> None:
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    for arn in managed:
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)


def _aws(name: str) -> str:
    return f"arn:aws:iam::aws:policy/{name}"


def _person(iam, name: str, *groups: str) -> None:
    iam.create_user(UserName=name)
    iam.create_access_key(UserName=name)
    iam.create_login_profile(UserName=name, Password="correct-horse-1-Battery", PasswordResetRequired=True)
    for group in groups:
        iam.add_user_to_group(UserName=name, GroupName=group)


def _first(iam) -> None:
    """Two groups, two roles, and a policy on every user."""
    iam.update_account_password_policy(
        MinimumPasswordLength=8,
        RequireLowercaseCharacters=True,
        RequireUppercaseCharacters=True,
        RequireNumbers=True,
        RequireSymbols=False,
        AllowUsersToChangePassword=True,
    )
    for group in ("admin", "unprivileged"):
        iam.create_group(GroupName=group)
    for role, managed in (("readonly-role", "ReadOnlyAccess"), ("admin-role", "AdministratorAccess")):
        _role(iam, role, _trust(WITH_MFA), _aws(managed))
        arn = _policy(iam, f"tf-assume-{role}", _allow("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/{role}"))
        iam.attach_group_policy(GroupName="admin", PolicyArn=arn)
        if role == "readonly-role":
            iam.attach_group_policy(GroupName="unprivileged", PolicyArn=arn)
    listing = ["iam:ListAccountAliases", "iam:ListUsers", "iam:ListVirtualMFADevices", "iam:GetAccountPasswordPolicy", "iam:GetAccountSummary"]
    keys = [f"iam:{verb}AccessKey{plural}" for verb, plural in (("Create", ""), ("Delete", ""), ("List", "s"), ("Update", ""))]
    free = [
        *("iam:ChangePassword", "iam:CreateLoginProfile", "iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice"),
        *("iam:ListVirtualMFADevices", "iam:EnableMFADevice", "iam:ResyncMFADevice", "iam:ListAccountAliases", "iam:ListUsers"),
        *("iam:ListSSHPublicKeys", "iam:ListAccessKeys", "iam:ListServiceSpecificCredentials", "iam:ListMFADevices"),
        *("iam:GetAccountSummary", "sts:GetSessionToken"),
    ]
    force = _policy(
        iam,
        "tf-force-mfa",
        _allow(listing, "*"),
        _allow([*keys, "iam:DeleteLoginProfile", "iam:GetLoginProfile", "iam:UpdateLoginProfile"], OWN),
        _allow("iam:ListMFADevices", [f"arn:aws:iam::{ACCOUNT}:mfa/*", OWN]),
        _allow(["iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice", "iam:EnableMFADevice", "iam:ResyncMFADevice"], [DEVICE, OWN]),
        _allow("iam:DeactivateMFADevice", [DEVICE, OWN], WITH_MFA),
        {"Effect": "Deny", "NotAction": free, "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}},
    )
    for name, group in (("alice", "admin"), ("bob", "unprivileged")):
        _person(iam, name, group)
        iam.attach_user_policy(UserName=name, PolicyArn=force)


def _second(iam) -> None:
    """Self-service by groups, without a guard, in one account."""
    iam.update_account_password_policy(
        MinimumPasswordLength=32,
        RequireLowercaseCharacters=True,
        RequireUppercaseCharacters=True,
        RequireNumbers=True,
        RequireSymbols=True,
        AllowUsersToChangePassword=True,
        MaxPasswordAge=90,
        PasswordReusePrevention=5,
    )
    keys = _policy(
        iam,
        "aws_access_key_self_service",
        _allow([f"iam:{verb}" for verb in ("CreateAccessKey", "DeleteAccessKey", "ListAccessKeys", "UpdateAccessKey")], OWN, _young(14400)),
    )
    listing = _policy(
        iam,
        "aws_list_iam_users",
        _allow(["iam:GetAccountSummary", "iam:ListAccountAliases", "iam:ListGroupsForUser", "iam:ListUsers"], "*"),
        _allow("iam:GetUser", OWN),
    )
    devices = _policy(
        iam,
        "aws_mfa_self_service",
        _allow([f"iam:{verb}MFADevice" for verb in ("Deactivate", "Enable", "Resync")] + ["iam:ListVirtualMFADevices", "iam:ListMFADevices"], OWN),
        _allow(["iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice"], DEVICE),
        _allow(["iam:ListVirtualMFADevices", "iam:ListMFADevices"], f"arn:aws:iam::{ACCOUNT}:mfa/*"),
    )
    passes = {
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "NotResource": [f"arn:aws:iam::{ACCOUNT}:role/resource-admin", f"arn:aws:iam::{ACCOUNT}:role/resource-user"],
    }
    access = _policy(iam, "user_access_policy", passes)
    _role(iam, "resource-admin", _trust(_young(3600)), _aws("AdministratorAccess"))
    _role(iam, "resource-user", _trust(_young(14400)), _aws("PowerUserAccess"), _aws("IAMReadOnlyAccess"), access)
    for group, role, policy, age in (
        ("admins", "resource-admin", "admin_access_group_policy", 3600),
        ("users", "resource-user", "users_access_group_policy", 14400),
    ):
        iam.create_group(GroupName=group)
        for arn in (keys, listing, devices):
            iam.attach_group_policy(GroupName=group, PolicyArn=arn)
        # The account id is missing, as the module writes it.
        iam.put_group_policy(GroupName=group, PolicyName=policy, PolicyDocument=_document(_allow("sts:AssumeRole", f"arn:aws:iam:::role/{role}", _young(age))))
    _person(iam, "alice", "admins", "users")
    _person(iam, "bob", "users")


def _without_table(text: str, name: str) -> str:
    """The blueprint without one table and what follows it up to the next."""
    return re.sub(rf"\n\[{re.escape(name)}\]\n.*?(?=\n\[|\n# |\Z)", "\n", text, flags=re.S)


def _steps(place: home.Home, file: pathlib.Path, code: int) -> list[dict]:
    return json.loads(place.keyward("account", "plan", str(file), "--json", code=code).stdout)["steps"]


def _findings(place: home.Home) -> set[str]:
    done = place.keyward("account", "prove", "--profile", "admin", "--json", code=None)
    holds(done.returncode in (0, 6), f"prove ended with {done.returncode}: {done.stderr}")
    return {finding["id"] for finding in json.loads(done.stdout)["findings"]}


def _taken_over(place: home.Home, build, edit) -> tuple[set[str], set[str]]:
    """Adopts, edits and applies; what the proof found before and after."""
    server = moto.Moto(place, managed=True)
    build(server.iam)
    place.config(CONFIG)
    file = place.path / "account.toml"
    place.keyward("account", "init", "--profile", "admin", "-o", str(file))
    equal(_steps(place, file, 0), [], "the plan of the adopted account")
    before = _findings(place)
    file.write_text(edit(file.read_text()))
    holds(_steps(place, file, 5), "the repaired blueprint changes something")
    place.keyward("account", "apply", str(file), "--yes")
    equal(_steps(place, file, 0), [], "the plan after the repair")
    users = [user["UserName"] for user in server.iam.list_users()["Users"]]
    equal(sorted(users), ["alice", "bob"], "the users are the same")
    return before, _findings(place)


def _repair_first(text: str) -> str:
    text = SELF_SERVICE.sub("\n", text)
    text = text.replace('managed = ["tf-force-mfa"]\n', "")
    text = _without_table(text, "policies.tf-force-mfa")
    return text.replace("min_length = 8", "min_length = 14").replace("reuse_prevention = 0", "reuse_prevention = 24")


def _repair_second(text: str) -> str:
    text = SELF_SERVICE.sub("\n", text)
    for name in ("aws_access_key_self_service", "aws_list_iam_users", "aws_mfa_self_service"):
        text = _without_table(text, f"policies.{name}")
    text = re.sub(r'managed = \["aws_access_key_self_service".*?\]\n', "", text, flags=re.S)
    for group, role in (("admins", "resource-admin"), ("users", "resource-user")):
        text = _without_table(text, f"groups.{group}.inline")
        text = text.replace(f"[groups.{group}]\nadopted = true\n", f'[groups.{group}]\nadopted = true\nassume = ["{role}"]\n')
    text = _without_table(text, "policies.user_access_policy")
    passes = f'document = {{ Effect = "Allow", Action = "iam:PassRole", Resource = "arn:aws:iam::{ACCOUNT}:role/workload/*" }}'
    return f"{text}\n[policies.user_access_policy]\nadopted = true\n{passes}\n"


@case
def the_account_of_aws_iam_mfa_is_taken_over(place: home.Home) -> None:
    before, after = _taken_over(place, _first, _repair_first)
    holds(before, "the proof names defects")
    equal(after, set(), f"findings afterwards; before: {sorted(before)}")


@case
def the_account_of_aws_kickstarter_is_taken_over(place: home.Home) -> None:
    before, after = _taken_over(place, _second, _repair_second)
    holds(before, "the proof names defects")
    equal(after, set(), f"findings afterwards; before: {sorted(before)}")
