//! Credentials of single services: names with passwords, and bearer keys.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_service-specific-creds.html>

use std::collections::BTreeMap;

use keyward_core::id::UserName;

use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead, ServiceCredential};

pub(in crate::audit) const CHECK: Check = Check {
    id: "service-credential",
    title: "No user has a long-term credential of a single service",
    reason: "A service-specific credential needs no code when it is used, and is missed where access keys are counted.",
    severity: Severity::Medium,
    fix: "deactivate it, then delete it: aws iam delete-service-specific-credential",
    benchmark: Benchmark::NONE,
    look,
};

fn look(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    let mut users: BTreeMap<&UserName, Vec<&ServiceCredential>> = BTreeMap::new();
    for credential in input.service_credentials.get()? {
        users.entry(&credential.user).or_default().push(credential);
    }
    for (user, credentials) in users {
        let endless = credentials.iter().any(|one| one.expires.is_none());
        let severity = match endless {
            true => found.severity(),
            false => Severity::Low,
        };
        let services: Vec<String> = credentials.into_iter().map(in_words).collect();
        let message = format!(
            "has credentials of single services: {}",
            services.join(", ")
        );
        found.add_as(severity, Subject::User(user.clone()), None, message);
    }
    Ok(())
}

fn in_words(credential: &ServiceCredential) -> String {
    match credential.expires {
        Some(end) => format!("`{}` (until {end})", credential.service),
        None => format!("`{}` (never expires)", credential.service),
    }
}
