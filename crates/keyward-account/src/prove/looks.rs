//! The keys of a request that a statement looks at: in its conditions, or by variables in the
//! values of conditions and in resources.

use keyward_iam::{Permissions, Selection, Statement};

/// Whether a statement looks at a key with this beginning, which is in small letters.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
pub(super) fn looks_at(statement: &Statement, key: &str) -> bool {
    let variable = format!("${{{key}");
    let has_variable =
        |text: &str| text.contains("${") && text.to_ascii_lowercase().contains(&variable);
    let resources = statement.resources().map_or(&[][..], Selection::listed);
    let mut conditions = statement.conditions().iter();
    conditions.any(|condition| {
        let mut values = condition.values().iter();
        condition.key().to_ascii_lowercase().starts_with(key)
            || values.any(|value| has_variable(value.as_str()))
    }) || resources
        .iter()
        .any(|pattern| has_variable(pattern.as_str()))
}

/// The statements of an identity's own policies.
pub(super) fn own<'a>(
    permissions: &Permissions<'a>,
) -> impl Iterator<Item = &'a Statement> + use<'a> {
    let identity = permissions.identity.iter();
    identity.flat_map(|granted| granted.policy.statements())
}

/// The statements of what limits an identity: its boundary and service control policies.
pub(super) fn limits<'a>(
    permissions: &Permissions<'a>,
) -> impl Iterator<Item = &'a Statement> + use<'a> {
    let levels = permissions.service_control.into_iter().flatten();
    let above = levels.flat_map(|level| &level.policies);
    let above = above.map(|control| &control.policy);
    let policies = permissions.boundary.into_iter().chain(above);
    policies.flat_map(|policy| policy.statements())
}
