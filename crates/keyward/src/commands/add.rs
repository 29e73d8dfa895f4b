//! `keyward add`: puts a long-lived key into the vault, after a look at whose it is.

mod given;

use std::process::ExitCode;

use keyward_core::config::{ConfigFile, FileKind};
use keyward_core::id::{AccessKeyId, MfaSerial, PrincipalArn, ProfileName};
use keyward_vault::{LongLivedKey, OpenVault, SessionStore};

use crate::aws_files::profiles;
use crate::keys::new_key::{self, EnteredKey, KeyOwner};
use crate::prompt::terminal::Terminal;
use crate::screen::error::{CliError, ErrorKind};
use crate::screen::ui::{GOOD, Ui};
use crate::session::{FirstSlotArgs, create_vault, session_tier};
use crate::state::local_state::LocalState;
use crate::system::locations;

pub(crate) use given::{KeySource, read_key};

/// Store a long-lived access key
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profile that the key belongs to
    profile: ProfileName,

    /// Take the key from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY
    #[arg(long, conflicts_with = "stdin")]
    env: bool,

    /// Read the key from standard input: JSON with AccessKeyId and SecretAccessKey, or two lines
    #[arg(long)]
    stdin: bool,

    /// The MFA device that belongs to the key
    #[arg(long, value_name = "ARN")]
    mfa_serial: Option<MfaSerial>,

    /// Do not ask AWS whose key it is
    #[arg(long)]
    no_verify: bool,

    /// Do not write the profile into the AWS config file
    #[arg(long)]
    no_config: bool,

    /// Replace a stored key without asking
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    slot: FirstSlotArgs,
}

/// Stores the key.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let mut local = LocalState::load()?;
    confirm_replacement(&local, &args)?;
    let shown = stored_id(&local, &args.profile);
    let request = Request::new(&local, ui, &args)?;
    // The config file is checked before the vault is touched, so that neither is half done.
    let edit = match args.no_config {
        true => Edit::Unwanted,
        false => config_edit(&local, &args.profile, request.facts.mfa_serial.as_ref())?,
    };
    let mut open = match local.open_existing(ui)? {
        Some(open) => open,
        None => create_vault(&local, ui, args.slot.first())?,
    };
    // The list beside the vault may differ from the vault.
    let confirmed = stored_id(&local, &args.profile);
    if confirmed != shown {
        confirm_replacement(&local, &args)?;
    }
    let id = request.key.access_key_id.clone();
    let former_user = open
        .document()
        .keys()
        .iter()
        .find(|known| known.profile == args.profile)
        .and_then(|known| known.user_arn.clone());
    store(&mut open, &args, request.key, confirmed.as_ref())?;
    // First, because an error about the config file must not hide it.
    ui.say(format!("{GOOD}stored{GOOD:#} {id} as `{}`", args.profile));
    new_key::say_sessions_end(&local, ui, open.document(), &args.profile, &id);
    if let Some(old) = confirmed.filter(|old| *old != id) {
        forget_sessions(&local, &old)?;
    }
    if edit == Edit::Wanted {
        write_config(&local, &args.profile, request.facts.mfa_serial.as_ref())?;
        say_region(&local, ui, &args.profile);
    }
    request
        .facts
        .advise(&local, ui, &args.profile, former_user.as_ref());
    Ok(ExitCode::SUCCESS)
}

/// The key as it is to be stored.
struct Request {
    key: LongLivedKey,
    facts: Facts,
}

/// The known facts about the key.
struct Facts {
    mfa_serial: Option<MfaSerial>,
    user: Option<PrincipalArn>,
}

impl Request {
    /// Reads the key, and asks AWS whose it is.
    fn new(local: &LocalState, ui: &Ui, args: &Args) -> Result<Self, CliError> {
        let given = read_key(match (args.env, args.stdin) {
            (true, _) => KeySource::Environment,
            (_, true) => KeySource::Input,
            _ => KeySource::Person,
        })?;
        let owner = match args.no_verify {
            true => KeyOwner::default(),
            false => verify(local, ui, args, &given)?,
        };
        let named = args.mfa_serial.clone();
        let mfa_serial = named.or_else(|| new_key::usual_device(local, &args.profile, &owner));
        if let Some(serial) = mfa_serial
            .as_ref()
            .filter(|serial| serial.is_security_key())
        {
            return Err(CliError::usage(format!(
                "`{serial}` is a security key, and STS accepts no codes from one"
            ))
            .hint("enrol a virtual device beside it and give that one's ARN"));
        }
        let user = owner.identity.as_ref().map(|who| who.arn.clone());
        Ok(Self {
            key: new_key::record(&args.profile, given, owner, mfa_serial.clone()),
            facts: Facts { mfa_serial, user },
        })
    }
}

