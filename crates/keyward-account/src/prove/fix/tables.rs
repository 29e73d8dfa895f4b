//! The tables of a blueprint that edits change.

use keyward_iam::Holder;
use toml_edit::{DocumentMut, Item, Table, TableLike, Value};

use super::comments;

/// The table of a user, group or role.
pub(super) fn of_holder<'d>(
    document: &'d mut DocumentMut,
    holder: &Holder,
) -> Option<&'d mut dyn TableLike> {
    let (kind, name) = match holder {
        Holder::User(name) => ("users", name.as_str()),
        Holder::Group(name) => ("groups", name.as_str()),
        Holder::Role(name) => ("roles", name.as_str()),
    };
    entry(document, kind, name)?.as_table_like_mut()
}

/// An entry of a top-level table, such as one of `[policies]`.
pub(super) fn entry<'d>(
    document: &'d mut DocumentMut,
    kind: &str,
    name: &str,
) -> Option<&'d mut Item> {
    document.get_mut(kind)?.as_table_like_mut()?.get_mut(name)
}

/// Adds an inline policy to a user, group or role. `body` is the TOML of its table. `None` if the
/// blueprint does not describe the holder.
pub(super) fn add_inline(
    document: &mut DocumentMut,
    holder: &Holder,
    name: &str,
    body: &str,
) -> Option<()> {
    let mut table: Table = body.parse::<DocumentMut>().ok()?.into_table();
    table.decor_mut().set_prefix("\n");
    // It follows its holder, wherever that is.
    table.set_position(None);
    let holder = of_holder(document, holder)?;
    if holder.get("inline").is_none() {
        let mut inline = Table::new();
        inline.set_implicit(true);
        holder.insert("inline", Item::Table(inline));
    }
    let inline = holder.get_mut("inline")?;
    let name = free_name(inline.as_table_like()?, name);
    match inline {
        Item::Table(inline) => {
            let _ = inline.insert(&name, Item::Table(table));
        }
        inline => {
            let value = Value::InlineTable(table.into_inline_table());
            let _ = inline
                .as_table_like_mut()?
                .insert(&name, Item::Value(value));
        }
    }
    Some(())
}

fn free_name(inline: &dyn TableLike, name: &str) -> String {
    let mut candidates =
        std::iter::once(name.to_owned()).chain((2..).map(|number| format!("{name}-{number}")));
    candidates
        .find(|candidate| !inline.contains_key(candidate))
        .expect("there are more numbers than policies")
}

/// Removes an inline policy from its holder's table.
pub(super) fn remove_inline(document: &mut DocumentMut, holder: &Holder, name: &str) {
    let Some(holder) = of_holder(document, holder) else {
        return;
    };
    let inline = holder.get_mut("inline").and_then(Item::as_table_like_mut);
    let empty = inline.is_some_and(|inline| {
        let _ = inline.remove(name);
        inline.is_empty()
    });
    if empty {
        let _ = holder.remove("inline");
    }
}

/// Removes the name of a managed policy from its holder's list, or the list if it is the last one.
/// `None` if the list does not have it.
pub(super) fn remove_managed(
    document: &mut DocumentMut,
    holder: &Holder,
    name: &str,
) -> Option<()> {
    let holder = of_holder(document, holder)?;
    let list = holder.get_mut("managed")?.as_array_mut()?;
    let before = list.len();
    comments::retain(list, |_, value| value.as_str() != Some(name));
    let (is_missing, is_empty) = (list.len() == before, list.is_empty());
    if is_missing {
        return None;
    }
    if is_empty {
        let _ = holder.remove("managed");
    }
    Some(())
}

/// Removes a policy from `[policies]`, and its name from every list of managed policies.
pub(super) fn remove_policy(document: &mut DocumentMut, name: &str) {
    for kind in ["users", "groups", "roles"] {
        let entries = document.get_mut(kind).and_then(Item::as_table_like_mut);
        for (_, item) in entries.into_iter().flat_map(|entries| entries.iter_mut()) {
            let Some(managed) = item.as_table_like_mut().and_then(|t| t.get_mut("managed")) else {
                continue;
            };
            if let Some(list) = managed.as_array_mut() {
                comments::retain(list, |_, value| value.as_str() != Some(name));
            }
        }
    }
    let policies = document
        .get_mut("policies")
        .and_then(Item::as_table_like_mut);
    if let Some(policies) = policies {
        let _ = policies.remove(name);
    }
}

/// Strings as a TOML list, one per line if there are several.
pub(super) fn list(items: &[String]) -> String {
    let quoted = |item: &String| Value::from(item.as_str()).to_string().trim().to_owned();
    match items {
        [one] => quoted(one),
        many => {
            let lines: String = many
                .iter()
                .map(|item| format!("  {},\n", quoted(item)))
                .collect();
            format!("[\n{lines}]")
        }
    }
}
