"""Rotation against another implementation of IAM, and judged by boto3."""

from harness import clients, home, moto, practice
from harness.case import case, equal, holds

CODE = {"KEYWARD_MFA_CODE": "123456"}


def _alice(place: home.Home) -> tuple[moto.Moto, str]:
    """A server with Alice's key in the vault; moto checks no MFA, but it keeps keys."""
    server = moto.Moto(place)
    place.passphrase("correct horse battery staple")
    key = server.user_with_key("alice")
    place.store("alice", *key)
    place.config(f"[profile alice]\nregion = eu-central-1\nmfa_serial = {practice.SERIAL}\n")
    return server, key[0]


def _keys(server: moto.Moto) -> list[dict]:
    return server.iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]


@case
def moto_is_left_with_the_one_key_that_works(place: home.Home) -> None:
    """Made, proved, switched off and deleted in another's IAM."""
    server, old = _alice(place)
    done = place.keyward("rotate", "alice", environment=CODE)
    keys = _keys(server)
    equal([found["Status"] for found in keys], ["Active"], "the states of the keys left")
    new = keys[0]["AccessKeyId"]
    holds(new != old and new in done.stderr, "a new key, and named")
    handed = place.keyward("env", "alice", "--no-session", "--format", "json")
    credentials = clients.from_document(handed.stdout)
    equal(credentials["AWS_ACCESS_KEY_ID"], new, "the key in the vault")
    equal(clients.who_are(credentials, server.url), "arn:aws:iam::123456789012:user/alice", "whose it is")


@case
def a_third_key_is_never_asked_for(place: home.Home) -> None:
    """Two keys are shown with their use, and stay."""
    server, old = _alice(place)
    other = server.iam.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"]
    done = place.keyward("rotate", "alice", code=1, environment=CODE)
    holds(other in done.stderr and old in done.stderr, "both keys are shown")
    equal(len(_keys(server)), 2, "the keys left")


@case
def a_revoked_key_is_gone(place: home.Home) -> None:
    """From moto and from the vault."""
    server, old = _alice(place)
    place.keyward("remove", "alice", "--revoke", "--yes", environment=CODE)
    equal(_keys(server), [], "the keys left")
    holds(old not in place.keyward("vault", "status").stdout, "nothing in the vault")
