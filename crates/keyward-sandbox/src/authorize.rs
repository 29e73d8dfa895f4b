//! The permissions of a caller: gathers its policies and the facts of the request, asks the evaluator, and
//! words the refusal as AWS does.

use keyward_iam::model::{Boundary, Gathered as Policies, PolicyText};
use keyward_iam::{
    Context, Decision, ImplicitDeny, Mfa as MfaKeys, Permissions, Policy, PolicySource, Request,
    Resource,
};

use crate::call::{Call, Caller, Credential};
use crate::failure::Failure;
use crate::state::{Account, Accounts, Grants, Mfa, Principal, User};

/// A caller's policies, gathered.
#[derive(Debug, Default)]
pub(crate) struct Gathered<'a> {
    own: Policies<'a>,
    session: &'a [Policy],
}

impl<'a> Gathered<'a> {
    pub(crate) fn of(caller: &'a Caller, accounts: &'a Accounts) -> Self {
        let Some(account) = accounts.account(&caller.account) else {
            return Self::default();
        };
        let user = |name| Self {
            own: of_user(account, account.users.get(name)),
            session: &[],
        };
        match &caller.credential {
            // Policies do not bind the root user; no question about it is put to them.
            Credential::Root => Self::default(),
            Credential::LongTerm { user: name } => user(name),
            Credential::Temporary(session) => match &session.principal {
                Principal::Root { .. } => Self::default(),
                Principal::User { name, .. } => user(name),
                Principal::Role(role) => {
                    let Some(entity) = accounts.role(&role.role) else {
                        return Self::default();
                    };
                    let mut own = Policies::default();
                    add(&mut own, account, &entity.grants);
                    limit(&mut own, account, entity.boundary.as_deref());
                    Self {
                        own,
                        session: &role.policies,
                    }
                }
                // A federated session without policies may do nothing at all.
                Principal::Federated { policies, .. } if policies.is_empty() => Self::default(),
                Principal::Federated {
                    user: name,
                    policies,
                    ..
                } => Self {
                    session: policies,
                    ..user(name)
                },
            },
        }
    }

    pub(crate) fn permissions(&self) -> Permissions<'_> {
        Permissions {
            session: self.session,
            ..self.own.permissions()
        }
    }
}

fn of_user<'a>(account: &'a Account, user: Option<&'a User>) -> Policies<'a> {
    let mut own = Policies::default();
    let Some(user) = user else { return own };
    add(&mut own, account, &user.grants);
    for group in user
        .groups
        .iter()
        .filter_map(|name| account.groups.get(name))
    {
        add(&mut own, account, &group.grants);
    }
    limit(&mut own, account, user.boundary.as_deref());
    own
}

fn add<'a>(own: &mut Policies<'a>, account: &'a Account, grants: &'a Grants) {
    for inline in &grants.inline {
        let source = PolicySource::Named(inline.name.clone());
        own.grant(source, PolicyText::Read(inline.document.policy()));
    }
    for arn in &grants.attached {
        let text = account
            .managed(arn)
            .map_or(PolicyText::Absent, PolicyText::Read);
        own.grant(PolicySource::Named(arn.clone()), text);
    }
}

fn limit<'a>(own: &mut Policies<'a>, account: &'a Account, arn: Option<&str>) {
    if let Some(arn) = arn {
        own.bound(match account.managed(arn) {
            Some(policy) => Boundary::Text(PolicyText::Read(policy)),
            None => Boundary::Gone,
        });
    }
}

/// The global condition keys of a call.
///
/// `aws:SecureTransport` is true although loopback is plain HTTP: the practice account replaces
/// AWS, which accepts TLS only, and policies that demand TLS must not fail here.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
pub(crate) fn context(call: &Call, accounts: &Accounts) -> Context {
    let caller = &call.caller;
    let mut context = Context::new();
    context
        .set("aws:PrincipalAccount", caller.account.to_string())
        .set("aws:userid", caller.user_id(accounts))
        .set("aws:SecureTransport", "true")
        .set("aws:SourceIp", "127.0.0.1")
        .set("aws:ViaAWSService", "false")
        .set("aws:PrincipalIsAWSService", "false")
        .set("aws:RequestedRegion", call.region.as_str())
        .set("aws:UserAgent", call.user_agent.as_str())
        .set("aws:CurrentTime", call.now.to_string())
        .set("aws:EpochTime", call.now.as_second().to_string());
    principal_keys(&mut context, call, accounts);
    if let Some(session) = caller.session() {
        context.set("aws:TokenIssueTime", session.issued.to_string());
        set_mfa(&mut context, call, caller.mfa());
    }
    context
}

