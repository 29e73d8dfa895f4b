"""The first day: `init` by real keystrokes, from an empty home to a role that works, and what an
enrolment that is broken off leaves behind."""

import json
import re
import subprocess
import time
import urllib.parse
import urllib.request

from harness import home, moto, practice, terminal
from harness.case import case, equal, holds

BOB_SERIAL = "arn:aws:iam::123456789012:mfa/bob"


class _Newcomer:
    """Bob: a key, no device, an empty home beside the practice account."""

    def __init__(self, place: home.Home) -> None:
        self.account = practice.Practice(place)
        own = place.path / "own"
        own.mkdir(mode=0o700)
        (own / "config.toml").write_text("passphrase_work = 2\n")
        self.config = place.path / "config-of-bob"
        place.environment.update(
            KEYWARD_HOME=str(own),
            AWS_CONFIG_FILE=str(self.config),
            AWS_SHARED_CREDENTIALS_FILE=str(place.path / "credentials-of-bob"),
        )
        del place.environment["KEYWARD_PASSPHRASE_FILE"]

    def phone(self) -> dict:
        """What Bob's phone shows."""
        path = f"/_practice/code?serial={urllib.parse.quote(BOB_SERIAL)}"
        with urllib.request.urlopen(self.account.url + path, timeout=10) as answer:
            return json.load(answer)

    def fresh_code(self) -> str:
        """The code shown, once it is one that was not used."""
        while self.phone()["spent"]:
            self.account.advance(30)
        return self.phone()["code"]

    def stores_the_key(self, person: terminal.Typist) -> None:
        """The first step."""
        person.sees("Name of the profile .*: ")
        person.types("bob", shown=True)
        person.sees("Access key id: ")
        person.types(practice.BOB[0], shown=True)
        person.sees("Secret access key: ")
        person.types(practice.BOB[1], shown=False)
        person.sees("AWS knows it")
        person.sees("Region .*: ")
        person.types("eu-central-1", shown=True)
        for question in ("New vault passphrase: ", "Type it once to confirm: "):
            person.sees(question)
            person.types("correct horse", shown=False)
        person.sees("Enrol an authenticator app")

    def enrols(self, person: terminal.Typist) -> None:
        """The picture and both codes."""
        person.sees("Code shown now: ")
        shown = self.phone()
        person.types(shown["code"], shown=True)
        person.sees("The next code.*: ")
        person.types(shown["next"], shown=True)


@case
def a_newcomer_gets_to_a_role_in_under_a_minute(place: home.Home) -> None:
    """Four steps, the questions of each answered as they come."""
    bob = _Newcomer(place)
    start = time.monotonic()
    person = terminal.Typist(place, home.KEYWARD, "init")
    bob.stores_the_key(person)
    person.types("", shown=True)
    bob.enrols(person)
    person.sees("Switched on")
    person.sees("MFA code for bob.*: ")
    person.types(bob.fresh_code(), shown=True)
    person.sees("Role, by name or ARN .*: ")
    person.types("ReadOnly", shown=True)
    person.sees("Name of its profile .*: ")
    person.types("", shown=True)
    person.sees("Another role .*: ")
    person.types("", shown=True)
    person.sees("It works:.*assumed-role/ReadOnly/bob")
    person.sees("keyward exec readonly")
    person.ends()
    equal(person.status, 0, "the exit code")
    holds(time.monotonic() - start < 60, "it took more than a minute")
    holds(f"mfa_serial = {BOB_SERIAL}" in bob.config.read_text(), "the device is not in the config file")

    again = terminal.Typist(place, home.KEYWARD, "init")
    rest = again.ends()
    equal(again.status, 0, "the exit code of the second run")
    equal(rest.count("There already"), 3, "what the second run found")


