//! A console sign-in that this program made: what renews it, and what proves whose it is. Its
//! credentials are elsewhere, among the sessions.

use keyward_core::Timestamp;
use keyward_core::id::{PrincipalArn, Region};
use keyward_core::secret::{ProofKey, RefreshToken};

use super::Unknown;

/// A sign-in at the console's sign-in service.
#[derive(Debug, Clone)]
pub struct ConsoleSignIn {
    /// The principal that signed in: the value of `login_session`.
    pub session: PrincipalArn,
    /// The public client that it was made as, such as
    /// `arn:aws:signin:::devtools/same-device`.
    pub client_id: String,
    /// The region whose sign-in service it was made at.
    pub region: Region,
    /// The token that renews it once; each renewal returns another.
    pub refresh_token: RefreshToken,
    /// The key that the refresh token is bound to.
    pub proof_key: ProofKey,
    /// The time of the sign-in.
    pub signed_in: Timestamp,
    pub(super) unknown: Unknown,
}

impl ConsoleSignIn {
    /// A sign-in as it was just made.
    #[must_use]
    pub fn new(
        session: PrincipalArn,
        client_id: String,
        region: Region,
        refresh_token: RefreshToken,
        proof_key: ProofKey,
        signed_in: Timestamp,
    ) -> Self {
        Self {
            session,
            client_id,
            region,
            refresh_token,
            proof_key,
            signed_in,
            unknown: Unknown::default(),
        }
    }
}
