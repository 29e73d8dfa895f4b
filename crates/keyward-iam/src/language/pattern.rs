//! Texts with wildcards and variables, compiled once and matched without allocating. The reach of a
//! wildcard depends on the place of the text: a condition value, a `Resource`, or an operand of the
//! ARN operators. Values put in for variables are always literal.

mod glob;

pub(crate) use glob::{Glob, Known, Names, Placeholder};

use super::truth::Truth;
use super::variables::{Part, Value, Variable, VariableError, split};
use super::version::Version;
use crate::request::Context;

/// The meaning of `*` and `?` in a text.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// They are ordinary characters (`StringEquals`).
    Exact,
    /// They match any characters (`StringLike`, action names).
    Text,
    /// In the first five parts of an ARN they stay inside their part, except a `*` at its end,
    /// which AWS lets run on over colons.
    Resource,
    /// In the first five parts of an ARN they always stay inside their part (`ArnLike`).
    Arn,
}

/// Whether letters of different case are the same letter. Only ASCII letters fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    Sensitive,
    Ignored,
}

/// Whether a wildcard may match a colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Anything,
    Segment,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Literal(Box<str>),
    Variable(Variable),
    One(Reach),
    Many(Reach),
}

/// A compiled text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    pieces: Box<[Piece]>,
}

/// The point to return to when a guess about a `*` fails: the piece after it, and the length that
/// it took.
#[derive(Clone, Copy)]
struct Retry {
    piece: usize,
    at: usize,
}

impl Pattern {
    /// Compiles a text.
    pub(crate) fn compile(
        text: &str,
        scope: Scope,
        version: Version,
    ) -> Result<Self, VariableError> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        for part in split(text, version)? {
            match part {
                Part::Escaped(c) => literal.push(c),
                Part::Variable(variable) => {
                    flush(&mut literal, &mut pieces);
                    pieces.push(Piece::Variable(variable));
                }
                Part::Text(text) if scope == Scope::Exact => literal.push_str(text),
                Part::Text(text) => wildcards(text, &mut literal, &mut pieces),
            }
        }
        flush(&mut literal, &mut pieces);
        confine(&mut pieces, scope);
        Ok(Self {
            pieces: pieces.into(),
        })
    }

    /// Whether the text holds a variable, so that its shape is known only with a request.
    pub(crate) fn has_variables(&self) -> bool {
        self.pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Variable(_)))
    }

    /// The set of texts that match, with the request's values for variables; `None` if a
    /// variable has no value, so that nothing matches.
    pub(crate) fn glob(&self, context: &Context) -> Option<Glob> {
        Glob::of(&self.pieces, |variable| variable.value(context))
    }

    /// Whether `text` matches as a whole. A variable without a value matches nothing; one whose
    /// value is not known may match anything.
    pub(crate) fn matches(&self, text: &str, case: Case, context: &Context) -> Truth {
        let text = text.as_bytes();
        let (mut piece, mut at) = (0, 0);
        let mut certain = Truth::Yes;
        // A `*` that may cross colons, and after it one that may not. The narrow guess is
        // corrected first. No earlier `*` ever needs another guess: a wide one that starts
        // later gains nothing, and a narrow one is fenced in by its colons.
        let (mut wide, mut narrow): (Option<Retry>, Option<Retry>) = (None, None);
        loop {
            let next = match self.pieces.get(piece) {
                None if at == text.len() => return certain,
                None => None,
                Some(Piece::Many(Reach::Anything)) => {
                    if piece + 1 == self.pieces.len() {
                        return certain;
                    }
                    (wide, narrow) = (Some(Retry::after(piece, at)), None);
                    Some(at)
                }
                Some(Piece::Many(Reach::Segment)) => {
                    narrow = Some(Retry::after(piece, at));
                    Some(at)
                }
                Some(Piece::One(reach)) => step(text, at, *reach),
                Some(Piece::Literal(literal)) => skip(text, at, literal, case),
                Some(Piece::Variable(variable)) => match variable.value(context) {
                    Value::Text(value) => skip(text, at, value, case),
                    Value::Missing => return Truth::No,
                    Value::Unknown => {
                        certain = Truth::Unknown;
                        (wide, narrow) = (Some(Retry::after(piece, at)), None);
                        Some(at)
                    }
                },
            };
            if let Some(next) = next {
                (piece, at) = (piece + 1, next);
                continue;
            }
            let widened = |retry: Retry, reach| {
                let first = match self.pieces.get(retry.piece) {
                    Some(Piece::Literal(literal)) => literal.bytes().next(),
                    _ => None,
                };
                retry.widened(text, reach, |byte| {
                    first.is_none_or(|own| case.same(&[own], &[byte]))
                })
            };
            narrow = narrow.and_then(|retry| widened(retry, Reach::Segment));
            if narrow.is_none() {
                wide = wide.and_then(|retry| widened(retry, Reach::Anything));
            }
            let Some(retry) = narrow.or(wide) else {
                return Truth::No;
            };
            (piece, at) = (retry.piece, retry.at);
        }
    }
}

