//! The container credentials endpoint from the environment. Refuses to show its path: in ECS the path is
//! enough to get the credentials.
//!
//! Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>

use std::fmt;

use super::Inputs;

/// The agent's host in ECS.
const HOST: &str = "http://169.254.170.2";
const RELATIVE: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const FULL: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
const TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

/// The endpoint of a container's credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct ContainerEndpoint {
    /// The whole address; its path may be a secret.
    pub url: String,
    /// Where the authorization comes from.
    pub token: Option<ContainerToken>,
}

/// Where the authorization for a container's endpoint comes from.
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
    pub(super) fn read(inputs: &Inputs<'_>) -> Option<Self> {
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
        // Before an `@` stand a name and a password.
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
