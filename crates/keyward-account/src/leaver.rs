//! Users who leave: the tag that says when a user is deleted. The user is disabled at once and
//! taken out of the blueprint. Until the date, plans leave the user as it is; from then on they
//! delete it, with everything that it has.

use std::time::Duration;

use keyward_core::Timestamp;
use keyward_iam::model::{Account, Tags, User};

use crate::blueprint::Origin;
use crate::ownership::{BLUEPRINT_TAG, BlueprintName};
use crate::revoke::revoked_until;

/// The tag of a user who leaves: the time from which plans delete the user, in RFC 3339, and the
/// word `adopted` where the blueprint did not make the user.
pub const DELETE_AFTER_TAG: &str = "keyward:delete-after";

/// The time for which a leaving user stays disabled before the deletion, unless the blueprint sets
/// another.
pub const GRACE: Duration = Duration::from_secs(7 * 24 * 3600);

const ADOPTED: &str = "adopted";

/// The content of [`DELETE_AFTER_TAG`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaver {
    /// The time from which a plan deletes the user. `None` if the tag holds no time; then no plan
    /// deletes the user.
    pub delete_after: Option<Timestamp>,
    /// Whether the blueprint made the user.
    pub origin: Origin,
}

impl Leaver {
    /// Whether the user with these tags leaves, and when.
    #[must_use]
    pub fn of(tags: &Tags) -> Option<Self> {
        let mut words = tags.get(DELETE_AFTER_TAG)?.split(' ');
        Some(Self {
            delete_after: words.next().and_then(|word| word.parse().ok()),
            origin: match words.next() {
                Some(ADOPTED) => Origin::Adopted,
                _ => Origin::Made,
            },
        })
    }

    /// Whether the grace is over.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.delete_after.is_some_and(|end| end <= now)
    }

    /// The tags of a user who leaves. The mark of the blueprint is among them, so that its plans
    /// delete an adopted user too.
    #[must_use]
    pub fn tags(delete_after: Timestamp, origin: Origin, blueprint: &BlueprintName) -> Tags {
        let value = match origin {
            Origin::Made => delete_after.to_string(),
            Origin::Adopted => format!("{delete_after} {ADOPTED}"),
        };
        Tags::from([(DELETE_AFTER_TAG.to_owned(), value), blueprint.tag()])
    }

    /// The keys of the tags that go when the user stays after all.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let mut keys = vec![DELETE_AFTER_TAG.to_owned()];
        if self.origin == Origin::Adopted {
            keys.push(BLUEPRINT_TAG.to_owned());
        }
        keys
    }
}

/// The state of a user who leaves and is not yet deleted, for a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaverStanding {
    /// A revocation denies the user's sessions. Whether its keys are off is not known.
    Revoked {
        /// The time before which sessions are denied.
        until: Timestamp,
        /// The time after which a plan deletes the user.
        delete_after: Timestamp,
    },
    /// The tag holds no time, or no revocation denies the user's sessions.
    Unproven,
}

/// Returns the state of a user whose tags delay the deletion; `None` for any other user.
#[must_use]
pub fn standing(account: &Account, user: &User, now: Timestamp) -> Option<LeaverStanding> {
    let leaver = Leaver::of(&user.tags).filter(|leaver| !leaver.is_due(now))?;
    Some(match (leaver.delete_after, revoked_until(account, user)) {
        (Some(delete_after), Some(until)) => LeaverStanding::Revoked {
            until,
            delete_after,
        },
        _ => LeaverStanding::Unproven,
    })
}

/// Whether plans leave the user with these tags alone, because the grace is not over.
#[must_use]
pub fn waits(tags: &Tags, now: Timestamp) -> bool {
    Leaver::of(tags).is_some_and(|leaver| !leaver.is_due(now))
}

#[cfg(test)]
mod tests;
