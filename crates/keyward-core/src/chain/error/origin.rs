//! The line that each mistake is on.

use super::{ResolveError, ValueOrigin};
use crate::config::Origin;

impl ResolveError {
    /// The line to fix, if the mistake is in a file.
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        match self {
            Self::UnknownProfile { ignored, .. } => ignored.as_ref().map(|header| &header.at),
            Self::UnknownSource { at, .. }
            | Self::Loop { at, .. }
            | Self::TooLong { at, .. }
            | Self::TwoSources { at, .. }
            | Self::RoleWithoutSource { at, .. }
            | Self::HalfKey { at, .. }
            | Self::TokenMissing { at, .. }
            | Self::KeyOfTwoFiles { at, .. }
            | Self::IncompleteSso { at, .. }
            | Self::SsoConflict { at, .. }
            | Self::HalfSsoSession { at, .. }
            | Self::UnknownSsoSession { at, .. }
            | Self::AsksItself { at, .. }
            | Self::UnknownCredentialSource { at, .. }
            | Self::NoEnvironmentKey { at, .. } => Some(at),
            Self::InvalidValue { place, .. }
            | Self::InvalidSetting { place, .. }
            | Self::InvalidKeyId { place, .. }
            | Self::QuotedSecret { place, .. }
            | Self::SpoiltSecret { place, .. }
            | Self::TokenLeftBehind { place, .. }
            | Self::InvalidTags { place, .. }
            | Self::SecurityKey { place, .. }
            | Self::DurationOutOfBounds { place, .. } => match place {
                ValueOrigin::Line(at) => Some(at),
                ValueOrigin::Variable(_)
                | ValueOrigin::Flag(_)
                | ValueOrigin::Setting(_)
                | ValueOrigin::Vault(_) => None,
            },
            Self::NoCredentials { .. }
            | Self::ChainTooShort { .. }
            | Self::PolicyNeedsRole { .. } => None,
        }
    }
}
