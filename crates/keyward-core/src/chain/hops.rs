//! The calls between the base and the credentials handed out: where the one code of a chain is
//! spent, and how long each result is asked to live. Refuses what a chain cannot provide, before
//! keyward asks for a code.

use std::time::Duration;

use super::durations::{self, Ask, HOUR};
use super::error::ResolveError;
use super::profile_path::ProfilePath;
use super::view::View;
use super::{
    Base, CacheKey, Call, Endpoints, HandOut, Hop, Inputs, KeyHolder, LastCacheKeys, Lifetime,
    Sessions, VaultKey, hop_keys, mfa, reasons, role,
};
use crate::id::{MfaSerial, ProfileName};

/// The credentials that a role is assumed with.
#[derive(Debug, Clone, PartialEq, Eq)]
enum From {
    /// A long-lived key: up to twelve hours.
    Key,
    /// Temporary credentials: an hour. The text completes "its role is assumed from …".
    Chained(String),
}

/// The hops of a chain whose base has this lifetime.
pub(super) fn of(
    inputs: &Inputs<'_>,
    path: &ProfilePath<'_>,
    lifetime: Lifetime,
    endpoints: &Endpoints,
    warnings: &mut Vec<String>,
) -> Result<Vec<Hop>, ResolveError> {
    let mut hops = Hops {
        before: hop_keys::base(&path.base, endpoints, inputs.last_cache_keys),
        last: inputs.last_cache_keys,
        endpoints,
        list: Vec::new(),
    };
    let roles = path.roles();
    if lifetime == Lifetime::Temporary {
        mfa::warn_of_no_use(path, warnings);
        let from = From::Chained(path.base.noun().to_owned());
        hops.roles(inputs, &roles, from, None, warnings)?;
    } else if roles.is_empty() {
        hops.own_session(inputs, path, warnings)?;
    } else {
        hops.roles_from_key(inputs, path, &roles, warnings)?;
    }
    Ok(hops.list)
}

/// Says that `--duration` has no effect where it affects neither a role nor a session.
pub(super) fn warn_of_duration(
    inputs: &Inputs<'_>,
    path: &ProfilePath<'_>,
    lifetime: Lifetime,
    warnings: &mut Vec<String>,
) {
    if inputs.flags.duration.is_some()
        && lifetime == Lifetime::Temporary
        && !path.has_roles()
        && !matches!(path.base, Base::WebIdentity(_))
    {
        warnings.push(format!(
            "`--duration` has no effect: {} decides how long its credentials live",
            path.base.noun()
        ));
    }
}

/// Hops in the making.
struct Hops<'e> {
    before: CacheKey,
    last: &'e LastCacheKeys,
    endpoints: &'e Endpoints,
    list: Vec<Hop>,
}

