//! The words for the next step after a failed call to AWS.

use keyward_aws::NextStep;

use super::hint::{FORGET, Hint, Part, Whose};

impl From<NextStep> for Hint {
    fn from(step: NextStep) -> Self {
        match with_command(step) {
            Some(parts) => Self::of(parts),
            None => match step {
                NextStep::FixProxyVariable(variable) => Self::from(format!(
                    "correct or unset {variable}; without it calls bypass the proxy"
                )),
                NextStep::FixRootVariables(variables) => Self::from(format!(
                    "correct {variables}, or unset to use the system's own certificates"
                )),
                _ => Self::from(text(step)),
            },
        }
    }
}

fn words(text: &'static str) -> Part {
    Part::Text(text.into())
}

/// The steps that name a command for the caller's profile or the key's.
fn with_command(step: NextStep) -> Option<Vec<Part>> {
    let caller = |command| Part::Command(command, Whose::Caller, None);
    let add = Part::Command("keyward add", Whose::KeyHolder, None);
    let forget = caller(FORGET);
    Some(match step {
        NextStep::ForgetSessionOfLostKey => vec![
            words(
                "AWS ended the session early, as when the key behind it is deleted or made inactive: forget it with ",
            ),
            forget,
            words(", and the next command makes a new one"),
        ],
        NextStep::ForgetEndedSession => vec![
            words(
                "AWS ended the session early, or its expiry came from a wrong clock: forget it with ",
            ),
            forget,
            words(", and the next command makes a new one"),
        ],
        NextStep::ForgetSpoiledSession => vec![
            words("the kept session is damaged, or a proxy changes the requests: forget it with "),
            forget,
            words(", and the next command makes a new one"),
        ],
        NextStep::CheckOrReplaceKey => vec![
            words(
                "the key may have been deleted, made inactive or replaced: check its state, or store a new one with ",
            ),
            add,
        ],
        NextStep::StoreKeyAgain => vec![
            words("the secret was mistyped or cut off: store the key again with "),
            add,
        ],
        NextStep::ExplainDuration => vec![
            caller("keyward explain"),
            words(" shows which hop sets the limit"),
        ],
        NextStep::UseNamedDevice => vec![
            words("the code must come from the device that the profile names: "),
            caller("keyward explain"),
            words(" shows which"),
        ],
        NextStep::ResyncDevice => vec![
            words("if fresh codes fail too, the device's clock may be off: "),
            caller("keyward mfa resync"),
            words(" fixes that"),
        ],
        NextStep::ListDevices => vec![
            words("the serial must belong to a device of the user who owns the key: "),
            caller("keyward mfa list"),
            words(
                " shows them; where that asks for a code too, correct or remove the line `mfa_serial` of the profile",
            ),
        ],
        NextStep::EnrolVirtualDevice => vec![
            words("add a virtual device (an authenticator app) to the user with "),
            caller("keyward mfa enroll"),
            words(" and name its serial"),
        ],
        NextStep::EnrolFirstDevice => vec![
            words("for a user without a device: "),
            caller("keyward mfa enroll"),
        ],
        NextStep::FreeAccessKey => vec![
            words(
                "a user has two access keys at most: delete the unused one, or finish a rotation with ",
            ),
            caller("keyward rotate --resume"),
        ],
        _ => return None,
    })
}

