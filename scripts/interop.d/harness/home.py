"""A fresh home for one case: an environment with nothing of the machine's own AWS in it, and
ways to run keyward there. Everything it started is ended when the case is over."""

import contextlib
import functools
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

from . import case

KEYWARD = os.environ.get("KEYWARD_BIN", "")
PYTHON = sys.executable
AWS_CLI = str(pathlib.Path(sys.executable).parent / "aws")
#: Seconds for one command. A machine that builds at the same time stops a process for minutes.
PATIENCE = 300


class Home(contextlib.ExitStack):
    """A temporary folder, and the environment of a person who lives there."""

    def __init__(self) -> None:
        super().__init__()
        # A short path: sockets of tmux and gpg must fit into 108 bytes.
        folder = self.enter_context(tempfile.TemporaryDirectory(prefix="kwi-", ignore_cleanup_errors=True))
        self.path = pathlib.Path(folder)
        self.environment = {
            "HOME": folder,
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "TERM": "xterm",
            "SHELL": "/bin/bash",
            "TMPDIR": folder,
            "KEYWARD_HOME": str(self.path / "keyward"),
            "AWS_CONFIG_FILE": str(self.path / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.path / "credentials"),
            "AWS_EC2_METADATA_DISABLED": "true",
            # A debug build then accepts any `passphrase_work`; a release build knows no such variable.
            "KEYWARD_TEST_LIGHT_WORK": "1",
        }
        # Sessions may have their key in the kernel's keyring, which outlives the folder.
        self.callback(self._forget_sessions)

    def write(self, name: str, text: str, mode: int = 0o600) -> pathlib.Path:
        """Writes a file below the home."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path

    def config(self, text: str) -> None:
        """Writes the AWS config file."""
        pathlib.Path(self.environment["AWS_CONFIG_FILE"]).write_text(text)

    def keyward(self, *words: str, code: int | None = 0, **more) -> subprocess.CompletedProcess:
        """Runs keyward; `code` is the exit code it must end with, or None for any."""
        return self.run(KEYWARD, *words, code=code, **more)

    def run(
        self,
        *command: str,
        code: int | None = 0,
        stdin: str = "",
        environment: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess:
        """Runs a command to its end, without a terminal and with the home's environment."""
        done = subprocess.run(
            ["setsid", "-w", *command],
            env={**self.environment, **(environment or {})},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        if code is not None and done.returncode != code:
            shown = " ".join(shlex.quote(pathlib.Path(command[0]).name if i == 0 else w) for i, w in enumerate(command))
            raise case.Failure(f"`{shown}` ended with {done.returncode}, wanted {code}: {done.stderr.strip()}")
        return done

    def start(self, *command: str, **more) -> subprocess.Popen:
        """Starts a command in a session of its own; it is killed when the case ends."""
        more.setdefault("env", self.environment)
        child = subprocess.Popen(command, text=True, start_new_session=True, **more)
        self.callback(_end, child)
        return child

    def store(self, profile: str, access_key_id: str, secret: str, *flags: str) -> subprocess.CompletedProcess:
        """Puts a key into the vault."""
        return self.keyward("add", profile, "--stdin", "--no-config", *flags, stdin=f"{access_key_id}\n{secret}\n")

    def passphrase(self, text: str) -> None:
        """Lets the vault open by a file, as it does for jobs without a terminal."""
        self.environment["KEYWARD_PASSPHRASE_FILE"] = str(self.write("given/passphrase", text + "\n"))

    def _forget_sessions(self) -> None:
        if pathlib.Path(self.environment["KEYWARD_HOME"]).exists():
            subprocess.run([KEYWARD, "lock"], env=self.environment, capture_output=True, timeout=PATIENCE)


def _end(child: subprocess.Popen) -> None:
    if child.poll() is None:
        child.kill()
    child.wait()
    for stream in (child.stdin, child.stdout, child.stderr):
        if stream:
            with contextlib.suppress(BrokenPipeError):
                stream.close()


def reachable_by_others(path: str) -> bool:
    """Whether a user who is neither owner nor of the group may run a program."""
    place = pathlib.Path(path).resolve()
    return all(folder.stat().st_mode & 0o001 for folder in [place, *place.parents])


def program(name: str, package: str | None = None) -> str:
    """The path of a program; as root it is installed when it is missing."""
    if not shutil.which(name):
        install(package or name)
    found = shutil.which(name)
    if not found:
        raise case.Skip(f"`{name}` is not installed")
    return found


@functools.cache
def refresh_lists() -> None:
    """Fetches the lists of packages, once in a run: a new machine has none or old ones."""
    subprocess.run(["apt-get", "update", "-qq"], capture_output=True, timeout=300, check=False)


def install(package: str) -> None:
    """Installs a Debian package, where this is Debian and root; elsewhere nothing happens."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        refresh_lists()
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
        subprocess.run(command, capture_output=True, timeout=300, check=False)
