"""No-change plans of the kickstarter's account, and of an account with 1,000 users. Whole
processes, in turn; prints medians, the ratio and peak memory, and judges nothing."""

import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "scripts" / "interop.d"))

from harness import home, moto, terraform  # noqa: E402

RUNS = 5
USERS, GROUPS, ROLES = 1000, 100, 200
CONFIG = (
    "[profile admin]\nregion = us-east-1\n"
    "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"
    "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
)


def main() -> None:
    """Both measurements."""
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; medians of {RUNS} whole processes, in turn\n")
    with home.Home() as place:
        kickstarter(place)
    with home.Home() as place:
        large(place)


def kickstarter(place: home.Home) -> None:
    """The kickstarter's account, made by keyward, planned by keyward and by Terraform."""
    server = moto.Moto(place, managed=True)
    place.config(CONFIG)
    text = place.keyward("account", "init", "--template", "kickstarter").stdout
    file = str(place.write("account.toml", text))
    place.keyward("account", "apply", file, "--yes")
    ours = [home.KEYWARD, "account", "plan", file]
    theirs = _terraform(place, server)
    rows = {"keyward account plan, no change": [], "terraform plan, no change": []}
    for _ in range(RUNS):
        rows["keyward account plan, no change"].append(_measure(place.environment, ours))
        if theirs:
            rows["terraform plan, no change"].append(_measure(place.environment, theirs))
    for name, found in rows.items():
        if found:
            _print(name, found)
    if theirs:
        walls = [statistics.median(run[0] for run in found) for found in rows.values()]
        cpus = [statistics.median(run[1] for run in found) for found in rows.values()]
        print(f"{'terraform / keyward, wall':44}{walls[1] / walls[0]:8.1f}")
        print(f"{'terraform / keyward, CPU':44}{cpus[1] / cpus[0]:8.1f}\n")
    else:
        print("SKIPPED: no Terraform with its AWS provider on this machine\n")


def large(place: home.Home) -> None:
    """1,000 users in 100 groups, and 200 roles."""
    moto.Moto(place, managed=True)
    place.config(CONFIG)
    lines = ['version = 1\n\n[account]\nid = "123456789012"\nprofile = "admin"\n']
    lines += [f'[roles.role{n}]\nmanaged = ["ReadOnlyAccess"]\nmfa_max_age = "1h"\n' for n in range(ROLES)]
    lines += [f'[groups.group{n}]\nassume = ["role{n}", "role{n + GROUPS}"]\n' for n in range(GROUPS)]
    lines += [f'[users.user{n:04}]\ngroups = ["group{n % GROUPS}"]\n' for n in range(USERS)]
    file = str(place.write("large.toml", "\n".join(lines)))
    started = time.perf_counter()
    subprocess.run([home.KEYWARD, "account", "apply", file, "--yes"], env=place.environment, check=True, capture_output=True)
    print(f"{'apply of 1,000 users, once':44}{time.perf_counter() - started:8.2f} s")
    _print("plan of 1,000 users, no change", [_measure(place.environment, [home.KEYWARD, "account", "plan", file]) for _ in range(RUNS)])


