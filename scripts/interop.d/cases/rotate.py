"""Rotation against another implementation of IAM, judged by boto3, and typed on a terminal."""

from harness import clients, home, moto, practice, terminal
from harness.case import case, equal, holds

CODE = {"KEYWARD_MFA_CODE": "123456"}
CODE_WORD = "MFA code for"
CODE_PROMPT = CODE_WORD + r" \S+ \(arn:aws:iam::123456789012:mfa/alice\): "


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


@case
def one_passphrase_and_one_code_are_typed(place: home.Home) -> None:
    """A wrong code is asked again; then nothing more is asked to the end."""
    account = practice.Practice(place)
    del place.environment["KEYWARD_PASSPHRASE_FILE"]
    person = terminal.Typist(place, home.KEYWARD, "rotate", "readonly")
    person.sees("Vault passphrase: ")
    person.types("practice vault", shown=False)
    person.sees(CODE_PROMPT)
    right = account.code()
    person.types(f"{(int(right) + 500_000) % 1_000_000:06}", shown=True)
    person.sees("AWS did not accept that code")
    person.sees(CODE_PROMPT)
    person.types(account.code(), shown=True)
    rest = person.ends()
    equal(person.status, 0, "the exit code")
    holds("rotated" in rest and "assphrase" not in rest and CODE_WORD not in rest, "nothing more was asked")
    equal(len(account.journal("DeleteAccessKey")), 1, "keys deleted")


@case
def a_session_that_dies_with_its_key_takes_a_second_code(place: home.Home) -> None:
    """The message names the reason, and the rotation ends in the same run."""
    account = practice.Practice(place)
    refusal = {"status": 403, "code": "InvalidClientTokenId", "message": "The security token is invalid"}
    account.fault(action="DeleteAccessKey", times=1, effect={"error": refusal})
    person = terminal.Typist(place, home.KEYWARD, "rotate", "alice")
    person.sees(CODE_PROMPT)
    person.types(account.code(), shown=True)
    person.sees("the session ended with the old key")
    person.sees(CODE_PROMPT)
    # The phone's next code; a code is taken once.
    account.advance(30)
    person.types(account.code(), shown=True)
    rest = person.ends()
    equal(person.status, 0, "the exit code")
    holds("rotated" in rest, "the end")
    equal(len(account.journal("CreateAccessKey")), 1, "keys made")
