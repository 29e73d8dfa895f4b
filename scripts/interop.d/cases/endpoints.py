"""How AWS is reached: the endpoints that a profile and the environment configure, as botocore
reads them."""

import itertools
import json

from harness import home
from harness.case import case, equal

#: botocore's names of the services, and the plan's.
SERVICES = {"sts": "sts", "iam": "iam", "sso": "sso", "sso-oidc": "sso_oidc"}
#: The possible settings, alone and in pairs: by a variable or by a line of the profile.
SAYINGS = [
    ("variable", "AWS_ENDPOINT_URL", "http://all.variable"),
    ("variable", "AWS_ENDPOINT_URL_STS", "http://sts.variable"),
    ("variable", "AWS_ENDPOINT_URL_SSO_OIDC", "http://oidc.variable"),
    ("variable", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"),
    ("variable", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false"),
    ("line", "endpoint_url", "http://all.profile"),
    ("line", "services", "local"),
    ("line", "services", "empty"),
    ("line", "ignore_configured_endpoint_urls", "true"),
]
SECTIONS = """
[services local]
iam =
  endpoint_url = http://iam.services
sso_oidc =
  max_attempts = 2
  endpoint_url = http://oidc.services
[services empty]
sts =
  max_attempts = 2
"""

#: For each configuration the endpoints of its clients; none for AWS's own.
BOTOCORE = """
import json, os, sys
import botocore.session
services, rows = json.load(sys.stdin)
before = dict(os.environ)
for config, variables in rows:
    os.environ.clear()
    os.environ.update(before | variables)
    with open(os.environ["AWS_CONFIG_FILE"], "w") as file:
        file.write(config)
    session = botocore.session.Session(profile="p")
    found = {}
    for service in services:
        client = session.create_client(service, aws_access_key_id="k", aws_secret_access_key="s")
        url = client.meta.endpoint_url
        found[service] = url if url.startswith("http://") else None
    print(json.dumps(found))
"""


@case
def a_profile_reaches_what_botocore_reaches(place: home.Home) -> None:
    """Every setting, and every two of them."""
    rows = [_row(said) for size in (0, 1, 2) for said in itertools.combinations(SAYINGS, size) if _is_plain(said)]
    answers = place.run(home.PYTHON, "-c", BOTOCORE, stdin=json.dumps([list(SERVICES), rows])).stdout.splitlines()
    equal(len(answers), len(rows), "answers of botocore")
    for (config, variables), answer in zip(rows, answers, strict=True):
        place.config(config)
        plan = json.loads(place.keyward("explain", "p", "--json", environment=variables).stdout)["plan"]
        found = {theirs: plan["endpoints"].get(ours) for theirs, ours in SERVICES.items()}
        equal(found, json.loads(answer), f"the endpoints with {variables} and {config!r}")


def _is_plain(said: tuple[tuple[str, str, str], ...]) -> bool:
    """Nothing is said twice."""
    return len({name for _, name, _ in said}) == len(said)


def _row(said: tuple[tuple[str, str, str], ...]) -> tuple[str, dict[str, str]]:
    lines = "".join(f"{name} = {value}\n" for kind, name, value in said if kind == "line")
    variables = {name: value for kind, name, value in said if kind == "variable"}
    return f"[profile p]\nregion = eu-central-1\ncredential_process = true\n{lines}{SECTIONS}", variables
