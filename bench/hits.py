"""What a hand-out from the cache costs, for each build: CPU beside the cheapest process there is,
and what can be counted: instructions, page faults, system calls, memory. Judges nothing."""

import contextlib
import json
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "scripts" / "interop.d"))

from harness import case, home, moto, practice  # noqa: E402

RUNS = 200
SLOW_RUNS = 5
MANY_PROFILES = 100_000
MANY_SESSIONS = 10_000
ASK = ["credential-process", "readonly"]

#: A process that does nothing but read two files and write a line, without a library that moves.
FLOOR = """
#include <fcntl.h>
#include <unistd.h>
int main(int n, char **files) {
    char buffer[65536];
    for (int i = 1; i < n; i++) {
        int file = open(files[i], O_RDONLY);
        if (file < 0 || read(file, buffer, sizeof buffer) < 0) return 1;
        close(file);
    }
    return write(1, "{}\\n", 3) != 3;
}
"""


def builds() -> dict[str, str]:
    """The programs to measure by the names of their builds."""
    named = dict(pair.split("=", 1) for pair in os.environ.get("KEYWARD_BUILDS", "").split() if "=" in pair)
    return named or {"given": home.KEYWARD}


def hit(place: home.Home) -> None:
    """CPU of a cached `credential-process`, of `exec` and of a prompt, as ratios to `true`."""
    warm(place)
    nothing = ["/bin/true"]
    contenders = {"true": nothing}
    floor = _floor(place)
    if floor:
        files = [place.environment[name] for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")]
        contenders["a static C program that reads two files"] = [floor, *[f for f in files if os.path.exists(f)]]
    for build, program in builds().items():
        contenders[f"cached credential-process, {build}"] = [program, *ASK]
        contenders[f"cached env, {build}"] = [program, "env", "readonly"]
        contenders[f"status --prompt, {build}"] = [program, "status", "--prompt"]
        contenders[f"exec … true, {build}"] = [program, "exec", "readonly", "--", *nothing]
    place.environment["AWS_PROFILE"] = "readonly"
    for command in contenders.values():
        settle(place, command)
    found = _in_turn(place.environment, contenders, RUNS)
    base = statistics.median(found["true"])
    for name, times in found.items():
        _row(f"{name} ÷ true, CPU", statistics.median(times) / base, _ms(statistics.median(times)))
    for build in builds():
        adds = statistics.median(found[f"exec … true, {build}"]) - base
        _row(f"exec adds ÷ true, CPU, {build}", adds / base, _ms(adds))
    print()


def peers(place: home.Home) -> None:
    """What other tools need to print a key that they keep, as ratios to `true`."""
    keys = f"aws_access_key_id = {practice.ALICE[0]}\naws_secret_access_key = {practice.ALICE[1]}\n"
    config = place.write("plain", f"[profile plain]\nregion = eu-central-1\n{keys}")
    place.environment["AWS_CONFIG_FILE"] = str(config)
    contenders = {"true": ["/bin/true"]}
    for name, command in (("AWS CLI", _aws_cli(place)), ("aws-vault", _aws_vault(place))):
        if command:
            contenders[f"{name}: {' '.join(command[1:3])}"] = command
        else:
            print(f"SKIPPED: {name} is not on this machine, or too old to export keys")
    found = _in_turn(place.environment, contenders, SLOW_RUNS)
    base = statistics.median(found.pop("true"))
    for name, times in found.items():
        _row(f"{name} ÷ true, CPU", statistics.median(times) / base, _ms(statistics.median(times)))
    print()


def counts(place: home.Home) -> None:
    """What can be counted of a cached `credential-process`."""
    warm(place)
    for build, program in builds().items():
        command = [program, *ASK]
        settle(place, command)
        for what, number in (
            ("instructions (callgrind)", _instructions(place, command)),
            ("system calls (strace)", _system_calls(place, command)),
            ("page faults", _faults(place.environment, command)),
            ("peak memory, kB", _peak(place.environment, command)),
            *((f"size of {path.name}, kB", path.stat().st_size // 1000) for path in _pair(program)),
        ):
            print(f"{what + ', ' + build:66}{'SKIPPED' if number is None else f'{number:,}'}")
    true = ["/bin/true"]
    print(f"{'page faults, true':66}{_faults(place.environment, true):,}")
    print(f"{'peak memory, kB, true':66}{_peak(place.environment, true):,}\n")


def growth_of_config(place: home.Home) -> None:
    """A cached `credential-process` beside 100,000 profiles, and the list of them."""
    warm(place)
    few = place.environment
    path = pathlib.Path(few["AWS_CONFIG_FILE"])
    many = {**few, "AWS_CONFIG_FILE": str(place.write("many", path.read_text() + _profiles(MANY_PROFILES)))}
    for build, program in builds().items():
        command = [program, *ASK]
        times = {"few": [], "many": []}
        for name, environment in (("few", few), ("many", many)):
            settle(place, command, environment)
            # The other one's answer is of other conditions, so they are not measured in turn.
            times[name] = [_cpu(environment, command) for _ in range(RUNS // 4)]
        medians = {name: statistics.median(found) for name, found in times.items()}
        _row(f"with {MANY_PROFILES:,} profiles ÷ with few, CPU, {build}", medians["many"] / medians["few"], _ms(medians["many"]))
        listed = statistics.median(_cpu(many, [program, "list"]) for _ in range(3))
        memory = _peak(many, [program, "list"])
        print(f"{f'list at {MANY_PROFILES:,} profiles, {build}':66}{listed:.2f} CPU-s, {memory / 1024:.0f} MB")
    print()


def growth_of_commands(place: home.Home) -> None:
    """Commands over all profiles: 10,000 of them against 1,000."""
    practice.Practice(place)
    for words in (["list"], ["doctor"], ["setup", "--all"]):
        for build, program in builds().items():
            times = []
            for number in (1_000, 10_000):
                runs = []
                for _ in range(3):
                    config = place.write(f"config-{number}", _profiles(number))
                    environment = {**place.environment, "AWS_CONFIG_FILE": str(config)}
                    runs.append(_cpu(environment, [program, *words], any_end=True))
                times.append(statistics.median(runs))
            _row(f"{' '.join(words)}: 10,000 ÷ 1,000 profiles, CPU, {build}", times[1] / times[0], _ms(times[1]))
    print()


def growth_of_sessions(place: home.Home) -> None:
    """What is left of 10,000 sessions that have ended, once the next one is made."""
    account = warm(place)
    root = pathlib.Path(place.environment["KEYWARD_HOME"])
    sidecar = {
        "version": 1,
        "profile": "old",
        "call": "AssumeRole",
        "role_arn": None,
        "source_key": None,
        "access_key_id": "ASIAIOSFODNN7EXAMPLE",
        "created": "2020-01-01T00:00:00Z",
        "expires_at": "2020-01-01T01:00:00Z",
        "recipient": "age1",
    }
    before = len(list((root / "locks").iterdir()))
    for number in range(MANY_SESSIONS):
        key = f"{number:064x}"
        for name in (f"sessions/{key}.json", f"sessions/{key}.age", f"locks/{key}.lock"):
            (root / name).touch(mode=0o600)
        (root / f"sessions/{key}.json").write_text(json.dumps(sidecar))
    account.advance(30)
    begun = time.perf_counter()
    place.keyward("credential-process", "partner", code=None, environment={"KEYWARD_MFA_CODE": account.code()})
    took = time.perf_counter() - begun
    locks = len(list((root / "locks").iterdir()))
    sessions = len(list((root / "sessions").iterdir()))
    name = f"locks left after {MANY_SESSIONS:,} sessions end"
    print(f"{name:66}{locks} (before them {before}; session files {sessions}; that run took {took:.2f} s)\n")


def first_build(_: home.Home) -> None:
    """A clean build of what `cargo run --release -- demo` runs, in a folder of its own."""
    with tempfile.TemporaryDirectory(dir="target") as folder:
        environment = {**os.environ, "CARGO_TARGET_DIR": folder}
        command = ["cargo", "build", "--release", "--locked", "-p", "keyward", "--bin", "keyward-full"]
        begun, cpu = time.perf_counter(), os.times()
        subprocess.run(command, env=environment, capture_output=True, check=True)
        took, after = time.perf_counter() - begun, os.times()
    spent = after.children_user + after.children_system - cpu.children_user - cpu.children_system
    print(f"{'first build to the demo':66}{took / 60:.1f} min, {spent / 60:.1f} CPU-min, load now {os.getloadavg()[0]:.1f}\n")


def warm(place: home.Home) -> practice.Practice:
    """A practice account whose session and role are in the cache."""
    account = practice.Practice(place)
    place.keyward("credential-process", "readonly", environment={"KEYWARD_MFA_CODE": account.code()})
    # `exec` may keep a session of its own.
    place.keyward("exec", "readonly", "--", "true")
    return account


def settle(place: home.Home, command: list[str], environment: dict[str, str] | None = None) -> None:
    """Runs a command until what it may leave for the next run is there."""
    for _ in range(5):
        _cpu(environment or place.environment, command)
        time.sleep(0.15)


def _in_turn(environment: dict[str, str], contenders: dict[str, list[str]], runs: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(runs):
        for name, command in contenders.items():
            found[name].append(_cpu(environment, command))
    return found


def _cpu(environment: dict[str, str], command: list[str], *, any_end: bool = False) -> float:
    """Seconds of user and system time of a whole process, by the kernel's account."""
    used = _used(environment, command, any_end=any_end)
    return used.ru_utime + used.ru_stime


def _faults(environment: dict[str, str], command: list[str]) -> int:
    """Page faults of a process from its start: it shares this program's memory until then."""
    return statistics.median_low([_used(environment, command).ru_minflt for _ in range(SLOW_RUNS)])


def _used(environment: dict[str, str], command: list[str], *, any_end: bool = False) -> resource.struct_rusage:
    nowhere = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_RDWR, 0) for descriptor in (0, 1, 2)]
    child = os.posix_spawn(command[0], command, environment, file_actions=nowhere)
    _, status, used = os.wait4(child, 0)
    if status != 0 and not any_end:
        sys.exit(f"`{' '.join(command)}` failed; there is nothing to measure")
    return used


def _pair(program: str) -> list[pathlib.Path]:
    """A measured program, and the whole program beside it."""
    found = pathlib.Path(program)
    return [path for path in (found, found.with_name("keyward-full")) if path.exists()]


def _peak(environment: dict[str, str], command: list[str]) -> int:
    """Peak memory in kB, by time(1): a child of this program would be charged with this program's
    own."""
    words = [home.program("time"), "-f", "%M", *command]
    done = subprocess.run(words, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    return int(re.findall(r"\d+", done.stderr.strip().splitlines()[-1])[-1])


def _instructions(place: home.Home, command: list[str]) -> int | None:
    with contextlib.suppress(case.Skip):
        words = [home.program("valgrind"), "--tool=callgrind", "--callgrind-out-file=/dev/null", *command]
        done = subprocess.run(words, env=place.environment, capture_output=True, text=True, check=False)
        counted = re.search(r"Collected : (\d+)", done.stderr)
        return int(counted[1]) if counted else None
    return None


def _system_calls(place: home.Home, command: list[str]) -> int | None:
    with contextlib.suppress(case.Skip):
        notes = place.path / "calls"
        words = [home.program("strace"), "-o", str(notes), *command]
        subprocess.run(words, env=place.environment, capture_output=True, check=True)
        return sum("(" in line for line in notes.read_text().splitlines())
    return None


def _floor(place: home.Home) -> str | None:
    compiler = shutil.which("cc")
    if not compiler:
        print("SKIPPED: no C compiler for the floor")
        return None
    source, program = place.write("floor.c", FLOOR), str(place.path / "floor")
    subprocess.run([compiler, "-O2", "-static", "-o", program, str(source)], check=True)
    return program


def _aws_cli(place: home.Home) -> list[str] | None:
    cli = shutil.which("aws", path=os.pathsep.join(["/usr/bin", os.environ["PATH"]]))
    command = [cli or "", "configure", "export-credentials", "--profile", "plain", "--format", "process"]
    return command if cli and _works(place, command) else None


def _aws_vault(place: home.Home) -> list[str] | None:
    vault = shutil.which("aws-vault")
    if not vault:
        return None
    place.environment.update(AWS_VAULT_BACKEND="file", AWS_VAULT_FILE_PASSPHRASE="for the measurement")
    keys = {"AWS_ACCESS_KEY_ID": practice.ALICE[0], "AWS_SECRET_ACCESS_KEY": practice.ALICE[1]}
    place.run(vault, "add", "--env", "kept", code=None, environment=keys)
    command = [vault, "export", "--no-session", "--format=json", "kept"]
    return command if _works(place, command) else None


def _works(place: home.Home, command: list[str]) -> bool:
    return subprocess.run(command, env=place.environment, capture_output=True, check=False).returncode == 0


def _profiles(number: int) -> str:
    return "[profile p0]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n\n" + "".join(
        f"[profile p{n}]\nregion = eu-central-1\nsource_profile = p0\nrole_arn = arn:aws:iam::{moto.ACCOUNT}:role/R{n}\n\n"
        for n in range(1, number)
    )


def _row(name: str, ratio: float, behind: str) -> None:
    print(f"{name:66}{ratio:8.2f}   ({behind})", flush=True)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"
