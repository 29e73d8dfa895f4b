//! The MFA device whose code a chain needs. Refuses security keys: STS accepts only codes that a
//! person can type.

use super::Inputs;
use super::error::{ResolveError, ValueOrigin};
use super::profile_path::ProfilePath;
use super::view::LocatedValue;
use crate::id::MfaSerial;

/// The device of a chain that starts from a long-lived key. It may be named by the key's own
/// profile or by any profile above it; the one nearest to the key wins, since it belongs to
/// the key's owner. Then the environment, and last what is recorded with the key.
pub(super) fn device(
    inputs: &Inputs<'_>,
    path: &ProfilePath<'_>,
    warnings: &mut Vec<String>,
) -> Result<Option<MfaSerial>, ResolveError> {
    let mut chosen: Option<(MfaSerial, ValueOrigin)> = None;
    for view in path.views().rev() {
        let Some((serial, place)) = view.mfa_serial(warnings)? else {
            continue;
        };
        match &chosen {
            None => chosen = Some((serial, place)),
            Some((first, nearest)) if *first != serial => warnings.push(format!(
                "{place}: the MFA device `{serial}` differs from `{first}` ({nearest}), which is nearer to the key and is used"
            )),
            Some(_) => {}
        }
    }
    if chosen.is_none() {
        chosen = from_environment(inputs)?;
    }
    if chosen.is_none() {
        chosen = path.stored.and_then(|key| {
            Some((
                key.mfa_serial.clone()?,
                ValueOrigin::Vault(key.profile.clone()),
            ))
        });
    }
    match chosen {
        Some((serial, place)) if serial.is_security_key() => {
            Err(ResolveError::SecurityKey { serial, place })
        }
        Some((serial, _)) => Ok(Some(serial)),
        None => Ok(None),
    }
}

fn from_environment(inputs: &Inputs<'_>) -> Result<Option<(MfaSerial, ValueOrigin)>, ResolveError> {
    const NAME: &str = "AWS_MFA_SERIAL";
    let Some(value) = inputs.env(NAME) else {
        return Ok(None);
    };
    let place = ValueOrigin::Variable(NAME);
    match value.parse() {
        Ok(serial) => Ok(Some((serial, place))),
        Err(source) => Err(ResolveError::InvalidValue {
            key: NAME,
            place,
            source,
        }),
    }
}

/// Whether a profile of the chain names a device.
pub(super) fn is_named(path: &ProfilePath<'_>) -> bool {
    named(path).is_some()
}

fn named<'a>(path: &ProfilePath<'a>) -> Option<LocatedValue<'a>> {
    path.views()
        .find_map(|view| view.get("mfa_serial").or_else(|| view.get("mfa_arn")))
}

/// Warns that a device has no effect if the chain starts from temporary credentials.
pub(super) fn warn_of_no_use(path: &ProfilePath<'_>, warnings: &mut Vec<String>) {
    if let Some(found) = named(path) {
        warnings.push(format!(
            "{}: the MFA device is not used: the chain starts from {}, and STS accepts a code only with a long-lived key",
            found.origin,
            path.base.noun(),
        ));
    }
}
