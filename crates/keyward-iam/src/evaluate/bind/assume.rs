//! The roles that may be assumed in the bound context.

use keyward_core::id::RoleArn;

use super::answer::Answer;
use super::arn_set::Part;
use super::bound::Bound;
use super::index::ActionName;
use super::service::Service;
use crate::evaluate::decision::{ImplicitDeny, Verdict};
use crate::evaluate::principal_match::Caller;
use crate::evaluate::trust::{Home, OwnSide, decide};
use crate::language::{Glob, Policy};
use crate::request::{Action, Request, Resource};

/// A caller in one context, to be asked about many roles.
#[derive(Debug)]
pub struct Roles<'b, 'a> {
    bound: &'b Bound<'a>,
    sts: Service<'b, 'a>,
    assume: Action,
}

impl<'a> Bound<'a> {
    /// The caller as one that assumes roles.
    #[must_use]
    pub fn roles<'b>(&'b self) -> Roles<'b, 'a> {
        Roles {
            bound: self,
            sts: self.service("sts"),
            assume: "sts:AssumeRole".parse().expect("this is an action"),
        }
    }
}

impl<'a> Roles<'_, 'a> {
    /// Whether the caller may assume a role, by the rules of
    /// [`evaluate_assume_role`](crate::evaluate_assume_role).
    #[must_use]
    pub fn may_assume<'p>(
        &self,
        role: &RoleArn,
        trust: &'p Policy,
        caller: &Caller<'_>,
    ) -> Answer<'p>
    where
        'a: 'p,
    {
        let resource = Resource::from(role);
        let request = Request {
            action: &self.assume,
            resource: &resource,
            context: self.bound.context,
        };
        let own = self.own_side(&resource);
        Answer(decide(trust, caller, Home::of(role, caller), own, &request))
    }

    fn own_side(&self, resource: &Resource) -> OwnSide<'a> {
        let name = self.assume.name();
        let asked = &ActionName::new(name);
        let one = Part::as_written(Glob::literal(resource.as_str()));
        let verdict: Verdict<'a> = self.sts.allows(name, resource).0;
        let mut own = OwnSide {
            verdict,
            missing: None,
            missing_session: None,
            missing_service_control: None,
            doubt: self.sts.may_deny(asked, &one),
            bounded: self.bound.rules.bounded,
        };
        for layer in &self.sts.layers {
            if layer.missing == ImplicitDeny::IdentityAllow {
                continue;
            }
            if let Some(grant) = layer.grant(asked, &one) {
                own.doubt = own.doubt.or(grant.doubt);
                continue;
            }
            let missing = Some(layer.missing);
            own.missing = own.missing.or(missing);
            match layer.missing {
                ImplicitDeny::SessionPolicy => own.missing_session = missing,
                ImplicitDeny::ServiceControl => own.missing_service_control = missing,
                _ => {}
            }
        }
        own
    }
}
