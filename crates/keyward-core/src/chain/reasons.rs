//! The reasons why a hop exists and why it is as long as it is. A length that a chain cannot have
//! is an error if it comes from a flag. From a file, it is shortened with a warning.

use std::time::Duration;

use super::durations::{Ask, HOUR};
use super::error::ResolveError;
use super::view::View;
use super::{HandOut, Inputs, Sessions};
use crate::id::{MfaSerial, ProfileName};
use crate::time::show_duration;

/// The length of a role that temporary credentials assume, and its reason.
pub(super) fn chained(
    inputs: &Inputs<'_>,
    view: &View<'_>,
    ask: Option<Ask>,
    source: &str,
    warnings: &mut Vec<String>,
) -> Result<(Duration, String), ResolveError> {
    let why = format!("its role is assumed from {source}");
    let limit = format!("assumed from {source}, so it lives at most 1h");
    match ask {
        Some(ask) if ask.duration > HOUR && inputs.flags.hand_out == HandOut::Refreshing => Ok((
            HOUR,
            format!(
                "{limit}; {} were asked, and it is renewed by itself",
                show_duration(ask.duration)
            ),
        )),
        Some(ask) if ask.duration > HOUR && ask.is_flag() => Err(ResolveError::ChainTooShort {
            profile: view.name.clone(),
            asked: ask.duration,
            why,
        }),
        Some(ask) if ask.duration > HOUR => {
            warnings.push(format!(
                "{}: `duration_seconds` of profile `{}` is cut from {} to 1h: {why}",
                ask.place,
                view.name,
                show_duration(ask.duration)
            ));
            Ok((HOUR, limit))
        }
        Some(ask) => Ok((ask.duration, limit)),
        None => Ok((HOUR, limit)),
    }
}

/// Returns why a role is assumed with the key itself.
pub(super) fn straight(
    inputs: &Inputs<'_>,
    device: Option<&MfaSerial>,
    duration: Duration,
) -> &'static str {
    match device {
        None => "assumed straight from the key: no MFA device is named",
        Some(_) if inputs.flags.sessions == Sessions::Skip => {
            "no session is wanted, so the code is spent on this call"
        }
        Some(_) if duration > HOUR => {
            "more than 1h is asked, which a session cannot give, so the code is spent on this call"
        }
        Some(_) => "the code is spent on this call",
    }
}

/// Returns why a session comes before everything else.
pub(super) fn session(duration: Duration) -> String {
    format!(
        "one code for {}, shared by everything that starts from this key",
        show_duration(duration)
    )
}

/// Returns why a key is handed out without a session.
pub(super) fn of_another_maker(profile: &ProfileName) -> String {
    format!(
        "the key of profile `{profile}` is not an AWS key (those look like AKIAIOSFODNN7EXAMPLE): it is handed out unchanged, and does not expire"
    )
}
