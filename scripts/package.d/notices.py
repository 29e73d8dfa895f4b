"""Prints the licences of everything in the program: `notices.py TARGET`. Each text comes once,
below the crates that carry it."""

import pathlib
import sys

import crates

ROOT = pathlib.Path(__file__).parent.parent.parent
NAMES = ("licen", "copying", "copyright", "notice", "unlicense")


def _texts(place: pathlib.Path) -> list[str]:
    files = sorted(path for path in place.iterdir() if path.name.lower().startswith(NAMES))
    return [path.read_text(errors="replace").strip() for path in files if path.is_file()]


def main(target: str) -> None:
    found = [crate for crate in crates.shipped(ROOT, target) if crate.digest]
    parts = [part for crate in found for part in crates.vendored(crate)]
    carriers: dict[str, list[str]] = {}
    print("keyward contains the following packages. Their licences:\n")
    for part in parts:
        print(f"{part.name} {part.version}: {part.licence}; used here under {part.chosen}")
        carriers.setdefault(part.text.read_text().strip(), []).append(part.name)
    for crate in found:
        print(f"{crate.name} {crate.version}: {crate.licence}")
        for text in _texts(crate.place):
            carriers.setdefault(text, []).append(f"{crate.name} {crate.version}")
    for text, names in carriers.items():
        print(f"\n{'=' * 78}\n{', '.join(names)}\n{'-' * 78}\n{text}")


if __name__ == "__main__":
    main(sys.argv[1])
