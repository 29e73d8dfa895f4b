"""Real terminals: pexpect for one program and its prompts, tmux for a whole screen."""

import re
import subprocess
import uuid

import pexpect

from . import case, home


class Typist:
    """A program on a terminal of its own, and a person who types."""

    def __init__(self, place: home.Home, *command: str) -> None:
        self.child = pexpect.spawn(
            command[0],
            list(command[1:]),
            env=place.environment,
            dimensions=(24, 80),
            encoding="utf-8",
            timeout=home.PATIENCE,
        )
        place.callback(self.child.close, force=True)

    def sees(self, pattern: str) -> str:
        """Waits for a text on the terminal; returns the text before it."""
        try:
            self.child.expect(pattern)
        except (pexpect.EOF, pexpect.TIMEOUT) as error:
            raise case.Failure(f"the terminal never showed `{pattern}`, but: {self.child.before!r}") from error
        return self.child.before

    def types(self, line: str, *, shown: bool) -> None:
        """Types a line, after a look at whether the terminal would show it."""
        case.until(lambda: self.child.getecho() is shown, f"the terminal's echo is {'on' if shown else 'off'}")
        self.child.sendline(line)

    def interrupts(self) -> None:
        """Presses Ctrl-C."""
        self.child.sendintr()

    def ends(self) -> str:
        """Waits for the end; returns the rest of the output."""
        # The end may have been read together with what was last looked for; the rest is kept then.
        rest = self.child.buffer if self.child.flag_eof else self.sees(pexpect.EOF)
        self.child.wait()
        return rest

    @property
    def status(self) -> int:
        """The exit code, or 128 and the signal."""
        if self.child.signalstatus is not None:
            return 128 + self.child.signalstatus
        return self.child.exitstatus


class Screen:
    """A tmux server with one window."""

    def __init__(self, place: home.Home, command: str, columns: int = 100) -> None:
        self._environment = {**place.environment, "TMUX_TMPDIR": str(place.path)}
        self._name = f"keyward-{uuid.uuid4().hex[:8]}"
        home.program("tmux")
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", "24", command)
        place.callback(self._tmux, "kill-server", check=False)

    def types(self, text: str) -> None:
        """Types a line."""
        self._tmux("send-keys", "-l", text)
        self._tmux("send-keys", "Enter")

    def shows(self, pattern: str) -> str:
        """Waits until the screen shows a text; returns the screen."""
        last = [""]

        def look() -> bool:
            last[0] = self._tmux("capture-pane", "-p").stdout
            return re.search(pattern, last[0]) is not None

        try:
            case.until(look, "the screen", seconds=home.PATIENCE)
        except case.Failure as error:
            raise case.Failure(f"the screen never showed `{pattern}`, but: {last[0].strip()!r}") from error
        return last[0]

    def _tmux(self, *words: str, check: bool = True) -> subprocess.CompletedProcess:
        return subprocess.run(
            ["tmux", "-L", self._name, *words],
            env=self._environment,
            check=check,
            capture_output=True,
            text=True,
            timeout=home.PATIENCE,
        )
