"""The table of `doctor`, judged by the SDKs themselves: for each way to write a profile, and each
variable that decides, the SDK does what its cell says."""

import hashlib
import http.server
import json
import threading
import urllib.parse

from harness import clients, go, home, node, rust
from harness.case import case, each, equal, holds

SDKS = [
    ("botocore", lambda: [home.PYTHON, "-c", clients.FOUND]),
    ("javascript", node.found),
    ("go", go.found),
    ("rust", rust.found),
]
KEYS = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n"
CAPITALS = KEYS.replace("aws_access_key_id", "AWS_ACCESS_KEY_ID")
ROLE = "role_arn = arn:aws:iam::123456789012:role/R\n"
PROCESS = "credential_process = cat {document}\n"
CENTER = "sso_account_id = 123456789012\nsso_role_name = R\n"
SECTION = "sso_start_url = https://example.awsapps.com/start\nsso_region = us-east-1\n"
#: Names that every object of JavaScript has.
OF_OBJECTS = ("__proto__", "constructor", "toString")
FORTY = "".join(
    f"[profile {'c' if n == 0 else f'c{n}'}]\n{ROLE}source_profile = c{n + 1}\n" for n in range(40)
) + f"[profile c40]\n{KEYS}"
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
    ("a comment sign in another header", f"[profile x#y]\nregion = us-east-1\n[profile c]\n{PROCESS}", "", "c", {}),
    ("a header that only some see", f"[profile c]\n[profile #x]\n{PROCESS}", "", "c", {}),
    ("a comment sign in the center's name", f"[profile c]\nsso_session = team#1\n{CENTER}[sso-session team#1]\n{SECTION}", "", "c", {}),
    ("a role, its source and a web identity", f"[profile c]\n{ROLE}source_profile = s\nweb_identity_token_file = /nope\n{SOURCE}", "", "c", {}),
    ("a web identity without its role", f"[profile c]\n{KEYS}web_identity_token_file = /nope\n", "", "c", {}),
    ("a source of its own", f"[profile c]\n{ROLE}source_profile = c\n{PROCESS}{KEYS}", "", "c", {}),
    ("a source of its own with half a key", f"[profile c]\n{ROLE}source_profile = c\n{PROCESS}aws_secret_access_key = x\n", "", "c", {}),
    ("a source of its own without a key", f"[profile c]\n{ROLE}source_profile = c\n{PROCESS}", "", "c", {}),
    ("a cycle that ends in keys", f"[profile c]\n{ROLE}source_profile = d\n{KEYS}[profile d]\n{ROLE}source_profile = c\n", "", "c", {}),
    ("a program without a name", f"[profile c]\n{KEYS}credential_process =\n", "", "c", {}),
    ("a role without a name", f"[profile c]\n{KEYS}role_arn =\nsource_profile = s\n{SOURCE}", "", "c", {}),
    ("a device without a name", f"[profile c]\n{ROLE}source_profile = s\nmfa_serial =\n{SOURCE}", "", "c", {}),
    ("a comment right after the bracket", "", f"[c]#mine\n{KEYS}", "c", {}),
    ("a comment behind the bracket", "", f"[c] # mine\n{KEYS}", "c", {}),
    ("an indented key below a value", "", "[c]\n" + KEYS.replace("\naws", "\n  aws"), "c", {}),
    ("an indented program below a value", f"[profile c]\nregion = us-east-1\n\t{PROCESS}", "", "c", {}),
    ("an indented program below nothing", f"[profile c]\ns3 =\n  {PROCESS}", "", "c", {}),
    ("quotation marks around a whole line", '[profile c]\ncredential_process = "cat {document}"\n', "", "c", {}),
    ("a command of the shell", "[profile c]\ncredential_process = exec cat {document}\n", "", "c", {}),
    ("keys in Python's section for all", "", f"[DEFAULT]\n{KEYS}[c]\nregion = us-east-1\n", "c", {}),
    ("a bracket in a comment behind the header", "", f"[c] # see [x]\n{KEYS}", "c", {}),
    ("keys beside a center that is missing", f"[profile c]\nsso_session = gone\n{KEYS}", "", "c", {}),
    ("an external id without a value", f"[profile c]\n{ROLE}source_profile = s\nexternal_id =\n{SOURCE}", "", "c", {}),
    ("a no-break space after a key", "", "[c]\n" + KEYS.replace(" =", "\u00a0=", 1), "c", {}),
    ("a chain of forty roles", FORTY, "", "c", {}),
    ("a cycle further on", f"[profile c]\n{ROLE}source_profile = d\n[profile d]\n{ROLE}source_profile = e\n[profile e]\n{ROLE}source_profile = d\n", "", "c", {}),
    *[(f"the name {name}", f"[profile {name}]\n{PROCESS}", "", name, {}) for name in OF_OBJECTS],
    *[(f"the name {name} of keys", "", f"[{name}]\n{KEYS}", name, {}) for name in OF_OBJECTS],
    *[(f"a key of the name {name}", f"[profile c]\n{name} = x\n{PROCESS}", "", "c", {}) for name in OF_OBJECTS],
    *[(f"a source of the name {name}", f"[profile c]\n{ROLE}source_profile = {name}\n[profile {name}]\n{KEYS}", "", "c", {}) for name in OF_OBJECTS],
    *[(f"no source of the name {name}", f"[profile c]\n{ROLE}source_profile = {name}\n", "", "c", {}) for name in OF_OBJECTS],
    *[(f"no center of the name {name}", f"[profile c]\nsso_session = {name}\n{CENTER}", "", "c", {}) for name in OF_OBJECTS],
    ("capitals in a source's name", f"[profile c]\n{ROLE}source_profile = S\n{SOURCE}", "", "c", {}),
    ("a source in quotation marks", f'[profile c]\n{ROLE}source_profile = "s"\n{SOURCE}', "", "c", {}),
    ("a kind of source in quotation marks", f'[profile c]\n{ROLE}credential_source = "Environment"\n', "", "c", {}),
    ("a comment behind a source", f"[profile c]\n{ROLE}source_profile = s # mine\n{SOURCE}", "", "c", {}),
    ("an empty token beside keys", "", f"[c]\n{KEYS}aws_session_token =\n", "c", {}),
    ("a prefix in the credentials file", "", f"[profile c]\n{KEYS}", "c", {}),
    ("a role whose source is in the other file", f"[profile c]\n{ROLE}source_profile = s\n", f"[s]\n{KEYS}", "c", {}),
    ("a role in the credentials file", "", f"[c]\n{ROLE}source_profile = s\n[s]\n{KEYS}", "c", {}),
    ("a role of the default profile", f"[profile c]\n{ROLE}source_profile = default\n", f"[default]\n{KEYS}", "c", {}),
    ("hyphens in the names of keys", "", f"[c]\n{KEYS.replace('_key', '-key')}", "c", {}),
    ("the names of keys that people write", "", "[c]\naws_access_key = AKIAIOSFODNN7EXAMPLE\naws_secret_key = x\n", "c", {}),
    ("lines of a shell", "", "[c]\n" + "".join(f"export {line}\n" for line in KEYS.upper().splitlines()), "c", {}),
    ("keys in both files", f"[profile c]\n{KEYS.replace('IOSF', 'XXXX')}", f"[c]\n{KEYS}", "c", {}),
    ("line ends of Windows", f"[profile c]\n{PROCESS}".replace("\n", "\r\n"), "", "c", {}),
    ("an indented line of a no-break space", "", f"[c]\n{KEYS.replace(chr(10), chr(10) + ' ' + chr(160) + chr(10))}", "c", {}),
    ("a program in the home folder", "[profile c]\ncredential_process = ~/give {document}\n", "", "c", {}),
    ("a program by a variable", "[profile c]\ncredential_process = $HOME/give {document}\n", "", "c", {}),
    ("a tab behind the equals sign", f"[profile c]\n{PROCESS.replace('= ', chr(61) + chr(9))}", "", "c", {}),
    ("a secret alone", "", "[c]\naws_secret_access_key = x\n", "c", {}),
    ("a token alone", "", "[c]\naws_session_token = x\n", "c", {}),
    ("a source with half a key and a program", f"[profile c]\n{ROLE}source_profile = s\n[profile s]\naws_access_key_id = AKIAX\n{PROCESS}", "", "c", {}),
    ("a source with a secret and a program", f"[profile c]\n{ROLE}source_profile = s\n[profile s]\naws_secret_access_key = x\n{PROCESS}", "", "c", {}),
    ("a kind of source without a role", f"[profile c]\ncredential_source = Environment\n{KEYS}", "", "c", {}),
    ("a kind of source that nobody knows", f"[profile c]\n{ROLE}credential_source = Vault\n", "", "c", {}),
    ("an empty kind of source", f"[profile c]\n{ROLE}credential_source =\n{KEYS}", "", "c", {}),
    ("an empty source", f"[profile c]\n{ROLE}source_profile =\n{KEYS}", "", "c", {}),
    ("an empty source and a kind", f"[profile c]\n{ROLE}source_profile =\ncredential_source = Environment\n", "", "c", {}),
    ("a center whose address is in both", f"[profile c]\nsso_session = s\n{SECTION}{CENTER}[sso-session s]\n{SECTION}", "", "c", {}),
    ("keys beside a center without a name", f"[profile c]\nsso_session =\n{KEYS}", "", "c", {}),
    ("keys beside an account", f"[profile c]\nsso_account_id = 123456789012\n{KEYS}", "", "c", {}),
    ("keys beside an address of a center", f"[profile c]\nsso_start_url = https://example.awsapps.com/start\n{KEYS}", "", "c", {}),
    ("an empty key", "", "[c]\naws_access_key_id =\naws_secret_access_key =\n", "c", {}),
    ("an empty id", "", "[c]\naws_access_key_id =\naws_secret_access_key = x\n", "c", {}),
    ("an empty secret", "", "[c]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key =\n", "c", {}),
    ("an empty key beside a program", f"[profile c]\naws_access_key_id =\naws_secret_access_key =\n{PROCESS}", "", "c", {}),
    ("an empty key of a source beside a program", f"[profile c]\n{ROLE}source_profile = s\n[profile s]\naws_access_key_id =\naws_secret_access_key =\n{PROCESS}", "", "c", {}),
    ("an empty secret here and the key there", "[profile c]\naws_secret_access_key =\n", f"[c]\n{KEYS}", "c", {}),
    ("a colon behind the name of a key", "", "[c]\n" + KEYS.replace(" =", ":"), "c", {}),
    ("a prefix in capitals", f"[Profile c]\n{PROCESS}", "", "c", {}),
    ("a byte order mark", f"\ufeff[profile c]\n{PROCESS}", "", "c", {}),
    ("text behind a header", "", f"[c] x\n{KEYS}", "c", {}),
    ("a default with a prefix in the credentials file", "", f"[profile default]\n{KEYS}", "default", {}),
    ("a comment behind a role", f"[profile c]\n{ROLE.strip()} # mine\nsource_profile = s\n{SOURCE}", "", "c", {}),
    ("a comment glued to a source", f"[profile c]\n{ROLE}source_profile = s#mine\n{SOURCE}", "", "c", {}),
    ("a web identity without a file", f"[profile c]\n{ROLE}web_identity_token_file =\nsource_profile = s\n{SOURCE}", "", "c", {}),
    ("a source that is a center", f"[profile c]\n{ROLE}source_profile = s\n[profile s]\nsso_session = corp\n{CENTER}", "", "c", {}),
    ("a source that is a role of itself", f"[profile c]\n{ROLE}source_profile = d\n[profile d]\n{ROLE}source_profile = d\n{KEYS}", "", "c", {}),
    ("a source that asks a program for a role of itself", f"[profile c]\n{ROLE}source_profile = d\n[profile d]\n{ROLE}source_profile = d\n{PROCESS}", "", "c", {}),
    ("a source with keys and a program", f"[profile c]\n{ROLE}source_profile = s\n[profile s]\n{KEYS}{PROCESS}", "", "c", {}),
    ("a program here and keys there", f"[profile c]\n{PROCESS}", f"[c]\n{KEYS}", "c", {}),
    ("a program there and keys here", f"[profile c]\n{KEYS}", f"[c]\n{PROCESS}", "c", {}),
    ("a role beside keys of the other file", f"[profile c]\n{ROLE}source_profile = c\n", f"[c]\n{KEYS}", "c", {}),
    ("a key that is written twice", "", f"[c]\naws_access_key_id = AKIATWICE\n{KEYS}", "c", {}),
    ("a key without an equals sign", "", f"[c]\n{KEYS}region\n", "c", {}),
    ("a setting without an equals sign in a block", "", f"[c]\n{KEYS}s3 =\n  fast\n", "c", {}),
    ("no line end at the end", "", f"[c]\n{KEYS}".rstrip(), "c", {}),
    ("a slash in the name", f"[profile team/dev]\n{PROCESS}", "", "team/dev", {}),
    ("a plus and an at sign in the name", f"[profile a+b@c]\n{PROCESS}", "", "a+b@c", {}),
    ("a device of a source", f"[profile c]\n{ROLE}source_profile = s\n{SOURCE}mfa_serial = arn:aws:iam::123456789012:mfa/a\n", "", "c", {}),
    ("a login and keys", f"[profile c]\nlogin_session = arn:aws:iam::123456789012:user/a\n{KEYS}", "", "c", {}),
    ("a login and a program", f"[profile c]\nlogin_session = arn:aws:iam::123456789012:user/a\n{PROCESS}", "", "c", {}),
    ("a duplicate section", f"[profile c]\nregion = us-east-1\n[profile c]\n{PROCESS}", "", "c", {}),
]
#: Its own answers cannot be seen from outside: the metadata service does not answer here, and the
#: Go SDK of Debian is older than `sso-session`.
UNTOLD = {
    ("no instance", "javascript"),
    ("a section of blanks for the center", "go"),
    ("a comment sign in the center's name", "go"),
    # Older than `aws login`.
    ("a login and a program", "go"),
    # It makes a call that AWS refuses: see below.
    ("a role without a name", "rust"),
    ("an external id without a value", "rust"),
    ("an empty key of a source beside a program", "rust"),
}