impl Facts {
    /// Advises the user about the key. `former` is the user of the key that it replaces.
    fn advise(
        &self,
        local: &LocalState,
        ui: &Ui,
        profile: &ProfileName,
        former: Option<&PrincipalArn>,
    ) {
        if self
            .user
            .as_ref()
            .is_some_and(|user| user.resource() == "root")
        {
            warn_of_root(ui, profile);
        }
        warn_of_role(local, ui, profile);
        let found = local.config.profile(profile);
        let configured = found.and_then(|profile| profile.section.value("mfa_serial"));
        match (&self.mfa_serial, configured) {
            (Some(_), _) => {}
            (None, None) => warn_of_no_device(ui, profile),
            (None, Some(device)) => {
                if let (Some(user), Some(former)) = (&self.user, former)
                    && user != former
                {
                    warn_of_former_device(ui, profile, device, former);
                }
            }
        }
    }
}

/// Puts the key into the vault. It replaces only the key that was confirmed: another run may store
/// a key in the meantime.
fn store(
    open: &mut OpenVault,
    args: &Args,
    key: LongLivedKey,
    confirmed: Option<&AccessKeyId>,
) -> Result<(), CliError> {
    let stored = open.try_update(|document| {
        let present = document.key(&args.profile).map(|key| &key.access_key_id);
        if present == confirmed || args.force {
            document.put_key(key);
            Ok(())
        } else {
            Err(())
        }
    })?;
    stored.map_err(|()| {
        CliError::failed(format!(
            "another run stored a key for `{}` in the meantime; that key was kept",
            args.profile
        ))
        .hint("run the command again")
    })
}

/// Forgets the sessions of a key that was replaced, unless another profile has it too.
fn forget_sessions(local: &LocalState, old: &AccessKeyId) -> Result<(), CliError> {
    if local.stored.names_of(old).len() == 1 {
        SessionStore::open(&local.paths, session_tier()).remove_for(old)?;
    }
    Ok(())
}

fn warn_of_no_device(ui: &Ui, profile: &ProfileName) {
    ui.warn("no MFA device is known for this key: its sessions carry no MFA, so AWS refuses them IAM calls and roles that demand MFA");
    let name = profile.argument();
    ui.hint(format!(
        "keyward mfa enroll {name}   (if the user has no device yet)"
    ));
    ui.hint(format!(
        "keyward add {name} --mfa-serial ARN --force   (if it has one)"
    ));
}

/// Warns that the profile still names the device of the replaced key's user: AWS accepts codes only from
/// a device of the key's own user.
fn warn_of_former_device(ui: &Ui, profile: &ProfileName, device: &str, former: &PrincipalArn) {
    ui.warn(format!(
        "profile `{profile}` still names the MFA device {device}, and its former key was of {former}: AWS accepts codes only from a device of the key's own user"
    ));
    let name = profile.argument();
    ui.hint(format!(
        "keyward add {name} --mfa-serial ARN --force   (if the user has a device)"
    ));
    ui.hint(format!(
        "else remove the line `mfa_serial` of the profile, and then: keyward mfa enroll {name}"
    ));
}

/// Says which region a new profile got where nothing named one.
fn say_region(local: &LocalState, ui: &Ui, profile: &ProfileName) {
    let is_new = local.config.profile(profile).is_none();
    if !is_new || new_key::region_of_environment().is_some() {
        return;
    }
    ui.say(format!(
        "profile `{profile}` has the region {}, because AWS_REGION is not set",
        new_key::REGION
    ));
    ui.hint(format!(
        "change `region` in {}",
        locations::show(&local.locations.aws_config)
    ));
}

/// The root user's key can do everything, and no policy limits it.
fn warn_of_root(ui: &Ui, profile: &ProfileName) {
    ui.warn("this is a key of the account's root user: no policy limits it. Use it to make an IAM user or to run `keyward account apply`, and then delete it");
    ui.hint(format!(
        "keyward remove {} --revoke   (deletes the key at AWS)",
        profile.argument()
    ));
}

