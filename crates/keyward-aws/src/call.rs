//! The circumstances of a call beside its request: the caller, the number of attempts, and the
//! secrets in it.

use keyward_core::Credentials;
use keyward_core::id::{MfaSerial, Region, RoleArn};
use keyward_core::secret::MfaCode;

use crate::client::Repeat;
use crate::error::Action;

/// The context of a call beyond its request: for signing, retrying and explaining.
pub(crate) struct Call<'a> {
    pub(crate) action: Action,
    pub(crate) credentials: Option<&'a Credentials>,
    pub(crate) repeat: Repeat,
    pub(crate) role: Option<&'a RoleArn>,
    pub(crate) serial: Option<&'a MfaSerial>,
    /// The region, where it is not that of the settings.
    pub(crate) region: Option<&'a Region>,
    /// Secrets of the request, which an answer could echo.
    pub(crate) secrets: Vec<&'a str>,
}

impl<'a> Call<'a> {
    pub(crate) fn new(action: Action, credentials: &'a Credentials) -> Self {
        Self {
            credentials: Some(credentials),
            ..Self::unsigned(action)
        }
    }

    pub(crate) fn unsigned(action: Action) -> Self {
        Self {
            action,
            credentials: None,
            repeat: Repeat::Freely,
            role: None,
            serial: None,
            region: None,
            secrets: Vec::new(),
        }
    }

    /// A call that must not be sent twice when its fate is unknown.
    pub(crate) fn once(mut self) -> Self {
        self.repeat = Repeat::IfUnsent;
        self
    }

    /// A call in a region that a blueprint names.
    pub(crate) fn in_region(mut self, region: &'a Region) -> Self {
        self.region = Some(region);
        self
    }

    /// A call that names a role.
    pub(crate) fn on_role(mut self, role: &'a RoleArn) -> Self {
        self.role = Some(role);
        self
    }

    /// A call with a code, which works once.
    pub(crate) fn with_code(mut self, mfa: Option<(&'a MfaSerial, &'a MfaCode)>) -> Self {
        if let Some((serial, code)) = mfa {
            self.serial = Some(serial);
            self.repeat = Repeat::IfUnsent;
            // Exposed so that it can be struck out of AWS's message.
            self.secrets.push(code.expose());
        }
        self
    }

    /// A call whose request holds a secret.
    pub(crate) fn hiding(mut self, secret: &'a str) -> Self {
        self.secrets.push(secret);
        self
    }
}
