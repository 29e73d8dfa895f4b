//! The proof for people: the headline first, then what each user can do without the phone, the
//! statement that lets it through, and what to do about it.

use std::fmt;

use keyward_iam::catalogue::Catalogue;

use super::blocks::{Block, blocks};
use super::controls::in_words;
use super::finding::{Finding, Promise, Severity};
use super::scenario::Scenario;
use super::sweep::FREE;
use super::{Proof, UserKey, UserProof};
use crate::outsiders::Demand;

/// The appearance of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A headline.
    Heading,
    /// Something good.
    Good,
    /// Something to look at.
    Warning,
    /// Something bad.
    Bad,
    /// Ordinary text.
    Plain,
    /// Beside the point.
    Faint,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its appearance.
    pub style: Style,
    /// Its text.
    pub text: String,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The number of actions of a user that are listed, where `s3:*` counts as one.
const LISTED: usize = 24;

/// All actions, in words.
const EVERYTHING: &str = "every action that keyward knows";

/// A note on what AWS refuses beside the policies.
pub(super) const JUDGED_ALONE: &str = "AWS itself refuses most calls of IAM and STS to sessions \
     made without a code; policies alone are judged here";

/// A note on policies that may allow or deny more, and are not known here. A boundary without a
/// statement for an action does not limit what a resource allows a user or a session by name.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-eval-logic>
pub(crate) const NOT_JUDGED: &str = "policies of resources, such as buckets and keys, and resource \
     control policies are not judged: a resource can allow more to a user or session by name, whatever \
     a boundary leaves out";

/// The proof, line by line.
#[must_use]
pub fn show(proof: &Proof) -> Vec<Line> {
    let mut lines = Lines(Vec::new());
    lines.headline(proof);
    for (keys, user) in alike(proof) {
        lines.users(&keys, user);
    }
    lines.outsiders(proof);
    lines.promises(proof);
    let blocks = blocks(&proof.findings);
    for (at, block) in blocks.iter().enumerate() {
        lines.block(block, &blocks[..at]);
    }
    lines.limits(proof);
    lines.0
}

/// Returns the most that a stolen key can do, in one sentence.
pub(super) fn headline(proof: &Proof) -> String {
    let count = |user: &UserProof| {
        let powers = user.powers(Scenario::LongTermKey);
        powers.actions.len() + powers.roles.len()
    };
    let Some(most) = proof.users.values().map(count).max() else {
        return "the account has no users, so no user's key can be stolen".to_owned();
    };
    let who = named(proof, |user| count(user) == most).unwrap_or_default();
    format!("a stolen key without the phone can do {most} things at most ({who})")
}

/// The number of users that are named in one sentence.
const NAMED: usize = 5;

/// Returns in one sentence whose keys can enrol a device. A proof does not know who has one.
pub(super) fn enrolling(proof: &Proof) -> Option<String> {
    let who = named(proof, |user| user.enrols_with_key)?;
    Some(format!(
        "as long as a user has no device, a stolen key can enrol the thief's own and then has all \
         that a fresh MFA code gives ({who})"
    ))
}

/// The number of users that are named before findings that they share.
const SUBJECTS: usize = 20;

/// The users of whom something holds, or `None` if it holds of none.
fn named(proof: &Proof, holds: impl Fn(&UserProof) -> bool) -> Option<String> {
    let users = proof.users.iter().filter(|(_, user)| holds(user));
    let names: Vec<String> = users.map(|(key, _)| key.to_string()).collect();
    match names.len() {
        0 => None,
        1 => names.into_iter().next(),
        all if all == proof.users.len() => Some("every user here".to_owned()),
        all if all > NAMED => {
            let first = names[..NAMED].join(", ");
            Some(format!("{first} and {} more", all - NAMED))
        }
        _ => Some(names.join(", ")),
    }
}

/// The users, those together who can do the same.
fn alike(proof: &Proof) -> Vec<(Vec<&UserKey>, &UserProof)> {
    let mut groups: Vec<(Vec<&UserKey>, &UserProof)> = Vec::new();
    for (key, user) in &proof.users {
        match groups.iter_mut().find(|(_, other)| *other == user) {
            Some((keys, _)) => keys.push(key),
            None => groups.push((vec![key], user)),
        }
    }
    groups
}

