"""Where credentials come from: other SDKs, OpenSSL and Python's proxies judge what keyward accepts."""

import http.server
import json
import pathlib
import socket
import ssl
import subprocess
import threading

from harness import clients, home, moto, node, practice, terminal
from harness.case import case, each, equal, holds

READ_ONLY = "arn:aws:iam::123456789012:role/ReadOnly"
SESSION = "aws_access_key_id = {id}\naws_secret_access_key = s\naws_session_token = t\n"
DOCUMENT = {"Version": 1, "AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": "s", "SessionToken": "t"}


def _credentials(place: home.Home, text: str) -> None:
    pathlib.Path(place.environment["AWS_SHARED_CREDENTIALS_FILE"]).write_text(text)


def _process(place: home.Home, document: dict) -> str:
    """The line of a program that prints a document."""
    return f"credential_process = /bin/cat {place.write('answer', json.dumps(document))}\n"


def _by_keyward(place: home.Home, profile: str) -> dict[str, str]:
    done = place.keyward("credential-process", profile)
    found = json.loads(done.stdout)
    return {"id": found["AccessKeyId"], "token": found.get("SessionToken"), "account": found.get("AccountId")}


def _by(place: home.Home, command: list[str], profile: str) -> dict[str, str] | None:
    """The credentials that an SDK finds for a profile; None if it refuses or finds none."""
    done = place.run(*command, code=None, environment={"AWS_PROFILE": profile})
    return json.loads(done.stdout) if done.returncode == 0 else None


SDKS = [("botocore", lambda: [home.PYTHON, "-c", clients.FOUND]), ("the JavaScript SDK", node.found)]


@each([("the AWS CLI", [home.AWS_CLI]), ("keyward", [home.KEYWARD, "exec", "admin", "--", home.AWS_CLI])])
def a_code_is_asked_for_a_key_that_a_program_prints_by(place: home.Home, words: list[str]) -> None:
    """Both ask on the terminal; keyward makes one session of it."""
    account = practice.Practice(place)
    document = dict(zip(["AccessKeyId", "SecretAccessKey"], practice.ALICE, strict=True))
    place.config(
        f"[default]\nregion = us-east-1\n{_process(place, {'Version': 1, **document})}"
        f"[profile admin]\nsource_profile = default\nrole_arn = {READ_ONLY}\nmfa_serial = {practice.SERIAL}\n"
        "region = us-east-1\n"
    )
    call = ["sts", "get-caller-identity", "--query", "Arn", "--output", "text"]
    profile = [] if "exec" in words else ["--profile", "admin"]
    person = terminal.Typist(place, *words, *call, *profile)
    person.sees("MFA code for ")
    person.types(account.code(), shown="exec" in words)
    person.sees(":assumed-role/ReadOnly/")
    person.ends()
    equal(person.status, 0, "the exit code")
    equal(len(account.journal("GetSessionToken")), 1 if "exec" in words else 0, "sessions made")


@case
def a_key_of_two_files_is_refused_as_botocore_refuses_it(place: home.Home) -> None:
    """Each file has half of a key; JavaScript and Rust join them."""
    place.config("[profile p]\naws_secret_access_key = s\n")
    _credentials(place, "[p]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n")
    equal(_by(place, [home.PYTHON, "-c", clients.FOUND], "p"), None, "what botocore finds")
    said = place.keyward("credential-process", "p", code=2).stderr
    holds("credentials:2" in said and "config:2" in said, f"not both lines in: {said}")


@each(SDKS)
def keys_of_the_credentials_file_come_before_a_program_in(place: home.Home, sdk) -> None:
    """The program is in the config file."""
    place.config(f"[profile p]\n{_process(place, DOCUMENT)}")
    _credentials(place, "[p]\n" + SESSION.format(id="ASIAI44QH8DHBEXAMPLE"))
    equal(_by(place, sdk(), "p")["id"], "ASIAI44QH8DHBEXAMPLE", "whose credentials the SDK finds")
    equal(_by_keyward(place, "p")["id"], "ASIAI44QH8DHBEXAMPLE", "whose credentials keyward finds")


