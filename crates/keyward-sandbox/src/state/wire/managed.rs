//! Managed policies between the file and the account. A file may contain only the document in
//! force; then it is the only version.

use std::collections::BTreeMap;

use super::fields::{read_created, read_path, write_document};
use super::{AccountsError, JsonPath, file};
use crate::state::{Account, ManagedPolicy, PolicyVersion};

pub(super) fn read_managed(
    wire: file::Managed,
    account: &Account,
    at: &JsonPath,
) -> Result<ManagedPolicy, AccountsError> {
    let file::Managed {
        name,
        path,
        document,
        id,
        created,
        updated,
        description,
        tags,
        default_version,
        versions,
    } = wire;
    let created = read_created(created, at)?;
    let (name, path) = (at.member("name").id(&name)?, read_path(path, at)?);
    let document = at.member("document").document(&document)?;
    let mut policy = ManagedPolicy::new(&account.id, &path, &name, document, created);
    if !versions.is_empty() {
        let mut kept = BTreeMap::new();
        for (id, wire) in versions {
            let at = at.member(format!("versions.{id}"));
            let version = PolicyVersion {
                document: at.member("document").document(&wire.document)?,
                created: read_created(wire.created, &at)?,
            };
            kept.insert(read_number(&id, &at)?, version);
        }
        let at = at.member("default_version");
        let default = default_version
            .ok_or_else(|| at.value("say which of the versions is in force, such as `v1`"))?;
        let number = read_number(&default, &at)?;
        policy = policy
            .with_versions(kept, number)
            .ok_or_else(|| at.missing("version", &default))?;
    }
    policy.id = id.unwrap_or(policy.id);
    policy.updated = match updated {
        Some(_) => read_created(updated, at)?,
        None => created,
    };
    policy.description = description;
    policy.tags = tags;
    Ok(policy)
}

pub(super) fn write_managed(policy: &ManagedPolicy) -> file::Managed {
    let versions = policy.versions().map(|(number, version)| {
        let PolicyVersion { document, created } = version;
        let wire = file::Version {
            document: write_document(document),
            created: Some(created.to_string()),
        };
        (format!("v{number}"), wire)
    });
    file::Managed {
        name: policy.name.clone(),
        path: policy.path.clone(),
        document: write_document(&policy.default_version().document),
        id: Some(policy.id.clone()),
        created: Some(policy.created.to_string()),
        updated: Some(policy.updated.to_string()),
        description: policy.description.clone(),
        tags: policy.tags.clone(),
        default_version: Some(format!("v{}", policy.default_number())),
        versions: versions.collect(),
    }
}

fn read_number(id: &str, at: &JsonPath) -> Result<u32, AccountsError> {
    id.strip_prefix('v')
        .and_then(|number| number.parse().ok())
        .filter(|number| *number > 0)
        .ok_or_else(|| at.value("a version is `v1`, `v2` and so on"))
}
