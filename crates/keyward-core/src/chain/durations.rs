//! The lifetime that each call may ask for. Refuses what AWS would refuse, before any prompt,
//! naming where the value was set.
//!
//! Bounds: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html> and
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>.

use std::time::Duration;

use super::Flags;
use super::error::{ResolveError, ValueOrigin};
use super::view::View;

/// The most that a role lives which is assumed from temporary credentials; also AWS's default
/// for any role.
pub(super) const HOUR: Duration = Duration::from_secs(3600);
const LEAST: Duration = Duration::from_secs(900);
const MOST_OF_ROLE: Duration = Duration::from_secs(43_200);
const MOST_OF_SESSION: Duration = Duration::from_secs(129_600);
/// Half a day: one code in the morning.
const SESSION: Duration = Duration::from_secs(43_200);

/// A requested duration.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub(super) duration: Duration,
    pub(super) place: ValueOrigin,
}

impl Ask {
    /// Whether it was asked on the command line, for this very run.
    pub(super) fn is_flag(&self) -> bool {
        matches!(self.place, ValueOrigin::Flag(_))
    }

    fn within(self, call: &'static str, most: Duration) -> Result<Self, ResolveError> {
        if (LEAST..=most).contains(&self.duration) {
            return Ok(self);
        }
        Err(ResolveError::DurationOutOfBounds {
            place: self.place,
            asked: self.duration,
            call,
            least: LEAST,
            most,
        })
    }
}

/// Returns the lifetime that `--duration` asks of a role.
pub(super) fn of_flag(flags: &Flags) -> Result<Option<Ask>, ResolveError> {
    flag(flags)
        .map(|ask| ask.within("AssumeRole", MOST_OF_ROLE))
        .transpose()
}

/// Returns the lifetime that a profile's `duration_seconds` asks of its role.
pub(super) fn of_role(
    view: &View<'_>,
    warnings: &mut Vec<String>,
) -> Result<Option<Ask>, ResolveError> {
    let Some(found) = view.get("duration_seconds") else {
        return Ok(None);
    };
    let Ok(seconds) = found.value.parse::<u64>() else {
        // The AWS CLI drops such a value without a word; an error here would break a profile
        // that works there.
        warnings.push(format!(
            "{}: `duration_seconds` is not a whole number of seconds, so the default of 1h holds",
            found.origin
        ));
        return Ok(None);
    };
    let ask = Ask {
        duration: Duration::from_secs(seconds),
        place: ValueOrigin::Line(found.origin.clone()),
    };
    ask.within("AssumeRole", MOST_OF_ROLE).map(Some)
}

/// The requested life of a `GetSessionToken` session before roles.
pub(super) fn of_shared_session(flags: &Flags) -> Result<Duration, ResolveError> {
    let (duration, place) = match (flags.session_duration, flags.session_setting) {
        (Some(given), _) => (given, ValueOrigin::Flag("--session-ttl")),
        (None, Some(set)) => (set, ValueOrigin::Setting("session_duration")),
        (None, None) => return Ok(SESSION),
    };
    let ask = Ask { duration, place };
    Ok(ask.within("GetSessionToken", MOST_OF_SESSION)?.duration)
}

/// The requested life of a session that is handed out itself.
pub(super) fn of_own_session(flags: &Flags) -> Result<Duration, ResolveError> {
    match flag(flags) {
        Some(ask) => Ok(ask.within("GetSessionToken", MOST_OF_SESSION)?.duration),
        None => of_shared_session(flags),
    }
}

fn flag(flags: &Flags) -> Option<Ask> {
    flags.duration.map(|duration| Ask {
        duration,
        place: ValueOrigin::Flag("--duration"),
    })
}
