"""Accounts that boto3 made at random are adopted: the blueprint fits the schema, its plan is
empty, and a change by hand is what the next plan names."""

import json
import os
import random
import subprocess
import tomllib
from typing import Any

from jsonschema import Draft202012Validator

from harness import home, moto
from harness.case import Failure, case, equal, holds

#: The number of accounts; a release tries more.
ACCOUNTS = int(os.environ.get("KEYWARD_ADOPTIONS", "12"))

NAME = "abcxyzABC0189_+=,.@-"
ACTIONS = ["s3:GetObject", "s3:*", "iam:Get*", "ec2:Describe?nstances", "sqs:SendMessage", "*"]
RESOURCES = ["*", "arn:aws:s3:::bucket/*", "arn:aws:iam::123456789012:user/${aws:username}", "arn:aws:sqs:*:123456789012:q"]
CONDITIONS: list[dict[str, Any]] = [
    {"Bool": {"aws:SecureTransport": "true"}},
    {"StringLike": {"aws:PrincipalTag/team": ["a'''b", 'c"d', "e\\f"]}},
    {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}},
    {"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}},
    {"ForAllValues:StringEquals": {"aws:TagKeys": ["é", "ÿ"]}},
    {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}, "Null": {"aws:TokenIssueTime": "false"}},
]


@case
def random_accounts_are_adopted_as_they_are(place: home.Home) -> None:
    validator = Draft202012Validator(json.loads(place.keyward("account", "schema").stdout))
    for seed in range(ACCOUNTS):
        try:
            _adopted(place, validator, seed)
        except subprocess.TimeoutExpired as error:
            raise Failure(f"account {seed} of {ACCOUNTS}: {error}") from error


def _adopted(place: home.Home, validator: Draft202012Validator, seed: int) -> None:
    cloud = moto.Moto(place)
    Maker(cloud.iam, random.Random(seed)).account()
    key, secret = cloud.user_with_key(f"caller{seed}")
    place.config("[profile raw]\nregion = us-east-1\n")
    place.write("credentials", f"[raw]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n")
    text = place.keyward("account", "init", "--profile", "raw").stdout
    errors = [error.message for error in validator.iter_errors(tomllib.loads(text))]
    equal(errors, [], f"what the schema says about account {seed}")
    file = place.write("adopted.toml", text)
    plan = place.keyward("account", "plan", str(file), "--json", code=None)
    equal((plan.returncode, json.loads(plan.stdout or "{}").get("steps")), (0, []), f"the plan of account {seed}: {plan.stderr[-600:]}")
    _change_by_hand(place, cloud, file, seed)


def _change_by_hand(place: home.Home, cloud: moto.Moto, file, seed: int) -> None:
    """Only a policy embedded in an adopted user is drift."""
    cloud.iam.put_user_policy(UserName=f"caller{seed}", PolicyName="by-hand", PolicyDocument=_document(random.Random(seed)))
    plan = json.loads(place.keyward("account", "plan", str(file), "--json", code=5).stdout)
    found = [(step["action"], step["kind"], step["name"]) for step in plan["steps"]]
    equal(found, [("update", "user", f"caller{seed}")], f"the steps of account {seed}")
    holds("by-hand" in json.dumps(plan["steps"][0]["changes"]), "the policy is not named")


def _document(rng: random.Random) -> str:
    statements = []
    for _ in range(rng.randint(1, 3)):
        statement: dict[str, Any] = {"Effect": rng.choice(["Allow", "Deny"])}
        some = rng.sample(ACTIONS, rng.randint(1, 3))
        statement[rng.choice(["Action", "NotAction"])] = some[0] if len(some) == 1 else some
        some = rng.sample(RESOURCES, rng.randint(1, 2))
        statement[rng.choice(["Resource", "NotResource"])] = some[0] if len(some) == 1 else some
        if rng.random() < 0.5:
            statement["Condition"] = rng.choice(CONDITIONS)
        statements.append(statement)
    document: dict[str, Any] = {"Version": "2012-10-17", "Statement": statements if len(statements) > 1 else statements[0]}
    return json.dumps(document, indent=rng.choice([None, 2]), ensure_ascii=False)


