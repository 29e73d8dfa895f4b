//! Whether something holds, when part of the request is not known.

/// Yes, no, or it depends on what is not known. The order is that of certainty, so that `min` is
/// "and", and `max` is "or".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// It holds for no request of this kind.
    No,
    /// It may hold for some requests.
    Unknown,
    /// It holds for every request of this kind.
    Yes,
}

impl Truth {
    /// The opposite; what is not known stays so.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
            Self::Yes => Self::No,
        }
    }

    /// Whether all hold; nothing holds vacuously.
    pub(crate) fn all(truths: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::Yes;
        for truth in truths {
            all = all.min(truth);
            if all == Self::No {
                break;
            }
        }
        all
    }

    /// Whether one of them holds.
    pub(crate) fn any(truths: impl IntoIterator<Item = Self>) -> Self {
        let mut any = Self::No;
        for truth in truths {
            any = any.max(truth);
            if any == Self::Yes {
                break;
            }
        }
        any
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}
