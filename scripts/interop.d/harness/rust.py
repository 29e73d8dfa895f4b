"""Small programs of the project's own examples, built where cargo is."""

import functools
import os
import pathlib
import shutil
import subprocess

from . import case

ROOT = pathlib.Path(__file__).parent.parent.parent.parent


def who() -> list[str]:
    """The command that prints the ARN the Rust SDK gets."""
    return [_example("keyward-serve", "who")]


def found() -> list[str]:
    """The command that prints which credentials the Rust SDK finds, as JSON."""
    return [_example("keyward-serve", "found")]


def encrypt() -> str:
    """The program that encrypts a secret to keys."""
    return _example("keyward-recipients", "encrypt")


def decide() -> str:
    """The program that decides IAM cases."""
    return _example("keyward-iam", "decide")


@functools.cache
def _example(package: str, name: str) -> str:
    if not shutil.which("cargo"):
        raise case.Skip("`cargo` is not installed")
    words = ["cargo", "build", "--quiet", "--locked", "-p", package, "--example", name]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=900)
    case.equal(done.returncode, 0, f"how the build of `{name}` ended ({done.stderr.strip()[-300:]})")
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return str(target / "debug" / "examples" / name)
