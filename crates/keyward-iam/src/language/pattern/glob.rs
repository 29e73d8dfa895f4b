//! Sets of texts with wildcards: whether two sets share a text, and whether one contains the other.
//! Both answers are about the texts alone, not about whether such a resource exists.

mod meet;

use super::{Piece, Reach};

/// A set of texts, written with wildcards. Variables are already replaced by their values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Glob {
    tokens: Box<[Token]>,
    /// Whether the set is known. Where a variable has no known value the set is the largest
    /// possible one.
    known: Known,
}

/// The number of parts of an ARN before the last. Each ends with a colon.
const PARTS: usize = 5;

/// Whether the names in an ARN may have colons, as keys of S3 objects do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    WithColons,
    WithoutColons,
}

/// The value of a placeholder of an ARN format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Placeholder {
    /// This text.
    Text(String),
    /// This number of arbitrary characters.
    Characters(usize),
    /// Any text, or none.
    Anything,
    /// Any text without colons and slashes, or none.
    Word,
}

/// Whether the set of a [`Glob`] is exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    Exactly,
    AtMost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Char(char),
    One(Class),
    Many(Class),
}

/// The characters that a wildcard takes, from most to fewest: each class holds those after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Anything,
    /// All but a colon.
    Segment,
    /// All but a colon and a slash.
    Word,
}

impl From<Reach> for Class {
    fn from(reach: Reach) -> Self {
        match reach {
            Reach::Anything => Self::Anything,
            Reach::Segment => Self::Segment,
        }
    }
}

impl Class {
    fn takes(self, c: char) -> bool {
        match self {
            Self::Anything => true,
            Self::Segment => c != ':',
            Self::Word => c != ':' && c != '/',
        }
    }

    /// Whether everything that the other may match is matched as well.
    fn holds(self, other: Self) -> bool {
        match self {
            Self::Anything => true,
            Self::Segment => other != Self::Anything,
            Self::Word => other == Self::Word,
        }
    }
}

impl Glob {
    /// One text.
    pub(crate) fn literal(text: &str) -> Self {
        Self {
            tokens: text.chars().map(Token::Char).collect(),
            known: Known::Exactly,
        }
    }

    /// Every text.
    pub(crate) fn everything() -> Self {
        Self {
            tokens: Box::new([Token::Many(Class::Anything)]),
            known: Known::Exactly,
        }
    }

    /// The texts of an ARN format. `value` returns the value of a placeholder.
    pub(crate) fn format(format: &str, names: Names, value: impl Fn(&str) -> Placeholder) -> Self {
        let mut tokens = Vec::new();
        let mut colons = 0;
        let mut rest = format;
        while let Some(c) = rest.chars().next() {
            let class = match names {
                Names::WithColons if colons >= PARTS => Class::Anything,
                Names::WithColons | Names::WithoutColons => Class::Segment,
            };
            if let Some((name, after)) = rest
                .strip_prefix("${")
                .and_then(|placeholder| placeholder.split_once('}'))
            {
                match value(name) {
                    Placeholder::Text(text) => tokens.extend(text.chars().map(Token::Char)),
                    Placeholder::Characters(count) => {
                        tokens.extend(std::iter::repeat_n(Token::One(class), count));
                    }
                    Placeholder::Anything => tokens.push(Token::Many(class)),
                    Placeholder::Word => tokens.push(Token::Many(Class::Word)),
                }
                rest = after;
                continue;
            }
            match c {
                '*' => tokens.push(Token::Many(class)),
                c => tokens.push(Token::Char(c)),
            }
            colons += usize::from(c == ':');
            rest = &rest[c.len_utf8()..];
        }
        Self {
            tokens: tokens.into(),
            known: Known::Exactly,
        }
    }

