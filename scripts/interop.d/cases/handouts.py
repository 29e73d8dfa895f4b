"""Initial secrets are encrypted to keys that GnuPG, OpenPGP.js, age and OpenSSH made, and opened by
GnuPG and age. Keys that these could not use are refused before anything is encrypted."""

import base64
import json
import pathlib
import re
import subprocess

from harness import home, node, practice, rust
from harness.case import case, each, equal, holds

PASSWORD = "correct-Horse7-battery"

#: Years before the keys of a case expire, and two moments to make keys at.
EARLY, LATER = "20200101T000000", "20200102T000000"

ED25519 = "Key-Type: EDDSA\nKey-Curve: ed25519\nKey-Usage: sign,cert\n"
CV25519 = "Subkey-Type: ECDH\nSubkey-Curve: cv25519\nSubkey-Usage: encrypt\n"
BRAINPOOL = "Subkey-Type: ECDH\nSubkey-Curve: brainpoolP384r1\nSubkey-Usage: encrypt\n"


def _rsa(bits: int) -> str:
    return (
        f"Key-Type: RSA\nKey-Length: {bits}\nKey-Usage: sign,cert\n"
        f"Subkey-Type: RSA\nSubkey-Length: {bits}\nSubkey-Usage: encrypt\n"
    )


def _curve(name: str) -> str:
    return (
        f"Key-Type: ECDSA\nKey-Curve: {name}\nKey-Usage: sign,cert\n"
        f"Subkey-Type: ECDH\nSubkey-Curve: {name}\nSubkey-Usage: encrypt\n"
    )


