//! What a person can do about each failure.

use super::{AwsMessage, CallError, NetworkKind};

impl CallError {
    /// What to do, most likely first; sentences without a full stop. Empty when nothing useful
    /// is known. Where a command ends in `PROFILE`, that stands for the profile of the caller, and
    /// for `keyward add` for the one that holds the key.
    #[must_use]
    pub fn hints(&self) -> Vec<String> {
        let texts: &[&str] = match self {
            Self::NotAuthorizedWithoutMfa { .. } => &[
                "name the MFA device as `mfa_serial` in the profile, so that the session is made with a code",
                "a user without a device gets one by `keyward mfa enroll PROFILE`",
                "if the session was made with a code, the key behind it has been deleted or made inactive: \
                 check it with `keyward whoami`",
            ],
            Self::KeyUnknown {
                access_key_id: Some(id),
                ..
            } if id.is_temporary() => &[
                "the session was ended early, as when the key behind it is deleted or made inactive: forget it \
                 with `keyward remove --sessions-only PROFILE`, and the next command makes a new one",
            ],
            Self::KeyUnknown { .. } => &[
                "the key may have been deleted, made inactive or replaced: ask for its state, or store a new one \
                 with `keyward add PROFILE`",
                "a key of another partition (China, GovCloud) needs a `region` of that partition",
                "a key made seconds ago may not have spread yet",
            ],
            Self::WrongSecret { .. } => {
                &["the secret was mistyped or cut: store the key again with `keyward add PROFILE`"]
            }
            Self::ExpiredToken { .. } => &[
                "the session was ended early, or its end was read from a wrong clock: forget it with \
                     `keyward remove --sessions-only PROFILE`, and the next command makes a new one",
            ],
            Self::ClockSkew { .. } => {
                &["set the clock, for instance by switching on time synchronisation"]
            }
            Self::ChainingLimit { .. } => &[
                "ask for an hour or less; it is renewed by itself where `credential_process` is used",
                "`keyward explain PROFILE` shows which hop the limit comes from",
            ],
            Self::DurationTooLong { .. } => &[
                "lower `duration_seconds` or `--duration`, or raise the role's maximum session duration",
            ],
            Self::AssumeRoleDenied { message, .. } => return assume_role_hints(message),
            Self::WrongOrUsedCode { .. } => &[
                "each code works once: wait for the next one",
                "if fresh codes fail too, the device's clock may be off: `keyward mfa resync PROFILE` fixes that",
            ],
            Self::UnknownDevice { .. } => &[
                "the serial must be that of a device of the user who owns the key: `keyward mfa list PROFILE` shows them",
            ],
            Self::UnsupportedDevice { .. } => &[
                "add a virtual device (an authenticator app) to the user with `keyward mfa enroll PROFILE` and name its serial",
                "AWS takes passkeys and security keys only for console sign-in and Identity Center",
            ],
            Self::PasswordPolicyViolation { .. } => &["AWS's words above say which rule is broken"],
            Self::Limit { action, .. } if action.name == "CreateAccessKey" => &[
                "a user has two access keys at most: delete the one not in use, or finish a rotation with \
                 `keyward rotate --resume PROFILE`",
            ],
            Self::Limit { .. } => &["delete what is not in use, or ask AWS to raise the quota"],
            Self::AlreadyExists { action, .. } if action.name == "CreateVirtualMFADevice" => &[
                "a device of that name was made and never switched on, or is in use: delete it or take another name",
            ],
            Self::Denied { message, .. } => return denied_hints(message),
            Self::Throttled { .. } => &["wait a little and try again"],
            Self::Network { action, kind, .. } => {
                return network_hints(*kind, action.name.starts_with("Create"));
            }
            Self::Unreadable { .. } => &[
                "a proxy, a captive portal or an emulator may have answered: check the endpoint and the network",
            ],
            Self::ImpossibleEnd { .. } => &[
                "check this machine's clock, and the clock of the endpoint where it is not AWS's own",
            ],
            Self::CaBundle { .. } => &[
                "`AWS_CA_BUNDLE`, `ca_bundle` and `REQUESTS_CA_BUNDLE` must name a readable file of PEM certificates",
            ],
            Self::Proxy { variable, .. } => {
                return vec![format!(
                    "correct or unset {variable}; without it calls go past the proxy"
                )];
            }
            Self::Request { .. } => {
                &["check the region, the endpoint, and the FIPS and dual-stack switches"]
            }
            Self::Runtime { .. } => &[
                "raise the limits of this process: `ulimit -n 256` for open files, `ulimit -u` for processes",
            ],
            Self::NoSuchEntity { .. } | Self::AlreadyExists { .. } => &[],
            Self::Other { code, message, .. } => return other_hints(code, message),
        };
        owned(texts)
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn assume_role_hints(message: &AwsMessage) -> Vec<String> {
    let message = message.message();
    if message.contains("sts:TagSession") {
        return owned(&[
            "the role's trust policy must also allow `sts:TagSession`, or drop `session_tags`",
        ]);
    }
    if message.contains("sts:SetSourceIdentity") {
        return owned(&[
            "the role's trust policy must also allow `sts:SetSourceIdentity`, or drop `source_identity`",
        ]);
    }
    let mut hints = Vec::new();
    if message.contains("explicit deny") {
        hints.push(
            "a policy denies it outright; most often the one that asks for MFA: name `mfa_serial`",
        );
    }
    hints.extend([
        "check the role's name and account for typing errors: AWS gives the same answer for a role that does not exist",
        "the role may ask for MFA, for a younger code, or for an `external_id`",
        "both sides must agree: the role's trust policy and, in another account, the caller's own policies",
    ]);
    owned(&hints)
}

fn denied_hints(message: &AwsMessage) -> Vec<String> {
    if message.message().contains("session credentials") {
        owned(&[
            "this call takes a long-lived key, not a session: use the profile that holds the key",
        ])
    } else if message.message().contains("explicit deny") {
        owned(&[
            "a policy denies it outright; most often the one that asks for MFA: name `mfa_serial` in the profile",
        ])
    } else {
        owned(&["the user or role needs a policy that allows the action"])
    }
}

fn network_hints(kind: NetworkKind, creates: bool) -> Vec<String> {
    let mut hints = match kind {
        NetworkKind::Dns => vec!["check the network and the region's name"],
        NetworkKind::Proxy(_) => vec![
            "check the proxy's address, name and password; hosts that need no proxy are named in `NO_PROXY`",
        ],
        NetworkKind::Connect => vec!["check the network, `HTTPS_PROXY` and any `endpoint_url`"],
        NetworkKind::Tls => vec![
            "behind a proxy that opens TLS, name its certificate in `AWS_CA_BUNDLE`",
            "on a bare machine or container, install the package `ca-certificates`",
        ],
        NetworkKind::Timeout | NetworkKind::Lost => vec!["check the network and try again"],
        NetworkKind::TooLong => {
            vec!["a proxy, a captive portal or an emulator may have answered: check the endpoint"]
        }
    };
    let unknown_fate = [
        NetworkKind::Timeout,
        NetworkKind::Lost,
        NetworkKind::TooLong,
    ];
    if creates && unknown_fate.contains(&kind) {
        hints.push("AWS may have done it all the same: list what exists before trying again");
    }
    owned(&hints)
}

fn other_hints(code: &str, message: &AwsMessage) -> Vec<String> {
    if message
        .message()
        .contains("should be scoped to a valid region")
    {
        return owned(&["the region is wrong for this endpoint or partition: check `region`"]);
    }
    owned(match code {
        "RegionDisabledException" => {
            &["STS is switched off in that region: switch it on, or choose another region"]
        }
        "PackedPolicyTooLarge" | "PackedPolicyTooLargeException" => {
            &["session policy and session tags are too large together: shorten them"]
        }
        "MalformedPolicyDocument" => &["the policy is not valid: AWS's words above say where"],
        "OptInRequired" => &["the account has not signed up for the service or the region"],
        "DeleteConflict" => &["something still uses it: detach or remove that first"],
        "InternalFailure" | "ServiceFailure" | "ServiceUnavailable" => {
            &["AWS has a fault: try again"]
        }
        _ => &[],
    })
}
