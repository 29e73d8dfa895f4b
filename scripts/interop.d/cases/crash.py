"""What happens to the machine must not lose a key: a disk that fills up, a folder that cannot be
written, two writers at once, processes that are killed at any instant."""

import contextlib
import hashlib
import json
import os
import pathlib
import random
import subprocess
import time
from collections.abc import Callable, Iterator

from harness import home, practice
from harness.case import Skip, case, each, equal, holds

PASSPHRASE = "correct horse battery staple"
OTHER = "another passphrase"
#: The least space of a file in a file system in memory.
PAGE = 4096
#: How often a command is killed at a random instant.
KILLS = 100


class SmallDisk:
    """A file system of 512 KiB that holds keyward's folder and what it exports."""

    def __init__(self, place: home.Home) -> None:
        if os.geteuid() != 0:
            raise Skip("only root can mount a small file system")
        self.path = place.path / "disk"
        self.path.mkdir()
        words = ["mount", "-t", "tmpfs", "-o", "size=512k,mode=0700", "tmpfs", str(self.path)]
        mounted = subprocess.run(words, capture_output=True, text=True)
        if mounted.returncode != 0:
            raise Skip(f"a small file system cannot be mounted: {mounted.stderr.strip()}")
        place.callback(subprocess.run, ["umount", "-l", str(self.path)], capture_output=True)
        self.filler = self.path / "filler"

    def leave(self, pages: int) -> None:
        """Fills the disk up to this number of pages."""
        self.filler.unlink(missing_ok=True)
        left = os.statvfs(self.path)
        room = left.f_bavail * left.f_bsize - pages * PAGE
        self.filler.write_bytes(bytes(max(room, 0)))

    def clear(self) -> None:
        """Gives the space back."""
        self.filler.unlink(missing_ok=True)

    @contextlib.contextmanager
    def read_only(self) -> Iterator[None]:
        """Makes it read-only, even for root."""
        self._remount("ro")
        try:
            yield
        finally:
            self._remount("rw")

    def _remount(self, mode: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{mode}", str(self.path)], check=True, capture_output=True)


def _vault(place: home.Home, folder: pathlib.Path) -> None:
    """A vault in the folder, with alice's key."""
    place.environment["KEYWARD_HOME"] = str(folder)
    folder.mkdir(mode=0o700)
    (folder / "config.toml").write_text("passphrase_work = 2\n")
    place.passphrase(PASSPHRASE)
    place.write("given/other", OTHER + "\n")
    place.write("given/copy", "the copy's own\n")
    place.store("alice", *practice.ALICE, "--no-verify")


def _key(place: home.Home, profile: str) -> tuple[str, str]:
    """The key of a profile, out of the vault itself."""
    found = json.loads(place.keyward("env", profile, "--no-session", "--format", "json").stdout)
    return found["AccessKeyId"], found["SecretAccessKey"]


def _state(place: home.Home) -> dict[str, str]:
    """What must stay as it is: the vault, its slots and its index, by digest."""
    folder = pathlib.Path(place.environment["KEYWARD_HOME"])
    paths = [folder / "vault.age", folder / "index.json", *(folder / "slots").iterdir()]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths if path.name[0] != "."}


#: Every change of the vault, as a person makes it: the words, and what is on standard input.
CHANGES: list[tuple[str, Callable[[home.Home], tuple[list[str], str]]]] = [
    ("add", lambda place: (["add", "bob", "--stdin", "--no-config", "--no-verify"], "\n".join(practice.BOB) + "\n")),
    (
        "vault slot add",
        lambda place: (
            ["vault", "slot", "add", "passphrase", "--name", "second", *_file(place, "--passphrase-file", "other")],
            "",
        ),
    ),
    ("vault passphrase", lambda place: (["vault", "passphrase", *_file(place, "--new-passphrase-file", "other")], "")),
    (
        "vault export",
        lambda place: (
            ["vault", "export", str(place.path / "disk/copy.age"), *_file(place, "--copy-passphrase-file", "copy")],
            "",
        ),
    ),
]


