//! The facts about one person beside its rights: groups, devices, and every secret that lives
//! longer than a session.

use keyward_core::id::UserName;

use crate::audit::input::{CredentialRow, Input};
use crate::audit::{Audit, Subject};
use crate::html::Facts;
use crate::prove::credentials::{LONGER_LIVED, OF_SERVICES};
use crate::prove::{Proof, Scenario, UserKey};

/// The facts, in the order of the page.
pub(super) fn facts(audit: &Audit, input: &Input, proof: &Proof, key: &UserKey) -> Facts {
    let mut facts = Facts::new();
    let Some(user) = input.account.users.get(&key.name) else {
        return facts;
    };
    let groups: Vec<&str> = user.groups.iter().map(|group| group.as_str()).collect();
    facts.push(("Groups", or_none(&groups)));
    if let Ok(devices) = input.devices.get() {
        let arn = input.account.user_arn(user);
        let own = devices.iter();
        let own = own.filter(|device| device.owner.as_deref() == Some(arn.as_str()));
        let serials: Vec<&str> = own.map(|device| device.serial.as_str()).collect();
        facts.push(("Virtual MFA devices", or_none(&serials)));
    }
    if let Ok(report) = input.credentials.get() {
        let rows = report.users();
        let own = rows.into_iter().find(|(name, _)| **name == key.name);
        if let Some((_, row)) = own {
            facts.push((
                "Secrets that outlive a session",
                secrets(row, input, &key.name),
            ));
        }
    }
    if let Some(can_make) = longer_lived(proof, key) {
        facts.push(("Can make more of them", can_make));
    }
    let about = audit.findings.iter();
    let about = about.filter(|found| found.subject == Subject::User(key.name.clone()));
    let mut ids: Vec<&str> = about.map(|found| found.id).collect();
    ids.dedup();
    facts.push(("Findings", or_none(&ids)));
    facts
}

fn or_none(names: &[&str]) -> String {
    match names {
        [] => "none".to_owned(),
        names => names.join(", "),
    }
}

fn secrets(row: &CredentialRow, input: &Input, user: &UserName) -> String {
    let keys = row.keys.iter().map(|(number, key)| {
        let age = key
            .created
            .map(|at| at.elapsed(input.now).as_secs() / 86_400);
        match age {
            Some(days) => format!("access key {number} ({days} days old)"),
            None => format!("access key {number}"),
        }
    });
    let password = row.password.map(|_| "console password".to_owned());
    let certificates = (row.signing_certificates > 0)
        .then(|| format!("{} signing certificate(s)", row.signing_certificates));
    let services = input.service_credentials.get().into_iter().flatten();
    let services = services.filter(|one| one.user == *user);
    let services = services.map(|one| format!("credential of {}", one.service));
    let ssh = input.ssh_keys.get().into_iter().flatten();
    let ssh = match ssh.filter(|key| key.user == *user).count() {
        0 => None,
        count => Some(format!("{count} SSH key(s)")),
    };
    let all = keys.chain(password).chain(certificates);
    let all: Vec<String> = all.chain(services).chain(ssh).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    or_none(&all)
}

/// The actions that make a longer-lived credential, and the rights to call them.
fn longer_lived(proof: &Proof, key: &UserKey) -> Option<String> {
    let user = proof.users.get(key)?;
    let made = LONGER_LIVED
        .iter()
        .chain(&OF_SERVICES)
        .filter_map(|(action, _)| {
            let mut scenarios = Scenario::ALL.into_iter();
            let first = scenarios.find(|s| user.powers(*s).actions.contains(action))?;
            Some(format!("{action} with {}", first.words()))
        });
    let made: Vec<String> = made.collect();
    (!made.is_empty()).then(|| made.join(", "))
}
