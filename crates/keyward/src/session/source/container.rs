//! The container credentials endpoint (ECS, EKS Pod Identity, and servers that speak its
//! protocol). Refuses to send the authorization to a host that is neither this machine, nor
//! the container's own agent, nor behind TLS.
//!
//! Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>

use std::net::IpAddr;
use std::time::Duration;

use keyward_aws::{HttpRequest, Method, Timeouts};
use keyward_core::Credentials;
use keyward_core::plan::Plan;
use zeroize::Zeroizing;

use super::document::{self, Form};
use crate::environment as env;
use crate::error::CliError;
use crate::session::client;
use crate::world::now;

/// The agent's host in ECS.
const HOST: &str = "http://169.254.170.2";
/// The agents answer at once or not at all.
const PATIENCE: Timeouts = Timeouts {
    connect: Duration::from_secs(2),
    attempt: Duration::from_secs(5),
};

/// Asks the endpoint that the environment names.
pub(super) fn credentials(plan: &Plan) -> Result<Credentials, CliError> {
    let failed = || CliError::failed("the container gave no credentials");
    let url = url(
        env::get(env::CONTAINER_RELATIVE_URI).as_deref(),
        env::get(env::CONTAINER_FULL_URI).as_deref(),
    )
    .map_err(|e| CliError::usage("there is no container endpoint to ask").because(e))?;
    let headers = match authorization()? {
        Some(token) => vec![("authorization", token)],
        None => Vec::new(),
    };
    let answer = client(plan)
        .with_timeouts(PATIENCE)
        .http(HttpRequest {
            method: Method::Get,
            url,
            headers,
            body: Zeroizing::default(),
        })
        .map_err(|e| failed().because(e))?;
    if answer.status != 200 {
        return Err(failed().because(format!("it answered with status {}", answer.status)));
    }
    document::read(&answer.body, Form::Endpoint, now()).map_err(|e| failed().because(e))
}

/// Why no endpoint can be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum EndpointError {
    #[error(
        "neither {} nor {} is set, so this is no container",
        env::CONTAINER_RELATIVE_URI,
        env::CONTAINER_FULL_URI
    )]
    Unset,
    #[error("`{0}` is not an `https://` or `http://` URL")]
    NotUrl(String),
    #[error("`{0}` is not this machine, and without TLS nothing secret is sent elsewhere")]
    Foreign(String),
}

/// The endpoint; the path comes before the whole URL, as in the SDKs.
fn url(relative: Option<&str>, full: Option<&str>) -> Result<String, EndpointError> {
    if let Some(path) = relative {
        let slash = if path.starts_with('/') { "" } else { "/" };
        return Ok(format!("{HOST}{slash}{path}"));
    }
    let url = full.ok_or(EndpointError::Unset)?;
    let shown = || url.split('?').next().unwrap_or_default().to_owned();
    if url.starts_with("https://") {
        return Ok(url.to_owned());
    }
    let rest = url
        .strip_prefix("http://")
        .ok_or_else(|| EndpointError::NotUrl(shown()))?;
    match is_near(rest) {
        true => Ok(url.to_owned()),
        false => Err(EndpointError::Foreign(shown())),
    }
}

/// Whether the host is this machine or one of the agents' addresses. A name is only trusted
/// when it is `localhost`: any other could lead anywhere.
fn is_near(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return false;
    }
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    let agents = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"];
    let agent = |ip: IpAddr| agents.iter().any(|known| known.parse() == Ok(ip));
    host == "localhost"
        || host
            .parse::<IpAddr>()
            .is_ok_and(|ip| ip.is_loopback() || agent(ip))
}

/// What the endpoint wants to see: a file's content before a variable's, as in the SDKs.
fn authorization() -> Result<Option<Zeroizing<String>>, CliError> {
    let (token, name) = match env::path(env::CONTAINER_TOKEN_FILE) {
        Some(path) => {
            let text = std::fs::read_to_string(&path).map_err(|e| {
                CliError::failed(format!(
                    "the file that {} names cannot be read",
                    env::CONTAINER_TOKEN_FILE
                ))
                .because(e)
            })?;
            (Some(Zeroizing::new(text)), env::CONTAINER_TOKEN_FILE)
        }
        None => (
            env::get(env::CONTAINER_TOKEN).map(Zeroizing::new),
            env::CONTAINER_TOKEN,
        ),
    };
    let token = token.map(|token| Zeroizing::new(token.trim_end_matches(['\r', '\n']).to_owned()));
    match token {
        // A line break would let the value write headers of its own.
        Some(token) if token.contains(|c: char| c.is_control()) => Err(CliError::usage(format!(
            "what {name} gives is no header's value"
        ))),
        token => Ok(token),
    }
}

#[cfg(test)]
mod tests;