/// Warns that a key under a role's name replaces the role's source, which is rarely intended.
fn warn_of_role(local: &LocalState, ui: &Ui, profile: &ProfileName) {
    let Some(found) = local.config.profile(profile) else {
        return;
    };
    let value = |key: &str| found.section.value(key);
    let source = value("source_profile")
        .filter(|source| *source != profile.as_str())
        .or_else(|| value("credential_source"));
    if let (Some(_), Some(source)) = (value("role_arn"), source) {
        ui.warn(format!(
            "profile `{profile}` has a role, which this key assumes from now on, in place of `{source}`"
        ));
        ui.hint(format!(
            "keyward remove {}   (if that is not intended)",
            profile.argument()
        ));
    }
}

/// The key that the profile held when this run began.
fn stored_id(local: &LocalState, profile: &ProfileName) -> Option<AccessKeyId> {
    let key = local.stored.get(profile)?;
    Some(key.access_key_id.clone())
}

fn confirm_replacement(local: &LocalState, args: &Args) -> Result<(), CliError> {
    crate::keys::rotation::refuse_change(local, &args.profile)?;
    let Some(key) = local.stored.get(&args.profile) else {
        return Ok(());
    };
    if args.force {
        return Ok(());
    }
    let mut terminal = Terminal::required(
        &format!(
            "your consent, since `{}` holds {} already",
            args.profile, key.access_key_id
        ),
        "give --force to replace it",
    )?;
    if terminal.confirm(&format!(
        "`{}` holds {} already. Replace it?",
        args.profile, key.access_key_id
    ))? {
        Ok(())
    } else {
        Err(CliError::failed("nothing was changed"))
    }
}

fn verify(
    local: &LocalState,
    ui: &Ui,
    args: &Args,
    given: &EnteredKey,
) -> Result<KeyOwner, CliError> {
    let profile = &args.profile;
    let owner = new_key::verify(local, profile, given).map_err(|error| {
        CliError::from(error)
            .about_key(profile)
            .hint("nothing was stored; to store it unchecked, give --no-verify")
    })?;
    if let Some(who) = &owner.identity {
        ui.say(format!("{} in account {}", who.arn, who.account));
    }
    let named = args.mfa_serial.clone();
    if let Some(used) = named.or_else(|| new_key::usual_device(local, profile, &owner)) {
        ui.say(format!("MFA device {used}"));
        for other in owner.devices.iter().filter(|device| **device != used) {
            ui.explain(|| format!("another device: {other}"));
        }
    }
    Ok(owner)
}

/// Whether the config file is to be edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edit {
    Wanted,
    /// It is left alone, or says what it should already.
    Unwanted,
}

/// Whether the config file lacks the profile and its device. Then it must be writable.
fn config_edit(
    local: &LocalState,
    profile: &ProfileName,
    serial: Option<&MfaSerial>,
) -> Result<Edit, CliError> {
    let path = &local.locations.aws_config;
    let old = crate::aws_files::rewrite::read(path).map_err(|e| {
        CliError::failed(format!("`{}` cannot be read", locations::show(path))).because(e)
    })?;
    let mut file = ConfigFile::parse(
        FileKind::Config,
        &locations::show(path),
        old.as_deref().unwrap_or_default(),
    )?;
    let known = local.config.profile(profile);
    let changed = file
        .edit(|file| new_key::give_profile(file, known, profile, serial))
        .map_err(|error| unwritable(profile, error))?;
    if changed {
        crate::aws_files::rewrite::take_files_only(path)
            .map_err(|e| e.hint("give --no-config to store the key alone"))?;
    }
    if let Some(home) = locations::missing_home(path).filter(|_| changed) {
        return Err(CliError::usage(format!(
            "the home folder `{}` does not exist, so the profile cannot be written into its config file",
            home.display()
        ))
        .hint("give --no-config to store the key alone"));
    }
    Ok(if changed {
        Edit::Wanted
    } else {
        Edit::Unwanted
    })
}

/// Puts the profile and its device into the config file as it is now.
fn write_config(
    local: &LocalState,
    profile: &ProfileName,
    serial: Option<&MfaSerial>,
) -> Result<(), CliError> {
    let known = local.config.profile(profile);
    profiles::edit_many(local, |file| {
        let changed = new_key::give_profile(file, known, profile, serial)?;
        Ok(new_key::give_region(file, known, profile)? || changed)
    })
    .map_err(|error| {
        CliError::failed("the key is stored, but the profile is not in the config file")
            .of_kind(error.kind())
            .hint_all(error.hints().to_vec())
            .because(error)
    })
}

fn unwritable(profile: &ProfileName, error: keyward_core::config::EditError) -> CliError {
    CliError::new(
        ErrorKind::Usage,
        format!("profile `{profile}` cannot be written into the config file"),
    )
    .because(error)
    .hint("give --no-config to store the key alone")
}
