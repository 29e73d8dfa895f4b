//! AWS's own managed policies, as far as their documents are compiled into the program. Refuses
//! to invent one: an account that attaches another of AWS's policies is refused.
//!
//! Source: <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html>

use std::collections::BTreeMap;
use std::sync::OnceLock;

use keyward_core::Timestamp;
use keyward_core::id::{AccountId, PolicyArn, PolicyName};
use keyward_iam::PolicyKind;
use keyward_iam::catalogue::managed;

use super::{Document, ManagedPolicy, PolicyVersion};

/// The start of every ARN of AWS's own.
pub(crate) const PREFIX: &str = "arn:aws:iam::aws:policy/";

/// All that are known, by ARN.
pub(crate) fn all() -> &'static BTreeMap<String, ManagedPolicy> {
    static ALL: OnceLock<BTreeMap<String, ManagedPolicy>> = OnceLock::new();
    ALL.get_or_init(|| {
        managed::documented()
            .filter_map(|arn| Some((arn.to_string(), known(&arn)?)))
            .collect()
    })
}

fn known(arn: &PolicyArn) -> Option<ManagedPolicy> {
    let compiled_in = managed::document(arn)?;
    let document = Document::parse(PolicyKind::Identity, compiled_in.text)
        .expect("the compiled-in documents are valid");
    // Their ids are the same in every account.
    let nowhere: AccountId = "000000000000"
        .parse()
        .expect("twelve digits are an account");
    let created: Timestamp = format!("{}T00:00:00Z", compiled_in.date)
        .parse()
        .expect("the compiled-in documents have a date");
    let name: PolicyName = arn.policy_name().parse().expect("AWS's names are names");
    let path = arn.as_str().strip_prefix(PREFIX)?;
    let path = format!("/{}", path.strip_suffix(name.as_str())?);
    let number: u32 = compiled_in
        .version
        .as_str()
        .strip_prefix('v')?
        .parse()
        .ok()?;
    let version = PolicyVersion {
        document: document.clone(),
        created,
    };
    let mut policy = ManagedPolicy::new(&nowhere, &path, &name, document, created)
        .with_versions(BTreeMap::from([(number, version)]), number)?;
    policy.arn = arn.to_string();
    Some(policy)
}
