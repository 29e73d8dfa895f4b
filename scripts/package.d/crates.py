"""The crates whose code is in the program, as cargo resolves them for one target, and the C
sources that some of them bring along. Procedural macros and build scripts run only on the
builder's machine and are left out."""

import dataclasses
import json
import pathlib
import re
import subprocess
import tomllib


@dataclasses.dataclass(frozen=True, order=True)
class Crate:
    name: str
    version: str
    licence: str
    #: The folder of its sources.
    place: pathlib.Path
    #: SHA-256 of the package as published; None for this repository's own crates.
    digest: str | None
    #: What it links to, as (name, version).
    needs: tuple[tuple[str, str], ...]


@dataclasses.dataclass(frozen=True)
class Vendored:
    """C code inside a crate under a licence that the crate's own metadata does not name."""

    name: str
    version: str
    #: The SPDX expression of its authors.
    licence: str
    #: The alternative under which keyward passes it on.
    chosen: str
    #: The file with the licence's text.
    text: pathlib.Path
    website: str


def _cargo(*arguments: str) -> str:
    return subprocess.run(["cargo", *arguments], check=True, capture_output=True, text=True).stdout


def shipped(root: pathlib.Path, target: str) -> list[Crate]:
    """The crates of the program for `target`, sorted, the program itself among them."""
    tree = _cargo(
        *["tree", "--locked", "--package", "keyward", "--edges", "normal,no-proc-macro"],
        *["--target", target, "--prefix", "none", "--no-dedupe", "--format", "{p}"],
    )
    wanted = set()
    for line in tree.splitlines():
        name, version = line.split()[:2]
        wanted.add((name, version.removeprefix("v")))

    lock = tomllib.loads((root / "Cargo.lock").read_text())
    digests = {(p["name"], p["version"]): p.get("checksum") for p in lock["package"]}
    metadata = json.loads(
        _cargo("metadata", "--locked", "--format-version", "1", "--filter-platform", target)
    )
    packages = {package["id"]: package for package in metadata["packages"]}

    def key(package_id: str) -> tuple[str, str]:
        return packages[package_id]["name"], packages[package_id]["version"]

    crates = []
    for node in metadata["resolve"]["nodes"]:
        if key(node["id"]) not in wanted:
            continue
        package = packages[node["id"]]
        needs = {
            key(dependency["pkg"])
            for dependency in node["deps"]
            if any(kind["kind"] is None for kind in dependency["dep_kinds"])
        }
        crates.append(
            Crate(
                name=package["name"],
                version=package["version"],
                # Old packages separate alternatives by a slash.
                licence=re.sub(r"\s*/\s*", " OR ", package["license"]),
                place=pathlib.Path(package["manifest_path"]).parent,
                digest=digests[key(node["id"])],
                needs=tuple(sorted(needs & wanted)),
            )
        )
    if {(crate.name, crate.version) for crate in crates} != wanted:
        raise SystemExit("error: `cargo tree` and `cargo metadata` name different crates")
    return sorted(crates)


def vendored(crate: Crate) -> list[Vendored]:
    """The C code inside a crate. The C code in ring is named by ring's own metadata."""
    if crate.name != "libdbus-sys":
        return []
    sources = crate.place / "vendor" / "dbus"
    parts = re.findall(
        r"dbus_(?:major|minor|micro)_version\], \[(\d+)\]", (sources / "configure.ac").read_text()
    )
    if len(parts) != 3:
        raise SystemExit("error: the version of the vendored libdbus is not where it was")
    return [
        Vendored(
            name="libdbus",
            version=".".join(parts),
            licence="AFL-2.1 OR GPL-2.0-or-later",
            chosen="AFL-2.1",
            text=sources / "COPYING",
            website="https://www.freedesktop.org/wiki/Software/dbus/",
        )
    ]
