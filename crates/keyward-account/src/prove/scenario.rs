//! The sign-in of a user, and the condition keys that it sets. A fact that depends on the request
//! stays unknown, so that a sweep reports what may be allowed.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use keyward_core::Timestamp;
use keyward_core::id::PolicyArn;
use keyward_iam::catalogue::Catalogue;
use keyward_iam::model::{Account, Document, Grants, Role, Tags, User};
use keyward_iam::{Action, Condition, Context, Effect, Mfa, Policy, Statement, Truth};

/// The sign-in of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scenario {
    /// With an access key alone.
    LongTermKey,
    /// With a session made without a code. Policies alone are judged: AWS itself refuses IAM
    /// calls, and all but a few of STS such as `AssumeRole` and `GetCallerIdentity`, to such a
    /// session.
    ///
    /// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>
    SessionWithoutMfa,
    /// With a session made with a code just now.
    Mfa,
    /// With a session whose code is older than every age that a policy names, and at least 36
    /// hours old, which is the longest such a session lasts.
    StaleMfa,
}

/// The longest that a session of a user lasts.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>
const LONGEST_SESSION: Duration = Duration::from_secs(36 * 3600);

impl Scenario {
    /// All of them, from the weakest to the strongest but for the last.
    pub const ALL: [Self; 4] = [
        Self::LongTermKey,
        Self::SessionWithoutMfa,
        Self::Mfa,
        Self::StaleMfa,
    ];

    /// The scenarios of a thief of an access key, who has no phone.
    pub const WITHOUT_MFA: [Self; 2] = [Self::LongTermKey, Self::SessionWithoutMfa];

    /// The name in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LongTermKey => "long_term_key",
            Self::SessionWithoutMfa => "session_without_mfa",
            Self::Mfa => "mfa",
            Self::StaleMfa => "stale_mfa",
        }
    }

    /// Returns its name in sentences.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::LongTermKey => "a long-term key",
            Self::SessionWithoutMfa => "a session without MFA",
            Self::Mfa => "a fresh MFA code",
            Self::StaleMfa => "an old MFA code",
        }
    }

    /// Whether the second factor was used.
    #[must_use]
    pub fn has_mfa(self) -> bool {
        matches!(self, Self::Mfa | Self::StaleMfa)
    }

    /// Returns its place in [`Scenario::ALL`].
    pub(super) fn index(self) -> usize {
        self as usize
    }

    fn mfa(self, stale: Duration) -> Mfa {
        match self {
            Self::LongTermKey => Mfa::LongTermKey,
            Self::SessionWithoutMfa => Mfa::SessionWithout,
            Self::Mfa => Mfa::Session {
                age: Duration::ZERO,
            },
            Self::StaleMfa => Mfa::Session { age: stale },
        }
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An age that is above every number that a condition on the age of MFA names, and at least 36
/// hours.
#[must_use]
pub fn stale_age<'a>(accounts: impl IntoIterator<Item = &'a Account>) -> Duration {
    let named = accounts.into_iter().flat_map(documents).flat_map(ages);
    named.fold(LONGEST_SESSION, Duration::max) + Duration::from_secs(1)
}

/// Every document of an account.
pub(super) fn documents(account: &Account) -> impl Iterator<Item = &Policy> {
    let users = account.users.values().map(|user| &user.grants);
    let groups = account.groups.values().map(|group| &group.grants);
    let roles = account.roles.values();
    let grants = users.chain(groups).chain(roles.clone().map(|r| &r.grants));
    let embedded = grants.flat_map(|grants| grants.inline.values());
    let managed = account.policies.values().map(|policy| &policy.document);
    let trusts = roles.map(|role| &role.trust);
    embedded
        .chain(managed)
        .chain(trusts)
        .filter_map(Document::policy)
}

