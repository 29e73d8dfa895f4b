"""Every kind of chain through every way of handing out: `exec`, `env` and `credential-process`
must give credentials that boto3 can use, against moto, which checks nothing, and against the
practice account, which checks everything."""

import dataclasses
import datetime

from harness import clients, home, moto, practice
from harness.case import each, equal, holds

HOUR = 3600
ALICE = """
[profile alice]
region = eu-central-1
"""
WITH_MFA = f"mfa_serial = {practice.SERIAL}\n"
READ_ONLY = """
[profile target]
source_profile = alice
role_arn = arn:aws:iam::123456789012:role/ReadOnly
"""
CHAIN = """
[profile readonly]
source_profile = alice
role_arn = arn:aws:iam::123456789012:role/ReadOnly

[profile target]
source_profile = readonly
role_arn = arn:aws:iam::111122223333:role/Deploy
"""
PARTNER = """
[profile target]
source_profile = alice
role_arn = arn:aws:iam::111122223333:role/ReadOnly
external_id = practice
"""


@dataclasses.dataclass(frozen=True)
class Chain:
    """A profile and what it must come to."""

    config: str
    arn: str
    calls: list[str]
    profile: str = "target"
    code: bool = True
    #: How long credentials live that cannot renew themselves, and those that can.
    static: int = HOUR
    renewing: int = HOUR
    #: The calls without automatic renewal, if they differ.
    static_calls: list[str] | None = None


def _role(account: str, name: str) -> str:
    return f"arn:aws:sts::{account}:assumed-role/{name}/alice"


SESSION, ROLE = "GetSessionToken", "AssumeRole"
ONE_ROLE = {"arn": _role(moto.ACCOUNT, "ReadOnly"), "calls": [SESSION, ROLE]}
CHAINS = [
    (
        "key only",
        Chain(
            "[profile bob]\nregion = eu-central-1\n",
            "arn:aws:iam::123456789012:user/bob",
            [SESSION],
            profile="bob",
            code=False,
            static=12 * HOUR,
            renewing=12 * HOUR,
        ),
    ),
    (
        "key and MFA",
        Chain(
            ALICE + WITH_MFA,
            "arn:aws:iam::123456789012:user/alice",
            [SESSION],
            profile="alice",
            static=12 * HOUR,
            renewing=12 * HOUR,
        ),
    ),
    ("role, MFA on the role", Chain(ALICE + READ_ONLY + WITH_MFA, **ONE_ROLE)),
    ("role, MFA on the source", Chain(ALICE + WITH_MFA + READ_ONLY, **ONE_ROLE)),
    ("role, MFA on both", Chain(ALICE + WITH_MFA + READ_ONLY + WITH_MFA, **ONE_ROLE)),
    (
        "two roles in a chain",
        Chain(ALICE + WITH_MFA + CHAIN, _role(moto.PARTNER, "Deploy"), [SESSION, ROLE, ROLE]),
    ),
    (
        "role in a second account",
        Chain(ALICE + WITH_MFA + PARTNER, _role(moto.PARTNER, "ReadOnly"), [SESSION, ROLE]),
    ),
    (
        "role for four hours",
        Chain(
            ALICE + WITH_MFA + READ_ONLY + "duration_seconds = 14400\n",
            **ONE_ROLE,
            static=4 * HOUR,
            static_calls=[ROLE],
        ),
    ),
]


@each(CHAINS)
def the_practice_account_takes(place: home.Home, chain: Chain) -> None:
    """Each way from a cold cache, with the calls it may make; then again from the cache."""
    account = practice.Practice(place)
    place.config(chain.config)
    for way, hand_out in WAYS.items():
        seen = len(account.journal())
        given = {"KEYWARD_MFA_CODE": account.code()} if chain.code else {}
        credentials = hand_out(place, chain.profile, given)
        made = [entry["action"] for entry in account.journal()[seen:]]
        wanted = (chain.static_calls if way in STATIC else None) or chain.calls
        equal(made, wanted, f"the calls of `{way}`")
        _check(chain, way, credentials, account.url, chain.arn)
        before = len(account.journal())
        again = hand_out(place, chain.profile, {})
        equal(len(account.journal()), before, f"the calls of a second `{way}`")
        equal(again["AWS_ACCESS_KEY_ID"], credentials["AWS_ACCESS_KEY_ID"], f"the key of a second `{way}`")
        place.keyward("lock")
        # The phone's next code; each code works once.
        account.advance(30)


@each(CHAINS)
def moto_takes(place: home.Home, chain: Chain) -> None:
    """The same without the practice account's checks: requests and answers of another implementation."""
    server = moto.Moto(place)
    place.passphrase("correct horse battery staple")
    user = "bob" if chain.profile == "bob" else "alice"
    place.store(user, *server.user_with_key(user))
    place.config(chain.config)
    # moto answers for every session of a user with a user of its own.
    arn = chain.arn if "assumed-role" in chain.arn else "arn:aws:sts::123456789012:user/moto"
    for number, (way, hand_out) in enumerate(WAYS.items()):
        # moto accepts any code; keyward sends none of them twice.
        given = {"KEYWARD_MFA_CODE": f"{123456 + number}"} if chain.code else {}
        credentials = hand_out(place, chain.profile, given)
        _check(chain, way, credentials, server.url, arn)


def _check(chain: Chain, way: str, credentials: dict[str, str], url: str, arn: str) -> None:
    equal(clients.who_are(credentials, url), arn, f"who `{way}` makes one")
    end = datetime.datetime.fromisoformat(credentials["AWS_CREDENTIAL_EXPIRATION"])
    left = (end - datetime.datetime.now(datetime.UTC)).total_seconds()
    wanted = chain.static if way in STATIC else chain.renewing
    # A minute or two for the practice clock, which the case moved forward.
    holds(wanted - 60 < left < wanted + 180, f"`{way}` gives {left:.0f} s, wanted {wanted} s")


def _by_exec(place: home.Home, profile: str, given: dict[str, str]) -> dict[str, str]:
    seen = clients.from_environment(place.keyward("exec", profile, "--", "env", "-0", environment=given).stdout)
    equal(seen["KEYWARD_PROFILE"], profile, "the child's KEYWARD_PROFILE")
    equal(seen["AWS_REGION"], "eu-central-1", "the child's region")
    for name in ("KEYWARD_MFA_CODE", "KEYWARD_PASSPHRASE_FILE", "AWS_PROFILE"):
        holds(name not in seen, f"{name} reached the child")
    return seen


def _by_env(place: home.Home, profile: str, given: dict[str, str]) -> dict[str, str]:
    script = 'set -e; text=$("$0" env "$1" --format bash); eval "$text"; env -0'
    done = place.run("bash", "-c", script, home.KEYWARD, profile, environment={**given, "AWS_PROFILE": "stale"})
    seen = clients.from_environment(done.stdout)
    holds("AWS_PROFILE" not in seen, "`env` left a stale AWS_PROFILE")
    return seen


def _by_process(place: home.Home, profile: str, given: dict[str, str]) -> dict[str, str]:
    return clients.from_document(place.keyward("credential-process", profile, environment=given).stdout)


WAYS = {"exec": _by_exec, "env": _by_env, "credential-process": _by_process}
#: The ways whose credentials end when they end.
STATIC = {"exec", "env"}
