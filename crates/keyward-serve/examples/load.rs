//! Asks a container-credentials endpoint at a steady rate, as `bench/serve` wants it: the address
//! and the token come from the environment, as for an SDK. Every request has a connection of its
//! own, and its time runs from when it was due, so that a stall of the server is not hidden by a
//! client that waits with it.
//!
//!     keyward exec PROFILE --server -- load [REQUESTS A SECOND] [SECONDS]

#![allow(clippy::print_stdout, reason = "the numbers are what this is for")]

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until};

/// The address to ask, and the bytes to send there.
struct Target {
    address: String,
    request: Vec<u8>,
}

impl Target {
    fn from_environment() -> Result<Self, Box<dyn Error>> {
        let url = std::env::var("AWS_CONTAINER_CREDENTIALS_FULL_URI")?;
        let token = std::env::var("AWS_CONTAINER_AUTHORIZATION_TOKEN")?;
        let rest = url
            .strip_prefix("http://")
            .ok_or("not an http:// address")?;
        let (address, path) = rest.split_once('/').ok_or("the address has no path")?;
        let request = format!(
            "GET /{path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: {token}\r\nConnection: close\r\n\r\n"
        );
        Ok(Self {
            address: address.to_owned(),
            request: request.into_bytes(),
        })
    }

    /// One request, from the connection to the last byte.
    async fn ask(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        let mut stream = TcpStream::connect(&self.address).await?;
        stream.set_nodelay(true)?;
        stream.write_all(&self.request).await?;
        let mut answer = Vec::with_capacity(2048);
        stream.read_to_end(&mut answer).await?;
        let whole = answer.starts_with(b"HTTP/1.1 200 ") && answer.ends_with(b"}");
        whole.then_some(()).ok_or_else(|| "no credentials".into())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut numbers = std::env::args().skip(1);
    let mut number = |default: u32| numbers.next().map_or(Ok(default), |text| text.parse());
    let (rate, seconds) = (number(1000)?, number(10)?);
    let target = Arc::new(Target::from_environment()?);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(run(target, rate, seconds));
    Ok(())
}

async fn run(target: Arc<Target>, rate: u32, seconds: u32) {
    let begin = Instant::now();
    let mut asked = Vec::new();
    for number in 0..rate * seconds {
        let due = begin + Duration::from_secs(1) * number / rate;
        sleep_until(due).await;
        let target = Arc::clone(&target);
        asked.push(tokio::spawn(async move {
            let answer = target.ask().await;
            (due.elapsed(), answer.is_ok())
        }));
    }
    let (mut times, mut errors) = (Vec::with_capacity(asked.len()), 0);
    for answer in asked {
        match answer.await {
            Ok((time, true)) => times.push(time),
            _ => errors += 1,
        }
    }
    times.sort_unstable();
    let took = begin.elapsed().as_secs_f64();
    let at = |share: f64| {
        let index = (times.len() as f64 * share) as usize;
        let time = times.get(index.min(times.len().saturating_sub(1)));
        time.copied().unwrap_or_default().as_secs_f64() * 1e3
    };
    println!(
        "{:.0} requests/s for {took:.1} s: p50 {:.2} ms, p90 {:.2} ms, p99 {:.2} ms, worst {:.2} ms, {errors} errors",
        times.len() as f64 / took,
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0),
    );
}
