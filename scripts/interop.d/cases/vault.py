"""The vault's slots and the programs behind them: the gnome-keyring daemon, KWallet, GnuPG,
pass, ssh-keygen, the stock age. Each case adds a slot as a person does, and then opens the vault
by that slot alone."""

import json
import os
import pathlib
import re
import shlex
import subprocess
import time

from harness import desktop, home, practice, terminal
from harness.case import case, each, equal, holds

PASSPHRASE = "correct horse battery staple"
IDENTITY = "AGE-SECRET-KEY-1"
CODE_PROMPT = r"MFA code for \S+ \(\S+\): "


def _vault(place: home.Home) -> None:
    """A vault with alice's key, opened by a passphrase from a file."""
    place.write("keyward/config.toml", "passphrase_work = 2\n")
    (place.path / "keyward").chmod(0o700)
    place.passphrase(PASSPHRASE)
    place.store("alice", *practice.ALICE, "--no-verify")


def _without_passphrase(place: home.Home) -> dict[str, str]:
    """An environment in which the passphrase is not at hand; returns what was taken away."""
    return {"KEYWARD_PASSPHRASE_FILE": place.environment.pop("KEYWARD_PASSPHRASE_FILE")}


def _reads(place: home.Home, **more) -> subprocess.CompletedProcess:
    """Reads the long-lived key out of the vault, which needs a slot that opens, and no network."""
    return place.keyward("-v", "env", "alice", "--no-session", "--format", "json", **more)


def _opens_by(place: home.Home, slot: str, **more) -> str:
    """The vault opens by that slot; returns what was said."""
    done = _reads(place, **more)
    holds(practice.ALICE[1] in done.stdout, f"no key in: {done.stdout}")
    holds(f"opened by its slot `{slot}`" in done.stderr, f"not opened by `{slot}`: {done.stderr}")
    return done.stderr


def _by_slot_alone(place: home.Home, slot: str) -> None:
    """The vault opens by that slot with no passphrase at hand, and the slot says so itself."""
    _without_passphrase(place)
    _opens_by(place, slot)
    listed = json.loads(place.keyward("vault", "slot", "list", "--json").stdout)
    equal(sorted(entry["name"] for entry in listed), sorted(["passphrase", slot]), "the slots")


def _passed_over(place: home.Home, slot: str, why: str) -> None:
    """The slot is skipped with one line within two seconds, and the passphrase opens."""
    start = time.monotonic()
    said = _opens_by(place, "passphrase")
    took = time.monotonic() - start
    lines = [line for line in said.splitlines() if "is skipped" in line]
    equal(len(lines), 1, "lines about a slot that is skipped")
    holds(f"slot `{slot}`" in lines[0] and why in lines[0], f"the line says: {lines[0]}")
    holds(took < 4, f"it took {took:.1f} s")


def _nothing_in_the_clear(place: home.Home) -> None:
    """No file below keyward's folder holds the vault's identity or the secret key."""
    for path in pathlib.Path(place.environment["KEYWARD_HOME"]).rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            holds(IDENTITY.encode() not in content, f"{path.name} holds an identity")
            holds(practice.ALICE[1].encode() not in content, f"{path.name} holds the key")


# The desktop's keystore.


@case
def an_unlocked_gnome_keyring_opens_the_vault(place: home.Home) -> None:
    """Its content can be looked up as the format page says."""
    keystore = desktop.Desktop(place)
    keystore.secret_service("login")
    _vault(place)
    place.keyward("vault", "slot", "add", "os")
    _nothing_in_the_clear(place)
    account = json.loads((place.path / "keyward/slots/os.json").read_text())["account"]
    look_up = (home.program("secret-tool", "libsecret-tools"), "lookup", "service", "keyward", "username", account)
    holds(place.run(*look_up).stdout.startswith(IDENTITY), "secret-tool finds no identity")
    passphrase = _without_passphrase(place)
    _opens_by(place, "os")
    # Removing the slot also removes the entry from the keyring.
    place.environment.update(passphrase)
    place.keyward("vault", "slot", "remove", "os", "--yes")
    place.run(*look_up, code=1)
    _opens_by(place, "passphrase")


