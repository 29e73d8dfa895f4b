//! `keyward list`: profiles, where their credentials come from, sessions and time left.

use std::collections::BTreeSet;
use std::process::ExitCode;

use keyward_core::Timestamp;
use keyward_core::chain::{Base, Call, Chain, Flags, HandOut, key_section};
use keyward_core::id::ProfileName;
use keyward_core::time::show_duration;
use keyward_vault::{SessionCall, SessionEntry, SessionStore};
use serde_json::json;

use crate::commands::print_json;
use crate::screen::error::CliError;
use crate::screen::ui::{BAD, FAINT, GOOD, STRONG, Ui};
use crate::session::{after_answers, login, session_tier};
use crate::state::local_state::{LocalState, now};

/// Profiles, where their credentials come from, sessions and time left
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// As JSON
    #[arg(long)]
    json: bool,

    /// The names alone, for completion; files that cannot be read have none
    #[arg(long, hide = true, conflicts_with = "json")]
    names: bool,
}

/// One profile's line.
struct Row {
    profile: ProfileName,
    /// The chain, or why there is none.
    chain: Result<Chain, String>,
    account_id: Option<String>,
    sessions: Vec<(SessionCall, Timestamp)>,
    /// Whether the vault holds the console sign-in that it starts from.
    sealed: bool,
}

/// Lists every profile of the files and every key of the vault.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    if args.names {
        let names = LocalState::load_closed().map(|local| names(&local));
        let lines = names.into_iter().flatten().map(|name| format!("{name}\n"));
        ui.data(&lines.collect::<String>())?;
        return Ok(ExitCode::SUCCESS);
    }
    let local = LocalState::load_closed()?;
    local.warn_if_index_missing(ui);
    local.warn_if_changed_outside(ui);
    let kept = SessionStore::open(&local.paths, session_tier()).list(now());
    let rows: Vec<Row> = names(&local)
        .into_iter()
        .map(|name| row(&local, &kept, name))
        .collect();
    if args.json {
        print_json(ui, &rows.iter().map(to_json).collect())?;
    } else if rows.is_empty() {
        ui.say("there are no profiles yet");
        ui.hint("keyward add PROFILE");
    } else {
        ui.data(&table(&rows))?;
        crate::keys::rotation::show::remind(&local, ui);
    }
    Ok(ExitCode::SUCCESS)
}

/// Every profile of the files, then the keys of the vault that have none.
pub(crate) fn names(local: &LocalState) -> Vec<ProfileName> {
    let mut names: Vec<ProfileName> = local
        .config
        .profiles()
        .map(|profile| profile.name.clone())
        .collect();
    for key in &local.stored {
        if local.config.profile(&key.profile).is_none() {
            names.push(key.profile.clone());
        }
    }
    names
}

fn row(local: &LocalState, kept: &[SessionEntry], profile: ProfileName) -> Row {
    let plan_as = |hand_out| {
        local.resolve(
            &profile,
            Flags {
                hand_out,
                ..Flags::default()
            },
        )
    };
    let chain = plan_as(HandOut::Refreshing);
    let mut sessions = Vec::new();
    // The two ways to hand out may keep different sessions for one profile. The source comes
    // first: what an Identity Center, a program or a web identity gave is a session too.
    // Where nothing is kept, nothing of theirs is.
    let plans = match kept {
        [] => [None, None],
        _ => [chain.as_ref().ok().cloned(), plan_as(HandOut::Static).ok()],
    };
    let plans = plans.into_iter().flatten();
    let plans: Vec<Chain> = plans.flat_map(|chain| after_answers(chain, kept)).collect();
    let planned = plans.iter().flat_map(|chain| {
        let hops = chain.hops.iter().map(|hop| hop.cache_key.clone());
        std::iter::once(chain.base_cache_key()).chain(hops)
    });
    let planned = planned.filter_map(|key| kept.iter().find(|entry| entry.key == key));
    // With flags such as `--duration`, a session has a name that no chain without them knows.
    let flagged = kept.iter().filter(|entry| entry.meta.profile == profile);
    let mut seen = BTreeSet::new();
    for entry in planned.chain(flagged) {
        // Two sessions may end in the same second.
        if seen.insert(&entry.key) {
            sessions.extend(entry.expires_at.map(|end| (entry.meta.call, end)));
        }
    }
    let account_id = chain.as_ref().ok().and_then(|chain| account(local, chain));
    let sealed = chain
        .as_ref()
        .is_ok_and(|chain| login::sealed_for(local, chain).is_some());
    Row {
        sealed,
        chain: chain.map_err(|e| e.to_string()),
        account_id,
        sessions,
        profile,
    }
}

