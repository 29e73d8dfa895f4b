//! Advice about a finding that no edit of a blueprint removes: the account was not proved from a
//! blueprint, or the blueprint does not describe the subject of the finding.

use keyward_iam::{Holder, PolicySource, StatementRef};

use super::credentials::ABOUT_OTHERS;
use super::federated::{FEDERATE, IN_SESSION};
use super::finding::Finding;

impl Finding {
    /// Returns the change to make in the account itself, in one sentence. It was not proved.
    #[must_use]
    pub fn advice(&self) -> String {
        let (kind, what) = self.id.split_once('/').unwrap_or((&self.id, ""));
        let subject = &self.subject;
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
            "widen" | "lift-guard" => self.take_away(what.split('/').next().unwrap_or(what)),
            "dead-grant" => match self.editable() {
                Editable::Statement(at) => format!(
                    "remove `{what}` from {at}, or correct the resources or conditions there"
                ),
                Editable::No(why) => why,
            },
            "enrolment" => enrolment(what, subject),
            "without-mfa" | "longer-lived" | "others" if self.message.contains(IN_SESSION) => {
                format!(
                    "{}; or deny it without MFA: {}",
                    self.no_session(),
                    guard(subject)
                )
            }
            "without-mfa" if what == "many" => guard(subject),
            "without-mfa" | "longer-lived" | "others" => format!(
                "{}; or deny it without MFA: {}",
                self.take_away(what),
                guard(subject)
            ),
            "guard" => guard(subject),
            "role-without-mfa" => format!(
                "let the trust policy of role `{what}` allow only with `Bool \
                 aws:MultiFactorAuthPresent = true`"
            ),
            "role-open-to" => format!(
                "name in the trust policy of role `{subject}` only the principals that need it, \
                 and ask them for MFA"
            ),
            "admin-by-default" if what == "direct" => format!(
                "move the administrator's rights of `{subject}` to a role whose trust policy asks \
                 for MFA"
            ),
            "admin-by-default" => {
                format!("let `{subject}` also assume a role that only reads")
            }
            "unknown-policy" => format!(
                "prove the account itself with --profile, which reads `{}`, or detach it",
                what.trim_end_matches("/roles")
            ),
            "unreadable-policy" => {
                let what = what.trim_end_matches("/roles");
                format!("correct the document of `{what}` of `{subject}`")
            }
            _ => "change the policies of the account".to_owned(),
        }
    }

    /// Advice about what only a session of `sts:GetFederationToken` can do.
    fn no_session(&self) -> String {
        let take_away = self.take_away(FEDERATE);
        format!("{take_away}: its session has no user name, so that denials by name spare it")
    }

    fn take_away(&self, action: &str) -> String {
        let scope = match ABOUT_OTHERS.contains(&action) {
            true => " on other users",
            false => "",
        };
        match self.editable() {
            Editable::Statement(at) => {
                format!("remove `{action}` from {at}, or deny it{scope} in another policy")
            }
            Editable::No(why) => format!("{why}; or deny `{action}`{scope} in another policy"),
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

fn enrolment(what: &str, user: &str) -> String {
    let user = user.rsplit('/').next().unwrap_or(user);
    match what {
        "path" => "name `user/${aws:username}` and `user/*/${aws:username}` as resources of \
                   enrolment"
            .to_owned(),
        "second-device" => {
            "name `mfa/${aws:username}` and `mfa/${aws:username}-*` as resources of \
                            `iam:CreateVirtualMFADevice`"
                .to_owned()
        }
        action => format!(
            "allow `{action}` to `{user}` without a condition on MFA, and name it in `NotAction` of \
             the statement that denies everything else without MFA"
        ),
    }
}

fn guard(user: &str) -> String {
    format!(
        "attach to `{user}` or its group a statement that denies everything except enrolment with \
         `BoolIfExists aws:MultiFactorAuthPresent = false`"
    )
}

#[cfg(test)]
mod tests;
