"""The audit against moto, its SARIF against the schema, and both HTML reports in a browser."""

import json

import jsonschema
from harness import browser, home, moto, node
from harness.case import case, each, equal, holds

ROOT = (
    "[profile admin]\nregion = eu-central-1\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"
    "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
)
OPEN = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
        {"Effect": "Allow", "Action": ["iam:GetUser", "iam:ListUsers"], "Resource": "arn:aws:iam::*:user/*"},
    ],
}
GUARD = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Deny",
        "NotAction": ["iam:EnableMFADevice", "iam:CreateVirtualMFADevice", "iam:GetUser"],
        "Resource": "*",
        "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    },
}


def _account(place: home.Home) -> moto.Moto:
    """An account with one user whose key works without MFA."""
    server = moto.Moto(place, managed=True)
    place.config(ROOT)
    server.iam.create_user(UserName="mallory")
    server.iam.create_access_key(UserName="mallory")
    server.iam.put_user_policy(UserName="mallory", PolicyName="open", PolicyDocument=json.dumps(OPEN))
    return server


def _found(place: home.Home) -> set[tuple[str, str]]:
    """The ids and subjects of what an audit finds."""
    told = json.loads(place.keyward("audit", "--profile", "admin", "--json").stdout)
    return {(finding["id"], finding["subject"]) for finding in told["findings"]}


@case
def an_account_of_moto_is_judged(place: home.Home) -> None:
    """A defect is found, and gone once that defect is fixed."""
    server = _account(place)
    found = _found(place)
    for check in ("acts-without-mfa", "guard-missing", "dead-grant", "direct-permissions", "user-without-group"):
        holds((check, "mallory") in found, f"`{check}` is not among {sorted(found)}")
    server.iam.put_user_policy(UserName="mallory", PolicyName="guard", PolicyDocument=json.dumps(GUARD))
    found = _found(place)
    for check in ("acts-without-mfa", "guard-missing"):
        holds((check, "mallory") not in found, f"`{check}` is still found")
    equal(place.keyward("audit", "--profile", "admin", "--fail-on", "low", code=None).returncode, 1, "exit code")


@case
def the_sarif_report_follows_the_schema(place: home.Home) -> None:
    """Judged by the schema of SARIF 2.1.0 in Microsoft's package."""
    _account(place)
    log = json.loads(place.keyward("audit", "--profile", "admin", "--sarif").stdout)
    holds(len(log["runs"][0]["results"]) > 3, "there are results")
    schema = json.loads(node.sarif_schema().read_text())
    jsonschema.Draft4Validator(schema).validate(log)
    broken = {**log, "version": "2.2.0"}
    holds(list(jsonschema.Draft4Validator(schema).iter_errors(broken)), "the schema refuses another version")


@each([("light", ("light", 1200)), ("dark", ("dark", 1200)), ("a phone", ("light", 400))])
def reports_open_in_a_browser(place: home.Home, how: tuple[str, int]) -> None:
    """No console message and no request, whatever the account's texts hold."""
    browser.program()
    server = _account(place)
    hostile = json.loads(json.dumps(OPEN))
    hostile["Statement"][0]["Sid"] = "Hostile"
    server.iam.put_user_policy(UserName="mallory", PolicyName="x=1", PolicyDocument=json.dumps(hostile))
    audit, proof = place.path / "audit.html", place.path / "proof.html"
    place.keyward("audit", "--profile", "admin", "--html", str(audit))
    place.keyward("account", "prove", "--profile", "admin", "--html", str(proof), code=6)
    for page in (audit, proof):
        opened = browser.open_page(page, *how)
        equal(opened.console, [], f"what the console of {page.name} says")
        equal(opened.requests, [], f"what {page.name} asks for")
        holds(opened.picture.stat().st_size > 5000, f"the picture of {page.name} is empty")
