"""The decisions of our evaluator and the independent simulator about IAM cases."""

import dataclasses
import json
import subprocess

from . import case, iam_cases, node, rust


@dataclasses.dataclass(frozen=True)
class Verdict:
    """Both verdicts about one case, and ours about the case as the simulator reads it."""

    case: dict
    ours: str
    simulators: str
    on_its_reading: str

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        return self.ours == self.simulators

    @property
    def explained(self) -> bool:
        """Whether the difference is one of those that `iam_cases.simulators_reading` documents."""
        return not self.agrees and self.on_its_reading == self.simulators


def compare(cases: list[dict]) -> list[Verdict]:
    """Asks both."""
    ours = _answers([rust.decide()], cases)
    simulators = _answers(node.iam_judge(), cases)
    read = _answers([rust.decide()], [iam_cases.simulators_reading(one) for one in cases])
    return [Verdict(*row) for row in zip(cases, ours, simulators, read, strict=True)]


def _answers(command: list[str], cases: list[dict]) -> list[str]:
    lines = "".join(json.dumps(one) + "\n" for one in cases)
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=900)
    case.equal(done.returncode, 0, f"how `{command[0]}` ended ({done.stderr.strip()[-300:]})")
    return done.stdout.splitlines()