def _measure(environment: dict[str, str], command: list[str]) -> tuple[float, float, float]:
    """Wall and CPU seconds, and peak memory in MB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(
        [home.program("time"), "-f", "%M", *command], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"`{command[0]}` ended with {done.returncode}: {done.stderr.strip()[-400:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, int(done.stderr.split()[-1]) / 1024


def _print(name: str, runs: list[tuple[float, float, float]]) -> None:
    wall, cpu, peak = (statistics.median(run[at] for run in runs) for at in range(3))
    print(f"{name:44}{wall:8.3f} s wall {cpu:8.3f} s CPU {peak:8.1f} MB", flush=True)


def _terraform(place: home.Home, server: moto.Moto) -> list[str] | None:
    """The same account as Terraform resources, imported into its state."""
    try:
        program = home.program("terraform")
    except Exception:  # noqa: BLE001  # the harness skips with its own type
        return None
    mirrors = [folder for folder in terraform.MIRRORS if (folder / "registry.terraform.io/hashicorp/aws").is_dir()]
    if not mirrors:
        return None
    place.write("terraform/main.tf.json", json.dumps(_resources(server)))
    folder = str(place.path / "terraform")
    environment = {**place.environment, "AWS_REGION": "us-east-1"}
    for words in (["init", "-input=false", f"-plugin-dir={mirrors[0]}"], ["apply", "-auto-approve", "-input=false"]):
        done = subprocess.run([program, f"-chdir={folder}", *words], env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"terraform {words[0]}: {done.stderr[-1500:]}")
    return [program, f"-chdir={folder}", "plan", "-input=false", "-detailed-exitcode"]


def _escaped(document: dict) -> str:
    return json.dumps(document).replace("${", "$${")


def _resources(server: moto.Moto) -> dict:
    """One resource for each entity and attachment, each with its import."""
    iam = server.iam
    made: dict[str, dict] = {}
    imports: list[dict] = []

    def add(kind: str, identity: str, **fields) -> None:
        name = f"r{len(imports)}"
        made.setdefault(kind, {})[name] = fields
        imports.append({"to": f"{kind}.{name}", "id": identity})

    details = iam.get_account_authorization_details(Filter=["User", "Group", "Role", "LocalManagedPolicy"])
    for policy in details["Policies"]:
        document = next(v["Document"] for v in policy["PolicyVersionList"] if v["IsDefaultVersion"])
        tags = {tag["Key"]: tag["Value"] for tag in iam.list_policy_tags(PolicyArn=policy["Arn"])["Tags"]}
        add("aws_iam_policy", policy["Arn"], name=policy["Arn"].rsplit("/", 1)[1], path=policy["Path"], policy=_escaped(document), tags=tags)
    for role in details["RoleDetailList"]:
        name = role["RoleName"]
        found = iam.get_role(RoleName=name)["Role"]
        tags = {tag["Key"]: tag["Value"] for tag in role["Tags"]}
        add("aws_iam_role", name, name=name, path=role["Path"], assume_role_policy=_escaped(role["AssumeRolePolicyDocument"]), max_session_duration=found["MaxSessionDuration"], description=found.get("Description", ""), tags=tags)
        _grants(add, "role", name, role["RolePolicyList"], iam.list_attached_role_policies(RoleName=name))
    for group in details["GroupDetailList"]:
        name = group["GroupName"]
        add("aws_iam_group", name, name=name, path=group["Path"])
        _grants(add, "group", name, group["GroupPolicyList"], iam.list_attached_group_policies(GroupName=name))
    for user in details["UserDetailList"]:
        name = user["UserName"]
        tags = {tag["Key"]: tag["Value"] for tag in user.get("Tags", [])}
        add("aws_iam_user", name, name=name, path=user["Path"], tags=tags)
        if user["GroupList"]:
            add("aws_iam_user_group_membership", "/".join([name, *user["GroupList"]]), user=name, groups=user["GroupList"])
    url = server.url
    provider = {
        "region": "us-east-1",
        "access_key": "AKIAIOSFODNN7EXAMPLE",
        "secret_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "skip_credentials_validation": True,
        "skip_metadata_api_check": "true",
        "endpoints": [{"iam": url, "sts": url}],
    }
    return {
        "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}},
        "provider": {"aws": provider},
        "resource": made,
        "import": imports,
    }


def _grants(add, kind: str, name: str, inline: list[dict], attached: dict) -> None:
    for policy in inline:
        add(f"aws_iam_{kind}_policy", f"{name}:{policy['PolicyName']}", **{kind: name}, name=policy["PolicyName"], policy=_escaped(policy["PolicyDocument"]))
    for policy in attached["AttachedPolicies"]:
        add(f"aws_iam_{kind}_policy_attachment", f"{name}/{policy['PolicyArn']}", **{kind: name}, policy_arn=policy["PolicyArn"])


if __name__ == "__main__":
    main()
