"""A desktop without a screen: a private D-Bus that starts nothing by itself, and the keystores
that live on it."""

import contextlib
import hashlib
import os
import pathlib
import signal
import socket
import subprocess
from collections.abc import Iterator

from . import case, home

#: A bus for one home. No service files, so that only what a case starts is there.
BUS = """<busconfig><type>session</type><listen>unix:dir={folder}</listen>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>"""


class Desktop:
    """The bus, and the environment of a person who is logged in there."""

    def __init__(self, place: home.Home) -> None:
        self._home = place
        folder = place.path / "bus"
        folder.mkdir(mode=0o700)
        config = place.write("bus/bus.conf", BUS.format(folder=folder))
        place.environment.update(
            {
                "XDG_RUNTIME_DIR": str(folder),
                "XDG_DATA_HOME": str(place.path / "data"),
                "XDG_CONFIG_HOME": str(place.path / "settings"),
                "XDG_CACHE_HOME": str(place.path / "cache"),
                "QT_QPA_PLATFORM": "offscreen",
            }
        )
        words = ("--nofork", "--nosyslog", "--config-file", str(config), "--print-address=1")
        daemon = place.start(
            home.program("dbus-daemon", "dbus"), *words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        place.environment["DBUS_SESSION_BUS_ADDRESS"] = daemon.stdout.readline().strip()
        self._keystore: subprocess.Popen | None = None

    def names(self) -> str:
        """Who is on the bus."""
        words = ("--session", "--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.ListNames")
        return self._home.run("dbus-send", *words).stdout

    def secret_service(self, password: str | None) -> None:
        """Starts the gnome-keyring daemon: unlocked by a password, or as it is after a login
        without one."""
        program = home.program("gnome-keyring-daemon", "gnome-keyring")
        words = ("--foreground", "--components=secrets", *(("--unlock",) if password else ("--start",)))
        self._start(program, *words, stdin=subprocess.PIPE)
        self._keystore.stdin.write(password or "")
        self._keystore.stdin.close()
        self._await("org.freedesktop.secrets")

    def kwallet(self, bridge: bool = False) -> None:
        """Starts KWallet as the login does, which opens the wallet by a key of its own; with or
        without its imitation of the Secret Service."""
        program = home.program("kwalletd5", "libkf5wallet-bin")
        # What it encrypts with is a package of its own.
        if not any(pathlib.Path("/usr/lib").glob("*/qca-qt5/crypto/*")):
            home.install("libqca-qt5-2-plugins")
        settings = f"[org.freedesktop.secrets]\napiEnabled={str(bridge).lower()}\n[Wallet]\nFirst Use=false\n"
        self._home.write("settings/kwalletrc", settings)
        key = hashlib.pbkdf2_hmac("sha512", b"login", b"salt", 1000, 56)
        door = self._home.path / "bus" / "login"
        door.unlink(missing_ok=True)
        read, write = os.pipe()
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(door))
            listener.listen(1)
            inherited = (read, listener.fileno())
            environment = {**self._home.environment, "PAM_KWALLET5_LOGIN": str(door)}
            words = ("--pam-login", str(inherited[0]), str(inherited[1]))
            self._start(program, *words, pass_fds=inherited, env=environment)
            os.close(read)
            with os.fdopen(write, "wb") as pipe:
                pipe.write(key)
            with socket.socket(socket.AF_UNIX) as session:
                session.connect(str(door))
                pairs = (f"{name}={value}\n" for name, value in self._home.environment.items())
                session.sendall("".join(pairs).encode())
        self._await("org.kde.kwalletd5")

    def close_wallet(self) -> None:
        """Closes KWallet's wallet; its daemon stays."""
        words = ("--session", "--print-reply", "--dest=org.kde.kwalletd5", "/modules/kwalletd5")
        self._home.run("dbus-send", *words, "org.kde.KWallet.close", "string:kdewallet", "boolean:true")

    def close_keystore(self) -> None:
        """Ends the keystore's daemon, and with it what it had unlocked."""
        self._keystore.terminate()
        self._keystore.wait(timeout=home.PATIENCE)

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """Holds the keystore's daemon still: it is there, and does not answer."""
        self._keystore.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._keystore.send_signal(signal.SIGCONT)

    def _start(self, *command: str, **more) -> None:
        # A daemon that talks to the case's own streams would keep the run from ending.
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._keystore = self._home.start(*command, **{**quiet, **more})

    def _await(self, name: str) -> None:
        def there() -> bool:
            if self._keystore.poll() is not None:
                raise case.Failure(f"{name} ended at once with {self._keystore.returncode}")
            return f'"{name}"' in self.names()

        case.until(there, f"{name} is on the bus", seconds=30)
