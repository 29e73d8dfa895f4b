//! `keyward sso`: signs in at the Identity Center ahead of need, and out again.

use std::process::ExitCode;

use keyward_core::Timestamp;
use keyward_core::chain::{Base, CacheKey, Chain};
use keyward_core::shell::quoted;
use keyward_core::text::count;
use keyward_vault::{SessionCall, SessionStore};

use crate::commands::remove::plans;
use crate::prompt::terminal::Terminal;
use crate::screen::error::CliError;
use crate::screen::ui::{STRONG, Ui, listed};
use crate::session::{Center, SignIn, SignInMethod, fingerprint, session_tier};
use crate::state::local_state::{LocalState, now};

/// Sign in at the IAM Identity Center, and out again
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Sign in; the AWS CLI shares the result
    Login(LoginArgs),
    /// Forget the sign-in, here and at the Identity Center
    Logout(LogoutArgs),
}

#[derive(Debug, clap::Args)]
struct LoginArgs {
    /// An `sso-session` section, or a profile that starts from an Identity Center; with a single one
    /// in the files, that one
    session: Option<String>,

    /// Show an address and a code for a browser elsewhere
    #[arg(long)]
    no_browser: bool,
}

#[derive(Debug, clap::Args)]
struct LogoutArgs {
    /// An `sso-session` section, or a profile that starts from an Identity Center; with a single one
    /// signed in, that one
    session: Option<String>,
}

/// Signs in or out.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let local = LocalState::load()?;
    match args.verb {
        Verb::Login(args) => login(&local, &args, ui),
        Verb::Logout(args) => logout(&local, args.session, ui),
    }?;
    Ok(ExitCode::SUCCESS)
}

/// The one that is meant: the named one, the only one, or the one that the person chooses.
fn meant(
    verb: &str,
    named: Option<String>,
    all: impl FnOnce() -> Vec<String>,
) -> Result<String, CliError> {
    if let Some(name) = named {
        return Ok(name);
    }
    let mut all = all();
    if all.len() == 1 {
        return Ok(all.remove(0));
    }
    if all.is_empty() {
        return Err(CliError::usage("the AWS files name no Identity Center")
            .hint("keyward setup --sso SESSION --start-url URL --sso-region REGION"));
    }
    let Some(mut terminal) = Terminal::open() else {
        return Err(CliError::usage(format!(
            "there are several Identity Centers: {}",
            listed(&all)
        ))
        .hint(format!("keyward sso {verb} {}", quoted(&all[0]))));
    };
    match terminal.pick("Identity Center", &all)? {
        Some(at) => Ok(all.swap_remove(at)),
        None => Err(CliError::failed("no Identity Center was chosen")),
    }
}

/// Returns the way to sign in that `--no-browser` selects.
pub(crate) fn asked(no_browser: bool) -> SignIn {
    SignIn::Asked(match no_browser {
        true => SignInMethod::Code,
        false => SignInMethod::Browser,
    })
}

fn login(local: &LocalState, args: &LoginArgs, ui: &Ui) -> Result<(), CliError> {
    let name = meant("login", args.session.clone(), || Center::names(local))?;
    let center = Center::named(local, &name)?;
    // The portal is asked, because a token that looks good here may have been ended there.
    let accounts = center.with_token(local, ui, asked(args.no_browser), |aws, token| {
        aws.sso_accounts(token)
    })?;
    ui.say(format!(
        "signed in at {STRONG}{}{STRONG:#}: {}",
        center.name(),
        count(accounts.len(), "account")
    ));
    Ok(())
}

fn logout(local: &LocalState, named: Option<String>, ui: &Ui) -> Result<(), CliError> {
    let name = meant("logout", named, || match Center::signed_in(local) {
        none if none.is_empty() => Center::names(local),
        some => some,
    })?;
    let center = Center::named(local, &name)?;
    let was_there = center.sign_out(local, ui)?;
    let forgotten = forget_roles(local, &name, now())?;
    ui.say(match was_there {
        true => format!("signed out of `{}`", center.name()),
        false => format!("there was no sign-in at `{}`", center.name()),
    });
    if forgotten > 0 {
        ui.say(format!("forgot {forgotten} of its role sessions"));
    }
    Ok(())
}

/// Role sessions that were made with the sign-in go with it, and the roles that were made from those.
fn forget_roles(local: &LocalState, name: &str, now: Timestamp) -> Result<usize, CliError> {
    let store = SessionStore::open(&local.paths, session_tier());
    let of_center = |chain: &Chain| match &chain.base {
        Base::Sso(role) => role.session.as_deref() == Some(name) || role.profile.as_str() == name,
        _ => false,
    };
    let profiles = local.config.profiles();
    let plans = profiles.flat_map(|profile| plans(local, &profile.name));
    let sources: Vec<CacheKey> = plans
        .filter(of_center)
        .filter_map(|chain| fingerprint(&chain))
        .collect();
    let mut forgotten = 0;
    for entry in store.list(now) {
        let profile = local.config.profile(&entry.meta.profile);
        let session = profile.and_then(|profile| profile.section.value("sso_session"));
        let of_it = session == Some(name) || entry.meta.profile.as_str() == name;
        let of_it = of_it && entry.meta.call == SessionCall::GetRoleCredentials;
        let source = entry.meta.origin.source.as_ref();
        if of_it || source.is_some_and(|source| sources.contains(source)) {
            store.remove(&entry.key)?;
            forgotten += 1;
        }
    }
    Ok(forgotten)
}
