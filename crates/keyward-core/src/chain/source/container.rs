//! The container credentials endpoint from the environment. Refuses to show its path: in ECS the path is
//! enough to get the credentials.
//!
//! Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>

use std::fmt;

use serde_json::{Value, json};

use super::Source;
use crate::chain::cache_key::Fingerprint;
use crate::chain::{Endpoints, Inputs};
use crate::text::HIDDEN;

/// The agent's host in ECS.
const HOST: &str = "http://169.254.170.2";
const RELATIVE: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const FULL: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
const TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

/// The container credentials endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// The endpoint; `None` outside a container.
    pub endpoint: Option<ContainerEndpoint>,
}

impl Container {
    /// The container that this process runs in.
    pub(in crate::chain) fn read(inputs: &Inputs<'_>) -> Self {
        Self {
            endpoint: ContainerEndpoint::read(inputs),
        }
    }
}

impl Source for Container {
    fn kind(&self) -> &'static str {
        "ecs_container"
    }

    fn noun(&self) -> &'static str {
        "the container's credentials"
    }

    fn show(&self) -> String {
        let Some(endpoint) = &self.endpoint else {
            return "credentials of the container, whose address no variable names here".to_owned();
        };
        let token = match &endpoint.token {
            Some(ContainerToken::File(path)) => format!(", with the token in {path}"),
            Some(ContainerToken::Variable) => ", with a token".to_owned(),
            None => String::new(),
        };
        format!(
            "credentials of the container from {}{token}",
            endpoint.host()
        )
    }

    fn to_json(&self) -> Value {
        match &self.endpoint {
            None => json!({}),
            Some(endpoint) => json!({
                // The path may be a secret.
                "endpoint": endpoint.host(),
                "token_file": match &endpoint.token {
                    Some(ContainerToken::File(path)) => Some(path),
                    Some(ContainerToken::Variable) | None => None,
                },
            }),
        }
    }

    /// A container is identified by its address and by the file of its token, because an agent may
    /// answer each token with another role at one address. A token itself is not part of any name.
    fn fingerprint(&self, out: &mut Fingerprint, _: &Endpoints) {
        let Self { endpoint } = self;
        out.text("ecs_container");
        let Some(ContainerEndpoint { url, token }) = endpoint else {
            return out.text("nowhere");
        };
        out.text("at");
        out.text(url);
        match token {
            None => out.text("without a token"),
            Some(ContainerToken::Variable) => out.text("variable"),
            Some(ContainerToken::File(path)) => {
                out.text("file");
                out.text(path);
            }
        }
    }
}

/// The endpoint of a container's credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct ContainerEndpoint {
    /// The whole address; its path may be a secret.
    pub url: String,
    /// The source of the authorization.
    pub token: Option<ContainerToken>,
}

/// The source of the authorization for a container's endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContainerToken {
    /// `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`: the path of a file.
    File(String),
    /// `AWS_CONTAINER_AUTHORIZATION_TOKEN`, which no chain holds.
    Variable,
}

impl ContainerEndpoint {
    /// The address that holds for a process; the path on the agent's host comes before the whole
    /// address, and the file before the variable, as in the SDKs. `None` outside a container.
    fn read(inputs: &Inputs<'_>) -> Option<Self> {
        let url = match inputs.env(RELATIVE) {
            Some(path) if path.starts_with('/') => format!("{HOST}{path}"),
            Some(path) => format!("{HOST}/{path}"),
            None => inputs.env(FULL)?,
        };
        let token = match inputs.env(TOKEN_FILE) {
            Some(path) => Some(ContainerToken::File(path)),
            None => inputs.env(TOKEN).map(|_| ContainerToken::Variable),
        };
        Some(Self { url, token })
    }

    /// The address without its path, for people.
    #[must_use]
    pub fn host(&self) -> &str {
        let url = self.url.as_str();
        let from = url.find("://").map_or(0, |at| at + 3);
        let authority = url[from..].split(['/', '?', '#']).next();
        let end = from + authority.unwrap_or_default().len();
        // An `@` that comes later may end a password too.
        if url[end..].contains('@') {
            return HIDDEN;
        }
        // A name and a password precede an `@`.
        match url[from..end].rfind('@') {
            Some(at) => &url[from + at + 1..end],
            None => &url[..end],
        }
    }
}

impl fmt::Debug for ContainerEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContainerEndpoint")
            .field("host", &self.host())
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}
