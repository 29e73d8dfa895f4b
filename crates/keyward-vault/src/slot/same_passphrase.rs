//! One passphrase for every slot that needs one. A question does not name its slot, so the answer
//! may belong to any of them.

use std::sync::{Arc, Mutex, PoisonError};

use keyward_core::secret::Passphrase;

use super::{Access, Prompter, Question};

/// A user whose passphrase for one slot is also tried on the others.
struct SamePassphrase {
    person: Arc<dyn Prompter>,
    given: Mutex<Option<Passphrase>>,
}

impl Access {
    /// Access that asks one question for all passphrase slots. If the user gives no answer, the next slot
    /// asks again.
    pub(crate) fn with_same_passphrase(&self) -> Self {
        Self {
            person: Arc::new(SamePassphrase {
                person: Arc::clone(&self.person),
                given: Mutex::new(None),
            }),
            ..self.clone()
        }
    }
}

impl Prompter for SamePassphrase {
    fn secret(&self, question: &Question) -> Option<Passphrase> {
        if !matches!(question, Question::Slot(_)) {
            return self.person.secret(question);
        }
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        if given.is_none() {
            *given = self.person.secret(question);
        }
        given.clone()
    }

    fn text(&self, question: &str) -> Option<String> {
        self.person.text(question)
    }

    fn choose(&self, question: &str, yes: &str, no: Option<&str>) -> Option<bool> {
        self.person.choose(question, yes, no)
    }

    fn say(&self, message: &str) {
        self.person.say(message);
    }
}
