//! Advice about a finding that no edit of a blueprint removes: the account was not proved from a
//! blueprint, or the blueprint does not describe the subject of the finding.

use keyward_iam::{Holder, PolicySource, StatementRef};

use super::credentials::ABOUT_OTHERS;
use super::federated::{FEDERATE, IN_SESSION};
use super::finding::Finding;
use super::promise::LACKS_KEY;
use crate::desired::GITHUB_ISSUER;

/// The findings that one piece of advice is about.
#[derive(Clone, Copy)]
struct About<'f> {
    subjects: &'f [&'f str],
    actions: &'f [&'f str],
}

impl Finding {
    /// Returns the change to make in the account itself, in one sentence. It was not proved.
    #[must_use]
    pub fn advice(&self) -> String {
        self.advice_about(&[&self.subject], &[])
    }

    /// Whether advice is shown beside a fix. An edit that closes a role to outsiders closes it
    /// to those who need it, too, and a policy that is not known may be right as it is.
    pub(super) fn is_advised_beside_fix(&self) -> bool {
        ["role-open-to/", "unknown-policy/"]
            .iter()
            .any(|kind| self.id.starts_with(kind))
    }

    /// Returns the change for several findings that differ only in the subject or the action.
    pub(super) fn advice_about(&self, subjects: &[&str], actions: &[&str]) -> String {
        let (kind, what) = self.id.split_once('/').unwrap_or((&self.id, ""));
        let about = About { subjects, actions };
        match kind {
            "widen" if matches!(what, "identity-center" | "organization") => {
                let actions = match what {
                    "organization" => "the actions that it names",
                    _ => "the actions of IAM Identity Center",
                };
                match self.editable() {
                    Editable::Statement(at) => {
                        format!("remove {actions} from {at}, or deny them in another policy")
                    }
                    Editable::No(why) => format!("{why}; or deny {actions} in another policy"),
                }
            }
            "widen" | "lift-guard" if self.message.contains(IN_SESSION) => self.no_session(),
            // The role that lifts a guard follows the action.
            "widen" | "lift-guard" => {
                self.take_away(what.split('/').next().unwrap_or(what), about.actions)
            }
            "dead-grant" => match self.editable() {
                Editable::Statement(at) => format!(
                    "remove {} from {at}, or correct the resources or conditions there",
                    about.what(what)
                ),
                Editable::No(why) => why,
            },
            "enrolment" => enrolment(what, about),
            "without-mfa" | "longer-lived" | "others" if self.message.contains(IN_SESSION) => {
                format!(
                    "{}; or deny it without MFA: {}",
                    self.no_session(),
                    about.guard()
                )
            }
            "without-mfa" if what == "many" => about.guard(),
            "without-mfa" | "longer-lived" => format!(
                "{}; or deny {} without MFA: {}",
                self.take_away(what, about.actions),
                about.it(),
                about.guard()
            ),
            "others" => self.own_only(what, about),
            "guard" => self.mend_guard(what, about),
            "role-without-mfa" => format!(
                "let the trust policy of role `{what}` allow only with `Bool \
                 aws:MultiFactorAuthPresent = true`"
            ),
            "role-open-to" => self.narrow_trust(what, about),
            "admin-by-default" if what == "direct" => format!(
                "move the administrator's rights of {} to a role whose trust policy asks for MFA",
                about.whom()
            ),
            "admin-by-default" => {
                format!("let {} also assume a role that only reads", about.whom())
            }
            "unknown-policy" => format!(
                "prove the account itself with --profile, which reads `{}`, or detach it",
                what.trim_end_matches("/roles")
            ),
            "unreadable-policy" => {
                let what = what.trim_end_matches("/roles");
                format!("correct the document of `{what}` of {}", about.whom())
            }
            "too-complex" => format!(
                "shorten the lists of `Resource` and `NotResource` in the policies of {}: each `Deny` with \
                 `NotResource` multiplies what there is to judge",
                about.whom()
            ),
            _ => "change the policies of the account".to_owned(),
        }
    }

    /// Advice about what only a session of `sts:GetFederationToken` can do.
    fn no_session(&self) -> String {
        let take_away = self.take_away(FEDERATE, &[]);
        format!("{take_away}: its session has no user name, so that denials by name spare it")
    }

    fn take_away(&self, action: &str, all: &[&str]) -> String {
        let scope = match all
            .iter()
            .chain(&[action])
            .any(|one| ABOUT_OTHERS.contains(one))
        {
            true => " on other users",
            false => "",
        };
        let about = About {
            subjects: &[],
            actions: all,
        };
        let (what, it) = (about.what(action), about.it());
        match self.editable() {
            Editable::Statement(at) => {
                format!("remove {what} from {at}, or deny {it}{scope} in another policy")
            }
            Editable::No(why) => format!("{why}; or deny {what}{scope} in another policy"),
        }
    }

