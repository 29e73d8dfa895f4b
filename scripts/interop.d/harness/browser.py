"""Chromium without a window: what a page asks for, what its console says, and how it looks."""

import dataclasses
import json
import pathlib
import shutil
import subprocess

from . import case, home

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: Chromium's own numbers for the reader's choice.
SCHEMES = {"dark": 0, "light": 1}


@dataclasses.dataclass(frozen=True)
class Opened:
    """What happened when a page was opened."""

    console: list[str]
    requests: list[str]
    picture: pathlib.Path


def program() -> str:
    """The browser of this machine. As root on Debian it is installed when there is none; otherwise its
    absence skips the case."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    return found or home.program(NAMES[0])


def open_page(page: pathlib.Path, scheme: str, width: int) -> Opened:
    """Opens a file and photographs it."""
    folder = page.parent
    picture, log = folder / f"{page.stem}-{scheme}-{width}.png", folder / f"{page.stem}-{scheme}-{width}.net.json"
    words = [
        program(), "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
        f"--user-data-dir={folder / 'browser'}", f"--window-size={width},1400",
        f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}", "--enable-logging=stderr",
        f"--log-net-log={log}", f"--screenshot={picture}", "--virtual-time-budget=2000", page.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, cwd=folder)
    case.equal(done.returncode, 0, f"how the browser ended ({done.stderr[-400:]})")
    console = [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
    return Opened(console, _requests(log, page), picture)


def _requests(log: pathlib.Path, page: pathlib.Path) -> list[str]:
    """Every address that the page asked for, without itself. The browser's own requests, such as
    those for the time and for updates, name no origin."""
    text = log.read_text()
    try:
        events = json.loads(text)["events"]
    except json.JSONDecodeError:
        # A log that was cut off lacks its end.
        events = json.loads(text.rstrip().rstrip(",") + "]}")["events"]
    started = [event.get("params", {}) for event in events]
    urls = {it["url"] for it in started if "url" in it and it.get("initiator", "not an origin") != "not an origin"}
    own = ("chrome", "devtools:", "about:", "data:", "")
    asked = {url for url in urls if url and not url.startswith(own[:-1])}
    return sorted(asked - {page.as_uri()})