    /// The texts of an ARN pattern without those that it matches only because a `*` runs over
    /// the end of its part; `None` if that is what completes the ARN.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    pub(crate) fn confined(&self) -> Option<Self> {
        let mut colons = 0;
        let confine = |token: &Token| {
            let early = colons < PARTS;
            match *token {
                Token::Char(c) => {
                    colons += usize::from(c == ':');
                    Token::Char(c)
                }
                Token::One(_) if early => Token::One(Class::Segment),
                Token::Many(_) if early => Token::Many(Class::Segment),
                late => late,
            }
        };
        let tokens = self.tokens.iter().map(confine).collect();
        (colons >= PARTS).then_some(Self {
            tokens,
            known: self.known,
        })
    }

    /// Compiled pieces with their variables put in: the set of a variable without a value is
    /// empty, so there is no glob then.
    pub(super) fn of<'a>(
        pieces: &'a [Piece],
        value: impl Fn(&'a super::Variable) -> super::Value<'a>,
    ) -> Option<Self> {
        let mut tokens = Vec::new();
        let mut known = Known::Exactly;
        for piece in pieces {
            match piece {
                Piece::Literal(text) => tokens.extend(text.chars().map(Token::Char)),
                Piece::One(reach) => tokens.push(Token::One((*reach).into())),
                Piece::Many(reach) => tokens.push(Token::Many((*reach).into())),
                Piece::Variable(variable) => match value(variable) {
                    super::Value::Text(text) => tokens.extend(text.chars().map(Token::Char)),
                    super::Value::Missing => return None,
                    super::Value::Unknown => {
                        known = Known::AtMost;
                        tokens.push(Token::Many(Class::Anything));
                    }
                },
            }
        }
        Some(Self {
            tokens: tokens.into(),
            known,
        })
    }

    /// This set, as the largest that is possible.
    pub(crate) fn at_most(self) -> Self {
        Self {
            known: Known::AtMost,
            ..self
        }
    }

    /// Whether the set is exact.
    pub(crate) fn known(&self) -> Known {
        self.known
    }

    /// Whether every text is in the set.
    pub(crate) fn is_everything(&self) -> bool {
        *self.tokens == [Token::Many(Class::Anything)] && self.known == Known::Exactly
    }

    /// Whether some text is in both sets.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        let (a, b) = (&*self.tokens, &*other.tokens);
        let same = a
            .iter()
            .zip(b)
            .take_while(|(a, b)| matches!((a, b), (Token::Char(a), Token::Char(b)) if a == b))
            .count();
        if let (Some(Token::Char(_)), Some(Token::Char(_))) = (a.get(same), b.get(same)) {
            return false;
        }
        walk(&a[same..], &b[same..], |from, a, b| {
            shared_steps(from, a, b)
        })
    }

    /// Whether every text of the other set is in this one. A `false` may be wrong: it only says
    /// that this cannot be seen from the wildcards.
    pub(crate) fn holds(&self, other: &Self) -> bool {
        self.is_everything()
            || walk(&self.tokens, &other.tokens, |from, a, b| {
                holding_steps(from, a, b)
            })
    }
}

type Position = (usize, usize);

/// Whether the end of both is classed by steps from the start of both.
fn walk(
    a: &[Token],
    b: &[Token],
    steps: impl Fn(Position, &[Token], &[Token]) -> [Option<Position>; 3],
) -> bool {
    let width = b.len() + 1;
    let mut seen = vec![false; (a.len() + 1) * width];
    let mut open = vec![(0, 0)];
    while let Some((i, j)) = open.pop() {
        if (i, j) == (a.len(), b.len()) {
            return true;
        }
        if std::mem::replace(&mut seen[i * width + j], true) {
            continue;
        }
        open.extend(steps((i, j), a, b).into_iter().flatten());
    }
    false
}

/// A character that both match, or the end of a `*` on either side.
fn shared_steps((i, j): Position, a: &[Token], b: &[Token]) -> [Option<Position>; 3] {
    let end_a = matches!(a.get(i), Some(Token::Many(_))).then_some((i + 1, j));
    let end_b = matches!(b.get(j), Some(Token::Many(_))).then_some((i, j + 1));
    let both = match (a.get(i), b.get(j)) {
        (Some(Token::Char(x)), Some(Token::Char(y))) => (x == y).then_some((i + 1, j + 1)),
        (Some(Token::Char(c)), Some(Token::One(class))) => {
            class.takes(*c).then_some((i + 1, j + 1))
        }
        (Some(Token::Char(c)), Some(Token::Many(class))) => class.takes(*c).then_some((i + 1, j)),
        (Some(Token::One(class)), Some(Token::Char(c))) => {
            class.takes(*c).then_some((i + 1, j + 1))
        }
        (Some(Token::Many(class)), Some(Token::Char(c))) => class.takes(*c).then_some((i, j + 1)),
        (Some(Token::One(_)), Some(Token::One(_))) => Some((i + 1, j + 1)),
        (Some(Token::One(_)), Some(Token::Many(_))) => Some((i + 1, j)),
        (Some(Token::Many(_)), Some(Token::One(_))) => Some((i, j + 1)),
        (Some(Token::Many(_)), Some(Token::Many(_))) | (None, _) | (_, None) => None,
    };
    [end_a, end_b, both]
}

/// Returns the next positions if the first matches whenever the second does, or the end of a `*` of
/// the first.
fn holding_steps((i, j): Position, a: &[Token], b: &[Token]) -> [Option<Position>; 3] {
    let end = matches!(a.get(i), Some(Token::Many(_))).then_some((i + 1, j));
    let taken = match (a.get(i), b.get(j)) {
        (Some(Token::Char(x)), Some(Token::Char(y))) => (x == y).then_some((i + 1, j + 1)),
        (Some(Token::One(class)), Some(Token::Char(c))) => {
            class.takes(*c).then_some((i + 1, j + 1))
        }
        (Some(Token::One(own)), Some(Token::One(other))) => {
            own.holds(*other).then_some((i + 1, j + 1))
        }
        (Some(Token::Many(class)), Some(Token::Char(c))) => class.takes(*c).then_some((i, j + 1)),
        (Some(Token::Many(own)), Some(Token::One(other) | Token::Many(other))) => {
            own.holds(*other).then_some((i, j + 1))
        }
        _ => None,
    };
    [end, taken, None]
}

#[cfg(test)]
mod tests;
