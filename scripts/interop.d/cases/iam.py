"""The policy evaluator against an independent simulator of IAM. It is a tool of these tests only: nothing
of it is in the program."""

import json
import random

from harness import home, iam_cases, iam_verdicts
from harness.case import case, holds

#: How many random cases both decide.
COUNT = 20_000


@case
def decisions_are_those_of_an_independent_simulator(_: home.Home) -> None:
    """No difference but those that AWS's documentation explains, and every one of these reproduced."""
    chance = random.Random(2026)
    verdicts = iam_verdicts.compare([iam_cases.case(chance) for _ in range(COUNT)])
    lost = [found for found in verdicts if not found.agrees and not found.explained]
    if lost:
        first = lost[0]
        told = f"we say {first.ours}, it says {first.simulators} about {json.dumps(first.case)}"
        holds(False, f"{len(lost)} of {COUNT} decisions differ and are not explained; {told}")
    explained = sum(found.explained for found in verdicts)
    holds(0 < explained < COUNT // 50, f"{explained} differences are explained, which is not plausible")
    for word in ("Allowed", "ExplicitlyDenied", "ImplicitlyDenied"):
        count = sum(found.ours == word for found in verdicts)
        holds(count > COUNT // 20, f"only {count} of {COUNT} cases are {word}")
