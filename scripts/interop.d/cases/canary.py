"""Secrets are planted, every command is run, and every place where they may not be is read:
command lines, standard output, standard error, the traces of `-vv`, the files."""

import pathlib
import subprocess

from harness import clients, home, moto, practice
from harness.canary import CommandLines, require_absent_in_files, require_absent_in_text
from harness.case import Skip, case, equal, holds

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


#: Commands that say things, and commands whose standard output is the credentials themselves.
TALKING = [
    ["list"],
    ["list", "--json"],
    ["explain", "readonly"],
    ["explain", "readonly", "--json"],
    ["explain", "old", "--json"],
    ["whoami", "readonly"],
    ["config", "dump"],
    ["config", "dump", "--json"],
    ["vault", "status"],
    ["vault", "status", "--json"],
    ["exec", "readonly", "--", "true"],
    ["exec", "old", "--", "true"],
]
HANDING_OUT = [
    ["credential-process", "readonly"],
    ["exec", "readonly", "--", "env", "-0"],
    ["env", "readonly", "--format", "bash"],
    ["env", "readonly", "--format", "ini"],
]


@case
def no_command_lets_a_secret_out(place: home.Home) -> None:
    """Commands that work, each as talkative as it can be."""
    key_id, secret = _lay_out(place)
    lasting = {"the passphrase": PASSPHRASE, "the long-lived secret": secret, "the static secret": STATIC}
    place.environment["KEYWARD_MFA_CODE"] = "123456"
    with CommandLines() as lines:
        added = place.keyward("-vv", "add", "alice", "--stdin", stdin=f"{key_id}\n{secret}\n")
        handed_out = [place.keyward("-vv", *words) for words in HANDING_OUT]
        talked = [added, *(place.keyward("-vv", *words) for words in TALKING)]
        secrets = {**lasting, **_session_secrets(handed_out)}
        read = require_absent_in_files(place.path, secrets, _given(place))
        holds(read > 4, "there were no files to read")
        talked += [place.keyward("-vv", "lock"), place.keyward("-vv", "remove", "alice", "--yes")]
    lines.require_absent(secrets)
    for done in talked:
        require_absent_in_text(done.stdout + done.stderr, secrets, f"the output of `{' '.join(done.args)}`")
    for done in handed_out:
        require_absent_in_text(done.stdout, lasting, "the credentials that were asked for")
        require_absent_in_text(done.stderr, secrets, f"what `{' '.join(done.args)}` said")
    require_absent_in_files(place.path, secrets, _given(place))


@case
def no_program_that_keyward_starts_is_given_a_secret(place: home.Home) -> None:
    """The kernel's own list of every program started, with arguments and environment: the
    code's command and the child of `exec` get no passphrase, no code, no long-lived key."""
    strace = home.program("strace")
    if place.run(strace, "-o", "/dev/null", "true", code=None).returncode != 0:
        raise Skip("tracing is forbidden on this machine")
    key_id, secret = _lay_out(place)
    place.store("alice", key_id, secret)
    place.environment["KEYWARD_PASSPHRASE"] = PASSPHRASE
    config = pathlib.Path(place.environment["AWS_CONFIG_FILE"])
    config.write_text(
        config.read_text().replace("[profile alice]\n", "[profile alice]\nmfa_process = expr 424200 + 42\n")
    )
    trace = place.path / "trace"
    options = ["-f", "-v", "-s", "100000", "-e", "trace=execve", "-e", "signal=none", "-o", str(trace)]
    place.run(strace, *options, home.KEYWARD, "exec", "readonly", "--", "/bin/true")
    started = [line for line in trace.read_text().splitlines() if " execve(" in line]
    trace.unlink()
    names = [pathlib.Path(line.split('execve("', 1)[1].split('"', 1)[0]).name for line in started]
    # A program that is searched for is tried in every folder of the path.
    equal(
        [name for number, name in enumerate(names) if name not in names[:number]],
        ["keyward", "keyward-full", "sh", "expr", "true"],
        "programs",
    )
    secrets = {"the passphrase": PASSPHRASE, "the long-lived secret": secret, "the code": "424242"}
    for name, line in zip(names, started, strict=True):
        # Both are keyward, which received the secrets from the
        # person.
        if name in ("keyward", "keyward-full"):
            continue
        require_absent_in_text(line, secrets, f"what `{name}` was given")
    holds("AWS_SESSION_TOKEN=" in started[-1], "the trace holds no environment")


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
        (["exec", "alice", "--", "true"], "", {"AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1", "KEYWARD_MFA_CODE": "123456"}),
        (["exec", "half", "--", "true"], "", {}),
        (["explain", "half"], "", {}),
        (["whoami"], "", {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": ""}),
    ]
    config = pathlib.Path(place.environment["AWS_CONFIG_FILE"])
    text = config.read_text()
    with CommandLines() as lines:
        for words, stdin, environment in mistakes:
            _must_fail(place, words, secrets, stdin, environment)
        for broken in (
            f"aws_secret_access_key {MISTYPED}",
            f"[profile x\naws_secret_access_key = {MISTYPED}",
            f"= {MISTYPED}",
        ):
            config.write_text(f"{text}{broken}\n")
            for words in (["config", "dump"], ["list"], ["credential-process", "alice"]):
                _must_fail(place, words, secrets)
        # A command for codes that prints something else, in two halves to distinguish it from its own
        # line.
        config.write_text(
            text.replace("[profile alice]\n", "[profile alice]\nmfa_process = printf %s%s canaryJunk 4f1c9d\n")
        )
        _must_fail(place, ["exec", "alice", "--", "true"], {**secrets, "the junk": "canaryJunk4f1c9d"})
        config.write_text(text)
        vault = place.path / "keyward" / "vault.age"
        vault.write_bytes(vault.read_bytes()[:100])
        _must_fail(place, ["exec", "alice", "--", "true"], secrets, environment={"KEYWARD_MFA_CODE": "123456"})
    lines.require_absent(secrets)
    require_absent_in_files(place.path, secrets, _given(place))


def _must_fail(
    place: home.Home, words: list[str], secrets: dict, stdin: str = "", environment: dict | None = None
) -> None:
    done = place.keyward("-vv", *words, code=None, stdin=stdin, environment=environment)
    holds(done.returncode in (1, 2, 3, 4), f"`{words[0]}` ended with {done.returncode}: {done.stderr}")
    holds(
        done.stderr.startswith("error: ") or "\nerror: " in done.stderr, f"`{words[0]}` gave no reason: {done.stderr}"
    )
    require_absent_in_text(done.stdout + done.stderr, secrets, f"the output of a failing `{' '.join(words)}`")


def _lay_out(place: home.Home) -> tuple[str, str]:
    """An account, a passphrase and a config file; returns the key of the user."""
    server = moto.Moto(place)
    place.passphrase(PASSPHRASE)
    place.config(CONFIG)
    return server.user_with_key("alice")


def _given(place: home.Home) -> set[pathlib.Path]:
    """Files in which the person put a secret, not keyward."""
    return {pathlib.Path(place.environment[name]) for name in ("AWS_CONFIG_FILE", "KEYWARD_PASSPHRASE_FILE")}


def _session_secrets(handed_out: list[subprocess.CompletedProcess]) -> dict[str, str]:
    """What was handed out, so that it can be searched for; and that it was handed out at all."""
    by_process = clients.from_document(handed_out[0].stdout)
    by_exec = clients.from_environment(handed_out[1].stdout)
    names = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    return {
        f"{name} by {way}": found[name] for way, found in (("process", by_process), ("exec", by_exec)) for name in names
    }
