use std::time::Duration;

use keyward_iam::model::User;

use crate::hand_out::InitialSecret;
use crate::plan::tests::cases::{ALLOW, Case, document};
use crate::plan::{Operation, PrincipalName};
use crate::revoke::{LONGEST_ROLE_SESSION, deny_user, deny_user_in_role};

#[test]
fn quotas_are_the_accounts_own_and_reported_together() {
    let mut case = Case::new();
    let quotas = [
        ("GroupsPerUserQuota", 1),
        ("AttachedPoliciesPerGroupQuota", 1),
        ("UsersQuota", 1),
        ("PolicySizeQuota", 50),
        ("RolePolicySizeQuota", 50),
        ("AssumeRolePolicySizeQuota", 50),
    ];
    let quotas = quotas.map(|(key, number)| (key.to_owned(), number));
    case.live.summary.extend(quotas);
    let one = case.policy("/", "one", ALLOW).arn.clone();
    let two = case.policy("/", "two", ALLOW).arn.clone();
    case.group("a").grants.attached.extend([one, two]);
    case.group("b");
    case.user("alice")
        .groups
        .extend(["a".parse().unwrap(), "b".parse().unwrap()]);
    case.user("bob");
    let role = case.role("Reader");
    role.grants
        .inline
        .insert("read".parse().unwrap(), document(ALLOW));
    case.check_problems(&[
        "group `a` would have 2 attached policies, and AWS allows 1",
        "policy `one` would have 109 characters, and AWS allows 50",
        "policy `two` would have 109 characters, and AWS allows 50",
        "role `Reader` would have 109 characters in its inline policies, and AWS allows 50",
        "role `Reader` would have 118 characters in its trust policy, and AWS allows 50",
        "the account would have 2 users, and AWS allows 1",
        "user `alice` would have 2 groups, and AWS allows 1",
    ]);
}

#[test]
fn an_account_above_its_quota_is_no_problem_while_nothing_is_added() {
    let mut case = Case::new();
    case.user("alice");
    case.user("bob");
    let mut case = case.apply();
    case.live.summary.insert("UsersQuota".to_owned(), 1);
    case.check("");
}

#[test]
fn a_character_that_no_policy_may_have_is_named() {
    let mut case = Case::new();
    let policy = ALLOW
        .replace("Read", "")
        .replace("\"*\"", "\"arn:aws:s3:::b\u{2019}s/*\"");
    case.policy("/", "odd", &policy);
    case.check_problems(&[
        "the document of policy `odd` has the character `\u{2019}`, and AWS accepts only U+0020 to \
         U+00FF in policies",
    ]);
}

/// While secrets are handed out, the user has two more tags than its own and the blueprint's.
#[test]
fn the_marks_of_a_hand_out_need_room_among_the_tags() {
    let with_tags = |own: usize| {
        let mut case = Case::new();
        let own = (0..own).map(|at| (format!("own{at}"), "x".to_owned()));
        case.user("alice").tags.extend(own);
        case.hand_out(
            "alice",
            &[InitialSecret::Password, InitialSecret::AccessKey],
        );
        case
    };
    with_tags(48).check_problems(&[
        "user `alice` would have 51 tags while secrets are handed out, and AWS allows 50",
    ]);
    let case = with_tags(47).apply();
    case.check("");
    // One more is fine afterwards.
    let mut case = case;
    let tag = ("own47".to_owned(), "x".to_owned());
    case.user("alice").tags.extend([tag]);
    case.apply().check("");
}

/// AWS counts the denials of a revocation, and no plan removes them.
#[test]
fn the_denial_of_a_revocation_needs_room_too() {
    let mut case = Case::new();
    case.user("alice");
    case.role("Reader");
    let mut case = case.apply();
    let taken = case.live.taken;
    let users = &mut case.live.account.users;
    let alice = users.get_mut(&"alice".parse().unwrap()).unwrap();
    let denial = deny_user_in_role(alice, taken).into();
    let own = deny_user(taken).into();
    alice
        .grants
        .inline
        .insert("keyward-revoked".parse().unwrap(), own);
    let roles = &mut case.live.account.roles;
    let reader = roles.get_mut(&"Reader".parse().unwrap()).unwrap();
    let name = "keyward-revoked.alice".parse().unwrap();
    reader.grants.inline.insert(name, denial);
    let inline = [("UserPolicySizeQuota", 250), ("RolePolicySizeQuota", 500)];
    let inline = inline.map(|(key, number)| (key.to_owned(), number));
    case.live.summary.extend(inline);
    case.check("");
    let read = || ("read".parse().unwrap(), document(ALLOW));
    case.user("alice").grants.inline.extend([read()]);
    case.role("Reader").grants.inline.extend([read()]);
    case.check_problems(&[
        "role `Reader` would have 577 characters in its inline policies, with the denial of a revocation, and AWS allows 500",
        "user `alice` would have 292 characters in its inline policies, with the denial of a revocation, and AWS allows 250",
    ]);
}

/// A denial of sessions that have ended is removed before the rest needs its room.
#[test]
fn an_old_denial_makes_room() {
    let mut case = Case::new();
    case.role("Reader");
    let mut case = case.apply();
    let old = case
        .live
        .taken
        .before(LONGEST_ROLE_SESSION + Duration::from_secs(60));
    let bob = User::new("bob".parse().unwrap());
    let denial = deny_user_in_role(&bob, old).into();
    let roles = &mut case.live.account.roles;
    let reader = roles.get_mut(&"Reader".parse().unwrap()).unwrap();
    let name = "keyward-revoked.bob".parse().unwrap();
    reader.grants.inline.insert(name, denial);
    let quota = ("RolePolicySizeQuota".to_owned(), 500);
    case.live.summary.extend([quota]);
    let read = ("read".parse().unwrap(), document(ALLOW));
    case.role("Reader").grants.inline.extend([read]);
    let on = PrincipalName::Role("Reader".parse().unwrap());
    let plan = case.plan().unwrap();
    let removal = Operation::DeleteInlinePolicy {
        on,
        name: "keyward-revoked.bob".parse().unwrap(),
    };
    assert_eq!(plan.operations().next(), Some(&removal));
    case.apply().check("");
}
