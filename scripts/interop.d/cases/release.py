"""What goes with a release: CycloneDX's own schema judges the list of what is in the program,
groff reads the manual pages, and zizmor the workflows that build and publish."""

import itertools
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tomllib

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from harness import home
from harness.case import Skip, case, equal, holds

ROOT = pathlib.Path(__file__).parent.parent.parent.parent
TARGET = f"{platform.machine()}-unknown-linux-musl"


def _bill() -> str:
    script = ROOT / "scripts" / "package.d" / "sbom.py"
    done = subprocess.run(
        [sys.executable, "-B", script, TARGET, "0"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return done.stdout


@case
def the_bill_of_materials_fits_its_schema(place: home.Home) -> None:
    text = _bill()
    equal(JsonStrictValidator(SchemaVersion.V1_5).validate_str(text), None, "what is wrong")
    broken = text.replace('"library"', '"libary"', 1)
    holds(JsonStrictValidator(SchemaVersion.V1_5).validate_str(broken), "the schema takes a mistake")


@case
def the_bill_of_materials_is_the_same_twice(place: home.Home) -> None:
    equal(_bill() == _bill(), True, "two bills are the same")


@case
def the_bill_of_materials_names_what_is_inside(place: home.Home) -> None:
    bill = json.loads(_bill())
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())
    locked = {(package["name"], package["version"]) for package in lock["package"]}
    parts = {(part["name"], part["version"]): part for part in bill["components"]}
    equal(sorted(set(parts) - locked), [], "components that Cargo.lock does not have")
    names = {name for name, _ in parts}
    holds({"ring", "rustls", "age", "keyward-vault"} <= names, "the program's own parts are there")
    holds(not names & {"clap_derive", "cc", "proptest"}, "what only builds or tests is not")
    equal([name for (name, _), part in parts.items() if not part["licenses"]], [], "without a licence")
    dbus = next(part for (name, _), part in parts.items() if name == "libdbus-sys")
    equal(
        [(inner["name"], inner["licenses"]) for inner in dbus["components"]],
        [("libdbus", [{"expression": "AFL-2.1 OR GPL-2.0-or-later"}])],
        "the C code in libdbus-sys",
    )


@case
def groff_reads_every_manual_page(place: home.Home) -> None:
    if not shutil.which("groff"):
        raise Skip("groff is not installed")
    pages = place.path / "man"
    place.keyward("man", str(pages))
    files = sorted(pages.glob("*.1"))
    holds(len(files) > 40, f"only {len(files)} pages")
    for file in files:
        read = subprocess.run(
            ["groff", "-Kutf8", "-man", "-Tutf8", "-ww", "-z", file], capture_output=True, text=True
        )
        equal((read.returncode, read.stderr), (0, ""), file.name)


@case
def zizmor_finds_nothing_in_the_workflows(place: home.Home) -> None:
    program = pathlib.Path(sys.executable).parent / "zizmor"
    judged = subprocess.run(
        [program, "--offline", "--no-progress", ROOT / ".github" / "workflows"],
        capture_output=True,
        text=True,
    )
    equal(judged.returncode, 0, judged.stdout)


def _step(name: str) -> str:
    """The script of a step of the release workflow, which runs under `bash -e`."""
    text = (ROOT / ".github" / "workflows" / "release.yml").read_text()
    lines = iter(text.split(f"      - name: {name}\n", 1)[1].splitlines())
    holds(next(lines) == "        run: |", f"`{name}` is a script")
    deep = " " * 10
    return "".join(
        f"{line.removeprefix(deep)}\n" for line in itertools.takewhile(lambda line: line.startswith(deep), lines)
    )


@case
def the_release_gathers_the_files_of_both_processors(place: home.Home) -> None:
    both = ["keyward.rb", "keyward-0.1.0.tar.gz", "SHA256SUMS"]
    for processor in ("ubuntu-24.04", "ubuntu-24.04-arm"):
        folder = place.path / "built" / processor
        folder.mkdir(parents=True)
        for name in [*both, f"keyward-{processor}.deb"]:
            (folder / name).write_text(f"{name}\n")
    run = subprocess.run(
        ["bash", "-e", "-c", _step("Gather the files of both processors")],
        cwd=place.path,
        env={"PATH": os.environ["PATH"], "GITHUB_REF_NAME": "v0.1.0"},
        capture_output=True,
        text=True,
    )
    equal((run.returncode, run.stderr), (0, ""), "how the step ended")
    dist = place.path / "dist"
    names = {file.name for file in dist.iterdir()}
    equal(names, {*both, "keyward-ubuntu-24.04.deb", "keyward-ubuntu-24.04-arm.deb"}, "what was gathered")
    sums = {line.split("  ")[1] for line in (dist / "SHA256SUMS").read_text().splitlines()}
    equal(sums, names - {"SHA256SUMS"}, "what the sums are of")
