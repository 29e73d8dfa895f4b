//! A plan as text for people: what happens to each entity, each change below it, and the sums.
//! The lines carry a style instead of colours; the program paints them.

use std::fmt;

use keyward_core::text;

use super::operation::Operation;
use super::step::{Change, ChangeAction, Kind, Plan, Sign, Stage, Step};

/// The kind of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// The name of a group of steps.
    Heading,
    /// Something appears.
    Add,
    /// Something becomes different.
    Alter,
    /// Something goes.
    Remove,
    /// The sums.
    Summary,
}

/// One line, indented, without a line break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its kind.
    pub style: Style,
    /// The text, with its sign.
    pub text: String,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The lines of a plan.
#[must_use]
pub fn show(plan: &Plan) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut heading = None;
    for step in &plan.steps {
        let title = title(step.stage);
        if heading != Some(title) {
            heading = Some(title);
            lines.push(Line {
                style: Style::Heading,
                text: title.to_owned(),
            });
        }
        lines.push(line(sign(step.action), 2, &step.subject()));
        lines.extend(
            step.changes
                .iter()
                .map(|Change { sign, text }| line(*sign, 6, text)),
        );
    }
    lines.push(Line {
        style: Style::Summary,
        text: summary(plan),
    });
    lines
}

impl Step {
    /// The entity that the step changes. An account has one password policy, which needs no name. A stack
    /// has its region beside its name.
    #[must_use]
    pub fn subject(&self) -> String {
        let Self { kind, name, .. } = self;
        match kind {
            Kind::PasswordPolicy => kind.to_string(),
            Kind::Stack => match self.operations.iter().find_map(Operation::stack) {
                Some(place) => format!("{kind} `{name}` in {}", place.region),
                None => format!("{kind} `{name}`"),
            },
            _ => format!("{kind} `{name}`"),
        }
    }
}

/// The sums: what is created, changed and deleted, and the number of calls.
#[must_use]
pub fn summary(plan: &Plan) -> String {
    if plan.is_empty() {
        return "nothing to change".to_owned();
    }
    let count = |action| {
        let steps = plan.steps.iter();
        steps.filter(|step: &&Step| step.action == action).count()
    };
    let calls = text::count(plan.calls(), "call");
    format!(
        "{} to create, {} to change, {} to delete: {calls} to AWS",
        count(ChangeAction::Create),
        count(ChangeAction::Update),
        count(ChangeAction::Delete),
    )
}

fn line(sign: Sign, indent: usize, text: &str) -> Line {
    let (style, mark) = match sign {
        Sign::Add => (Style::Add, '+'),
        Sign::Alter => (Style::Alter, '~'),
        Sign::Remove => (Style::Remove, '-'),
    };
    Line {
        style,
        text: format!("{:indent$}{mark} {text}", ""),
    }
}

fn sign(action: ChangeAction) -> Sign {
    match action {
        ChangeAction::Create => Sign::Add,
        ChangeAction::Update => Sign::Alter,
        ChangeAction::Delete => Sign::Remove,
    }
}

fn title(stage: Stage) -> &'static str {
    match stage {
        Stage::Account => "Account",
        Stage::Policies => "Policies and identity providers",
        Stage::Roles | Stage::Trusts => "Roles",
        Stage::Groups => "Groups",
        Stage::Users => "Users",
        Stage::Guards | Stage::Memberships => "Memberships",
        Stage::LiftedGrants | Stage::LeftGroups | Stage::LiftedLimits | Stage::FormerBoundaries => {
            "Policies and limits that go"
        }
        Stage::Passwords | Stage::AccessKeys => "Initial secrets",
        Stage::Stacks => "Stacks",
        Stage::DeleteStacks
        | Stage::DeleteUsers
        | Stage::DeleteGroups
        | Stage::DeleteRoles
        | Stage::DeletePolicies
        | Stage::DeleteLimits => "Deletions",
    }
}
