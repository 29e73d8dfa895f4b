"""Questions on real terminals: what is shown, what is hidden, what Ctrl-C and a missing
terminal do."""

import shlex
import time

from harness import clients, home, practice, terminal
from harness.case import case, equal, holds, until

CODE_PROMPT = r"MFA code for \S+ \(arn:aws:iam::123456789012:mfa/alice\): "
PASSPHRASE_PROMPT = "Vault passphrase: "
#: What the vault of the practice account opens with.
PASSPHRASE = "practice vault"


def _wrong(code: str) -> str:
    """Six digits that the phone does not show."""
    return f"{(int(code) + 500_000) % 1_000_000:06}"


def _asking_for_everything(place: home.Home) -> practice.Practice:
    """A practice account whose vault asks the person for its passphrase."""
    account = practice.Practice(place)
    del place.environment["KEYWARD_PASSPHRASE_FILE"]
    return account


@case
def a_wrong_code_is_asked_again_and_the_right_one_taken(place: home.Home) -> None:
    """The passphrase comes first and is hidden; the code is shown."""
    account = _asking_for_everything(place)
    person = terminal.Typist(place, home.KEYWARD, "exec", "readonly", "--", "env", "-0")
    person.sees(PASSPHRASE_PROMPT)
    person.types(PASSPHRASE, shown=False)
    between = person.sees(CODE_PROMPT)
    holds(PASSPHRASE not in between, "the terminal showed the passphrase")
    person.types(_wrong(account.code()), shown=True)
    person.sees("AWS did not accept that code")
    person.sees(CODE_PROMPT)
    person.types(account.code(), shown=True)
    seen = clients.from_environment(person.ends())
    equal(person.status, 0, "the exit code")
    equal(
        clients.who_are(seen, account.url),
        "arn:aws:sts::123456789012:assumed-role/ReadOnly/alice",
        "who the child is",
    )
    equal(len(account.journal("AssumeRole")), 1, "roles assumed")


@case
def a_wrong_passphrase_is_asked_again_and_then_ends_in_4(place: home.Home) -> None:
    """Three attempts; AWS receives no request."""
    account = _asking_for_everything(place)
    person = terminal.Typist(place, home.KEYWARD, "exec", "alice", "--", "true")
    for _ in range(3):
        person.sees(PASSPHRASE_PROMPT)
        person.types("wrong", shown=False)
    person.ends()
    equal(person.status, 4, "the exit code")
    equal(account.journal(), [], "calls")


@case
def the_prompt_reaches_the_terminal_when_every_stream_is_a_pipe(place: home.Home) -> None:
    """SDKs swallow standard error; the terminal is asked all the same."""
    account = practice.Practice(place)
    out, err = place.path / "out", place.path / "err"
    command = f": | {shlex.quote(home.KEYWARD)} credential-process readonly 2>{err} | cat >{out}"
    person = terminal.Typist(place, "bash", "-o", "pipefail", "-c", command)
    person.sees(CODE_PROMPT)
    person.types(account.code(), shown=True)
    person.ends()
    equal(person.status, 0, "the exit code")
    equal(err.read_text(), "", "standard error")
    credentials = clients.from_document(out.read_text())
    equal(
        clients.who_are(credentials, account.url),
        "arn:aws:sts::123456789012:assumed-role/ReadOnly/alice",
        "who one is",
    )


@case
def boto3_asks_the_person_at_its_terminal(place: home.Home) -> None:
    """The prompt of a process that an SDK started, on the person's own terminal."""
    account = practice.Practice(place)
    place.config(f"[profile alice]\nmfa_serial = {practice.SERIAL}\n{clients.command_line('alice')}\n")
    person = terminal.Typist(place, home.PYTHON, "-c", clients.BOTO3, "alice")
    person.sees(CODE_PROMPT)
    person.types(account.code(), shown=True)
    holds("arn:aws:iam::123456789012:user/alice" in person.ends(), "boto3 is not alice")


@case
def tmux_shows_the_prompt_and_takes_the_code(place: home.Home) -> None:
    """A whole screen: an interactive shell, the prompt, keystrokes, the shell's echo after."""
    account = practice.Practice(place)
    screen = terminal.Screen(place, "bash --norc --noprofile")
    screen.types(f"PS1='ready> '; {shlex.quote(home.KEYWARD)} exec alice -- {shlex.quote(home.KEYWARD)} whoami")
    screen.shows(r"MFA code for alice")
    screen.types(_wrong(account.code()))
    screen.shows("AWS did not accept that code")
    screen.types(account.code())
    screen.shows(r"arn:aws:iam::123456789012:user/alice\s")
    screen.types("echo typed words are visible: $((6 * 7))")
    screen.shows("visible: 42")


