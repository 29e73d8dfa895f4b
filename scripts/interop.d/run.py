"""Runs the interop cases: finds them, gives each a fresh home, prints one line per case and,
at the end, one line of counts. Exits 1 if a case failed.

The cases of one file run one after another; files run side by side, one for each processor."""

import argparse
import importlib
import multiprocessing
import os
import pathlib
import signal
import sys
import time
import traceback

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))

from harness import case, home, moto  # noqa: E402


def main() -> int:
    # A shell without job control lets its background jobs ignore Ctrl-C, and children inherit that.
    for ignored in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(ignored, signal.SIG_DFL)
    arguments = argparse.ArgumentParser(description="Test keyward against software from elsewhere.")
    arguments.add_argument("filter", nargs="?", default="", help="run the cases whose name contains this")
    arguments.add_argument("--list", action="store_true", help="print the names and run nothing")
    arguments.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="files at once")
    chosen = arguments.parse_args()

    for file in sorted((HERE / "cases").glob("*.py")):
        importlib.import_module(f"cases.{file.stem}")
    cases = [found for found in case.ALL if chosen.filter in found.name]
    if chosen.list:
        print("\n".join(found.name for found in cases))
        return 0

    outcomes = run_all(cases, chosen.jobs)
    print(f"{outcomes['ok']} passed, {outcomes['FAIL']} failed, {outcomes['SKIPPED']} skipped")
    # A filter that matches nothing is a typing mistake.
    return 1 if outcomes["FAIL"] or not cases else 0


def run_all(cases: list[case.Case], jobs: int) -> dict[str, int]:
    """Runs the cases file by file in `jobs` processes, the longest files first."""
    files: dict[str, list[case.Case]] = {}
    for found in cases:
        files.setdefault(found.run.__module__, []).append(found)
    todo = sorted(files.values(), key=len, reverse=True)
    context = multiprocessing.get_context("fork")
    queue, results = context.SimpleQueue(), context.SimpleQueue()
    workers = [
        context.Process(target=work, args=(todo, queue, results))
        for _ in range(max(1, min(jobs, len(todo))))
    ]
    for number in range(len(todo)):
        queue.put(number)
    for worker in workers:
        queue.put(None)
        worker.start()
    for worker in workers:
        worker.join()
    outcomes = {"ok": 0, "FAIL": 0, "SKIPPED": 0}
    while not results.empty():
        outcomes[results.get()] += 1
    missing = len(cases) - sum(outcomes.values())
    if missing:
        print(f"FAIL  {missing} cases did not finish", flush=True)
        outcomes["FAIL"] += missing
    return outcomes


def work(todo: list[list[case.Case]], queue, results) -> None:
    """Runs the files whose numbers are in the queue, with one moto server for all of them."""
    try:
        while (number := queue.get()) is not None:
            for found in todo[number]:
                results.put(run(found))
    finally:
        moto.stop_shared()


def run(found: case.Case) -> str:
    """Runs one case and prints its line."""
    start = time.monotonic()
    outcome, why, trace = "ok", "", ""
    try:
        with home.Home() as place:
            found.run(place)
    except case.Skip as skip:
        outcome, why = "SKIPPED", f": {skip}"
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  # pexpect and subprocess raise many kinds
        outcome, trace = "FAIL", "" if isinstance(error, case.Failure) else traceback.format_exc()
        why = f": {error}"
    print(f"{outcome}  {found.name}{why}  ({time.monotonic() - start:.1f} s)", flush=True)
    if trace:
        print("    " + trace.replace("\n", "\n    "), flush=True)
    return outcome


if __name__ == "__main__":
    sys.exit(main())