@each(SDKS)
def a_profile_that_contradicts_its_sso_session_is_refused_by(place: home.Home, sdk) -> None:
    """The region of the profile is another."""
    place.config(
        "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://example.com/start\n"
        "[profile p]\nsso_session = corp\nsso_region = us-east-1\n"
        "sso_account_id = 123456789012\nsso_role_name = R\nregion = us-east-1\n"
    )
    done = place.run(*sdk(), code=None, environment={"AWS_PROFILE": "p"})
    holds(done.returncode != 0 and "sso" in done.stderr.lower(), f"the SDK takes it: {done.stdout}{done.stderr[-300:]}")
    holds("differs" in place.keyward("explain", "p", code=2).stderr, "keyward takes it")


#: Answers of programs that botocore accepts, and whether JavaScript does.
ANSWERS = [
    ("an account that is empty", {**DOCUMENT, "AccountId": ""}),
    ("a blank in the end", {**DOCUMENT, "Expiration": "2099-01-01 00:00:00 UTC"}),
    ("an account that is a number", {**DOCUMENT, "AccountId": 123456789012}),
    ("an end in the year 2999", {**DOCUMENT, "Expiration": "2999-01-01T00:00:00Z"}),
    ("an end with an offset and a fraction", {**DOCUMENT, "Expiration": "2099-01-01T00:00:00.123456+02:00"}),
    ("an end as in mail", {**DOCUMENT, "Expiration": "Thu, 01 Jan 2099 00:00:00 GMT"}),
    ("an end that is null", {**DOCUMENT, "Expiration": None}),
    ("an end in UTC", {**DOCUMENT, "Expiration": "2099-01-01T00:00:00UTC"}),
    ("a version with a point", {**DOCUMENT, "Version": 1.0}),
    ("a key of another maker", {"Version": 1, "AccessKeyId": "minioadmin", "SecretAccessKey": "minioadmin"}),
]


@each(ANSWERS)
def botocore_and_keyward_both_take(place: home.Home, document: dict) -> None:
    """And find the same key in it."""
    place.config(f"[profile p]\n{_process(place, document)}")
    theirs = _by(place, [home.PYTHON, "-c", clients.FOUND], "p")
    ours = _by_keyward(place, "p")
    equal((ours["id"], ours["token"]), (theirs["id"], theirs["token"]), "the credentials")


@each(SDKS)
def the_account_of_the_profile_is_reported_by(place: home.Home, sdk) -> None:
    """The program's answer names none."""
    place.config(f"[profile p]\n{_process(place, DOCUMENT)}aws_account_id = 123456789012\n")
    equal(_by(place, sdk(), "p")["account"], "123456789012", "the SDK's account")
    equal(_by_keyward(place, "p")["account"], "123456789012", "keyward's account")


@each(SDKS)
def keys_of_other_makers_are_found_by(place: home.Home, sdk) -> None:
    """In the credentials file, as LocalStack and others document it."""
    for key in ("test", "minioadmin", "0123456789abcdef0123456789abcdef"):
        _credentials(place, f"[p]\naws_access_key_id = {key}\naws_secret_access_key = s\n")
        equal(_by(place, sdk(), "p")["id"], key, "the SDK's key")
        equal(_by_keyward(place, "p")["id"], key, "keyward's key")


