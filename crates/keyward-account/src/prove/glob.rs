//! Sets of resources as texts with wildcards, and what two such sets have in common. A sweep
//! asks about every resource of a kind at once, so both sides of a comparison hold wildcards.
//!
//! Wildcards here run over colons, which makes a set at most larger. It refuses to list more
//! than a few parts of what two sets share; the larger of both then stands for all of them.

/// How many parts of an intersection are listed.
const PARTS: usize = 8;

/// One step of a text with wildcards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Token {
    Byte(u8),
    One,
    Many,
}

/// A set of texts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Glob(Box<[Token]>);

/// Builds a [`Glob`] from left to right.
#[derive(Debug, Default)]
pub(super) struct GlobBuilder(Vec<Token>);

impl GlobBuilder {
    /// Adds text in which `*` and `?` are wildcards.
    pub(super) fn pattern(&mut self, text: &str) -> &mut Self {
        for byte in text.bytes() {
            match byte {
                b'*' => self.many(),
                b'?' => self.push(Token::One),
                byte => self.push(Token::Byte(byte)),
            };
        }
        self
    }

    /// Adds text without wildcards.
    pub(super) fn literal(&mut self, text: &str) -> &mut Self {
        self.0.extend(text.bytes().map(Token::Byte));
        self
    }

    /// Adds any text.
    pub(super) fn many(&mut self) -> &mut Self {
        if self.0.last() != Some(&Token::Many) {
            self.0.push(Token::Many);
        }
        self
    }

    fn push(&mut self, token: Token) -> &mut Self {
        self.0.push(token);
        self
    }

    pub(super) fn build(&mut self) -> Glob {
        Glob(std::mem::take(&mut self.0).into())
    }
}

impl Glob {
    /// Every text.
    pub(super) fn everything() -> Self {
        Self(Box::new([Token::Many]))
    }

    /// The texts that match, with `*` and `?` as wildcards.
    pub(super) fn pattern(text: &str) -> Self {
        GlobBuilder::default().pattern(text).build()
    }

    /// This text alone.
    pub(super) fn literal(text: &str) -> Self {
        GlobBuilder::default().literal(text).build()
    }

    pub(super) fn is_everything(&self) -> bool {
        *self.0 == [Token::Many]
    }

    /// Whether every text of `other` is certainly in this set.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let (mut i, mut j) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        loop {
            let fits = match (self.0.get(i), other.0.get(j)) {
                (None, None) => return true,
                (Some(Token::Many), _) => {
                    retry = Some((i + 1, j));
                    i += 1;
                    continue;
                }
                (Some(Token::One), Some(Token::Byte(_) | Token::One)) => true,
                (Some(Token::Byte(a)), Some(Token::Byte(b))) => a == b,
                _ => false,
            };
            if fits {
                (i, j) = (i + 1, j + 1);
                continue;
            }
            match retry {
                Some((piece, at)) if at < other.0.len() => {
                    retry = Some((piece, at + 1));
                    (i, j) = (piece, at + 1);
                }
                _ => return false,
            }
        }
    }

    /// Whether the sets share a text.
    pub(super) fn meets(&self, other: &Self) -> bool {
        Shared::new(&self.0, &other.0).at(0, 0)
    }

    /// What the sets share, as a few sets.
    pub(super) fn meet(&self, other: &Self) -> Vec<Self> {
        if self.covers(other) {
            return vec![other.clone()];
        }
        if other.covers(self) {
            return vec![self.clone()];
        }
        let shared = Shared::new(&self.0, &other.0);
        let mut found = Vec::new();
        shared.list(0, 0, &mut Vec::new(), &mut found);
        if found.len() > PARTS {
            return vec![other.clone()];
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// Which ends of two texts share something.
struct Shared<'a> {
    a: &'a [Token],
    b: &'a [Token],
    table: Vec<bool>,
}

impl<'a> Shared<'a> {
    fn new(a: &'a [Token], b: &'a [Token]) -> Self {
        let mut shared = Self {
            a,
            b,
            table: vec![false; (a.len() + 1) * (b.len() + 1)],
        };
        for i in (0..=a.len()).rev() {
            for j in (0..=b.len()).rev() {
                let both = match (a.get(i), b.get(j)) {
                    (None, None) => true,
                    (Some(Token::Many), None) => shared.at(i + 1, j),
                    (None, Some(Token::Many)) => shared.at(i, j + 1),
                    (Some(Token::Many), Some(_)) | (Some(_), Some(Token::Many)) => {
                        shared.at(i + 1, j) && a[i] == Token::Many
                            || shared.at(i, j + 1) && b[j] == Token::Many
                            || a[i] == Token::Many && shared.at(i, j + 1)
                            || b[j] == Token::Many && shared.at(i + 1, j)
                    }
                    (Some(x), Some(y)) => narrower(*x, *y).is_some() && shared.at(i + 1, j + 1),
                    _ => false,
                };
                let width = b.len() + 1;
                shared.table[i * width + j] = both;
            }
        }
        shared
    }

    fn at(&self, i: usize, j: usize) -> bool {
        self.table[i * (self.b.len() + 1) + j]
    }

    fn list(&self, i: usize, j: usize, so_far: &mut Vec<Token>, found: &mut Vec<Glob>) {
        if found.len() > PARTS || !self.at(i, j) {
            return;
        }
        let length = so_far.len();
        match (self.a.get(i), self.b.get(j)) {
            (None, None) => found.push(Glob(so_far.as_slice().into())),
            (Some(Token::Many), Some(Token::Many)) => {
                if so_far.last() != Some(&Token::Many) {
                    so_far.push(Token::Many);
                }
                self.list(i + 1, j, so_far, found);
                self.list(i, j + 1, so_far, found);
            }
            (Some(Token::Many), next) => {
                self.list(i + 1, j, so_far, found);
                if let Some(next) = next {
                    so_far.push(*next);
                    self.list(i, j + 1, so_far, found);
                }
            }
            (next, Some(Token::Many)) => {
                self.list(i, j + 1, so_far, found);
                if let Some(next) = next {
                    so_far.push(*next);
                    self.list(i + 1, j, so_far, found);
                }
            }
            (Some(x), Some(y)) => {
                if let Some(token) = narrower(*x, *y) {
                    so_far.push(token);
                    self.list(i + 1, j + 1, so_far, found);
                }
            }
            _ => {}
        }
        so_far.truncate(length);
    }
}

/// What two single steps share.
fn narrower(x: Token, y: Token) -> Option<Token> {
    match (x, y) {
        (Token::One, other) | (other, Token::One) => Some(other),
        (x, y) => (x == y).then_some(x),
    }
}

#[cfg(test)]
mod tests;
