//! Exchanges an identity provider's token for a role. The token is read each time, because its issuer
//! replaces it before it expires.

use std::process::Stdio;

use keyward_aws::WebIdentityToken;
use keyward_core::Credentials;
use keyward_core::chain::{TokenSource, WebIdentity};
use keyward_vault::SessionCall;
use zeroize::Zeroizing;

use super::{Obtain, SourceContext, SourceEntry};
use crate::environment as env;
use crate::process::program::{self, Interaction, Output, RunError, StderrExcerpt};
use crate::prompt::deadline::Deadline;
use crate::prompt::terminal::Terminal;
use crate::screen::error::{CliError, ErrorKind};
use crate::session::client;
use crate::session::margin;
use crate::state::session_name::session_name;
use crate::system::read_limited;

impl Obtain for WebIdentity {
    /// Reads the token and sends it to STS.
    fn obtain(&self, context: &SourceContext<'_>) -> Result<Credentials, CliError> {
        let SourceContext { local, chain, .. } = *context;
        let name = session_name(local, chain, self.role_session_name.as_ref());
        let (text, place) = match &self.token {
            TokenSource::File(path) => (in_file(path)?, format!("the file `{path}`")),
            TokenSource::Process(command) => (
                from_program(command, context.local.deadline)?,
                "the output of `web_identity_token_process`".to_owned(),
            ),
        };
        let token: WebIdentityToken =
            text.parse()
                .map_err(|e: keyward_aws::InvalidWebIdentityToken| {
                    CliError::failed(format!("{place} holds no token")).because(e)
                })?;
        let aws = client(chain);
        aws.end_repetitions_at(local.deadline.of_calls());
        Ok(aws.assume_role_with_web_identity(&self.role_arn, &token, &name, self.duration)?)
    }

    fn cached_as(&self) -> Option<SourceEntry> {
        Some(SourceEntry {
            call: SessionCall::AssumeRoleWithWebIdentity,
            margin: margin::SILENT.min(self.duration / 3),
            what: format!("role {} by web identity", self.role_arn),
        })
    }
}

fn in_file(path: &str) -> Result<Zeroizing<String>, CliError> {
    read_limited::text(&env::expand_home(path.as_ref()), read_limited::DOCUMENT).map_err(|e| {
        CliError::failed(format!("the web identity token in `{path}` cannot be read"))
            .because(e)
            .hint(
                match env::get(env::WEB_IDENTITY_TOKEN_FILE).as_deref() == Some(path) {
                    true => format!("check {}", env::WEB_IDENTITY_TOKEN_FILE),
                    false => "check `web_identity_token_file` in the profile".to_owned(),
                },
            )
    })
}

/// Run by the shell, as the profile's owner wrote it.
fn from_program(command: &str, deadline: Deadline) -> Result<Zeroizing<String>, CliError> {
    let failed = || CliError::failed("the `web_identity_token_process` command gave no token");
    let mut shell = program::shell(command);
    for name in env::SECRETS {
        shell.env_remove(name);
    }
    shell.stdin(Stdio::null());
    let limit = deadline.for_program();
    let Output {
        status,
        output,
        message,
    } = program::run(shell, Interaction::Terminal, Some(limit)).map_err(|error| match error {
        RunError::TooLong(message) => failed()
            .of_kind(match Terminal::open() {
                Some(_) => ErrorKind::Failed,
                None => ErrorKind::PersonNeeded,
            })
            .because(StderrExcerpt::told(
                &format!("it took longer than {} s", limit.as_secs().max(1)),
                message.as_ref(),
            ))
            .hint("run the command of the profile by hand: it may be waiting for a person"),
        RunError::TooMuch => failed().because("it printed more than 1 MiB, which is not a token"),
        RunError::Start(source) | RunError::Wait(source) => failed().because(source),
    })?;
    if !status.success() {
        let ended = format!("it ended with {status}");
        return Err(failed().because(StderrExcerpt::told(&ended, message.as_ref())));
    }
    Ok(Zeroizing::new(
        String::from_utf8_lossy(&output).into_owned(),
    ))
}
