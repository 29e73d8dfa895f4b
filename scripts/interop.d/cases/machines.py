"""The instance metadata service, found where botocore finds it: the same settings, from the same
places, lead both to the same service."""

import http.server
import json
import threading

from harness import home
from harness.case import Failure, case, each, equal, holds

PATH = "/latest/meta-data/iam/security-credentials/"
ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
TRIES = "AWS_METADATA_SERVICE_NUM_ATTEMPTS"
#: botocore comes to the instance by itself, since the profile has nothing else.
BOTO3 = "import boto3; print(boto3.Session(profile_name='p').get_credentials().access_key)"


class Instance(http.server.ThreadingHTTPServer):
    """A metadata service of version 2 alone, which may stumble some times first."""

    def __init__(self, place: home.Home, key: str, stumbles: int = 0) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.key, self.stumbles = key, stumbles
        self.url = f"http://127.0.0.1:{self.server_port}"
        thread = threading.Thread(target=self.serve_forever, daemon=True)
        thread.start()
        place.callback(self.server_close)
        place.callback(self.shutdown)


class _Answers(http.server.BaseHTTPRequestHandler):
    server: Instance

    def do_PUT(self) -> None:  # noqa: N802
        if self.server.stumbles > 0:
            self.server.stumbles -= 1
            self._answer(503, "")
        else:
            self._answer(200 if self.path == "/latest/api/token" else 404, "a-token")

    def do_GET(self) -> None:  # noqa: N802
        document = {
            "Code": "Success",
            "AccessKeyId": self.server.key,
            "SecretAccessKey": "s",
            "Token": "t",
            "Expiration": "2099-01-01T00:00:00Z",
        }
        answers = {PATH: "worker", f"{PATH}worker": json.dumps(document)}
        if self.headers.get("x-aws-ec2-metadata-token") != "a-token":
            self._answer(401, "")
        else:
            self._answer(200 if self.path in answers else 404, answers.get(self.path, ""))

    def _answer(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        # botocore looks for the lifetime it asked.
        self.send_header("X-aws-ec2-metadata-token-ttl-seconds", "21600")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_) -> None:
        """Says nothing."""


#: The profile's lines, the variables, and whose credentials they lead to: A's or B's.
SETTINGS = [
    ("a variable", [], {ENDPOINT: "A"}, "A"),
    ("a key", ["ec2_metadata_service_endpoint = A"], {}, "A"),
    ("both", ["ec2_metadata_service_endpoint = A"], {ENDPOINT: "B"}, "B"),
    (
        "an address beside a mode",
        ["ec2_metadata_service_endpoint = A", "ec2_metadata_service_endpoint_mode = IPv6"],
        {},
        "A",
    ),
    (
        "an address and a variable for the mode",
        ["ec2_metadata_service_endpoint = A/"],
        {"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"},
        "A",
    ),
    (
        "version 1 switched off",
        ["ec2_metadata_service_endpoint = A", "ec2_metadata_v1_disabled = true", "metadata_service_timeout = 3"],
        {},
        "A",
    ),
]


@each([(name, rest) for name, *rest in SETTINGS])
def both_find_the_instance_by(place: home.Home, row) -> None:
    """Two services, and settings that name one of them, or both."""
    lines, variables, wanted = row
    services = {name: Instance(place, f"ASIA{name * 12}") for name in "AB"}

    def named(text: str) -> str:
        head, equals, value = text.rpartition("= ")
        service = services.get(value.rstrip("/"))
        return f"{head}{equals}{service.url}{value[1:]}" if service else text

    place.environment.pop("AWS_EC2_METADATA_DISABLED")
    place.config("[profile p]\ncredential_source = Ec2InstanceMetadata\n" + "\n".join(map(named, lines)) + "\n")
    place.environment.update({name: named(value) for name, value in variables.items()})
    equal(place.run(home.PYTHON, "-c", BOTO3).stdout.strip(), services[wanted].key, "what botocore gets")
    found = json.loads(place.keyward("credential-process", "p").stdout)
    equal(found["AccessKeyId"], services[wanted].key, "what keyward gets")


@case
def both_ask_again_as_often_as_is_said(place: home.Home) -> None:
    """One stumble: too much for one try, and nothing for two."""
    place.environment.pop("AWS_EC2_METADATA_DISABLED")
    service = Instance(place, "ASIAAAAAAAAAAAAAAAAA")
    place.config(f"[profile p]\ncredential_source = Ec2InstanceMetadata\nec2_metadata_service_endpoint = {service.url}\n")
    for tries, good in (("1", False), ("2", True)):
        place.environment[TRIES] = tries
        for name, command in (
            ("botocore", [home.PYTHON, "-c", BOTO3]),
            ("keyward", [home.KEYWARD, "credential-process", "p"]),
        ):
            service.stumbles = 1
            done = place.run(*command, code=None)
            if good:
                holds(service.key in done.stdout, f"{name} gave up after {tries}: {done.stderr[-300:]}")
            elif service.key in done.stdout:
                raise Failure(f"{name} tried more than {tries}")
