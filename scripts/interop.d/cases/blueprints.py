"""Random blueprints in the practice account, at the limits of names, paths, tags and sizes: what a
plan accepts, AWS's rules accept too; the next plan is empty, and destroy leaves nothing."""

import json
import os
import random
import string
from collections.abc import Iterable
from typing import Any

import boto3

from harness import home, practice
from harness.case import case, equal, holds

#: The number of accounts, each with three blueprints in a row; a release tries more.
ACCOUNTS = int(os.environ.get("KEYWARD_BLUEPRINTS", "3"))

ACCOUNT = "123456789012"
SSH = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIANdyDoJmeN0VTw8hiDLh5tOYRZfiQeNi+cjDGOMVEv/"
NAME = string.ascii_letters + string.digits + "_+=,.@-"
PATHS = ["/", "/a/", f"/{'p' * 300}/", "/team/b-c/d.e/"]
CONDITIONS: list[dict[str, Any]] = [
    {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    {"StringLike": {"aws:PrincipalTag/é": ['a"b', "c\\d", "ÿ"]}},
    {"NumericLessThan": {"aws:MultiFactorAuthAge": "60"}},
]
HEAD = f'version = 1\n[account]\nid = "{ACCOUNT}"\nprofile = "admin"\n'


@case
def what_a_plan_accepts_is_applied(place: home.Home) -> None:
    applied = 0
    for seed in range(ACCOUNTS):
        rng = random.Random(seed)
        with home.Home() as account:
            applied += _one_account(account, rng, seed)
    holds(applied >= ACCOUNTS, f"{applied} of {3 * ACCOUNTS} blueprints were applied")


def _one_account(place: home.Home, rng: random.Random, seed: int) -> int:
    """Three blueprints, each from what the one before left. Returns how many were applied."""
    root = {"id": practice.ALICE[0], "secret": practice.ALICE[1]}
    state = {"version": 1, "accounts": [{"id": ACCOUNT, "root": {"access_keys": [root]}}]}
    account = practice.Practice(place, place.write("account.json", json.dumps(state)))
    key = f"aws_access_key_id = {practice.ALICE[0]}\naws_secret_access_key = {practice.ALICE[1]}\n"
    place.config(f"[profile admin]\nregion = eu-central-1\n{key}")
    applied = 0
    file = str(place.path / "account.toml")
    for number in range(3):
        place.write("account.toml", Maker(rng).blueprint())
        if place.keyward("account", "plan", file, code=None).returncode not in (0, 5):
            continue
        about = f"blueprint {number} of account {seed}"
        done = place.keyward("account", "apply", file, "--yes", "--allow-worse", "--allow-lockout", code=None)
        equal(done.returncode, 0, f"{about}: {done.stderr[-600:]}")
        equal(place.keyward("account", "plan", file, code=None).returncode, 0, f"the plan after {about}")
        applied += 1
    place.write("account.toml", HEAD)
    place.keyward("account", "destroy", file, "--yes")
    iam = boto3.client(
        "iam",
        endpoint_url=account.url,
        region_name="us-east-1",
        aws_access_key_id=practice.ALICE[0],
        aws_secret_access_key=practice.ALICE[1],
    )
    details = iam.get_account_authorization_details(Filter=["User", "Group", "Role", "LocalManagedPolicy"])
    left = {kind: len(found) for kind, found in details.items() if isinstance(found, list) and found}
    equal(left, {}, f"what account {seed} has after destroy")
    return applied


def _toml(value: Any) -> str:
    """A string or list; JSON's form is TOML's too."""
    return json.dumps(value, ensure_ascii=False)


class Maker:
    """Makes one random blueprint."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.used: set[str] = set()
        self.policies: list[str] = []
        self.roles: list[str] = []
        self.groups: list[str] = []

    def blueprint(self) -> str:
        rng = self.rng
        lines = [HEAD]
        if rng.random() < 0.5:
            lines.append(f'alias = "a{rng.randint(0, 10**9)}"\n')
        if rng.random() < 0.5:
            lines.append(f"[self_service]\nguard = {rng.choice(['true', 'false'])}\n")
        if rng.random() < 0.7:
            lines.append(f"[password_policy]\nmin_length = {rng.choice([6, 14, 128])}\n")
        for make, most in [(self.policy, 12), (self.role, 6), (self.group, 8), (self.user, 6)]:
            lines.extend(line for _ in range(rng.randint(0, most)) for line in make())
        return "".join(lines)

    def name(self, longest: int) -> str:
        """A name that differs from all others, also without regard to case, and names no device of theirs."""
        while True:
            name = "".join(self.rng.choices(NAME, k=self.rng.choice([1, 2, 5, longest // 2, longest])))
            low = name.lower()
            begins = any(low.startswith(f"{other}-") or other.startswith(f"{low}-") for other in self.used)
            if low not in self.used and not begins and name not in (".", ".."):
                self.used.add(low)
                return name

    def document(self, length: int | None = None) -> str:
        rng = self.rng
        statement: dict[str, Any] = {
            "Effect": rng.choice(["Allow", "Deny"]),
            "Action": rng.choice(["s3:Get*", ["ec2:*", "sqs:SendMessage"], "*"]),
            "Resource": rng.choice(["*", "arn:aws:s3:::b/${aws:username}"]),
        }
        if rng.random() < 0.5:
            statement["Condition"] = rng.choice(CONDITIONS)
        document: dict[str, Any] = {"Version": "2012-10-17", "Statement": [statement]}
        if length:
            bare = len(json.dumps({**document, "Id": ""}, separators=(",", ":"), ensure_ascii=False))
            document["Id"] = "i" * (length - bare)
        return json.dumps(document, ensure_ascii=False)

    def policy(self) -> Iterable[str]:
        name = self.name(128)
        self.policies.append(name)
        path = self.rng.choice([*PATHS, "/a!b/"] if self.rng.random() < 0.05 else PATHS)
        document = self.document(self.rng.choice([None, None, 6144, 6000]))
        yield f"[policies.{_toml(name)}]\npath = {_toml(path)}\ndocument = {_toml(document)}\n"

    def role(self) -> Iterable[str]:
        rng = self.rng
        name = self.name(64)
        self.roles.append(name)
        yield f'[roles.{_toml(name)}]\npath = {_toml(rng.choice(PATHS))}\nmax_session = "{rng.choice([1, 2, 12])}h"\n'
        if rng.random() < 0.5:
            yield f'mfa_max_age = "{rng.choice([1, 4])}h"\n'
        yield from self.grants(bounded=True)
        yield from self.tags("roles", name)
        yield from self.inline("roles", name, 3000)

    def group(self) -> Iterable[str]:
        name = self.name(128)
        self.groups.append(name)
        yield f"[groups.{_toml(name)}]\npath = {_toml(self.rng.choice(PATHS))}\n"
        yield f"assume = {_toml(self.some(self.roles))}\n"
        yield from self.grants(bounded=False)

    def user(self) -> Iterable[str]:
        rng = self.rng
        name = self.name(64)
        groups = _toml(self.some(self.groups))
        yield f"[users.{_toml(name)}]\npath = {_toml(rng.choice(PATHS))}\ngroups = {groups}\n"
        yield from self.grants(bounded=True)
        if rng.random() < 0.6:
            yield f'ssh = "{SSH}"\npassword = {rng.choice(["true", "false"])}\naccess_key = true\n'
        yield from self.tags("users", name)
        yield from self.inline("users", name, 1000)

    def grants(self, bounded: bool) -> Iterable[str]:
        rng = self.rng
        managed = rng.sample(self.policies, min(len(self.policies), rng.choice([0, 1, 3, 7])))
        managed += rng.sample(["PowerUserAccess", "SecurityAudit"], rng.randint(0, 1))
        yield f"managed = {_toml(managed)}\n"
        if bounded and self.policies and rng.random() < 0.3:
            yield f"boundary = {_toml(rng.choice(self.policies))}\n"

    def tags(self, table: str, name: str) -> Iterable[str]:
        count = self.rng.choice([0, 0, 0, 0, 1, 46, 47, 48])
        if count:
            yield f"[{table}.{_toml(name)}.tags]\n"
        for number in range(count):
            key = self.rng.choice(["k", "Cost Center ", "a:b/c=d+e-@_."])
            value = self.rng.choice(["", "v", "x" * 256])
            yield f"{_toml(f'{key}{number}')} = {_toml(value)}\n"

    def inline(self, table: str, name: str, length: int) -> Iterable[str]:
        count = self.rng.randint(0, 2)
        if count:
            yield f"[{table}.{_toml(name)}.inline]\n"
        for number in range(count):
            yield f"in{number} = {_toml(self.document(self.rng.choice([None, length])))}\n"

    def some(self, names: list[str]) -> list[str]:
        return self.rng.sample(names, self.rng.randint(0, len(names)))
