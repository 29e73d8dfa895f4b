"""Moving in, from what other programs wrote: items sealed by a JOSE library, entries of the real
`pass`, items of the real gnome-keyring daemon, a credentials file by the AWS CLI."""

import base64
import json
import pathlib
import subprocess

import joserfc.jwe
from joserfc.jwk import OctKey

from harness import clients, desktop, home, practice, terminal
from harness.case import case, equal, holds

PASSPHRASE = "a passphrase of aws-vault"
OTHER = "typed with a slip"
#: The AWS documentation's example key, which the practice account's user has.
ALICE = practice.ALICE


def _account(place: home.Home) -> practice.Practice:
    """A practice account, and a home beside it where nothing is stored yet."""
    own = ("KEYWARD_HOME", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
    kept = {name: place.environment[name] for name in own}
    account = practice.Practice(place)
    place.environment.update(kept)
    place.write("keyward/config.toml", "passphrase_work = 2\n")
    (place.path / "keyward").chmod(0o700)
    return account


def _item(name: str, key: tuple[str, str]) -> str:
    """An item as the keyring library of aws-vault writes it."""
    credentials = {"AccessKeyID": key[0], "SecretAccessKey": key[1], "SessionToken": "", "CanExpire": False}
    data = base64.b64encode(json.dumps(credentials).encode()).decode()
    return json.dumps({"Key": name, "Data": data, "Label": f"aws-vault ({name})", "Description": ""})


def _seal(place: home.Home, file: str, text: str, passphrase: str) -> None:
    """Seals an item into a file, as aws-vault's file backend does."""
    algorithms = ["PBES2-HS256+A128KW", "A256GCM"]
    header = {"alg": algorithms[0], "enc": algorithms[1], "created": "2026-01-31 12:00:00", "p2c": 8192}
    # `created` is aws-vault's own.
    registry = joserfc.jwe.JWERegistry(algorithms=algorithms, strict_check_header=False)
    key = OctKey.import_key(passphrase.encode())
    place.write(f".awsvault/keys/{file}", joserfc.jwe.encrypt_compact(header, text, key, registry=registry))


def _works(place: home.Home, account: practice.Practice, profile: str) -> None:
    """The key of a profile came along whole: AWS accepts it, with a code."""
    done = place.keyward("whoami", profile, environment={"KEYWARD_MFA_CODE": account.code()})
    holds("user/alice" in done.stdout, f"whoami says: {done.stdout}")


@case
def files_of_aws_vault(place: home.Home) -> None:
    """Sealed by another implementation; sessions and foreign items are skipped."""
    account = _account(place)
    _seal(place, "alice", _item("alice", ALICE), PASSPHRASE)
    _seal(place, "team%2Fbob", _item("team/bob", practice.BOB), PASSPHRASE)
    _seal(place, "sts.GetSessionToken,YQ,YQ,1790000000", "{}", PASSPHRASE)
    place.write(".awsvault/keys/.DS_Store", "Bud1")
    done = place.keyward("import", "aws-vault", "--yes", environment={"AWS_VAULT_FILE_PASSPHRASE": PASSPHRASE})
    holds("1 session" in done.stdout and ".DS_Store" in done.stdout, f"it says: {done.stdout}")
    _works(place, account, "alice")
    listed = json.loads(place.keyward("list", "--json").stdout)
    equal(sorted(row["profile"] for row in listed), ["alice", "team/bob"], "profiles")


@case
def a_person_types_the_passphrases_and_agrees(place: home.Home) -> None:
    """One passphrase per file where they differ; none is shown."""
    account = _account(place)
    _seal(place, "alice", _item("alice", ALICE), PASSPHRASE)
    _seal(place, "bob", _item("bob", practice.BOB), OTHER)
    person = terminal.Typist(place, home.KEYWARD, "import", "aws-vault")
    person.sees("Passphrase of aws-vault's files: ")
    person.types(PASSPHRASE, shown=False)
    seen = person.sees("does not open `bob`")
    person.sees(r"leaves it\): ")
    person.types(OTHER, shown=False)
    seen += person.sees(r"Do it\? \[y/N\]: ")
    holds(PASSPHRASE not in seen and OTHER not in seen, "the terminal showed a passphrase")
    person.types("y", shown=True)
    rest = person.ends()
    equal(person.status, 0, f"the exit code, after: {rest}")
    _works(place, account, "alice")


@case
def a_person_who_says_no_changes_nothing(place: home.Home) -> None:
    """And the file keeps its key."""
    _account(place)
    text = f"[alice]\naws_access_key_id = {ALICE[0]}\naws_secret_access_key = {ALICE[1]}\n"
    credentials = pathlib.Path(place.environment["AWS_SHARED_CREDENTIALS_FILE"])
    credentials.write_text(text)
    person = terminal.Typist(place, home.KEYWARD, "import", "credentials")
    person.sees(r"Do it\? \[y/N\]: ")
    person.types("", shown=True)
    person.ends()
    equal(person.status, 1, "the exit code")
    equal(credentials.read_text(), text, "the credentials file")
    holds(not (place.path / "keyward" / "vault.age").exists(), "a vault was made")


@case
def entries_of_pass(place: home.Home) -> None:
    """The real programs; nothing is opened but what a profile names."""
    gpg = home.program("gpg", "gnupg")
    store = home.program("pass")
    folder = place.path / "gnupg"
    folder.mkdir(mode=0o700)
    place.environment["GNUPGHOME"] = str(folder)
    place.callback(subprocess.run, ["gpgconf", "--kill", "all"], env=place.environment, capture_output=True)
    words = ("--batch", "--passphrase", "", "--quick-generate-key", "pass@test.invalid", "default", "default", "never")
    place.run(gpg, *words)
    account = _account(place)
    place.config("[profile alice]\nregion = eu-central-1\n")
    place.run(store, "init", "pass@test.invalid")
    place.run(store, "insert", "--multiline", "alice", stdin=_item("alice", ALICE))
    place.run(store, "insert", "--multiline", "bank", stdin="nobody's business")
    done = place.keyward("import", "aws-vault", "--backend", "pass", "--yes")
    holds("1 other" in done.stdout, f"it says: {done.stdout}")
    _works(place, account, "alice")


@case
def items_of_gnome_keyring(place: home.Home) -> None:
    """In the collection that the daemon has; a locked one is an error, not a hang."""
    keystore = desktop.Desktop(place)
    keystore.secret_service("login")
    account = _account(place)
    tool = home.program("secret-tool", "libsecret-tools")
    words = ("store", "--label=alice", "--collection=login", "profile", "alice")
    place.run(tool, *words, stdin=_item("alice", ALICE))
    take = ("import", "aws-vault", "--backend", "secret-service", "--collection", "Login", "--yes")
    place.keyward(*take)
    _works(place, account, "alice")
    keystore.close_keystore()
    keystore.secret_service(None)
    done = place.keyward(*take, code=1)
    holds("locked" in done.stderr or "no collection" in done.stderr, f"it says: {done.stderr}")


@case
def a_credentials_file_by_the_aws_cli(place: home.Home) -> None:
    """The CLI wrote the key, keyward imports it, and the CLI finds it again by itself."""
    account = _account(place)
    for key, value in (("aws_access_key_id", ALICE[0]), ("aws_secret_access_key", ALICE[1]), ("region", "us-east-1")):
        place.run(home.AWS_CLI, "configure", "set", key, value, "--profile", "alice")
    credentials = pathlib.Path(place.environment["AWS_SHARED_CREDENTIALS_FILE"])
    holds(ALICE[1] in credentials.read_text(), "the CLI wrote no key")
    place.keyward("import", "credentials", "--yes")
    holds("aws_" not in credentials.read_text(), f"the file says: {credentials.read_text()}")
    place.keyward("setup", "alice")
    place.environment["KEYWARD_MFA_CODE"] = account.code()
    equal(clients.who_by_cli(place, "alice"), "arn:aws:iam::123456789012:user/alice", "who the CLI is")
    equal(clients.who_by_boto3(place, "alice"), "arn:aws:iam::123456789012:user/alice", "who boto3 is")
