//! Temporary credentials that have been handed out. A session token means nothing by itself:
//! everything is looked up here.

use std::collections::{BTreeMap, BTreeSet};

use keyward_core::Timestamp;
use keyward_core::id::{
    AccessKeyId, AccountId, RoleArn, RoleSessionName, SourceIdentity, UserName,
};
use keyward_core::secret::{SecretAccessKey, SessionToken};
use keyward_iam::Policy;

/// Whether and when a one-time code was used for a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mfa {
    Absent,
    At(Timestamp),
}

/// Temporary credentials and whom they speak for.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) access_key_id: AccessKeyId,
    pub(crate) secret: SecretAccessKey,
    pub(crate) token: SessionToken,
    pub(crate) account: AccountId,
    pub(crate) issued: Timestamp,
    pub(crate) expires: Timestamp,
    pub(crate) principal: Principal,
}

/// Whom temporary credentials speak for.
#[derive(Debug, Clone)]
pub(crate) enum Principal {
    /// From GetSessionToken.
    User { name: UserName, mfa: Mfa },
    /// From GetSessionToken with a key of the root user.
    Root { mfa: Mfa },
    /// From AssumeRole.
    Role(Box<RoleSession>),
    /// From GetFederationToken. Without policies such a session may do nothing.
    Federated {
        user: UserName,
        name: String,
        policies: Vec<Policy>,
    },
}

/// The parameters of AssumeRole.
#[derive(Debug, Clone)]
pub(crate) struct RoleSession {
    pub(crate) role: RoleArn,
    pub(crate) name: RoleSessionName,
    pub(crate) policies: Vec<Policy>,
    pub(crate) tags: SessionTags,
    pub(crate) source_identity: Option<SourceIdentity>,
    /// Whether other temporary credentials were used, which the console's federation caps.
    pub(crate) chained: Chained,
}

/// Whether a role was assumed with temporary credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chained {
    Yes,
    No,
}

/// Session tags and which of them are passed on in a chain.
#[derive(Debug, Clone, Default)]
pub(crate) struct SessionTags {
    pub(crate) values: BTreeMap<String, String>,
    pub(crate) transitive: BTreeSet<String>,
}

/// All sessions, by access-key id. Expired ones stay, so that they are refused as expired and
/// not as unknown.
#[derive(Debug, Default)]
pub(crate) struct Sessions(BTreeMap<AccessKeyId, Session>);

impl Sessions {
    pub(crate) fn get(&self, id: &AccessKeyId) -> Option<&Session> {
        self.0.get(id)
    }

    pub(crate) fn insert(&mut self, session: Session) {
        self.0.insert(session.access_key_id.clone(), session);
    }
}