@case
def a_locked_or_missing_gnome_keyring_is_passed_over(place: home.Home) -> None:
    """Locked, not running, and no bus at all are three reasons, and each costs a line."""
    keystore = desktop.Desktop(place)
    keystore.secret_service("login")
    _vault(place)
    place.keyward("vault", "slot", "add", "os")
    keystore.close_keystore()
    _passed_over(place, "os", "is not available")
    keystore.secret_service(None)
    _passed_over(place, "os", "is locked")
    keystore.close_keystore()
    keystore.secret_service("login")
    _opens_by(place, "os")
    place.environment["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={place.path}/no-bus"
    _passed_over(place, "os", "is not available")
    del place.environment["DBUS_SESSION_BUS_ADDRESS"]
    _passed_over(place, "os", "is not available")


@case
def a_bus_that_hangs_costs_two_seconds(place: home.Home) -> None:
    """A stopped daemon accepts connections and answers nothing."""
    keystore = desktop.Desktop(place)
    keystore.secret_service("login")
    _vault(place)
    place.keyward("vault", "slot", "add", "os")
    with keystore.stopped():
        _passed_over(place, "os", "did not answer within 2 seconds")
    _opens_by(place, "os")


@case
def an_unlocked_keyring_is_chosen_at_first_use_and_said(place: home.Home) -> None:
    """A person who makes a vault at a desktop need not know what a slot is."""
    desktop.Desktop(place).secret_service("login")
    place.write("keyward/config.toml", "passphrase_work = 2\n")
    (place.path / "keyward").chmod(0o700)
    key = place.write("given/key", "\n".join(practice.ALICE) + "\n")
    add = f"{shlex.quote(home.KEYWARD)} add alice --stdin --no-config --no-verify <{shlex.quote(str(key))}"
    person = terminal.Typist(place, "sh", "-c", add)
    person.sees("New vault passphrase: ")
    person.types(PASSPHRASE, shown=False)
    person.sees("Type it once to confirm: ")
    person.types(PASSPHRASE, shown=False)
    person.sees("keystore is unlocked, so it opens the vault too")
    person.ends()
    equal(person.status, 0, "the exit code")
    _opens_by(place, "os")


@each([("without a Secret Service", False), ("with its Secret Service", True)])
def kwallet_opens_the_vault(place: home.Home, bridge: bool) -> None:
    """Over its own interface, or over its imitation of the other, but not without a daemon."""
    keystore = desktop.Desktop(place)
    keystore.kwallet(bridge)
    equal('"org.freedesktop.secrets"' in keystore.names(), bridge, "a Secret Service is on the bus")
    _vault(place)
    place.keyward("vault", "slot", "add", "os")
    _nothing_in_the_clear(place)
    # And by hand, as the format page says.
    account = json.loads((place.path / "keyward/slots/os.json").read_text())["account"]
    by_hand = place.run("kwallet-query", "-f", "keyward", "-r", account, "kdewallet").stdout
    holds(by_hand.startswith(IDENTITY), "kwallet-query finds no identity")
    passphrase = _without_passphrase(place)
    _opens_by(place, "os")
    place.environment.update(passphrase)
    keystore.close_keystore()
    _passed_over(place, "os", "is not available")
    keystore.kwallet(bridge)
    _opens_by(place, "os")
    kept = (place.path / "keyward/slots/os.json").read_text()
    place.keyward("vault", "slot", "remove", "os", "--yes")
    # The slot's file alone opens nothing: its entry is gone from the wallet.
    place.write("keyward/slots/os.json", kept)
    place.keyward("vault", "accept", "--yes")
    _passed_over(place, "os", "has no entry for this vault")


@case
def a_closed_wallet_is_passed_over(place: home.Home) -> None:
    """Without a terminal, keyward asks nothing."""
    keystore = desktop.Desktop(place)
    keystore.kwallet()
    _vault(place)
    place.keyward("vault", "slot", "add", "os")
    keystore.close_wallet()
    _passed_over(place, "os", "is locked")
    # A person at a terminal without a screen could not see the wallet's window either.
    _without_passphrase(place)
    person = terminal.Typist(place, home.KEYWARD, "env", "alice", "--no-session", "--format", "json")
    holds("is locked" in person.sees("Vault passphrase: "), "the wallet was not passed over")
    person.types(PASSPHRASE, shown=False)
    holds(practice.ALICE[1] in person.ends(), "the passphrase did not open the vault")


@case
def a_person_with_a_screen_is_told_what_is_waited_for(place: home.Home) -> None:
    """And may unlock it there, or give up."""
    keystore = desktop.Desktop(place)
    keystore.kwallet()
    _vault(place)
    place.keyward("vault", "slot", "add", "os")
    keystore.close_wallet()
    place.environment["DISPLAY"] = ":99"
    person = terminal.Typist(place, home.KEYWARD, "env", "alice", "--no-session")
    person.sees("waiting for the desktop's keystore")
    person.interrupts()
    person.ends()
    equal(person.status, 130, "the exit code after Ctrl-C")


# GnuPG and pass.


class Gpg:
    """A throw-away key in a GnuPG home of the case's own."""

    def __init__(self, place: home.Home) -> None:
        program = home.program("gpg", "gnupg")
        self.folder = place.path / "g"
        self.folder.mkdir(mode=0o700)
        place.environment["GNUPGHOME"] = str(self.folder)
        place.callback(subprocess.run, ["gpgconf", "--kill", "all"], env=place.environment, capture_output=True)
        words = ("--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "", "--quick-gen-key")
        place.run(program, *words, "vault test <vault@test.invalid>", "future-default", "default", "never")


@case
def gpg_opens_the_vault_and_its_slot_file_by_hand(place: home.Home) -> None:
    """The key is named by its address once, and by its fingerprint from then on."""
    gpg = Gpg(place)
    _vault(place)
    place.keyward("vault", "slot", "add", "gpg", "--user", "vault@test.invalid")
    _nothing_in_the_clear(place)
    identity = place.run("gpg", "--batch", "--decrypt", str(place.path / "keyward/slots/gpg.gpg")).stdout
    holds(identity.startswith(IDENTITY), "gpg finds no identity in the slot's file")
    passphrase = _without_passphrase(place)
    _opens_by(place, "gpg")
    place.environment.update(passphrase)
    place.environment["GNUPGHOME"] = str(gpg.folder) + "-gone"
    os.mkdir(place.environment["GNUPGHOME"], 0o700)
    _passed_over(place, "gpg", "No secret key")


@case
def gpg_without_the_secret_key_makes_no_slot(place: home.Home) -> None:
    """It would open nothing, ever."""
    Gpg(place)
    _vault(place)
    done = place.keyward("vault", "slot", "add", "gpg", "--user", "nobody@test.invalid", code=1)
    holds("gpg has no secret key" in done.stderr, done.stderr)
    _opens_by(place, "passphrase")


@case
def a_gpg_key_that_has_ended_is_named(place: home.Home) -> None:
    """Expired as a whole, and its subkey alone; the remedy that is named works."""
    gpg = Gpg(place)
    _vault(place)
    quiet = ("gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "")
    past = ("--faked-system-time", "20200101T000000!")

    def fingerprints(user: str) -> list[str]:
        listed = place.run("gpg", "--batch", "--with-colons", "--list-keys", user).stdout
        return re.findall(r"^fpr:+([0-9A-F]{40}):", listed, re.MULTILINE)

    def refused(user: str, wanted: str) -> None:
        done = place.keyward("vault", "slot", "add", "gpg", "--user", user, code=1)
        holds(wanted in done.stderr, done.stderr)

    place.run(*quiet, *past, "--quick-gen-key", "old@test.invalid", "ed25519", "sign", "1y")
    key = fingerprints("old@test.invalid")[0]
    place.run(*quiet, *past, "--quick-add-key", key, "cv25519", "encr", "1y")
    refused("old@test.invalid", f"`{key}` expired on 2020-12-31")
    place.run(*quiet, "--quick-set-expire", key, "2y")
    subkey = fingerprints(key)[1]
    remedy = ("gpg", "--quick-set-expire", key, "2y", subkey)
    refused(key, f"`{' '.join(remedy)}`")
    place.run(*quiet, *remedy[1:])
    place.keyward("vault", "slot", "add", "gpg", "--user", key)
    _opens_by(place, "gpg")


@case
def pass_opens_the_vault(place: home.Home) -> None:
    """The entry is made, read, and removed with the slot."""
    Gpg(place)
    program = home.program("pass")
    place.environment["PASSWORD_STORE_DIR"] = str(place.path / "store")
    place.run(program, "init", "vault@test.invalid")
    _vault(place)
    place.keyward("vault", "slot", "add", "pass", "--entry", "aws/keyward")
    _nothing_in_the_clear(place)
    holds(place.run(program, "show", "aws/keyward").stdout.startswith(IDENTITY), "pass shows no identity")
    passphrase = _without_passphrase(place)
    _opens_by(place, "pass")
    place.environment.update(passphrase)
    place.keyward("vault", "slot", "remove", "pass", "--yes")
    place.run(program, "show", "aws/keyward", code=1)


@case
def pass_alone_opens_the_vault_from_the_first_command_on(place: home.Home) -> None:
    """No passphrase is chosen, given or asked for."""
    Gpg(place)
    program = home.program("pass")
    place.environment["PASSWORD_STORE_DIR"] = str(place.path / "store")
    place.run(program, "init", "vault@test.invalid")
    place.store("alice", *practice.ALICE, "--no-verify", "--slot", "pass")
    holds(place.run(program, "show", "keyward/vault").stdout.startswith(IDENTITY), "pass shows no identity")
    slots = json.loads(place.keyward("vault", "slot", "list", "--json").stdout)
    equal([slot["kind"] for slot in slots], ["pass"], "the slots")
    _opens_by(place, "pass")


# SSH keys.


@each(
    [
        ("ed25519", ("ed25519", "")),
        ("rsa", ("rsa", "")),
        ("ed25519 with a passphrase", ("ed25519", "the key's own")),
        ("rsa with a passphrase", ("rsa", "the key's own")),
    ]
)
def an_ssh_key_opens_the_vault(place: home.Home, row: tuple[str, str]) -> None:
    """Keys as ssh-keygen makes them; one with a passphrase asks for it on the terminal."""
    kind, secret = row
    key = place.path / "key"
    place.run(home.program("ssh-keygen", "openssh-client"), "-q", "-t", kind, "-N", secret, "-f", str(key))
    _vault(place)
    # Adding needs the public half only, so there is no prompt.
    place.keyward("vault", "slot", "add", "ssh", "--identity-file", str(key))
    if not secret:
        return _by_slot_alone(place, "ssh")
    # Without a terminal the key cannot be asked for, so the passphrase slot opens.
    _passed_over(place, "ssh", "the passphrase")
    _without_passphrase(place)
    reading = terminal.Typist(place, home.KEYWARD, "-v", "env", "alice", "--no-session", "--format", "json")
    reading.sees("Passphrase of .*key: ")
    reading.types(secret, shown=False)
    shown = reading.ends()
    equal(reading.status, 0, "the exit code of reading")
    holds(practice.ALICE[1] in shown and "slot `ssh`" in shown, f"not opened by ssh: {shown}")
    holds(secret not in shown, "the terminal showed the key's passphrase")


@case
def a_small_rsa_key_makes_no_slot(place: home.Home) -> None:
    """Stock age would not open its file."""
    key = place.path / "key"
    place.run(home.program("ssh-keygen", "openssh-client"), "-q", "-t", "rsa", "-b", "1024", "-N", "", "-f", str(key))
    _vault(place)
    done = place.keyward("vault", "slot", "add", "ssh", "--identity-file", str(key), code=1)
    holds("RSA key of 1024 bits, and 2048 are needed" in done.stderr, done.stderr)


@each([("ed25519", ("ed25519", "")), ("rsa with a passphrase", ("rsa", "the key's own"))])
def a_copy_for_an_ssh_key_opens_with_age_and_here(place: home.Home, row: tuple[str, str]) -> None:
    """The public half as it is in its file, the private half as ssh-keygen made it."""
    kind, secret = row
    key, copy = place.path / "key", place.path / "copy.age"
    place.run(home.program("ssh-keygen", "openssh-client"), "-q", "-t", kind, "-N", secret, "-f", str(key))
    _vault(place)
    place.keyward("vault", "export", str(copy), "--recipient", key.with_suffix(".pub").read_text())
    words = ("vault", "import", str(copy), "--identity-file", str(key))
    if not secret:
        document = place.run(home.program("age"), "--decrypt", "-i", str(key), str(copy)).stdout
        equal(json.loads(document)["keys"][0]["secret_access_key"], practice.ALICE[1], "the key in the copy")
        holds("same" in place.keyward(*words).stderr, "the copy is not taken back")
        return
    place.keyward(*words, code=3)
    person = terminal.Typist(place, home.KEYWARD, *words)
    person.sees("Passphrase of .*key: ")
    person.types(secret, shown=False)
    holds("same" in person.ends(), "the copy is not taken back")
    equal(person.status, 0, "the exit code")


# The stock age program.


def _age(place: home.Home, passphrase: str, *words: str) -> None:
    """Runs age on a terminal, because it reads a passphrase only there."""
    person = terminal.Typist(place, home.program("age"), *words)
    person.sees("[Pp]assphrase")
    person.types(passphrase, shown=False)
    rest = person.ends()
    equal(person.status, 0, f"age's exit code ({rest.strip()})")


@case
def age_opens_the_vault_by_its_passphrase(place: home.Home) -> None:
    """The keys can be recovered without this program."""
    _vault(place)
    folder, identity = place.path / "keyward", place.path / "identity.txt"
    _age(place, PASSPHRASE, "--decrypt", "-o", str(identity), str(folder / "slots/passphrase.age"))
    holds(identity.read_text().startswith(IDENTITY), "no identity in the slot's file")
    document = json.loads(place.run("age", "--decrypt", "-i", str(identity), str(folder / "vault.age")).stdout)
    equal(document["keys"][0]["secret_access_key"], practice.ALICE[1], "the key in the document")


@case
def age_opens_and_makes_the_copies(place: home.Home) -> None:
    """A copy for a recipient of age-keygen's, a copy with a passphrase, and both imported again."""
    _vault(place)
    identity = place.path / "backup.txt"
    made = place.run(home.program("age-keygen", "age"), "-o", str(identity)).stderr
    recipient = made.split()[-1]
    place.keyward("vault", "export", str(place.path / "r.age"), "--recipient", recipient)
    place.write("given/copy", "the copy's own\n")
    given = ("--copy-passphrase-file", str(place.path / "given/copy"))
    place.keyward("vault", "export", str(place.path / "p.age"), *given)
    by_recipient = place.run("age", "--decrypt", "-i", str(identity), str(place.path / "r.age")).stdout
    _age(place, "the copy's own", "--decrypt", "-o", str(place.path / "p.json"), str(place.path / "p.age"))
    for text in (by_recipient, (place.path / "p.json").read_text()):
        equal(json.loads(text)["keys"][0]["secret_access_key"], practice.ALICE[1], "the key in the copy")
    # On a new machine.
    for number, words in enumerate((("r.age", "--identity-file", str(identity)), ("p.age", *given))):
        place.environment["KEYWARD_HOME"] = str(place.path / f"new{number}")
        place.write(f"new{number}/config.toml", "passphrase_work = 2\n")
        (place.path / f"new{number}").chmod(0o700)
        place.keyward("vault", "import", str(place.path / words[0]), *words[1:])
        _opens_by(place, "passphrase")
        place.keyward("lock")


@case
def a_command_opens_the_vault(place: home.Home) -> None:
    """A program that keeps the identity wherever it likes."""
    _vault(place)
    kept, seen = place.path / "kept", place.path / "seen"
    read = f"sh -c 'env >>{seen}; cat {kept}'"
    words = ("--read", read, "--store", f"sh -c 'env >>{seen}; umask 077; cat >{kept}'")
    place.keyward("vault", "slot", "add", "command", *words)
    holds(kept.read_text().startswith(IDENTITY), "the command was given no identity")
    others = {"KEYWARD_PASSPHRASE": PASSPHRASE, "KEYWARD_MFA_CODE": "123456"}
    _opens_by(place, "command", environment=others)
    found = seen.read_text()
    for name in ("KEYWARD_PASSPHRASE", "KEYWARD_MFA_CODE"):
        holds(f"\n{name}" not in found, f"the command was given {name}")
    _by_slot_alone(place, "command")


#: A plugin by age's plugin protocol, standing in for a device with a PIN: it wraps nothing.
PLUGIN = """#!{python}
import base64, sys

def read():
    words, body = sys.stdin.readline().split()[1:], ""
    while True:
        line = sys.stdin.readline().rstrip("\\n")
        body += line
        if len(line) < 64:
            return words, base64.b64decode(body + "=" * (-len(body) % 4))

def say(words, body=b""):
    text = base64.b64encode(body).decode().rstrip("=")
    lines = [text[at:at + 64] for at in range(0, len(text) + 1, 64)]
    print("-> " + words, *lines, sep="\\n", flush=True)

given = []
while not given or given[-1][0][0] != "done":
    given.append(read())
if sys.argv[1].endswith("recipient-v1"):
    key = next(body for words, body in given if words[0] == "wrap-file-key")
    say("recipient-stanza 0 interop", key)
    read()
else:
    key = next(body for words, body in given if words[:3] == ["recipient-stanza", "0", "interop"])
    say("request-secret", b"PIN of the device:")
    if read()[1] == b"271828":
        say("file-key 0", key)
        read()
say("done")
"""


def _plugin_identity(name: str) -> str:
    """The identity of a plugin without data, in bech32."""
    letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    prefix = f"age-plugin-{name}-"
    values = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix] + [0] * 6
    state = 1
    for value in values:
        top, state = state >> 25, (state & 0x1FFFFFF) << 5 ^ value
        for bit, mask in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            state ^= mask if top >> bit & 1 else 0
    state ^= 1
    return (prefix + "1" + "".join(letters[state >> 5 * (5 - i) & 31] for i in range(6))).upper()


@case
def an_age_plugin_with_a_pin_opens_the_vault(place: home.Home) -> None:
    """The plugin's question reaches the terminal, hidden; and age opens the slot's file by the
    same plugin."""
    place.write("bin/age-plugin-interop", PLUGIN.format(python=home.PYTHON), mode=0o700)
    place.environment["PATH"] = f"{place.path}/bin:{place.environment['PATH']}"
    identity = _plugin_identity("interop")
    _vault(place)
    place.keyward("vault", "slot", "add", "plugin", "--identity", identity)
    _without_passphrase(place)
    for pin, code in (("271828", 0), ("314159", None)):
        person = terminal.Typist(place, home.KEYWARD, "-v", "env", "alice", "--no-session", "--format", "json")
        person.sees("PIN of the device: ")
        person.types(pin, shown=False)
        if code == 0:
            shown = person.ends()
            holds("slot `plugin`" in shown and practice.ALICE[1] in shown, f"not opened by the plugin: {shown}")
        else:
            holds("slot `plugin` is skipped" in person.sees("Vault passphrase: "), "a wrong PIN opened it")
    written = place.write("plugin.txt", identity + "\n")
    wanted, words = place.path / "identity.txt", ("--decrypt", "-i", str(written))
    person = terminal.Typist(
        place, home.program("age"), *words, "-o", str(wanted), str(place.path / "keyward/slots/plugin.age")
    )
    person.sees("PIN of the device")
    person.types("271828", shown=False)
    person.ends()
    equal(person.status, 0, "age's exit code")
    holds(wanted.read_text().startswith(IDENTITY), "age finds no identity by the plugin")


# Order, change, and the end of the day.


@case
def the_order_of_slots_is_the_persons(place: home.Home) -> None:
    """`slot_order` overrides the usual order."""
    _vault(place)
    key = place.path / "key"
    place.run(home.program("ssh-keygen", "openssh-client"), "-q", "-t", "ed25519", "-N", "", "-f", str(key))
    place.keyward("vault", "slot", "add", "ssh", "--identity-file", str(key))
    _opens_by(place, "ssh")
    place.write("keyward/config.toml", 'passphrase_work = 2\nslot_order = ["passphrase"]\n')
    _opens_by(place, "passphrase")
    place.keyward("vault", "slot", "remove", "ssh", "--yes")
    done = place.keyward("vault", "slot", "remove", "passphrase", "--yes", code=2)
    holds("is the last slot" in done.stderr, done.stderr)


@case
def lock_leaves_nothing_that_can_be_read(place: home.Home) -> None:
    """The session files are gone, and files that were copied before open no more."""
    account = practice.Practice(place)
    code = account.code()
    place.keyward("exec", "alice", "--", "true", environment={"KEYWARD_MFA_CODE": code})
    folder = pathlib.Path(place.environment["KEYWARD_HOME"]) / "sessions"
    kept = {path: path.read_bytes() for path in folder.iterdir()}
    holds(any(path.suffix == ".age" for path in kept), "no session was kept")
    place.keyward("exec", "alice", "--", "true")
    place.keyward("lock")
    equal(list(folder.iterdir()), [], "files of sessions after `lock`")
    for path, content in kept.items():
        path.write_bytes(content)
        path.chmod(0o600)
    place.keyward("exec", "alice", "--", "true", code=3)
