//! `keyward setup`: `credential_process` lines, so that every SDK asks keyward by itself. It
//! refuses profiles where some SDK would go past the line.

pub(crate) mod target;

use std::collections::BTreeMap;
use std::process::ExitCode;

use keyward_core::config::SectionRef;
use keyward_core::id::{ProfileName, RoleSessionName};

use crate::aws_files::profiles;
use crate::commands::list;
use crate::commands::setup_sso::{SsoArgs, setup_sso};
use crate::screen::error::CliError;
use crate::screen::ui::{CODE, STRONG, Ui};
use crate::state::local_state::{LocalState, ManyProfiles};

use crate::aws_files::helper_line as line;
pub(crate) use crate::aws_files::helper_line::program;
use target::{Refusal, SdkRoute, Target};

/// The key that SDKs read.
const KEY: &str = "credential_process";

/// The key for the name that CloudTrail shows, which SDKs make up where it is missing.
const SESSION_NAME: &str = "role_session_name";

/// Write `credential_process` lines, so that every SDK uses keyward
///
/// A profile with a role keeps it: every SDK assumes the role itself, with keyward's session for
/// the profile named by `source_profile`. The line goes there. So that CloudTrail shows who it is,
/// the role's profile gets `role_session_name` where it has none.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profiles
    #[arg(required_unless_present_any = ["all", "sso"], conflicts_with = "all")]
    profiles: Vec<ProfileName>,

    /// Every profile for which it makes sense
    #[arg(long)]
    all: bool,

    /// Move `mfa_serial` from role profiles to their source: SDKs ask for a code wherever they
    /// find it beside a role
    #[arg(long)]
    move_mfa: bool,

    #[command(flatten)]
    sso: SsoArgs,
}

/// Whether SDKs can get credentials for the profile by themselves.
pub(crate) fn sdks_can_use(local: &LocalState, profile: &ProfileName) -> bool {
    match Target::find(local, &ManyProfiles::new(), profile) {
        Ok(target) => {
            target.serials.is_empty()
                && local
                    .config
                    .profile(&target.holder)
                    .is_some_and(|holder| holder.section.value(KEY).is_some())
        }
        Err(Refusal::Unresolved(..)) => false,
        Err(_) => true,
    }
}

/// Writes the lines.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    if let Some(session) = &args.sso.sso {
        return setup_sso(session, &args.sso, ui);
    }
    let local = LocalState::load()?;
    let names = if args.all {
        list::names(&local)
    } else {
        args.profiles
    };
    let many = ManyProfiles::new();
    let mut targets: Vec<Target> = Vec::new();
    for name in &names {
        match Target::find(&local, &many, name) {
            Ok(target) => targets.push(target),
            Err(refusal) if args.all => ui.explain(|| format!("`{name}`: {}", refusal.says())),
            Err(refusal) => return Err(refuse(name, &refusal)),
        }
    }
    let moves: Vec<&Target> = targets.iter().filter(|t| !t.serials.is_empty()).collect();
    if let Some(target) = moves.first()
        && !args.move_mfa
    {
        let (at, _) = &target.serials[0];
        return Err(CliError::usage(format!(
            "profile `{at}` has `mfa_serial` beside its role, where SDKs ask for a code themselves or fail"
        ))
        .hint(format!(
            "give --move-mfa: the serial then moves to `{}`, where keyward reads it too",
            target.holder
        )));
    }
    write(&local, &targets)?;
    report(ui, &targets);
    Ok(ExitCode::SUCCESS)
}

fn refuse(name: &ProfileName, refusal: &Refusal) -> CliError {
    let message = match refusal {
        // It names the profile, or the one that is at fault.
        Refusal::Unresolved(why, _) => why.clone(),
        _ => format!("profile `{name}`: {}", refusal.says()),
    };
    CliError::usage(message).hint_all(refusal.hints(name))
}

/// All lines in one write: either every profile is set up or none.
fn write(local: &LocalState, targets: &[Target]) -> Result<(), CliError> {
    let program = line::program()?;
    profiles::edit_many(local, |file| {
        let mut changed = false;
        for target in targets {
            let holder = SectionRef::Profile(target.holder.clone());
            for (key, value) in &target.copied {
                changed |= file.set(&holder, key, value)?;
            }
            for (at, serial) in &target.serials {
                changed |= file.set(&holder, "mfa_serial", serial)?;
                changed |= file.remove_key(&SectionRef::Profile(at.clone()), "mfa_serial");
            }
            if let Some(person) = &target.person {
                for at in &target.nameless {
                    changed |= file.set(
                        &SectionRef::Profile(at.clone()),
                        SESSION_NAME,
                        person.as_str(),
                    )?;
                }
            }
            let line = line::of(&program, &target.holder);
            changed |= file.set(&holder, KEY, &line)?;
        }
        Ok(changed)
    })
}

fn report(ui: &Ui, targets: &[Target]) {
    for target in targets {
        let name = &target.profile;
        match &target.route {
            SdkRoute::Direct => ui.say(format!(
                "{STRONG}{name}{STRONG:#}: every SDK asks keyward for its credentials"
            )),
            SdkRoute::ThroughSource => ui.say(format!(
                "{STRONG}{name}{STRONG:#}: every SDK assumes its role with the session that keyward gives to `{}`",
                target.holder
            )),
        }
    }
    let named: BTreeMap<&ProfileName, &RoleSessionName> = targets
        .iter()
        .filter_map(|target| Some((&target.nameless, target.person.as_ref()?)))
        .flat_map(|(nameless, person)| nameless.iter().map(move |at| (at, person)))
        .collect();
    for (at, person) in named {
        ui.say(format!(
            "{STRONG}{at}{STRONG:#}: `{SESSION_NAME} = {person}`, so that CloudTrail shows who it is"
        ));
    }
    if let Some(target) = targets.first() {
        ui.say(format!(
            "{CODE}try:{CODE:#} AWS_PROFILE={} aws sts get-caller-identity",
            keyward_core::shell::quoted(target.profile.as_str())
        ));
    } else {
        ui.say("there is no profile to set up");
    }
}
