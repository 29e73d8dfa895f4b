"""`config dump` against botocore's own loader, on files that both read the same way, and on
files that both refuse. Where the two differ by design, keyward follows the SDKs' shared
grammar and its own tests say so."""

import importlib
import json
import pathlib
import random
import string
from typing import Any

from harness import home
from harness.case import Failure, case, each, equal, holds

LOADERS = [("boto3", "botocore.session"), ("the AWS CLI", "awscli.botocore.session")]
FILES = [
    ("", ""),
    ("[default]\nregion=eu-west-1\n", "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"),
    ("[default]\nREGION = eu-west-1\nOutput =json\n", ""),
    ("# a comment\n; another\n\n[profile a]\n# inside\nregion = x\n\n\n[profile b]\nregion = y\n", ""),
    ("[profile a]\r\nregion = x\r\nrole_arn = arn:aws:iam::123456789012:role/R\r\n", ""),
    ("[profile a]\nregion = x", "[a]\nregion = y\n[c]\nregion = z"),
    ("[profile a]\nempty =\nvalue = a=b:c%d\nhash = a#b;c\n", ""),
    ("[profile a]\nlong = one\n  two\n\tthree\nregion = x\n", ""),
    ("[profile a]\n  # first\nregion = x\n  # note\n\t; another\nlong = one\n  # between\n  two\n", ""),
    ("[profile a]\ns3 =\n  # note\n  addressing_style = path\nregion = x\n", ""),
    ("[profile a]\ns3 =\n  max_concurrent_requests = 20\n  addressing_style = path\nregion = x\n", ""),
    ("[profile a]\nservices = local\n[services local]\nsts =\n  endpoint_url = http://127.0.0.1:1\n", ""),
    (
        "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://example.com/start\n"
        "[profile a]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = R\n",
        "",
    ),
    ("[profile a]\nname = Zoë Ångström\n", ""),
    ("[profile a.b/c@d:e+f%g_h-i]\nregion = x\n", "[a.b/c@d:e+f%g_h-i]\noutput = json\n"),
    ("[profile\ta]\nregion = x\n", ""),
    (
        "[profile a]\nrole_arn = r\nsource_profile = b\n"
        "[profile b]\naws_access_key_id = k\naws_secret_access_key = s\n",
        "",
    ),
    ("[profile a]\ncredential_process = \"/opt/a b/tool\" --flag 'x y'\n", ""),
]
REFUSED = ["[profile a\nregion = x\n", "region = x\n", "[profile a]\nregion x\n", "[profile a]\n= x\n"]
RANDOM_FILES = 150


@each(LOADERS)
def dump_agrees_with(place: home.Home, module: str) -> None:
    """Files written by hand, one for each rule that both follow."""
    for config, credentials in FILES:
        _compare(place, module, config, credentials)


@each(LOADERS)
def dump_of_random_files_agrees_with(place: home.Home, module: str) -> None:
    """Random files; the seed is fixed, so that a difference can be reproduced."""
    chance = random.Random(20_261_121)
    for _ in range(RANDOM_FILES):
        _compare(place, module, _random_file(chance, "profile "), _random_file(chance, ""))


@each(LOADERS)
def dump_refuses_what_is_refused_by(place: home.Home, module: str) -> None:
    """A broken file stops both, and keyward names its line."""
    for text in REFUSED:
        place.config(text)
        try:
            _botocore(place, module)
        except Exception as error:  # noqa: BLE001  # two copies of botocore have two error types
            equal(type(error).__name__, "ConfigParseError", f"botocore's error on {text!r}")
        else:
            raise Failure(f"botocore reads {text!r}")
        done = place.keyward("config", "dump", "--json", code=2)
        holds("config:" in done.stderr or "line " in done.stderr, f"no line is named in: {done.stderr}")