class _Recorder(threading.Thread):
    """A proxy that only notes that it was asked."""

    def __init__(self, place: home.Home) -> None:
        super().__init__(daemon=True)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port, self.asked = self._listener.getsockname()[1], 0
        place.callback(self._listener.close)
        self.start()

    def run(self) -> None:
        """Hangs up on everybody."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.asked += 1
            connection.close()


#: Variables, where `A` and `B` mean two proxies.
PROXIES = [
    ("capitals", {"HTTPS_PROXY": "A"}),
    ("small letters", {"https_proxy": "B"}),
    ("both", {"HTTPS_PROXY": "A", "https_proxy": "B"}),
    ("an empty one in small letters", {"HTTPS_PROXY": "A", "https_proxy": ""}),
    ("one without a scheme", {"HTTPS_PROXY": "A", "BARE": "1"}),
    ("a host past it", {"HTTPS_PROXY": "A", "NO_PROXY": "example.invalid"}),
    ("a host and port past it", {"HTTPS_PROXY": "A", "NO_PROXY": "sts.example.invalid:8443"}),
    ("another port past it", {"HTTPS_PROXY": "A", "NO_PROXY": "sts.example.invalid:8444"}),
    ("hosts past it in small letters", {"HTTPS_PROXY": "A", "NO_PROXY": "other", "no_proxy": ".example.invalid"}),
    ("a proxy for plain calls", {"HTTP_PROXY": "A"}),
]


@each(PROXIES)
def boto3_and_keyward_ask_the_same_proxy(place: home.Home, variables: dict[str, str]) -> None:
    """Of two, or none."""
    proxies = {name: _Recorder(place) for name in "AB"}
    scheme = "" if "BARE" in variables else "http://"
    given = {
        name: f"{scheme}127.0.0.1:{proxies[value].port}" if value in proxies else value
        for name, value in variables.items()
    }
    place.environment.update(
        {
            **given,
            "AWS_ENDPOINT_URL": "https://sts.example.invalid:8443",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_ACCESS_KEY_ID": practice.ALICE[0],
            "AWS_SECRET_ACCESS_KEY": practice.ALICE[1],
            "AWS_DEFAULT_REGION": "us-east-1",
        }
    )
    call = "import boto3; boto3.client('sts').get_caller_identity()"
    asked = []
    for command in ([home.PYTHON, "-c", call], [home.KEYWARD, "whoami"]):
        before = {name: proxy.asked for name, proxy in proxies.items()}
        holds(place.run(*command, code=None).returncode != 0, "somebody answered")
        asked.append({name for name, proxy in proxies.items() if proxy.asked > before[name]})
    equal(asked[1], asked[0], "the proxies that keyward asked, beside those that boto3 asked")


class _Sts(http.server.BaseHTTPRequestHandler):
    """Names every caller Alice."""

    def do_POST(self) -> None:  # noqa: N802
        self.rfile.read(int(self.headers["Content-Length"]))
        body = (
            '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
            "<Arn>arn:aws:iam::123456789012:user/alice</Arn><UserId>AIDAEXAMPLE</UserId>"
            "<Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        """Says nothing."""


def _server(place: home.Home) -> int:
    """An STS with TLS, whose root is `ca.pem`."""
    openssl = home.program("openssl")
    for words in (
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 2 "
        "-subj /CN=root -addext basicConstraints=critical,CA:TRUE",
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out csr.pem -subj /CN=localhost",
    ):
        subprocess.run([openssl, *words.split()], cwd=place.path, check=True, capture_output=True)
    place.write("ext", "subjectAltName = DNS:localhost\nbasicConstraints = CA:FALSE\n")
    words = "x509 -req -in csr.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out cert.pem"
    subprocess.run([openssl, *words.split()], cwd=place.path, check=True, capture_output=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Sts)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(place.path / "cert.pem", place.path / "key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place.callback(server.server_close)
    place.callback(server.shutdown)
    return server.server_port


def _with_mark(place: home.Home) -> bytes:
    return "\ufeff".encode() + (place.path / "ca.pem").read_bytes()


def _of_openssl(place: home.Home, *flags: str) -> bytes:
    words = ["openssl", "x509", "-in", "ca.pem", "-trustout", *flags]
    return subprocess.run(words, cwd=place.path, check=True, capture_output=True).stdout


#: How the bundle is made, the variable that names it, and whether the server is trusted by it.
BUNDLES = [
    ("as it is", lambda place: (place.path / "ca.pem").read_bytes(), "AWS_CA_BUNDLE", True),
    ("another variable", lambda place: (place.path / "ca.pem").read_bytes(), "REQUESTS_CA_BUNDLE", True),
    ("a byte order mark", _with_mark, "AWS_CA_BUNDLE", True),
    ("OpenSSL's form", _of_openssl, "AWS_CA_BUNDLE", True),
    ("trusted with servers", lambda place: _of_openssl(place, "-addtrust", "serverAuth"), "AWS_CA_BUNDLE", True),
    ("rejected for servers", lambda place: _of_openssl(place, "-addreject", "serverAuth"), "AWS_CA_BUNDLE", False),
]


@each([(name, rest) for name, *rest in BUNDLES])
def boto3_and_keyward_trust_the_same_bundle(place: home.Home, row) -> None:
    """A root that only the bundle names."""
    make, variable, trusted = row
    place.environment.update(
        {
            "AWS_ENDPOINT_URL": f"https://localhost:{_server(place)}",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_ACCESS_KEY_ID": practice.ALICE[0],
            "AWS_SECRET_ACCESS_KEY": practice.ALICE[1],
            "AWS_DEFAULT_REGION": "us-east-1",
        }
    )
    path = place.path / "bundle.pem"
    path.write_bytes(make(place))
    place.environment[variable] = str(path)
    call = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
    for command in ([home.PYTHON, "-c", call], [home.KEYWARD, "whoami"]):
        done = place.run(*command, code=None)
        equal(":user/alice" in done.stdout, trusted, f"whether {command[0]} trusts it ({done.stderr[-300:]})")


@case
def the_web_identity_of_the_environment_is_used_as_boto3_uses_it(place: home.Home) -> None:
    """`whoami` without a profile, in a job of a cluster."""
    moto.Moto(place)
    place.environment |= {
        "AWS_ROLE_ARN": READ_ONLY,
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(place.write("token", "a.web.token")),
        "AWS_ROLE_SESSION_NAME": "job",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    script = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
    theirs = place.run(home.PYTHON, "-c", script).stdout.strip()
    holds(theirs.endswith(":assumed-role/ReadOnly/job"), f"boto3 is {theirs}")
    equal(json.loads(place.keyward("whoami", "--json").stdout)["arn"], theirs, "who keyward is")


@case
def a_link_to_a_missing_file_is_written_through_as_the_aws_cli_does(place: home.Home) -> None:
    """The files of a mount that is empty so far."""
    (place.path / "mount").mkdir()
    link = pathlib.Path(place.environment["AWS_CONFIG_FILE"])
    target = place.path / "mount" / "config"
    for write in (
        lambda: place.run(home.AWS_CLI, "configure", "set", "region", "eu-west-1", "--profile", "p"),
        lambda: place.keyward("add", "p", "--stdin", "--no-verify", stdin="\n".join(practice.ALICE) + "\n"),
    ):
        link.symlink_to(target)
        place.passphrase("correct horse battery staple")
        write()
        holds(link.is_symlink() and target.exists(), "the link is gone, or leads nowhere")
        link.unlink()
        target.unlink()


@each([("boto3", [home.PYTHON, "-c", clients.FOUND]), ("the JavaScript SDK", None)])
def a_token_file_that_ends_in_a_line_end_gives_nothing_to(place: home.Home, words) -> None:
    """And `doctor` says so."""
    account = practice.Practice(place)
    place.environment["KEYWARD_MFA_CODE"] = account.code()
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    server = place.start(home.KEYWARD, "serve", "readonly", "--json", **quiet)
    lines = []
    while not lines or lines[-1] != "}\n":
        lines.append(server.stdout.readline())
    serving = json.loads("".join(lines))
    token = place.write("token", pathlib.Path(serving["token_file"]).read_text() + "\n")
    given = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": serving["profiles"]["readonly"],
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(token),
        "AWS_CONFIG_FILE": "/dev/null",
    }
    done = place.run(*(words or node.container()), code=None, environment=given)
    holds(done.returncode != 0, f"credentials were found: {done.stdout}")
    said = place.keyward("doctor", code=None, environment=given)
    holds(str(token.name) in said.stdout + said.stderr, f"doctor is silent: {said.stdout}{said.stderr}")