@each([(sdk, (sdk, command)) for sdk, command in SDKS])
def every_cell_of_doctor_is_what_this_sdk_does(place: home.Home, column) -> None:
    """A cell that names a source ends in its key, a role in a call, and everything else in nothing."""
    sdk, command = column
    words = command()
    place.write("give", '#!/bin/sh\ncat "$1"\n', mode=0o700)
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
        if any(one["id"] == "config-refused" for one in said["findings"]):
            # The table waits until the files can be read.
            continue
        # A section that keyward does not list is no profile to it.
        cell = said["profiles"].get(profile, {}).get(sdk, "nothing")
        done = place.run(*words, environment={**BASE, **variables, "AWS_PROFILE": profile}, code=None)
        found = _outcome(done)
        if found != _expected(cell):
            wrong.append(f"{label}: the table says {cell!r}, but it is {found!r}: {(done.stdout + done.stderr)[-200:]}")
    holds(not wrong, "\n".join(wrong))


def _expected(cell: str) -> str:
    if cell.startswith("role, "):
        return "a call"
    # Such a key is no use to AWS, and comes out all the same.
    broken = dict.fromkeys(("fails: empty key", "fails: key"), "a broken key")
    return {"clear key": "AKIAIOSFODNN7EXAMPLE", "process": "AKIAPROCESS", **broken}.get(cell, "nothing")


