//! Names and tags that anyone may write do not hide a grant from a plan.

use keyward_core::Timestamp;
use keyward_iam::model::{Document, User};

use super::cases::{ALLOW, Case, document};
use crate::plan::{members_of_others, stray_tags};
use crate::revoke::{deny_user, deny_user_in_role};

fn until() -> Timestamp {
    Timestamp::from_second(1_800_000_000)
}

/// alice in `admins`, and a role.
fn team() -> Case {
    let mut case = Case::new();
    case.group("admins");
    case.user("alice").groups.insert("admins".parse().unwrap());
    case.role("Reader");
    case.apply()
}

/// The account with these inline policies of alice, of her group and of the role.
fn with_inline(user: (&str, Document), group: (&str, Document), role: (&str, Document)) -> Case {
    let mut case = team();
    let account = &mut case.live.account;
    let named = |(name, document): (&str, Document)| (name.parse().unwrap(), document);
    let inline = &mut account.users.values_mut().next().unwrap().grants.inline;
    inline.extend([named(user)]);
    let inline = &mut account.groups.values_mut().next().unwrap().grants.inline;
    inline.extend([named(group)]);
    let inline = &mut account.roles.values_mut().next().unwrap().grants.inline;
    inline.extend([named(role)]);
    case
}

#[test]
fn the_name_of_a_revocation_hides_no_grant() {
    with_inline(
        ("keyward-revoked", document(ALLOW)),
        ("keyward-revoked.x", deny_user(until()).into()),
        ("keyward-revoked.bob", document(ALLOW)),
    )
    .check(
        "
Roles
  ~ role `Reader`
      - inline policy `keyward-revoked.bob`: statement `Read` allows `s3:GetObject` on `*`
Users
  ~ user `alice`
      - inline policy `keyward-revoked`: statement `Read` allows `s3:GetObject` on `*`
Policies and limits that go
  ~ group `admins`
      - inline policy `keyward-revoked.x`: statement `RevokedSessions` denies `*` on `*` if `DateLessThan aws:TokenIssueTime` is `2027-01-15T08:00:00Z`",
    );
    let mixed = deny_user(until()).to_string().replace(
        r#""Statement":["#,
        r#""Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},"#,
    );
    let user = ("keyward-revoked.keys", document(&mixed));
    let other = ("keyward-revoked.other", deny_user(until()).into());
    let mut case = with_inline(user, other.clone(), other);
    let shown = case.shown();
    assert!(
        shown.contains("`keyward-revoked.keys`: statement 1 allows"),
        "{shown}"
    );
    case = case.apply();
    case.check("");
}

#[test]
fn what_a_revocation_wrote_stays() {
    let mut case = team();
    let account = &mut case.live.account;
    let alice = account.users.values_mut().next().unwrap();
    let own = deny_user(until()).into();
    let inline = &mut alice.grants.inline;
    inline.insert("keyward-revoked".parse().unwrap(), own);
    let in_role = deny_user_in_role(alice, until()).into();
    let role = account.roles.values_mut().next().unwrap();
    let name = "keyward-revoked.alice".parse().unwrap();
    role.grants.inline.insert(name, in_role);
    case.check("");
}

/// An account with another member of `admins`, who has these tags.
fn with_member(tags: &[(&str, &str)]) -> Case {
    let mut case = team();
    let mut evil = User::new("evil".parse().unwrap());
    evil.groups.insert("admins".parse().unwrap());
    let tags = tags
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    evil.tags.extend(tags);
    case.live.account.users.insert(evil.name.clone(), evil);
    case
}

const LEAVES: &str = "
Memberships
  - membership `evil`
      - group `admins`";

#[test]
fn a_date_of_deletion_hides_no_member_who_is_not_disabled() {
    let mark = ("keyward:blueprint", "main");
    for date in ["never", "2999-01-01T00:00:00Z"] {
        with_member(&[mark, ("keyward:delete-after", date)]).check(LEAVES);
    }
    let denied = |denial: Document| {
        let mut case = with_member(&[mark, ("keyward:delete-after", "2999-01-01T00:00:00Z")]);
        let evil = case.live.account.users.get_mut(&"evil".parse().unwrap());
        let inline = &mut evil.unwrap().grants.inline;
        inline.insert("keyward-revoked".parse().unwrap(), denial);
        case
    };
    denied(deny_user(until()).into()).check("");
    let less = deny_user(until())
        .to_string()
        .replace(r#""Action":"*""#, r#""Action":"s3:Foo""#);
    assert!(less.contains("s3:Foo"), "{less}");
    denied(document(&less)).check(LEAVES);
}

#[test]
fn a_member_of_another_blueprint_stays_and_is_named() {
    let case = with_member(&[("keyward:blueprint", "zzz")]);
    case.check("");
    let members = members_of_others(&case.desired, &case.live.account);
    let names = members.iter().map(|(user, owner, groups)| {
        let groups: Vec<&str> = groups.iter().map(|group| group.as_str()).collect();
        (user.as_str(), owner.as_str(), groups.concat())
    });
    let names: Vec<_> = names.collect();
    assert_eq!(names, [("evil", "zzz", "admins".to_owned())]);
    with_member(&[]).check(LEAVES);
}

#[test]
fn a_tag_that_a_policy_looks_at_and_the_blueprint_does_not_set_is_named() {
    let by_tag = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/Admin":"yes"}}}]}"#;
    let in_variable = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:PrincipalTag/team, 'none'}/*"}]}"#;
    let mut case = team();
    let inline = &mut case.group("admins").grants.inline;
    inline.insert("tagged".parse().unwrap(), document(by_tag));
    inline.insert("team".parse().unwrap(), document(in_variable));
    let own = [("admin", "yes"), ("team", "blue"), ("cost", "7")];
    let own = own.map(|(key, value)| (key.to_owned(), value.to_owned()));
    case.user("alice").tags.extend(own);
    let mut case = case.apply();
    assert_eq!(stray_tags(&case.desired, &case.live.account), []);
    let tags = &mut case.user("alice").tags;
    tags.retain(|key, _| key.starts_with("keyward:"));
    case.check("");
    let found = stray_tags(&case.desired, &case.live.account);
    let found = found
        .iter()
        .map(|it| (it.entity.to_string(), it.key.as_str()));
    let user = "user `alice`".to_owned();
    let found: Vec<_> = found.collect();
    assert_eq!(found, [(user.clone(), "admin"), (user, "team")]);
}
