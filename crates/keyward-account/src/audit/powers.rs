//! What an identity can do without MFA, decided by the evaluator of `keyward_iam`. A fact that
//! depends on the request stays unknown, so that an answer reports too much rather than too
//! little.

use keyward_iam::catalogue::Catalogue;
use keyward_iam::model::{Account, Gathered, User};
use keyward_iam::{
    Context, GrantedPolicy, Mfa, Permissions, Policy, Ruleset, Scope, StatementRef, Targets,
};

/// What a thief of an access key can sign with.
pub(super) const WITHOUT_MFA: [Mfa; 2] = [Mfa::LongTermKey, Mfa::SessionWithout];

/// What a user needs in order to enrol a device and to sign in for the first time, and what AWS
/// answers without permission.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_my-sec-creds-self-manage.html>
const ENROLMENT: [&str; 11] = [
    "iam:ChangePassword",
    "iam:CreateVirtualMFADevice",
    "iam:EnableMFADevice",
    "iam:GetAccountPasswordPolicy",
    "iam:GetMFADevice",
    "iam:GetUser",
    "iam:ListMFADevices",
    "iam:ListVirtualMFADevices",
    "iam:ResyncMFADevice",
    "sts:GetCallerIdentity",
    "sts:GetSessionToken",
];

/// What conditions see in every request of a user.
pub(super) fn context(account: &Account, user: &User, mfa: Mfa) -> Context {
    let mut context = Context::partial();
    context
        .set("aws:PrincipalArn", account.user_arn(user))
        .set("aws:PrincipalAccount", account.id.as_str())
        .set("aws:PrincipalType", "User")
        .set("aws:PrincipalIsAWSService", "false")
        .set("aws:username", user.name.as_str());
    if let Some(id) = &user.id {
        context.set("aws:userid", id);
    }
    for (key, value) in &user.tags {
        context.set(&format!("aws:PrincipalTag/{key}"), value);
    }
    context.remove_prefix("aws:PrincipalTag/");
    mfa.set_keys(&mut context);
    context
}

/// What a user can do with a key alone, beyond enrolling a device.
#[derive(Debug, Default)]
pub(super) struct Excess {
    /// The actions, as policies write them.
    pub(super) actions: Vec<String>,
    /// The statement that allows the first of them.
    pub(super) statement: Option<StatementRef>,
}

/// What a user can do without MFA beyond enrolling a device.
pub(super) fn excess(account: &Account, user: &User, targets: &Targets<'static>) -> Excess {
    let gathered = Gathered::of_user(account, user);
    let permissions = gathered.permissions();
    let rules = Ruleset::new(&permissions);
    let mut excess = Excess::default();
    for mfa in WITHOUT_MFA {
        let context = context(account, user, mfa);
        let bound = rules.bind(&context);
        for (entry, answer) in bound.sweep(targets) {
            if !answer.is_allowed() {
                continue;
            }
            let name = format!("{}:{}", entry.service(), entry.name());
            if ENROLMENT.contains(&name.as_str()) {
                continue;
            }
            if excess.actions.is_empty() {
                excess.statement = answer.allowed_by();
            }
            excess.actions.push(name);
        }
    }
    excess.actions.sort_unstable();
    excess.actions.dedup();
    excess
}

/// Whether a policy that allows everything would take effect without MFA if the user had it:
/// nothing denies requests without MFA.
pub(super) fn would_act_without_mfa(account: &Account, user: &User) -> bool {
    let gathered = Gathered::of_user(account, user);
    let own = gathered.permissions();
    let mut identity = own.identity.to_vec();
    identity.push(everything());
    let permissions = Permissions {
        identity: &identity,
        ..own
    };
    let rules = Ruleset::new(&permissions);
    let targets = targets(account);
    WITHOUT_MFA.into_iter().any(|mfa| {
        let context = context(account, user, mfa);
        let bound = rules.bind(&context);
        PROBES
            .iter()
            .filter_map(|name| Catalogue::built_in().find(name))
            .any(|entry| bound.allows_some(entry, &targets).is_allowed())
    })
}

/// Actions that no policy needs to allow without MFA.
const PROBES: [&str; 4] = [
    "s3:GetObject",
    "ec2:RunInstances",
    "iam:AttachUserPolicy",
    "sts:AssumeRole",
];

/// A policy that allows everything.
pub(super) fn everything() -> GrantedPolicy<'static> {
    let policy: Policy =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#
            .parse()
            .expect("the document is a policy");
    GrantedPolicy::named("everything", policy)
}

/// The resources of an account.
pub(super) fn targets(account: &Account) -> Targets<'static> {
    Targets::new(
        Catalogue::built_in(),
        &account.partition,
        Scope::Account(&account.id),
    )
}
