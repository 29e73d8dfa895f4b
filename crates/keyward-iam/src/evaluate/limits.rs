//! Policies that limit and never grant: the permissions boundary, session policies, service
//! control policies.

use super::decision::{Cited, ImplicitDeny, Source};
use super::permissions::{ControlLevel, Permissions};
use super::search::{Finding, search};
use crate::language::Policy;
use crate::request::Request;

/// The answer of the limits to a request, if the caller has limits.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits<'a> {
    service_control: Levels<'a>,
    boundary: Option<Finding<'a>>,
    session: Option<Finding<'a>>,
}

/// The answer of all levels of an organization together.
#[derive(Debug, Clone, Copy, Default)]
struct Levels<'a> {
    deny: Option<Cited<'a>>,
    missing: Option<ImplicitDeny>,
    doubt: Option<Cited<'a>>,
}

impl<'a> Limits<'a> {
    pub(crate) fn new(permissions: &Permissions<'a>, request: &Request<'_>) -> Self {
        let session = permissions.session;
        Self {
            service_control: service_control(permissions, request),
            boundary: permissions
                .boundary
                .map(|policy| search([(Source::Boundary, policy)], request)),
            session: (!session.is_empty()).then(|| {
                search(
                    session.iter().map(|policy| (Source::Session, policy)),
                    request,
                )
            }),
        }
    }

    pub(crate) fn deny(self) -> Option<Cited<'a>> {
        let boundary = self.boundary.and_then(|found| found.deny);
        let session = self.session.and_then(|found| found.deny);
        boundary.or(session).or(self.service_control.deny)
    }

    /// A statement for which a limit may apply, or may not allow.
    pub(crate) fn doubt(self) -> Option<Cited<'a>> {
        let boundary = self.boundary.and_then(Finding::doubt);
        let session = self.session.and_then(Finding::doubt);
        boundary.or(session).or(self.service_control.doubt)
    }

    /// The first limit that does not allow.
    pub(crate) fn missing(self) -> Option<ImplicitDeny> {
        let silent = self.boundary.is_some_and(Finding::is_silent);
        self.missing_service_control()
            .or(silent.then_some(ImplicitDeny::Boundary))
            .or(self.missing_session())
    }

    /// The session policies, if they do not allow.
    pub(crate) fn missing_session(self) -> Option<ImplicitDeny> {
        let silent = self.session.is_some_and(Finding::is_silent);
        silent.then_some(ImplicitDeny::SessionPolicy)
    }

    /// The service control policies, if they do not allow.
    pub(crate) fn missing_service_control(self) -> Option<ImplicitDeny> {
        self.service_control.missing
    }
}

/// The policies of a level, each with its place.
pub(super) fn of_level(level: &ControlLevel) -> impl Iterator<Item = (Source<'_>, &Policy)> {
    level.policies.iter().map(|attached| {
        let source = Source::ServiceControl {
            level: &level.name,
            policy: &attached.name,
        };
        (source, &attached.policy)
    })
}

/// Every level must allow; a deny at any of them decides.
///
/// Source: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html>
fn service_control<'a>(permissions: &Permissions<'a>, request: &Request<'_>) -> Levels<'a> {
    let mut levels = Levels::default();
    for level in permissions.service_control.into_iter().flatten() {
        let found = search(of_level(level), request);
        levels.deny = levels.deny.or(found.deny);
        levels.doubt = levels.doubt.or(found.doubt());
        if found.is_silent() {
            levels.missing = Some(ImplicitDeny::ServiceControl);
        }
    }
    levels
}
