//! Writes a golden vault: `cargo run -p keyward-vault --example write_golden -- FOLDER`. Each
//! released version leaves one under `tests/golden`, and every later version must open it.

use keyward_core::Timestamp;
use keyward_vault::{LongLivedKey, Paths, PendingKey, Rotation, Vault, WorkFactor};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let folder = std::env::args_os()
        .nth(1)
        .ok_or("usage: write_golden FOLDER")?;
    let now = Timestamp::from_second(1_767_225_600);
    let vault = Vault::at(Paths::new(folder));
    // A documented passphrase protects nothing, so it may be cheap to try.
    let mut open = vault.create(
        &"correct horse battery staple".parse()?,
        WorkFactor::fixed(10)?,
        now,
    )?;

    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".parse()?;
    let mut key = LongLivedKey::new(
        "root".parse()?,
        "AKIAIOSFODNN7EXAMPLE".parse()?,
        secret,
        now,
    );
    key.user_arn = Some("arn:aws:iam::123456789012:user/alice".parse()?);
    key.account_id = Some("123456789012".parse()?);
    key.mfa_serial = Some("arn:aws:iam::123456789012:mfa/alice".parse()?);
    key.verified = Some(now);

    let mut rotation = Rotation::new(
        "root".parse()?,
        "AKIAIOSFODNN7EXAMPLE".parse()?,
        "pending".parse()?,
        now,
    );
    rotation.new_key = Some(PendingKey {
        access_key_id: "AKIAI44QH8DHBEXAMPLE".parse()?,
        secret_access_key: "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY".parse()?,
    });

    let (serial, seed) = (
        "arn:aws:iam::123456789012:mfa/alice".parse()?,
        "JBSWY3DPEHPK3PXP".parse()?,
    );
    let token = "EXAMPLE-refresh-token".parse()?;
    open.update(|document| {
        document.put_key(key);
        document.put_rotation(rotation);
        document.put_totp_seed(serial, seed);
        document.put_refresh_token("corp".to_owned(), token);
    })?;
    Ok(())
}
