"""The list of actions as text: one block per service, in the order of their prefixes.

    keyward-actions 1 DATE
    >SERVICE
    :TYPE<tab>ARN[, ARN]     the service's resource types, numbered from 0 in this order
    NAME LEVEL TYPES         the service's actions, in the order of the lower-case names

There is nothing between the three parts of an action's line: NAME ends before the last upper-case
letter, which is LEVEL (`List`, `Read`, `Tagging`, `Write`, `Permissions management`). TYPES are
numbers joined by commas, with `?` behind those that a request may leave out; nothing for an
action that takes `*` only; `~` where no source says."""

import ast
import json
import pathlib
import re
import tarfile
import zipfile

LEVELS = {
    "List": "L",
    "Read": "R",
    "Tagging": "T",
    "Write": "W",
    "Permissions management": "P",
}
# A name may be given several levels: the rarest says most.
RAREST_FIRST = ["Permissions management", "Tagging", "Write", "Read", "List"]
UNKNOWN = "~"


def text(iam_data: pathlib.Path, floyd: pathlib.Path) -> str:
    date, services = read_iam_data(iam_data)
    add(services, read_floyd(floyd))
    add(services, read_additions())
    lines = [f"keyward-actions 1 {date}"]
    for prefix in sorted(services):
        lines += block(prefix, services[prefix])
    return "\n".join(lines) + "\n"


def read_iam_data(package: pathlib.Path):
    """The date of the data, and per service its resource types and its actions by lower-case name."""
    services = {}
    with tarfile.open(package) as tar:
        files = {member.name: member for member in tar.getmembers()}

        def load(name: str):
            return json.load(tar.extractfile(files[f"package/{name}"]))

        date = load("package.json")["updatedAt"][:10]
        for prefix in load("data/services.json"):
            types = load(f"data/resourceTypes/{prefix}.json")
            order = {key: number for number, key in enumerate(sorted(types))}
            services[prefix] = {
                "types": [(types[key]["key"], types[key]["arn"]) for key in sorted(types)],
                "actions": {
                    key: (
                        action["name"],
                        level(action["accessLevel"].split(", ")),
                        references(action["resourceTypes"], order),
                    )
                    for key, action in load(f"data/actions/{prefix}.json").items()
                },
            }
    return date, services


def level(names: list[str]) -> str:
    unknown = set(names) - set(LEVELS)
    if unknown or not names:
        raise SystemExit(f"unknown access levels: {names}")
    return LEVELS[next(name for name in RAREST_FIRST if name in names)]


def references(types: list[dict], order: dict[str, int]) -> str:
    numbers = sorted((order[one["name"].lower()], one["required"]) for one in types)
    return ",".join(f"{number}{'' if required else '?'}" for number, required in numbers)


def read_floyd(package: pathlib.Path):
    """Service, action and level of every action. It does not list the resource types of each."""
    with zipfile.ZipFile(package) as wheel:
        for name in sorted(wheel.namelist()):
            if re.fullmatch(r"iam_floyd/statement/_[a-z0-9_]+\.py", name):
                if name.endswith("/__init__.py"):
                    continue
                source = wheel.read(name).decode()
                prefix, levels = service_of(ast.parse(source), name)
                for action in sorted({action for names in levels.values() for action in names}):
                    yield prefix, action, level([one for one in levels if action in levels[one]])


def service_of(tree: ast.Module, name: str):
    prefix = levels = None
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "_ACCESS_LEVEL_LIST":
            levels = ast.literal_eval(node.value)
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "attr", "") == "service_prefix":
            prefix = ast.literal_eval(node.value)
    if not prefix or levels is None:
        raise SystemExit(f"{name} has no service prefix or no access levels")
    return prefix, levels


def read_additions():
    """Actions that AWS documents and neither package has."""
    for one in json.loads((pathlib.Path(__file__).parent / "additions.json").read_text()):
        prefix, action = one["action"].split(":")
        yield prefix, action, level([one["level"]])


def add(services, entries) -> None:
    """Adds the actions that are missing; what is there already has its resource types and stays."""
    for prefix, action, letter in entries:
        service = services.setdefault(prefix, {"types": [], "actions": {}})
        service["actions"].setdefault(action.lower(), (action, letter, UNKNOWN))


def block(prefix: str, service) -> list[str]:
    lines = [f">{prefix}"]
    lines += [f":{name}\t{arn}" for name, arn in service["types"]]
    lines += ["".join(service["actions"][key]) for key in sorted(service["actions"])]
    return lines
