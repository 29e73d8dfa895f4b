//! Calls over TLS, which every caller can make. Most policies that look at TLS deny calls without it.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-securetransport>

use keyward_iam::{Context, Effect, Permissions, Selection, Statement, Truth};

use super::looks::{limits, looks_at, own};

/// The key, in small letters.
const TLS: &str = "aws:securetransport";

/// Whether a call over TLS is allowed whenever the same call without it is.
pub(super) fn prefers_tls(permissions: &Permissions<'_>) -> bool {
    let mut statements = own(permissions).chain(limits(permissions));
    statements.all(|statement| !looks_at(statement, TLS) || suits_tls(statement))
}

/// A condition on TLS must be certain: a tag, or a value that keyward cannot read, may ask for
/// calls without it.
fn suits_tls(statement: &Statement) -> bool {
    let mut conditions = statement.conditions().iter();
    let suits = conditions.all(|condition| {
        if !condition.key().eq_ignore_ascii_case(TLS) {
            return true;
        }
        let [with, without] = ["true", "false"].map(|secure| {
            let mut context = Context::partial();
            context.set(TLS, secure);
            condition.holds(&context)
        });
        let in_order = match statement.effect() {
            Effect::Allow => with >= without,
            Effect::Deny => with <= without,
        };
        in_order && with != Truth::Unknown && without != Truth::Unknown
    });
    suits && !has_variable(statement)
}

/// Whether a variable of the statement refers to TLS.
fn has_variable(statement: &Statement) -> bool {
    let resources = statement.resources().map_or(&[][..], Selection::listed);
    let resources = resources.iter().map(|pattern| pattern.as_str());
    let conditions = statement.conditions().iter();
    let values = conditions.flat_map(|condition| condition.values());
    let mut texts = resources.chain(values.map(|value| value.as_str()));
    let variable = format!("${{{TLS}");
    texts.any(|text| text.to_ascii_lowercase().contains(&variable))
}

/// Sets that the call is made over TLS.
pub(super) fn set_tls(context: &mut Context) {
    context.set(TLS, "true");
}
