//! A home beside a running practice account.

use std::ops::{Deref, DerefMut};

use keyward_sandbox::{Accounts, Clock, Options, Sandbox};
use keyward_testkit::Home;

pub(crate) const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
pub(crate) const SERIAL: &str = "arn:aws:iam::123456789012:mfa/alice";

/// The profiles of the matrix: MFA on the source, on the role, on both; a chain; another
/// account; four hours.
pub(crate) const CONFIG: &str = "\
[profile alice]
region = eu-central-1
mfa_serial = arn:aws:iam::123456789012:mfa/alice

[profile on-source]
source_profile = alice
role_arn = arn:aws:iam::123456789012:role/ReadOnly

[profile bare]
region = eu-central-1

[profile on-role]
source_profile = bare
role_arn = arn:aws:iam::123456789012:role/ReadOnly
mfa_serial = arn:aws:iam::123456789012:mfa/alice

[profile on-both]
source_profile = alice
role_arn = arn:aws:iam::123456789012:role/ReadOnly
mfa_serial = arn:aws:iam::123456789012:mfa/alice

[profile chained]
source_profile = on-source
role_arn = arn:aws:iam::111122223333:role/Deploy

[profile partner]
source_profile = alice
role_arn = arn:aws:iam::111122223333:role/ReadOnly
external_id = practice

[profile long]
source_profile = alice
role_arn = arn:aws:iam::123456789012:role/ReadOnly
duration_seconds = 14400
";

/// A home and the account its profiles point at.
pub(crate) struct Practice {
    pub(crate) account: Sandbox,
    pub(crate) home: Home,
}

impl Practice {
    /// Starts an account; nothing is stored yet.
    pub(crate) fn start() -> Self {
        Self::with_clock(Clock::real())
    }

    /// Starts an account with a clock of its own; nothing is stored yet.
    pub(crate) fn with_clock(clock: Clock) -> Self {
        let account = Sandbox::start(Accounts::practice(), Options { port: 0, clock }).unwrap();
        let mut home = Home::new(env!("CARGO_BIN_EXE_keyward"));
        home.set("AWS_ENDPOINT_URL", account.url());
        // A scrypt of a second for every command would test patience alone.
        home.write("keyward/config.toml", "passphrase_work = 2\n");
        owner_only(&home.path().join("keyward"));
        home.config(CONFIG);
        Self { account, home }
    }

    /// Starts an account with Alice's key stored as `alice` and as `bare`.
    pub(crate) fn with_key() -> Self {
        let practice = Self::start();
        for profile in ["alice", "bare"] {
            let input = format!("{KEY_ID}\n{SECRET}\n");
            let _ = practice
                .home
                .run_with_input(
                    &["add", profile, "--stdin", "--no-config", "--no-verify"],
                    &input,
                )
                .ok();
        }
        practice.account.clear_journal();
        practice
    }

    /// The code that the phone shows.
    pub(crate) fn code(&self) -> String {
        self.account
            .code(&SERIAL.parse().unwrap())
            .unwrap()
            .expose()
            .to_owned()
    }

    /// Returns the number of calls of an action.
    pub(crate) fn calls(&self, action: &str) -> usize {
        self.account
            .journal()
            .iter()
            .filter(|entry| entry.action == action)
            .count()
    }
}

impl Deref for Practice {
    type Target = Home;

    fn deref(&self) -> &Home {
        &self.home
    }
}

impl DerefMut for Practice {
    fn deref_mut(&mut self) -> &mut Home {
        &mut self.home
    }
}

impl Drop for Practice {
    fn drop(&mut self) {
        // The key of the sessions may be in the kernel's keyring; it goes with the home.
        let _ = self.home.run(&["lock"]);
    }
}

/// A device like `/dev/null` in a home; only root may make one, and not on every disk.
#[cfg(target_os = "linux")]
pub(crate) fn null_device(home: &Home) -> Option<std::path::PathBuf> {
    let device = home.path().join("null");
    let made = std::process::Command::new("mknod")
        .arg("-m666")
        .arg(&device)
        .args(["c", "1", "3"])
        .output();
    let made = made.is_ok_and(|made| made.status.success());
    let serves = made && std::fs::read(&device).is_ok();
    if !serves {
        keyward_testkit::skipped("no device can be made here");
    }
    serves.then_some(device)
}

/// The vault refuses a folder that others may read.
pub(crate) fn owner_only(folder: &std::path::Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).unwrap();
    }
    #[cfg(not(unix))]
    let _ = folder;
}

/// Waits for something that is about to happen, so long that only what never happens fails.
#[track_caller]
pub(crate) fn until(mut happened: impl FnMut() -> bool) {
    let start = std::time::Instant::now();
    while !happened() {
        assert!(start.elapsed().as_secs() < 120, "it never happens");
        std::thread::yield_now();
    }
}
