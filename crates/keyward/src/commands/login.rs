//! `keyward login`: the console in a browser, with the credentials of a role. The browser gets a
//! sign-in token that is good for a quarter of an hour, never the credentials; and gets it over
//! 127.0.0.1, not in its arguments.

mod console;
mod switch_role;
mod token;

use std::process::ExitCode;
use std::time::Duration;

use keyward_aws::Aws;
use keyward_core::Credentials;
use keyward_core::chain::{Call, Chain, Flags};
use keyward_core::id::{ProfileName, Region};
use keyward_core::secret::MfaCode;
use keyward_core::time::parse_duration;
use zeroize::Zeroizing;

use crate::browser::launch::{self as browser, Besides, Browser, RedirectError};
use crate::log::{self, How};
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::session::{ChainExecution, CodeSource, Freshness, client};
use crate::session::{gives_key, parse_code};
use crate::state::local_state::LocalState;

use console::Console;

/// Sign in to the AWS console in a browser
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profile: one with a role, or of the Identity Center
    profile: ProfileName,

    /// The service to open, such as s3 or cloudformation: as its console's address names it, or one
    /// of some short names
    #[arg(short, long, value_name = "S", conflicts_with = "path", value_parser = service)]
    service: Option<String>,

    /// The page to open, such as `ec2/home#Instances:`
    #[arg(long, value_name = "P")]
    path: Option<String>,

    /// The console's region
    #[arg(long, value_name = "R")]
    region: Option<Region>,

    /// How long the role should live, and with it the console
    #[arg(short, long, value_name = "D", value_parser = parse_duration)]
    duration: Option<Duration>,

    /// The current code of the MFA device
    #[arg(long, value_name = "C", value_parser = parse_code)]
    mfa_code: Option<MfaCode>,

    /// Print the link instead of opening it; the link signs its holder in
    #[arg(long, alias = "stdout")]
    print: bool,

    /// The browser's command; `%s` in it stands for the link
    #[arg(long, value_name = "NAME", conflicts_with = "print")]
    browser: Option<String>,

    /// Print the console's link for switching into the role, for a console that you signed in to
    /// with password and MFA
    #[arg(long, conflicts_with_all = ["print", "browser", "service", "path", "duration", "mfa_code"])]
    switch_role: bool,
}

/// A service is the first part of a page's path. AWS publishes no list of them, so keyward cannot detect
/// a wrong name.
fn service(text: &str) -> Result<String, &'static str> {
    let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '/' | '_');
    match !text.is_empty() && text.chars().all(named) && !text.starts_with('/') {
        true => Ok(text.to_owned()),
        false => Err("a service is a word such as `s3`; `--path` accepts whole pages"),
    }
}

