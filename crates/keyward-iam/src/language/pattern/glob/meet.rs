//! The intersection of two sets of texts, as a short list of sets.

use super::{Class, Glob, Known, Token, shared_steps};

/// The most sets in the list of an intersection.
const MOST: usize = 8;

impl Glob {
    /// The texts that are in both sets. If the list would be long, the method returns the other
    /// set. The result is then too large rather than too small.
    pub(crate) fn meet(&self, other: &Self) -> Vec<Self> {
        if !self.meets(other) {
            return Vec::new();
        }
        if self.holds(other) {
            return vec![other.clone()];
        }
        if other.holds(self) {
            return vec![self.clone()];
        }
        let mut shared = Shared::new(&self.tokens, &other.tokens);
        shared.list(0, 0, &mut Vec::new());
        if shared.found.len() > MOST {
            return vec![other.clone()];
        }
        let mut sets: Vec<Self> = Vec::new();
        for tokens in shared.found {
            let set = Self {
                tokens,
                known: Known::Exactly,
            };
            if !sets.contains(&set) {
                sets.push(set);
            }
        }
        sets
    }
}

/// The intersection while it is listed.
struct Shared<'a> {
    a: &'a [Token],
    b: &'a [Token],
    /// Whether the rests of both share a text, row by row.
    table: Vec<bool>,
    found: Vec<Box<[Token]>>,
}

impl<'a> Shared<'a> {
    fn new(a: &'a [Token], b: &'a [Token]) -> Self {
        let width = b.len() + 1;
        let mut table = vec![false; (a.len() + 1) * width];
        for i in (0..=a.len()).rev() {
            for j in (0..=b.len()).rev() {
                let end = (i, j) == (a.len(), b.len());
                let mut steps = shared_steps((i, j), a, b).into_iter().flatten();
                table[i * width + j] = end || steps.any(|(i, j)| table[i * width + j]);
            }
        }
        Self {
            a,
            b,
            table,
            found: Vec::new(),
        }
    }

    /// Lists what the rests of both share, each set behind the tokens so far.
    fn list(&mut self, i: usize, j: usize, so_far: &mut Vec<Token>) {
        if self.found.len() > MOST || !self.share(i, j) {
            return;
        }
        let length = so_far.len();
        match (self.a.get(i).copied(), self.b.get(j).copied()) {
            (None, None) => self.found.push(so_far.as_slice().into()),
            (Some(Token::Many(a)), Some(Token::Many(b))) => {
                let many = Token::Many(a.narrower(b));
                if so_far.last() != Some(&many) {
                    so_far.push(many);
                }
                self.list(i + 1, j, so_far);
                self.list(i, j + 1, so_far);
            }
            (Some(Token::Many(class)), next) => {
                self.list(i + 1, j, so_far);
                if let Some(token) = next.and_then(|next| within(class, next)) {
                    so_far.push(token);
                    self.list(i, j + 1, so_far);
                }
            }
            (next, Some(Token::Many(class))) => {
                self.list(i, j + 1, so_far);
                if let Some(token) = next.and_then(|next| within(class, next)) {
                    so_far.push(token);
                    self.list(i + 1, j, so_far);
                }
            }
            (Some(a), Some(b)) => {
                if let Some(token) = single(a, b) {
                    so_far.push(token);
                    self.list(i + 1, j + 1, so_far);
                }
            }
            (None, Some(_)) | (Some(_), None) => {}
        }
        so_far.truncate(length);
    }

    fn share(&self, i: usize, j: usize) -> bool {
        self.table[i * (self.b.len() + 1) + j]
    }
}

impl Class {
    fn narrower(self, other: Self) -> Self {
        if self.holds(other) { other } else { self }
    }
}

/// Returns the part of a token that is inside a `*`.
fn within(class: Class, token: Token) -> Option<Token> {
    match token {
        Token::Char(c) => class.takes(c).then_some(token),
        Token::One(own) => Some(Token::One(own.narrower(class))),
        Token::Many(own) => Some(Token::Many(own.narrower(class))),
    }
}

/// Returns the common part of two tokens that match one character each.
fn single(a: Token, b: Token) -> Option<Token> {
    match (a, b) {
        (Token::One(class), other) | (other, Token::One(class)) => within(class, other),
        (a, b) => (a == b).then_some(a),
    }
}
