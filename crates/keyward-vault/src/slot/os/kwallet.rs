//! KWallet over its own D-Bus interface, for KDE desktops without a Secret Service. Without permission
//! to prompt it refuses to open a closed wallet. The interface does not encrypt the transfer: the bus is
//! a socket of the user's own, and the kernel carries the text.

use std::time::Duration;

use dbus::Error;
use dbus::arg::{AppendAll, ReadAll};
use dbus::blocking::Connection;
use zeroize::Zeroizing;

use super::{KEYSTORE, KeystoreAccount, OpenSlotError, Patience, SERVICE, unavailable};

/// The daemons, newest first, with the object each answers at.
const DAEMONS: [(&str, &str); 2] = [
    ("org.kde.kwalletd6", "/modules/kwalletd6"),
    ("org.kde.kwalletd5", "/modules/kwalletd5"),
];

/// The interface of both.
const INTERFACE: &str = "org.kde.KWallet";

/// The wallet folder of keyward's entries, as wallet managers show it.
const FOLDER: &str = SERVICE;

/// The application name; KWallet remembers the user's consent under it.
const APPLICATION: &str = SERVICE;

/// keyward has no window for a dialog.
const NO_WINDOW: i64 = 0;

/// The time limit of a call that does not prompt; the caller's own limit is tighter.
const SOON: Duration = Duration::from_secs(5);

/// A daemon that answers, and the name of the wallet for programs like this one.
struct Daemon {
    bus: Connection,
    name: &'static str,
    path: &'static str,
    wallet: String,
}

/// An open wallet. The daemon closes the handle when the connection ends.
struct Wallet {
    daemon: Daemon,
    handle: i32,
}

impl Daemon {
    /// The first that answers.
    fn find(which: Which) -> Result<Self, OpenSlotError> {
        let bus = Connection::new_session().map_err(failed)?;
        let mut last = None;
        for (name, path) in DAEMONS {
            if which == Which::Running && !runs(&bus, name)? {
                continue;
            }
            let enabled: Result<(bool,), Error> =
                bus.with_proxy(name, path, SOON)
                    .method_call(INTERFACE, "isEnabled", ());
            match enabled {
                Ok((true,)) => {
                    let mut daemon = Self {
                        bus,
                        name,
                        path,
                        wallet: String::new(),
                    };
                    (daemon.wallet,) = daemon.call("networkWallet", (), SOON)?;
                    return Ok(daemon);
                }
                // Switched off by the person.
                Ok((false,)) => {}
                Err(error) => last = Some(error),
            }
        }
        Err(unavailable(last.map(Into::into)))
    }

    fn call<R: ReadAll, A: AppendAll>(
        &self,
        method: &str,
        arguments: A,
        limit: Duration,
    ) -> Result<R, OpenSlotError> {
        self.bus
            .with_proxy(self.name, self.path, limit)
            .method_call(INTERFACE, method, arguments)
            .map_err(failed)
    }

    /// Whether the entry is known to be missing. That needs no handle. The user is asked before a program
    /// gets its first handle, even of an open wallet.
    fn lacks(&self, account: &KeystoreAccount) -> Result<bool, OpenSlotError> {
        let arguments = (self.wallet.as_str(), FOLDER, account.as_str());
        let (lacks,) = self.call("keyDoesNotExist", arguments, SOON)?;
        Ok(lacks)
    }

    fn is_open(&self) -> Result<bool, OpenSlotError> {
        let (open,) = self.call("isOpen", (self.wallet.as_str(),), SOON)?;
        Ok(open)
    }
}

/// The accepted daemons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    /// The bus starts one, if need be.
    Any,
    /// None is started.
    Running,
}

impl Which {
    /// Without permission to prompt, only an open wallet helps, which needs a running daemon.
    fn of(patience: &Patience) -> Self {
        match patience.seconds {
            0 => Self::Running,
            _ => Self::Any,
        }
    }
}

fn runs(bus: &Connection, name: &str) -> Result<bool, OpenSlotError> {
    let bus = bus.with_proxy("org.freedesktop.DBus", "/org/freedesktop/DBus", SOON);
    let (runs,): (bool,) = bus
        .method_call("org.freedesktop.DBus", "NameHasOwner", (name,))
        .map_err(failed)?;
    Ok(runs)
}

