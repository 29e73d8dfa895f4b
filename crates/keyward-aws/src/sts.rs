//! The calls of STS: who am I, sessions, roles.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use aws_sdk_sts::types::{Credentials as SdkCredentials, PolicyDescriptorType, Tag};
use keyward_core::chain::AssumeRole;
use keyward_core::id::{AccountId, MfaSerial, PrincipalArn, RoleArn, RoleSessionName};
use keyward_core::secret::MfaCode;
use keyward_core::{Credentials, ImpossibleEnd};
use zeroize::Zeroizing;

use crate::aws::Aws;
use crate::call::Call;
use crate::error::{Action, CallError};
use crate::read::{parse, present, time};

/// A device and its code.
type Mfa<'a> = Option<(&'a MfaSerial, &'a MfaCode)>;

/// The identity of the credentials according to AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerIdentity {
    /// The user, role session or root.
    pub arn: PrincipalArn,
    /// The account.
    pub account: AccountId,
    /// The unique id, such as `AIDA…`, or `AROA…:session`.
    pub user_id: String,
}

/// The token of an identity provider, as a workload's token file holds it.
#[derive(Clone)]
pub struct WebIdentityToken(Zeroizing<String>);

/// A text that is not a token. The text itself is never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that is not a web identity token (4 to 20000 characters without blanks)")]
pub struct InvalidWebIdentityToken;

impl FromStr for WebIdentityToken {
    type Err = InvalidWebIdentityToken;

    fn from_str(text: &str) -> Result<Self, InvalidWebIdentityToken> {
        // Token files end in a newline.
        let text = text.trim();
        let ok = (4..=20_000).contains(&text.len())
            && !text.contains(|c: char| c.is_whitespace() || c.is_control());
        ok.then(|| Self(Zeroizing::new(text.to_owned())))
            .ok_or(InvalidWebIdentityToken)
    }
}

impl fmt::Debug for WebIdentityToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebIdentityToken(***)")
    }
}

impl Aws {
    /// `sts:GetCallerIdentity`, which no policy can forbid.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn get_caller_identity(
        &self,
        credentials: &Credentials,
    ) -> Result<CallerIdentity, CallError> {
        let action = Action::sts("GetCallerIdentity");
        let call = Call::new(action, credentials);
        let answer = self.sts(&call, |sts| sts.get_caller_identity().send())?;
        Ok(CallerIdentity {
            arn: parse(action, "Arn", present(action, "Arn", answer.arn())?)?,
            account: parse(
                action,
                "Account",
                present(action, "Account", answer.account())?,
            )?,
            user_id: present(action, "UserId", answer.user_id)?,
        })
    }

    /// `sts:GetSessionToken` from a long-lived key, with a code where `mfa` names one.
    /// `duration` is 900 to 129,600 seconds.
    ///
    /// # Errors
    /// See [`CallError`]. A device without codes is refused before any call.
    pub fn get_session_token(
        &self,
        source: &Credentials,
        duration: Duration,
        mfa: Mfa<'_>,
    ) -> Result<Credentials, CallError> {
        let action = Action::sts("GetSessionToken");
        refuse_security_key(action, mfa)?;
        let call = Call::new(action, source).with_code(mfa);
        let answer = self.sts(&call, |sts| {
            sts.get_session_token()
                .duration_seconds(seconds(duration))
                .set_serial_number(mfa.map(|(serial, _)| serial.to_string()))
                // Exposed because the request carries it.
                .set_token_code(mfa.map(|(_, code)| code.expose().to_owned()))
                .send()
        })?;
        self.temporary(action, answer.credentials, source.account_id.clone())
    }

    /// `sts:AssumeRole`, with every field that a profile can set. `duration` is 900 to 43,200
    /// seconds.
    ///
    /// # Errors
    /// See [`CallError`]. A device without codes is refused before any call.
    pub fn assume_role(
        &self,
        source: &Credentials,
        role: &AssumeRole,
        session_name: &RoleSessionName,
        duration: Duration,
        mfa: Mfa<'_>,
    ) -> Result<Credentials, CallError> {
        // Destructured so that a new field of a role cannot be forgotten here. The session's name
        // is the caller's, who fills in what the profile leaves open.
        let AssumeRole {
            role_arn,
            role_session_name: _,
            external_id,
            tags,
            transitive_tag_keys,
            source_identity,
            policy,
            policy_arns,
        } = role;
        let action = Action::sts("AssumeRole");
        refuse_security_key(action, mfa)?;
        let tags = sdk_tags(action, tags)?;
        let call = Call::new(action, source).on_role(role_arn).with_code(mfa);
        let answer = self.sts(&call, |sts| {
            sts.assume_role()
                .role_arn(role_arn.as_str())
                .role_session_name(session_name.as_str())
                .duration_seconds(seconds(duration))
                .set_external_id(external_id.as_ref().map(ToString::to_string))
                .set_tags(some_unless_empty(tags.clone()))
                .set_transitive_tag_keys(some_unless_empty(transitive_tag_keys.clone()))
                .set_source_identity(source_identity.as_ref().map(ToString::to_string))
                .set_policy(policy.clone())
                .set_policy_arns(sdk_policy_arns(policy_arns))
                .set_serial_number(mfa.map(|(serial, _)| serial.to_string()))
                // Exposed because the request carries it.
                .set_token_code(mfa.map(|(_, code)| code.expose().to_owned()))
                .send()
        })?;
        self.temporary(action, answer.credentials, role_arn.account())
    }

    /// `sts:AssumeRoleWithWebIdentity`: a workload's token for a role, unsigned.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn assume_role_with_web_identity(
        &self,
        role: &RoleArn,
        token: &WebIdentityToken,
        session_name: &RoleSessionName,
        duration: Duration,
    ) -> Result<Credentials, CallError> {
        let action = Action::sts("AssumeRoleWithWebIdentity");
        let call = Call::unsigned(action).on_role(role).hiding(&token.0);
        let answer = self.sts(&call, |sts| {
            sts.assume_role_with_web_identity()
                .role_arn(role.as_str())
                .role_session_name(session_name.as_str())
                .web_identity_token(token.0.as_str())
                .duration_seconds(seconds(duration))
                .send()
        })?;
        self.temporary(action, answer.credentials, role.account())
    }
}

