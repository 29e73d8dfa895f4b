//! Calls that a person makes, apart from those that an AWS service makes with the person's
//! credentials. Each such forwarded call begins with a call of the person.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html>

use keyward_iam::Context;

use super::ActionSet;
use super::sweep::Rules;

/// Sets the condition keys that are known of a person's own calls.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-viaawsservice>
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-calledvia>
pub(crate) fn set_direct(context: &mut Context) {
    context
        .set("aws:ViaAWSService", "false")
        .remove("aws:CalledVia")
        .remove("aws:CalledViaFirst")
        .remove("aws:CalledViaLast");
}

impl Rules<'_> {
    /// A context in which it is known that no service forwards a call, if the person's own calls to
    /// every service that forwards one are denied. Otherwise the context as it is: what no policy
    /// here allows, the policy of a resource may allow.
    ///
    /// In either, calls are made over TLS where a caller prefers that.
    pub(crate) fn settled(&self, context: Context) -> Context {
        let context = self.over_tls(context);
        if !self.tells_forwarded() {
            return context;
        }
        let mut direct = context.clone();
        set_direct(&mut direct);
        match forwards_nothing(&self.with_everything(&direct)) {
            true => direct,
            false => context,
        }
    }
}

/// IAM and STS answer their calls themselves.
fn forwards_nothing(allowed: &ActionSet) -> bool {
    let mut names = allowed.names();
    names.all(|name| {
        let service = name.split(':').next().unwrap_or_default();
        ["iam", "sts"]
            .iter()
            .any(|own| service.eq_ignore_ascii_case(own))
    })
}

#[cfg(test)]
mod tests;
