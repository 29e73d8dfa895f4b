//! Settings of the account: its alias and its rules for console passwords. A blueprint that says
//! nothing about one leaves it alone.

use keyward_iam::model::{Account, PasswordPolicy, Requirement};

use super::operation::Operation;
use super::planner::Planner;
use super::step::{Change, ChangeAction, Kind, Stage};
use super::work::Work;
use crate::blueprint::Origin;
use crate::desired::Desired;

/// The name of the step; an account has at most one.
const PASSWORD_POLICY: &str = "password_policy";

impl Planner<'_> {
    pub(super) fn settings(&mut self) {
        self.alias();
        self.password_policy();
    }

    /// Removes the settings that are as the blueprint describes them. One that was changed since
    /// is left alone.
    pub(super) fn reset_settings(&mut self) {
        let (live, wanted) = (&self.now.account, &self.desired.account);
        let alias = wanted
            .alias
            .clone()
            .filter(|it| live.alias.as_ref() == Some(it));
        let policy = wanted.password_policy.as_ref();
        let policy = policy.is_some() && live.password_policy.as_ref() == policy;
        if let Some(alias) = alias {
            let work = Work {
                changes: Vec::new(),
                operations: vec![Operation::DeleteAlias(alias.clone())],
            };
            self.step(
                Stage::Account,
                (ChangeAction::Delete, Kind::Alias),
                alias,
                work,
            );
        }
        if policy {
            let mut work = Work::default();
            let change = Change::remove("the account falls back to AWS's own rules");
            work.push(change, Operation::DeletePasswordPolicy);
            let what = (ChangeAction::Delete, Kind::PasswordPolicy);
            self.step(Stage::Account, what, PASSWORD_POLICY, work);
        }
    }

    /// One call replaces the old alias with the new one. If another account has the new alias, the
    /// old one stays.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/account-alias-create.html>
    fn alias(&mut self) {
        let Some(wanted) = &self.desired.account.alias else {
            return;
        };
        let live = &self.now.account.alias;
        if live.as_ref() == Some(wanted) {
            return;
        }
        let (action, changes) = match live {
            None => (ChangeAction::Create, Vec::new()),
            Some(live) => {
                let change = Change::alter(format!("`{live}` becomes `{wanted}`"));
                (ChangeAction::Update, vec![change])
            }
        };
        let work = Work {
            changes,
            operations: vec![Operation::CreateAlias(wanted.clone())],
        };
        self.step(Stage::Account, (action, Kind::Alias), wanted, work);
    }

    /// All fields at once, because AWS sets one that is left out to its default.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html>
    fn password_policy(&mut self) {
        let Some(wanted) = &self.desired.account.password_policy else {
            return;
        };
        let live = self.now.account.password_policy.clone();
        if live.as_ref() == Some(wanted) {
            return;
        }
        let action = match live {
            None => ChangeAction::Create,
            Some(_) => ChangeAction::Update,
        };
        let work = Work {
            changes: differences(live.as_ref(), wanted),
            operations: vec![Operation::UpdatePasswordPolicy(wanted.clone())],
        };
        self.step(
            Stage::Account,
            (action, Kind::PasswordPolicy),
            PASSWORD_POLICY,
            work,
        );
    }
}

/// Returns in words why [`super::destroy`] leaves settings of an account.
#[must_use]
pub fn settings_that_stay(desired: &Desired, account: &Account) -> Vec<String> {
    let wanted = &desired.account;
    let mut lines = Vec::new();
    let mut compare = |what: String, is_described: bool, is_same: bool| {
        let why = match (is_described, desired.settings) {
            (false, _) => "the blueprint does not describe it",
            (true, Origin::Adopted) => "it is adopted",
            (true, Origin::Made) if is_same => return,
            (true, Origin::Made) => "it is not as the blueprint describes it",
        };
        lines.push(format!("{what} stays: {why}"));
    };
    if let Some(alias) = &account.alias {
        let described = &wanted.alias;
        let same = described.as_ref() == Some(alias);
        compare(format!("the alias `{alias}`"), described.is_some(), same);
    }
    if let Some(policy) = &account.password_policy {
        let described = &wanted.password_policy;
        let same = described.as_ref() == Some(policy);
        compare("the password policy".to_owned(), described.is_some(), same);
    }
    lines
}

/// The fields that differ. A new policy shows every field that is not AWS's default.
fn differences(live: Option<&PasswordPolicy>, wanted: &PasswordPolicy) -> Vec<Change> {
    let default = PasswordPolicy::default();
    let before = fields(live.unwrap_or(&default));
    let mut changes = Vec::new();
    for ((name, was), (_, is)) in before.into_iter().zip(fields(wanted)) {
        match live {
            None if was != is || name == "min_length" => {
                changes.push(Change::add(format!("`{name}` {is}")));
            }
            Some(_) if was != is => {
                changes.push(Change::alter(format!("`{name}` {was} becomes {is}")));
            }
            _ => {}
        }
    }
    changes
}

/// Every field by the blueprint's name.
fn fields(policy: &PasswordPolicy) -> [(&'static str, String); 9] {
    let PasswordPolicy {
        minimum_length,
        symbols,
        numbers,
        uppercase,
        lowercase,
        users_may_change,
        max_age_days,
        reuse_prevention,
        hard_expiry,
    } = policy;
    let flag = |it: &Requirement| if it.is_on() { "true" } else { "false" }.to_owned();
    let number = |it: &Option<u32>| it.map_or_else(|| "none".to_owned(), |it| it.to_string());
    [
        ("min_length", minimum_length.to_string()),
        ("require_symbols", flag(symbols)),
        ("require_numbers", flag(numbers)),
        ("require_uppercase", flag(uppercase)),
        ("require_lowercase", flag(lowercase)),
        ("users_may_change", flag(users_may_change)),
        ("max_age_days", number(max_age_days)),
        ("reuse_prevention", number(reuse_prevention)),
        ("hard_expiry", flag(hard_expiry)),
    ]
}
