//! Edits that make enrolment work: an inline policy with the calls of enrolment on the user itself,
//! and these calls in the exceptions of a guard.

use std::collections::BTreeSet;

use keyward_core::id::UserName;
use keyward_iam::{Holder, PolicySource};
use toml_edit::{DocumentMut, Item};

use super::document::{Keep, edit};
use super::edit::Edit;
use super::tables::{add_inline, list, of_holder};
use super::widening::{own_user, prefix};
use crate::blueprint::Blueprint;
use crate::prove::finding::Finding;
use crate::prove::promise::enrolment::{About, NEEDED};

/// The first edits that may help, of which `most` are tried; for each holder the smallest first.
pub(super) fn edits(text: &str, findings: &[Finding], most: usize) -> Vec<Edit> {
    let Ok(blueprint) = Blueprint::parse(text) else {
        return Vec::new();
    };
    let mut edits = Vec::new();
    let mut seen = BTreeSet::new();
    for finding in findings {
        if !finding.id.starts_with("enrolment/") {
            continue;
        }
        if edits.len() >= most {
            break;
        }
        let name = finding.subject.rsplit('/').next().unwrap_or_default();
        let Ok(user) = name.parse::<UserName>() else {
            continue;
        };
        for holder in holders(&blueprint, &user, finding) {
            if !seen.insert(holder.clone()) {
                continue;
            }
            for parts in [
                &[Part::Grant][..],
                &[Part::Guard],
                &[Part::Grant, Part::Guard],
            ] {
                edits.extend(edited(text, &blueprint, &user, &holder, parts));
            }
        }
    }
    edits
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The calls are allowed.
    Grant,
    /// A guard exempts them.
    Guard,
}

/// Returns the entities that may grant enrolment: the holder of the statement that offers it, then
/// the user's groups, then the user.
fn holders(blueprint: &Blueprint, user: &UserName, finding: &Finding) -> Vec<Holder> {
    let offered = finding.statement.iter().filter_map(|by| match &by.policy {
        PolicySource::Inline { holder, .. } | PolicySource::Attached { holder, .. } => {
            Some(holder.clone())
        }
        _ => None,
    });
    offered.chain(own_holders(blueprint, user)).collect()
}

fn own_holders(blueprint: &Blueprint, user: &UserName) -> Vec<Holder> {
    let spec = blueprint.users.get(user);
    let groups = spec.into_iter().flat_map(|spec| &spec.groups);
    let groups = groups.map(|group| Holder::Group(group.value.clone()));
    groups.chain([Holder::User(user.clone())]).collect()
}

fn edited(
    text: &str,
    blueprint: &Blueprint,
    user: &UserName,
    holder: &Holder,
    parts: &[Part],
) -> Option<Edit> {
    let mut document: DocumentMut = text.parse().ok()?;
    for part in parts {
        match part {
            Part::Grant => grant(&mut document, blueprint, holder)?,
            Part::Guard => open_guards(&mut document, blueprint, user),
        }
    }
    Some(Edit::of(text, document))
}

fn grant(document: &mut DocumentMut, blueprint: &Blueprint, holder: &Holder) -> Option<()> {
    let prefix = prefix(blueprint);
    let devices = ["mfa/${aws:username}", "mfa/${aws:username}-*"];
    let devices: Vec<String> = devices.map(|own| format!("{prefix}{own}")).into();
    for (name, about, resources) in [
        ("enrolment", About::User, own_user(blueprint)),
        ("enrolment-devices", About::Device, devices),
        ("enrolment-account", About::Account, vec!["*".to_owned()]),
    ] {
        let (actions, resources) = (list(&needed(|other| other == about)), list(&resources));
        let body = format!("Effect = \"Allow\"\nAction = {actions}\nResource = {resources}\n");
        add_inline(document, holder, name, &body)?;
    }
    Some(())
}

/// Adds what enrolment needs to the exceptions of every statement that denies everything else
/// without MFA, in the policies of a user and its groups.
fn open_guards(document: &mut DocumentMut, blueprint: &Blueprint, user: &UserName) {
    let mut policies: BTreeSet<String> = BTreeSet::new();
    for holder in own_holders(blueprint, user) {
        let Some(table) = of_holder(document, &holder) else {
            continue;
        };
        let managed = table.get("managed").and_then(Item::as_array);
        let managed = managed.into_iter().flatten();
        policies.extend(managed.filter_map(|name| name.as_str().map(str::to_owned)));
        let inline = table.get_mut("inline").and_then(Item::as_table_like_mut);
        for (_, policy) in inline.into_iter().flat_map(|inline| inline.iter_mut()) {
            open_guard(policy);
        }
    }
    let own = document
        .get_mut("policies")
        .and_then(Item::as_table_like_mut);
    for (name, policy) in own.into_iter().flat_map(|own| own.iter_mut()) {
        let text = policy
            .as_table_like_mut()
            .and_then(|t| t.get_mut("document"));
        if let Some(text) = text.filter(|_| policies.contains(name.get())) {
            open_guard(text);
        }
    }
}

fn open_guard(policy: &mut Item) {
    let _ = edit(policy, &mut |_, statement| {
        let denies = statement.strings("Effect") == ["Deny"];
        let about_mfa = statement.condition().contains("MultiFactorAuth");
        if denies && about_mfa && statement.has("NotAction") {
            let mut free = statement.strings("NotAction");
            for action in needed(|_| true) {
                if !free.iter().any(|known| known.eq_ignore_ascii_case(&action)) {
                    free.push(action);
                }
            }
            statement.set_strings("NotAction", &free);
        }
        Keep::Yes
    });
}

fn needed(about: impl Fn(About) -> bool) -> Vec<String> {
    let actions = NEEDED.iter().filter(|(_, needs, _)| about(*needs));
    actions.map(|(action, ..)| (*action).to_owned()).collect()
}
