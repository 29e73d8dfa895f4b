"""The programs that get credentials from keyward: boto3 and the AWS CLI."""

import contextlib
import json
import signal
import subprocess

import boto3
import botocore.config

from . import case, home

#: Asks STS who one is with whatever boto3 finds by itself.
BOTO3 = """
import boto3, json, sys
session = boto3.Session(profile_name=sys.argv[1])
print(json.dumps(session.client("sts", region_name="us-east-1").get_caller_identity()))
"""

#: Prints the id of the key that botocore finds by itself, the account that it reports, and whether the
#: key has two parts of one line each.
FOUND = """
import json, botocore.session
found = botocore.session.Session().get_credentials()
if found is None:
    raise SystemExit("it finds nothing")
frozen = found.get_frozen_credentials()
account = getattr(frozen, "account_id", None)
whole = all(part and "\\n" not in part for part in (frozen.access_key, frozen.secret_key))
print(json.dumps({"id": frozen.access_key, "token": frozen.token or None, "account": account, "whole": whole}))
"""


def command_line(profile: str) -> str:
    """The line that makes every SDK ask keyward."""
    return f"credential_process = {home.KEYWARD} credential-process {profile}"


def who_by_boto3(place: home.Home, profile: str) -> str:
    """The ARN that boto3 gets through a profile of the config file."""
    return json.loads(place.run(home.PYTHON, "-c", BOTO3, profile).stdout)["Arn"]


def who_by_cli(place: home.Home, profile: str) -> str:
    """The ARN that the AWS CLI gets through a profile of the config file."""
    words = ["sts", "get-caller-identity", "--profile", profile, "--region", "us-east-1", "--output", "json"]
    return json.loads(place.run(home.AWS_CLI, *words).stdout)["Arn"]


def who_are(credentials: dict[str, str], url: str) -> str:
    """The ARN that belongs to credentials, in the form of environment variables."""
    client = boto3.client(
        "sts",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=credentials["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=credentials["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=credentials.get("AWS_SESSION_TOKEN"),
        config=botocore.config.Config(retries={"max_attempts": 1}),
    )
    return client.get_caller_identity()["Arn"]


def from_document(text: str) -> dict[str, str]:
    """A credential_process answer as environment variables; the protocol's shape is checked."""
    document = json.loads(text)
    case.equal(document.pop("Version"), 1, "the protocol's version")
    names = {
        "AccessKeyId": "AWS_ACCESS_KEY_ID",
        "SecretAccessKey": "AWS_SECRET_ACCESS_KEY",
        "SessionToken": "AWS_SESSION_TOKEN",
        "Expiration": "AWS_CREDENTIAL_EXPIRATION",
        "AccountId": "AWS_ACCOUNT_ID",
    }
    return {names[key]: value for key, value in document.items()}


def from_environment(text: str) -> dict[str, str]:
    """The variables of AWS and keyward in the output of `env -0`."""
    pairs = (entry.split("=", 1) for entry in text.split("\0") if "=" in entry)
    # On a terminal the first name follows what was typed there.
    named = ((name.rsplit("\n", 1)[-1], value) for name, value in pairs)
    return {name: value for name, value in named if name.startswith(("AWS_", "KEYWARD_"))}


@contextlib.contextmanager
def serving(place: home.Home, *profiles: str):
    """A `keyward serve`, asked to end as a person asks."""
    words = [home.KEYWARD, "serve", "--json", *profiles]
    server = place.start(*words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    text = ""
    while not text.endswith("}\n}\n"):
        line = server.stdout.readline()
        case.holds(line, f"`keyward serve` ended: {text}")
        text += line
    try:
        yield json.loads(text.replace("\n}\n}\n", "\n}}"))
    finally:
        server.send_signal(signal.SIGTERM)
        case.equal(server.wait(timeout=home.PATIENCE), 0, "how `keyward serve` ended")
