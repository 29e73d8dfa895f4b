"""Measures whole processes, alternating between the program and what it is compared with, so
that a busy machine slows both. Prints medians and their ratio; judges nothing."""

import os
import pathlib
import re
import shlex
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "scripts" / "interop.d"))

import hits  # noqa: E402
from harness import home, moto, practice  # noqa: E402

SLOW_RUNS = 15
STORM = 100
STORMS = 5
SLOW_STORMS = 3
MANY_PROFILES = 100_000


def main() -> None:
    """Runs the measurements whose name contains the first argument."""
    chosen = sys.argv[1] if len(sys.argv) > 1 else ""
    load = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    print(f"{os.cpu_count()} cores, load {load}, {os.uname().sysname} {os.uname().release}; medians of whole processes")
    for build, program in hits.builds().items():
        print(f"the {build} build: {_linkage(program)}")
    print()
    for measurement in MEASUREMENTS:
        if chosen in measurement.__name__:
            with home.Home() as place:
                measurement(place)


def command_line(place: home.Home) -> None:
    """The AWS CLI printing static keys, the least it can do, against a cached answer."""
    hits.warm(place)
    keys = f"aws_access_key_id = {practice.ALICE[0]}\naws_secret_access_key = {practice.ALICE[1]}\n"
    plain = {**place.environment, "AWS_CONFIG_FILE": str(place.write("plain", f"[profile plain]\n{keys}"))}
    cli, name = _command_line(plain)
    cached_one = [home.KEYWARD, "credential-process", "readonly"]
    hits.settle(place, cached_one)
    ours, theirs = [], []
    for _ in range(SLOW_RUNS):
        ours.append(_time(place.environment, cached_one))
        theirs.append(_time(plain, cli))
    _line(f"{name} / cached credential-process", theirs, ours, "150 at least")
    print(f"{'peak memory, ' + name:66}{_peak(plain, cli)}\n")


def memory(place: home.Home) -> None:
    """Peak resident memory, as the kernel counts it."""
    account = hits.warm(place)
    cached_one = [home.KEYWARD, "credential-process", "readonly"]
    hits.settle(place, cached_one)
    peaks = {"cached credential-process": _peak(place.environment, cached_one)}
    place.keyward("lock")
    account.advance(30)
    code = {"KEYWARD_MFA_CODE": account.code()}
    peaks["cold credential-process (opens the vault, calls AWS)"] = _peak({**place.environment, **code}, cached_one)
    peaks["true"] = _peak(place.environment, ["/bin/true"])
    for name, peak in peaks.items():
        print(f"{'peak memory, ' + name:66}{peak}")
    print()


def storm(place: home.Home) -> None:
    """A hundred processes on a cold cache against one, with the practice account's vault, which
    opens in no time, and with one that is as slow to open as a person's."""
    for vault, prepare, rounds in (("practice vault", None, STORMS), ("real vault", _real_vault, SLOW_STORMS)):
        alone, together, prompts, calls = [], [], set(), set()
        for _ in range(rounds):
            for number, walls in ((1, alone), (STORM, together)):
                with home.Home() as fresh:
                    account = practice.Practice(fresh)
                    if prepare:
                        prepare(fresh)
                    before = len(account.journal())
                    notes = _count_codes(fresh)
                    walls.append(_wall(fresh, number))
                    prompts.add(len(notes.read_text().splitlines()))
                    calls.add(" ".join(entry["action"] for entry in account.journal()[before:]))
        _line(f"{STORM} cold processes / 1, {vault}", together, alone, "2 at most")
        print(f"{'':52}codes asked for in each storm: {sorted(prompts)}; calls: {sorted(calls)}\n")


def _linkage(program: str) -> str:
    """How a measured program was built, as far as its file tells."""
    headers = subprocess.run(
        ["readelf", "--program-headers", program], capture_output=True, text=True, check=False
    ).stdout
    how = "dynamically linked" if "INTERP" in headers else "statically linked" if headers else "linked in a way unknown"
    return f"{how}, {os.path.getsize(program) / 1_000_000:.1f} MB"


def _real_vault(place: home.Home) -> None:
    """A vault made by the usual command, with the default work factor."""
    place.environment["KEYWARD_HOME"] = str(place.path / "own")
    place.passphrase("correct horse battery staple")
    place.store("alice", *practice.ALICE)