/// Signs in, or prints the link.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let mut local = LocalState::load()?;
    let chain = local.resolve(&args.profile, args.flags())?;
    if args.switch_role {
        ui.data(&format!("{}\n", switch_role::link(&chain)?))?;
        return Ok(ExitCode::SUCCESS);
    }
    let request = Request::new(&local, args, &chain)?;
    for warning in &chain.warnings {
        ui.warn(warning);
    }
    let codes = CodeSource::new(request.args.mfa_code.clone())?;
    let (chain, credentials, token) =
        local.plan_and_act(ui, |local| request.sign_in(local, ui, codes.clone()))?;
    log::record(&local, ui, How::Login, &chain, &credentials);
    let link = request.console.sign_in(&request.destination, &token);
    match &request.browser {
        None => ui.data(&format!("{}\n", link.as_str()))?,
        Some(browser) => {
            let printing = printing(&request.args.profile);
            lead(browser, &link, &request.destination, &printing, ui)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl Args {
    fn flags(&self) -> Flags {
        Flags {
            duration: self.duration,
            region: self.region.clone(),
            ..Flags::default()
        }
    }
}

/// One sign-in: which console, which page, and whose browser.
struct Request {
    args: Args,
    console: Console,
    destination: String,
    /// None if the link is printed.
    browser: Option<Browser>,
}

impl Request {
    /// Refuses what cannot sign in, before any code is asked for.
    fn new(local: &LocalState, args: Args, chain: &Chain) -> Result<Self, CliError> {
        refuse_users(local, chain)?;
        if let Some(region) = &args.region {
            Console::refuse_foreign(chain, region)?;
        }
        let console = Console::of(chain)?;
        let destination = console.page(
            args.service.as_deref(),
            args.path.as_deref(),
            chain.region.as_ref(),
        );
        let browser = match args.print {
            true => None,
            false => Some(chosen(args.browser.as_deref(), &printing(&args.profile))?),
        };
        Ok(Self {
            args,
            console,
            destination,
            browser,
        })
    }

    /// The chain as it was executed, its credentials, and the sign-in token for them.
    fn sign_in(
        &self,
        local: &LocalState,
        ui: &Ui,
        codes: CodeSource,
    ) -> Result<(Chain, Credentials, Zeroizing<String>), CliError> {
        let chain = local.resolve(&self.args.profile, self.args.flags())?;
        let execution = ChainExecution::new(local, ui, &chain, codes, Freshness::CacheAllowed);
        let mut execution = match &self.browser {
            Some(_) => execution.with_browser(),
            None => execution,
        };
        let credentials = execution.credentials()?;
        let chain = execution.carried_out().clone();
        if credentials.session_token.is_none() || ends_in_user(&chain) {
            return Err(user(local, &chain));
        }
        let exchange = |credentials: &_| token::get(&client(&chain), &self.console, credentials);
        let refused = match exchange(&credentials) {
            Ok(token) => return Ok((chain, credentials, token)),
            Err(refused) => refused,
        };
        // The sign-in endpoint does not say why. STS does, of a session that was ended early.
        let (anew, _) = execution.credentials_for(Aws::get_caller_identity)?;
        if anew.access_key_id == credentials.access_key_id {
            return Err(refused);
        }
        let token = exchange(&anew)?;
        Ok((chain, anew, token))
    }
}

/// The command that shows the link.
fn printing(profile: &ProfileName) -> String {
    format!("keyward login {} --print", profile.argument())
}

/// Opens the link, and waits until the browser has it. `printing` shows the link instead.
fn lead(
    browser: &Browser,
    link: &str,
    destination: &str,
    printing: &str,
    ui: &Ui,
) -> Result<(), CliError> {
    let other = format!("--browser NAME chooses another; {printing} shows the link");
    let led = browser.lead(link).map_err(|e| {
        CliError::failed("the browser cannot be started")
            .because(e)
            .hint(other.clone())
    })?;
    ui.say(format!("opening {destination}"));
    let besides = led.wait().map_err(|e| {
        let error = CliError::failed("the browser did not open the sign-in link");
        match e {
            RedirectError::Stranger => error.because(e).hint(format!(
                "{printing}   (for a browser that another user or system runs)"
            )),
            e => error.because(e).hint(other.clone()),
        }
    })?;
    if besides == Besides::Stranger {
        ui.warn(
            "a program that is not known to be yours asked for the sign-in link, and did not get it",
        );
    }
    Ok(())
}

fn chosen(named: Option<&str>, printing: &str) -> Result<Browser, CliError> {
    let found = match named {
        Some(command) => Browser::named(command),
        None => browser::here(),
    };
    found.ok_or_else(|| {
        CliError::failed("no browser can be opened here").hint(format!(
            "{printing}   (the link works in any browser for 15 minutes)"
        ))
    })
}

/// A user's own key, or a session of it, cannot sign in. The error comes before any prompt for a
/// code.
fn refuse_users(local: &LocalState, chain: &Chain) -> Result<(), CliError> {
    // A program shows only by its answer whether it prints a user's key.
    if chain.by_answer.is_none() && ends_in_user(chain) {
        return Err(user(local, chain));
    }
    Ok(())
}

fn ends_in_user(chain: &Chain) -> bool {
    match chain.hops.last().map(|hop| &hop.call) {
        Some(Call::AssumeRole(_)) => false,
        Some(Call::GetSessionToken) => true,
        None => gives_key(chain),
    }
}

fn user(local: &LocalState, chain: &Chain) -> CliError {
    let name = &chain.profile;
    let error = CliError::failed(format!(
        "profile `{name}` is an IAM user, and a console sign-in with a user's key carries no MFA"
    ))
    .because(
        "GetFederationToken refuses MFA sessions, and a sign-in without MFA is refused by \
         accounts that ask for it",
    );
    let role = roles_of(local, name).next();
    match role {
        Some(role) => error
            .hint(format!(
                "use a role that this key assumes: keyward login {}",
                role.argument()
            ))
            .hint(format!(
                "or sign in with password and MFA, then: keyward login --switch-role {}",
                role.argument()
            )),
        None => error
            .hint("sign in with password and MFA at https://console.aws.amazon.com/")
            .hint("or make a profile with a `role_arn` and log in with that"),
    }
}

fn roles_of<'w>(
    local: &'w LocalState,
    source: &'w ProfileName,
) -> impl Iterator<Item = &'w ProfileName> {
    local
        .config
        .profiles()
        .filter(|profile| profile.section.value("role_arn").is_some())
        .filter(|profile| profile.section.value("source_profile") == Some(source.as_str()))
        .map(|profile| &profile.name)
}
