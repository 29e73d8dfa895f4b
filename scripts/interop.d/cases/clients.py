"""The client matrix: every program that takes credentials, through every way that keyward hands
them out, against the practice account; and what clients see of the loopback server."""

import subprocess
from collections.abc import Callable

from harness import clients, go, home, node, practice, ruby, rust, terraform, terminal
from harness.case import Failure, Skip, case, each, equal, holds, until

READ_ONLY = "arn:aws:sts::123456789012:assumed-role/ReadOnly/alice"
BOTO3 = [home.PYTHON, "-c", "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"]
CLI = [home.AWS_CLI, "sts", "get-caller-identity", "--query", "Arn", "--output", "text"]
REGION = {"AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1"}

Who = list[str]


def _through_exec(place: home.Home, who: Who) -> str:
    return place.keyward("exec", "readonly", "--", *who).stdout


def _through_env(place: home.Home, who: Who) -> str:
    script = 'set -e; text=$("$0" env readonly --format bash); eval "$text"; exec "$@"'
    return place.run("bash", "-c", script, home.KEYWARD, *who).stdout


def _through_process(place: home.Home, who: Who) -> str:
    return place.run(*who, environment={**REGION, "AWS_PROFILE": "tools"}).stdout


def _through_exec_server(place: home.Home, who: Who) -> str:
    return place.keyward("exec", "readonly", "--server", "--", *who).stdout


def _through_serve(place: home.Home, who: Who) -> str:
    with clients.serving(place, "alice", "readonly") as serving:
        given = {
            **REGION,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": serving["profiles"]["readonly"],
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": serving["token_file"],
        }
        return place.run(*who, environment=given).stdout


def _through_refresh(place: home.Home, who: Who) -> str:
    place.keyward("refresh", "readonly", "--as", "refreshed")
    return place.run(*who, environment={**REGION, "AWS_PROFILE": "refreshed"}).stdout


WAYS: dict[str, Callable[[home.Home, Who], str]] = {
    "exec": _through_exec,
    "env": _through_env,
    "credential_process": _through_process,
    "exec --server": _through_exec_server,
    "serve": _through_serve,
    "refresh": _through_refresh,
}
CLIENTS: dict[str, Callable[[home.Home], Who]] = {
    "boto3": lambda _: BOTO3,
    "AWS CLI v1": lambda _: CLI,
    "JavaScript SDK v3": lambda _: node.who(),
    "Rust SDK": lambda _: rust.who(),
    "Go SDK v2": lambda _: go.who(),
    "Ruby SDK": lambda _: ruby.who(),
    "Terraform": terraform.who,
}
#: Packaged before it knew a container's whole address, which keyward's servers use.
CANNOT = {"Ruby SDK": {"exec --server", "serve"}}


def _with_a_session(place: home.Home) -> practice.Practice:
    """A practice account whose one code has been spent already."""
    account = practice.Practice(place)
    config = place.environment["AWS_CONFIG_FILE"]
    with open(config, "a", encoding="utf-8") as file:
        file.write(f"\n[profile tools]\n{clients.command_line('readonly')}\n")
    place.keyward("credential-process", "readonly", environment={"KEYWARD_MFA_CODE": account.code()})
    return account


@case
def every_client_takes_every_way(place: home.Home) -> None:
    """The table; a red cell fails the case, a program that is not there is skipped."""
    account = _with_a_session(place)
    table, failures = [["", *WAYS]], []
    for name, command in CLIENTS.items():
        try:
            who = command(place)
        except Skip as skip:
            table.append([name, *["skipped"] * len(WAYS)])
            print(f"    {name} is skipped: {skip}")
            continue
        cells = [
            "-" if way in CANNOT.get(name, ()) else _cell(place, who, through, f"{name} through {way}", failures)
            for way, through in WAYS.items()
        ]
        table.append([name, *cells])
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        print("    " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    holds(not failures, "; ".join(failures))
    # One code for all clients.
    equal(len(account.journal("GetSessionToken")), 1, "sessions made")


def _cell(place: home.Home, who: Who, through, what: str, failures: list[str]) -> str:
    try:
        equal(through(place, who).strip(), READ_ONLY, "who it is")
    except (Failure, subprocess.TimeoutExpired) as error:
        failures.append(f"{what}: {error}")
        return "FAIL"
    return "ok"


@each([("boto3", lambda: BOTO3), ("the AWS CLI", lambda: CLI), ("the JavaScript SDK", node.container)])
def the_reason_of_a_refusal_is_shown_by(place: home.Home, command) -> None:
    """The server's words come through the client."""
    _with_a_session(place)
    script = 'AWS_CONTAINER_AUTHORIZATION_TOKEN=wrong exec "$@"'
    words = ["exec", "readonly", "--server", "--", "sh", "-c", script, "sh", *command()]
    done = place.keyward(*words, code=None)
    holds(done.returncode != 0, "a wrong token was taken")
    said = done.stdout + done.stderr
    holds("must hold the token" in said, f"no reason in: {said[-500:]}")


@each([("exec", []), ("exec --server", ["--server"])])
def what_make_prints_is_all_there_is_under(place: home.Home, flags: list[str]) -> None:
    """`make -s print-env > .env` is how people fill such files."""
    account = practice.Practice(place)
    make = home.program("make")
    place.write("Makefile", "print-env:\n\t@echo A=1\n\t@echo B=$$KEYWARD_PROFILE\n")
    script = f'"$0" exec readonly {" ".join(flags)} -v -- "$1" -C "$2" -s print-env > "$2/.env"'
    place.run(
        *["bash", "-c", script, home.KEYWARD, make, str(place.path)],
        environment={"KEYWARD_MFA_CODE": account.code()},
    )
    equal((place.path / ".env").read_text(), "A=1\nB=readonly\n", "the file")


#: Counts the interrupts it gets, until a message stops it. It writes without a buffer,
#: because an interrupt may come while `ready` is on its way, and Python's buffers are not
#: to be entered twice.
COUNTS = """
import os, signal, sys
count = 0
def caught(*_):
    global count
    count += 1
    os.write(1, b"interrupt %d\\n" % count)
signal.signal(signal.SIGINT, caught)
os.write(1, b"ready\\n")
sys.stdin.readline()
os.write(1, b"%d in all\\n" % count)
sys.exit(5)
"""


@case
def a_ctrl_c_reaches_the_child_of_a_server_once(place: home.Home) -> None:
    """The question comes first, on the same terminal; then the terminal is the child's."""
    account = practice.Practice(place)
    person = terminal.Typist(place, home.KEYWARD, "exec", "readonly", "--server", "--", home.PYTHON, "-c", COUNTS)
    person.sees("MFA code for ")
    person.types(account.code(), shown=True)
    person.sees("ready")
    person.interrupts()
    person.sees("interrupt 1")
    person.interrupts()
    person.sees("interrupt 2")
    person.types("stop", shown=True)
    person.sees("2 in all")
    person.ends()
    equal(person.status, 5, "the exit code")


@case
def a_server_on_a_terminal_ends_with_ctrl_c(place: home.Home) -> None:
    """And its token is gone too."""
    account = _with_a_session(place)
    token = place.path / "token"
    person = terminal.Typist(place, home.KEYWARD, "serve", "readonly", "--token-file", str(token))
    person.sees("Ctrl-C ends it")
    holds(token.exists(), "there is no token file")
    person.interrupts()
    person.ends()
    equal(person.status, 0, "the exit code")
    until(lambda: not token.exists(), "the token file goes")
    equal(len(account.journal("AssumeRole")), 1, "roles assumed")