impl Wallet {
    /// The wallet, opened; the person is asked for its password where they may be.
    fn open(daemon: Daemon, patience: &Patience) -> Result<Self, OpenSlotError> {
        if !daemon.is_open()? {
            if patience.seconds == 0 {
                return Err(locked());
            }
            (patience.waiting)();
        }
        let limit = SOON + Duration::from_secs(patience.seconds);
        let arguments = (daemon.wallet.as_str(), NO_WINDOW, APPLICATION);
        let (handle,): (i32,) = daemon.call("open", arguments, limit)?;
        // The person refused the password or this program.
        if handle < 0 {
            return Err(locked());
        }
        Ok(Self { daemon, handle })
    }

    /// Makes the daemon write the wallet to its file now. By itself it waits some seconds, and
    /// loses the change if it ends before that.
    fn sync(&self) -> Result<(), OpenSlotError> {
        self.daemon.call("sync", (self.handle, APPLICATION), SOON)
    }

    fn has(&self, account: &KeystoreAccount) -> Result<bool, OpenSlotError> {
        let arguments = (self.handle, FOLDER, account.as_str(), APPLICATION);
        let (has,) = self.daemon.call("hasEntry", arguments, SOON)?;
        Ok(has)
    }
}

fn locked() -> OpenSlotError {
    OpenSlotError::Locked {
        what: KEYSTORE.to_owned(),
    }
}

fn failed(error: Error) -> OpenSlotError {
    unavailable(Some(error.into()))
}

/// The interface answers 0 if something was done.
fn done(code: i32, what: &str) -> Result<(), OpenSlotError> {
    if code == 0 {
        Ok(())
    } else {
        let message = format!("KWallet answers {code} when {what}");
        Err(unavailable(Some(message.into())))
    }
}

pub(super) fn store(
    account: &KeystoreAccount,
    text: &str,
    patience: &Patience,
) -> Result<(), OpenSlotError> {
    let wallet = Wallet::open(Daemon::find(Which::of(patience))?, patience)?;
    // It answers no if the folder already exists, which is also fine.
    let (_made,): (bool,) =
        wallet
            .daemon
            .call("createFolder", (wallet.handle, FOLDER, APPLICATION), SOON)?;
    let arguments = (wallet.handle, FOLDER, account.as_str(), text, APPLICATION);
    let (code,) = wallet.daemon.call("writePassword", arguments, SOON)?;
    done(code, "an entry is written")?;
    wallet.sync()
}

pub(super) fn read(
    account: &KeystoreAccount,
    patience: &Patience,
) -> Result<Zeroizing<Vec<u8>>, OpenSlotError> {
    let missing = || OpenSlotError::NoEntry {
        what: KEYSTORE.to_owned(),
    };
    let which = Which::of(patience);
    let daemon = Daemon::find(which)?;
    if which == Which::Running && daemon.lacks(account)? {
        return Err(missing());
    }
    let wallet = Wallet::open(daemon, patience)?;
    if !wallet.has(account)? {
        return Err(missing());
    }
    let arguments = (wallet.handle, FOLDER, account.as_str(), APPLICATION);
    let (text,): (String,) = wallet.daemon.call("readPassword", arguments, SOON)?;
    Ok(Zeroizing::new(text.into_bytes()))
}

pub(super) fn forget(account: &KeystoreAccount, patience: &Patience) -> Result<(), OpenSlotError> {
    let wallet = Wallet::open(Daemon::find(Which::Any)?, patience)?;
    if !wallet.has(account)? {
        return Ok(());
    }
    let arguments = (wallet.handle, FOLDER, account.as_str(), APPLICATION);
    let (code,) = wallet.daemon.call("removeEntry", arguments, SOON)?;
    done(code, "an entry is removed")?;
    wallet.sync()
}

pub(super) fn is_open() -> Result<bool, OpenSlotError> {
    Daemon::find(Which::Running)?.is_open()
}

#[cfg(test)]
mod tests;