@case
def an_enrolment_broken_off_is_gone_on_with(place: home.Home) -> None:
    """Ctrl-C at the first code; a user without MFA may not delete the device, so the next run uses it."""
    bob = _Newcomer(place)
    person = terminal.Typist(place, home.KEYWARD, "init")
    bob.stores_the_key(person)
    person.types("", shown=True)
    person.sees("Code shown now: ")
    person.interrupts()
    person.ends()
    equal(person.status, 130, "the exit code of the one broken off")
    person = terminal.Typist(place, home.KEYWARD, "init", "--no-roles", "--no-check")
    person.sees("Vault passphrase: ")
    person.types("correct horse", shown=False)
    person.sees("Enrol an authenticator app")
    person.types("", shown=True)
    person.sees("continuing with " + BOB_SERIAL)
    bob.enrols(person)
    person.sees("Switched on")
    person.ends()
    equal(person.status, 0, "the exit code")
    equal(len(bob.account.journal("CreateVirtualMFADevice")), 1, "devices made")


@case
def three_wrong_pairs_end_it_and_say_how_to_go_on(place: home.Home) -> None:
    """Nothing is switched on, nothing is written down."""
    bob = _Newcomer(place)
    place.environment["KEYWARD_PASSPHRASE"] = "correct horse"
    place.keyward("add", "bob", "--stdin", stdin="\n".join(practice.BOB))
    person = terminal.Typist(place, home.KEYWARD, "mfa", "enroll", "bob")
    for attempt in range(3):
        person.sees("Code shown now: ")
        person.types("12 345", shown=True)
        person.sees("Not taken")
        person.types("123 456", shown=True)
        person.sees("The next code.*: ")
        person.types("654321", shown=True)
        person.sees("did not accept them" if attempt < 2 else "did not accept")
    holds("continues with it" in person.ends(), "no word of how to go on")
    equal(person.status, 1, "the exit code")
    holds("mfa_serial" not in bob.config.read_text(), "a device that is off was written down")


@case
def the_picture_and_its_question_fit_a_small_terminal(place: home.Home) -> None:
    """Eighty by twenty-four: nothing of the picture has scrolled away when a code is asked for."""
    bob = _Newcomer(place)
    place.environment["KEYWARD_PASSPHRASE"] = "correct horse"
    place.keyward("add", "bob", "--stdin", stdin="\n".join(practice.BOB))
    screen = terminal.Screen(place, f"{home.KEYWARD} mfa enroll bob")
    seen = screen.shows("Code shown now")
    rows = [line for line in seen.splitlines() if re.search("[█▀▄]", line)]
    holds(len(rows) >= 19, f"only {len(rows)} rows of the picture are there")
    holds(max(len(row) for row in rows) <= 80, "the picture is wider than a small terminal")
    holds(bob.phone()["code"], "the phone shows no code")


@case
def moto_knows_the_device_and_oathtool_makes_the_same_codes(place: home.Home) -> None:
    """Another server accepts the enrolment, and another program the seed."""
    server = moto.Moto(place)
    place.passphrase("correct horse")
    place.config("[profile other]\nregion = us-west-2\n")
    key = "\n".join(server.user_with_key("carol"))
    place.keyward("add", "carol", "--stdin", stdin=key)
    seed = place.keyward("mfa", "enroll", "carol", "--store-seed", "--show-seed").stdout.strip()
    known = [device["SerialNumber"] for device in server.iam.list_mfa_devices(UserName="carol")["MFADevices"]]
    equal(known, [f"arn:aws:iam::{moto.ACCOUNT}:mfa/carol"], "the devices that moto knows")

    def both() -> tuple[str, str]:
        ours = place.keyward("mfa", "code", "carol").stdout.strip()
        # A seed of a test, which ends with it: it may be in an argument.
        command = [home.program("oathtool"), "--totp", "--base32", seed]
        return ours, subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    first = both()
    # The window may have ended between the two.
    ours, theirs = first if first[0] == first[1] else both()
    equal(ours, theirs, "the code")

    place.keyward("mfa", "remove", "carol", "--yes")
    equal(server.iam.list_mfa_devices(UserName="carol")["MFADevices"], [], "the devices afterwards")