class Maker:
    """Makes one random account."""

    def __init__(self, iam, rng: random.Random) -> None:
        self.iam = iam
        self.rng = rng
        self.used: set[str] = set()
        self.policies: list[str] = []
        self.groups: list[str] = []

    def account(self) -> None:
        """Everything, in an order in which names exist before they are used."""
        rng = self.rng
        for _ in range(rng.randint(0, 4)):
            made = self.iam.create_policy(PolicyName=self.name(), Path=self.path(), PolicyDocument=_document(rng))
            self.policies.append(made["Policy"]["Arn"])
            if rng.random() < 0.5:
                self.iam.create_policy_version(PolicyArn=self.policies[-1], PolicyDocument=_document(rng), SetAsDefault=True)
        for _ in range(rng.randint(0, 3)):
            self.group()
        for _ in range(rng.randint(0, 5)):
            self.user()
        for _ in range(rng.randint(0, 4)):
            self.role()
        self.settings()

    def name(self) -> str:
        """A name that differs from all others, also without regard to case."""
        while True:
            name = "".join(self.rng.choices(NAME, k=self.rng.randint(1, 20)))
            if name.lower() not in self.used and name not in (".", ".."):
                self.used.add(name.lower())
                return name

    def path(self) -> str:
        return self.rng.choice(["/", "/team/", "/a/b-c/d.e/"])

    def tags(self) -> list[dict[str, str]]:
        pool = [{"Key": "Cost Center", "Value": "a=b c"}, {"Key": "team", "Value": ""}, {"Key": "é", "Value": "x=y"}]
        return self.rng.sample(pool, self.rng.randint(0, 3))

    def group(self) -> None:
        name = self.name()
        self.iam.create_group(GroupName=name, Path=self.path())
        self.groups.append(name)
        for arn in self.some(self.policies):
            self.iam.attach_group_policy(GroupName=name, PolicyArn=arn)
        for _ in range(self.rng.randint(0, 2)):
            self.iam.put_group_policy(GroupName=name, PolicyName=self.name(), PolicyDocument=_document(self.rng))

    def user(self) -> None:
        name = self.name()
        self.iam.create_user(UserName=name, Path=self.path(), Tags=self.tags())
        for arn in self.some(self.policies):
            self.iam.attach_user_policy(UserName=name, PolicyArn=arn)
        for group in self.some(self.groups):
            self.iam.add_user_to_group(UserName=name, GroupName=group)
        for _ in range(self.rng.randint(0, 2)):
            self.iam.put_user_policy(UserName=name, PolicyName=self.name(), PolicyDocument=_document(self.rng))

    def role(self) -> None:
        rng = self.rng
        name = self.name()
        principal = rng.choice([{"AWS": "arn:aws:iam::123456789012:root"}, {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}, {"AWS": "111122223333"}])
        statement: dict[str, Any] = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        if rng.random() < 0.5:
            statement["Condition"] = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
        more: dict[str, Any] = {}
        if rng.random() < 0.5:
            more["Description"] = 'For "people", not 100 % sure'
        if rng.random() < 0.5:
            more["MaxSessionDuration"] = rng.choice([3600, 5400, 43200, 3601])
        if self.policies and rng.random() < 0.3:
            more["PermissionsBoundary"] = rng.choice(self.policies)
        trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.iam.create_role(RoleName=name, Path=self.path(), AssumeRolePolicyDocument=trust, Tags=self.tags(), **more)
        for arn in self.some(self.policies):
            self.iam.attach_role_policy(RoleName=name, PolicyArn=arn)
        for _ in range(rng.randint(0, 2)):
            self.iam.put_role_policy(RoleName=name, PolicyName=self.name(), PolicyDocument=_document(rng))

    def settings(self) -> None:
        rng = self.rng
        if rng.random() < 0.5:
            self.iam.create_account_alias(AccountAlias="example-team")
        if rng.random() < 0.5:
            self.iam.update_account_password_policy(MinimumPasswordLength=rng.randint(6, 40), RequireSymbols=rng.random() < 0.5)
        if rng.random() < 0.4:
            url = "https://token.actions.githubusercontent.com"
            self.iam.create_open_id_connect_provider(Url=url, ClientIDList=["sts.amazonaws.com"], ThumbprintList=["a" * 40])
        if rng.random() < 0.3:
            self.iam.create_service_linked_role(AWSServiceName="elasticbeanstalk.amazonaws.com")

    def some(self, pool: list[str]) -> list[str]:
        return self.rng.sample(pool, self.rng.randint(0, min(2, len(pool))))
