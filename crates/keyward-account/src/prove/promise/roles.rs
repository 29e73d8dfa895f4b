//! No role is assumed without MFA.

use crate::prove::ProofData;
use crate::prove::finding::{DOUBT, Finding, Promise, Severity, SubjectKind};
use crate::prove::judged::Judged;
use crate::prove::scenario::Scenario;
use crate::prove::sweep::surest;

use super::without_mfa::words;

pub(super) fn check(data: &ProofData<'_>, judged: &Judged<'_>, found: &mut Vec<Finding>) {
    let proof = &judged.proof;
    for position in data.roles.positions {
        let open: Vec<Scenario> = Scenario::WITHOUT_MFA
            .into_iter()
            .filter(|scenario| proof.powers(*scenario).roles.contains_key(&position.arn))
            .collect();
        let paths = open
            .iter()
            .map(|scenario| &proof.powers(*scenario).roles[&position.arn]);
        let Some(path) = surest(paths, |path| path.certain) else {
            continue;
        };
        let role = &position.role.name;
        let way = match path.roles.len() {
            1 => String::new(),
            _ => {
                let through = path.roles[..path.roles.len() - 1].iter();
                let through: Vec<String> = through
                    .map(|arn| format!("`{}`", arn.role_name()))
                    .collect();
                format!(" through {}", through.join(" and "))
            }
        };
        let doubt = match path.certain {
            true => "",
            false => DOUBT,
        };
        found.push(Finding {
            id: format!("role-without-mfa/{}", data.role_subject(&position.arn)),
            severity: Severity::High,
            kind: SubjectKind::User,
            subject: judged.person.key.to_string(),
            statement: Some(path.trust.clone()),
            message: format!(
                "can assume the role `{role}`{way} with {}{doubt}",
                words(&open)
            ),
            certain: path.certain,
            breaks: Some(Promise::NoRoleWithoutMfa),
            fix: None,
        });
    }
}
