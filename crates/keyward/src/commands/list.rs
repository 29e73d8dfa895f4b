//! `keyward list`: profiles, where their credentials come from, sessions and time left.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::process::ExitCode;
use std::sync::Arc;

use keyward_core::Timestamp;
use keyward_core::chain::{
    Base, CacheKey, Call, Chain, Flags, HandOut, ResolveError, StaticKey, key_section,
};
use keyward_core::id::ProfileName;
use keyward_core::time::show_duration;
use keyward_vault::{SessionCall, SessionEntry, SessionStore};
use serde_json::json;

use crate::commands::print_json_array;
use crate::screen::error::CliError;
use crate::screen::ui::{BAD, Cell, FAINT, GOOD, STRONG, Table, Ui};
use crate::session::{LastAnswers, after_answers, login, origin, session_tier};
use crate::state::local_state::{LocalState, ManyProfiles, now};

/// List profiles with their sources, sessions and time left
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print JSON
    #[arg(long)]
    json: bool,

    /// Print only the names, for completion; unreadable files count as empty
    #[arg(long, hide = true, conflicts_with = "json")]
    names: bool,
}

/// The data of one profile.
struct Row {
    profile: ProfileName,
    /// The chain, or the reason for its absence.
    chain: Result<Chain, Unresolved>,
    account_id: Option<String>,
    sessions: Vec<(SessionCall, Timestamp)>,
    /// Whether the vault holds the console sign-in that it starts from.
    sealed: bool,
}

/// The reason why a profile leads to no credentials.
struct Unresolved {
    /// In a word.
    short: &'static str,
    /// In full.
    why: String,
}

impl Unresolved {
    fn of(local: &LocalState, profile: &ProfileName, error: ResolveError) -> Self {
        let short = match error {
            ResolveError::AsksItself { .. } | ResolveError::NoCredentials { .. } => "no key",
            _ => "error",
        };
        let why = local.unresolved(profile, error).to_string();
        Self { short, why }
    }
}

/// Lists every profile of the files and every key of the vault.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    if args.names {
        let names = LocalState::load_closed().map(|local| names(&local));
        let lines = names.into_iter().flatten().map(|name| format!("{name}\n"));
        ui.data(&lines.collect::<String>())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut local = LocalState::load_closed()?;
    local.warn_if_index_missing(ui);
    local.warn_if_changed_outside(ui);
    let sessions = SessionStore::open(&local.paths, session_tier()).list(now());
    let sessions = Sessions::of(&sessions);
    let many = ManyProfiles::new();
    let names = names(&local);
    // Only the line of a listed profile stays in memory.
    let rows = names.into_iter().map(|name| {
        let row = row(&local, &many, &sessions, name);
        Arc::make_mut(&mut local.config).forget(&row.profile);
        row
    });
    if args.json {
        print_json_array(ui, rows.map(|row| to_json(&row)))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(["PROFILE", "SOURCE", "ACCOUNT", "MFA", "SESSIONS"]);
    let mut reasons = Reasons::default();
    rows.for_each(|row| {
        reasons.note(&row);
        table.push(cells(row));
    });
    if table.is_empty() {
        ui.say("there are no profiles yet");
        ui.hint("keyward init");
    } else {
        ui.table(&table)?;
        ui.text(&reasons.lines(), 2)?;
        crate::keys::rotation::show::remind(&local, ui);
    }
    Ok(ExitCode::SUCCESS)
}

/// The reasons why profiles lead to no credentials, each once.
#[derive(Default)]
struct Reasons(Vec<(String, Vec<ProfileName>)>);

impl Reasons {
    fn note(&mut self, row: &Row) {
        let Err(Unresolved { why, .. }) = &row.chain else {
            return;
        };
        let profile = row.profile.clone();
        // Profiles of one reason mostly follow each other.
        match self
            .0
            .iter_mut()
            .rev()
            .take(16)
            .find(|(known, _)| known == why)
        {
            Some((_, profiles)) => profiles.push(profile),
            None => self.0.push((why.clone(), vec![profile])),
        }
    }

    /// A line for each reason, below an empty one.
    fn lines(&self) -> String {
        let line = |(why, profiles): &(String, Vec<ProfileName>)| {
            let names: Vec<&str> = profiles.iter().map(ProfileName::as_str).collect();
            format!("{BAD}{}:{BAD:#} {why}\n", names.join(", "))
        };
        let lines: String = self.0.iter().map(line).collect();
        match lines.is_empty() {
            true => lines,
            false => format!("\n{lines}"),
        }
    }
}

/// The sessions that are kept, by what they are looked for by.
struct Sessions<'s> {
    by_key: HashMap<&'s CacheKey, &'s SessionEntry>,
    by_profile: HashMap<&'s ProfileName, Vec<&'s SessionEntry>>,
    answers: LastAnswers,
}

impl<'s> Sessions<'s> {
    fn of(sessions: &'s [SessionEntry]) -> Self {
        let mut by_profile: HashMap<&ProfileName, Vec<&SessionEntry>> = HashMap::new();
        for entry in sessions {
            by_profile
                .entry(&entry.meta.profile)
                .or_default()
                .push(entry);
        }
        Self {
            by_key: sessions.iter().map(|entry| (&entry.key, entry)).collect(),
            by_profile,
            answers: LastAnswers::of(sessions),
        }
    }
}

