"""Looks for secrets where none may be: the command lines of every process, the output, and
the files below a home."""

import os
import pathlib
import threading

from . import case


class CommandLines(threading.Thread):
    """Reads `/proc/*/cmdline` over and over while a `with` block runs, and keeps what it saw."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.seen: set[bytes] = set()
        self._over = threading.Event()

    def __enter__(self) -> "CommandLines":
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        """Polls without a pause: a process may live for a millisecond only."""
        while not self._over.is_set():
            for entry in os.listdir("/proc"):
                if entry.isdigit():
                    try:
                        with open(f"/proc/{entry}/cmdline", "rb") as file:
                            self.seen.add(file.read())
                    except OSError:
                        continue

    def require_absent(self, secrets: dict[str, str]) -> None:
        """Fails when a secret was part of any command line."""
        for name, secret in secrets.items():
            for line in self.seen:
                if secret.encode() in line:
                    raise case.Failure(f"{name} was an argument of `{line.split(bytes(1))[0].decode()}`")


def require_absent_in_text(text: str, secrets: dict[str, str], where: str) -> None:
    """Fails when a text holds a secret."""
    for name, secret in secrets.items():
        if secret in text:
            raise case.Failure(f"{name} stands in {where}")


def require_absent_in_files(folder: pathlib.Path, secrets: dict[str, str], but: set[pathlib.Path]) -> int:
    """Fails when a file holds a secret, except age files and those named; returns how many were read."""
    read = 0
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or path in but:
            continue
        content = path.read_bytes()
        if path.suffix == ".age":
            # An age file says so in its first bytes; one in the clear would only be named so.
            case.holds(content.startswith(b"age-encryption.org/v1\n"), f"{path.name} is no age file")
        for name, secret in secrets.items():
            if secret.encode() in content:
                raise case.Failure(f"{name} stands in the file {path.relative_to(folder)}")
        read += 1
    return read
