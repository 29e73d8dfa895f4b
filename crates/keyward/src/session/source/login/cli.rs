//! The console sign-in that `aws login` keeps. Its file is read, and renewed in place, as the AWS
//! CLI does it, so that both use one session. Signing in stays with the CLI here.
//!
//! Source: <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sign-in.html>

use std::path::PathBuf;
use std::time::Duration;

use data_encoding::HEXLOWER;
use keyward_aws::{Aws, CallError, LoginToken};
use keyward_core::chain::CacheKey;
use keyward_core::id::{ProfileName, Region};
use keyward_core::shell::quoted;
use keyward_core::{Credentials, Timestamp};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::service;
use crate::aws_files::rewrite::{self, Reserved};
use crate::environment as env;
use crate::prompt::deadline::Deadline;
use crate::screen::error::{CliError, ErrorKind, make_writable};
use crate::session::client;
use crate::session::margin::LAST_RESORT;
use crate::session::single_flight::SingleFlight;
use crate::session::source::SourceContext;
use crate::state::local_state::now;
use crate::system::locations;

/// The AWS CLI renews with this much left.
const MARGIN: Duration = Duration::from_secs(5 * 60);

/// Whether the AWS CLI keeps a file of this session.
pub(crate) fn is_kept(session: &str) -> bool {
    File::of(session).is_ok_and(|file| file.path.exists())
}

/// The session's credentials, renewed where they are about to end.
pub(super) fn credentials(
    context: &SourceContext<'_>,
    profile: &ProfileName,
    session: &str,
) -> Result<Credentials, CliError> {
    let kept = File::of(session)?;
    let key = CacheKey::of(&["login session", &kept.path.display().to_string()]);
    let waiting = "waiting for another keyward that is renewing the same console session…";
    SingleFlight::new(context.local, key, waiting).get(
        context.ui,
        || Ok(kept.read(profile)?.good()),
        |_guard| renewed(context, profile, &kept),
    )
}

/// The credentials from a renewal under the lock.
fn renewed(
    context: &SourceContext<'_>,
    profile: &ProfileName,
    kept: &File,
) -> Result<Credentials, CliError> {
    let SourceContext { ui, chain, .. } = *context;
    let old = kept.read(profile)?;
    // A refresh token works once, so its successor must be saved.
    let room = match kept.reserve(context.local.deadline) {
        Ok(room) => room,
        Err(error) => return old.rest().ok_or(error),
    };
    ui.explain(|| format!("renewing the console session of profile `{profile}`"));
    // Newer AWS CLIs note where the sign-in was made; the profile's region may be another.
    let aws = match old.region() {
        Some(region) => service::client(chain.endpoints.clone(), region),
        None => client(chain),
    };
    match old.renew(&aws) {
        Ok(token) => {
            let renewed = old.with(token);
            if let Err(error) = room.put(&renewed.text_of_file()) {
                // It is still valid.
                ui.warn(format!("{}: {error}", kept.unusable()));
                ui.hint(format!(
                    "the next renewal needs you: aws login --profile {}",
                    quoted(profile.as_str())
                ));
            }
            renewed.credentials().ok_or_else(|| kept.broken(profile))
        }
        Err(Renewal::Unfit) => Err(kept.broken(profile)),
        // A refused refresh means that the user must sign in again.
        Err(Renewal::Call(error @ (CallError::Denied { .. } | CallError::ExpiredToken { .. }))) => {
            // The AWS CLI uses no lock: it may have renewed a moment ago.
            match kept.read(profile)?.good() {
                Some(good) => Ok(good),
                None => Err(over(profile).because(error)),
            }
        }
        Err(Renewal::Call(error)) => Err(error.into()),
    }
}

fn over(profile: &ProfileName) -> CliError {
    CliError::new(
        ErrorKind::PersonNeeded,
        format!("the console session of profile `{profile}` is over"),
    )
    .hint(format!("aws login --profile {}", quoted(profile.as_str())))
    .hint(format!(
        "or let keyward keep a sign-in, sealed: keyward signin {}",
        profile.argument()
    ))
}

/// The file of one session.
struct File {
    path: PathBuf,
}

impl File {
    fn of(session: &str) -> Result<Self, CliError> {
        let folder = match env::path(env::LOGIN_CACHE) {
            Some(folder) => folder,
            None => env::home_folder()
                .ok_or_else(|| CliError::usage("there is no home folder").hint("set HOME"))?
                .join(".aws")
                .join("login")
                .join("cache"),
        };
        let name = HEXLOWER.encode(&Sha256::digest(session.as_bytes()));
        Ok(Self {
            path: folder.join(format!("{name}.json")),
        })
    }

