use crate::plan::tests::cases::{ALLOW, Case, document};

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
