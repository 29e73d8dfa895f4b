"""Secrets are planted, every command is run, and every place where they may not be is read:
command lines, standard output, standard error, the traces of `-vv`, the files."""

import pathlib
import subprocess

from harness import clients, home, moto, practice
from harness.canary import CommandLines, require_absent_in_files, require_absent_in_text
from harness.case import case, equal, holds

PASSPHRASE = "canary-passphrase-4f1c9d"
STATIC = "canaryStaticSecret4f1c9d/AAAAAAAAAAAAAAA"
MISTYPED = "canaryMistypedSecret4f1c9d/AAAAAAAAAAAAA"
CONFIG = f"""
[profile alice]
region = eu-central-1
mfa_serial = {practice.SERIAL}

[profile readonly]
source_profile = alice
role_arn = arn:aws:iam::123456789012:role/ReadOnly

[profile old]
aws_access_key_id = AKIAI44QH8DHBEXAMPLE
aws_secret_access_key = {STATIC}

[profile half]
aws_secret_access_key = {STATIC}
"""


@case
def the_search_finds_what_it_looks_for(place: home.Home) -> None:
    """A search that can find nothing proves nothing."""
    secrets = {"the canary": "canary-to-be-found-4f1c9d"}
    with CommandLines() as lines:
        # Two commands, so that the shell does not turn itself into the first.
        place.run("sh", "-c", "sleep 0.1; :", secrets["the canary"])
    place.write("leak", secrets["the canary"])
    for search in (
        lambda: lines.require_absent(secrets),
        lambda: require_absent_in_text(f"x{secrets['the canary']}x", secrets, "a text"),
        lambda: require_absent_in_files(place.path, secrets, set()),
    ):
        try:
            search()
        except AssertionError:
            continue
        holds(False, "the search found nothing")


@case
def no_command_lets_a_secret_out(place: home.Home) -> None:
    """Commands that work, each as talkative as it can be."""
    key_id, secret = _lay_out(place)
    secrets = {"the passphrase": PASSPHRASE, "the long-lived secret": secret, "the static secret": STATIC}
    quiet, asked = [], []
    with CommandLines() as lines:
        added = place.keyward("-vv", "add", "alice", "--stdin", stdin=f"{key_id}\n{secret}\n")
        quiet.append((added, "add"))
        code = {"KEYWARD_MFA_CODE": "123456"}
        for words in (["env", "readonly", "--format", "bash"], ["credential-process", "readonly"]):
            asked.append(place.keyward("-vv", *words, environment=code))
        asked.append(place.keyward("-vv", "exec", "readonly", "--", "env", "-0", environment=code))
        for words in (
            ["list"], ["list", "--json"], ["explain", "readonly"], ["explain", "readonly", "--json"],
            ["explain", "old", "--json"], ["whoami", "readonly"], ["config", "dump"], ["config", "dump", "--json"],
            ["vault", "status"], ["vault", "status", "--json"], ["exec", "readonly", "--", "true"],
            ["exec", "old", "--", "true"], ["env", "readonly", "--format", "ini"],
        ):  # fmt: skip
            done = place.keyward("-vv", *words, environment=code)
            (asked if words[0] == "env" else quiet).append((done, words[0]) if words[0] != "env" else done)
        sessions = _session_secrets(place, asked)
        read = require_absent_in_files(place.path, {**secrets, **sessions}, _given(place))
        holds(read > 4, "there were no files to read")
        quiet.append((place.keyward("-vv", "lock"), "lock"))
        quiet.append((place.keyward("-vv", "remove", "alice", "--yes"), "remove"))
    lines.require_absent({**secrets, **sessions})
    for done, verb in quiet:
        require_absent_in_text(done.stdout + done.stderr, {**secrets, **sessions}, f"the output of `{verb}`")
    for done in asked:
        require_absent_in_text(done.stdout, secrets, "credentials that were asked for")
        require_absent_in_text(done.stderr, {**secrets, **sessions}, "standard error")
    require_absent_in_files(place.path, {**secrets, **sessions}, _given(place))


