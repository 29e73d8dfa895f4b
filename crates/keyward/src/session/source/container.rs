//! The container credentials endpoint (ECS, EKS Pod Identity, and servers that speak its
//! protocol). Refuses to send the authorization to a host that is neither this machine, nor
//! the container's own agent, nor behind TLS.
//!
//! Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>

mod message;

use std::net::IpAddr;
use std::time::Duration;

use keyward_aws::{HttpRequest, Method, NextStep, Timeouts};
use keyward_core::Credentials;
use keyward_core::chain::{Chain, Container, ContainerEndpoint, ContainerToken};
use zeroize::Zeroizing;

use super::document::{self, Form};
use super::{Obtain, SourceContext};
use crate::environment as env;
use crate::screen::error::CliError;
use crate::session::client;
use crate::state::local_state::LocalState;
use crate::state::local_state::now;
use crate::system::read_limited;

/// The agents answer at once or not at all.
const PATIENCE: Timeouts = Timeouts {
    connect: Duration::from_secs(2),
    attempt: Duration::from_secs(5),
};

impl Obtain for Container {
    fn obtain(&self, context: &SourceContext<'_>) -> Result<Credentials, CliError> {
        credentials(context.chain, self.endpoint.as_ref())
    }

    fn replaced_by(&self, _: &LocalState) -> Option<String> {
        Some("the container's endpoint returned these credentials: restart the container, or ask its operator".to_owned())
    }
}

/// Asks the endpoint that the environment names.
fn credentials(
    chain: &Chain,
    endpoint: Option<&ContainerEndpoint>,
) -> Result<Credentials, CliError> {
    let failed = || CliError::failed("the container gave no credentials");
    let nowhere = |e| CliError::usage("there is no container endpoint to ask").because(e);
    let endpoint = endpoint
        .ok_or(EndpointError::Unset)
        .and_then(trusted)
        .map_err(nowhere)?;
    let token = authorization(endpoint.token.as_ref())?;
    let headers = match &token {
        Some(token) => vec![("authorization", token.clone())],
        None => Vec::new(),
    };
    let answer = client(chain)
        .with_timeouts(PATIENCE)
        .http(HttpRequest {
            method: Method::Get,
            url: endpoint.url.clone(),
            headers,
            body: Zeroizing::default(),
        })
        .map_err(|e| {
            let steps = e.next_steps();
            failed().because(e).hint_all(steps)
        })?;
    if answer.status != 200 {
        let token = token.as_deref().map(String::as_str);
        let mut why = format!("it answered with status {}", answer.status);
        if let Some(words) = message::message(&answer.body, token) {
            why.push_str(&format!(": {words}"));
        }
        let error = failed().because(why);
        return Err(match answer.passing_refusal() {
            Some(step) => error.hint(step),
            None => error.hint(CHECK_VARIABLES),
        });
    }
    document::read(&answer.body, Form::Endpoint, now())
        .map_err(|e| failed().because(e).hint(NextStep::CheckEndpoint))
}

/// What decides whether the endpoint accepts a request.
const CHECK_VARIABLES: &str =
    "check the address and the token that the variables `AWS_CONTAINER_…` name";

/// The reasons why keyward asks no endpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum EndpointError {
    #[error(
        "neither {} nor {} is set, so this is not a container",
        env::CONTAINER_RELATIVE_URI,
        env::CONTAINER_FULL_URI
    )]
    Unset,
    #[error("`{0}` is not an `https://` or `http://` URL")]
    NotUrl(String),
    #[error("`{0}` is not this machine, and without TLS nothing secret is sent elsewhere")]
    Foreign(String),
}

/// The endpoint, if it may receive the authorization token.
fn trusted(endpoint: &ContainerEndpoint) -> Result<&ContainerEndpoint, EndpointError> {
    let shown = || endpoint.host().to_owned();
    match (
        is_trusted(&endpoint.url),
        endpoint.url.starts_with("http://"),
    ) {
        (true, _) => Ok(endpoint),
        (false, true) => Err(EndpointError::Foreign(shown())),
        (false, false) => Err(EndpointError::NotUrl(shown())),
    }
}

/// Whether keyward may ask an endpoint: it uses TLS or is on this machine.
pub(crate) fn is_trusted(url: &str) -> bool {
    url.starts_with("https://") || url.strip_prefix("http://").is_some_and(is_near)
}

/// Whether the host is this machine or one of the agents' addresses. The only trusted name is
/// `localhost`, because any other could resolve to any address.
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

/// Returns the header that the endpoint demands.
fn authorization(token: Option<&ContainerToken>) -> Result<Option<Zeroizing<String>>, CliError> {
    let (token, name) = match token {
        Some(ContainerToken::File(path)) => {
            let path = env::expand_home(path.as_ref());
            let text = read_limited::text(&path, read_limited::DOCUMENT).map_err(|e| {
                CliError::failed(format!(
                    "the file that {} names cannot be read",
                    env::CONTAINER_TOKEN_FILE
                ))
                .because(e)
            })?;
            (Some(text), env::CONTAINER_TOKEN_FILE)
        }
        Some(ContainerToken::Variable) => (
            env::get(env::CONTAINER_TOKEN).map(Zeroizing::new),
            env::CONTAINER_TOKEN,
        ),
        None => (None, env::CONTAINER_TOKEN),
    };
    let token = token.map(|token| Zeroizing::new(token.trim_end_matches(['\r', '\n']).to_owned()));
    match token {
        // A line break would let the value write headers of its own.
        Some(token) if token.contains(|c: char| c.is_control()) => Err(CliError::usage(format!(
            "the value of {name} is not valid in a header"
        ))),
        token => Ok(token),
    }
}

#[cfg(test)]
mod tests;
