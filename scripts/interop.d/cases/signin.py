"""The console's sign-in: one that keyward made and sealed reaches boto3 and the AWS CLI, and AWS's
own code for `login_session` judges proofs, files and renewals."""

import base64
import hashlib
import json
import pathlib
import urllib.error
import urllib.parse
import urllib.request

from harness import clients, home, practice, terminal
from harness.case import case, each, equal, holds

ALICE = "arn:aws:iam::123456789012:user/alice"
SAME_DEVICE = "arn:aws:signin:::devtools/same-device"
#: The person of the practice account opens every address that a browser gets.
BROWSER = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=20).read()"
CLIENTS = [("boto3", clients.who_by_boto3), ("the AWS CLI", clients.who_by_cli)]


def _browser(place: home.Home) -> None:
    script = place.write("browser.py", BROWSER)
    place.environment["BROWSER"] = f"{home.PYTHON} {script}"


def _signed_in(place: home.Home) -> practice.Practice:
    """Signs in by a browser, and makes a profile for SDKs."""
    account = practice.Practice(place)
    _browser(place)
    place.config("")
    place.keyward("signin", "console", "--region", "eu-central-1")
    config = pathlib.Path(place.environment["AWS_CONFIG_FILE"])
    config.write_text(config.read_text() + f"\n[profile sdk]\n{clients.command_line('console')}\n")
    return account


def _grants(account: practice.Practice) -> list[tuple[str, str]]:
    return [(entry["params"]["grantType"], entry["outcome"]) for entry in account.journal("CreateOAuth2Token")]


@each(CLIENTS)
def a_sealed_sign_in_reaches(place: home.Home, who) -> None:
    """Through `credential_process`, before and after a renewal."""
    account = _signed_in(place)
    equal(who(place, "sdk"), ALICE, "who the profile is")
    # Without its kept credentials the sign-in is renewed.
    place.keyward("lock")
    equal(who(place, "sdk"), ALICE, "who the profile is after a renewal")
    equal(_grants(account), [("authorization_code", "OK"), ("refresh_token", "OK")], "the grants")


@case
def a_server_gives_a_sealed_sign_in_to_boto3(place: home.Home) -> None:
    """Over loopback, renewed by the server itself."""
    account = _signed_in(place)
    place.keyward("lock")
    script = 'import boto3; print(boto3.client("sts").get_caller_identity()["Arn"])'
    done = place.keyward("exec", "--server", "console", "--", home.PYTHON, "-c", script)
    equal(done.stdout.strip(), ALICE, "who the program is")
    equal(_grants(account), [("authorization_code", "OK"), ("refresh_token", "OK")], "the grants")


@case
def boto3_hears_that_a_sealed_sign_in_is_over(place: home.Home) -> None:
    """The error of boto3 contains the command to run."""
    account = _signed_in(place)
    place.keyward("signin", "--logout", "console")
    failed = place.run(home.PYTHON, "-c", clients.BOTO3, "sdk", code=1)
    holds("keyward signin console" in failed.stderr, failed.stderr)
    equal(len(_grants(account)), 1, "tokens")


@case
def a_person_s_command_signs_in_by_itself(place: home.Home) -> None:
    """On a terminal, with a browser here."""
    account = practice.Practice(place)
    _browser(place)
    place.config(f"[profile console]\nlogin_session = {ALICE}\nregion = eu-central-1\n")
    typist = terminal.Typist(place, home.KEYWARD, "exec", "console", "--", "sh", "-c", "echo got $AWS_ACCESS_KEY_ID")
    typist.sees("Your browser opens to sign in")
    typist.sees("got ASIA")
    typist.ends()
    equal(typist.status, 0, "the exit code")
    equal(clients.who_by_boto3(place, _tools(place)), ALICE, "who the profile is")
    equal(_grants(account), [("authorization_code", "OK")], "the grants")


def _tools(place: home.Home) -> str:
    """A profile for SDKs; returns its name."""
    config = pathlib.Path(place.environment["AWS_CONFIG_FILE"])
    config.write_text(config.read_text() + f"\n[profile sdk]\n{clients.command_line('console')}\n")
    return "sdk"