fn ages(policy: &Policy) -> Vec<Duration> {
    let conditions = policy.statements().iter().flat_map(|s| s.conditions());
    conditions
        .filter(|condition| {
            condition
                .key()
                .eq_ignore_ascii_case("aws:MultiFactorAuthAge")
        })
        .flat_map(|condition| condition.values())
        .filter_map(|value| value.as_str().parse::<f64>().ok())
        .filter_map(|seconds| Duration::try_from_secs_f64(seconds.ceil()).ok())
        .collect()
}

/// Returns the condition keys of every request of a user.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
#[must_use]
pub fn user_context(
    account: &Account,
    user: &User,
    scenario: Scenario,
    stale: Duration,
) -> Context {
    let arn = account.user_arn(user);
    let mut context = principal(account, &arn, "User");
    set_tags(&mut context, &user.tags);
    context.remove_prefix(TAGS);
    context.set("aws:username", user.name.as_str());
    if let Some(id) = &user.id {
        context.set("aws:userid", id);
    }
    let mfa = scenario.mfa(stale);
    set_issued(&mut context, mfa, earliest(Some(account)));
    for absent in [
        "aws:SourceIdentity",
        "aws:FederatedProvider",
        "aws:AssumedRoot",
    ] {
        context.remove(absent);
    }
    mfa.set_keys(&mut context);
    context
}

/// Returns the condition keys of every request of a session of a role: once with the MFA key
/// absent, once with `false`. AWS's pages do not settle which of them a session has, so what either
/// opens counts as open.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent>
pub(super) fn role_contexts(account: &Account, role: &Role, tags: RoleTags) -> [Context; 2] {
    [Mfa::LongTermKey, Mfa::SessionWithout].map(|mfa| {
        let arn = account.role_arn(role);
        let mut context = principal(account, arn.as_str(), "AssumedRole");
        set_role_tags(&mut context, account, role, tags);
        context.remove("aws:username");
        set_session_time(&mut context, earliest(Some(account)));
        mfa.set_keys(&mut context);
        context
    })
}

/// The time at which temporary credentials were issued. A caller who may make a session can make a
/// new one.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-tokenissuetime>
const ISSUED: &str = "aws:TokenIssueTime";

/// No request is earlier: the time at which AWS listed the account, or the day of the list of actions. A
/// proof of a file or a blueprint has no clock, so that it says the same every day.
pub(crate) fn earliest(account: Option<&Account>) -> Timestamp {
    let midnight = format!("{}T00:00:00Z", Catalogue::built_in().date());
    let listed: Timestamp = midnight.parse().expect("the list of actions has a date");
    let read = account.and_then(|account| account.read_at);
    read.map_or(listed, |read| read.max(listed))
}

/// Sets when the credentials of a user were issued. A long-term key has no such time.
pub(crate) fn set_issued(context: &mut Context, mfa: Mfa, earliest: Timestamp) {
    match mfa {
        Mfa::LongTermKey => context.remove(ISSUED),
        Mfa::SessionWithout | Mfa::Session { .. } => set_session_time(context, earliest),
    };
}

/// Sets that the credentials are those of a session.
pub(crate) fn set_session_time(context: &mut Context, earliest: Timestamp) -> &mut Context {
    context.set_not_before(ISSUED, earliest)
}

/// Every request has these keys.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-currenttime>
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-epochtime>
pub(crate) fn set_time(context: &mut Context, earliest: Timestamp) {
    for key in ["aws:CurrentTime", "aws:EpochTime"] {
        context.set_not_before(key, earliest);
    }
}

/// Whether a caller who assumes a role may pass session tags. Session tags override the role's own,
/// so none of those is certain then. The trust policy must allow `sts:TagSession`.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
fn may_tag_sessions(role: &Role) -> bool {
    may_allow(&role.trust, "sts:TagSession")
}

/// Whether an account's policies may change the tags of its roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RoleTags {
    Fixed,
    Changeable,
}

