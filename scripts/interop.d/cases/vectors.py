"""The AWS SDKs share a table of config files and what they mean; the Rust SDK ships it with its
sources, which cargo has. keyward reads each as the table says."""

import json
import pathlib
import shutil
import subprocess

from harness import home
from harness.case import Skip, case, equal, holds

ROOT = pathlib.Path(__file__).parent.parent.parent.parent


@case
def config_files_mean_what_the_sdks_say(place: home.Home) -> None:
    """Every file of the table: its profiles and sessions, or that it is refused."""
    table = _table()
    holds(len(table) > 50, f"only {len(table)} files in the table")
    config = pathlib.Path(place.environment["AWS_CONFIG_FILE"])
    credentials = pathlib.Path(place.environment["AWS_SHARED_CREDENTIALS_FILE"])
    for entry in table:
        for path, name in ((config, "configFile"), (credentials, "credentialsFile")):
            # As bytes, since some are about line endings.
            path.write_bytes(entry["input"].get(name, "").encode())
        what, wanted = entry["name"], entry["output"]
        if "errorContaining" in wanted:
            place.keyward("config", "dump", "--json", code=2)
            continue
        dump = json.loads(place.keyward("config", "dump", "--json").stdout)
        meant = wanted["config"]
        equal(dump["profiles"], _masked(meant.get("profiles", {})), f"the profiles of `{what}`")
        equal(dump["sso_sessions"], _masked(meant.get("sso_sessions", {})), f"the sessions of `{what}`")


def _masked(sections: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """As the dump shows them: nothing that may be a secret."""
    return {
        name: {key: "***" if "secret" in key else value for key, value in section.items()}
        for name, section in sections.items()
    }


def _table() -> list[dict]:
    if not shutil.which("cargo"):
        raise Skip("`cargo` is not installed")
    words = ["cargo", "metadata", "--quiet", "--locked", "--format-version", "1"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=300)
    equal(done.returncode, 0, f"how cargo ended ({done.stderr.strip()[-200:]})")
    packages = json.loads(done.stdout)["packages"]
    places = [pathlib.Path(package["manifest_path"]) for package in packages if package["name"] == "aws-runtime"]
    for manifest in places:
        table = manifest.parent / "test-data" / "profile-parser-tests.json"
        if table.exists():
            return json.loads(table.read_text())["tests"]
    raise Skip("the Rust SDK's sources hold no table of config files")