@case
def a_code_is_typed_from_a_browser_elsewhere(place: home.Home) -> None:
    """Half of the code first, like an incomplete paste."""
    account = practice.Practice(place)
    place.config("")
    words = ["signin", "console", "--remote", "--region", "eu-central-1"]
    typist = terminal.Typist(place, home.KEYWARD, *words)
    typist.sees(r"http://127\.0\.0\.1:\d+/v1/authorize\?")
    url = typist.child.after + typist.sees("\r\n").replace("\x1b[0m", "")
    with urllib.request.urlopen(url, timeout=20) as page:
        code = page.read().decode().split("<p>")[1].split("</p>")[0]
    typist.sees("Code from the browser: ")
    typist.types(code[:20], shown=True)
    typist.sees("That is not the whole code")
    typist.sees("Code from the browser: ")
    typist.types(code, shown=True)
    typist.sees("signed in as")
    typist.ends()
    equal(typist.status, 0, "the exit code")
    equal(json.loads(place.keyward("whoami", "console", "--json").stdout)["arn"], ALICE, "who the profile is")
    equal(_grants(account), [("authorization_code", "OK")], "the grants")


def _kept_as_the_aws_cli_does(place: home.Home, account: practice.Practice) -> pathlib.Path:
    """Signs in with AWS's own cryptography, and leaves the file that the AWS CLI leaves."""
    import botocore.credentials
    import botocore.session
    from awscrt.crypto import EC, ECExportFormat, ECType

    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    redirect = "http://127.0.0.1:9/oauth/callback"
    query = {
        "response_type": "code",
        "client_id": SAME_DEVICE,
        "state": "s",
        "scope": "openid",
        "redirect_uri": redirect,
        "code_challenge_method": "SHA-256",
        "code_challenge": challenge,
    }
    location = _sent_on(f"{account.url}/v1/authorize?{urllib.parse.urlencode(query)}")
    code = urllib.parse.parse_qs(urllib.parse.urlsplit(location).query)["code"][0]
    key = EC.new_generate(ECType.P_256)
    client = botocore.session.Session().create_client(
        "signin",
        endpoint_url=account.url,
        region_name="eu-central-1",
        config=botocore.config.Config(signature_version=botocore.UNSIGNED),
    )
    client.meta.events.register(
        "before-call.signin.CreateOAuth2Token", botocore.credentials._build_add_dpop_header_handler(key)
    )
    given = client.create_o_auth2_token(
        tokenInput={
            "clientId": SAME_DEVICE,
            "grantType": "authorization_code",
            "code": code,
            "codeVerifier": verifier,
            "redirectUri": redirect,
        }
    )["tokenOutput"]
    pem = base64.b64encode(key.export_key(ECExportFormat.SEC1)).decode()
    kept = {
        "accessToken": {**given["accessToken"], "accountId": "123456789012", "expiresAt": "2020-01-01T00:00:00Z"},
        "tokenType": given["tokenType"],
        "clientId": SAME_DEVICE,
        "refreshToken": given["refreshToken"],
        "idToken": given["idToken"],
        "dpopKey": f"-----BEGIN EC PRIVATE KEY-----\n{pem}\n-----END EC PRIVATE KEY-----\n",
    }
    name = hashlib.sha256(ALICE.encode()).hexdigest()
    return place.write(f".aws/login/cache/{name}.json", json.dumps(kept))


class _Stop(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments):
        return None


def _sent_on(url: str) -> str:
    """Where a page sends the browser, which does not go there."""
    try:
        urllib.request.build_opener(_Stop).open(url, timeout=20)
    except urllib.error.HTTPError as sent:
        return sent.headers["location"]
    raise AssertionError("nothing was sent on")


@case
def a_sign_in_of_the_aws_cli_is_renewed_by_boto3_and_keyward_in_turns(place: home.Home) -> None:
    """Each with the key and the refresh token that the other left in the file."""
    account = practice.Practice(place)
    place.config(f"[profile console]\nlogin_session = {ALICE}\nregion = eu-central-1\n")
    file = _kept_as_the_aws_cli_does(place, account)
    grants = [("authorization_code", "OK")]
    for who in (
        lambda: clients.who_by_boto3(place, "console"),
        lambda: json.loads(place.keyward("whoami", "console", "--json").stdout)["arn"],
        lambda: clients.who_by_boto3(place, "console"),
    ):
        equal(who(), ALICE, "the caller is")
        grants.append(("refresh_token", "OK"))
        equal(_grants(account), grants, "the grants")
        kept = json.loads(file.read_text())
        holds(kept["accessToken"]["expiresAt"] > "2020-01-01T00:00:00Z", "the file was not renewed")
        kept["accessToken"]["expiresAt"] = "2020-01-01T00:00:00Z"
        file.write_text(json.dumps(kept))
