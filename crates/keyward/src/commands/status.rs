//! `keyward status`: what this shell holds and how long it lasts, from the environment and the
//! small files beside the sessions. It asks neither the network nor the vault.

use std::process::ExitCode;

use keyward_core::Timestamp;
use keyward_core::chain::{Base, CacheKey, Flags, HandOut, VaultKey};
use keyward_core::id::ProfileName;
use keyward_core::time::show_duration;
use keyward_vault::{IndexedKey, RunningServer, SessionEntry, SessionStore, running_servers};
use serde_json::json;

use crate::commands::print_json;
use crate::environment as env;
use crate::ready::ThisRun;
use crate::screen::error::CliError;
use crate::screen::ui::{BAD, FAINT, GOOD, STRONG, Ui, WARN};
use crate::session::{origin, session_tier};
use crate::state::local_state::{LocalState, now};

/// Show the time left for this shell's credentials, without network or vault
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print a short text for a shell prompt, such as `readonly 42m`; nothing without a profile
    #[arg(long, conflicts_with = "json")]
    prompt: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The lifetime of what the shell uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    /// Credentials or a cached session that expire at this time.
    Until(Timestamp),
    /// Keys in the environment without an expiry.
    Endless,
    /// No session is cached: the next use makes one.
    None,
    /// No session is cached, and this shell gets its own from a server, which may have been locked.
    Served,
    /// The profile does not resolve to credentials.
    Nowhere,
}

/// The profile, its origin, and its lifetime.
struct Status {
    profile: String,
    /// Whether the shell holds the credentials themselves or only the profile's name.
    held: bool,
    life: Life,
    /// The reason why the profile does not resolve.
    problem: Option<CliError>,
}

/// An expiry within this many seconds is shown in yellow.
const SOON: u64 = 15 * 60;

/// Shows the status.
pub(crate) fn run(args: Args, ui: &Ui, this_run: &ThisRun) -> Result<ExitCode, CliError> {
    if args.prompt {
        // A shell draws its prompt often, so other commands report the problems.
        if let Some(status) = holding() {
            ui.data(&prompt(&status))?;
            return Ok(ExitCode::SUCCESS);
        }
        let Ok(local) = LocalState::load_closed() else {
            return Ok(ExitCode::SUCCESS);
        };
        if let Some(status) = named(&local) {
            ui.data(&prompt(&status))?;
            if let (Ok(profile), Life::Until(end)) = (status.profile.parse(), status.life) {
                this_run.keep_prompt(&local, &profile, end);
            }
        }
        return Ok(ExitCode::SUCCESS);
    }
    let local = LocalState::load_closed()?;
    local.warn_if_index_missing(ui);
    let status = holding().or_else(|| named(&local));
    let key = status
        .as_ref()
        .and_then(|status| stored_key(&local, &status.profile));
    if args.json {
        print_json(ui, &to_json(&local, status.as_ref(), key))?;
        return Ok(exit_code(status.as_ref()));
    }
    match &status {
        Some(Status {
            problem: Some(_), ..
        }) => {}
        Some(status) => ui.text(&format!("{}\n", line(status)), 2)?,
        None => {
            ui.say("this shell uses no profile");
            ui.hint("keyward exec PROFILE, or set AWS_PROFILE");
        }
    }
    tell_of_locked_servers(&local, ui);
    crate::keys::rotation::show::remind(&local, ui);
    match status.and_then(|status| status.problem) {
        Some(problem) => Err(problem),
        None => Ok(ExitCode::SUCCESS),
    }
}

/// That of the error which every use of the profile would end with.
fn exit_code(status: Option<&Status>) -> ExitCode {
    let problem = status.and_then(|status| status.problem.as_ref());
    ExitCode::from(problem.map_or(0, |problem| problem.kind().exit_code()))
}

/// Returns the status from the environment itself, as `exec` leaves it.
fn holding() -> Option<Status> {
    env::get(env::AWS_ACCESS_KEY_ID)?;
    let profile = env::get(env::PROFILE)
        .or_else(|| env::get(env::AWS_VAULT))
        .unwrap_or_else(|| "environment".to_owned());
    let end = env::get(env::AWS_CREDENTIAL_EXPIRATION)
        .or_else(|| env::get(env::AWS_SESSION_EXPIRATION))
        .and_then(|text| text.parse().ok());
    Some(Status {
        profile,
        held: true,
        life: end.map_or(Life::Endless, Life::Until),
        problem: None,
    })
}

/// Returns the status of the profile that the environment names, from the session cache.
fn named(local: &LocalState) -> Option<Status> {
    let name = env::get(env::PROFILE)
        .or_else(|| env::get(env::AWS_PROFILE))
        .or_else(|| env::get("AWS_DEFAULT_PROFILE"))?;
    let profile = name.parse::<ProfileName>().map_err(|error| {
        CliError::usage("the environment names a profile that cannot be one").because(error)
    });
    let resolved = profile.and_then(|profile| {
        local.resolve(&profile, Flags::default())?;
        Ok(profile)
    });
    let (life, problem) = match resolved {
        Ok(profile) => (kept(local, &profile), None),
        Err(problem) => (Life::Nowhere, Some(problem)),
    };
    Some(Status {
        profile: name,
        held: false,
        life,
        problem,
    })
}