def _outcome(done) -> str:
    if done.returncode == 0:
        found = json.loads(done.stdout)
        return found["id"] if found.get("whole", True) else "a broken key"
    said = done.stderr.lower()
    return "a call" if any(word in said for word in ("could not connect", "econnrefused", "connection refused", "request send failed")) else "nothing"


SIGN_IN = f"[sso-session corp]\n{SECTION}"
ADDRESS, PLACE = SECTION.splitlines()
#: An Identity Center for which a token is there: the name of the case, the config file, the credentials file.
CENTERS = [
    ("a section", f"[profile c]\nsso_session = corp\n{CENTER}{SIGN_IN}", ""),
    ("no section", f"[profile c]\n{SECTION}{CENTER}", ""),
    ("a section and an address", f"[profile c]\nsso_session = corp\n{ADDRESS}\n{CENTER}{SIGN_IN}", ""),
    ("a section and a region", f"[profile c]\nsso_session = corp\n{PLACE}\n{CENTER}{SIGN_IN}", ""),
    ("another address than the section's", f"[profile c]\nsso_session = corp\nsso_start_url = https://other.awsapps.com/start\n{CENTER}{SIGN_IN}", ""),
    ("another region than the section's", f"[profile c]\nsso_session = corp\nsso_region = eu-west-1\n{CENTER}{SIGN_IN}", ""),
    ("an empty address beside a section", f"[profile c]\nsso_session = corp\nsso_start_url =\n{CENTER}{SIGN_IN}", ""),
    ("an empty name of a section", f"[profile c]\nsso_session =\n{SECTION}{CENTER}", ""),
    ("an empty name of a section and keys", f"[profile c]\nsso_session =\n{CENTER}{KEYS}", ""),
    ("another setting than the section's", f"[profile c]\nsso_session = corp\nsso_registration_scopes = a\n{CENTER}{SIGN_IN}sso_registration_scopes = b\n", ""),
    ("a setting of the section in the profile too", f"[profile c]\nsso_session = corp\nregion = eu-west-1\n{CENTER}{SIGN_IN}region = us-east-1\n", ""),
    ("an empty section", f"[profile c]\nsso_session = corp\n{SECTION}{CENTER}[sso-session corp]\n", ""),
    ("an empty account and no role", f"[profile c]\nsso_account_id =\n{KEYS}", ""),
    ("an address without a section", f"[profile c]\n{ADDRESS}\n{CENTER}", ""),
    ("an address without a section, beside keys", f"[profile c]\n{ADDRESS}\n{CENTER}{KEYS}", ""),
    ("a region alone, beside keys", f"[profile c]\n{PLACE}\n{KEYS}", ""),
    ("a role alone, beside keys", f"[profile c]\nsso_role_name = R\n{KEYS}", ""),
    ("a section without a region", f"[profile c]\nsso_session = corp\n{CENTER}[sso-session corp]\n{ADDRESS}\n", ""),
    ("a section with an empty region", f"[profile c]\nsso_session = corp\n{CENTER}[sso-session corp]\n{ADDRESS}\nsso_region =\n", ""),
    ("a section whose region is beside it", f"[profile c]\nsso_session = corp\n{PLACE}\n{CENTER}[sso-session corp]\n{ADDRESS}\n", ""),
    ("no role", f"[profile c]\nsso_session = corp\nsso_account_id = 123456789012\n{SIGN_IN}", ""),
    ("an empty role", f"[profile c]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name =\n{SIGN_IN}", ""),
    ("no account", f"[profile c]\nsso_session = corp\nsso_role_name = R\n{SIGN_IN}", ""),
    ("an empty account", f"[profile c]\nsso_session = corp\nsso_account_id =\nsso_role_name = R\n{SIGN_IN}", ""),
    ("neither", f"[profile c]\nsso_session = corp\n{SIGN_IN}", ""),
    ("neither, beside keys", f"[profile c]\nsso_session = corp\n{KEYS}{SIGN_IN}", ""),
    ("neither, beside a program", f"[profile c]\nsso_session = corp\n{PROCESS}{SIGN_IN}", ""),
    ("beside keys", f"[profile c]\nsso_session = corp\n{CENTER}{KEYS}{SIGN_IN}", ""),
    ("beside a program", f"[profile c]\nsso_session = corp\n{CENTER}{PROCESS}{SIGN_IN}", ""),
    ("beside keys of the other file", f"[profile c]\nsso_session = corp\n{CENTER}{SIGN_IN}", f"[c]\n{KEYS}"),
    ("the profile in the credentials file", SIGN_IN, f"[c]\nsso_session = corp\n{CENTER}"),
    ("the section in the credentials file", f"[profile c]\nsso_session = corp\n{CENTER}", SIGN_IN),
    ("a section in capitals", f"[profile c]\nsso_session = corp\n{CENTER}[SSO-Session corp]\n{SECTION}", ""),
    ("a section's name in capitals", f"[profile c]\nsso_session = Corp\n{CENTER}{SIGN_IN}", ""),
    ("keys of a section in capitals", f"[profile c]\nsso_session = corp\n{CENTER}[sso-session corp]\n{SECTION.replace('sso_', 'SSO_')}", ""),
    ("keys of the profile in capitals", f"[profile c]\nsso_session = corp\n{CENTER.replace('sso_', 'SSO_')}{SIGN_IN}", ""),
    ("the section's key in capitals", f"[profile c]\nSSO_Session = corp\n{CENTER}{SIGN_IN}", ""),
    ("two blanks after the noun", f"[profile c]\nsso_session = corp\n{CENTER}[sso-session  corp]\n{SECTION}", ""),
    ("a tab after the noun", f"[profile c]\nsso_session = corp\n{CENTER}[sso-session\tcorp]\n{SECTION}", ""),
    ("blanks inside the section's brackets", f"[profile c]\nsso_session = corp\n{CENTER}[ sso-session corp ]\n{SECTION}", ""),
    ("a blank behind the section's name", f"[profile c]\nsso_session = corp\n{CENTER}[sso-session corp ]\n{SECTION}", ""),
    ("a quoted section", f'[profile c]\nsso_session = corp\n{CENTER}[sso-session "corp"]\n{SECTION}', ""),
    ("a section in single quotation marks", f"[profile c]\nsso_session = corp\n{CENTER}[sso-session 'corp']\n{SECTION}", ""),
    ("a quoted section of two words", f'[profile c]\nsso_session = My Corp\n{CENTER}[sso-session "My Corp"]\n{SECTION}', ""),
    ("a section of two words", f"[profile c]\nsso_session = My Corp\n{CENTER}[sso-session My Corp]\n{SECTION}", ""),
    ("a quoted name of a section", f'[profile c]\nsso_session = "corp"\n{CENTER}{SIGN_IN}', ""),
    ("a comment behind the section's name", f"[profile c]\nsso_session = corp # ours\n{CENTER}{SIGN_IN}", ""),
    ("a comment behind the address", f"[profile c]\nsso_session = corp\n{CENTER}[sso-session corp]\n{ADDRESS} # ours\n{PLACE}\n", ""),
    ("a number sign at the end of the address", f"[profile c]\nsso_session = corp\n{CENTER}[sso-session corp]\n{ADDRESS}/#\n{PLACE}\n", ""),
    ("a section that is written twice", f"[profile c]\nsso_session = corp\n{CENTER}[sso-session corp]\n{ADDRESS}\n[sso-session corp]\n{PLACE}\n", ""),
    ("a section that is a profile", f"[profile c]\nsso_session = corp\n{CENTER}[profile corp]\n{SECTION}", ""),
    ("a section without its noun", f"[profile c]\nsso_session = corp\n{CENTER}[corp]\n{SECTION}", ""),
    ("an underscore in the noun", f"[profile c]\nsso_session = corp\n{CENTER}[sso_session corp]\n{SECTION}", ""),
    ("a source", f"[profile c]\n{ROLE}source_profile = s\n[profile s]\nsso_session = corp\n{CENTER}{SIGN_IN}", ""),
    ("a source without a section", f"[profile c]\n{ROLE}source_profile = s\n[profile s]\n{SECTION}{CENTER}", ""),
    ("a role of itself", f"[profile c]\n{ROLE}source_profile = c\nsso_session = corp\n{CENTER}{SIGN_IN}", ""),
    ("a role without its source", f"[profile c]\n{ROLE}sso_session = corp\n{CENTER}{SIGN_IN}", ""),
    ("a web identity", f"[profile c]\n{ROLE}web_identity_token_file = /nope\nsso_session = corp\n{CENTER}{SIGN_IN}", ""),
    ("an account of eleven digits", f"[profile c]\nsso_session = corp\n{CENTER.replace('9012', '901')}{SIGN_IN}", ""),
    ("an indented region in a section", f"[profile c]\nsso_session = corp\n{CENTER}[sso-session corp]\n{ADDRESS}\n  {PLACE}\n", ""),
]
#: botocore uses what is empty: the portal refuses such a role, and no host has such a region in its name.
USED_EMPTY = {
    ("an empty role", "botocore"),
    ("an empty account", "botocore"),
    ("a section with an empty region", "botocore"),
}


