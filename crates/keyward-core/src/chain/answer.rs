//! The chain after its program has answered. A `credential_process` may print temporary credentials
//! or a long-lived key. Only its answer shows which. The resolver prepares the steps for both, and
//! the executor chooses by the answer.
//!
//! Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>

use super::error::ResolveError;
use super::hops;
use super::profile_path::ProfilePath;
use super::{Base, Call, Chain, Endpoints, Hop, Inputs, Lifetime, hop_keys, mfa, reasons};
use crate::id::AccessKeyId;

/// The output of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer<'a> {
    /// Credentials with a session token.
    Temporary,
    /// A key without a session token, known by its id.
    LongLived(&'a AccessKeyId),
}

/// The steps after one kind of answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    /// The calls, in order.
    pub hops: Vec<Hop>,
    /// Warnings for the user if the answer is of this kind.
    pub warnings: Vec<String>,
}

impl Steps {
    /// Whether the only step is a session without MFA, which only AWS can issue for a key.
    fn is_a_bare_session(&self) -> bool {
        matches!(
            self.hops.as_slice(),
            [Hop {
                call: Call::GetSessionToken,
                mfa_serial: None,
                ..
            }]
        )
    }
}

/// The steps after each kind of answer, or why that kind leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByAnswer {
    /// After temporary credentials.
    pub temporary: Result<Steps, ResolveError>,
    /// After a long-lived key. The cache keys count only once the id is known.
    pub long_lived: Result<Steps, ResolveError>,
    /// The kind to show before the answer is known. A chain that names an MFA device has a key.
    pub likely: Likely,
}

/// The kind of answer that the files suggest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likely {
    /// Temporary credentials.
    Temporary,
    /// A long-lived key, since the chain names an MFA device for it.
    LongLived,
}

impl ByAnswer {
    /// The steps of a chain that starts from a program.
    pub(super) fn chain(
        inputs: &Inputs<'_>,
        path: &ProfilePath<'_>,
        endpoints: &Endpoints,
    ) -> Self {
        let steps = |lifetime| {
            let mut warnings = Vec::new();
            hops::warn_of_duration(inputs, path, lifetime, &mut warnings);
            let hops = hops::of(inputs, path, lifetime, endpoints, &mut warnings)?;
            hops::refuse_unused_policy(inputs, lifetime, &hops)?;
            Ok(Steps { hops, warnings })
        };
        Self {
            temporary: steps(Lifetime::Temporary),
            long_lived: steps(Lifetime::LongLived),
            likely: match mfa::is_named(path) {
                true => Likely::LongLived,
                false => Likely::Temporary,
            },
        }
    }

    /// The hops after the likely answer, or after the other one where that leads nowhere.
    pub(super) fn likely_hops(&self) -> Result<Vec<Hop>, ResolveError> {
        let (first, second) = match self.likely {
            Likely::Temporary => (&self.temporary, &self.long_lived),
            Likely::LongLived => (&self.long_lived, &self.temporary),
        };
        match (first, second) {
            (Ok(steps), _) | (Err(_), Ok(steps)) => Ok(steps.hops.clone()),
            (Err(error), Err(_)) => Err(error.clone()),
        }
    }

    /// Whether the two kinds of answer lead through different calls.
    pub(super) fn differ(&self) -> bool {
        match (&self.temporary, &self.long_lived) {
            (Ok(one), Ok(other)) => {
                one.hops.len() != other.hops.len()
                    || one.hops.iter().zip(&other.hops).any(|(one, other)| {
                        one.call != other.call
                            || one.mfa_serial != other.mfa_serial
                            || one.duration != other.duration
                    })
            }
            (Err(one), Err(other)) => one != other,
            (Ok(_), Err(_)) | (Err(_), Ok(_)) => true,
        }
    }
}

impl Chain {
    /// The chain after its program has answered; the same chain if the base is not a program. The warnings
    /// are only those that the answer adds.
    ///
    /// # Errors
    /// This kind of answer cannot provide what the profile or the flags ask for.
    pub fn settle(&self, answer: Answer<'_>) -> Result<Self, ResolveError> {
        let Some(by_answer) = &self.by_answer else {
            return Ok(self.clone());
        };
        let mut settled = self.clone();
        let steps = match answer {
            Answer::Temporary => &by_answer.temporary,
            Answer::LongLived(_) => &by_answer.long_lived,
        };
        let mut steps = steps.clone()?;
        if let Answer::LongLived(id) = answer
            && !id.has_aws_shape()
            && steps.is_a_bare_session()
        {
            steps = Steps {
                hops: Vec::new(),
                warnings: vec![reasons::of_another_maker(&self.profile)],
            };
        }
        let Steps { hops, warnings } = steps;
        if let Base::Process(process) = &mut settled.base {
            process.key = match answer {
                Answer::Temporary => None,
                Answer::LongLived(id) => Some(id.clone()),
            };
        }
        settled.hops = hops;
        settled.warnings = warnings;
        hop_keys::path(&settled.base, &mut settled.hops, &settled.endpoints);
        Ok(settled)
    }
}
