//! The session that a long-term key makes with `sts:GetFederationToken`. It has the policies of its user, and
//! other facts: no user name, another ARN, tags of the caller's choice. What a policy denies by these facts, the
//! session may do.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getfederationtoken.html>
//! Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html>

use keyward_iam::{Context, Mfa, Resource};

use super::ActionSet;
use super::people::Person;
use super::scenario::{earliest, set_session_time};
use super::sweep::{Rules, Sweep, Swept};

/// The call that makes the session.
pub(super) const FEDERATE: &str = "sts:GetFederationToken";

/// What such a session of a user may do; `None` where the key must not make one. `key` and `context` are those
/// of the key alone. The session may call neither IAM nor STS, but for `sts:GetCallerIdentity`.
pub(super) fn powers(
    person: &Person<'_>,
    rules: &Rules<'_>,
    context: &Context,
    key: &Sweep<'_>,
) -> Option<Swept> {
    let made = key.answer(FEDERATE, &Resource::Unspecified)?;
    if !made.is_allowed() {
        return None;
    }
    // AWS does not say which of them the session has.
    let [absent, without] = [Mfa::LongTermKey, Mfa::SessionWithout].map(|mfa| {
        let context = of_session(person, context.clone(), mfa);
        let swept = rules.bind(&context).over_all();
        Swept {
            allowed: elsewhere(&swept.allowed),
            undecided: elsewhere(&swept.undecided),
        }
    });
    let swept = absent.or(&without);
    Some(match made.is_undecided() {
        true => Swept {
            undecided: swept.allowed.clone(),
            ..swept
        },
        false => swept,
    })
}

/// The facts of the session. Its name and tags are the caller's choice.
fn of_session(person: &Person<'_>, mut context: Context, mfa: Mfa) -> Context {
    context
        .set("aws:PrincipalType", "FederatedUser")
        .remove("aws:username")
        .forget("aws:PrincipalArn")
        .forget("aws:userid")
        .forget("aws:FederatedProvider")
        .forget_prefix("aws:PrincipalTag/");
    set_session_time(&mut context, earliest(Some(person.account)));
    mfa.set_keys(&mut context);
    context
}

/// The actions of services other than IAM and STS.
fn elsewhere(actions: &ActionSet) -> ActionSet {
    let is_own = |name: &str| {
        let service = name.split(':').next().unwrap_or_default();
        service.eq_ignore_ascii_case("iam") || service.eq_ignore_ascii_case("sts")
    };
    actions.names().filter(|name| !is_own(name)).collect()
}

#[cfg(test)]
mod tests;
