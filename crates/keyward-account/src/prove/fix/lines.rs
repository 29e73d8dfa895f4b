//! Edits of single lines that may remove a finding: the guard on, a trust policy of keyward's, a
//! lesser role for administrators, no policies at all.

use std::rc::Rc;

use super::edit::Edit;

/// The edits that may help, the smallest first.
pub(super) fn edits(text: &str) -> Vec<Edit> {
    replaced(text, |lines, line, place| match place {
        ("self_service", "guard" | "enabled", "false") => {
            Some(Some(line.replacen("false", "true", 1)))
        }
        // A role without a trust policy of its own gets one that asks for MFA.
        (table, "trust", _) if table.starts_with("roles.") => Some(None),
        (table, "assume", _) if table.starts_with("groups.") => {
            with_lesser_role(lines, line).map(Some)
        }
        _ => None,
    })
}

/// The edits that take all policies of one form from a user or group.
pub(super) fn removals(text: &str) -> Vec<Edit> {
    replaced(text, |_, _, place| match place {
        (table, "managed" | "inline", _)
            if table.starts_with("users.") || table.starts_with("groups.") =>
        {
            Some(None)
        }
        _ => None,
    })
}

/// One edit for each line that `new` replaces, or removes with `Some(None)`. It gets all lines, the
/// line, and its table, key and value.
fn replaced<'t>(
    text: &'t str,
    new: impl Fn(&[&'t str], &'t str, (&str, &str, &str)) -> Option<Option<String>>,
) -> Vec<Edit> {
    let mut edits = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    let before: Rc<str> = (lines.join("\n") + "\n").into();
    let mut table = "";
    for (at, line) in lines.iter().enumerate() {
        let code = line.split('#').next().unwrap_or_default().trim();
        if code.starts_with('[') {
            table = code.trim_matches(['[', ']']);
            continue;
        }
        let Some((key, value)) = code.split_once('=') else {
            continue;
        };
        if let Some(new) = new(&lines, line, (table, key.trim(), value.trim())) {
            edits.push(Edit::between(before.clone(), edited(&lines, at, new)));
        }
    }
    edits
}

/// The line with a role that only reads in front, if the blueprint has one.
fn with_lesser_role(lines: &[&str], line: &str) -> Option<String> {
    let role = read_only_role(lines)?;
    if line.contains(&format!("\"{role}\"")) {
        return None;
    }
    let (before, after) = line.split_once('[')?;
    let comma = if after.trim_start().starts_with(']') {
        ""
    } else {
        ", "
    };
    Some(format!("{before}[\"{role}\"{comma}{after}"))
}

/// The first role that has `ReadOnlyAccess` and nothing beside it.
fn read_only_role<'t>(lines: &[&'t str]) -> Option<&'t str> {
    let mut table = "";
    lines.iter().find_map(|line| {
        let code = line.split('#').next().unwrap_or_default().trim();
        if code.starts_with('[') {
            table = code.trim_matches(['[', ']']);
            return None;
        }
        let role = table.strip_prefix("roles.")?;
        let (key, value) = code.split_once('=')?;
        let only = key.trim() == "managed" && value.trim() == "[\"ReadOnlyAccess\"]";
        only.then_some(role)
    })
}

/// The text with one line replaced or removed. A list of several lines is removed as a whole.
fn edited(lines: &[&str], at: usize, new: Option<String>) -> String {
    let end = match &new {
        Some(_) => at,
        None => last_line(lines, at),
    };
    let mut text: Vec<&str> = lines[..at].to_vec();
    text.extend(new.as_deref());
    text.extend(&lines[end + 1..]);
    text.join("\n") + "\n"
}

/// Returns the last line of a value that begins in a line.
fn last_line(lines: &[&str], at: usize) -> usize {
    let triple = lines[at].matches("\"\"\"").count() + lines[at].matches("'''").count();
    if triple % 2 == 1 {
        let rest = lines[at + 1..].iter();
        let closing = rest.take_while(|line| !line.contains("\"\"\"") && !line.contains("'''"));
        return (at + 1 + closing.count()).min(lines.len() - 1);
    }
    let depth = |line: &str| {
        let open = line.matches(['[', '{']).count();
        let close = line.matches([']', '}']).count();
        open.cast_signed() - close.cast_signed()
    };
    let mut open = 0;
    for (index, line) in lines.iter().enumerate().skip(at) {
        open += depth(line);
        if open <= 0 {
            return index;
        }
    }
    lines.len() - 1
}
