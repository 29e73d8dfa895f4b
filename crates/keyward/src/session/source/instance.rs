//! The instance metadata service, version 2: keyward gets a token, then the role, then its credentials.
//! keyward does not use version 1, which answers requests that a web page can forge.
//!
//! Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html>

use keyward_aws::{Aws, HttpRequest, Method, Timeouts};
use keyward_core::Credentials;
use keyward_core::chain::{Chain, MetadataService};
use zeroize::Zeroizing;

use super::document::{self, Form};
use super::{Obtain, SourceContext};
use crate::environment as env;
use crate::screen::error::CliError;
use crate::session::client;
use crate::state::local_state::LocalState;
use crate::state::local_state::now;

const ROLES: &str = "/latest/meta-data/iam/security-credentials/";
/// The requested life of the token: longer than the three calls need.
const TOKEN_SECONDS: &str = "60";

impl Obtain for MetadataService {
    fn obtain(&self, context: &SourceContext<'_>) -> Result<Credentials, CliError> {
        credentials(context.chain, self)
    }

    fn replaced_by(&self, _: &LocalState) -> Option<String> {
        Some(
            "the instance metadata service gave these credentials: check the role of the instance"
                .to_owned(),
        )
    }
}

/// Asks the machine for its role's credentials.
fn credentials(chain: &Chain, service: &MetadataService) -> Result<Credentials, CliError> {
    if service.disabled {
        return Err(CliError::usage(format!(
            "the instance metadata service is switched off by {}",
            env::METADATA_DISABLED
        )));
    }
    let service = Service {
        aws: client(chain).with_timeouts(Timeouts {
            connect: service.timeout,
            attempt: service.timeout,
        }),
        endpoint: &service.endpoint,
        attempts: service.attempts,
    };
    let token = service.ask(
        Method::Put,
        "/latest/api/token",
        "x-aws-ec2-metadata-token-ttl-seconds",
        Zeroizing::new(TOKEN_SECONDS.to_owned()),
    )?;
    let token = text(&token)?;
    let get =
        |path: &str| service.ask(Method::Get, path, "x-aws-ec2-metadata-token", token.clone());
    let roles = text(&get(ROLES)?)?;
    let role = roles.lines().next().unwrap_or_default().trim();
    if role.is_empty() || role.contains('/') {
        return Err(CliError::failed("this machine has no role"));
    }
    let answer = get(&format!("{ROLES}{role}"))?;
    document::read(&answer, Form::Endpoint, now()).map_err(|e| unanswered().because(e))
}

struct Service<'s> {
    aws: Aws,
    endpoint: &'s str,
    attempts: u32,
}

impl Service<'_> {
    /// One step, tried again while nothing answers or the service has a trouble of its own.
    fn ask(
        &self,
        method: Method,
        path: &str,
        header: &'static str,
        value: Zeroizing<String>,
    ) -> Result<Zeroizing<Vec<u8>>, CliError> {
        let try_once = || {
            self.aws.http(HttpRequest {
                method,
                url: format!("{}{path}", self.endpoint),
                headers: vec![(header, value.clone())],
                body: Zeroizing::default(),
            })
        };
        let mut answer = try_once();
        for _ in 1..self.attempts {
            match &answer {
                Ok(answered) if answered.status < 500 => break,
                _ => answer = try_once(),
            }
        }
        let answer = answer.map_err(|e| unanswered().because(e))?;
        match answer.status {
            200 => Ok(answer.body),
            404 if path == ROLES => Err(CliError::failed("this machine has no role")),
            status => Err(unanswered().because(format!("it answered with status {status}"))),
        }
    }
}

fn unanswered() -> CliError {
    CliError::failed("the instance metadata service gave no credentials")
        .hint("`credential_source = Ec2InstanceMetadata` works only on an EC2 instance with a role")
}

fn text(bytes: &[u8]) -> Result<Zeroizing<String>, CliError> {
    let text = std::str::from_utf8(bytes).map_err(|e| unanswered().because(e))?;
    let text = text.trim();
    match text.contains(|c: char| c.is_control() && c != '\n' && c != '\r') {
        true => Err(unanswered().because("its answer is not text")),
        false => Ok(Zeroizing::new(text.to_owned())),
    }
}