/// Every profile of the files, then the keys of the vault that have none.
pub(crate) fn names(local: &LocalState) -> Vec<ProfileName> {
    let written = local.config.profile_names();
    let mut names: Vec<ProfileName> = written.filter_map(|name| name.parse().ok()).collect();
    for key in local.stored.iter() {
        if local.config.profile(&key.profile).is_none() {
            names.push(key.profile.clone());
        }
    }
    names
}

fn row(local: &LocalState, many: &ManyProfiles, kept: &Sessions<'_>, profile: ProfileName) -> Row {
    let chain_for = |hand_out| {
        let flags = Flags {
            hand_out,
            ..Flags::default()
        };
        many.try_resolve(local, &profile, flags)
            .map_err(|error| Unresolved::of(local, &profile, error))
    };
    let chain = chain_for(HandOut::Refreshing);
    let mut sessions = Vec::new();
    // The two ways to hand out may keep different sessions for one profile. If nothing is cached, none
    // of theirs is.
    let has_cache = !kept.by_key.is_empty();
    let refreshing = chain.as_ref().ok().filter(|_| has_cache);
    let fixed = match refreshing {
        Some(chain) if !depends_on_hand_out(chain) => None,
        _ if !has_cache => None,
        _ => chain_for(HandOut::Static).ok(),
    };
    let chains = refreshing.into_iter().chain(&fixed);
    let after = chains.flat_map(|chain| after_answers(chain, &kept.answers));
    // Chains are large, and nearly every profile has one.
    let mut chains = Vec::with_capacity(1);
    chains.extend(after);
    // A session of a key that was replaced, or that has another name since, serves no chain.
    // The source comes first: an answer of an Identity Center, a program or a web identity is a session
    // too. Nothing is kept of a key.
    let own = chains.iter().flat_map(|chain| {
        let answers = !chain.base.is_long_lived_key();
        let answer = answers.then(|| chain.base_cache_key());
        let hops = chain.hops.iter().map(|hop| hop.cache_key);
        let keys = answer.into_iter().chain(hops);
        let found = keys.filter_map(|key| kept.by_key.get(&key).copied());
        found.filter(|entry| entry.meta.origin.serves(&origin(local, chain)))
    });
    // With flags such as `--duration`, a session has a name that no chain without them knows.
    let flagged = kept.by_profile.get(&profile).into_iter().flatten().copied();
    let flagged = flagged.filter(|entry| {
        let mut chains = chains.iter().map(|chain| origin(local, chain));
        chains.len() == 0 || chains.any(|wanted| entry.meta.origin.serves(&wanted))
    });
    let mut seen = BTreeSet::new();
    for entry in own.chain(flagged) {
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
        chain,
        account_id,
        sessions,
        profile,
    }
}

/// Whether the other way to hand out may lead to another chain: it may ask for a longer life, and a
/// program's answer may decide its steps.
fn depends_on_hand_out(chain: &Chain) -> bool {
    chain.by_answer.is_some() || chain.hops.iter().any(|hop| hop.is_shortened)
}

fn account(local: &LocalState, chain: &Chain) -> Option<String> {
    let of_role = chain.hops.iter().rev().find_map(|hop| match &hop.call {
        Call::AssumeRole(role) => role.role_arn.account(),
        Call::GetSessionToken => None,
    });
    let account = of_role.or_else(|| match &chain.base {
        Base::VaultKey(key) => local.stored.get(&key.profile)?.account_id.clone(),
        Base::Static(key) => key_section(&local.config, &key.profile)?
            .value("aws_account_id")?
            .parse()
            .ok(),
        source => source.account_id(),
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
        "error": row.chain.as_ref().err().map(|unresolved| &unresolved.why),
    })
}

/// The cells of a profile's line.
fn cells(row: Row) -> [Cell; 5] {
    let chain = match &row.chain {
        Ok(chain) => chain,
        Err(unresolved) => {
            return [
                Cell::new(row.profile.to_string(), STRONG),
                Cell::new(unresolved.short, BAD),
                Cell::plain("-"),
                Cell::plain("-"),
                Cell::new("-", FAINT),
            ];
        }
    };
    let source: Cow<'static, str> = match &chain.base {
        Base::VaultKey(key) if key.profile != row.profile => {
            format!("vault: {}", key.profile).into()
        }
        Base::VaultKey(_) => "vault".into(),
        Base::LoginSession(_) if row.sealed => "vault: sign-in".into(),
        other => match other.kind() {
            kind if kind.contains('_') => kind.replace('_', " ").into(),
            kind => kind.into(),
        },
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
    let tint = if sessions.is_empty() { FAINT } else { GOOD };
    let sessions: Cow<'static, str> = match (&chain.base, sessions.as_slice()) {
        // Another tool's session exists only in the files.
        (
            Base::Static(StaticKey {
                expires_at: Some(end),
                ..
            }),
            [],
        ) => match *end <= now() {
            true => "ended".into(),
            false => format!("session {}", show_duration(end.remaining(now()))).into(),
        },
        (_, []) => "-".into(),
        (_, several) => several.join(", ").into(),
    };
    let mfa = if mfa_serial(chain).is_some() {
        "yes"
    } else {
        "-"
    };
    [
        Cell::new(row.profile.to_string(), STRONG),
        Cell::plain(source),
        row.account_id.map_or(Cell::plain("-"), Cell::plain),
        Cell::plain(mfa),
        Cell::new(sessions, tint),
    ]
}
