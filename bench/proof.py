"""The proof of one user against an independent simulator of IAM, and the proof of 1,000 users.
Whole processes; prints medians, the ratio and peak memory, and judges nothing."""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "scripts" / "interop.d"))

from harness import case, home, node  # noqa: E402

RUNS = 5
USERS, GROUPS, ROLES = 1000, 100, 200
ACCOUNT = "123456789012"
ONE = f"""version = 1

[account]
id = "{ACCOUNT}"

[roles.ReadOnly]
managed = ["ReadOnlyAccess"]
mfa_max_age = "1h"

[groups.team]
assume = ["ReadOnly"]

[users.alice]
groups = ["team"]
"""


def main() -> None:
    """Both measurements."""
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; medians of {RUNS} whole processes\n")
    with home.Home() as place:
        one_user(place)
    with home.Home() as place:
        large(place)


def one_user(place: home.Home) -> None:
    """All actions in four contexts, by keyward and by the simulator."""
    file = str(place.write("one.toml", ONE))
    ours = [_measure(place, [home.KEYWARD, "account", "prove", file, "--json"]) for _ in range(RUNS)]
    _print("prove, one user, four contexts", ours)
    try:
        command = node.iam_sweep()
    except case.Skip as skipped:
        print(f"SKIPPED: {skipped}\n")
        return
    asked = json.dumps(_question(place, file))
    started = time.perf_counter()
    done = subprocess.run(command, input=asked, capture_output=True, text=True)
    wall = time.perf_counter() - started
    if done.returncode != 0:
        sys.exit(f"the simulator ended with {done.returncode}: {done.stderr.strip()[-400:]}")
    told = json.loads(done.stdout)
    print(f"{'simulator, the same user, once':44}{wall:8.3f} s wall; {told['actions']} actions, allowed {told['allowed']}")
    print(f"{'simulator / keyward, wall':44}{wall / statistics.median(run[0] for run in ours):8.1f}\n")


def large(place: home.Home) -> None:
    """1,000 users in 100 groups, and 200 roles."""
    lines = [f'version = 1\n\n[account]\nid = "{ACCOUNT}"\n']
    lines += [f'[roles.role{n}]\nmanaged = ["ReadOnlyAccess"]\nmfa_max_age = "1h"\n' for n in range(ROLES)]
    lines += [f'[groups.group{n}]\nassume = ["role{n}", "role{n + GROUPS}"]\n' for n in range(GROUPS)]
    lines += [f'[users.user{n:04}]\ngroups = ["group{n % GROUPS}"]\n' for n in range(USERS)]
    file = str(place.write("large.toml", "\n".join(lines)))
    command = [home.KEYWARD, "account", "prove", file, "--json"]
    _print("prove, 1,000 users and 200 roles", [_measure(place, command) for _ in range(RUNS)])


def _question(place: home.Home, file: str) -> dict:
    """The user's policies as `account render` prints them, and what conditions see."""
    details = json.loads(place.keyward("account", "render", file, "--json").stdout)
    documents = {policy["Arn"]: policy for policy in details["Policies"]}
    held = [entity for entity in [*details["UserDetailList"], *details["GroupDetailList"]]]
    identity = []
    for entity in held:
        inline = entity.get("UserPolicyList") or entity.get("GroupPolicyList") or []
        identity += [policy["PolicyDocument"] for policy in inline]
        for attached in entity.get("AttachedManagedPolicies") or []:
            versions = documents[attached["PolicyArn"]]["PolicyVersionList"]
            identity.append(next(version["Document"] for version in versions if version["IsDefaultVersion"]))
    arn = f"arn:aws:iam::{ACCOUNT}:user/alice"
    common = {"aws:PrincipalArn": arn, "aws:PrincipalAccount": ACCOUNT, "aws:username": "alice"}
    contexts = [{}, {"aws:MultiFactorAuthPresent": "false"}]
    for age in ("0", "129601"):
        contexts.append({"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": age})
    return {"principal": arn, "identity": identity, "contexts": [{**common, **context} for context in contexts]}


def _measure(place: home.Home, command: list[str]) -> tuple[float, float]:
    """Wall seconds, and peak memory in MB."""
    start = time.perf_counter()
    done = subprocess.run(
        [home.program("time"), "-f", "%M", *command],
        env=place.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    wall = time.perf_counter() - start
    # 6 is a broken promise.
    if done.returncode not in (0, 6):
        sys.exit(f"`{command[0]}` ended with {done.returncode}: {done.stderr.strip()[-400:]}")
    return wall, int(done.stderr.split()[-1]) / 1024


def _print(name: str, runs: list[tuple[float, float]]) -> None:
    wall, peak = (statistics.median(run[at] for run in runs) for at in range(2))
    print(f"{name:44}{wall:8.3f} s wall {peak:8.1f} MB", flush=True)


if __name__ == "__main__":
    main()