impl Case {
    fn same(self, a: &[u8], b: &[u8]) -> bool {
        match self {
            Self::Sensitive => a == b,
            Self::Ignored => a.eq_ignore_ascii_case(b),
        }
    }
}

impl Retry {
    fn after(piece: usize, at: usize) -> Self {
        Self {
            piece: piece + 1,
            at,
        }
    }

    /// The next guess, one character later, or later still where what follows may begin.
    fn widened(self, text: &[u8], reach: Reach, may_begin: impl Fn(u8) -> bool) -> Option<Self> {
        let mut at = step(text, self.at, reach)?;
        while text.get(at).is_some_and(|byte| !may_begin(*byte)) {
            at = step(text, at, reach)?;
        }
        Some(Self { at, ..self })
    }
}

/// The position after one character, if the wildcard may match it.
fn step(text: &[u8], at: usize, reach: Reach) -> Option<usize> {
    let first = *text.get(at)?;
    if reach == Reach::Segment && first == b':' {
        return None;
    }
    let more = text[at + 1..]
        .iter()
        .take_while(|byte| **byte & 0xC0 == 0x80)
        .count();
    Some(at + 1 + more)
}

/// The position after a literal, if the text has it there.
fn skip(text: &[u8], at: usize, literal: &str, case: Case) -> Option<usize> {
    let end = at + literal.len();
    let there = text.get(at..end)?;
    case.same(there, literal.as_bytes()).then_some(end)
}

fn flush(literal: &mut String, pieces: &mut Vec<Piece>) {
    if !literal.is_empty() {
        pieces.push(Piece::Literal(std::mem::take(literal).into()));
    }
}

fn wildcards(text: &str, literal: &mut String, pieces: &mut Vec<Piece>) {
    for c in text.chars() {
        match c {
            '*' => {
                flush(literal, pieces);
                // Two in a row mean the same as one.
                if pieces.last() != Some(&Piece::Many(Reach::Anything)) {
                    pieces.push(Piece::Many(Reach::Anything));
                }
            }
            '?' => {
                flush(literal, pieces);
                pieces.push(Piece::One(Reach::Anything));
            }
            _ => literal.push(c),
        }
    }
}

/// Holds the wildcards of the first five parts of an ARN to their part. A variable counts as
/// having no colon, which is true of every key that belongs into one part.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
fn confine(pieces: &mut [Piece], scope: Scope) {
    if !matches!(scope, Scope::Resource | Scope::Arn) || pieces == [Piece::Many(Reach::Anything)] {
        return;
    }
    let mut colons = 0;
    for index in 0..pieces.len() {
        let ends_part = match pieces.get(index + 1) {
            None => true,
            Some(Piece::Literal(next)) => next.starts_with(':'),
            Some(_) => false,
        };
        match &mut pieces[index] {
            Piece::Literal(literal) => colons += literal.bytes().filter(|b| *b == b':').count(),
            Piece::Many(_) if scope == Scope::Resource && ends_part => {}
            Piece::Many(reach) | Piece::One(reach) if colons < 5 => *reach = Reach::Segment,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
