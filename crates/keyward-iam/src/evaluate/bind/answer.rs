//! The answer to one question, with the statements behind it.

use crate::evaluate::decision::{Cited, Decision, Grant, StatementRef, Verdict};
use crate::language::Statement;

/// Whether something is allowed under given circumstances, and by what. Small; the names of
/// statements are made only when they are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a>(pub(super) Verdict<'a>);

/// The statements of a caller that are about an action and a resource. Whether the caller is
/// allowed the action is another question: a limit may be missing.
#[derive(Debug, Clone, Default)]
pub struct Statements<'a> {
    pub(super) allows: Vec<Cited<'a>>,
    pub(super) denies: Vec<Cited<'a>>,
}

impl Statements<'_> {
    /// The statements of the identity's own policies that allow the action, as far as the evaluator
    /// can decide.
    #[must_use]
    pub fn allows(&self) -> Vec<StatementRef> {
        self.allows.iter().map(|cited| (*cited).into()).collect()
    }

    /// The statements that deny the action on at least some of its resources, whatever the unknown
    /// facts are.
    #[must_use]
    pub fn denies(&self) -> Vec<StatementRef> {
        self.denies.iter().map(|cited| (*cited).into()).collect()
    }
}

impl<'a> Answer<'a> {
    /// Whether it is allowed, at least under some of the circumstances that are not known.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        matches!(self.0, Verdict::Allowed(_) | Verdict::Free)
    }

    /// Whether it may be allowed or not: an unknown fact of the request decides.
    #[must_use]
    pub fn is_undecided(&self) -> bool {
        self.doubtful().is_some()
    }

    /// The statement that allows it, if one does.
    #[must_use]
    pub fn allowed_by(&self) -> Option<StatementRef> {
        match self.0 {
            Verdict::Allowed(grant) => Some(grant.by.into()),
            Verdict::Free | Verdict::Denied(_) | Verdict::Missing(_) => None,
        }
    }

    /// The statement that may still prevent what is allowed: one whose conditions are not known
    /// to hold.
    #[must_use]
    pub fn doubt(&self) -> Option<StatementRef> {
        self.doubtful().map(Into::into)
    }

    /// The statement that [`Answer::doubt`] names.
    #[must_use]
    pub fn doubtful_statement(&self) -> Option<&'a Statement> {
        self.doubtful().map(|cited| cited.statement)
    }

    /// The answer in full.
    #[must_use]
    pub fn decision(&self) -> Decision {
        self.0.into()
    }

    /// The answer where both of two circumstances are possible, such as a role session whose MFA
    /// key may be absent or false: allowed if either allows it, and undecided where they differ.
    #[must_use]
    pub fn either(self, other: Self) -> Self {
        match (self.0, other.0) {
            (Verdict::Allowed(a), Verdict::Allowed(b)) => {
                Self(Verdict::Allowed(if a.doubt.is_some() { a } else { b }))
            }
            (Verdict::Allowed(grant), Verdict::Denied(cited))
            | (Verdict::Denied(cited), Verdict::Allowed(grant)) => {
                Self(Verdict::Allowed(grant.doubted(Some(cited))))
            }
            (Verdict::Allowed(grant), Verdict::Missing(_))
            | (Verdict::Missing(_), Verdict::Allowed(grant)) => {
                Self(Verdict::Allowed(grant.doubted(Some(grant.by))))
            }
            (Verdict::Missing(_), Verdict::Denied(_)) => other,
            _ => self,
        }
    }

    fn doubtful(&self) -> Option<Cited<'a>> {
        match self.0 {
            Verdict::Allowed(Grant { doubt, .. }) => doubt,
            Verdict::Free | Verdict::Denied(_) | Verdict::Missing(_) => None,
        }
    }

    /// The better of two answers to one question: certain before undecided before not allowed.
    pub(super) fn or(self, other: Self) -> Self {
        let rank = |answer: &Self| (answer.is_allowed(), !answer.is_undecided());
        if rank(&other) > rank(&self) {
            other
        } else {
            self
        }
    }
}
