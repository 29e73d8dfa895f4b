//! Administrators read by default: a person who manages rights assumes a role for it, and has a
//! lesser role for everything else.

use crate::prove::finding::{DOUBT, Finding, Promise, Severity, SubjectKind};
use crate::prove::judged::Judged;
use crate::prove::scenario::Scenario;
use crate::prove::{ActionSet, ProofData};

/// The actions that, taken together, only an administrator may do.
const ADMINISTERING: [&str; 4] = [
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateUser",
    "iam:PutRolePolicy",
];

/// Whether these are the rights of an administrator: everything needed to grant oneself every other
/// right.
pub(super) fn is_administrator(actions: &ActionSet) -> bool {
    ADMINISTERING.iter().all(|action| actions.contains(action))
}

pub(super) fn check(data: &ProofData<'_>, judged: &Judged<'_>, found: &mut Vec<Finding>) {
    let person = judged.person;
    let powers = judged.proof.powers(Scenario::Mfa);
    if is_administrator(&powers.actions) {
        let granted = judged.sweep(Scenario::Mfa).grant(ADMINISTERING[0]);
        let certain = is_administrator(&powers.actions.without(&powers.undecided));
        let doubt = match certain {
            true => "",
            false => DOUBT,
        };
        found.push(Finding {
            id: "admin-by-default/direct".to_owned(),
            severity: Severity::High,
            kind: SubjectKind::User,
            subject: person.key.to_string(),
            statement: granted.map(|granted| granted.by),
            message: format!(
                "has the rights of an administrator without taking a role for it{doubt}"
            ),
            certain,
            breaks: Some(Promise::AdministratorsReadByDefault),
            fix: None,
        });
    }
    let reached = || {
        powers
            .roles
            .keys()
            .filter_map(|arn| Some((arn, data.role_actions(arn)?)))
    };
    let Some((admin, _)) = reached().find(|(_, actions)| is_administrator(actions)) else {
        return;
    };
    if reached().all(|(_, actions)| is_administrator(actions)) {
        found.push(Finding {
            id: "admin-by-default/no-lesser-role".to_owned(),
            severity: Severity::Medium,
            kind: SubjectKind::User,
            subject: person.key.to_string(),
            statement: powers.roles.get(admin).map(|path| path.by.clone()),
            message: format!(
                "can assume the administrator's role `{}` and no lesser one, so daily work is \
                 done with every right",
                admin.role_name()
            ),
            certain: true,
            breaks: Some(Promise::AdministratorsReadByDefault),
            fix: None,
        });
    }
}
