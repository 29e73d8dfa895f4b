//! Faults that tests inject: what AWS and networks do on a bad day, on demand.

use std::time::Duration;

use serde::Deserialize;

use crate::state::HiddenFor;

/// A fault for calls of one action, or of all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The action that it strikes; `None` for every call.
    pub action: Option<String>,
    /// The number of matching calls that go through unharmed first.
    pub skip: u32,
    /// The number of calls that it then strikes; `None` for all that follow.
    pub times: Option<u32>,
    /// The effect.
    pub effect: Effect,
}

/// The effect of a fault on a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Nothing is done; this refusal is the answer.
    Error {
        /// The HTTP status.
        status: u16,
        /// AWS's error code, such as `ServiceUnavailable`.
        code: String,
        /// The text.
        message: String,
    },
    /// The answer comes late. The work is done at once.
    Delay(Duration),
    /// Nothing is done and the connection closes without an answer.
    DropBefore,
    /// The work is done and the connection closes without an answer: the client cannot know.
    DropAfter,
    /// The work is done and the answer is not XML.
    Garbage,
    /// A key that this call creates is unknown for that long, as keys are on AWS until they
    /// have spread.
    HideNewKey(Duration),
    /// An entity that this call creates is unknown for a while, as on AWS until a change has
    /// reached every copy: no call finds it, but its name is in use.
    HideNewEntity(HiddenFor),
}

impl Fault {
    /// Strikes every call of an action.
    #[must_use]
    pub fn on(action: &str, effect: Effect) -> Self {
        Self {
            action: Some(action.to_owned()),
            skip: 0,
            times: None,
            effect,
        }
    }

    /// Strikes the next calls only.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self {
            times: Some(times),
            ..self
        }
    }

    /// Lets some calls through first.
    #[must_use]
    pub fn after(self, skip: u32) -> Self {
        Self { skip, ..self }
    }

    /// AWS's eventual consistency: the result of an action's next call is unknown to this number of
    /// later calls.
    #[must_use]
    pub fn hide_new(action: &str, calls: u32) -> Self {
        let hidden = HiddenFor::Calls(calls);
        Self::on(action, Effect::HideNewEntity(hidden)).times(1)
    }

    /// AWS's throttling, for the next calls of an action.
    #[must_use]
    pub fn throttle(action: &str, times: u32) -> Self {
        let effect = Effect::Error {
            status: 400,
            code: "Throttling".to_owned(),
            message: "Rate exceeded".to_owned(),
        };
        Self::on(action, effect).times(times)
    }
}

/// The faults that are still to strike.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The effects on one call, which are thereby used up.
    pub(crate) fn strike(&mut self, action: &str) -> Vec<Effect> {
        let mut effects = Vec::new();
        for fault in &mut self.0 {
            if fault
                .action
                .as_deref()
                .is_some_and(|wanted| wanted != action)
            {
                continue;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            match &mut fault.times {
                Some(0) => continue,
                Some(times) => *times -= 1,
                None => {}
            }
            effects.push(fault.effect.clone());
        }
        self.0.retain(|fault| fault.times != Some(0));
        effects
    }
}

/// A fault in the body of `POST /_practice/faults`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    #[serde(default)]
    action: Option<String>,
    #[serde(default)]
    skip: u32,
    #[serde(default)]
    times: Option<u32>,
    effect: WireEffect,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum WireEffect {
    Error {
        status: u16,
        code: String,
        message: String,
    },
    DelayMs(u64),
    DropBefore,
    DropAfter,
    Garbage,
    HideNewKeySeconds(u64),
    HideNewEntityCalls(u32),
    HideNewEntitySeconds(u64),
    Throttle,
}

/// Reads one fault, as documented at [`crate::Sandbox`].
pub(crate) fn from_json(text: &[u8]) -> Result<Fault, serde_json::Error> {
    let Wire {
        action,
        skip,
        times,
        effect,
    } = serde_json::from_slice(text)?;
    let effect = match effect {
        WireEffect::Error {
            status,
            code,
            message,
        } => Effect::Error {
            status,
            code,
            message,
        },
        WireEffect::DelayMs(ms) => Effect::Delay(Duration::from_millis(ms)),
        WireEffect::DropBefore => Effect::DropBefore,
        WireEffect::DropAfter => Effect::DropAfter,
        WireEffect::Garbage => Effect::Garbage,
        WireEffect::HideNewKeySeconds(s) => Effect::HideNewKey(Duration::from_secs(s)),
        WireEffect::HideNewEntityCalls(n) => Effect::HideNewEntity(HiddenFor::Calls(n)),
        WireEffect::HideNewEntitySeconds(s) => {
            Effect::HideNewEntity(HiddenFor::Time(Duration::from_secs(s)))
        }
        WireEffect::Throttle => Fault::throttle("", 1).effect,
    };
    Ok(Fault {
        action,
        skip,
        times,
        effect,
    })
}

#[cfg(test)]
mod tests;