fn account(local: &LocalState, chain: &Chain) -> Option<String> {
    let of_role = chain.hops.iter().rev().find_map(|hop| match &hop.call {
        Call::AssumeRole(role) => role.role_arn.account(),
        Call::GetSessionToken => None,
    });
    let account = of_role.or_else(|| match &chain.base {
        Base::VaultKey { profile, .. } => local
            .stored
            .iter()
            .find(|key| key.profile == *profile)?
            .account_id
            .clone(),
        Base::Sso { account_id, .. } => Some(account_id.clone()),
        Base::Process { account_id, .. } => account_id.clone(),
        Base::Static { profile, .. } => key_section(&local.config, profile)?
            .value("aws_account_id")?
            .parse()
            .ok(),
        Base::WebIdentity { role_arn, .. } => role_arn.account(),
        Base::LoginSession { session, .. } => session.split(':').nth(4)?.parse().ok(),
        _ => None,
    });
    account.map(|id| id.to_string())
}

fn mfa_serial(chain: &Chain) -> Option<&str> {
    chain
        .hops
        .iter()
        .find_map(|hop| hop.mfa_serial.as_ref())
        .map(|serial| serial.as_str())
}

fn to_json(row: &Row) -> serde_json::Value {
    let chain = row.chain.as_ref().ok();
    let sessions: Vec<_> = row
        .sessions
        .iter()
        .map(|(call, end)| json!({"call": call.as_str(), "expires_at": end.to_string()}))
        .collect();
    json!({
        "profile": row.profile.as_str(),
        "source": chain.map_or("error", |chain| chain.base.kind()),
        "account_id": row.account_id,
        "sealed_sign_in": row.sealed,
        "mfa_serial": chain.and_then(mfa_serial),
        "sessions": sessions,
        "error": row.chain.as_ref().err(),
    })
}

fn table(rows: &[Row]) -> String {
    let head = ["PROFILE", "SOURCE", "ACCOUNT", "MFA", "SESSIONS"].map(str::to_owned);
    let lines: Vec<[String; 5]> = rows.iter().map(cells).collect();
    let width = |column: usize| {
        lines
            .iter()
            .chain([&head])
            .map(|cells| cells[column].chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths: [usize; 4] = std::array::from_fn(width);
    let mut text = String::new();
    for (number, cells) in [&head].into_iter().chain(&lines).enumerate() {
        let style = if number == 0 { FAINT } else { STRONG };
        text.push_str(&format!("{style}{:w$}{style:#}", cells[0], w = widths[0]));
        for column in 1..4 {
            text.push_str(&format!("  {:w$}", cells[column], w = widths[column]));
        }
        let tint = match number.checked_sub(1).map(|at| &rows[at]) {
            Some(row) if row.chain.is_err() => BAD,
            Some(row) if !row.sessions.is_empty() => GOOD,
            _ => FAINT,
        };
        text.push_str(&format!("  {tint}{}{tint:#}\n", cells[4]));
    }
    text
}

fn cells(row: &Row) -> [String; 5] {
    let chain = match &row.chain {
        Ok(chain) => chain,
        Err(why) => {
            return [
                row.profile.to_string(),
                "error".into(),
                String::new(),
                String::new(),
                why.clone(),
            ];
        }
    };
    let source = match &chain.base {
        Base::VaultKey { profile, .. } if *profile != row.profile => format!("vault: {profile}"),
        Base::VaultKey { .. } => "vault".to_owned(),
        Base::LoginSession { .. } if row.sealed => "vault: sign-in".to_owned(),
        other => other.kind().replace('_', " "),
    };
    let sessions: Vec<String> = row
        .sessions
        .iter()
        .map(|(call, end)| {
            let name = match call {
                SessionCall::AssumeRole
                | SessionCall::AssumeRoleWithWebIdentity
                | SessionCall::GetRoleCredentials => "role",
                _ => "session",
            };
            format!("{name} {}", show_duration(end.remaining(now())))
        })
        .collect();
    let sessions = match (&chain.base, sessions.as_slice()) {
        // Another tool's session stands in the files and is nowhere else.
        (
            Base::Static {
                expires_at: Some(end),
                ..
            },
            [],
        ) => match *end <= now() {
            true => "ended".to_owned(),
            false => format!("session {}", show_duration(end.remaining(now()))),
        },
        (_, []) => "-".to_owned(),
        (_, several) => several.join(", "),
    };
    let mfa = if mfa_serial(chain).is_some() {
        "yes"
    } else {
        "-"
    };
    [
        row.profile.to_string(),
        source,
        row.account_id.clone().unwrap_or_else(|| "-".into()),
        mfa.into(),
        sessions,
    ]
}
