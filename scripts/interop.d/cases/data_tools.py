"""Data tools in Python, through the ways that docs/python-data.md recommends: each signs with the key that keyward
hands out, where the page says so, and does not elsewhere."""

import json

from harness import clients, data_tools, home, practice
from harness.case import case, each, equal

#: What a tool's request is signed with.
KEYWARD, A_ROLE, NOTHING = "keyward's session", "a role that the tool assumes", "nothing"

#: The rows of the table in docs/python-data.md.
TABLE = {
    "pandas": {"setup": KEYWARD, "setup, role": A_ROLE, "exec": KEYWARD, "exec --server": KEYWARD, "serve": KEYWARD},
    "Polars": {"setup": KEYWARD, "setup, role": A_ROLE, "exec": KEYWARD, "exec --server": KEYWARD, "serve": KEYWARD},
    "PyArrow": {"setup": KEYWARD, "setup, role": NOTHING, "exec": KEYWARD, "exec --server": KEYWARD, "serve": KEYWARD},
    "obstore": {"setup": NOTHING, "setup, role": NOTHING, "exec": KEYWARD, "exec --server": NOTHING, "serve": KEYWARD},
    "Delta Lake": {"setup": NOTHING, "setup, role": NOTHING, "exec": KEYWARD, "exec --server": NOTHING, "serve": KEYWARD},
}  # fmt: skip

PROFILES = """
[profile tools]
{line}

[profile person]
{person}

[profile role]
role_arn = arn:aws:iam::123456789012:role/ReadOnly
source_profile = person
"""


@each((name, name) for name in TABLE)
def requests_are_signed_as_the_page_says(place: home.Home, name: str) -> None:
    """One tool, through every way."""
    command = data_tools.reader(name)
    account = practice.Practice(place)
    with open(place.environment["AWS_CONFIG_FILE"], "a", encoding="utf-8") as file:
        lines = {"line": clients.command_line("readonly"), "person": clients.command_line("alice")}
        file.write(PROFILES.format(**lines))
    given = place.keyward("credential-process", "readonly", environment={"KEYWARD_MFA_CODE": account.code()})
    own = json.loads(given.stdout)["AccessKeyId"]
    bucket = data_tools.Bucket(place)
    sts = {"AWS_ENDPOINT_URL_STS": place.environment["AWS_ENDPOINT_URL"]}
    place.environment.update(bucket.environment | sts)
    found = {}
    for way in TABLE[name]:
        bucket.askers.clear()
        _run(place, way, command)
        found[way] = _kind(bucket.askers, own)
    equal(found, TABLE[name], f"what signs the requests of {name}")


def _run(place: home.Home, way: str, command: list[str]) -> None:
    """Reads an object. The bucket refuses, so the exit code says nothing."""
    if way == "exec":
        place.keyward("exec", "readonly", "--", *command, code=None)
    elif way == "exec --server":
        place.keyward("exec", "readonly", "--server", "--", *command, code=None)
    elif way == "serve":
        with clients.serving(place, "readonly") as serving:
            variables = {
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": serving["profiles"]["readonly"],
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": serving["token_file"],
            }
            place.run(*command, code=None, environment=variables)
    else:
        profile = "role" if way == "setup, role" else "tools"
        place.run(*command, code=None, environment={"AWS_PROFILE": profile})


def _kind(askers: list[str | None], own: str) -> str:
    signers = {signer for signer in askers if signer}
    if not signers:
        return NOTHING
    return KEYWARD if signers == {own} else A_ROLE


@case
def an_option_makes_polars_take_the_first_key_of_the_file(place: home.Home) -> None:
    """The warning of docs/python-data.md: it then ignores the profile."""
    id_, secret = practice.BOB
    place.write(".aws/credentials", f"[other]\naws_access_key_id = {id_}\naws_secret_access_key = {secret}\n")
    document = {"Version": 1, "AccessKeyId": practice.ALICE[0], "SecretAccessKey": "x"}
    place.config(f"[profile tools]\ncredential_process = echo '{json.dumps(document)}'\n")
    bucket = data_tools.Bucket(place)
    place.environment.update(bucket.environment | {"AWS_PROFILE": "tools"})
    for options, signer in (("", practice.ALICE[0]), (", storage_options={'aws_unsigned_payload': 'true'}", id_)):
        bucket.askers.clear()
        place.run(*data_tools.polars(options), code=None)
        equal({asker for asker in bucket.askers if asker}, {signer}, f"who asks{options}")
