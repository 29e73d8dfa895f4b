"""What many profiles cost, in machine instructions as Valgrind counts them: ten times the profiles cost
ten times the work. `KEYWARD_GROWTH=10` takes ten times as many, and minutes."""

import os
import pathlib
import re
import subprocess

from harness import home
from harness.case import each, holds

TIMES = int(os.environ.get("KEYWARD_GROWTH", "1"))
SIZES = (1, 100 * TIMES, 1_000 * TIMES)
#: Valgrind is fifty times as slow as the machine.
PATIENCE = 1800


def _roles(place: home.Home, count: int) -> None:
    key = (
        "[profile key]\nregion = us-east-1\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
    )
    role = "[profile p{0}]\nregion = us-east-1\nsource_profile = key\nrole_arn = arn:aws:iam::123456789012:role/R{0}\n"
    place.config(key + "".join(role.format(n) for n in range(count)))


def _mistakes(place: home.Home, count: int) -> None:
    profile = "[profile p{0}]\nregion = us-east-1\nrole-arn = arn:aws:iam::123456789012:role/R{0}\n"
    place.config("".join(profile.format(n) for n in range(count)))


def _keys(place: home.Home, count: int) -> None:
    place.config("")
    place.passphrase("correct horse battery staple")
    key = (
        "[p{0}]\naws_access_key_id = AKIAIOSFODNN7EX{0:05}\n"
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAM{0:06}\n\n"
    )
    path = pathlib.Path(place.environment["AWS_SHARED_CREDENTIALS_FILE"])
    path.write_text("".join(key.format(n) for n in range(count)))


@each(
    [
        ("list", (_roles, ["list"])),
        ("setup --all", (_roles, ["setup", "--all"])),
        ("doctor", (_roles, ["doctor"])),
        ("list with a mistake in each", (_mistakes, ["list"])),
        ("doctor with a mistake in each", (_mistakes, ["doctor"])),
        ("import", (_keys, ["import", "credentials", "--yes", "--no-verify"])),
    ]
)
def ten_times_the_profiles_cost_at_most_twelve_times_the_work_of(place: home.Home, row) -> None:
    """Without the cost of the start."""
    fill, words = row
    counts = [_instructions(place, size, fill, words) for size in SIZES]
    small, large = counts[1] - counts[0], counts[2] - counts[0]
    holds(large <= 12 * small, f"{small:,} instructions for {SIZES[1]:,} profiles, {large:,} for {SIZES[2]:,}")


def _instructions(place: home.Home, size: int, fill, words: list[str]) -> int:
    valgrind = home.program("valgrind")
    folder = place.path / f"keyward-{size}"
    folder.mkdir(mode=0o700)
    (folder / "config.toml").write_text("passphrase_work = 2\n")
    place.environment["KEYWARD_HOME"] = str(folder)
    place.environment["KEYWARD_SESSION_TIER"] = "none"
    fill(place, size)
    # The front program would start this one, and the count would end there.
    program = f"{home.KEYWARD}-full"
    counting = [valgrind, "--tool=callgrind", "--callgrind-out-file=/dev/null", program, *words]
    done = subprocess.run(
        ["setsid", "-w", *counting], env=place.environment, capture_output=True, text=True, timeout=PATIENCE
    )
    found = re.search(r"Collected : (\d+)", done.stderr)
    holds(found, f"no count in: {done.stderr[-300:]}")
    return int(found[1])