def _file(place: home.Home, flag: str, name: str) -> tuple[str, str]:
    return flag, str(place.path / "given" / name)


@each(CHANGES)
def a_disk_that_is_full_loses_nothing(place: home.Home, change: Callable) -> None:
    """Whatever write is the first that does not fit: an error, or the whole change; and once
    there is room, the command works."""
    disk = SmallDisk(place)
    _vault(place, disk.path / "keyward")
    words, given = change(place)
    before = _state(place)
    failures = 0
    for pages in range(8):
        disk.leave(pages)
        done = place.keyward(*words, stdin=given, code=None)
        if done.returncode == 0:
            break
        failures += 1
        equal(done.returncode, 1, f"the exit code with {pages} pages left ({done.stderr.strip()})")
        holds("No space left on device" in done.stderr, f"the reason is missing: {done.stderr}")
        _no_leftovers(disk.path)
        _unharmed(place, before)
        # Also when there is room again, before anything was written.
        disk.clear()
        equal(_key(place, "alice"), practice.ALICE, "the key after a failure")
    holds(failures > 0, "the disk was never full")
    disk.clear()
    if done.returncode != 0:
        place.keyward(*words, stdin=given)
    _changed(place, words)


def _unharmed(place: home.Home, before: dict[str, str]) -> None:
    """A failed command changed nothing that counts: of a key that was stored the index may not
    know yet."""
    after = _state(place)
    for name in ("vault.age", "passphrase.age", "passphrase.json"):
        equal(after[name], before[name], name)


def _no_leftovers(folder: pathlib.Path) -> None:
    found = [path.name for path in folder.rglob(".keyward-*")]
    equal(found, [], "temporary files that a failed command left")


def _changed(place: home.Home, words: list[str]) -> None:
    """What the command was for is so, and alice's key is there."""
    verb = " ".join(words[:3])
    if words[0] == "add":
        equal(_key(place, "bob"), practice.BOB, "the key that was added")
    elif verb == "vault slot add":
        place.keyward("vault", "slot", "remove", "passphrase", "--yes")
        place.passphrase(OTHER)
    elif words[1] == "passphrase":
        place.keyward("env", "alice", "--no-session", code=4)
        place.passphrase(OTHER)
    else:
        place.keyward("vault", "import", words[2], *_file(place, "--copy-passphrase-file", "copy"))
    equal(_key(place, "alice"), practice.ALICE, "the key afterwards")


@case
def a_disk_that_is_full_at_first_use_is_no_dead_end(place: home.Home) -> None:
    """The next command makes a vault again whose creation was interrupted."""
    disk = SmallDisk(place)
    folder = disk.path / "keyward"
    place.environment["KEYWARD_HOME"] = str(folder)
    place.passphrase(PASSPHRASE)
    failures = 0
    for pages in range(12):
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / "config.toml").write_text("passphrase_work = 2\n")
        disk.leave(pages)
        words = ("add", "alice", "--stdin", "--no-config", "--no-verify")
        done = place.keyward(*words, stdin="\n".join(practice.ALICE) + "\n", code=None)
        disk.clear()
        if done.returncode == 0:
            break
        failures += 1
        holds("No space left on device" in done.stderr, f"the reason is missing: {done.stderr}")
    holds(failures > 1, "the disk was hardly ever full")
    equal(done.returncode, 0, "the exit code once there is room")
    equal(_key(place, "alice"), practice.ALICE, "the key")


@each(CHANGES)
def a_folder_that_cannot_be_written_loses_nothing(place: home.Home, change: Callable) -> None:
    """Reading still works; a change reports why it does not."""
    disk = SmallDisk(place)
    _vault(place, disk.path / "keyward")
    words, given = change(place)
    before = _state(place)
    with disk.read_only():
        done = place.keyward(*words, stdin=given, code=1)
        holds("Read-only file system" in done.stderr, f"the reason is missing: {done.stderr}")
        equal(_key(place, "alice"), practice.ALICE, "the key in a folder that cannot be written")
        place.keyward("list")
        place.keyward("vault", "status")
    equal(_state(place), before, "the vault's files")
    place.keyward(*words, stdin=given)
    _changed(place, words)


