"""The Rust SDK: a small program of the project's own examples, built where cargo is."""

import os
import pathlib
import shutil
import subprocess

from . import case

ROOT = pathlib.Path(__file__).parent.parent.parent.parent


def who() -> list[str]:
    """The command that prints the ARN the SDK gets."""
    if not shutil.which("cargo"):
        raise case.Skip("`cargo` is not installed")
    words = ["cargo", "build", "--quiet", "--locked", "-p", "keyward-serve", "--example", "who"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=900)
    case.equal(done.returncode, 0, f"how the client's build ended ({done.stderr.strip()[-300:]})")
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return [str(target / "debug" / "examples" / "who")]
