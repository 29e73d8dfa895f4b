"""Many processes at once on a cold cache: one code, one call per hop, one answer; and nobody
waits for the dead."""

import os
import pathlib
import shlex
import signal
import subprocess
import time

from harness import clients, home, practice, terminal
from harness.case import case, equal, holds, until

MANY = 100
READ_ONLY = "arn:aws:sts::123456789012:assumed-role/ReadOnly/alice"


def _phone_that_counts(place: home.Home, before: str = ":") -> pathlib.Path:
    """Lets a command print the codes; each run notes the caller. Gives the notes."""
    notes = place.path / "asked"
    script = place.write(
        "phone", f'#!/bin/sh\necho "$1" >>{notes}\n{before}\nexec {shlex.quote(home.KEYWARD)} sandbox --phone\n', 0o700
    )
    config = pathlib.Path(place.environment["AWS_CONFIG_FILE"])
    text = config.read_text()
    # `$PPID` of the shell that keyward starts is keyward itself.
    config.write_text(text.replace("[profile alice]\n", f"[profile alice]\nmfa_process = {script} $PPID\n"))
    return notes


def _asked(notes: pathlib.Path) -> list[str]:
    return notes.read_text().split() if notes.exists() else []


def _start(place: home.Home, number: int) -> list[subprocess.Popen]:
    return [
        place.start(
            home.KEYWARD,
            "credential-process",
            "readonly",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(number)
    ]


def _answers(children: list[subprocess.Popen]) -> list[str]:
    answers = []
    for child in children:
        out, err = child.communicate(timeout=home.PATIENCE)
        equal((child.returncode, err if child.returncode else ""), (0, ""), "a process of the storm")
        answers.append(out)
    return answers


def _one_call_per_hop(account: practice.Practice) -> None:
    equal([entry["action"] for entry in account.journal()], ["GetSessionToken", "AssumeRole"], "the calls")


@case
def a_hundred_at_once_ask_for_one_code_and_get_one_answer(place: home.Home) -> None:
    """Through a command that prints the code."""
    account = practice.Practice(place)
    notes = _phone_that_counts(place)
    answers = _answers(_start(place, MANY))
    equal(len(_asked(notes)), 1, "codes asked for")
    _one_call_per_hop(account)
    equal(len(answers), MANY, "answers")
    equal(len(set(answers)), 1, "different answers")
    equal(clients.who_are(clients.from_document(answers[0]), account.url), READ_ONLY, "who they are")


@case
def a_hundred_on_one_terminal_make_one_prompt(place: home.Home) -> None:
    """Through a person."""
    account = practice.Practice(place)
    outs = place.path / "outs"
    outs.mkdir()
    one = f"{shlex.quote(home.KEYWARD)} credential-process readonly >{outs}/$i 2>{outs}/err.$i"
    command = f"for i in $(seq {MANY}); do {one} & done; wait; echo all of them ended"
    person = terminal.Typist(place, "bash", "-c", command)
    person.sees("MFA code for ")
    person.types(account.code(), shown=True)
    rest = person.sees("all of them ended")
    holds("MFA code for " not in rest, "a second prompt was made")
    _one_call_per_hop(account)
    answers = [(outs / str(i)).read_text() for i in range(1, MANY + 1)]
    equal(len(set(answers)), 1, "different answers")
    equal(clients.who_are(clients.from_document(answers[0]), account.url), READ_ONLY, "who they are")


@case
def killing_the_one_that_gets_the_code_leaves_nobody_hanging(place: home.Home) -> None:
    """After SIGKILL there is no clean-up; the next in line continues."""
    account = practice.Practice(place)
    notes = _phone_that_counts(place, before=f"[ $(wc -l <{place.path}/asked) -gt 1 ] || sleep 60")
    children = _start(place, 20)
    holder = int(until(lambda: _asked(notes), "somebody asks for a code")[0])
    os.kill(holder, signal.SIGKILL)
    answers = _answers([child for child in children if child.pid != holder])
    equal(len(answers), 19, "answers")
    equal(len(set(answers)), 1, "different answers")
    equal(len(_asked(notes)), 2, "codes asked for")
    _one_call_per_hop(account)


@case
def killing_the_one_that_waits_for_aws_leaves_nobody_hanging(place: home.Home) -> None:
    """Its code is spent with nothing to show for it; the next in line waits for the phone's next."""
    account = practice.Practice(place)
    account.fault(action="GetSessionToken", times=1, effect={"delay_ms": 90_000})
    later = (
        f"import urllib.request as r; r.urlopen(r.Request('{account.url}/_practice/advance', "
        "data=b'{\\\"seconds\\\": 30}', method='POST'))"
    )
    notes = _phone_that_counts(
        place, before=f'[ $(wc -l <{place.path}/asked) = 1 ] || {shlex.quote(home.PYTHON)} -c "{later}"'
    )
    children = _start(place, 20)
    until(lambda: account.journal("GetSessionToken"), "somebody calls AWS", seconds=home.PATIENCE)
    holder = int(_asked(notes)[0])
    os.kill(holder, signal.SIGKILL)
    start = time.monotonic()
    answers = _answers([child for child in children if child.pid != holder])
    took = time.monotonic() - start
    equal(len(answers), 19, "answers")
    equal(len(set(answers)), 1, "different answers")
    # A code serves for thirty seconds; the answer that never came would have come after ninety.
    holds(took < 45, f"the others waited {took:.0f} s for the dead")
    calls = [entry["action"] for entry in account.journal()]
    equal(calls, ["GetSessionToken", "GetSessionToken", "AssumeRole"], "the calls")