    fn read(&self, profile: &ProfileName) -> Result<CachedLogin, CliError> {
        let text = rewrite::read(&self.path)
            .map_err(|e| self.unusable().because(e))?
            .map(Zeroizing::new)
            .ok_or_else(|| over(profile))?;
        serde_json::from_str(&text)
            .map(CachedLogin)
            .map_err(|_| self.broken(profile))
    }

    fn reserve(&self, deadline: Deadline) -> Result<Reserved, CliError> {
        rewrite::reserve_secret(&self.path, deadline).map_err(|e| {
            let folder = self.path.parent().unwrap_or(&self.path);
            let hint = make_writable(locations::show(folder), &e);
            CliError::failed(format!(
                "a renewed console session cannot be kept in `{}`",
                locations::show(&self.path)
            ))
            .because(e)
            .hint_all(hint)
        })
    }

    fn unusable(&self) -> CliError {
        CliError::failed(format!(
            "the console session in `{}` cannot be used",
            locations::show(&self.path)
        ))
    }

    fn broken(&self, profile: &ProfileName) -> CliError {
        self.unusable()
            .because("it lacks what the AWS CLI writes there")
            .hint(format!("aws login --profile {}", quoted(profile.as_str())))
    }
}

/// The file's content. Members that keyward does not know stay as they are.
struct CachedLogin(Map<String, Value>);

/// The reasons why a session was not renewed.
enum Renewal {
    /// The file lacks something.
    Unfit,
    /// The service refused, or did not answer.
    Call(CallError),
}

impl CachedLogin {
    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    fn region(&self) -> Option<Region> {
        self.text("signInRegion")?.parse().ok()
    }

    fn access(&self, name: &str) -> Option<&str> {
        self.0.get("accessToken")?.get(name)?.as_str()
    }

    /// The credentials, good or not.
    fn credentials(&self) -> Option<Credentials> {
        let end: Timestamp = self.access("expiresAt")?.parse().ok()?;
        Some(Credentials {
            access_key_id: self.access("accessKeyId")?.parse().ok()?,
            secret_access_key: self.access("secretAccessKey")?.parse().ok()?,
            session_token: Some(self.access("sessionToken")?.parse().ok()?),
            expires_at: Some(end),
            account_id: self.access("accountId").and_then(|id| id.parse().ok()),
        })
    }

    /// The credentials, if they last.
    fn good(&self) -> Option<Credentials> {
        self.credentials()
            .filter(|found| found.usable_for(MARGIN, now()))
    }

    /// Credentials that cannot be renewed but still live.
    fn rest(&self) -> Option<Credentials> {
        self.credentials()
            .filter(|found| found.usable_for(LAST_RESORT, now()))
    }

    fn text_of_file(&self) -> Zeroizing<String> {
        Zeroizing::new(serde_json::to_string(&self.0).expect("a JSON object writes itself"))
    }

    fn renew(&self, aws: &Aws) -> Result<LoginToken, Renewal> {
        let unfit = || Renewal::Unfit;
        let client_id = self.text("clientId").ok_or_else(unfit)?;
        let refresh = self.text("refreshToken").and_then(|text| text.parse().ok());
        let key = self.text("dpopKey").and_then(|pem| pem.parse().ok());
        aws.refresh_login(
            client_id,
            &refresh.ok_or_else(unfit)?,
            &key.ok_or_else(unfit)?,
        )
        .map_err(Renewal::Call)
    }

    /// The same with what was renewed; the account stays.
    fn with(self, token: LoginToken) -> Self {
        let account = self.access("accountId").map(str::to_owned);
        let Self(mut members) = self;
        // Exposed because the file is where the AWS CLI looks for them; it is its owner's alone.
        let mut access = Map::new();
        let mut put = |name: &str, value: &str| {
            access.insert(name.to_owned(), Value::from(value));
        };
        put("accessKeyId", token.access_key_id.as_str());
        put("secretAccessKey", token.secret_access_key.expose());
        put("sessionToken", token.session_token.expose());
        if let Some(account) = account {
            put("accountId", &account);
        }
        put("expiresAt", &now().after(token.life).to_string());
        members.insert("accessToken".to_owned(), Value::from(access));
        members.insert(
            "refreshToken".to_owned(),
            Value::from(token.refresh_token.expose()),
        );
        Self(members)
    }
}
