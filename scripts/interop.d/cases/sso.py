"""The Identity Center: one sign-in for keyward, boto3 and the AWS CLI, whichever of them refreshes it."""

import json
import os
import pathlib
import subprocess

from harness import clients, home, practice
from harness.case import Skip, case, equal, holds

SESSION = "practice"
START_URL = "https://practice.awsapps.com/start"
#: The person of the practice account opens every address that a browser gets.
BROWSER = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=20).read()"
READ_ONLY = "arn:aws:sts::123456789012:assumed-role/ReadOnly/alice@example.com"


def _signed_in(place: home.Home) -> practice.Practice:
    """Signs in by a browser and has the profiles written."""
    account = practice.Practice(place)
    script = place.write("browser.py", BROWSER)
    place.environment["BROWSER"] = f"{home.PYTHON} {script}"
    place.keyward("setup", "--sso", SESSION, "--start-url", START_URL, "--sso-region", "eu-central-1")
    return account


def _age(place: home.Home) -> dict:
    """Makes the kept sign-in look as if it had ended; returns what it was."""
    (file,) = pathlib.Path(place.environment["HOME"], ".aws", "sso", "cache").glob("*.json")
    kept = json.loads(file.read_text())
    file.write_text(json.dumps({**kept, "expiresAt": "2020-01-01T00:00:00Z"}))
    return kept


def _grants(account: practice.Practice) -> list[str]:
    return [entry["params"]["grantType"] for entry in account.journal("CreateToken")]


@case
def boto3_and_the_aws_cli_use_the_sign_in_that_keyward_made(place: home.Home) -> None:
    """In the files and under the names that other tools expect."""
    account = _signed_in(place)
    equal(clients.who_by_boto3(place, "practice-readonly"), READ_ONLY, "boto3 is")
    equal(clients.who_by_cli(place, "practice-readonly"), READ_ONLY, "the AWS CLI is")
    equal(_grants(account), ["authorization_code"], "sign-ins")


@case
def a_sign_in_is_refreshed_by_whoever_needs_it_and_serves_the_others(place: home.Home) -> None:
    """boto3 first, then keyward, then boto3 again, each with the other's refresh token."""
    account = _signed_in(place)
    refresh = ["authorization_code"]
    for who in (
        lambda: clients.who_by_boto3(place, "practice-readonly"),
        lambda: json.loads(place.keyward("whoami", "practice-readonly", "--json").stdout)["arn"],
        lambda: clients.who_by_boto3(place, "practice-readonly"),
    ):
        before = _age(place)
        equal(who(), READ_ONLY, "the caller is")
        refresh.append("refresh_token")
        equal(_grants(account), refresh, "the grants")
        holds(_age(place)["refreshToken"] != before["refreshToken"], "the refresh token was not replaced")


@case
def boto3_behind_keyward_hears_that_a_person_is_needed(place: home.Home) -> None:
    """An SDK that asks opens no browser, and fails with the command to run."""
    account = _signed_in(place)
    place.keyward("sso", "logout", SESSION)
    config = pathlib.Path(place.environment["AWS_CONFIG_FILE"])
    config.write_text(config.read_text() + f"\n[profile sdk]\n{clients.command_line('practice-readonly')}\n")
    failed = place.run(home.PYTHON, "-c", clients.BOTO3, "sdk", code=1)
    holds("keyward sso login practice" in failed.stderr, failed.stderr)
    equal(len(_grants(account)), 1, "sign-ins")


@case
def fifty_at_once_sign_in_with_one_browser(place: home.Home) -> None:
    """Commands of a person at terminals, started together without a sign-in."""
    account = _signed_in(place)
    place.keyward("sso", "logout", SESSION)
    children = [
        place.start(
            "script", "-qec", f"{home.KEYWARD} exec practice-readonly -- true", "/dev/null",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )
        for _ in range(50)
    ]  # fmt: skip
    for child in children:
        said, _ = child.communicate(timeout=home.PATIENCE)
        equal((child.returncode, said if child.returncode else ""), (0, ""), "a command")
    equal(_grants(account), ["authorization_code"] * 2, "sign-ins")


@case
def a_sign_in_that_another_user_may_not_keep_is_not_spent(place: home.Home) -> None:
    """Root may write everywhere, so keyward runs as a user who may not. Afterwards the refresh token
    is as good as before."""
    account = _signed_in(place)
    cache = pathlib.Path(place.environment["HOME"], ".aws", "sso", "cache")
    # What keyward kept for itself would answer without the sign-in.
    place.keyward("lock")
    _age(place)
    user = []
    if os.geteuid() == 0:
        if not home.reachable_by_others(home.KEYWARD):
            raise Skip("another user cannot reach the program")
        user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        for path in [place.path, *place.path.rglob("*")]:
            os.chown(path, 65534, 65534, follow_symlinks=False)
    before = _grants(account)
    cache.chmod(0o500)
    failed = place.run(*user, home.KEYWARD, "credential-process", "practice-readonly", code=1)
    holds("the sign-in cannot be kept in" in failed.stderr, failed.stderr)
    equal(_grants(account), before, "the grants")
    cache.chmod(0o700)
    given = place.run(*user, home.KEYWARD, "credential-process", "practice-readonly")
    holds("SessionToken" in given.stdout, given.stdout)
    equal(_grants(account), [*before, "refresh_token"], "the grants")
