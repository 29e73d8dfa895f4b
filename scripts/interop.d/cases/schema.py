"""A validator of JSON Schema from elsewhere judges the schema of blueprints, and by it the
templates, an adopted account, and mistakes that an editor should show."""

import json
import tomllib
from typing import Any

from jsonschema import Draft202012Validator

from harness import home
from harness.case import case, each, equal, holds

TEMPLATES = ["team", "readonly-admin", "kickstarter", "two-accounts"]

DETAILS = {
    "UserDetailList": [
        {
            "Path": "/",
            "UserName": "alice",
            "UserId": "AIDAEXAMPLE",
            "Arn": "arn:aws:iam::123456789012:user/alice",
            "UserPolicyList": [
                {
                    "PolicyName": "own",
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
                    },
                }
            ],
            "GroupList": [],
            "AttachedManagedPolicies": [],
            "Tags": [{"Key": "Cost Center", "Value": "1"}],
        }
    ],
}

ACCOUNT = 'version = 1\naccount.id = "123456789012"\n'

MISTAKES = [
    ("an unknown key", ACCOUNT + 'users.alice.grups = ["a"]\n'),
    ("an id of the wrong form", 'version = 1\naccount.id = "12345"\n'),
    ("another version", ACCOUNT.replace("version = 1", "version = 2")),
    ("no account", "version = 1\n"),
    ("a session that is a flag", ACCOUNT + "roles.r.max_session = true\n"),
    ("a policy without a document", ACCOUNT + "[policies.p]\n"),
    ("an effect in the wrong case", ACCOUNT + '[groups.g.inline.p]\nEffect = "allow"\n'),
    ("both forms of accounts", ACCOUNT + 'accounts.a.id = "111122223333"\n'),
    ("an alias with two hyphens", ACCOUNT + 'account.alias = "a--b"\n'),
    ("a path without its slash", ACCOUNT + 'users.alice.path = "/team"\n'),
]


def _validator(place: home.Home) -> Draft202012Validator:
    schema = json.loads(place.keyward("account", "schema").stdout)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def _errors(validator: Draft202012Validator, blueprint: dict[str, Any]) -> list[str]:
    return [error.message for error in validator.iter_errors(blueprint)]


@each((name, name) for name in TEMPLATES)
def a_template_fits_the_schema(place: home.Home, name: str) -> None:
    text = place.keyward("account", "init", "--template", name).stdout
    equal(_errors(_validator(place), tomllib.loads(text)), [], f"what is wrong with `{name}`")


@case
def an_adopted_account_fits_the_schema(place: home.Home) -> None:
    details = place.write("details.json", json.dumps(DETAILS))
    text = place.keyward("account", "init", "--from", str(details)).stdout
    blueprint = tomllib.loads(text)
    equal(_errors(_validator(place), blueprint), [], "what is wrong with it")
    equal(list(blueprint["users"]), ["alice"], "the users")


@each(MISTAKES)
def a_mistake_does_not_fit_the_schema(place: home.Home, text: str) -> None:
    """The schema finds it, and so does keyward."""
    validator = _validator(place)
    equal(_errors(validator, tomllib.loads(ACCOUNT)), [], "what is wrong without the mistake")
    holds(_errors(validator, tomllib.loads(text)), "the schema accepts the mistake")
    file = place.write("blueprint.toml", text)
    place.keyward("account", "render", str(file), "--json", code=2)