@each([(sdk, (sdk, command)) for sdk, command in SDKS])
def every_cell_of_an_identity_center_is_what_this_sdk_does(place: home.Home, column) -> None:
    """With a token in the cache, `sso` ends in a call of its portal, and everything else does not."""
    sdk, command = column
    words = command()
    document = place.write("document", json.dumps({"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": "x"}))
    cache = place.path / ".aws/sso/cache"
    cache.mkdir(parents=True)
    token = {"accessToken": "t", "expiresAt": "2099-01-01T00:00:00Z", "region": "us-east-1", "startUrl": ADDRESS.split()[-1]}
    for name in ("corp", "Corp", "My Corp", '"corp"', "corp # ours", token["startUrl"], "https://other.awsapps.com/start"):
        (cache / f"{hashlib.sha1(name.encode()).hexdigest()}.json").write_text(json.dumps(token))
    wrong = []
    for label, config, credentials in CENTERS:
        if (label, sdk) in USED_EMPTY:
            continue
        if sdk == "go" and "sso_session" in f"{config}{credentials}".lower():
            # The Go SDK of Debian is older than these sections.
            continue
        place.config(config.replace("{document}", str(document)))
        place.write("credentials", credentials)
        said = json.loads(place.keyward("doctor", "--json", code=None).stdout)
        if any(one["id"] == "config-refused" for one in said["findings"]):
            continue
        cell = said["profiles"].get("c", {}).get(sdk, "nothing")
        done = place.run(*words, environment={**BASE, "AWS_PROFILE": "c"}, code=None)
        found = _outcome(done)
        expected = "a call" if cell == "sso" else _expected(cell)
        if found != expected:
            wrong.append(f"{label}: the table says {cell!r}, but it is {found!r}: {(done.stdout + done.stderr)[-300:]}")
    holds(not wrong, "\n".join(wrong))