fn principal_keys(context: &mut Context, call: &Call, accounts: &Accounts) {
    let caller = &call.caller;
    let arn = caller.arn(accounts);
    let account = accounts.account(&caller.account);
    if let Some(user) = caller.user() {
        context
            .set("aws:username", user.as_str())
            .set("aws:PrincipalType", "User");
        let tags = account
            .and_then(|a| a.users.get(user))
            .map(|user| &user.tags);
        set_tags(context, "aws:PrincipalTag", tags.into_iter().flatten());
    }
    if caller.is_root() {
        context.set("aws:PrincipalType", "Account");
    }
    match caller.session().map(|session| &session.principal) {
        Some(Principal::Role(role)) => {
            // Conditions see the role, not the session.
            context.set("aws:PrincipalArn", role.role.as_str());
            context.set("aws:PrincipalType", "AssumedRole");
            let tags = accounts.role(&role.role).map(|entity| &entity.tags);
            set_tags(context, "aws:PrincipalTag", tags.into_iter().flatten());
            set_tags(context, "aws:PrincipalTag", &role.tags.values);
            if let Some(source) = &role.source_identity {
                context.set("aws:SourceIdentity", source.as_str());
            }
        }
        Some(Principal::Federated { .. }) => {
            context
                .set("aws:PrincipalArn", arn)
                .set("aws:PrincipalType", "FederatedUser");
        }
        Some(Principal::User { .. } | Principal::Root { .. }) | None => {
            context.set("aws:PrincipalArn", arn);
        }
    }
}

pub(crate) fn set_tags<'a>(
    context: &mut Context,
    prefix: &'static str,
    tags: impl IntoIterator<Item = (&'a String, &'a String)>,
) {
    for (key, value) in tags {
        context.set(&format!("{prefix}/{key}"), value.as_str());
    }
}

/// Long-lived keys leave the MFA keys out altogether; sessions say true or false.
pub(crate) fn set_mfa(context: &mut Context, call: &Call, mfa: Mfa) {
    let keys = match mfa {
        Mfa::At(time) => MfaKeys::Session {
            age: time.elapsed(call.now),
        },
        Mfa::Absent => MfaKeys::SessionWithout,
    };
    keys.set_keys(context);
}

/// The permission that a call needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// `iam:GetUser`.
    pub(crate) action: &'a str,
    /// The resource that policies are matched against.
    pub(crate) resource: &'a str,
    /// The resource that the refusal names. AWS names a pseudo ARN where the action has no
    /// resource.
    pub(crate) shown: &'a str,
}

/// Lets the call through or refuses it in AWS's words. The root user is always let through.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>
pub(crate) fn authorize(
    call: &Call,
    accounts: &Accounts,
    wanted: Wanted<'_>,
    context: &Context,
) -> Result<(), Failure> {
    if call.caller.is_root() {
        return Ok(());
    }
    let gathered = Gathered::of(&call.caller, accounts);
    let action = wanted
        .action
        .parse()
        .expect("calls are known by their actions");
    // The serial of a hardware device is not an ARN; only `*` matches it.
    let resource = wanted.resource.parse().unwrap_or(Resource::Unspecified);
    let request = Request {
        action: &action,
        resource: &resource,
        context,
    };
    match keyward_iam::evaluate(&gathered.permissions(), &request) {
        Decision::Allowed { .. } | Decision::NeedsNoPermission => Ok(()),
        refused => Err(refusal(&call.caller.arn(accounts), wanted, &refused)),
    }
}

/// The text for a decision that is not an allow.
pub(crate) fn refusal(arn: &str, wanted: Wanted<'_>, decision: &Decision) -> Failure {
    let Wanted { action, shown, .. } = wanted;
    let reason = match decision {
        Decision::ExplicitlyDenied { by } => {
            let kind = match by.policy {
                PolicySource::Boundary => "a permissions boundary",
                PolicySource::Session => "a session policy",
                PolicySource::ServiceControl { .. } => "a service control policy",
                PolicySource::Trust => "a resource-based policy",
                PolicySource::Named(_)
                | PolicySource::Inline { .. }
                | PolicySource::Attached { .. } => "an identity-based policy",
            };
            format!(" with an explicit deny in {kind}")
        }
        Decision::ImplicitlyDenied { because } => match because {
            ImplicitDeny::IdentityAllow => {
                format!(" because no identity-based policy allows the {action} action")
            }
            ImplicitDeny::Boundary => {
                format!(" because no permissions boundary allows the {action} action")
            }
            ImplicitDeny::SessionPolicy => {
                format!(" because no session policy allows the {action} action")
            }
            // AWS reveals nothing of a trust policy to outsiders.
            _ => String::new(),
        },
        Decision::Allowed { .. } | Decision::NeedsNoPermission => String::new(),
    };
    Failure::denied(format!(
        "User: {arn} is not authorized to perform: {action} on resource: {shown}{reason}"
    ))
}
