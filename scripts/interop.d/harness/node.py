"""The JavaScript SDK and OpenPGP.js, in the exact versions of `node/package-lock.json`."""

import hashlib
import pathlib
import platform
import shutil
import subprocess

from . import case, home

PARTS = pathlib.Path(__file__).parent.parent / "node"
PLACE = PARTS.parent.parent.parent / ".interop" / "node"
#: Nushell comes as a package of npm, too. It has a place of its own, because it is large.
NU = PARTS.parent / "nu"

#: Asks STS who one is with whatever the SDK finds by itself.
WHO = """
const {STSClient, GetCallerIdentityCommand} = require("@aws-sdk/client-sts");
new STSClient({}).send(new GetCallerIdentityCommand({})).then(
    (who) => console.log(who.Arn),
    (error) => { console.error(String(error)); process.exit(1); });
"""

#: Prints the id of the key that the SDK finds by itself, and the account that it reports.
FOUND = """
const {fromNodeProviderChain} = require("@aws-sdk/credential-providers");
fromNodeProviderChain({maxRetries: 0, timeout: 500})().then(
    (found) => console.log(JSON.stringify({id: found.accessKeyId, token: found.sessionToken || null,
                                           account: found.accountId || null})),
    (error) => { console.error(String(error)); process.exit(1); });
"""

#: Asks the container endpoint alone: the SDK's chain of sources keeps the reason to itself.
CONTAINER = """
const {fromHttp} = require("@aws-sdk/credential-providers");
fromHttp({maxRetries: 0})().then(
    (credentials) => console.log(credentials.accessKeyId),
    (error) => { console.error(String(error), error.Message); process.exit(1); });
"""

#: Makes a PGP key with these options, and prints the public and then the private part.
PGP_KEY = """
require("openpgp").generateKey(JSON.parse(process.argv[2])).then(
    (key) => console.log(JSON.stringify([key.publicKey, key.privateKey])),
    (error) => { console.error(String(error)); process.exit(1); });
"""


def who() -> list[str]:
    """The command that prints the ARN the SDK gets."""
    return _command("who.js", WHO)


def found() -> list[str]:
    """The command that prints which credentials the SDK finds, as JSON."""
    return _command("found.js", FOUND)


def container() -> list[str]:
    """The command that prints the key id from the container endpoint, or the error."""
    return _command("container.js", CONTAINER)


def pgp_key() -> list[str]:
    """The command that makes a PGP key, by the options of OpenPGP.js in JSON."""
    return _command("pgp-key.js", PGP_KEY)


def iam_judge() -> list[str]:
    """The command that judges IAM cases with an independent simulator."""
    return _command("iam_judge.mjs", (PARTS / "iam_judge.mjs").read_text())


def iam_sweep() -> list[str]:
    """The command that asks the simulator about every action that it knows."""
    return _command("iam_sweep.mjs", (PARTS / "iam_sweep.mjs").read_text())


def sarif_schema() -> pathlib.Path:
    """The schema of SARIF 2.1.0."""
    _install(home.program("npm"))
    return PLACE / "node_modules" / "@microsoft" / "jest-sarif" / "lib" / "schemas" / "sarif-2.1.0-rtm.5.json"


def _command(name: str, text: str) -> list[str]:
    node, npm = home.program("node", "nodejs"), home.program("npm")
    _install(npm)
    script = PLACE / name
    script.write_text(text)
    return [node, "--no-warnings", str(script)]


def nushell() -> str:
    """The program `nu`, of which one package is pinned: the one for Linux on x86_64."""
    here = (platform.system(), platform.machine())
    if here != ("Linux", "x86_64"):
        raise case.Skip(f"Nushell is pinned for Linux on x86_64, not for {' on '.join(here)}")
    place = PLACE.parent / "nu"
    _install(home.program("npm"), NU, place)
    return str(place / "node_modules" / "@nushell" / "linux-x64" / "bin" / "nu")


def _install(npm: str, parts: pathlib.Path = PARTS, place: pathlib.Path = PLACE) -> None:
    files = ["package.json", "package-lock.json"]
    wanted = hashlib.sha256(b"".join((parts / name).read_bytes() for name in files)).hexdigest()
    stamp = place / "stamp"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    place.mkdir(parents=True, exist_ok=True)
    for name in files:
        shutil.copy(parts / name, place / name)
    # Nothing that a package brings along is run.
    done = subprocess.run(
        [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
        cwd=place,
        capture_output=True,
        text=True,
        timeout=300,
    )
    if done.returncode != 0:
        raise case.Skip(f"the packages for node cannot be installed: {done.stderr.strip()[-200:]}")
    stamp.write_text(wanted)
