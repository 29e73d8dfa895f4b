//! Measures what a hand-out from the cache costs inside the process: `cargo run --release -p
//! keyward-vault --example warm_path -- FOLDER`.

use std::io::Write as _;
use std::time::{Duration, Instant};

use keyward_core::chain::CacheKey;
use keyward_core::{Credentials, Timestamp};
use keyward_vault::{
    Index, LockGeneration, LongLivedKey, Paths, SessionCall, SessionMeta, SessionOrigin,
    SessionStore, Tier, Vault, WorkFactor,
};

type Failure = Box<dyn std::error::Error>;

const ROUNDS: u32 = 1000;

fn main() -> Result<(), Failure> {
    let folder = std::env::args_os()
        .nth(1)
        .ok_or("usage: warm_path FOLDER")?;
    let (paths, now) = (Paths::new(folder), Timestamp::from_second(1_767_225_600));
    let mut open =
        Vault::at(paths.clone()).create(&"passphrase".parse()?, WorkFactor::fixed(1)?, now)?;
    let secret: keyward_core::secret::SecretAccessKey =
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".parse()?;
    open.update(|document| -> Result<(), Failure> {
        for n in 0..20 {
            let profile = format!("profile-{n}").parse()?;
            let id = "AKIAIOSFODNN7EXAMPLE".parse()?;
            document.put_key(LongLivedKey::new(profile, id, secret.clone(), now));
        }
        Ok(())
    })??;
    let sessions = SessionStore::open(&paths, Tier::default());
    let key = CacheKey::of(&["warm path"]);
    let credentials = Credentials {
        access_key_id: "ASIAIOSFODNN7EXAMPLE".parse()?,
        secret_access_key: secret,
        session_token: Some("x".repeat(900).parse()?),
        expires_at: Some(now.after(Duration::from_secs(3600))),
        account_id: Some("123456789012".parse()?),
    };
    let meta = SessionMeta {
        profile: "profile-0".parse()?,
        call: SessionCall::GetSessionToken,
        role_arn: None,
        origin: SessionOrigin::default(),
        created: now,
    };
    let since = LockGeneration::of(&paths).see()?;
    sessions.put(&key, &meta, &credentials, now, &since)?;

    let index = time(|| Index::load(&paths).is_ok_and(|index| index.keys.len() == 20))?;
    let session = time(|| {
        sessions
            .get(&key, &meta.origin, now, Duration::ZERO)
            .is_some()
    })?;
    let put = time(|| sessions.put(&key, &meta, &credentials, now, &since).is_ok())?;
    let tier = sessions.tier();
    sessions.clear()?;
    writeln!(
        std::io::stdout(),
        "index of 20 keys {index:?}, session from {tier} {session:?}, kept again {put:?}"
    )?;
    Ok(())
}

/// The mean of many rounds of something that must succeed.
fn time(mut work: impl FnMut() -> bool) -> Result<Duration, Failure> {
    let started = Instant::now();
    for _ in 0..ROUNDS {
        if !work() {
            return Err("a round failed".into());
        }
    }
    Ok(started.elapsed() / ROUNDS)
}
