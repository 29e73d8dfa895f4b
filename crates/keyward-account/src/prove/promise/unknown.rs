//! Policies that cannot be judged: the document of an AWS-managed policy is not known, or a
//! document cannot be read. Nothing is guessed, and nothing is left out in silence.

use keyward_core::id::RoleArn;
use keyward_iam::catalogue::managed;
use keyward_iam::model::{Account, Document, UnknownPolicy, UnknownReason};
use keyward_iam::{Holder, PolicySource};

use crate::prove::ProofData;
use crate::prove::finding::{Finding, Promise, Severity, SubjectKind};
use crate::prove::judged::Judged;

pub(super) fn check_user(data: &ProofData<'_>, judged: &Judged<'_>, found: &mut Vec<Finding>) {
    let person = judged.person;
    for unknown in person.gathered.unknown() {
        // With a guard, nothing that a policy grants works without MFA.
        let breaks = (unknown.source.is_identity() && judged.is_unguarded())
            .then_some(Promise::OnlyEnrolmentWithoutMfa);
        let owner = Holder::User(person.user.name.clone());
        let policy = finding(data, person.account, &owner, unknown, breaks);
        let roles = breaks.map_or_else(Vec::new, |_| judged.roles_with_everything(data));
        if !roles.is_empty() {
            found.push(may_open(&policy, &roles));
        }
        found.push(policy);
    }
    if judged.is_too_complex() {
        found.push(too_complex(SubjectKind::User, person.key.to_string()));
    }
}

/// A policy that is not known may allow users to assume roles whose trust policies leave it to
/// them.
fn may_open(policy: &Finding, roles: &[RoleArn]) -> Finding {
    let names: Vec<String> = roles
        .iter()
        .map(|role| format!("`{}`", role.role_name()))
        .collect();
    Finding {
        id: format!("{}/roles", policy.id),
        message: format!(
            "{}; it may allow `sts:AssumeRole` without MFA on {}",
            policy.message,
            names.join(", ")
        ),
        certain: false,
        breaks: Some(Promise::NoRoleWithoutMfa),
        ..policy.clone()
    }
}

/// Policies that combine too many sets of resources. What they may allow counts as allowed, so
/// every promise is judged for the worst.
fn too_complex(kind: SubjectKind, subject: String) -> Finding {
    Finding {
        id: "too-complex/policies".to_owned(),
        severity: Severity::Medium,
        kind,
        subject,
        statement: None,
        message: "the policies combine too many resources to be judged exactly, so this proof \
                  counts as allowed whatever they may allow"
            .to_owned(),
        certain: true,
        breaks: None,
        fix: None,
    }
}

pub(super) fn check_roles(data: &ProofData<'_>, found: &mut Vec<Finding>) {
    for position in data.roles.positions {
        if position.role.is_aws_owned() {
            continue;
        }
        let name = position.role.name.as_str();
        if data.too_complex.borrow().contains(&position.arn) {
            let subject = data.subject(position.account, name);
            found.push(too_complex(SubjectKind::Role, subject));
        }
        for unknown in position.gathered.unknown() {
            let owner = Holder::Role(position.role.name.clone());
            found.push(finding(data, position.account, &owner, unknown, None));
        }
        if let Document::Unread { problem, .. } = &position.role.trust {
            found.push(Finding {
                id: "unreadable-policy/trust".to_owned(),
                severity: Severity::Medium,
                kind: SubjectKind::Role,
                subject: data.subject(position.account, name),
                statement: None,
                message: format!(
                    "the trust policy cannot be read, so who may assume the role is not known: \
                     {problem}"
                ),
                certain: true,
                breaks: Some(Promise::NoRoleWithoutMfa),
                fix: None,
            });
        }
    }
}

fn finding(
    data: &ProofData<'_>,
    account: &Account,
    owner: &Holder,
    unknown: &UnknownPolicy,
    breaks: Option<Promise>,
) -> Finding {
    let (name, subject) = match &unknown.source {
        PolicySource::Inline { holder, name } => (name.to_string(), holder),
        PolicySource::Attached { holder, arn } => (arn.policy_name().to_owned(), holder),
        PolicySource::Named(name) => (name.clone(), owner),
        _ => ("boundary".to_owned(), owner),
    };
    let (kind, why) = match &unknown.reason {
        UnknownReason::Unread(problem) => (
            "unreadable-policy",
            format!("{} cannot be read: {problem}", unknown.source),
        ),
        UnknownReason::NoGroup => (
            "unknown-policy",
            format!(
                "the group {} is not known, and its policies hold for this user",
                unknown.source
            ),
        ),
        UnknownReason::NoText => (
            "unknown-policy",
            format!(
                "the document of {} is not known{}",
                unknown.source,
                hint(unknown)
            ),
        ),
    };
    Finding {
        id: format!("{kind}/{name}"),
        severity: Severity::Medium,
        kind: subject.into(),
        subject: data.subject(account, holder_name(subject)),
        statement: None,
        message: match unknown.source {
            PolicySource::Boundary => format!("{why}; in this proof it limits nothing"),
            _ => format!("{why}; what it grants is left out of this proof"),
        },
        certain: true,
        breaks,
        fix: None,
    }
}

/// Returns the facts about an AWS-managed policy without a document.
fn hint(unknown: &UnknownPolicy) -> String {
    match &unknown.source {
        PolicySource::Attached { arn, .. } if arn.is_aws_managed() => {
            match managed::find(arn.policy_name()) {
                Some(_) => " here; the account itself has it: prove with --profile".to_owned(),
                None => format!(", because AWS has no such policy as of {}", managed::date()),
            }
        }
        _ => String::new(),
    }
}

fn holder_name(holder: &Holder) -> &str {
    match holder {
        Holder::User(name) => name.as_str(),
        Holder::Group(name) => name.as_str(),
        Holder::Role(name) => name.as_str(),
    }
}