/// The cached session of a profile that lasts longest: its own, else the one from which its next
/// role needs no prompt.
fn kept(local: &LocalState, profile: &ProfileName) -> Life {
    let store = SessionStore::open(&local.paths, session_tier());
    let none = match is_served() {
        true => Life::Served,
        false => Life::None,
    };
    // A prompt is drawn often, so other sessions are left unread.
    let life = life_of(local, profile, |keys| store.list_of(keys, now()));
    life.map_or(none, Life::Until)
}

/// Whether this shell's programs ask a server, as below `exec --server`.
fn is_served() -> bool {
    env::get(env::PROFILE).is_some() && env::get(env::CONTAINER_FULL_URI).is_some()
}

/// Returns the end of the sessions that are kept for a profile. `kept` returns the sessions with one of
/// some keys.
pub(crate) fn life_of(
    local: &LocalState,
    profile: &ProfileName,
    kept: impl Fn(&[CacheKey]) -> Vec<SessionEntry>,
) -> Option<Timestamp> {
    let chain = |hand_out| {
        local.resolve(
            profile,
            Flags {
                hand_out,
                ..Flags::default()
            },
        )
    };
    [HandOut::Refreshing, HandOut::Static]
        .into_iter()
        .filter_map(|hand_out| chain(hand_out).ok())
        .filter_map(|chain| {
            if chain.hops.is_empty()
                && let Base::Static(key) = &chain.base
            {
                return key.expires_at;
            }
            let keys = chain.hops.iter().map(|hop| hop.cache_key);
            let keys: Vec<_> = keys.chain([chain.base_cache_key()]).collect();
            kept(&keys)
                .into_iter()
                .filter(|entry| entry.meta.origin.serves(&origin(local, &chain)))
                .filter_map(|entry| entry.expires_at)
                .max()
        })
        .max()
}

/// The servers of this vault that run; none if they cannot be listed.
fn servers(local: &LocalState) -> Vec<RunningServer> {
    running_servers(&local.paths).unwrap_or_default()
}

/// Some SDKs do not show a server's answer, so the person learns here why a program finds no
/// credentials.
fn tell_of_locked_servers(local: &LocalState, ui: &Ui) {
    let locked: Vec<_> = servers(local)
        .into_iter()
        .filter(|server| server.locked)
        .collect();
    for server in &locked {
        let process = server
            .holder
            .map_or_else(String::new, |holder| format!(" ({holder})"));
        ui.warn(format!(
            "the server on port {}{process} answers `locked` since `keyward lock`",
            server.port
        ));
    }
    if !locked.is_empty() {
        ui.hint("end the server's command and run it again");
    }
}

fn stored_key<'w>(local: &'w LocalState, profile: &str) -> Option<&'w IndexedKey> {
    let chain = local
        .resolve(&profile.parse().ok()?, Flags::default())
        .ok()?;
    let VaultKey { profile, .. } = chain.base.vault_key()?;
    local.index.keys.iter().find(|key| key.profile == *profile)
}

fn prompt(status: &Status) -> String {
    match status.life {
        Life::Until(end) => keyward_ready::prompt::until(&status.profile, end, now()),
        Life::Endless | Life::None | Life::Served | Life::Nowhere => status.profile.clone(),
    }
}

fn line(status: &Status) -> String {
    let name = &status.profile;
    let what = if status.held {
        "credentials in this shell"
    } else {
        "session"
    };
    let message = match status.life {
        Life::Until(end) if end <= now() => format!("{BAD}{what} expired{BAD:#}"),
        Life::Until(end) => {
            let left = end.remaining(now());
            let tint = if left.as_secs() < SOON { WARN } else { GOOD };
            format!("{what} for {tint}{}{tint:#}", show_duration(left))
        }
        Life::Endless => format!("{what} {WARN}without an end{WARN:#}"),
        Life::Nowhere => format!("{BAD}leads to no credentials{BAD:#}"),
        Life::Served => {
            "no session is kept; ask this shell's server with `keyward whoami`".to_owned()
        }
        Life::None => format!("{FAINT}no session yet: the next use makes one{FAINT:#}"),
    };
    format!("{STRONG}{name}{STRONG:#}  {message}")
}

fn to_json(
    local: &LocalState,
    status: Option<&Status>,
    key: Option<&IndexedKey>,
) -> serde_json::Value {
    let end = status.and_then(|status| match status.life {
        Life::Until(end) => Some(end),
        Life::Endless | Life::None | Life::Served | Life::Nowhere => None,
    });
    let key = key.map(|key| {
        let age = key.age(now());
        json!({
            "profile": key.profile.as_str(),
            "access_key_id": key.access_key_id.as_str(),
            "age_seconds": age.map(|age| age.as_secs()),
            "due": key.created.elapsed(now()) >= local.settings.key_max_age,
        })
    });
    json!({
        "profile": status.map(|status| &status.profile),
        "in_environment": status.is_some_and(|status| status.held),
        "served": status.is_some_and(|status| !status.held) && is_served(),
        "expires_at": end.map(|end| end.to_string()),
        "seconds_left": end.map(|end| end.remaining(now()).as_secs()),
        "key": key,
        "servers": servers(local).iter().map(|server| json!({
            "port": server.port,
            "process": server.holder.map(|holder| holder.pid),
            "locked": server.locked,
        })).collect::<Vec<_>>(),
        "error": status.and_then(|status| status.problem.as_ref()).map(ToString::to_string),
    })
}
