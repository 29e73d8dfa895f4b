//! `keyward signin`: a sign-in with the console's own credentials, passkey included, for the
//! profiles that have `login_session`; and out again. `keyward login` goes the other way, from
//! credentials into the console.

mod logout;
mod profile;

use std::process::ExitCode;

use keyward_core::chain::Chain;
use keyward_core::id::{AccessKeyId, PrincipalArn, ProfileName, Region};
use keyward_vault::{OpenVault, SlotKind, Vault};

use crate::browser::launch::Browser;
use crate::prompt::terminal::Terminal;
use crate::screen::error::CliError;
use crate::screen::ui::{STRONG, Ui};
use crate::session::{FirstSlotArgs, login, open_or_create};
use crate::state::local_state::LocalState;

use login::{BrowserMethod, Service};

/// Sign in with your console credentials for a profile; the sign-in is sealed in the vault
///
/// The browser may ask for password, MFA or passkey, as the console does. The sign-in renews itself
/// for up to twelve hours, with your own rights; the profile gets `login_session`. To open the
/// console with a profile's credentials, use `keyward login`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profile, which may be new
    profile: ProfileName,

    /// Use a browser on another machine, and paste the code that it shows
    #[arg(long)]
    remote: bool,

    /// The region whose sign-in service is asked; a profile without a region gets it
    #[arg(long, value_name = "R")]
    region: Option<Region>,

    /// The browser's command; `%s` in it stands for the link
    #[arg(long, value_name = "NAME", conflicts_with = "remote")]
    browser: Option<String>,

    /// Print the link instead of opening it; it must be opened in a browser on this machine
    #[arg(long, conflicts_with_all = ["remote", "browser"])]
    no_browser: bool,

    /// Forget the sign-in and what was made with it
    #[arg(long, conflicts_with_all = ["remote", "region", "browser", "no_browser"])]
    logout: bool,

    #[command(flatten)]
    slot: FirstSlotArgs,
}

/// Signs in, or out.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let local = LocalState::load()?;
    match args.logout {
        true => logout::run(&local, &args.profile, ui),
        false => sign_in(&local, &args, ui),
    }?;
    Ok(ExitCode::SUCCESS)
}

fn sign_in(local: &LocalState, args: &Args, ui: &Ui) -> Result<(), CliError> {
    let profile = &args.profile;
    profile::refuse_other_source(local, profile)?;
    profile::check_writable(local, profile)?;
    let reach = reach(local, profile)?;
    let region = region(args, &reach)?;
    let method = method(args, ui)?;
    // Check before the browser opens, so that the user does not sign in for nothing.
    let mut vault = open_or_create(local, ui, args.slot.first())?;
    vault.update(|_| ())?;
    let made = Service::new(reach.endpoints, region.clone()).sign_in(ui, method)?;
    let session = made.sign_in.session.clone();
    profile::confirm_other_session(local, profile, &session)?;
    {
        let _guard = login::flight(local, &session).lock(ui)?;
        login::keep(local, &mut vault, made.sign_in)?;
        profile::write(local, profile, &session, &region)?;
        let after = local.reload()?;
        let chain = after.resolve(profile, keyward_core::chain::Flags::default())?;
        login::cache(&after, ui, &chain, profile, &made.credentials);
    }
    ui.say(format!("signed in as {STRONG}{session}{STRONG:#}"));
    ui.say("it renews itself, with your own rights, for up to twelve hours");
    advise(local, &vault, ui);
    ui.hint(format!("keyward exec {} -- COMMAND", profile.argument()));
    Ok(())
}

/// Returns the connection settings for a profile that need not exist yet; no key takes part.
fn reach(local: &LocalState, profile: &ProfileName) -> Result<Chain, CliError> {
    let no_key: AccessKeyId = "AKIANOKEYTAKESPART00"
        .parse()
        .expect("capitals and digits are a key id");
    local.chain_for_unstored_key(profile, &no_key)
}

fn region(args: &Args, reach: &Chain) -> Result<Region, CliError> {
    if let Some(region) = args.region.as_ref().or(reach.region.as_ref()) {
        return Ok(region.clone());
    }
    let mut terminal = Terminal::required(
        &format!("a region for `{}`", args.profile),
        "give it with --region R",
    )?;
    let text = terminal.ask_or("AWS region", "us-east-1")?;
    text.parse().map_err(|e: keyward_core::id::InvalidId| {
        CliError::usage("that is not a region").because(e)
    })
}

fn method(args: &Args, ui: &Ui) -> Result<BrowserMethod, CliError> {
    if args.remote {
        return Ok(BrowserMethod::ByHand);
    }
    if args.no_browser {
        return Ok(BrowserMethod::Shown);
    }
    let Some(named) = &args.browser else {
        return Ok(BrowserMethod::here(ui));
    };
    Browser::named(named)
        .map(BrowserMethod::Browser)
        .ok_or_else(|| CliError::usage(format!("`{named}` is not a browser")))
}

/// Advises a user who has only a passphrase slot. Each renewal opens the vault, so keyward would ask for
/// the passphrase every ten minutes.
fn advise(local: &LocalState, vault: &OpenVault, ui: &Ui) {
    let slots = Vault::at(vault.paths().clone()).slots().unwrap_or_default();
    let asked = slots.iter().all(|slot| slot.kind == SlotKind::Passphrase);
    if asked && local.settings.unlock_for.is_none() {
        ui.say("each renewal opens the vault, about every ten minutes; to avoid typing the passphrase, add a slot that does not prompt, or set `unlock_for`");
        ui.hint("keyward vault slot add os");
    }
}

/// The principal that a profile names.
fn named(local: &LocalState, profile: &ProfileName) -> Option<PrincipalArn> {
    let section = &local.config.profile(profile)?.section;
    section.value("login_session")?.parse().ok()
}
