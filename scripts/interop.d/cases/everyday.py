"""The everyday commands, judged by the programs that read what they write: `setup`, `assume`, the
table of `doctor`, and the picker on a real screen."""

import json

from harness import clients, home, node, practice, rust, terminal
from harness.case import case, each, equal, holds

READ_ONLY = "arn:aws:sts::123456789012:assumed-role/ReadOnly/"
REGION = {"AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1"}
BOTO3 = [home.PYTHON, "-c", "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"]
CLI = [home.AWS_CLI, "sts", "get-caller-identity", "--query", "Arn", "--output", "text"]
CLIENTS = [
    ("boto3", lambda: BOTO3),
    ("the AWS CLI", lambda: CLI),
    ("the JavaScript SDK", node.who),
    ("the Rust SDK", rust.who),
]


def _account(place: home.Home) -> practice.Practice:
    """A practice account whose one code has been spent already."""
    account = practice.Practice(place)
    place.keyward("credential-process", "alice", environment={"KEYWARD_MFA_CODE": account.code()})
    return account


def _append(place: home.Home, text: str) -> None:
    with open(place.environment["AWS_CONFIG_FILE"], "a", encoding="utf-8") as file:
        file.write(text)


@each(CLIENTS)
def roles_work_after_setup_for(place: home.Home, command) -> None:
    """The line is in the source profile; the client assumes the role by itself, in the person's name."""
    _account(place)
    who = command()
    place.keyward("setup", "readonly")
    found = place.run(*who, environment={**REGION, "AWS_PROFILE": "readonly"}).stdout.strip()
    equal(found, f"{READ_ONLY}alice", "who it is")


@each(CLIENTS)
def what_assume_writes_is_read_by(place: home.Home, command) -> None:
    """Every tool reads the name without a blank; the AWS CLI and boto3 read the other one."""
    _account(place)
    who = command()
    place.keyward("assume", "123456789012", "ReadOnly", "--from", "alice")
    names = ["123456789012-ReadOnly"]
    if who in (BOTO3, CLI):
        names.append("123456789012 ReadOnly")
    for name in names:
        found = place.run(*who, environment={**REGION, "AWS_PROFILE": name}).stdout.strip()
        equal(found, f"{READ_ONLY}alice", name)


TABLE = [("botocore", lambda: BOTO3), ("javascript", node.who), ("rust", rust.who)]


@each([(sdk, (sdk, command)) for sdk, command in TABLE])
def the_table_of_doctor_is_right_about(place: home.Home, column) -> None:
    """For each kind of profile, the client does what the table says."""
    _account(place)
    sdk, command = column
    who = command()
    key = "aws_access_key_id = AKIAI44QH8DHBEXAMPLE\naws_secret_access_key = a/wrong/one\n"
    _append(
        place,
        f"\n[profile onrole]\nsource_profile = bare\nmfa_serial = {practice.SERIAL}\n"
        "role_arn = arn:aws:iam::123456789012:role/ReadOnly\n\n"
        f"[profile bare]\nregion = eu-central-1\n{clients.command_line('alice')}\n\n"
        f"[profile both]\n{clients.command_line('alice')}\n{key}\n"
        "[profile empty]\nregion = eu-central-1\n",
    )
    place.keyward("setup", "readonly")
    said = json.loads(place.keyward("doctor", "--json", code=None).stdout)["profiles"]
    works = {"keyward", "role, keyward"}
    # A wrong key fails, a client without a code fails; one that skips the code is let through
    # here, because its source has a session with MFA.
    fails = {"clear key", "fails: MFA", "asks a code", "nothing"}
    for name in ("alice", "readonly", "both", "empty", "onrole"):
        cell = said[name][sdk]
        given = {**REGION, "AWS_PROFILE": name, "AWS_EC2_METADATA_DISABLED": "true"}
        done = place.run(*who, environment=given, code=None)
        holds(cell in works | fails | {"role, no MFA"}, cell)
        holds((done.returncode == 0) is (cell not in fails), f"{name}: {cell}, but {done.stdout}{done.stderr[-300:]}")


@case
def the_picker_finds_a_profile_and_opens_a_shell(place: home.Home) -> None:
    """Part of a name, Enter, Enter: a shell with credentials."""
    _account(place)
    place.environment["SHELL"] = "/bin/sh"
    screen = terminal.Screen(place, home.KEYWARD)
    # The profile that was used comes first.
    screen.shows(r"\? Profile\s*\n> alice ")
    screen.types("minis")
    screen.shows("a shell with its credentials")
    screen.types("")
    screen.types('echo "now $KEYWARD_PROFILE ${AWS_SESSION_TOKEN:+with a token}"')
    screen.shows("now administrator with a token")