/// `no action`, `1 action`, `24 actions`.
fn counted(count: usize, noun: &str) -> String {
    match count {
        0 => format!("no {noun}"),
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

/// A note on a kept promise about guards if some users have none to lift.
fn without_guard(proof: &Proof, promise: Promise) -> String {
    let missing = |finding: &&Finding| finding.id == "guard/missing";
    match proof.findings.iter().filter(missing).count() {
        count if count > 0 && promise == Promise::NoLiftingOfOwnGuard => {
            let have = if count == 1 { "has" } else { "have" };
            format!(", but {} {have} none", counted(count, "user"))
        }
        _ => String::new(),
    }
}

/// Returns a note with the number of those that depend on the request.
fn undecided(count: usize) -> String {
    match count {
        0 => String::new(),
        _ => format!(" ({count} undecided)"),
    }
}

/// `alice, bob [without-mfa/s3:GetObject and 2 more]`.
fn heading(block: &Block<'_>) -> String {
    let subjects = match block.subjects.len() {
        all if all > SUBJECTS => {
            let first = block.subjects[..SUBJECTS].join(", ");
            format!("{first} and {} more", all - SUBJECTS)
        }
        _ => block.subjects.join(", "),
    };
    let id = &block.first.id;
    match block.actions.len() {
        0 | 1 => format!("{subjects} [{id}]"),
        all => format!("{subjects} [{id} and {} more]", all - 1),
    }
}

struct Lines(Vec<Line>);

impl Lines {
    fn push(&mut self, style: Style, text: impl Into<String>) {
        self.0.push(Line {
            style,
            text: text.into(),
        });
    }

    fn headline(&mut self, proof: &Proof) {
        self.push(Style::Heading, headline(proof));
        if let Some(enrolling) = enrolling(proof) {
            self.push(Style::Warning, enrolling);
        }
        self.push(Style::Faint, JUDGED_ALONE);
    }

    fn users(&mut self, keys: &[&UserKey], user: &UserProof) {
        self.push(Style::Plain, String::new());
        let names: Vec<String> = keys.iter().map(ToString::to_string).collect();
        self.push(Style::Heading, names.join(", "));
        let widths = Scenario::ALL.iter().map(|scenario| scenario.words().len());
        let width = widths.max().unwrap_or(0);
        for scenario in Scenario::ALL {
            let powers = user.powers(scenario);
            let doubtful = powers.roles.values().filter(|path| !path.certain);
            let text = format!(
                "  {:width$}  {}{}, {}{}",
                scenario.words(),
                counted(powers.actions.len(), "action"),
                undecided(powers.undecided.len()),
                counted(powers.roles.len(), "role"),
                undecided(doubtful.count())
            );
            self.push(Style::Plain, text);
        }
        let powers = user.powers(Scenario::LongTermKey);
        let names = powers.actions.in_short().into_iter();
        let names: Vec<String> = names
            .filter(|name| !FREE.contains(&name.as_str()))
            .map(|name| match name.as_str() {
                "*" => EVERYTHING.to_owned(),
                _ => name,
            })
            .collect();
        let more = names.len().saturating_sub(LISTED);
        let mut text = names[..names.len().min(LISTED)].join(", ");
        if more > 0 {
            text.push_str(&format!(" and {more} more"));
        }
        if let Some(newer) = powers.newer.in_words() {
            let and = if text.is_empty() { "" } else { ", and " };
            text.push_str(&format!("{and}{newer}"));
        }
        if text.is_empty() {
            "nothing but what AWS answers to everyone".clone_into(&mut text);
        }
        self.push(Style::Plain, format!("  with the key alone: {text}"));
        for (role, path) in &user.powers(Scenario::Mfa).roles {
            let way: Vec<&str> = path.roles.iter().map(|arn| arn.role_name()).collect();
            let open = user.powers(Scenario::LongTermKey).roles.get(role);
            let (style, how) = match open {
                Some(_) => (Style::Bad, "with the key alone"),
                None => (Style::Good, "with a code"),
            };
            let doubt = match open.unwrap_or(path).certain {
                true => "",
                false => ", if a condition holds",
            };
            self.push(style, format!("  role {} {how}{doubt}", way.join(" > ")));
        }
    }

    fn outsiders(&mut self, proof: &Proof) {
        if proof.outsiders.is_empty() {
            return;
        }
        self.push(Style::Plain, String::new());
        self.push(Style::Heading, "from outside, without MFA:");
        for admission in &proof.outsiders {
            let (style, doubt) = match admission.entry.certain {
                true => (Style::Bad, ""),
                false => (Style::Warning, ", if a condition holds"),
            };
            let (role, who) = (proof.role_name(&admission.role), &admission.entry.who);
            let device = match admission.entry.demand {
                Demand::OwnDevice => " and any MFA device",
                Demand::Nothing => "",
            };
            self.push(style, format!("  role {role}: {who}{device}{doubt}"));
        }
    }

    fn promises(&mut self, proof: &Proof) {
        self.push(Style::Plain, String::new());
        for promise in Promise::ALL {
            let mut findings = proof.findings.iter();
            match findings.any(|finding| finding.breaks == Some(promise)) {
                true => self.push(Style::Bad, format!("broken: {}", promise.words())),
                false => {
                    let note = without_guard(proof, promise);
                    self.push(Style::Good, format!("kept: {}{note}", promise.words()));
                }
            }
        }
    }

    /// Findings that are alike. One edit often fixes several blocks, and is shown with the first.
    fn block(&mut self, block: &Block<'_>, before: &[Block<'_>]) {
        let Block {
            first,
            subjects,
            actions,
            message,
        } = block;
        let style = match first.severity {
            Severity::High => Style::Bad,
            Severity::Medium => Style::Warning,
            Severity::Low => Style::Plain,
        };
        self.push(Style::Plain, String::new());
        self.push(
            style,
            format!("{}: {}", first.severity.as_str(), heading(block)),
        );
        self.push(Style::Plain, format!("  {message}"));
        if let Some((_, others)) = actions.split_first().filter(|(_, more)| !more.is_empty()) {
            let same = if first.is_credential_of_service() {
                "so do {} that make credentials of one service each"
            } else if first.is_longer_lived() {
                "{} make or use something else that a thief keeps"
            } else {
                "the same holds for {}"
            };
            let same = same.replace("{}", &format!("{} more", others.len()));
            self.push(Style::Plain, format!("  {same}: {}", others.join(", ")));
        }
        if let Some(statement) = &first.statement {
            self.push(Style::Faint, format!("  by {statement}"));
        }
        let Some(fix) = &first.fix else {
            let advice = first.advice_about(subjects, actions);
            self.push(Style::Good, format!("  to do: {advice}"));
            return;
        };
        if first.is_advised_beside_fix() {
            let advice = first.advice_about(subjects, actions);
            let text = format!("  to do, if outsiders need it: {advice}; or");
            self.push(Style::Good, text);
        }
        let mut before = before.iter();
        let same = before.find(|earlier| earlier.first.fix.as_ref() == Some(fix));
        if let Some(earlier) = same {
            let text = format!("  fixed by the same lines as {}", heading(earlier));
            self.push(Style::Good, text);
            return;
        }
        self.push(Style::Good, "  fixed by these lines of the blueprint:");
        for line in fix.lines() {
            self.push(Style::Plain, format!("    {line}"));
        }
    }

    fn limits(&mut self, proof: &Proof) {
        self.push(Style::Plain, String::new());
        self.push(Style::Faint, in_words(&proof.controls));
        self.push(Style::Faint, NOT_JUDGED);
        let date = Catalogue::built_in().date();
        self.push(
            Style::Faint,
            format!("wildcards also cover actions newer than {date}, which are not listed here"),
        );
        if !proof.unlisted.is_empty() {
            let names: Vec<&str> = proof.unlisted.iter().map(String::as_str).collect();
            let names = names.join(", ");
            self.push(
                Style::Faint,
                format!("policies name actions that the list of that day lacks: {names}"),
            );
        }
    }
}

#[cfg(test)]
mod tests;