@case
def an_empty_profile_variable_stops_botocore_and_rust(place: home.Home) -> None:
    """`AWS_PROFILE=` names a profile without a name to them, and nothing to the others."""
    place.write("credentials", f"[default]\n{KEYS}")
    given = {**BASE, "AWS_PROFILE": ""}
    said = json.loads(place.keyward("doctor", "--json", code=None, environment=given).stdout)
    holds(any(one["id"] == "empty-profile" for one in said["findings"]), "doctor says nothing")
    for sdk, command in SDKS:
        done = place.run(*command(), environment=given, code=None)
        holds((done.returncode == 0) is (sdk in ("javascript", "go")), f"{sdk}: {done.stdout}{done.stderr[-200:]}")


#: Names beyond the grammar that the SDKs share.
NAMES = [("letters of another script", "größe"), ("a comment sign", "#x"), ("a comment sign within", "x#y")]


@each(NAMES)
def boto3_and_the_cli_read_a_name_with(place: home.Home, name: str) -> None:
    """keyward leaves such a profile alone, names the tools that read it, and reads the rest of the file."""
    place.config(f"[profile {name}]\n{KEYS}[profile c]\n{KEYS}")
    for words in ([home.PYTHON, "-c", clients.FOUND], [home.AWS_CLI, "configure", "get", "aws_access_key_id"]):
        done = place.run(*words, environment={**BASE, "AWS_PROFILE": name})
        holds("AKIAIOSFODNN7EXAMPLE" in done.stdout, f"not found: {done.stdout}")
    dump = json.loads(place.keyward("config", "dump", "--json").stdout)
    said = [one["message"] for one in dump["diagnostics"]]
    holds(any(f"boto3 and the AWS CLI read `[profile {name}]`" in one for one in said), f"keyward says {said}")
    holds(list(dump["profiles"]) == ["c"], f"the profiles are {list(dump['profiles'])}")


