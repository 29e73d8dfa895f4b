//! `[account]`, or `[accounts.NAME]` for several.

use keyward_core::id::{AccountId, ProfileName};

use super::fields::Fields;
use super::grants::origin;
use crate::blueprint::problem::Report;
use crate::blueprint::{AccountName, AccountSpec, At, Holds, Origin, Position};

/// Reads the accounts; at least one comes back, and exactly one holds the users.
pub(super) fn accounts(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Vec<AccountSpec> {
    let one = fields.get("account");
    let several = fields.entries::<AccountName>("accounts", report);
    if let (Some(one), false) = (one, several.is_empty()) {
        report.error(
            &one.span(),
            "there is `[account]` beside `[accounts.…]`".to_owned(),
            "keep `[account]` for one account, `[accounts.NAME]` for several",
        );
    }
    let mut accounts: Vec<AccountSpec> = several
        .into_iter()
        .filter_map(|(name, value)| {
            let place = format!("[accounts.{}]", name.value);
            let fields = Fields::of(place, value, report)?;
            Some(account(Some(name.value), fields, report))
        })
        .collect();
    if accounts.is_empty() {
        let fields = one.and_then(|value| Fields::of("[account]".to_owned(), value, report));
        match fields {
            Some(fields) => accounts.push(account(None, fields, report)),
            None => {
                accounts.push(unknown());
                if one.is_none() {
                    report.error(
                        &(0..0),
                        "the blueprint names no account".to_owned(),
                        "add `[account]` with `id = \"123456789012\"`",
                    );
                }
            }
        }
    } else {
        one_holds_users(&mut accounts, report);
    }
    accounts
}

/// Replaces an account after an error.
fn unknown() -> AccountSpec {
    AccountSpec {
        name: None,
        id: At {
            value: unknown_id(),
            at: Position { line: 1, column: 1 },
        },
        partition: "aws".to_owned(),
        partition_at: None,
        alias: None,
        profile: None,
        holds: Holds::Users,
        settings: Origin::Made,
    }
}

fn unknown_id() -> AccountId {
    "000000000000"
        .parse()
        .expect("twelve digits are an account id")
}

fn account(
    name: Option<AccountName>,
    mut fields: Fields<'_>,
    report: &mut Report<'_>,
) -> AccountSpec {
    let id = fields.parsed::<AccountId>("id", report);
    let id_stated = fields.get("id").is_some();
    if !id_stated {
        let message = format!("{} has no `id`", fields.place());
        let span = fields.span().clone();
        report.error(
            &span,
            message,
            "write the twelve digits that `keyward whoami` prints, as `id = \"123456789012\"`",
        );
    }
    let alias = fields.parsed("alias", report);
    let profile = fields.parsed::<ProfileName>("profile", report);
    let (partition, partition_at) = partition(&mut fields, report);
    // The only account holds everything; the key would say nothing there.
    let holds = match name {
        None => Holds::Users,
        Some(_) if fields.flag("users", report) == Some(true) => Holds::Users,
        Some(_) => Holds::Roles,
    };
    let settings = origin(&mut fields, report);
    let at = report.position(fields.span().start);
    fields.finish(report);
    AccountSpec {
        name,
        id: id.unwrap_or_else(|| At {
            value: unknown_id(),
            at,
        }),
        partition,
        partition_at,
        alias,
        profile: profile.map(|profile| profile.value),
        holds,
        settings,
    }
}

/// The partition of every ARN in the account, and the place that says so.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
fn partition(fields: &mut Fields<'_>, report: &mut Report<'_>) -> (String, Option<Position>) {
    let Some((text, span)) = fields.text("partition", report) else {
        return ("aws".to_owned(), None);
    };
    let fits = text.starts_with("aws")
        && text.len() <= 32
        && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    if !fits {
        let message = format!("{} names no partition", fields.named("partition"));
        report.error(&span, message, "write `aws`, `aws-cn` or `aws-us-gov`");
    }
    (text.to_owned(), Some(report.position(span.start)))
}

fn one_holds_users(accounts: &mut [AccountSpec], report: &mut Report<'_>) {
    if let [only] = accounts {
        only.holds = Holds::Users;
        return;
    }
    let mut holders = accounts
        .iter_mut()
        .filter(|account| account.holds == Holds::Users);
    let first = holders.next().is_some();
    for further in holders {
        report.error_at(
            further.id.at,
            "a second account has `users = true`".to_owned(),
            "keep the users in one account and let them assume roles in the others",
        );
    }
    if !first {
        report.error_at(
            accounts[0].id.at,
            "no account holds the users".to_owned(),
            "write `users = true` in one of the accounts",
        );
        accounts[0].holds = Holds::Users;
    }
}
