"""moto: every AWS call answered, none of them checked. One server serves all cases and is
reset before each that uses it."""

import atexit
import http.client
import os
import pathlib
import socket
import subprocess
import sys
import urllib.request

import boto3

from . import case

ACCOUNT = "123456789012"
PARTNER = "111122223333"
#: Attempts to start it: another program may take the port that was free.
STARTS = 5
#: Seconds for one attempt. On a busy machine, moto needs over a minute to load.
START_SECONDS = 300
#: Seconds for one probe during the start.
PROBE_SECONDS = 10
_shared: dict[bool, tuple[subprocess.Popen, str]] = {}


class Moto:
    """A reset moto server; with `managed`, one that knows AWS's managed policies."""

    def __init__(self, home, managed: bool = False) -> None:
        self.url = _server(managed)
        _post(f"{self.url}/moto-api/reset")
        self.iam = boto3.client(
            "iam",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="setup",
            aws_secret_access_key="setup",
        )
        home.environment["AWS_ENDPOINT_URL"] = self.url

    def user_with_key(self, name: str) -> tuple[str, str]:
        """Makes a user and returns its key."""
        self.iam.create_user(UserName=name)
        key = self.iam.create_access_key(UserName=name)["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"]


def _server(managed: bool) -> str:
    if managed not in _shared:
        for attempt in range(STARTS):
            started = _start(managed)
            if started:
                _shared[managed] = started
                break
        else:
            raise case.Failure(f"moto did not start in {STARTS} attempts")
    return _shared[managed][1]


def _start(managed: bool) -> tuple[subprocess.Popen, str] | None:
    """Starts a server; None if it ended at once, as it does if another program took its port."""
    with socket.socket() as probe:
        # moto cannot say which port it took, so a free one is chosen for it.
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = pathlib.Path(sys.executable).parent / "moto_server"
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    if managed:
        environment["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    server = subprocess.Popen(
        [str(program), "-H", "127.0.0.1", "-p", str(port)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        case.until(lambda: server.poll() is not None or _answers(url), "moto starts", seconds=START_SECONDS)
    except BaseException:
        _end(server)
        raise
    if server.poll() is None:
        return server, url
    return None


def _answers(url: str) -> bool:
    try:
        _post(f"{url}/moto-api/reset", seconds=PROBE_SECONDS)
    # A server that is still loading accepts a connection and answers late.
    except (OSError, http.client.HTTPException):
        return False
    return True


def _post(url: str, seconds: float = 60) -> None:
    urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=seconds).close()


@atexit.register
def stop_shared() -> None:
    """Ends the servers, by their own processes."""
    while _shared:
        _, (server, _) = _shared.popitem()
        _end(server)


def _end(server: subprocess.Popen) -> None:
    server.terminate()
    server.wait()
