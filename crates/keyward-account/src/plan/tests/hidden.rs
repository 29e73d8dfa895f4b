//! Names and tags that anyone may write do not hide a grant from a plan.

use keyward_core::Timestamp;
use keyward_iam::model::{Document, User};

use super::cases::{ALLOW, Case, document};
use crate::plan::members_of_others;
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
Limits that go
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
    let mut case = with_member(&[mark, ("keyward:delete-after", "2999-01-01T00:00:00Z")]);
    let evil = case.live.account.users.get_mut(&"evil".parse().unwrap());
    let inline = &mut evil.unwrap().grants.inline;
    inline.insert(
        "keyward-revoked".parse().unwrap(),
        deny_user(until()).into(),
    );
    case.check("");
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