class _Container(http.server.BaseHTTPRequestHandler):
    """A container's endpoint that counts its clients."""

    def do_GET(self) -> None:
        self.server.asked += 1
        document = {
            "AccessKeyId": "ASIACONTAINER", "SecretAccessKey": "x", "Token": "t", "Expiration": "2099-01-01T00:00:00Z",
        }  # fmt: skip
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(document).encode())

    def log_message(self, *_) -> None:
        """Says nothing."""


@each([(sdk, sdk) for sdk in ("botocore", "javascript", "rust")])
def an_empty_relative_address_of_a_container_keeps_some_from_the_full_one(place: home.Home, sdk: str) -> None:
    """botocore asks the address of ECS, where nothing answers, and Rust refuses it."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Container)
    server.asked = 0
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place.callback(server.server_close)
    place.callback(server.shutdown)
    place.config(f"[profile c]\n{ROLE}credential_source = EcsContainer\n")
    variables = {
        **BASE,
        "AWS_PROFILE": "c",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://127.0.0.1:{server.server_port}/credentials",
        "AWS_METADATA_SERVICE_TIMEOUT": "1",
        # Requests to the container's endpoint bypass the proxy in front of AWS.
        "NO_PROXY": "127.0.0.1,169.254.170.2",
    }
    said = json.loads(place.keyward("doctor", "--json", code=None, environment=variables).stdout)
    cell = said["profiles"]["c"][sdk]
    done = place.run(*dict(SDKS)[sdk](), environment=variables, code=None)
    if sdk == "botocore":
        equal((cell, server.asked), ("fails: env", 0), "the cell, and the calls of the container")
        holds("retrieving metadata" in done.stderr, f"it did not ask: {done.stderr[-300:]}")
    elif sdk == "rust":
        equal((cell, server.asked), ("fails: env", 0), "the cell, and the calls of the container")
        holds("invalid relative URI" in done.stderr, f"it did not refuse: {done.stderr[-300:]}")
    else:
        equal((cell, server.asked > 0), ("role, container", True), "the cell, and the calls of the container")


class _Calls(http.server.BaseHTTPRequestHandler):
    """An STS that keeps what it is sent and refuses it."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.bodies.append(urllib.parse.parse_qs(body, keep_blank_values=True))
        self.send_response(400)
        self.end_headers()

    def log_message(self, *_) -> None:
        """Says nothing."""


#: AWS refuses a name of fewer than 20 characters, and an id of fewer than 2.
EMPTY = [
    ("a role", ("RoleArn", "role_arn =\n")),
    ("an external id", ("ExternalId", f"{ROLE}external_id =\n")),
]


@each(EMPTY)
def rust_sends_what_is_empty(place: home.Home, row) -> None:
    """The other SDKs leave it out or refuse it."""
    parameter, lines = row
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Calls)
    server.bodies = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place.callback(server.server_close)
    place.callback(server.shutdown)
    place.config(f"[profile c]\n{lines}source_profile = s\n{SOURCE}")
    said = json.loads(place.keyward("doctor", "--json", code=None).stdout)
    equal(said["profiles"]["c"]["rust"], "fails: profile", "the cell")
    variables = {**BASE, "AWS_PROFILE": "c", "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}"}
    place.run(*rust.found(), environment=variables, code=None)
    equal([body[parameter] for body in server.bodies], [[""]], "what it sent")