impl RoleTags {
    /// Looks for a policy that may allow tags on roles. Resources, conditions and limits are not
    /// judged, and a policy that is unknown counts as allowing it.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagRole.html>
    pub(crate) fn of(account: &Account) -> Self {
        let users = account.users.values().map(|user| &user.grants);
        let groups = account.groups.values().map(|group| &group.grants);
        let roles = account.roles.values().map(|role| &role.grants);
        let grants = || users.clone().chain(groups.clone()).chain(roles.clone());
        let mut inline = grants().flat_map(|grants| grants.inline.values());
        // Many may have the same managed policy.
        let attached: BTreeSet<_> = grants().flat_map(|grants| &grants.attached).collect();
        let may_change = inline.any(|document| may_allow(document, TAG_ROLE))
            || attached
                .into_iter()
                .any(|arn| may_allow_attached(account, arn, TAG_ROLE));
        match may_change {
            true => Self::Changeable,
            false => Self::Fixed,
        }
    }
}

fn may_grant_tags(account: &Account, grants: &Grants) -> bool {
    let mut inline = grants.inline.values();
    let mut attached = grants.attached.iter();
    inline.any(|document| may_allow(document, TAG_ROLE))
        || attached.any(|arn| may_allow_attached(account, arn, TAG_ROLE))
}

fn may_allow_attached(account: &Account, arn: &PolicyArn, action: &str) -> bool {
    let managed = account.policies.get(arn);
    managed.is_none_or(|managed| may_allow(&managed.document, action))
}

/// Whether a statement of a policy allows an action on something. An unreadable policy may.
fn may_allow(document: &Document, action: &str) -> bool {
    let action: Action = action.parse().expect("this is an action");
    let statements = document.policy().map(Policy::statements);
    statements.is_none_or(|statements| {
        statements.iter().any(|statement| {
            statement.effect() == Effect::Allow && statement.covers(&action) != Truth::No
        })
    })
}

fn principal(account: &Account, arn: &str, kind: &str) -> Context {
    let mut context = Context::partial();
    context
        .set("aws:PrincipalArn", arn)
        .set("aws:PrincipalAccount", account.id.as_str())
        .set("aws:PrincipalType", kind)
        .set("aws:PrincipalIsAWSService", "false")
        .remove("aws:PrincipalServiceName")
        .remove("aws:PrincipalServiceNamesList");
    set_time(&mut context, earliest(Some(account)));
    context
}

/// Sets what is known about the tags of a role's sessions. A role that may tag roles may change its
/// own tags. If another identity may, the role may receive further tags.
pub(crate) fn set_role_tags(context: &mut Context, account: &Account, role: &Role, tags: RoleTags) {
    if may_tag_sessions(role) || may_grant_tags(account, &role.grants) {
        return;
    }
    set_tags(context, &role.tags);
    if tags == RoleTags::Fixed {
        context.remove_prefix(TAGS);
    }
}

const TAGS: &str = "aws:PrincipalTag/";
const TAG_ROLE: &str = "iam:TagRole";

/// The principal has these tags.
fn set_tags(context: &mut Context, tags: &Tags) {
    for (key, value) in tags {
        context.set(&format!("{TAGS}{key}"), value);
    }
}

/// Whether a statement denies sessions without MFA and lets a long-term key through, which has no
/// such key in its requests.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent>
pub(crate) fn misses_keys(statement: &Statement) -> bool {
    let holds = |condition: &Condition, mfa: Mfa| {
        let mut context = Context::partial();
        mfa.set_keys(&mut context);
        condition.holds(&context)
    };
    let mut conditions = statement.conditions().iter();
    statement.effect() == Effect::Deny
        && conditions.any(|condition| {
            condition
                .key()
                .eq_ignore_ascii_case("aws:MultiFactorAuthPresent")
                && holds(condition, Mfa::LongTermKey) == Truth::No
                && holds(condition, Mfa::SessionWithout) == Truth::Yes
        })
}

#[cfg(test)]
mod tests;