fn refuse_security_key(action: Action, mfa: Mfa<'_>) -> Result<(), CallError> {
    match mfa {
        Some((serial, _)) if serial.is_security_key() => Err(CallError::UnsupportedDevice {
            action,
            serial: serial.clone(),
        }),
        _ => Ok(()),
    }
}

fn seconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_secs()).unwrap_or(i32::MAX)
}

fn some_unless_empty<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

fn sdk_tags(action: Action, tags: &[(String, String)]) -> Result<Vec<Tag>, CallError> {
    tags.iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect::<Result<_, _>>()
        .map_err(|error| CallError::Request {
            action,
            because: crate::Because::of(&error),
        })
}

fn sdk_policy_arns(arns: &[String]) -> Option<Vec<PolicyDescriptorType>> {
    some_unless_empty(
        arns.iter()
            .map(|arn| PolicyDescriptorType::builder().arn(arn).build())
            .collect(),
    )
}

/// Refuses an expiry that the SDK filled in because the answer lacks one.
pub(crate) fn said_end(action: Action, since_1970: i64) -> Result<(), CallError> {
    match since_1970 {
        0 => Err(CallError::ImpossibleEnd {
            action,
            because: ImpossibleEnd::Unsaid,
        }),
        _ => Ok(()),
    }
}

impl Aws {
    /// The credentials of an answer, with their end by this machine's clock.
    fn temporary(
        &self,
        action: Action,
        credentials: Option<SdkCredentials>,
        account_id: Option<AccountId>,
    ) -> Result<Credentials, CallError> {
        let given = present(action, "Credentials", credentials)?;
        said_end(action, given.expiration.secs())?;
        self.of_aws(
            action,
            Credentials {
                access_key_id: parse(action, "AccessKeyId", &given.access_key_id)?,
                secret_access_key: parse(action, "SecretAccessKey", &given.secret_access_key)?,
                session_token: Some(parse(action, "SessionToken", &given.session_token)?),
                expires_at: Some(self.local(time(given.expiration))),
                account_id,
            },
        )
    }

    /// AWS's answer, unless no session of AWS can have its expiry.
    pub(crate) fn of_aws(
        &self,
        action: Action,
        credentials: Credentials,
    ) -> Result<Credentials, CallError> {
        credentials
            .check_end(self.now())
            .map_err(|because| CallError::ImpossibleEnd { action, because })?;
        Ok(credentials)
    }
}