@each([("full", "leave"), ("read-only", "read_only")])
def a_session_is_handed_out_though_it_cannot_be_kept(place: home.Home, how: str) -> None:
    """The code is spent, so what it gave goes to the command that wanted it; and nothing that
    was there is harmed."""
    account = practice.Practice(place)
    disk = SmallDisk(place)
    _vault(place, disk.path / "keyward")
    place.keyward("add", "alice", "--stdin", "--no-config", "--force", stdin="\n".join(practice.ALICE) + "\n")
    before = _state(place)
    with contextlib.ExitStack() as ending:
        if how == "leave":
            disk.leave(0)
            ending.callback(disk.clear)
        else:
            ending.enter_context(disk.read_only())
        done = place.keyward("exec", "readonly", "--", "env", environment={"KEYWARD_MFA_CODE": account.code()})
        holds("AWS_SESSION_TOKEN=" in done.stdout, f"no session: {done.stderr}")
    equal(_state(place), before, "the vault's files")
    account.advance(60)
    place.keyward("exec", "readonly", "--", "true", environment={"KEYWARD_MFA_CODE": account.code()})
    calls = len(account.journal("GetSessionToken"))
    place.keyward("exec", "readonly", "--", "true")
    equal(len(account.journal("GetSessionToken")), calls, "calls for a session that could be kept")


