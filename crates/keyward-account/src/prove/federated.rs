//! The session that a long-term key makes with `sts:GetFederationToken`. It has the policies of its
//! user, and other facts: no user name, another ARN, tags of the caller's choice. What a policy
//! denies by these facts, the session may do.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getfederationtoken.html>
//! Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html>

use keyward_iam::model::Account;
use keyward_iam::{Context, Mfa};

use super::ActionSet;
use super::own;
use super::people::Person;
use super::scenario::{earliest, set_session_time};
use super::sweep::{Granted, Rules, Sweep, Swept};

/// The call that makes the session.
pub(crate) const FEDERATE: &str = "sts:GetFederationToken";

/// The end of a sentence about what only such a session can do.
pub(crate) const IN_SESSION: &str = ", in a session that `sts:GetFederationToken` makes";

/// The facts of the session that a key may make.
pub(crate) struct Facts {
    /// Without the MFA key, and with the value `false`: AWS does not say which of them the session
    /// has.
    contexts: [Context; 2],
    made: Granted,
}

/// The session, with the statements of its user bound to its facts.
pub(crate) struct Session<'b> {
    pub(super) sweeps: [Sweep<'b>; 2],
    made: Granted,
}

impl Facts {
    /// The facts of the session; `None` if the key may not make one. `context` is the context of the key
    /// alone, before it is settled: the session may call services that are denied to the key, and they
    /// forward calls. `key` is bound to the settled one.
    pub(crate) fn of(
        account: &Account,
        rules: &Rules<'_>,
        context: &Context,
        key: &Sweep<'_>,
    ) -> Option<Self> {
        let made = key.grant(FEDERATE)?;
        let contexts = [Mfa::LongTermKey, Mfa::SessionWithout]
            .map(|mfa| rules.settled(of_session(account, context.clone(), mfa)));
        Some(Self { contexts, made })
    }

    /// Binds the statements of the user.
    pub(crate) fn bind<'b>(&'b self, rules: &'b Rules<'b>) -> Session<'b> {
        Session {
            sweeps: self.contexts.each_ref().map(|context| rules.bind(context)),
            made: self.made.clone(),
        }
    }
}

impl Session<'_> {
    /// Everything that the session may do. IAM counts: AWS refuses its calls
    /// from programs, but the session may sign in to the console and call IAM there.
    pub(crate) fn powers(&self) -> Swept {
        let [absent, without] = self.sweeps.each_ref().map(|sweep| {
            let swept = sweep.over_all();
            Swept {
                allowed: beyond_sts(&swept.allowed),
                undecided: beyond_sts(&swept.undecided),
            }
        });
        self.as_sure_as_made(absent.or(&without))
    }

    /// The part of these actions that is allowed on other people's users and devices.
    pub(super) fn others(&self, person: &Person<'_>, allowed: &ActionSet) -> Swept {
        let each = self.sweeps.each_ref();
        let [absent, without] = each.map(|sweep| own::others(sweep, person, allowed));
        self.as_sure_as_made(absent.or(&without))
    }

    /// Whether the session may call an action, and the statement that allows the key to make the
    /// session.
    pub(crate) fn grant(
        &self,
        action: &str,
        find: impl Fn(&Sweep<'_>) -> Option<Granted>,
    ) -> Option<Granted> {
        if is_denied_to_all(action) {
            return None;
        }
        let granted = Granted::surest(self.sweeps.iter().filter_map(find))?;
        Some(Granted {
            by: self.made.by.clone(),
            certain: granted.certain && self.made.certain,
        })
    }

    /// Whether the policies are too complex to judge for the session.
    pub(crate) fn is_too_complex(&self) -> bool {
        self.sweeps.iter().any(Sweep::is_too_complex)
    }

    /// Whether the key may make the session, whatever the request contains.
    pub(super) fn is_sure(&self) -> bool {
        self.made.certain
    }

    fn as_sure_as_made(&self, swept: Swept) -> Swept {
        match self.made.certain {
            true => swept,
            false => Swept {
                undecided: swept.allowed.clone(),
                ..swept
            },
        }
    }
}

/// The facts of the session. Its name and tags are the caller's choice.
fn of_session(account: &Account, mut context: Context, mfa: Mfa) -> Context {
    context
        .set("aws:PrincipalType", "FederatedUser")
        .remove("aws:username")
        .forget("aws:PrincipalArn")
        .forget("aws:userid")
        .forget("aws:FederatedProvider")
        .forget_prefix("aws:PrincipalTag/");
    set_session_time(&mut context, earliest(Some(account)));
    mfa.set_keys(&mut context);
    context
}

/// The actions that AWS allows such a session to call at all.
fn beyond_sts(actions: &ActionSet) -> ActionSet {
    let names = actions.names();
    names.filter(|name| !is_denied_to_all(name)).collect()
}

/// Whether AWS allows no such session to call an action. Of STS, it may call only
/// `sts:GetCallerIdentity`.
pub(super) fn is_denied_to_all(action: &str) -> bool {
    let service = action.split(':').next().unwrap_or_default();
    service.eq_ignore_ascii_case("sts") && !action.eq_ignore_ascii_case("sts:GetCallerIdentity")
}

#[cfg(test)]
mod tests;
