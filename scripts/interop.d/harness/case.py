"""The register of cases, and the few checks they share."""

import dataclasses
import pathlib
import time
from collections.abc import Callable, Iterable
from typing import Any


class Failure(AssertionError):
    """Something is invalid."""


class Skip(Exception):
    """The case cannot run on this machine; the text says why."""


@dataclasses.dataclass(frozen=True)
class Case:
    """One case: its name and what runs it."""

    name: str
    run: Callable[[Any], None]


ALL: list[Case] = []


def case(function: Callable[[Any], None]) -> Callable[[Any], None]:
    """Registers a function as a case that gets a fresh home."""
    ALL.append(Case(_name(function), function))
    return function


def each(table: Iterable[tuple[str, Any]]) -> Callable[[Callable[[Any, Any], None]], Callable[[Any, Any], None]]:
    """Registers one case per named row of a table."""

    def register(function: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
        for label, row in table:
            ALL.append(Case(f"{_name(function)}: {label}", lambda home, row=row: function(home, row)))
        return function

    return register


def _name(function: Callable[..., None]) -> str:
    area = pathlib.Path(function.__code__.co_filename).stem
    return f"{area}: {function.__name__.replace('_', ' ')}"


def equal(found: Any, wanted: Any, what: str) -> None:
    """Fails unless both are the same."""
    if found != wanted:
        raise Failure(f"{what}: found {found!r}, wanted {wanted!r}")


def holds(condition: Any, what: str) -> None:
    """Fails unless the condition is true."""
    if not condition:
        raise Failure(what)


def until(condition: Callable[[], Any], what: str, seconds: float = 10) -> Any:
    """Waits for something another process does, and fails when it does not come."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise Failure(f"{what}: not within {seconds} s")
        time.sleep(0.01)