/// The words of a step without a profile; empty for one that has more than words.
fn text(step: NextStep) -> &'static str {
    match step {
        NextStep::NameMfaDevice => {
            "name the MFA device as `mfa_serial` in the profile, so that the session is made with a code"
        }
        NextStep::CheckKeyOfSession => {
            "if the session was made with a code, the key behind it has been deleted or made inactive: check it with `keyward whoami`"
        }
        NextStep::NameEndpointOfKey => {
            "it is not an AWS key: name the address of its service as `endpoint_url` in the profile or AWS_ENDPOINT_URL"
        }
        NextStep::UseRegionOfPartition => {
            "a key of another partition (China, GovCloud) needs a `region` of that partition"
        }
        NextStep::WaitForNewKey => "a key made seconds ago may not be known everywhere yet",
        NextStep::SetClock => "set the clock, for instance by enabling time synchronisation",
        NextStep::AskForAnHour => {
            "ask for an hour or less; `credential_process` renews it by itself"
        }
        NextStep::LowerDuration => {
            "lower `duration_seconds` or `--duration`, or raise the role's maximum session duration"
        }
        NextStep::AllowTagSession => {
            "the role's trust policy must also allow `sts:TagSession`, or drop `session_tags`"
        }
        NextStep::AllowSourceIdentity => {
            "the role's trust policy must also allow `sts:SetSourceIdentity`, or drop `source_identity`"
        }
        NextStep::SatisfyExplicitDeny => {
            "a policy denies it explicitly; if it asks for MFA and no code was given, name `mfa_serial` in the profile"
        }
        NextStep::CheckRoleName => {
            "check the role's name and account for typing errors: AWS gives the same answer for a role that does not exist"
        }
        NextStep::MeetRoleConditions => {
            "the role may ask for MFA, for a more recent code, or for an `external_id`"
        }
        NextStep::CheckBothSides => {
            "both sides must agree: the role's trust policy and, in another account, the caller's own policies"
        }
        NextStep::WaitForNextCode => "each code works once: wait for the next one",
        NextStep::GiveTwoCodesInARow => {
            "give two codes in a row, of the entry of this device, and check that its clock is right"
        }
        NextStep::UseConsoleForPasskey => {
            "AWS accepts passkeys and security keys only for console sign-in and Identity Center"
        }
        NextStep::ReadPasswordRule => "AWS's message above says which rule is broken",
        NextStep::RaiseQuota => "delete what is unused, or ask AWS to raise the quota",
        NextStep::ShortenInlinePolicies => {
            "shorten or remove an inline policy there: all inline policies of a user, group or role share one limit"
        }
        NextStep::RemoveTag => "remove a tag there that nothing uses",
        NextStep::RenameDevice => {
            "a device of that name exists, enabled or not: delete it or take another name"
        }
        NextStep::UseLongLivedKey => {
            "this call needs a long-lived key, not a session: use the profile that holds the key"
        }
        NextStep::AskForPolicy => "the user or role needs a policy that allows the action",
        NextStep::Retry => "wait a little and try again",
        NextStep::CheckDns => "check the network and the region's name",
        NextStep::CheckProxy => {
            "check the proxy's address, name and password; hosts that need no proxy are named in `NO_PROXY`"
        }
        NextStep::CheckProxyScheme => {
            "most proxies speak plain HTTP: write `http://` in front of the proxy's address, or correct it"
        }
        NextStep::CheckConnection => "check the network, `HTTPS_PROXY` and any `endpoint_url`",
        NextStep::NameProxyCertificate => {
            "behind a proxy that intercepts TLS, name its certificate in `AWS_CA_BUNDLE`"
        }
        NextStep::InstallRoots => {
            "on a bare machine or container, install the package `ca-certificates`"
        }
        NextStep::CheckNetwork => "check the network and try again",
        NextStep::CheckEndpoint => {
            "a proxy, a captive portal or an emulator may have answered: check the endpoint and the network"
        }
        NextStep::ListBeforeRetry => {
            "AWS may have done it anyway: list what exists before trying again"
        }
        NextStep::CheckClocks => {
            "check this machine's clock, and the clock of the endpoint if it is not AWS's own"
        }
        NextStep::NameCaBundle => {
            "`AWS_CA_BUNDLE`, `ca_bundle` and `REQUESTS_CA_BUNDLE` must name a readable file of PEM certificates"
        }
        NextStep::RaiseLimits => {
            "raise the limits of this process: `ulimit -n 256` for open files, `ulimit -u` for processes"
        }
        NextStep::CheckRegionAndEndpoint => {
            "check the region, the endpoint, and the FIPS and dual-stack switches"
        }
        NextStep::CheckRegion => {
            "the region is wrong for this endpoint or partition: check `region`"
        }
        NextStep::EnableRegion => {
            "STS is disabled in that region: enable it, or choose another region"
        }
        NextStep::ShortenPolicy => {
            "session policy and session tags are too large together: shorten them"
        }
        NextStep::ReadPolicyFault => "the policy is not valid: AWS's message above says where",
        NextStep::OptIn => "the account has not signed up for the service or the region",
        NextStep::DetachFirst => "something still uses it: detach or remove that first",
        NextStep::RetryLater => "AWS has a fault: try again",
        NextStep::FixProxyVariable(_)
        | NextStep::FixRootVariables(_)
        | NextStep::ForgetSessionOfLostKey
        | NextStep::ForgetEndedSession
        | NextStep::ForgetSpoiledSession
        | NextStep::CheckOrReplaceKey
        | NextStep::StoreKeyAgain
        | NextStep::ExplainDuration
        | NextStep::UseNamedDevice
        | NextStep::ResyncDevice
        | NextStep::ListDevices
        | NextStep::EnrolVirtualDevice
        | NextStep::EnrolFirstDevice
        | NextStep::FreeAccessKey => "",
    }
}
