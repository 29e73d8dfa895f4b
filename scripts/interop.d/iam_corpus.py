"""Writes the corpus of IAM cases that `cargo test` decides, with the verdicts of the independent simulator:

    . scripts/interop.d/venv.sh && cd scripts/interop.d && "$interop_python" -B iam_corpus.py

Run it after a change of the cases or of the simulator's version. It refuses to write a case that both
decide differently without an explanation."""

import json
import pathlib
import random
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))

from harness import iam_cases, iam_verdicts  # noqa: E402

CORPUS = HERE.parent.parent / "crates" / "keyward-iam" / "tests" / "corpus"

#: The number of cases of each verdict in a file.
EACH = 40


def main() -> None:
    chance = random.Random(1)
    verdicts = iam_verdicts.compare([iam_cases.case(chance) for _ in range(6000)])
    lost = [found for found in verdicts if not found.agrees and not found.explained]
    if lost:
        sys.exit(f"not explained: we say {lost[0].ours}, it says {lost[0].simulators}\n{json.dumps(lost[0].case)}")
    agreed = [found for found in verdicts if found.agrees]
    kinds = {
        "identity": [found for found in agreed if not {"trust", *LIMITS} & found.case.keys()],
        "limits": [found for found in agreed if "trust" not in found.case and LIMITS & found.case.keys()],
        "trust": [found for found in agreed if "trust" in found.case],
    }
    for name, found in kinds.items():
        write(name, [one for word in WORDS for one in [v for v in found if v.ours == word][:EACH]])
    write("explained", [found for found in verdicts if found.explained])


LIMITS = {"boundary", "session", "service_control"}
WORDS = ("Allowed", "ExplicitlyDenied", "ImplicitlyDenied")


def write(name: str, verdicts: list[iam_verdicts.Verdict]) -> None:
    """One case a line, so that a change shows what it changes."""
    lines = []
    for found in verdicts:
        entry: dict = {"verdict": found.ours, "case": found.case}
        if not found.agrees:
            entry["simulator"] = found.simulators
        lines.append(json.dumps(entry, sort_keys=True, separators=(",", ":")))
    CORPUS.mkdir(exist_ok=True)
    (CORPUS / f"{name}.jsonl").write_text("".join(line + "\n" for line in lines))
    print(f"{name}: {len(lines)} cases")


if __name__ == "__main__":
    main()
