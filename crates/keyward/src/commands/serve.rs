//! `keyward serve`: credentials of several profiles over loopback, for containers and jobs that
//! outlive a session.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use keyward_core::id::ProfileName;
use keyward_core::secret::MfaCode;
use keyward_core::time::parse_duration;
use keyward_serve::{Server, Signals};
use serde_json::json;

use crate::commands::{print_json, whoami};
use crate::environment as env;
use crate::screen::error::CliError;
use crate::screen::ui::{STRONG, Ui};
use crate::serving::{self, Tell, TokenFile, Unlocked};
use crate::session::restrict::RestrictArgs;
use crate::session::{HandOutArgs, parse_code};
use crate::state::local_state::LocalState;

/// Serve credentials over loopback, for containers and long jobs
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profiles; without one, the profile that SDKs would use
    #[arg(value_name = "PROFILE")]
    profiles: Vec<ProfileName>,

    /// The port; any free one by default
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,

    /// Where to keep the token that programs must show while the server runs
    #[arg(long, value_name = "PATH")]
    token_file: Option<PathBuf>,

    /// Print the addresses as JSON
    #[arg(long)]
    json: bool,

    /// How long roles should live, such as 1h or 45m; they are renewed anyway
    #[arg(short, long, value_name = "D", value_parser = parse_duration)]
    duration: Option<Duration>,

    /// The current code of the MFA device
    #[arg(long, value_name = "C", value_parser = parse_code)]
    mfa_code: Option<MfaCode>,

    #[command(flatten)]
    less: RestrictArgs,
}

/// Serves until a signal ends it.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let mut local = LocalState::load()?;
    let unlocked = Unlocked::now(&local, Tell::User)?;
    let profiles = chosen(args.profiles)?;
    let hand_out = HandOutArgs {
        duration: args.duration,
        session_ttl: None,
        mfa_code: args.mfa_code,
        no_session: false,
        region: None,
        less: args.less,
    };
    let prepared = profiles
        .iter()
        .map(|profile| serving::prepare(&mut local, ui, profile, &hand_out))
        .collect::<Result<Vec<_>, CliError>>()?;
    // Before the token file: from here on every end goes through its removal.
    let signals =
        Signals::catch().map_err(|e| CliError::failed("signals cannot be caught").because(e))?;
    crate::prompt::terminal::leave_signals();
    let token = serving::new_token()?;
    let locations = local.locations.clone();
    let serving = serving::start(local, unlocked, prepared, &token, args.port)?;
    let server = &serving.server;
    let path = match args.token_file {
        Some(path) => path,
        None => TokenFile::usual(&locations, server.port())?,
    };
    let file = TokenFile::write(&path, &token)?;
    if args.json {
        print_json(ui, &as_json(server, &file, &profiles))?;
    } else {
        ui.data(&as_shell(server, &file, &profiles))?;
    }
    ui.say(format!(
        "{STRONG}serving on 127.0.0.1:{}{STRONG:#}; Ctrl-C ends it",
        server.port()
    ));
    let _ = signals.wait();
    // A renewal may be asking for a passphrase.
    crate::prompt::terminal::give_back();
    Ok(ExitCode::SUCCESS)
}

fn chosen(profiles: Vec<ProfileName>) -> Result<Vec<ProfileName>, CliError> {
    let mut kept: Vec<ProfileName> = Vec::with_capacity(profiles.len().max(1));
    for profile in profiles {
        if !kept.contains(&profile) {
            kept.push(profile);
        }
    }
    if kept.is_empty() {
        let named = whoami::named_by_environment()?;
        kept.push(
            named.unwrap_or_else(|| "default".parse().expect("a plain word is a profile name")),
        );
    }
    Ok(kept)
}

fn as_json(server: &Server, file: &TokenFile, profiles: &[ProfileName]) -> serde_json::Value {
    let urls: serde_json::Map<String, serde_json::Value> = profiles
        .iter()
        .map(|profile| (profile.to_string(), server.url(profile).into()))
        .collect();
    json!({"port": server.port(), "token_file": file.path(), "profiles": urls})
}

/// Two lines for each profile, to be pasted or evaluated.
fn as_shell(server: &Server, file: &TokenFile, profiles: &[ProfileName]) -> String {
    let path = file.path().display().to_string().replace('\'', r"'\''");
    let mut text = String::new();
    for profile in profiles {
        text.push_str(&format!(
            "# {profile}\nexport {}='{}'\nexport {}='{path}'\n",
            env::CONTAINER_FULL_URI,
            server.url(profile),
            env::CONTAINER_TOKEN_FILE,
        ));
    }
    text
}
