"""Data tools in Python that read S3: pandas, Polars, PyArrow, obstore and Delta Lake. Each brings its own way of
finding credentials."""

import fcntl
import hashlib
import http.server
import pathlib
import re
import subprocess
import threading

from . import case, home

PLACE = pathlib.Path(__file__).parent.parent.parent.parent / ".interop" / "data"
PACKAGES = (
    "boto3==1.43.117",
    "deltalake==1.6.6",
    "obstore==0.12.1",
    "pandas==3.1.1",
    "polars==2.1.0",
    "pyarrow==26.0.1",
    "s3fs==2026.9.0",
)

#: Each reads an object of a bucket. The server answers no tool well, so their errors are expected.
READERS = {
    "pandas": "import pandas; pandas.read_csv('s3://bucket/table.csv')",
    "Polars": "import polars; polars.scan_parquet('s3://bucket/table.parquet'{}).collect()",
    "PyArrow": "from pyarrow import fs; fs.S3FileSystem(**ADDRESS).get_file_info('bucket/table')",
    "obstore": "import obstore.store; obstore.head(obstore.store.S3Store('bucket'), 'table')",
    "Delta Lake": "import deltalake; deltalake.DeltaTable('s3://bucket/table')",
}
#: PyArrow takes the address from the program alone.
HEAD = """
import os, urllib.parse
url = urllib.parse.urlsplit(os.environ["AWS_ENDPOINT_URL"])
ADDRESS = {"endpoint_override": url.netloc, "scheme": url.scheme, "region": os.environ["AWS_REGION"]}
"""


def reader(name: str) -> list[str]:
    """The command that reads an object with this tool."""
    return [str(_python()), "-c", HEAD + READERS[name].replace("{}", "")]


def polars(options: str) -> list[str]:
    """The command that reads an object with Polars and further arguments."""
    return [str(_python()), "-c", READERS["Polars"].replace("{}", options)]


class Bucket(http.server.ThreadingHTTPServer):
    """A bucket that notes who asks, and refuses."""

    def __init__(self, place: home.Home) -> None:
        super().__init__(("127.0.0.1", 0), _Refuses)
        #: The key ids of the requests; None is a request without a signature.
        self.askers: list[str | None] = []
        url = f"http://127.0.0.1:{self.server_port}"
        self.environment = {
            "AWS_ENDPOINT_URL": url,
            # obstore and Delta Lake try the instance's service whatever AWS_EC2_METADATA_DISABLED says.
            "AWS_METADATA_ENDPOINT": url,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "eu-central-1",
            "AWS_DEFAULT_REGION": "eu-central-1",
        }
        thread = threading.Thread(target=self.serve_forever, daemon=True)
        thread.start()
        place.callback(self.server_close)
        place.callback(self.shutdown)


class _Refuses(http.server.BaseHTTPRequestHandler):
    server: Bucket

    def do_GET(self) -> None:  # noqa: N802
        signer = re.search(r"Credential=(\w+)/", self.headers.get("Authorization", ""))
        self.server.askers.append(signer and signer[1])
        self.send_response(403)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_PUT = do_GET  # noqa: N815

    def log_message(self, *_) -> None:
        """Says nothing."""


def _python() -> pathlib.Path:
    """Python with the tools, which are installed once."""
    python, stamp = PLACE / "venv/bin/python", PLACE / "stamp"
    wanted = hashlib.sha256("\n".join(PACKAGES).encode()).hexdigest()
    PLACE.mkdir(parents=True, exist_ok=True)
    with (PLACE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != wanted:
            pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"]
            for command in ([home.PYTHON, "-m", "venv", str(PLACE / "venv")], [*pip, *PACKAGES]):
                fault = _fault(command)
                if fault:
                    raise case.Skip(f"the data tools cannot be installed: {fault}")
            stamp.write_text(wanted)
    return python


def _fault(command: list[str]) -> str | None:
    """Why a command did not succeed."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    except subprocess.TimeoutExpired:
        return "it takes over ten minutes"
    return None if done.returncode == 0 else done.stderr.strip()[-200:] or f"exit code {done.returncode}"