    /// Advice about a call of enrolment that is allowed on other people's users and devices. A guard must
    /// let the call through, so it helps only where it names the user's own resources.
    fn own_only(&self, action: &str, about: About<'_>) -> String {
        let what = about.what(action);
        match self.editable() {
            Editable::Statement(at) => {
                format!("allow {what} only on the user's own in {at}: {OWN}")
            }
            Editable::No(why) => format!("{why}; or deny {what} on all but the user's own: {OWN}"),
        }
    }

    /// Advice about a guard that is missing, or that spares too much.
    fn mend_guard(&self, what: &str, about: About<'_>) -> String {
        let Editable::Statement(at) = self.editable() else {
            return about.guard();
        };
        match what {
            _ if self.statement.is_none() => about.guard(),
            "gaps" => format!("take what it lets through out of `NotAction` of {at}"),
            "others" => format!(
                "add a statement that denies these actions without MFA on all but the user's own: \
                 with `NotResource`, {OWN}"
            ),
            _ if self.message.contains(LACKS_KEY) => format!(
                "write `BoolIfExists aws:MultiFactorAuthPresent = false` as the condition of {at}"
            ),
            _ => about.guard(),
        }
    }

    /// Advice about a role that outsiders can assume. No token of a provider shows MFA.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent>
    fn narrow_trust(&self, what: &str, about: About<'_>) -> String {
        let policy = match about.subjects {
            [role] => format!("the trust policy of role `{role}`"),
            _ => "the trust policy of each of them".to_owned(),
        };
        if what == GITHUB_ISSUER {
            return format!(
                "add to {policy} a condition that names your repository: `StringLike \
                 {GITHUB_ISSUER}:sub = repo:OWNER/REPO:*`"
            );
        }
        if what.contains(":saml-provider:") {
            return format!(
                "add to {policy} a condition on a claim that names who may come in, such as \
                 `SAML:sub`, and let the provider ask for MFA"
            );
        }
        if self.message.contains("every identity of") || self.message.contains("a token of") {
            return format!(
                "add to {policy} a condition on a claim that names who may come in, such as `sub`, \
                 and let the provider ask for MFA"
            );
        }
        let name = format!("name in {policy} only the principals that need it");
        match what {
            "anyone-with-own-device" => name,
            _ => format!("{name}, and ask them for MFA"),
        }
    }

    /// Whether the statement behind the finding can be edited.
    fn editable(&self) -> Editable<'_> {
        let Some(statement) = &self.statement else {
            return Editable::No(format!("change the policies of `{}`", self.subject));
        };
        match &statement.policy {
            PolicySource::Attached { holder, arn } if arn.is_aws_managed() => {
                Editable::No(format!(
                    "detach `{}`, which AWS owns, from {holder} and attach a narrower policy",
                    arn.policy_name()
                ))
            }
            PolicySource::Inline {
                holder: Holder::Role(name),
                ..
            }
            | PolicySource::Attached {
                holder: Holder::Role(name),
                ..
            } if name.as_str().starts_with("AWSReservedSSO_") => Editable::No(format!(
                "change the permission set of IAM Identity Center that made role `{name}`"
            )),
            _ => Editable::Statement(statement),
        }
    }
}

enum Editable<'f> {
    Statement(&'f StatementRef),
    No(String),
}

/// The user's own user and devices, as resources.
const OWN: &str = "`user/${aws:username}`, `mfa/${aws:username}` and `mfa/${aws:username}-*`";

impl About<'_> {
    /// The subject, or all of them.
    fn whom(self) -> String {
        match self.subjects {
            [one] => format!("`{one}`"),
            _ => "each of them".to_owned(),
        }
    }

    /// The action, or all of them.
    fn what(self, action: &str) -> String {
        match self.actions.len() {
            0 | 1 => format!("`{action}`"),
            _ => "these actions".to_owned(),
        }
    }

    fn it(self) -> &'static str {
        match self.actions.len() {
            0 | 1 => "it",
            _ => "them",
        }
    }

    fn guard(self) -> String {
        let group = match self.subjects {
            [_] => "its group",
            _ => "their groups",
        };
        format!(
            "attach to {} or {group} a statement that denies everything except enrolment with \
             `BoolIfExists aws:MultiFactorAuthPresent = false`",
            self.whom()
        )
    }
}

fn enrolment(what: &str, about: About<'_>) -> String {
    match what {
        "path" => "name `user/${aws:username}` and `user/*/${aws:username}` as resources of \
                   enrolment"
            .to_owned(),
        "second-device" => {
            "name `mfa/${aws:username}` and `mfa/${aws:username}-*` as resources of \
                            `iam:CreateVirtualMFADevice`"
                .to_owned()
        }
        action => {
            let whom = match about.subjects {
                [one] => format!("`{}`", one.rsplit('/').next().unwrap_or(one)),
                _ => about.whom(),
            };
            format!(
                "allow `{action}` to {whom} without a condition on MFA, and name it in `NotAction` of \
                 the statement that denies everything else without MFA"
            )
        }
    }
}

#[cfg(test)]
mod tests;
