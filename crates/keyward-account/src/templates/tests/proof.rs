//! The rights that the policies of a template leave to a stolen key, and those that a code opens.

use std::collections::BTreeSet;
use std::time::Duration;

use keyward_core::id::{PrincipalArn, RoleArn, UserName};
use keyward_iam::catalogue::Catalogue;
use keyward_iam::model::{Account, Gathered, Role, User};
use keyward_iam::{
    Action, Arn, Caller, Context, Mfa, PolicyKind, Request, Resource, evaluate_assume_role,
    is_allowed, needs_no_permission,
};

use super::rendered;
use crate::templates::Template;

/// The actions of a user without MFA, whatever other policies grant. AWS answers the last two to
/// everyone.
const WITHOUT_MFA: [&str; 11] = [
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

const STOLEN: [Mfa; 2] = [Mfa::LongTermKey, Mfa::SessionWithout];

fn arn(text: String) -> Resource {
    Resource::Exact(text.parse::<Arn>().unwrap())
}

fn context(user: &User, mfa: Mfa) -> Context {
    let mut context = Context::new();
    context.set("aws:username", user.name.as_str());
    mfa.set_keys(&mut context);
    context
}

/// A user who was given every right by hand.
fn with_everything(mut account: Account, name: &UserName) -> Account {
    let document =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let policy = keyward_iam::Policy::parse_as(PolicyKind::Identity, document).unwrap();
    let user = account.users.get_mut(name).unwrap();
    let inline = &mut user.grants.inline;
    inline.insert("everything".parse().unwrap(), policy.into());
    account
}

/// The actions that are allowed on at least one of the resources.
fn allowed_on_any(
    account: &Account,
    user: &User,
    mfa: Mfa,
    resources: &[Resource],
) -> BTreeSet<String> {
    let gathered = Gathered::of_user(account, user);
    let permissions = gathered.permissions();
    let context = context(user, mfa);
    let allowed = |action: &Action| {
        let mut resources = resources.iter();
        needs_no_permission(action)
            || resources.any(|resource| {
                let context = &context;
                is_allowed(
                    &permissions,
                    &Request {
                        action,
                        resource,
                        context,
                    },
                )
            })
    };
    let actions = Catalogue::built_in()
        .actions()
        .map(|entry| entry.to_action());
    let actions = actions.filter(allowed);
    actions.map(|action| action.to_string()).collect()
}

#[test]
fn a_user_with_every_right_may_do_eleven_things_without_mfa() {
    for template in Template::ALL {
        let account = rendered(template).remove(0).account;
        let name = account.users.keys().next().unwrap().clone();
        let account = with_everything(account, &name);
        let user = &account.users[&name];
        let own = [
            Resource::Unspecified,
            arn(account.user_arn(user)),
            arn(format!("arn:aws:iam::{}:mfa/{name}", account.id)),
        ];
        for mfa in STOLEN {
            let allowed = allowed_on_any(&account, user, mfa, &own);
            let expected = WITHOUT_MFA.map(str::to_owned).into_iter().collect();
            assert_eq!(allowed, expected, "{template}: {mfa:?}");
        }
    }
}

#[test]
fn a_user_with_every_right_reaches_no_other_user_without_mfa() {
    let account = rendered(Template::Team).remove(0).account;
    let name = account.users.keys().next().unwrap().clone();
    let account = with_everything(account, &name);
    let others = [
        arn(format!("arn:aws:iam::{}:user/mallory", account.id)),
        arn(format!("arn:aws:iam::{}:user/team/mallory", account.id)),
        arn(format!("arn:aws:iam::{}:mfa/mallory", account.id)),
        arn(format!("arn:aws:iam::{}:mfa/{name}x", account.id)),
    ];
    for mfa in STOLEN {
        let allowed = allowed_on_any(&account, &account.users[&name], mfa, &others);
        // These have no resource of a user, so a request for them never names one.
        let without_resource = [
            "iam:GetAccountPasswordPolicy",
            "iam:ListVirtualMFADevices",
            "sts:GetCallerIdentity",
            "sts:GetSessionToken",
        ];
        let expected = without_resource.map(str::to_owned).into_iter().collect();
        assert_eq!(allowed, expected, "{mfa:?}");
    }
}

/// The roles that the groups of a user list, with the age that each allows.
fn may_assume(
    account: &Account,
    role_account: &Account,
    user: &User,
    role: &Role,
    mfa: Mfa,
) -> bool {
    let gathered = Gathered::of_user(account, user);
    let arn: PrincipalArn = account.user_arn(user).parse().unwrap();
    let caller = Caller {
        arn: &arn,
        role: None,
        account: &account.id,
    };
    let role_arn: RoleArn = role_account.role_arn(role);
    let trust = role.trust.policy().unwrap();
    let context = context(user, mfa);
    evaluate_assume_role(trust, &role_arn, &caller, &gathered.permissions(), &context).is_allowed()
}

#[test]
fn every_role_is_assumed_with_a_fresh_code_and_by_nobody_without() {
    let session = |seconds| Mfa::Session {
        age: Duration::from_secs(seconds),
    };
    for template in Template::ALL {
        let desired = rendered(template);
        let people = &desired[0].account;
        assert!(
            !people.users.is_empty(),
            "{template}: the first account holds the users"
        );
        let mut reached = BTreeSet::new();
        for holder in desired.iter().map(|desired| &desired.account) {
            for (name, role) in &holder.roles {
                for user in people.users.values() {
                    let may = |mfa| may_assume(people, holder, user, role, mfa);
                    assert!(!may(Mfa::LongTermKey), "{template}: {name}");
                    assert!(!may(Mfa::SessionWithout), "{template}: {name}");
                    assert!(!may(session(36 * 3600)), "{template}: {name}");
                    if may(session(60)) {
                        reached.insert(name.clone());
                    }
                }
            }
        }
        let roles = desired
            .iter()
            .flat_map(|desired| desired.account.roles.keys());
        assert_eq!(reached, roles.cloned().collect(), "{template}");
    }
}

#[test]
fn the_code_of_an_administrator_must_be_an_hour_old_at_most() {
    let account = rendered(Template::Team).remove(0).account;
    let alice = &account.users[&"alice".parse().unwrap()];
    let role = &account.roles[&"Administrator".parse().unwrap()];
    let may = |seconds| {
        let age = Duration::from_secs(seconds);
        may_assume(&account, &account, alice, role, Mfa::Session { age })
    };
    assert!(may(3599));
    assert!(!may(3600));
}

fn role_may(
    account: &Account,
    role: &str,
    action: &str,
    resource: &str,
    keys: &[(&str, &str)],
) -> bool {
    let gathered = Gathered::of_role(account, &account.roles[&role.parse().unwrap()]);
    let mut context = Context::new();
    for (key, value) in keys {
        context.set(key, *value);
    }
    let request = Request {
        action: &action.parse().unwrap(),
        resource: &resource.parse().unwrap(),
        context: &context,
    };
    is_allowed(&gathered.permissions(), &request)
}

#[test]
fn read_only_reads_no_secrets_and_secret_editor_makes_none() {
    let account = rendered(Template::Team).remove(0).account;
    let parameter = "arn:aws:ssm:eu-central-1:123456789012:parameter/app/key";
    let may =
        |role, action, keys: &[(&str, &str)]| role_may(&account, role, action, parameter, keys);
    assert!(role_may(
        &account,
        "ReadOnly",
        "s3:ListAllMyBuckets",
        "*",
        &[]
    ));
    assert!(!may("ReadOnly", "ssm:GetParameter", &[]));
    let gateway = |path: &str| {
        let path = format!("arn:aws:apigateway:eu-central-1::/{path}");
        role_may(&account, "ReadOnly", "apigateway:GET", &path, &[])
    };
    assert!(gateway("restapis/a1"));
    assert!(!gateway("apikeys") && !gateway("apikeys/k1"));
    assert!(!may(
        "ReadOnly",
        "ssm:PutParameter",
        &[("ssm:Overwrite", "true")]
    ));
    assert!(may("SecretEditor", "ssm:GetParameter", &[]));
    assert!(may(
        "SecretEditor",
        "ssm:PutParameter",
        &[("ssm:Overwrite", "true")]
    ));
    assert!(!may(
        "SecretEditor",
        "ssm:PutParameter",
        &[("ssm:Overwrite", "false")]
    ));
    assert!(!may("SecretEditor", "ssm:PutParameter", &[]));
    assert!(!may("BillingManager", "ssm:GetParameter", &[]));
    let readable = crate::templates::Template::Team
        .text()
        .replace("read_secrets = false", "read_secrets = true");
    let account = super::render_text(&readable).remove(0).account;
    assert!(role_may(
        &account,
        "ReadOnly",
        "ssm:GetParameter",
        parameter,
        &[]
    ));
}

#[test]
fn a_deployment_passes_workload_roles_only() {
    let account = rendered(Template::Team).remove(0).account;
    let pass = |role: &str| {
        let role = format!("arn:aws:iam::123456789012:role{role}");
        role_may(&account, "Deployments", "iam:PassRole", &role, &[])
    };
    assert!(pass("/workload/web"));
    assert!(!pass("/Administrator"));
    assert!(!role_may(
        &account,
        "Deployments",
        "iam:CreateUser",
        "arn:aws:iam::123456789012:user/x",
        &[]
    ));
}
