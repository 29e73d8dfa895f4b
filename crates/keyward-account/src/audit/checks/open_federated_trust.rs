//! Roles that every identity of a provider can assume: the trust policy asks for no claim. GitHub
//! has a check of its own.

use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead};
use crate::desired::GITHUB_ISSUER;
use crate::outsiders::{Outsider, entries};
use crate::prove::DOUBT;

pub(in crate::audit) const CHECK: Check = Check {
    id: "open-federated-trust",
    title: "Every role for federated identities asks for a claim of the provider",
    reason: "Severity is high where everyone can get a token of the provider, and medium where the provider itself decides who gets one. Guests of a Cognito identity pool need no credentials.",
    severity: Severity::High,
    fix: "add a condition on a claim that names who may come in, such as `SAML:sub`; for Cognito, ask for `cognito-identity.amazonaws.com:aud` and that `cognito-identity.amazonaws.com:amr` is `authenticated`",
    benchmark: Benchmark::NONE,
    look,
};

fn look(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    let account = &input.account;
    for (role, trust) in input.trusts() {
        for entry in entries(trust, &[&account.id]) {
            let severity = match &entry.who {
                Outsider::AnyoneWithToken(issuer) if issuer == GITHUB_ISSUER => continue,
                Outsider::AnyoneWithToken(_) if entry.by_provider => Severity::Medium,
                Outsider::AnyoneWithToken(_) => Severity::High,
                Outsider::Provider(_) => Severity::Medium,
                Outsider::Anyone | Outsider::Account(_) | Outsider::Principal(_) => continue,
            };
            let subject = Subject::Role(role.name.clone());
            let doubt = match entry.certain {
                true => "",
                false => DOUBT,
            };
            let message = format!("can be assumed by {}{doubt}", entry.who);
            found.add_as(severity, subject, Some(entry.by), message);
        }
    }
    Ok(())
}
