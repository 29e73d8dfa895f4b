"""Keys delivered into the secrets of a repository: a server with the shapes of GitHub's API takes
them, and libsodium, by PyNaCl, opens them."""

import base64
import http.server
import json
import re
import threading

import nacl.public

from harness import clients, home, practice
from harness.case import case, equal, holds

TOKEN = "ghp_EXAMPLEexampleEXAMPLEexample00000000"
KEY_ID = "568250167242549743"
CONFIG = f"""
[profile alice]
region = eu-central-1
mfa_serial = {practice.SERIAL}

[profile admin]
source_profile = alice
role_arn = arn:aws:iam::123456789012:role/Administrator
"""


class Host(http.server.BaseHTTPRequestHandler):
    """The repository `example/site` and its environment `production`."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if not re.fullmatch(r"/repos/example/site/(actions|environments/production)/secrets/public-key", self.path):
            return self._answer(404, {"message": "Not Found"})
        key = base64.b64encode(bytes(self.server.key.public_key)).decode()
        return self._answer(200, {"key_id": KEY_ID, "key": key})

    def do_PUT(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if set(body) != {"encrypted_value", "key_id"} or body["key_id"] != KEY_ID:
            return self._answer(422, {"message": "Invalid request"})
        sealed = base64.b64decode(body["encrypted_value"], validate=True)
        known = self.path in self.server.secrets
        self.server.secrets[self.path] = nacl.public.SealedBox(self.server.key).decrypt(sealed).decode()
        return self._answer(204 if known else 201, None)

    def _answer(self, status: int, body: dict | None) -> None:
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            status, body = 401, {"message": "Bad credentials"}
        text = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        if status != 204:
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_words) -> None:
        """Says nothing; the case says what failed."""


def _host(place: home.Home) -> http.server.ThreadingHTTPServer:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Host)
    server.daemon_threads = True
    server.key = nacl.public.PrivateKey.generate()
    server.secrets = {}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place.callback(server.server_close)
    place.callback(server.shutdown)
    place.environment |= {
        "GITHUB_API_URL": f"http://127.0.0.1:{server.server_address[1]}",
        "GITHUB_TOKEN": TOKEN,
    }
    return server


@case
def libsodium_opens_what_a_repository_is_sent(place: home.Home) -> None:
    """Repository and environment, one after the other; each time the key is the one that works."""
    account = practice.Practice(place)
    server = _host(place)
    place.config(CONFIG)
    code = {"KEYWARD_MFA_CODE": account.code()}
    for to, folder in (
        ("github:example/site", "/repos/example/site/actions/secrets"),
        ("github:example/site/production", "/repos/example/site/environments/production/secrets"),
    ):
        done = place.keyward("-v", "rotate", "--user", "bob", "--via", "admin", "--to", to, environment=code)
        found = {
            "AWS_ACCESS_KEY_ID": server.secrets[f"{folder}/AWS_ACCESS_KEY_ID"],
            "AWS_SECRET_ACCESS_KEY": server.secrets[f"{folder}/AWS_SECRET_ACCESS_KEY"],
        }
        equal(clients.who_are(found, account.url), "arn:aws:iam::123456789012:user/bob", f"whose key {to} has")
        holds(found["AWS_ACCESS_KEY_ID"] != practice.BOB[0], "a new key")
        for secret in (found["AWS_SECRET_ACCESS_KEY"], TOKEN):
            holds(secret not in done.stderr + done.stdout, "no secret on either stream")
    # The session of the first rotation served the second.
    equal(len(account.journal("GetSessionToken")), 1, "codes asked for")


@case
def a_token_that_is_refused_makes_no_key(place: home.Home) -> None:
    """The destination is asked before AWS is."""
    account = practice.Practice(place)
    _host(place)
    place.config(CONFIG)
    place.environment["GITHUB_TOKEN"] = "ghp_wrong"
    words = ("rotate", "--user", "bob", "--via", "admin", "--to", "github:example/site")
    done = place.keyward(*words, code=1, environment={"KEYWARD_MFA_CODE": account.code()})
    holds("Bad credentials" in done.stderr, "the host's own words")
    equal(account.journal("CreateAccessKey"), [], "keys made")
