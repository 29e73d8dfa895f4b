"""The table of `doctor`, judged by the SDKs themselves: for each way to write a profile, and each
variable that decides, the SDK does what its cell says."""

import json

from harness import clients, go, home, node
from harness.case import case, each, holds

SDKS = [
    ("botocore", lambda: [home.PYTHON, "-c", clients.FOUND]),
    ("javascript", node.found),
    ("go", go.found),
]
KEYS = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n"
CAPITALS = KEYS.replace("aws_access_key_id", "AWS_ACCESS_KEY_ID")
ROLE = "role_arn = arn:aws:iam::123456789012:role/R\n"
PROCESS = "credential_process = cat {document}\n"
CENTER = "sso_account_id = 123456789012\nsso_role_name = R\n"
SECTION = "sso_start_url = https://example.awsapps.com/start\nsso_region = us-east-1\n"
SOURCE = f"[profile s]\n{KEYS}"
#: Nothing answers there, so that an SDK that assumes a role fails with the connection.
NOWHERE = "http://127.0.0.1:9"
BASE = {
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ENDPOINT_URL": NOWHERE,
    "AWS_MAX_ATTEMPTS": "1",
    # The Go SDK of Debian is older than the variable of the endpoint.
    "HTTPS_PROXY": NOWHERE,
}

#: What is written, and where: the name of the case, the config file, the credentials file, the
#: profile, and variables.
WRITINGS = [
    ("plain keys", "", f"[c]\n{KEYS}", "c", {}),
    ("keys in capitals", "", f"[c]\n{CAPITALS}", "c", {}),
    ("a role in capitals", f"[profile c]\nRole_Arn{ROLE[8:]}source_profile = s\n{SOURCE}", "", "c", {}),
    ("a program in capitals", f"[profile c]\nCredential_Process{PROCESS[18:]}", "", "c", {}),
    ("a role", f"[profile c]\n{ROLE}source_profile = s\n{SOURCE}", "", "c", {}),
    ("a program", f"[profile c]\n{PROCESS}", "", "c", {}),
    ("two blanks after profile", f"[profile  c]\n{PROCESS}", "", "c", {}),
    ("a tab after profile", f"[profile\tc]\n{PROCESS}", "", "c", {}),
    ("blanks inside the brackets", f"[ profile c ]\n{PROCESS}", "", "c", {}),
    ("a blank behind the name", f"[profile c ]\n{PROCESS}", "", "c", {}),
    ("blanks in the credentials file", "", f"[ c ]\n{KEYS}", "c", {}),
    ("a quoted name with a blank", f'[profile "my team"]\n{PROCESS}', "", "my team", {}),
    ("a quoted name", f'[profile "c"]\n{PROCESS}', "", "c", {}),
    ("an empty AWS_CONFIG_FILE", f"[profile c]\n{PROCESS}", "", "c", {"AWS_CONFIG_FILE": ""}),
    ("an empty AWS_SHARED_CREDENTIALS_FILE", "", f"[c]\n{KEYS}", "c", {"AWS_SHARED_CREDENTIALS_FILE": ""}),
    ("an id here and its secret there", "[profile c]\naws_secret_access_key = x\n", f"[c]\n{KEYS.splitlines()[0]}\n", "c", {}),
    ("a role beside keys", f"[profile c]\n{ROLE}{KEYS}", "", "c", {}),
    ("a role beside a program", f"[profile c]\n{ROLE}{PROCESS}", "", "c", {}),
    ("a role, its source and a program", f"[profile c]\n{ROLE}source_profile = s\n{PROCESS}{SOURCE}", "", "c", {}),
    ("a role of two sources", f"[profile c]\n{ROLE}source_profile = s\ncredential_source = Environment\n{SOURCE}", "", "c", {}),
    ("a role without its source", f"[profile c]\n{ROLE}source_profile = gone\n{PROCESS}", "", "c", {}),
    ("a program and keys", f"[profile c]\n{PROCESS}{KEYS}", "", "c", {}),
    ("a variable before the program", "[profile c]\ncredential_process = X=1 /bin/cat {document}\n", "", "c", {}),
    ("a pipe", "[profile c]\ncredential_process = cat {document} | cat\n", "", "c", {}),
    ("a program that is missing", "[profile c]\ncredential_process = nosuchprogram\n", "", "c", {}),
    ("a section of blanks for the center", f"[profile c]\nsso_session = My Corp\n{CENTER}[sso-session My Corp]\n{SECTION}", "", "c", {}),
    ("no section for the center", f"[profile c]\nsso_session = corp\n{CENTER}", "", "c", {}),
    ("no instance", f"[profile c]\n{ROLE}credential_source = Ec2InstanceMetadata\n", "", "c", {}),
    ("no keys in the environment", f"[profile c]\n{ROLE}credential_source = Environment\n", "", "c", {}),
    ("no container", f"[profile c]\n{ROLE}credential_source = EcsContainer\n", "", "c", {}),
    ("a bare default below one with a prefix", f"[profile default]\n{PROCESS}[default]\nregion = us-east-1\n", "", "default", {}),
    ("a duplicate section", f"[profile c]\nregion = us-east-1\n[profile c]\n{PROCESS}", "", "c", {}),
]
#: Its own answers cannot be told from outside: the metadata service does not answer here, and the
#: Go SDK of Debian is older than `sso-session`.
UNTOLD = {("no instance", "javascript"), ("a section of blanks for the center", "go")}


