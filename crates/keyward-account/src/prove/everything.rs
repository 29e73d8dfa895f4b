//! The policy that allows everything: what could be added to an identity by hand.

use std::sync::OnceLock;

use keyward_iam::{GrantedPolicy, Permissions, Policy, PolicySource};

/// A policy that allows every action on every resource.
pub(crate) fn everything() -> GrantedPolicy<'static> {
    static EVERYTHING: OnceLock<Policy> = OnceLock::new();
    let everything = EVERYTHING.get_or_init(|| {
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#
            .parse()
            .expect("the document is a policy")
    });
    GrantedPolicy::new(PolicySource::Named("every right".to_owned()), everything)
}

/// The policies of an identity, with one more that allows everything. An administrator could add
/// such a policy by hand.
pub(super) fn and_everything<'p>(permissions: &Permissions<'p>) -> Vec<GrantedPolicy<'p>> {
    let mut identity = permissions.identity.to_vec();
    identity.push(everything());
    identity
}