@case
def tmux_breaks_no_word_in_sixty_columns(place: home.Home) -> None:
    """Errors and hints on a small screen, as a person sees them."""
    place.config(
        "[profile nowhere]\nsource_profile = a-profile-that-is-missing\n"
        "role_arn = arn:aws:iam::123456789012:role/ReadOnly\n"
    )
    command = f"{home.KEYWARD} explain nowhere; {home.KEYWARD} vault status; echo the end; cat"
    shown = terminal.Screen(place, command, columns=60).shows("the end").split()
    done = [place.keyward(*words, code=None) for words in (["explain", "nowhere"], ["vault", "status"])]
    whole = " ".join(one.stdout + one.stderr for one in done).split()
    # A terminal that breaks a line itself breaks it anywhere, and so makes other words.
    equal([word for word in whole if len(word) <= 60 and word not in shown], [], f"broken words in {shown}")


@case
def ctrl_c_at_the_code_leaves_nothing_locked(place: home.Home) -> None:
    """The next in line is asked at once, on its own terminal."""
    account = practice.Practice(place)
    first = terminal.Typist(place, home.KEYWARD, "credential-process", "readonly")
    first.sees(CODE_PROMPT)
    second = terminal.Typist(place, home.KEYWARD, "credential-process", "readonly")
    second.sees("waiting for another keyward")
    first.interrupts()
    first.ends()
    equal(first.status, 130, "the exit code of the interrupted one")
    second.sees(CODE_PROMPT)
    second.types(account.code(), shown=True)
    second.ends()
    equal(second.status, 0, "the exit code of the other")
    equal(len(account.journal("GetSessionToken")), 1, "calls")


@case
def ctrl_c_at_the_passphrase_gives_the_echo_back(place: home.Home) -> None:
    """The shell that started keyward must not be left with a silent terminal."""
    _asking_for_everything(place)
    # A handled signal is reset in the child, so that it ends only keyward.
    command = f"trap : INT; {shlex.quote(home.KEYWARD)} credential-process alice; echo ended $?; stty -a; cat"
    person = terminal.Typist(place, "bash", "-c", command)
    person.sees(PASSPHRASE_PROMPT)
    until(lambda: not person.child.getecho(), "the terminal's echo is off")
    person.interrupts()
    person.sees("ended 130")
    person.sees(r"\s(-?echo)\s")
    equal(person.child.match.group(1), "echo", "the terminal's echo afterwards")


@case
def without_a_terminal_it_ends_in_3_within_a_second(place: home.Home) -> None:
    """A job in the background must not wait for a person who is not there."""
    account = practice.Practice(place)
    for words in (["credential-process", "readonly"], ["exec", "alice", "--", "true"], ["env", "alice"]):
        start = time.monotonic()
        done = place.keyward(*words, code=3)
        took = time.monotonic() - start
        holds(took < 1, f"`keyward {words[0]}` took {took:.1f} s")
        next_commands = ("`keyward exec", f"`keyward {words[0]}")
        holds("hint: " in done.stderr, f"no hint in: {done.stderr}")
        holds(any(command in done.stderr for command in next_commands), f"no next command in: {done.stderr}")
        equal(done.stdout, "", "standard output")
    equal(account.journal(), [], "calls")


@case
def without_a_terminal_a_real_vault_stays_closed_within_a_second(place: home.Home) -> None:
    """Also when the passphrase is the person's, and when it is at hand but the code is not."""
    account = practice.Practice(place)
    place.environment["KEYWARD_HOME"] = str(place.path / "own")
    place.passphrase("correct horse battery staple")
    place.store("alice", *practice.ALICE)
    calls = len(account.journal())
    for at_hand in ("KEYWARD_PASSPHRASE_FILE", None):
        if at_hand is None:
            del place.environment["KEYWARD_PASSPHRASE_FILE"]
        start = time.monotonic()
        place.keyward("credential-process", "alice", code=3)
        took = time.monotonic() - start
        holds(took < 1, f"it took {took:.1f} s with {at_hand} set")
    equal(len(account.journal()), calls, "calls")
