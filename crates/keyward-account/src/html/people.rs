//! The rights of each person in each context: a table of all people, then one section a person.

use std::collections::BTreeMap;

use keyward_iam::catalogue::Catalogue;

use super::{Escaped, Prose, line, row};
use crate::prove::{ActionSet, Path, Powers, Proof, Scenario, UserKey, UserProof};

/// The number of actions of one context that are named; of more, the services are.
const NAMED: usize = 120;

/// Other facts about a person: names and texts.
pub(crate) type Facts = Vec<(&'static str, String)>;

/// Links to the parts behind the findings, which are many for the keyboard.
pub(crate) fn contents(out: &mut String, proof: &Proof) {
    out.push_str("<nav aria-label=\"Parts\">");
    if !proof.users.is_empty() {
        out.push_str("<a href=\"#people\">What each person can do</a> ");
    }
    out.push_str("<a href=\"#reach\">Who reaches what</a></nav>\n");
}

/// Adds the table of people and contexts.
pub(crate) fn table(out: &mut String, proof: &Proof) {
    if proof.users.is_empty() {
        return;
    }
    out.push_str(
        "<h2 id=\"people\">What each person can do</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" \
         aria-label=\"What each person can do\">\n<table>\n<thead><tr><th scope=\"col\">person</th>",
    );
    for scenario in Scenario::ALL {
        out.push_str(&format!("<th scope=\"col\">{}</th>", scenario.words()));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for (number, (key, user)) in proof.users.iter().enumerate() {
        let name = key.to_string();
        out.push_str(&format!(
            "<tr><th scope=\"row\"><a href=\"#person-{number}\">{}</a></th>",
            Escaped(&name)
        ));
        for scenario in Scenario::ALL {
            out.push_str(&format!("<td>{}</td>", counts(user.powers(scenario))));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
}

/// Adds a section for each person, with further facts in front. The table's links lead into the sections,
/// so that a browser opens them.
pub(crate) fn people(out: &mut String, proof: &Proof, facts: impl Fn(&UserKey) -> Facts) {
    for (number, (key, user)) in proof.users.iter().enumerate() {
        let name = key.to_string();
        line(
            out,
            format_args!(
                "<details>\n<summary><strong>{}</strong>: {} with the key alone</summary>\n\
                 <div id=\"person-{number}\">",
                Escaped(&name),
                counts(user.powers(Scenario::LongTermKey))
            ),
        );
        let facts = facts(key);
        if !facts.is_empty() {
            out.push_str("<dl>\n");
            for (name, text) in facts {
                row(out, name, &text);
            }
            out.push_str("</dl>\n");
        }
        for scenario in Scenario::ALL {
            context(out, scenario, user);
        }
        out.push_str("</div>\n</details>\n");
    }
}

fn counts(powers: &Powers) -> String {
    let (actions, roles) = (powers.actions.len(), powers.roles.len());
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    format!(
        "{actions} action{}, {roles} role{}",
        plural(actions),
        plural(roles)
    )
}

fn context(out: &mut String, scenario: Scenario, user: &UserProof) {
    let powers = user.powers(scenario);
    line(
        out,
        format_args!(
            "<details><summary>with {}: {}</summary>\n<dl>",
            scenario.words(),
            counts(powers)
        ),
    );
    actions(out, "Actions", &powers.actions);
    if let Some(newer) = powers.newer.in_words() {
        row(out, "Not listed", &newer);
    }
    actions(out, "On other people's users and devices", &powers.others);
    actions(out, "Depends on the request", &powers.undecided);
    if !powers.roles.is_empty() {
        out.push_str("<dt>Roles</dt><dd><ul class=\"plain\">\n");
        for path in powers.roles.values() {
            line(out, format_args!("<li>{}</li>", Prose(&way(path))));
        }
        out.push_str("</ul></dd>\n");
    }
    out.push_str("</dl></details>\n");
}

/// The roles on the way, and the statement that grants the last step.
fn way(path: &Path) -> String {
    let roles: Vec<&str> = path.roles.iter().map(|role| role.role_name()).collect();
    let doubt = match path.certain {
        true => "",
        false => ", if a condition holds that depends on the request",
    };
    format!("{} by {}{doubt}", roles.join(" → "), path.by)
}

/// The actions by service; if there are many, how many of each service.
fn actions(out: &mut String, name: &'static str, actions: &ActionSet) {
    if actions.is_empty() {
        return;
    }
    let mut services: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for full in actions.names() {
        let (service, action) = full.split_once(':').unwrap_or(("", &full));
        let own = services.entry(service.to_owned()).or_default();
        own.push(action.to_owned());
    }
    line(out, format_args!("<dt>{name}</dt><dd><ul class=\"plain\">"));
    if services.len() > NAMED {
        let whole = services.len();
        line(
            out,
            format_args!("<li>{} actions of {whole} services</li>", actions.len()),
        );
    } else {
        let in_full = actions.len() <= NAMED;
        for (service, names) in services {
            let text = match in_full {
                true => format!("{service}: {}", names.join(", ")),
                false => some_of(&service, names.len()),
            };
            line(out, format_args!("<li>{}</li>", Escaped(&text)));
        }
    }
    out.push_str("</ul></dd>\n");
}

fn some_of(service: &str, count: usize) -> String {
    match Catalogue::built_in().actions_of(service).len() {
        all if all == count => format!("{service}: all {all} actions"),
        all => format!("{service}: {count} of {all} actions"),
    }
}
