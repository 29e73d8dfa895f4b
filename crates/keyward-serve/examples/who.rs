//! Prints who STS says one is, with whatever the Rust SDK finds by itself: the environment, the
//! config files, the container endpoint. `scripts/interop` runs it as one of the clients; it needs
//! an `http://` endpoint, such as a practice account's.

#![allow(clippy::print_stdout, reason = "the ARN is what this is for")]

use std::error::Error;

use aws_config::BehaviorVersion;
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
        let who = aws_sdk_sts::Client::new(&config)
            .get_caller_identity()
            .send()
            .await?;
        println!("{}", who.arn().unwrap_or_default());
        Ok(())
    })
}