class Gpg:
    """GnuPG in a home of the case's own."""

    def __init__(self, place: home.Home) -> None:
        self.place, self.program = place, home.program("gpg", "gnupg")
        folder = place.path / "g"
        folder.mkdir(mode=0o700)
        place.environment["GNUPGHOME"] = str(folder)
        place.callback(subprocess.run, ["gpgconf", "--kill", "all"], env=place.environment, capture_output=True)

    def run(self, *words: str, **more) -> subprocess.CompletedProcess:
        """Runs gpg without a question."""
        quiet = ("--batch", "--quiet", "--yes", "--pinentry-mode", "loopback", "--passphrase", "")
        return self.place.run(self.program, *quiet, *words, **more)

    def make(self, parameters: str, *, at: str | None = None, expires: str = "0", name: str = "Alice") -> str:
        """Makes a key and returns its fingerprint."""
        text = f"{parameters}Name-Real: {name}\nExpire-Date: {expires}\n%no-protection\n%commit\n"
        made = self.run(*_at(at), "--status-fd", "1", "--gen-key", stdin=text).stdout
        return re.search(r"KEY_CREATED . ([0-9A-F]{40})", made)[1]

    def add(self, key: str, kind: str, *, at: str | None = None, expires: str = "never") -> str:
        """Adds an encryption subkey and returns its fingerprint."""
        self.run(*_at(at), "--quick-add-key", key, kind, "encr", expires)
        return self.subkeys(key)[-1]

    def subkeys(self, key: str) -> list[str]:
        """The fingerprints of a key's subkeys."""
        listed = self.run("--with-colons", "--list-keys", key).stdout
        return re.findall(r"^fpr:+([0-9A-F]{40}):", listed, re.MULTILINE)[1:]

    def edit(self, key: str, *commands: str) -> None:
        """Changes a key as a person does in its menu."""
        words = ("--quiet", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", "", "--command-fd", "0")
        self.place.run(self.program, *words, "--edit-key", key, stdin="\n".join((*commands, "save", "")))

    def export(self, *keys: str) -> bytes:
        """The public keys, binary."""
        # Binary output does not pass through text.
        file = self.place.path / "exported"
        self.run("--output", str(file), "--export", *keys)
        return file.read_bytes()

    def armor(self, *keys: str) -> str:
        """The public keys, armored."""
        return self.run("--armor", "--export", *keys).stdout

    def opens(self, sealed: str) -> str:
        """What `base64 -d | gpg --decrypt` makes of a text."""
        file = self.place.write("sealed", sealed)
        pipe = f"base64 -d {file} | {self.program} --batch --quiet --decrypt"
        return self.place.run("bash", "-o", "pipefail", "-c", pipe).stdout


def _at(moment: str | None) -> tuple[str, ...]:
    return ("--faked-system-time", f"{moment}!") if moment else ()


def _encrypt(place: home.Home, *keys: tuple[str, bytes], code: int = 0) -> subprocess.CompletedProcess:
    """Encrypts the password to keys: each a kind, and the content of a file."""
    words = []
    for number, (kind, content) in enumerate(keys):
        file = place.path / f"key{number}"
        file.write_bytes(content)
        words += [kind, str(file)]
    return place.run(rust.encrypt(), "password", *words, stdin=PASSWORD, code=code)


def _texts(done: subprocess.CompletedProcess) -> dict[str, str]:
    """The texts by their format."""
    found = re.split(r"^(Pgp|Age)\n", done.stdout, flags=re.MULTILINE)[1:]
    return dict(zip(found[::2], found[1::2], strict=True))


def _refused(place: home.Home, kind: str, content: bytes | str, *wanted: str) -> None:
    content = content.encode() if isinstance(content, str) else content
    done = _encrypt(place, (kind, content), code=1)
    for words in wanted:
        holds(words in done.stderr, f"wanted {words!r} in: {done.stderr}")
    equal(done.stdout, "", "what is printed for a refused key")


def _opened_by_gpg(gpg: Gpg, content: bytes, key: str, encrypts_to: str) -> None:
    done = _encrypt(gpg.place, ("pgp", content))
    holds(done.stderr.startswith(f"PGP {key} encrypts to "), done.stderr)
    holds(f" {encrypts_to} " in done.stderr, f"wanted {encrypts_to}: {done.stderr}")
    text = _texts(done)["Pgp"]
    equal(len(text.splitlines()), 1, "the lines of the text")
    # No line break at the end, so that the password can be copied whole.
    equal(gpg.opens(text), PASSWORD, "what gpg opens")


@each(
    [
        ("rsa2048", _rsa(2048)),
        ("rsa3072", _rsa(3072)),
        ("cv25519", ED25519 + CV25519),
        ("nistp256", _curve("nistp256")),
        ("nistp384", _curve("nistp384")),
        ("nistp521", _curve("nistp521")),
    ]
)
def gpg_opens_what_is_encrypted_to(place: home.Home, parameters: str) -> None:
    """Every kind of key that GnuPG 2.2 makes and the program supports."""
    gpg = Gpg(place)
    key = gpg.make(parameters)
    _opened_by_gpg(gpg, gpg.export(key), key, gpg.subkeys(key)[0])


@case
def every_form_that_people_paste_is_read(place: home.Home) -> None:
    """Binary, armored, base64 of both, of any line length, and PowerShell's UTF-16."""
    gpg = Gpg(place)
    key = gpg.make(ED25519 + CV25519)
    binary, armor = gpg.export(key), gpg.armor(key)
    for content in (
        binary,
        armor.encode(),
        armor.replace("\n", "\r\n").encode("utf-16"),
        "".join(f"    {line}\n" for line in armor.splitlines()).encode(),
        base64.b64encode(binary),
        base64.encodebytes(binary),
        base64.b64encode(armor.encode()),
    ):
        _opened_by_gpg(gpg, content, key, gpg.subkeys(key)[0])


@case
def the_key_that_gpg_would_choose_is_chosen(place: home.Home) -> None:
    """The primary key alone, the newer of two subkeys, and the one that is left."""
    gpg = Gpg(place)
    alone = gpg.make("Key-Type: RSA\nKey-Length: 2048\nKey-Usage: sign,cert,encrypt\n", name="Alone")
    _opened_by_gpg(gpg, gpg.export(alone), alone, alone)

    two = gpg.make(_rsa(2048), at=EARLY, name="Two")
    newer = gpg.add(two, "cv25519", at=LATER)
    _opened_by_gpg(gpg, gpg.export(two), two, newer)
    gpg.edit(two, "key 2", "revkey", "y", "0", "", "y")
    _opened_by_gpg(gpg, gpg.export(two), two, gpg.subkeys(two)[0])

    # A key that its owner extended after its end, by the commands that the refusals name.
    extended = gpg.make(ED25519 + CV25519, at=EARLY, expires="1y", name="Extended")
    _refused(place, "pgp", gpg.export(extended), "expired on 2020-12-31", "--quick-set-expire")
    gpg.run("--quick-set-expire", extended, "2y")
    subkey = gpg.subkeys(extended)[0]
    _refused(place, "pgp", gpg.export(extended), f"`gpg --quick-set-expire {extended} 2y {subkey}`")
    gpg.run("--quick-set-expire", extended, "2y", subkey)
    _opened_by_gpg(gpg, gpg.export(extended), extended, subkey)


@case
def signatures_of_others_do_not_matter(place: home.Home) -> None:
    """A key signed by another person, whose own key is absent."""
    gpg = Gpg(place)
    alice, bob = gpg.make(ED25519 + CV25519), gpg.make(ED25519 + CV25519, name="Bob")
    gpg.run("--local-user", bob, "--quick-sign-key", alice)
    _opened_by_gpg(gpg, gpg.export(alice), alice, gpg.subkeys(alice)[0])


@case
def each_of_a_persons_keys_opens_the_secret(place: home.Home) -> None:
    """Two PGP keys share a message, and an age key and an SSH key share a file."""
    gpg = Gpg(place)
    keys = [gpg.make(ED25519 + CV25519), gpg.make(_rsa(2048), name="Work")]
    age_file, recipient = _age_key(place)
    ssh = _ssh_key(place, "ed25519")
    texts = _texts(
        _encrypt(
            place,
            ("pgp", gpg.export(keys[0])),
            ("age", recipient.encode()),
            ("pgp", gpg.export(keys[1])),
            ("ssh", ssh.with_suffix(".pub").read_bytes()),
        )
    )
    for gone in keys:
        kept = next(key for key in keys if key != gone)
        secret = gpg.run("--armor", "--export-secret-keys", gone).stdout
        gpg.run("--delete-secret-keys", gone)
        equal(gpg.opens(texts["Pgp"]), PASSWORD, f"what {kept} opens")
        gpg.run("--import", stdin=secret)
    for identity in (age_file, ssh):
        equal(_age_opens(place, texts["Age"], identity), PASSWORD, f"what {identity.name} opens")


@each(
    [
        ("sign only", (ED25519, "can sign but not encrypt", "--quick-add-key")),
        ("rsa1024", (_rsa(1024), "1024 bits, and 2048 are needed")),
        ("brainpool", (_curve("brainpoolP256r1"), "primary key is on curve brainpoolP256r1")),
        ("brainpool subkey", (ED25519 + BRAINPOOL, "curve brainpoolP384r1", "--quick-add-key")),
    ]
)
def a_key_of_gpg_is_refused(place: home.Home, row: tuple[str, ...]) -> None:
    """Keys that GnuPG makes, to which nothing may or can be encrypted."""
    parameters, *wanted = row
    gpg = Gpg(place)
    _refused(place, "pgp", gpg.export(gpg.make(parameters)), *wanted)


@case
def the_remedies_make_usable_keys(place: home.Home) -> None:
    """The commands in refusals, word for word."""
    gpg = Gpg(place)
    sign_only = gpg.make(ED25519)
    done = _encrypt(place, ("pgp", gpg.export(sign_only)), code=1)
    remedy = re.search(r"`gpg (--quick-add-key [^`]*)`", done.stderr)[1]
    gpg.run(*remedy.split())
    _opened_by_gpg(gpg, gpg.export(sign_only), sign_only, gpg.subkeys(sign_only)[0])

    small = gpg.make(_rsa(1024), name="Small")
    done = _encrypt(place, ("pgp", gpg.export(small)), code=1)
    remedy = re.search(r"`gpg (--quick-generate-key NAME)`", done.stderr)[1]
    made = gpg.run("--status-fd", "1", *remedy.replace("NAME", "new@test.invalid").split()).stdout
    key = re.search(r"KEY_CREATED . ([0-9A-F]{40})", made)[1]
    _opened_by_gpg(gpg, gpg.export(key), key, gpg.subkeys(key)[0])


@case
def ended_keys_are_refused(place: home.Home) -> None:
    """Expired and revoked, as a whole and the subkey alone."""
    gpg = Gpg(place)
    expired = gpg.make(ED25519 + CV25519, at=EARLY, expires="1y", name="Expired")
    _refused(place, "pgp", gpg.armor(expired), f"{expired} expired on 2020-12-31")

    primary = gpg.make(ED25519, at=EARLY, name="Subkey expired")
    subkey = gpg.add(primary, "cv25519", at=EARLY, expires="1y")
    _refused(place, "pgp", gpg.armor(primary), f"{subkey} expired on 2020-12-31")

    subkey_revoked = gpg.make(ED25519 + CV25519, name="Subkey revoked")
    gpg.edit(subkey_revoked, "key 1", "revkey", "y", "0", "", "y")
    _refused(place, "pgp", gpg.armor(subkey_revoked), f"{gpg.subkeys(subkey_revoked)[0]} is revoked")

    revoked = gpg.make(ED25519 + CV25519, name="Revoked")
    certificate = place.path / "g" / "openpgp-revocs.d" / f"{revoked}.rev"
    # GnuPG puts a colon in front, so that a paste does not import it by
    # accident.
    gpg.run("--import", stdin=certificate.read_text().replace(":-----BEGIN", "-----BEGIN"))
    _refused(place, "pgp", gpg.armor(revoked), f"{revoked} is revoked")


@case
def what_is_no_single_public_key_is_refused(place: home.Home) -> None:
    """Two keys, half a key, a private key, a message, and nothing like it."""
    gpg = Gpg(place)
    alice, bob = gpg.make(ED25519 + CV25519), gpg.make(ED25519 + CV25519, name="Bob")
    _refused(place, "pgp", gpg.export(alice, bob), "more than one PGP key")
    _refused(place, "pgp", gpg.armor(alice, bob), "more than one PGP key")
    _refused(place, "pgp", gpg.armor(alice) + gpg.armor(bob), "more than one PGP key")
    _refused(place, "pgp", gpg.export(alice)[:-9], "cut off")
    _refused(place, "pgp", gpg.armor(alice)[:300], "cut off")
    message = gpg.run("--armor", "--encrypt", "--trust-model", "always", "-r", alice, stdin="x").stdout
    _refused(place, "pgp", message, "not a PGP public key")
    for garbage in (b"", b"alice", b"\x99\x01\x0d", bytes(range(256)), b"AAAA" * 100):
        done = _encrypt(place, ("pgp", garbage), code=1)
        holds("gpg --armor --export" in done.stderr, f"{garbage!r}: {done.stderr}")


@case
def private_keys_are_refused_without_a_word_of_them(place: home.Home) -> None:
    """PGP, age and SSH, in the field of each kind."""
    gpg = Gpg(place)
    pgp = gpg.run("--armor", "--export-secret-keys", gpg.make(ED25519 + CV25519)).stdout
    age_file, _ = _age_key(place)
    ssh = _ssh_key(place, "ed25519")
    secrets = {
        "pgp": (pgp, pgp.splitlines()[3]),
        "age": (age_file.read_text(), age_file.read_text().splitlines()[-1]),
        "ssh": (ssh.read_text(), ssh.read_text().splitlines()[3]),
    }
    for kind in secrets:
        for text, secret in secrets.values():
            done = _encrypt(place, (kind, text.encode()), code=1)
            holds("PRIVATE" in done.stderr, done.stderr)
            holds(secret[:16] not in done.stdout + done.stderr, f"a private key is repeated: {done.stderr}")
    inner = base64.b64decode("".join(line for line in pgp.splitlines()[2:-2] if line))
    _refused(place, "pgp", inner, "PRIVATE key")
    _refused(place, "pgp", base64.b64encode(inner), "PRIVATE key")


# OpenPGP.js.


def _by_openpgpjs(place: home.Home, **options) -> tuple[str, str]:
    options = {"userIDs": [{"name": "Alice"}], **options}
    return tuple(json.loads(place.run(*node.pgp_key(), json.dumps(options)).stdout))


@each([("rsa", {"type": "rsa", "rsaBits": 2048}), ("curve25519Legacy", {"type": "ecc", "curve": "curve25519Legacy"})])
def gpg_opens_what_is_encrypted_to_a_key_of_openpgpjs(place: home.Home, options: dict) -> None:
    """Their preferences name digests that GnuPG 2.2 does not know."""
    gpg = Gpg(place)
    public, private = _by_openpgpjs(place, **options)
    gpg.run("--import", stdin=private)
    key = re.search(r"^fpr:+([0-9A-F]{40}):", gpg.run("--with-colons", "--list-keys").stdout, re.MULTILINE)[1]
    _opened_by_gpg(gpg, public.encode(), key, gpg.subkeys(key)[0])


@each(
    [
        ("curve25519", ({"type": "curve25519"}, "Ed25519 in the form of RFC 9580, which GnuPG 2.2 cannot use")),
        ("curve448", ({"type": "curve448"}, "Ed448 in the form of RFC 9580")),
        ("version 6", ({"type": "curve25519", "config": {"v6Keys": True}}, "has version 6")),
    ]
)
def a_key_of_openpgpjs_is_refused(place: home.Home, row: tuple[dict, str]) -> None:
    """Keys that GnuPG 2.2 cannot read, with the remedy."""
    options, wanted = row
    public, _ = _by_openpgpjs(place, **options)
    _refused(place, "pgp", public, wanted, "gpg --quick-")


# age and OpenSSH.


def _age_key(place: home.Home) -> tuple[pathlib.Path, str]:
    file = place.path / "age.txt"
    made = place.run(home.program("age-keygen", "age"), "-o", str(file)).stderr
    return file, made.split()[-1]


def _ssh_key(place: home.Home, kind: str, *words: str) -> pathlib.Path:
    file = place.path / f"id_{kind}{''.join(words)}"
    program = home.program("ssh-keygen", "openssh-client")
    place.run(program, "-q", "-t", kind, *words, "-N", "", "-C", "alice@laptop", "-f", str(file))
    return file


def _age_opens(place: home.Home, text: str, identity: pathlib.Path) -> str:
    file = place.write("sealed.age", text)
    return place.run(home.program("age"), "--decrypt", "-i", str(identity), str(file)).stdout


@case
def age_opens_what_is_encrypted_to_its_recipients(place: home.Home) -> None:
    """As age-keygen prints them, and as they look after copying."""
    identity, recipient = _age_key(place)
    for content in (recipient, f" {recipient} \r\n", recipient.upper(), f"# alice\n{recipient}\n"):
        done = _encrypt(place, ("age", content.encode()))
        equal(done.stderr.strip(), recipient, "what a plan shows")
        equal(_age_opens(place, _texts(done)["Age"], identity), PASSWORD, "what age opens")


@each(
    [
        ("ed25519", ("ed25519",)),
        ("rsa2048", ("rsa", "-b", "2048")),
        ("rsa3072", ("rsa", "-b", "3072")),
        ("rsa4096", ("rsa", "-b", "4096")),
    ]
)
def age_opens_what_is_encrypted_to_ssh_keys(place: home.Home, words: tuple[str, ...]) -> None:
    """By the private key, as ssh-keygen made it; the fingerprint is OpenSSH's."""
    key = _ssh_key(place, *words)
    done = _encrypt(place, ("ssh", key.with_suffix(".pub").read_bytes()))
    fingerprint = place.run("ssh-keygen", "-l", "-f", str(key)).stdout.split()[1]
    holds(fingerprint in done.stderr, f"wanted {fingerprint}: {done.stderr}")
    equal(_age_opens(place, _texts(done)["Age"], key), PASSWORD, "what age opens")


@case
def unusable_age_and_ssh_keys_are_named(place: home.Home) -> None:
    """Other kinds, small ones, and mistakes."""
    _, recipient = _age_key(place)
    _refused(place, "age", "age1pq1qqqqqqqq", "`age1pq1…` is a post-quantum")
    _refused(place, "age", "age1yubikey1qqqqqqqq", "plugin `yubikey`")
    _refused(place, "age", recipient[:-4], "mistyped or cut off")
    _refused(place, "age", f"{recipient}\n{recipient}", "more than one")
    small = _ssh_key(place, "rsa", "-b", "1024").with_suffix(".pub").read_text()
    _refused(place, "ssh", small, "RSA of 1024 bits, and 2048 are needed")
    ecdsa = _ssh_key(place, "ecdsa").with_suffix(".pub").read_text()
    _refused(place, "ssh", ecdsa, "`ecdsa-sha2-nistp256`")
    _refused(place, "ssh", "ssh-ed25519 AAAAC3Nz", "cut off or damaged")
    _refused(place, "ssh", recipient, "`age = …`, not for `ssh = …`")


# The way on.


@case
def a_new_access_key_goes_from_gpg_into_the_vault(place: home.Home) -> None:
    """The newcomer's pipe: `base64 -d | gpg --decrypt | keyward add PROFILE --stdin`."""
    gpg = Gpg(place)
    key = gpg.make(ED25519 + CV25519)
    account = practice.Practice(place)
    place.keyward("remove", "alice", "--yes")
    file = place.path / "key.gpg"
    file.write_bytes(gpg.export(key))
    done = place.run(rust.encrypt(), "access-key", "pgp", str(file), stdin="\n".join(practice.ALICE))
    sealed = place.write("sealed", _texts(done)["Pgp"])
    pipe = f"base64 -d {sealed} | gpg --batch --quiet --decrypt | {home.KEYWARD} add alice --stdin --no-config"
    place.run("bash", "-o", "pipefail", "-c", pipe)
    who = place.keyward("whoami", "alice", "--json", environment={"KEYWARD_MFA_CODE": account.code()}).stdout
    equal(json.loads(who)["arn"], "arn:aws:iam::123456789012:user/alice", "who the key is")
