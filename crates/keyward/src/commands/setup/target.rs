//! The place for the line of a profile, so that every SDK ends up asking keyward. SDKs disagree on
//! what comes first within one profile; all of them follow `source_profile`.

use keyward_core::chain::{Base, Flags, HandOut};
use keyward_core::config::Section;
use keyward_core::id::{ProfileName, RoleSessionName};

use super::KEY;
use crate::state::local_state::{LocalState, ManyProfiles};

/// A profile and the one that gets its line.
#[derive(Debug)]
pub(super) struct Target {
    /// The profile that was asked for.
    pub(super) profile: ProfileName,
    /// The profile that receives the line.
    pub(super) holder: ProfileName,
    /// How the SDKs come from one to the other.
    pub(super) route: SdkRoute,
    /// Role profiles that carry `mfa_serial` themselves, and its value.
    pub(super) serials: Vec<(ProfileName, String)>,
    /// Role profiles whose sessions SDKs would name after themselves.
    pub(super) nameless: Vec<ProfileName>,
    /// The person's name for those sessions, where it is known.
    pub(super) person: Option<RoleSessionName>,
    /// The content of the holder's section without `profile` in its header, which SDKs ignore.
    pub(super) copied: Vec<(String, String)>,
}

/// How SDKs come to the line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SdkRoute {
    /// It is in the profile itself.
    Direct,
    /// They assume the profile's role from the source that has it.
    ThroughSource,
}

/// The reasons why a profile cannot be set up.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// keyward itself cannot make credentials from it.
    Unresolved(String, Vec<String>),
    /// Some SDKs would use these keys instead of the line.
    KeysInTheClear(ProfileName),
    /// The same of temporary keys.
    SessionInTheClear(ProfileName),
    /// The line is taken.
    OtherProcess(ProfileName),
    /// SDKs know this source themselves and would not look at the line.
    OwnSource(&'static str),
}

impl Refusal {
    pub(super) fn says(&self) -> String {
        match self {
            Self::Unresolved(why, _) => why.clone(),
            Self::KeysInTheClear(at) | Self::SessionInTheClear(at) => format!(
                "`{at}` has keys in the files, which some SDKs use before `credential_process`"
            ),
            Self::OtherProcess(at) => {
                format!("`{at}` has a `credential_process` of another program")
            }
            Self::OwnSource(kind) => {
                format!("its source is `{kind}`, which SDKs use by themselves")
            }
        }
    }

    pub(super) fn hints(&self, name: &ProfileName) -> Vec<String> {
        let hint = match self {
            Self::Unresolved(_, hints) => return hints.clone(),
            Self::KeysInTheClear(_) => Some("keyward import credentials".to_owned()),
            Self::SessionInTheClear(at) => Some(format!(
                "take `aws_access_key_id`, `aws_secret_access_key` and `aws_session_token` out of `[{at}]`"
            )),
            Self::OtherProcess(_) => {
                Some("remove the line first, if keyward is to replace it".to_owned())
            }
            // SDKs see the AWS CLI's sign-in, and none of keyward's.
            Self::OwnSource("login_session") => Some(format!(
                "for a sign-in of `keyward signin`, give SDKs a profile of its own with `credential_process = keyward credential-process {name}`"
            )),
            Self::OwnSource(_) => None,
        };
        hint.into_iter().collect()
    }
}

impl Target {
    pub(super) fn find(
        local: &LocalState,
        many: &ManyProfiles,
        profile: &ProfileName,
    ) -> Result<Self, Refusal> {
        let flags = Flags {
            hand_out: HandOut::Refreshing,
            ..Flags::default()
        };
        let chain = many
            .try_resolve(local, profile, flags)
            .map_err(|error| local.unresolved(profile, error))
            .map_err(|e| Refusal::Unresolved(e.to_string(), e.hint_texts()))?;
        let person = match &chain.base {
            Base::VaultKey(key) => local.user_name(&key.profile),
            Base::Static(key) => {
                return Err(match key.temporary {
                    true => Refusal::SessionInTheClear(key.profile.clone()),
                    false => Refusal::KeysInTheClear(key.profile.clone()),
                });
            }
            Base::Process(process) => {
                return Err(Refusal::OtherProcess(process.profile.clone()));
            }
            base => return Err(Refusal::OwnSource(base.kind())),
        };
        let mut target = Self {
            profile: profile.clone(),
            holder: profile.clone(),
            route: SdkRoute::Direct,
            serials: Vec::new(),
            nameless: Vec::new(),
            person: person.map(|person| RoleSessionName::from_lossy(&person)),
            copied: Vec::new(),
        };
        // The resolved chain took the same path, so this loop ends.
        while let Some(section) = section(local, &target.holder) {
            let Some(source) = source(section, &target.holder) else {
                break;
            };
            if section.value("role_arn").is_some()
                && let Some(serial) = section.value("mfa_serial")
            {
                target
                    .serials
                    .push((target.holder.clone(), serial.to_owned()));
            }
            if section.value("role_arn").is_some()
                && section.value("role_session_name").is_none()
                && local.config.profile(&target.holder).is_some()
            {
                target.nameless.push(target.holder.clone());
            }
            // Without a role SDKs do not look at `source_profile`: the line is right here.
            if section.value("role_arn").is_none() {
                break;
            }
            target.holder = source;
            target.route = SdkRoute::ThroughSource;
        }
        target.look_at_holder(local)?;
        Ok(target)
    }

    fn look_at_holder(&mut self, local: &LocalState) -> Result<(), Refusal> {
        if local.config.profile(&self.holder).is_none() {
            self.copied = local
                .config
                .ignored(self.holder.as_str())
                .map(plain_keys)
                .unwrap_or_default();
        }
        let Some(section) = section(local, &self.holder) else {
            return Ok(());
        };
        let has = |key: &str| section.value(key).is_some();
        if has("aws_access_key_id") || has("aws_secret_access_key") {
            return Err(match has("aws_session_token") {
                true => Refusal::SessionInTheClear(self.holder.clone()),
                false => Refusal::KeysInTheClear(self.holder.clone()),
            });
        }
        // A role beside a key of the vault: SDKs see a role without a source and give up.
        if has("role_arn") {
            return Err(Refusal::Unresolved(
                format!(
                    "`{}` has a role and no `source_profile`; give its key a profile of its own",
                    self.holder
                ),
                vec![format!("keyward explain {}", self.holder.argument())],
            ));
        }
        let other = section
            .value(KEY)
            .is_some_and(|line| !line.contains("credential-process"));
        if other {
            return Err(Refusal::OtherProcess(self.holder.clone()));
        }
        Ok(())
    }
}

fn section<'w>(local: &'w LocalState, name: &ProfileName) -> Option<&'w Section> {
    local
        .config
        .profile(name)
        .map(|profile| &profile.section)
        .or_else(|| local.config.ignored(name.as_str()))
}

fn source(section: &Section, own: &ProfileName) -> Option<ProfileName> {
    let source: ProfileName = section.value("source_profile")?.parse().ok()?;
    (source != *own).then_some(source)
}

/// Returns the keys that may be written again elsewhere.
fn plain_keys(section: &Section) -> Vec<(String, String)> {
    section
        .iter()
        .filter(|(_, property)| !property.value.is_empty() && !property.value.contains('\n'))
        // The misspelling is fixed on the way.
        .map(|(key, property)| {
            let key = if key == "mfa_arn" { "mfa_serial" } else { key };
            (key.to_owned(), property.value.to_string())
        })
        .collect()
}
