//! Every policy document of an account as a file of its own, for tools that check policies:
//! `policies/NAME.json`, `users/NAME/POLICY.json`, `groups/…`, `roles/…` and `trust/ROLE.json`.

use keyward_iam::model::{Account, Document, Grants};
use serde_json::Value;

use super::ExportedFile;
use super::label::file_name;

/// The documents that the account holds itself. Policies that AWS manages are left out.
#[must_use]
pub fn policies(account: &Account) -> Vec<ExportedFile> {
    let mut files = Vec::new();
    let own = account.policies.values();
    for policy in own.filter(|policy| !policy.arn.is_aws_managed()) {
        files.push(file("policies", policy.name.as_str(), &policy.document));
    }
    for user in account.users.values() {
        inline(&mut files, "users", user.name.as_str(), &user.grants);
    }
    for group in account.groups.values() {
        inline(&mut files, "groups", group.name.as_str(), &group.grants);
    }
    for role in account.roles.values() {
        inline(&mut files, "roles", role.name.as_str(), &role.grants);
        files.push(file("trust", role.name.as_str(), &role.trust));
    }
    files
}

fn inline(files: &mut Vec<ExportedFile>, kind: &str, holder: &str, grants: &Grants) {
    let folder = format!("{kind}/{}", file_name(holder));
    for (name, document) in &grants.inline {
        files.push(file(&folder, name.as_str(), document));
    }
}

fn file(folder: &str, name: &str, document: &Document) -> ExportedFile {
    ExportedFile {
        path: format!("{folder}/{}.json", file_name(name)),
        text: format!("{}\n", pretty(document)),
    }
}

/// The document with one value a line; one that is not JSON stays as it is.
fn pretty(document: &Document) -> String {
    let text = document.to_json();
    match serde_json::from_str::<Value>(&text) {
        Ok(value) => format!("{value:#}"),
        Err(_) => text,
    }
}
