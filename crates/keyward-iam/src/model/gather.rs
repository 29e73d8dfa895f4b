//! All policies that hold for a user or a role: its own, those of its groups, and its boundary.
//! The practice account and the proof gather here, so that they cannot differ. Policies whose
//! text is not known are listed, not guessed.

use std::sync::OnceLock;

use keyward_core::id::PolicyArn;

use super::{Account, Document, Grants, Role, User};
use crate::Policy;
use crate::evaluate::{ControlLevel, GrantedPolicy, Holder, Permissions, PolicySource};

/// The policies of one user or role.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Gathered<'a> {
    identity: Vec<GrantedPolicy<'a>>,
    boundary: Option<&'a Policy>,
    service_control: Option<&'a [ControlLevel]>,
    unknown: Vec<UnknownPolicy>,
}

/// A policy that holds and cannot be judged. What it grants or denies is left out of every
/// answer, so each answer about its holder must say so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownPolicy {
    /// Its place.
    pub source: PolicySource,
    /// The reason why it cannot be judged.
    pub reason: UnknownReason,
}

/// The reasons why a policy cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnknownReason {
    /// The account does not hold its text: a policy that AWS manages, or one that is gone.
    NoText,
    /// Its text cannot be read; this says why.
    Unread(String),
    /// The account does not contain the group, whose policies apply to the user.
    NoGroup,
}

/// The text of a policy, as far as it is known.
#[derive(Debug, Clone, Copy)]
pub enum PolicyText<'a> {
    /// It was read.
    Read(&'a Policy),
    /// It cannot be read; this says why.
    Unread(&'a str),
    /// It is not known.
    Absent,
}

impl<'a> From<&'a Document> for PolicyText<'a> {
    fn from(document: &'a Document) -> Self {
        match document {
            Document::Read(policy) => Self::Read(policy),
            Document::Unread { problem, .. } => Self::Unread(problem),
        }
    }
}

impl<'a> Gathered<'a> {
    /// The policies of a user: embedded and attached ones, those of its groups, the boundary. A
    /// group that the account does not hold is listed as unknown.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
    #[must_use]
    pub fn of_user(account: &'a Account, user: &'a User) -> Self {
        let mut gathered = Self::default();
        gathered.add(account, &Holder::User(user.name.clone()), &user.grants);
        for name in &user.groups {
            match account.groups.get(name) {
                Some(group) => {
                    gathered.add(account, &Holder::Group(group.name.clone()), &group.grants);
                }
                None => gathered.unknown.push(UnknownPolicy {
                    source: PolicySource::Named(name.to_string()),
                    reason: UnknownReason::NoGroup,
                }),
            }
        }
        gathered.limit(account, user.grants.boundary.as_ref());
        gathered.service_control = account.service_control.as_deref();
        gathered
    }

    /// The policies of a role: embedded and attached ones, and the boundary. Service control
    /// policies do not limit service-linked roles.
    ///
    /// Source: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>
    #[must_use]
    pub fn of_role(account: &'a Account, role: &'a Role) -> Self {
        let mut gathered = Self::default();
        gathered.add(account, &Holder::Role(role.name.clone()), &role.grants);
        gathered.limit(account, role.grants.boundary.as_ref());
        if !role.is_service_linked() {
            gathered.service_control = account.service_control.as_deref();
        }
        gathered
    }

    /// Adds a policy of the identity.
    pub fn grant(&mut self, source: PolicySource, text: PolicyText<'a>) {
        match text {
            PolicyText::Read(policy) => self.identity.push(GrantedPolicy::new(source, policy)),
            PolicyText::Unread(problem) => self.unknown.push(UnknownPolicy {
                source,
                reason: UnknownReason::Unread(problem.to_owned()),
            }),
            PolicyText::Absent => self.unknown.push(UnknownPolicy {
                source,
                reason: UnknownReason::NoText,
            }),
        }
    }

    /// Sets the boundary. One that is gone denies everything: it does not free its user. One
    /// that exists and cannot be judged does not limit, because a proof must report too much
    /// rather than too little; it is listed as unknown.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>
    pub fn bound(&mut self, boundary: Boundary<'a>) {
        let reason = match boundary {
            Boundary::Gone => {
                self.boundary = Some(deny_everything());
                return;
            }
            Boundary::Text(PolicyText::Read(policy)) => {
                self.boundary = Some(policy);
                return;
            }
            Boundary::Text(PolicyText::Unread(problem)) => {
                UnknownReason::Unread(problem.to_owned())
            }
            Boundary::Text(PolicyText::Absent) => UnknownReason::NoText,
        };
        self.unknown.push(UnknownPolicy {
            source: PolicySource::Boundary,
            reason,
        });
    }

    /// Returns the effect of the policies together, without session policies.
    #[must_use]
    pub fn permissions(&self) -> Permissions<'_> {
        Permissions {
            identity: &self.identity,
            boundary: self.boundary,
            service_control: self.service_control,
            ..Permissions::default()
        }
    }

    /// The policies that hold and cannot be judged.
    #[must_use]
    pub fn unknown(&self) -> &[UnknownPolicy] {
        &self.unknown
    }

    fn add(&mut self, account: &'a Account, holder: &Holder, grants: &'a Grants) {
        for (name, document) in &grants.inline {
            let source = PolicySource::Inline {
                holder: holder.clone(),
                name: name.clone(),
            };
            self.grant(source, document.into());
        }
        for arn in &grants.attached {
            let source = PolicySource::Attached {
                holder: holder.clone(),
                arn: arn.clone(),
            };
            let managed = account.policies.get(arn);
            let text = managed.map_or(PolicyText::Absent, |managed| (&managed.document).into());
            self.grant(source, text);
        }
    }

    /// A boundary that the account does not contain may be deleted, or missing in the data about
    /// the account. It therefore counts as unknown.
    fn limit(&mut self, account: &'a Account, arn: Option<&PolicyArn>) {
        let Some(arn) = arn else { return };
        let text = match account.policies.get(arn) {
            Some(managed) => (&managed.document).into(),
            None => PolicyText::Absent,
        };
        self.bound(Boundary::Text(text));
    }
}

/// The permissions boundary of a user or role that has one.
#[derive(Debug, Clone, Copy)]
pub enum Boundary<'a> {
    /// A policy that exists.
    Text(PolicyText<'a>),
    /// A policy that was deleted.
    Gone,
}

fn deny_everything() -> &'static Policy {
    static NOTHING: OnceLock<Policy> = OnceLock::new();
    NOTHING.get_or_init(|| {
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#
            .parse()
            .expect("the document is a policy")
    })
}

#[cfg(test)]
mod tests;