@case
def no_error_lets_a_secret_out(place: home.Home) -> None:
    """Commands that fail, with the secret as near to the mistake as it can be."""
    key_id, secret = _lay_out(place)
    place.keyward("add", "alice", "--stdin", stdin=f"{key_id}\n{secret}\n")
    secrets = {"the passphrase": PASSPHRASE, "the secret": secret, "the static secret": STATIC, "the typo": MISTYPED}
    mistakes = [
        (["add", "carol", "--stdin"], MISTYPED, {}),
        (["add", "carol", "--stdin"], f"AKIAIOSFODNN7EXAMPLE\n{MISTYPED}x\n", {}),
        (["add", "carol", "--stdin"], f"{MISTYPED}\nAKIAIOSFODNN7EXAMPLE\n", {}),
        (["add", "carol", "--stdin"], f'{{"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":["{MISTYPED}"]}}', {}),
        (["add", "carol", "--env"], "", {"AWS_ACCESS_KEY_ID": MISTYPED, "AWS_SECRET_ACCESS_KEY": MISTYPED}),
        (["exec", "alice", "--", "true"], "", {"KEYWARD_PASSPHRASE_FILE": "", "KEYWARD_PASSPHRASE": MISTYPED}),
        (["exec", "alice", "--", "true"], "", {"KEYWARD_MFA_CODE": MISTYPED}),
        (["exec", "alice", "--", "true"], "", {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "KEYWARD_MFA_CODE": "123456"}),
        (["exec", "half", "--", "true"], "", {}),
        (["explain", "half"], "", {}),
        (["whoami"], "", {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": ""}),
    ]
    with CommandLines() as lines:
        for words, stdin, environment in mistakes:
            _must_fail(place, words, stdin, environment, secrets)
        config = pathlib.Path(place.environment["AWS_CONFIG_FILE"])
        text = config.read_text()
        for broken in (f"aws_secret_access_key {MISTYPED}\n", f"[profile x\naws_secret_access_key = {MISTYPED}\n", f"= {MISTYPED}\n"):
            config.write_text(text + broken)
            _must_fail(place, ["config", "dump"], "", {}, secrets)
            _must_fail(place, ["list"], "", {}, secrets)
        junk = text.replace("[profile alice]\n", f"[profile alice]\nmfa_process = printf {MISTYPED}\n")
        config.write_text(junk)
        _must_fail(place, ["exec", "alice", "--", "true"], "", {}, {n: s for n, s in secrets.items() if n != "the typo"})
        config.write_text(text)
        vault = place.path / "keyward" / "vault.age"
        vault.write_bytes(vault.read_bytes()[:100])
        _must_fail(place, ["exec", "alice", "--", "true"], "", {"KEYWARD_MFA_CODE": "123456"}, secrets)
    mfa_process_argument = {"the typo": MISTYPED}
    lines.require_absent({name: value for name, value in secrets.items() if name not in mfa_process_argument})
    require_absent_in_files(place.path, secrets, _given(place))


def _must_fail(place: home.Home, words: list[str], stdin: str, environment: dict, secrets: dict) -> None:
    done = place.keyward("-vv", *words, code=None, stdin=stdin, environment=environment)
    holds(done.returncode in (1, 2, 3, 4), f"`{words[0]}` ended with {done.returncode}: {done.stderr}")
    holds(done.stderr.startswith("error: ") or "\nerror: " in done.stderr, f"`{words[0]}` gave no reason: {done.stderr}")
    require_absent_in_text(done.stdout + done.stderr, secrets, f"the output of a failing `{' '.join(words)}`")


def _lay_out(place: home.Home) -> tuple[str, str]:
    """An account, a passphrase and a config file; gives the key of the user."""
    server = moto.Moto(place)
    place.passphrase(PASSPHRASE)
    place.config(CONFIG)
    return server.user_with_key("alice")


def _given(place: home.Home) -> set[pathlib.Path]:
    """Files in which the person put a secret, not keyward."""
    return {pathlib.Path(place.environment[name]) for name in ("AWS_CONFIG_FILE", "KEYWARD_PASSPHRASE_FILE")}


def _session_secrets(place: home.Home, asked: list[subprocess.CompletedProcess]) -> dict[str, str]:
    """What was handed out, so that it can be searched for; and that it was handed out at all."""
    document = clients.from_document(asked[1].stdout)
    found = {}
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        for number, text in enumerate((document[name], clients.from_environment(asked[2].stdout)[name])):
            found[f"{name} of hand-out {number}"] = text
    equal(len(found), 4, "session secrets")
    return found
