"""Prints what is in the program as CycloneDX 1.5: `sbom.py TARGET SECONDS`. The second argument
is the date, in seconds since 1970. The same sources give the same bytes."""

import datetime
import json
import pathlib
import sys
import uuid
from typing import Any

import crates

ROOT = pathlib.Path(__file__).parent.parent.parent


def _reference(name: str, version: str) -> str:
    return f"pkg:cargo/{name}@{version}"


def _component(crate: crates.Crate) -> dict[str, Any]:
    reference = _reference(crate.name, crate.version)
    component: dict[str, Any] = {
        "type": "application" if crate.name == "keyward" else "library",
        "bom-ref": reference,
        "name": crate.name,
        "version": crate.version,
        "licenses": [{"expression": crate.licence}],
        "purl": reference,
    }
    if crate.digest:
        component["hashes"] = [{"alg": "SHA-256", "content": crate.digest}]
    inside = [
        {
            "type": "library",
            "bom-ref": f"{reference}#{part.name}",
            "name": part.name,
            "version": part.version,
            "licenses": [{"expression": part.licence}],
            "purl": f"pkg:generic/{part.name}@{part.version}",
            "externalReferences": [{"type": "website", "url": part.website}],
        }
        for part in crates.vendored(crate)
    ]
    if inside:
        component["components"] = inside
    return component


def bill(target: str, seconds: int) -> dict[str, Any]:
    found = crates.shipped(ROOT, target)
    program = next(crate for crate in found if crate.name == "keyward")
    content = json.dumps([target, [[c.name, c.version, c.digest] for c in found]])
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        # From the content: a random one would differ from build to build.
        "serialNumber": uuid.uuid5(uuid.NAMESPACE_URL, content).urn,
        "version": 1,
        "metadata": {
            "timestamp": datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat(),
            "component": _component(program),
            "properties": [{"name": "keyward:target", "value": target}],
        },
        "components": [_component(crate) for crate in found if crate is not program],
        "dependencies": [
            {
                "ref": _reference(crate.name, crate.version),
                "dependsOn": [_reference(*need) for need in crate.needs],
            }
            for crate in found
        ],
    }


if __name__ == "__main__":
    json.dump(bill(sys.argv[1], int(sys.argv[2])), sys.stdout, indent=1)
    print()