impl Hops<'_> {
    fn push(
        &mut self,
        profile: &ProfileName,
        call: Call,
        mfa_serial: Option<MfaSerial>,
        duration: Duration,
        reason: String,
    ) {
        let mut hop = Hop {
            profile: profile.clone(),
            call,
            mfa_serial,
            duration,
            is_shortened: false,
            reason,
            cache_key: self.before,
        };
        hop.cache_key = hop_keys::next(&hop, self.endpoints, self.last);
        self.before = hop.cache_key;
        self.list.push(hop);
    }

    /// A profile that is a key and nothing else.
    fn own_session(
        &mut self,
        inputs: &Inputs<'_>,
        path: &ProfilePath<'_>,
        warnings: &mut Vec<String>,
    ) -> Result<(), ResolveError> {
        if inputs.flags.sessions == Sessions::Skip {
            warnings.push(
                "the long-lived key itself is handed out: it does not expire, and any program that reads it can keep it".to_owned(),
            );
            if inputs.flags.duration.is_some() {
                warnings.push(
                    "`--duration` has no effect on a key that is handed out without a session"
                        .to_owned(),
                );
            }
            return Ok(());
        }
        let device = mfa::device(inputs, path, warnings)?;
        if device.is_none() && path.base.key_id().is_some_and(|id| !id.has_aws_shape()) {
            warnings.push(reasons::of_another_maker(inputs.profile));
            return Ok(());
        }
        let duration = limited(
            inputs,
            path,
            durations::of_own_session(inputs.flags)?,
            warnings,
        );
        let reason = if device.is_some() {
            reasons::session(duration)
        } else {
            warnings.push(format!(
                "the session of profile `{}` is made without MFA, so AWS answers its IAM calls with InvalidClientTokenId; \
                 add `mfa_serial` to the profile, or use --no-session for a run that needs them",
                inputs.profile
            ));
            "a session in place of the key; without MFA, since no device is named".to_owned()
        };
        self.push(
            key_profile(inputs, path),
            Call::GetSessionToken,
            device,
            duration,
            reason,
        );
        Ok(())
    }

    /// Roles that start from a long-lived key.
    fn roles_from_key(
        &mut self,
        inputs: &Inputs<'_>,
        path: &ProfilePath<'_>,
        roles: &[&View<'_>],
        warnings: &mut Vec<String>,
    ) -> Result<(), ResolveError> {
        let device = mfa::device(inputs, path, warnings)?;
        let straight = match &device {
            None => true,
            Some(_) => {
                inputs.flags.sessions == Sessions::Skip
                    || wants_one_long_role(inputs, roles, warnings)?
            }
        };
        if straight {
            return self.roles(inputs, roles, From::Key, device, warnings);
        }
        let duration = limited(
            inputs,
            path,
            durations::of_shared_session(inputs.flags)?,
            warnings,
        );
        self.push(
            key_profile(inputs, path),
            Call::GetSessionToken,
            device,
            duration,
            reasons::session(duration),
        );
        self.roles(
            inputs,
            roles,
            From::Chained("an MFA session".to_owned()),
            None,
            warnings,
        )
    }

    /// The roles in order; `device` is for the first call.
    fn roles(
        &mut self,
        inputs: &Inputs<'_>,
        roles: &[&View<'_>],
        mut from: From,
        mut device: Option<MfaSerial>,
        warnings: &mut Vec<String>,
    ) -> Result<(), ResolveError> {
        for (at, view) in roles.iter().enumerate() {
            let is_last = at + 1 == roles.len();
            let ask = asked(inputs, view, is_last, warnings)?;
            let wanted = ask.as_ref().map(|ask| ask.duration);
            let (duration, reason) = match &from {
                From::Key => {
                    let duration = ask.map_or(HOUR, |ask| ask.duration);
                    (
                        duration,
                        reasons::straight(inputs, device.as_ref(), duration).to_owned(),
                    )
                }
                From::Chained(source) => reasons::chained(inputs, view, ask, source, warnings)?,
            };
            let mut request = role::request(inputs, view)?;
            if is_last {
                request.policy = inputs.flags.policy.clone();
                request.policy_arns = inputs.flags.policy_arns.clone();
            }
            self.push(
                &view.name,
                Call::AssumeRole(Box::new(request)),
                device.take(),
                duration,
                reason,
            );
            if let Some(hop) = self.list.last_mut() {
                hop.is_shortened = wanted.is_some_and(|wanted| wanted > duration);
            }
            if !is_last {
                from = From::Chained(format!("the role of profile `{}`", view.name));
            }
        }
        Ok(())
    }
}

/// The duration of the session at AWS. It shortens a root user's to an hour, whatever the request
/// says.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>
fn limited(
    inputs: &Inputs<'_>,
    path: &ProfilePath<'_>,
    asked: Duration,
    warnings: &mut Vec<String>,
) -> Duration {
    let Some(VaultKey { profile, .. }) = path.base.vault_key() else {
        return asked;
    };
    let of_root = inputs
        .stored(profile)
        .is_some_and(|key| key.owner == KeyHolder::Root);
    if !of_root || asked <= HOUR {
        return asked;
    }
    if inputs.flags.duration.is_some() {
        warnings.push(format!(
            "`--duration` is shortened to 1h, AWS's limit for the root user (profile `{profile}`)"
        ));
    }
    HOUR
}

/// The requested duration of a role: the flag applies to the last one only.
fn asked(
    inputs: &Inputs<'_>,
    view: &View<'_>,
    is_last: bool,
    warnings: &mut Vec<String>,
) -> Result<Option<Ask>, ResolveError> {
    if is_last && let Some(ask) = durations::of_flag(inputs.flags)? {
        return Ok(Some(ask));
    }
    durations::of_role(view, warnings)
}

/// Whether the code has to be spent on the role itself: one role, more than an hour, and no person to
/// renew it.
fn wants_one_long_role(
    inputs: &Inputs<'_>,
    roles: &[&View<'_>],
    warnings: &mut Vec<String>,
) -> Result<bool, ResolveError> {
    let [only] = roles else { return Ok(false) };
    let ask = asked(inputs, only, true, warnings)?;
    Ok(inputs.flags.hand_out == HandOut::Static && ask.is_some_and(|ask| ask.duration > HOUR))
}

/// The profile at the bottom of the chain, whose key it is.
fn key_profile<'p>(inputs: &Inputs<'p>, path: &'p ProfilePath<'_>) -> &'p ProfileName {
    path.links
        .last()
        .map_or(inputs.profile, |link| &link.view.name)
}

/// A session policy that no call would carry must not be dropped in silence: the program would
/// get more than it was meant to.
pub(super) fn refuse_unused_policy(
    inputs: &Inputs<'_>,
    lifetime: Lifetime,
    hops: &[Hop],
) -> Result<(), ResolveError> {
    if inputs.flags.policy.is_none() && inputs.flags.policy_arns.is_empty() {
        return Ok(());
    }
    let last = match hops.last().map(|hop| &hop.call) {
        Some(Call::AssumeRole(_)) => return Ok(()),
        Some(Call::GetSessionToken) => "its last step is GetSessionToken, which takes no policy",
        None if inputs.flags.sessions == Sessions::Skip && lifetime == Lifetime::LongLived => {
            "the key itself is handed out, and a key takes no policy"
        }
        None => {
            "its credentials come as they are, with no role after them that could take a policy"
        }
    };
    Err(ResolveError::PolicyNeedsRole {
        profile: inputs.profile.clone(),
        last,
    })
}