def config(place: home.Home) -> None:
    """A profile found in a very large config file."""
    sections = [
        f"[profile p{n}]\nregion = eu-central-1\nsource_profile = p0\nrole_arn = arn:aws:iam::{moto.ACCOUNT}:role/R{n}\n\n"
        for n in range(1, MANY_PROFILES)
    ]
    place.config(
        "[profile p0]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n\n" + "".join(sections)
    )
    explain = [home.KEYWARD, "explain", f"p{MANY_PROFILES - 1}"]
    ours, theirs = _alternate(place, SLOW_RUNS, explain, ["/bin/true"])
    _line(f"explain among {MANY_PROFILES} profiles / true", ours, theirs, "100 ms at most")


def _alternate(place: home.Home, runs: int, ours: list[str], theirs: list[str]) -> tuple[list[float], list[float]]:
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        times[0].append(_time(place.environment, ours))
        times[1].append(_time(place.environment, theirs))
    return times


def _time(environment: dict[str, str], command: list[str]) -> float:
    """Seconds from the start of a process to its end."""
    nowhere = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_RDWR, 0) for descriptor in (0, 1, 2)]
    start = time.perf_counter()
    child = os.posix_spawn(command[0], command, environment, file_actions=nowhere)
    _, status = os.waitpid(child, 0)
    took = time.perf_counter() - start
    if status != 0:
        sys.exit(f"`{shlex.join(command)}` failed; there is nothing to measure")
    return took


def _command_line(environment: dict[str, str]) -> tuple[list[str], str]:
    """The AWS CLI's cheapest way to print keys, and its name. Version 1 cannot export any."""
    words = ["configure", "export-credentials", "--profile", "plain", "--format", "process"]
    folders = [*os.environ["PATH"].split(os.pathsep), "/usr/bin"]
    for _ in ("as it is", "after an attempt to install it"):
        for cli in (os.path.join(folder, "aws") for folder in folders):
            if os.access(cli, os.X_OK):
                done = subprocess.run([cli, *words], env=environment, capture_output=True, check=False)
                if done.returncode == 0:
                    return [cli, *words], "aws export-credentials"
        home.install("awscli")
    return [home.AWS_CLI, "configure", "get", "aws_access_key_id", "--profile", "plain"], "aws (v1) configure get"


def _peak(environment: dict[str, str], command: list[str]) -> str:
    """Peak memory by time(1): a child of this program would be charged with this program's own."""
    done = subprocess.run(
        [home.program("time"), "-f", "%M", *command],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    kilobytes = int(re.findall(r"\d+", done.stderr)[-1])
    return f"{kilobytes / 1024:.1f} MB"


def _count_codes(place: home.Home) -> pathlib.Path:
    """The phone as a command that leaves a line each time it is asked."""
    notes = place.path / "asked"
    path = pathlib.Path(place.environment["AWS_CONFIG_FILE"])
    line = f"mfa_process = echo asked >>{notes}; {shlex.quote(home.KEYWARD)} sandbox --phone\n"
    path.write_text(path.read_text().replace("[profile alice]\n", "[profile alice]\n" + line))
    return notes


def _wall(place: home.Home, number: int) -> float:
    """Seconds until the last of several processes has its answer."""
    nowhere = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_RDWR, 0) for descriptor in (0, 1, 2)]
    command = [home.KEYWARD, "credential-process", "readonly"]
    start = time.perf_counter()
    children = [os.posix_spawn(command[0], command, place.environment, file_actions=nowhere) for _ in range(number)]
    failed = [child for child in children if os.waitpid(child, 0)[1] != 0]
    if failed:
        sys.exit(f"{len(failed)} of {number} processes failed; there is nothing to measure")
    return time.perf_counter() - start


def _line(name: str, ours: list[float], theirs: list[float], goal: str) -> None:
    a, b = statistics.median(ours), statistics.median(theirs)
    spread = f"p95 {_ms(_p95(ours))} / {_ms(_p95(theirs))}"
    print(f"{name:52}{a / b:8.2f}   ({_ms(a)} / {_ms(b)}; {spread}; n = {len(ours)}; goal: {goal})", flush=True)


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


MEASUREMENTS = (
    hits.hit,
    hits.peers,
    hits.counts,
    hits.growth_of_config,
    hits.growth_of_commands,
    hits.growth_of_sessions,
    command_line,
    memory,
    storm,
    config,
    hits.first_build,
)

if __name__ == "__main__":
    main()