@case
def dump_never_shows_a_secret(place: home.Home) -> None:
    """botocore shows it, keyward masks it, and nothing else differs."""
    place.config("[profile a]\naws_access_key_id = k\naws_secret_access_key = hide-me\naws_session_token = me-too\n")
    equal(_botocore(place, LOADERS[0][1])["profiles"]["a"]["aws_secret_access_key"], "hide-me", "botocore's secret")
    dump = place.keyward("config", "dump", "--json").stdout
    holds("hide-me" not in dump and "me-too" not in dump, "the dump shows a secret")


def _compare(place: home.Home, module: str, config: str, credentials: str) -> None:
    place.config(config)
    pathlib.Path(place.environment["AWS_SHARED_CREDENTIALS_FILE"]).write_text(credentials)
    dump = json.loads(place.keyward("config", "dump", "--json").stdout)
    theirs = _botocore(place, module)
    for ours, name in (("profiles", "profiles"), ("sso_sessions", "sso_sessions"), ("services", "services")):
        found = {section: _nested(keys) for section, keys in dump[ours].items()}
        wanted = {section: _masked(keys) for section, keys in theirs.get(name, {}).items()}
        equal(found, wanted, f"{name} of {config!r} and {credentials!r}")


def _botocore(place: home.Home, module: str) -> dict[str, Any]:
    session = importlib.import_module(module).Session()
    session.set_config_variable("config_file", place.environment["AWS_CONFIG_FILE"])
    session.set_config_variable("credentials_file", place.environment["AWS_SHARED_CREDENTIALS_FILE"])
    return session.full_config


def _nested(keys: dict[str, str]) -> dict[str, Any]:
    """botocore splits nested settings; the dump prints them unchanged."""
    return {key: _split(value) if value.startswith("\n") else value for key, value in keys.items()}


def _split(value: str) -> dict[str, str]:
    pairs = (line.split("=", 1) for line in value.splitlines() if line.strip())
    return {name.strip(): text.strip() for name, text in pairs}


def _masked(keys: dict[str, Any]) -> dict[str, Any]:
    return {
        key: "***" if key in ("aws_secret_access_key", "aws_session_token") else value for key, value in keys.items()
    }


def _random_file(chance: random.Random, prefix: str) -> str:
    """Sections and keys once each, no comment after a value, no blank line inside one."""
    end = chance.choice(["\n", "\n", "\r\n"])
    lines: list[str] = []
    names = chance.sample(["a", "b", "team-1", "x.y", "u@v", "default"], k=chance.randint(0, 4))
    for name in names:
        lines += [chance.choice(["# words", "; words = more", ""]) for _ in range(chance.randint(0, 2))]
        lines.append(f"[{name}]" if name == "default" else f"[{prefix}{name}]")
        keys = chance.sample(
            ["region", "Output", "ROLE_ARN", "mfa_serial", "x-y.z", "k1", "k2", "s3"], k=chance.randint(0, 6)
        )
        for key in keys:
            lines += _random_setting(chance, key)
    return end.join(lines) + chance.choice(["", end])


def _random_setting(chance: random.Random, key: str) -> list[str]:
    blank = chance.choice(["", " ", "  ", "\t"])
    if key == "s3":
        inner = chance.sample(["one", "two", "three"], k=chance.randint(1, 3))
        return [f"{key}{blank}=", *(f"  {name} ={blank}{_random_word(chance)}" for name in inner)]
    lines = [f"{key}{blank}={blank}{_random_word(chance)}{blank}"]
    lines += [f"  {_random_word(chance)}" for _ in range(chance.choice([0, 0, 0, 1, 2]))]
    return lines


def _random_word(chance: random.Random) -> str:
    inner = string.ascii_letters + string.digits + "/+=:.-_%@é§ #;"
    word = "".join(chance.choice(inner) for _ in range(chance.randint(1, 20)))
    # What follows a blank and `#` or `;` is a comment to the SDKs and a value to botocore.
    for mark in ("#", ";"):
        word = word.replace(f" {mark}", f"_{mark}")
    return f"v{word}v"