@each([(sdk, (sdk, command)) for sdk, command in SDKS])
def every_cell_of_doctor_is_what_this_sdk_does(place: home.Home, column) -> None:
    """A cell that names a source ends in its key, a role in a call, and everything else in nothing."""
    sdk, command = column
    words = command()
    document = place.write("document", json.dumps({"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": "x"}))
    usual = place.path / ".aws"
    usual.mkdir()
    # The usual places, so that an empty variable leaves the others something to read.
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        del place.environment[name]
    wrong = []
    for label, config, credentials, profile, variables in WRITINGS:
        if (label, sdk) in UNTOLD:
            continue
        (usual / "config").write_text(config.replace("{document}", str(document)))
        (usual / "credentials").write_text(credentials.replace("{document}", str(document)))
        said = json.loads(place.keyward("doctor", "--json", code=None, environment=variables).stdout)
        cell = said["profiles"][profile][sdk]
        done = place.run(*words, environment={**BASE, **variables, "AWS_PROFILE": profile}, code=None)
        found = _outcome(done)
        if found != _expected(cell):
            wrong.append(f"{label}: the table says {cell!r}, but it is {found!r}: {(done.stdout + done.stderr)[-200:]}")
    holds(not wrong, "\n".join(wrong))


def _expected(cell: str) -> str:
    if cell.startswith("role, "):
        return "a call"
    return {"clear key": "AKIAIOSFODNN7EXAMPLE", "process": "AKIAPROCESS"}.get(cell, "nothing")


def _outcome(done) -> str:
    if done.returncode == 0:
        return json.loads(done.stdout)["id"]
    said = done.stderr.lower()
    return "a call" if any(word in said for word in ("could not connect", "econnrefused", "connection refused", "request send failed")) else "nothing"


@case
def an_empty_profile_variable_stops_botocore_alone(place: home.Home) -> None:
    """`AWS_PROFILE=` names a profile without a name to botocore, and nothing to the others."""
    place.write("credentials", f"[default]\n{KEYS}")
    given = {**BASE, "AWS_PROFILE": ""}
    said = json.loads(place.keyward("doctor", "--json", code=None, environment=given).stdout)
    holds(any(one["id"] == "empty-profile" for one in said["findings"]), "doctor says nothing")
    for sdk, command in SDKS:
        done = place.run(*command(), environment=given, code=None)
        holds((done.returncode == 0) is (sdk != "botocore"), f"{sdk}: {done.stdout}{done.stderr[-200:]}")
