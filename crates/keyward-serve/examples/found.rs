//! Prints as JSON what the Rust SDK finds by itself: the id of the key, its token, the account, and
//! whether both parts of the key are one line each. `scripts/interop` compares it with the Rust column
//! of `keyward doctor`. The client has no TLS, so its calls end at an endpoint of plain HTTP.

#![allow(clippy::print_stdout, reason = "the id is what this is for")]

use std::error::Error;

use aws_config::BehaviorVersion;
use aws_credential_types::provider::ProvideCredentials;
use aws_smithy_http_client::Builder;

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let config = aws_config::defaults(BehaviorVersion::latest())
            .http_client(Builder::new().build_http())
            .load()
            .await;
        let chain = config
            .credentials_provider()
            .ok_or("it looks for no credentials")?;
        let found = chain.provide_credentials().await?;
        let account = found.account_id().map(|account| account.as_str());
        let parts = [found.access_key_id(), found.secret_access_key()];
        let found = serde_json::json!({
            "id": found.access_key_id(),
            "token": found.session_token(),
            "account": account,
            "whole": parts.iter().all(|part| !part.is_empty() && !part.contains('\n')),
        });
        println!("{found}");
        Ok(())
    })
}
