//! Edits that remove a way to widen rights or to lift a guard. They remove an action that a
//! statement names, and deny one that a wildcard or a managed policy grants.

use keyward_iam::{Holder, PolicySource};
use toml_edit::{DocumentMut, Item};

use super::document::{Keep, Left, Statement, edit};
use super::edit::Edit;
use super::tables::{add_inline, list, of_holder, remove_inline};
use crate::blueprint::Blueprint;
use crate::prove::credentials::ABOUT_OTHERS;
use crate::prove::finding::Finding;

const PASS_ROLE: &str = "iam:PassRole";

/// An action that a statement of some holder grants.
#[derive(Clone, Copy)]
struct Grant<'f> {
    action: &'f str,
    source: &'f PolicySource,
    index: usize,
}

/// The first edits that may help, of which `most` are tried: for each user, group and role one for all its
/// findings, then one for each finding.
pub(super) fn edits(text: &str, findings: &[Finding], most: usize) -> Vec<Edit> {
    let Ok(blueprint) = Blueprint::parse(text) else {
        return Vec::new();
    };
    let mut edits = Vec::new();
    for (holder, grants) in by_holder(findings) {
        // Some are the same.
        if edits.len() >= 2 * most {
            break;
        }
        let single = grants.iter().map(std::slice::from_ref);
        let single = single.filter(|_| grants.len() > 1);
        for grants in std::iter::once(grants.as_slice()).chain(single) {
            let edit = |remedy| edited(text, &blueprint, holder, grants, remedy);
            edits.extend([Remedy::TakeOut, Remedy::Deny].into_iter().filter_map(edit));
        }
    }
    edits
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Remedy {
    TakeOut,
    Deny,
}

fn by_holder(findings: &[Finding]) -> Vec<(&Holder, Vec<Grant<'_>>)> {
    let mut holders: Vec<(&Holder, Vec<Grant<'_>>)> = Vec::new();
    for finding in findings {
        let id = finding.id.as_str();
        let action = id.strip_prefix("widen/").or(id.strip_prefix("lift-guard/"));
        // The role that lifts a guard follows the action.
        let action = action.and_then(|rest| rest.split('/').next());
        let (Some(action), Some(statement)) = (action, &finding.statement) else {
            continue;
        };
        let source = &statement.policy;
        let (PolicySource::Inline { holder, .. } | PolicySource::Attached { holder, .. }) = source
        else {
            continue;
        };
        let grant = Grant {
            action,
            source,
            index: statement.index,
        };
        match holders.iter_mut().find(|(known, _)| *known == holder) {
            Some((_, grants)) if grants.iter().any(|known| known.action == action) => {}
            Some((_, grants)) => grants.push(grant),
            None => holders.push((holder, vec![grant])),
        }
    }
    holders
}

fn edited(
    text: &str,
    blueprint: &Blueprint,
    holder: &Holder,
    grants: &[Grant<'_>],
    remedy: Remedy,
) -> Option<Edit> {
    let mut document: DocumentMut = text.parse().ok()?;
    let mut denied = Vec::new();
    for grant in grants {
        let taken = remedy == Remedy::TakeOut && take_out(&mut document, blueprint, holder, grant);
        if !taken {
            denied.push(grant.action);
        }
    }
    deny(&mut document, blueprint, holder, &denied)?;
    Some(Edit::of(text, document))
}

/// Removes an action from an inline policy. False if the policy does not name the action.
fn take_out(
    document: &mut DocumentMut,
    blueprint: &Blueprint,
    holder: &Holder,
    grant: &Grant<'_>,
) -> bool {
    let PolicySource::Inline { name, .. } = grant.source else {
        return false;
    };
    let inline = of_holder(document, holder).and_then(|table| table.get_mut("inline"));
    let policy = inline
        .and_then(Item::as_table_like_mut)
        .and_then(|inline| inline.get_mut(name.as_str()));
    let Some(policy) = policy else { return false };
    let mut taken = false;
    let left = edit(policy, &mut |position, statement| {
        if position != grant.index {
            return Keep::Yes;
        }
        let actions = statement.strings("Action");
        let others = without(&actions, grant.action);
        taken = others.len() < actions.len();
        if taken && others.is_empty() && grant.action == PASS_ROLE && narrowed(statement, blueprint)
        {
            return Keep::Yes;
        }
        if taken && !others.is_empty() {
            statement.set_strings("Action", &others);
        }
        match taken && others.is_empty() {
            true => Keep::No,
            false => Keep::Yes,
        }
    });
    if taken && left == Some(Left::Nothing) {
        remove_inline(document, holder, name.as_str());
    }
    taken
}

/// The actions without this one, ignoring case.
pub(super) fn without(actions: &[String], action: &str) -> Vec<String> {
    let others = actions.iter();
    let others = others.filter(|other| !other.eq_ignore_ascii_case(action));
    others.cloned().collect()
}

/// Limits a grant of every role to the roles below `/workload/`, as the templates do.
fn narrowed(statement: &mut dyn Statement, blueprint: &Blueprint) -> bool {
    let resources = statement.strings("Resource");
    let every_role = |resource: &String| resource == "*" || resource.ends_with(":role/*");
    if !resources.iter().any(every_role) {
        return false;
    }
    let workload = format!("{}role/workload/*", prefix(blueprint));
    statement.set_strings("Resource", &[workload]);
    true
}

/// The beginnings of IAM's ARNs in the accounts of a blueprint.
pub(super) fn prefix(blueprint: &Blueprint) -> String {
    let account = blueprint.users_account();
    let id = match blueprint.has_several_accounts() {
        true => "*",
        false => account.id.value.as_str(),
    };
    format!("arn:{}:iam::{id}:", account.partition)
}

/// The resources that mean the calling user.
pub(super) fn own_user(blueprint: &Blueprint) -> Vec<String> {
    let prefix = prefix(blueprint);
    ["user/${aws:username}", "user/*/${aws:username}"]
        .map(|own| format!("{prefix}{own}"))
        .into()
}

/// Denies actions to a holder. Users keep those about their own credentials.
fn deny(
    document: &mut DocumentMut,
    blueprint: &Blueprint,
    holder: &Holder,
    actions: &[&str],
) -> Option<()> {
    let is_role = matches!(holder, Holder::Role(_));
    let on_others = |action: &&str| !is_role && ABOUT_OTHERS.contains(action);
    let everywhere: Vec<String> = actions
        .iter()
        .filter(|action| !on_others(action))
        .map(|action| (*action).to_owned())
        .collect();
    let others: Vec<String> = actions
        .iter()
        .filter(|action| on_others(action))
        .map(|action| (*action).to_owned())
        .collect();
    if !everywhere.is_empty() {
        let actions = list(&everywhere);
        let body = format!("Effect = \"Deny\"\nAction = {actions}\nResource = \"*\"\n");
        add_inline(document, holder, "deny-widening", &body)?;
    }
    if !others.is_empty() {
        let (actions, own) = (list(&others), list(&own_user(blueprint)));
        let body = format!("Effect = \"Deny\"\nAction = {actions}\nNotResource = {own}\n");
        add_inline(document, holder, "deny-on-others", &body)?;
    }
    Some(())
}
