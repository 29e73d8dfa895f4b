"""The practice account, run as a person runs it: `keyward sandbox`, and its control paths."""

import json
import pathlib
import shlex
import subprocess
import urllib.parse
import urllib.request

from . import case, home

#: The users of the practice account. These keys are AWS's documented examples.
ALICE = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
BOB = ("AKIAI44QH8DHBEXAMPLE", "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY")
SERIAL = "arn:aws:iam::123456789012:mfa/alice"


class Practice:
    """A running practice account, or the one of a state file; the home's environment points at it."""

    def __init__(self, place: home.Home, blueprint: pathlib.Path | None = None) -> None:
        self._home = place
        words = ["sandbox"] if blueprint is None else ["sandbox", "--blueprint", str(blueprint)]
        child = place.start(
            home.KEYWARD, *words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self.environment = _exports(child)
        place.environment.update(self.environment)
        # The practice home must go with the account, so the account is asked to end first.
        place.callback(_close, child)
        self.url = self.environment["KEYWARD_PRACTICE_URL"]

    def code(self) -> str:
        """What the phone shows now."""
        return self._get(f"/_practice/code?serial={urllib.parse.quote(SERIAL)}")["code"]

    def journal(self, action: str | None = None) -> list[dict]:
        """The calls so far, or those of one action."""
        entries = self._get("/_practice/journal")
        return [entry for entry in entries if action in (None, entry["action"])]

    def keys(self, user: str) -> list[str]:
        """The ids of a user's access keys."""
        accounts = self._get("/_practice/state")["accounts"]
        users = [found for account in accounts for found in account.get("users", [])]
        return [key["id"] for found in users if found["name"] == user for key in found.get("access_keys", [])]

    def fault(self, **fault) -> None:
        """Makes coming calls go wrong."""
        self._post("/_practice/faults", fault)

    def advance(self, seconds: int) -> None:
        """Moves the account's clock."""
        self._post("/_practice/advance", {"seconds": seconds})

    def _get(self, path: str):
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return json.load(answer)

    def _post(self, path: str, body: dict) -> None:
        request = urllib.request.Request(
            self.url + path, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request, timeout=10).close()


def _exports(child: subprocess.Popen) -> dict[str, str]:
    """The variables that the account prints for a shell; the last is the practice URL."""
    found: dict[str, str] = {}
    while "KEYWARD_PRACTICE_URL" not in found:
        line = child.stdout.readline()
        if not line:
            raise case.Failure(f"`keyward sandbox` ended: {child.stderr.read().strip()}")
        name, value = shlex.split(line)[1].split("=", 1)
        found[name] = value
    return found


def _close(child: subprocess.Popen) -> None:
    child.stdin.close()
    child.wait(timeout=10)