@case
def writers_at_once_lose_no_update(place: home.Home) -> None:
    """Twelve processes add a key each; all twelve are there, in the vault and in its index."""
    _vault(place, place.path / "keyward")
    key = place.write("given/key", "\n".join(practice.BOB) + "\n")
    profiles = [f"p{number}" for number in range(12)]
    with contextlib.ExitStack() as files:
        children = [
            place.start(
                home.KEYWARD,
                *("add", profile, "--stdin", "--no-config", "--no-verify"),
                stdin=files.enter_context(key.open()),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
            for profile in profiles
        ]
    for profile, child in zip(profiles, children, strict=True):
        said = child.communicate(timeout=home.PATIENCE)[1]
        equal(child.returncode, 0, f"the exit code of adding {profile} ({said.strip()})")
    for profile in profiles:
        equal(_key(place, profile), practice.BOB, f"the key of {profile}")
    listed = json.loads(place.keyward("vault", "status", "--json").stdout)["keys"]
    equal(sorted(entry["profile"] for entry in listed), sorted(["alice", *profiles]), "the index")


@case
def a_home_behind_a_symbolic_link_works(place: home.Home) -> None:
    """The link stays one, and both names are the same vault."""
    real = place.path / "elsewhere"
    _vault(place, real)
    link = place.path / "link"
    link.symlink_to(real)
    place.environment["KEYWARD_HOME"] = str(link)
    equal(_key(place, "alice"), practice.ALICE, "the key behind the link")
    place.store("bob", *practice.BOB, "--no-verify")
    holds(link.is_symlink(), "the link was replaced")
    place.environment["KEYWARD_HOME"] = str(real)
    equal(_key(place, "bob"), practice.BOB, "the key that was added behind the link")
    # A single file may be linked too, as people who keep a folder in sync do.
    (place.path / "moved.age").write_bytes((real / "vault.age").read_bytes())
    (place.path / "moved.age").chmod(0o600)
    (real / "vault.age").unlink()
    (real / "vault.age").symlink_to(place.path / "moved.age")
    place.store("carol", *practice.BOB, "--no-verify")
    holds((real / "vault.age").is_symlink(), "the file's link was replaced")
    equal(_key(place, "carol"), practice.BOB, "the key behind the file's link")


@case
def a_kill_while_adding_leaves_the_old_or_the_new_key(place: home.Home) -> None:
    """Never a mixture, never neither, and no lock that outlives its holder."""
    _vault(place, place.path / "keyward")
    keys = [practice.ALICE, practice.BOB]
    words = ("add", "alice", "--stdin", "--no-config", "--no-verify", "--force")
    seen = {"old": 0, "new": 0}

    def one(at: float | None) -> float:
        old = _key(place, "alice")
        new = keys[1 - keys.index(old)]
        took = _killed(place, words, "\n".join(new) + "\n", at)
        found = _key(place, "alice")
        holds(found in (old, new), f"the key is neither: {found[0]}")
        seen["new" if found == new else "old"] += 1
        listed = json.loads(place.keyward("vault", "status", "--json").stdout)["keys"]
        equal([entry["access_key_id"] for entry in listed], [found[0]], "the index, once the vault was opened")
        return took

    _at_random_instants(one, seen)
    _swept(place, lambda: place.store("bob", *practice.BOB, "--no-verify"))


@case
def a_kill_while_the_vault_is_made_leaves_none_or_a_whole_one(place: home.Home) -> None:
    """Whatever is left, the next `add` works, and what it stored is there."""
    place.passphrase(PASSPHRASE)
    words = ("add", "alice", "--stdin", "--no-config", "--no-verify")
    seen = {"old": 0, "new": 0}
    count = [0]

    def one(at: float | None) -> float:
        count[0] += 1
        folder = place.path / f"new{count[0]}"
        folder.mkdir(mode=0o700)
        (folder / "config.toml").write_text("passphrase_work = 2\n")
        place.environment["KEYWARD_HOME"] = str(folder)
        took = _killed(place, words, "\n".join(practice.ALICE) + "\n", at)
        listed = json.loads(place.keyward("vault", "status", "--json").stdout)
        seen["new" if listed["keys"] else "old"] += 1
        if listed["keys"]:
            equal(_key(place, "alice"), practice.ALICE, "the key that the killed one stored")
        place.store("bob", *practice.BOB, "--no-verify")
        equal(_key(place, "bob"), practice.BOB, "the key that was stored afterwards")
        return took

    _at_random_instants(one, seen)


@case
def a_kill_while_changing_the_passphrase_leaves_one_that_opens(place: home.Home) -> None:
    """The old or the new one, and never both or neither."""
    _vault(place, place.path / "keyward")
    texts = [PASSPHRASE, OTHER]
    files = [str(place.write(f"given/p{number}", text + "\n")) for number, text in enumerate(texts)]
    seen = {"old": 0, "new": 0}
    current = [0]

    def one(at: float | None) -> float:
        old, new = current[0], 1 - current[0]
        place.environment["KEYWARD_PASSPHRASE_FILE"] = files[old]
        took = _killed(place, ("vault", "passphrase", "--new-passphrase-file", files[new]), "", at)
        opens = []
        for number in (old, new):
            place.environment["KEYWARD_PASSPHRASE_FILE"] = files[number]
            done = place.keyward("env", "alice", "--no-session", "--format", "json", code=None)
            if done.returncode == 0:
                equal(json.loads(done.stdout)["SecretAccessKey"], practice.ALICE[1], "the key")
                opens.append(number)
            else:
                equal(done.returncode, 4, f"the exit code with the other passphrase ({done.stderr.strip()})")
        equal(len(opens), 1, "passphrases that open the vault")
        seen["new" if opens == [new] else "old"] += 1
        current[0] = opens[0]
        return took

    _at_random_instants(one, seen)


@case
def a_kill_while_rotating_leaves_one_key_that_works(place: home.Home) -> None:
    """At AWS and in the vault, whatever the clocks say: each try moves AWS's clock on."""
    account = practice.Practice(place)
    place.environment["KEYWARD_TEST_PACE_MS"] = "1"
    seen = {"old": 0, "new": 0}

    def code() -> dict[str, str]:
        account.advance(30)
        return {"KEYWARD_MFA_CODE": account.code()}

    def one(at: float | None) -> float:
        old = _key(place, "alice")
        took = _killed(place, ("rotate", "alice"), "", at, code())
        done = place.keyward("rotate", "alice", code=None, environment=code())
        if done.returncode != 0:
            holds("--resume" in done.stderr, f"no way on: {done.stderr}")
            place.keyward("rotate", "alice", "--resume", environment=code())
        seen["new" if _key(place, "alice") != old else "old"] += 1
        listed = account.keys("alice")
        equal(listed, [_key(place, "alice")[0]], "the keys at AWS")
        place.keyward("whoami", "alice", environment=code())
        place.keyward("doctor")
        return took

    # A rotation that begins again always ends with another key.
    _at_random_instants(one, seen, kills=KILLS // 4, sides=("new",))


@case
def a_kill_while_importing_loses_no_key(place: home.Home) -> None:
    """A key is in the file, in the vault, or in both; the next run takes over what is left."""
    practice.Practice(place)
    others = "# mine\n[other]\nregion = eu-west-1\n"
    seen = {"old": 0, "new": 0}
    count = [0]

    def one(at: float | None) -> float:
        count[0] += 1
        folder = place.path / f"import{count[0]}"
        (folder / "keyward").mkdir(mode=0o700, parents=True)
        (folder / "keyward/config.toml").write_text("passphrase_work = 2\n")
        file = folder / "credentials"
        file.write_text(
            "".join(
                f"[{name}]\naws_access_key_id = {key[0]}\naws_secret_access_key = {key[1]}\n"
                for name, key in (("alice", practice.ALICE), ("bob", practice.BOB))
            )
            + others
        )
        file.chmod(0o600)
        place.environment.update(
            KEYWARD_HOME=str(folder / "keyward"),
            AWS_CONFIG_FILE=str(folder / "config"),
            AWS_SHARED_CREDENTIALS_FILE=str(file),
        )
        took = _killed(place, ("import", "credentials", "--yes"), "", at)
        seen["old" if practice.ALICE[1] in file.read_text() else "new"] += 1
        for name, key in (("alice", practice.ALICE), ("bob", practice.BOB)):
            if key[1] not in file.read_text():
                equal(_key(place, name), key, f"the key of {name} after the kill")
        place.keyward("import", "credentials", "--yes")
        for name, key in (("alice", practice.ALICE), ("bob", practice.BOB)):
            equal(_key(place, name), key, f"the key of {name}")
        equal(file.read_text(), others, "the rest of the file")
        return took

    _at_random_instants(one, seen, kills=KILLS // 4)


def _at_random_instants(
    one: Callable[[float | None], float],
    seen: dict[str, int],
    kills: int = KILLS,
    sides: tuple[str, ...] = ("old", "new"),
) -> None:
    """Lets the command run to its end a few times to see how long it takes, then kills it at
    instants of that time."""
    longest = sorted(one(None) for _ in range(5))[-2]
    seen.update(old=0, new=0)
    # The same instants in every run, as far as a machine allows.
    chance = random.Random(20260101)
    for _ in range(kills):
        one(chance.uniform(0, longest * 1.1))
    holds(all(seen[side] for side in sides), f"every kill fell on the same side: {seen}")


def _killed(
    place: home.Home,
    words: tuple[str, ...],
    given: str,
    at: float | None,
    more: dict[str, str] | None = None,
) -> float:
    """Runs keyward and kills it after so many seconds; returns how long it ran."""
    start = time.monotonic()
    child = subprocess.Popen(
        [home.KEYWARD, *words],
        env={**place.environment, **(more or {})},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        child.stdin.write(given.encode())
        child.stdin.close()
        child.wait(timeout=home.PATIENCE if at is None else max(0.0, at - (time.monotonic() - start)))
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    except BrokenPipeError:
        child.wait()
    return time.monotonic() - start


def _swept(place: home.Home, write: Callable[[], object]) -> None:
    """The next completed write removes what the killed ones left."""
    write()
    _no_leftovers(pathlib.Path(place.environment["KEYWARD_HOME"]))
