//! No role is assumed without MFA, including by outsiders: a role is as open as its trust policy,
//! and keyward does not know what the other side requires.

use crate::outsiders::Outsider;
use crate::prove::finding::{Finding, Promise, Severity, SubjectKind};
use crate::prove::{Admission, ProofData};

use super::widen::is_powerful;
use crate::prove::escalation::Ways;

pub(super) fn check(data: &ProofData<'_>, admissions: &[Admission], found: &mut Vec<Finding>) {
    for admission in admissions {
        let Admission {
            role,
            entry,
            leads_to,
        } = admission;
        let mut reached = std::iter::once(role).chain(leads_to);
        let powerful = reached.any(|role| is_powerful(data, role, Ways::Sure));
        // A role that is open to everyone is worse than one for a partner, whose keys are limited
        // in number. A partner who can administer the account is as bad.
        let severity = match (entry.who.is_anyone() || powerful, entry.certain) {
            (true, true) => Severity::High,
            _ => Severity::Medium,
        };
        let further: Vec<String> = leads_to
            .iter()
            .map(|arn| format!("`{}`", arn.role_name()))
            .collect();
        let further = match further.is_empty() {
            true => String::new(),
            false => format!("; its sessions reach {} too", further.join(", ")),
        };
        let unknown = match &entry.who {
            Outsider::Anyone | Outsider::AnyoneWithToken(_) => "",
            Outsider::Account(_) | Outsider::Principal(_) => {
                "; whether that side requires a code is unknown"
            }
            Outsider::Provider(_) => "; whether the provider requires a code is unknown",
        };
        found.push(Finding {
            id: admission.finding_id(),
            severity,
            kind: SubjectKind::Role,
            subject: data.role_subject(role),
            statement: Some(entry.by.clone()),
            message: format!("can be assumed {}{further}{unknown}", entry.how()),
            certain: entry.certain,
            breaks: Some(Promise::NoRoleWithoutMfa),
            fix: None,
        });
    }
}
