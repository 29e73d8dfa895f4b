//! Identity and Access Management. Policies decide each action, and each refuses what AWS
//! refuses.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html>

use crate::call::Call;
use crate::failure::Failure;
use crate::params::Params;
use crate::state::{Accounts, KeyStatus, Mfa, Principal};
use crate::xml::Xml;

mod account;
mod alias;
mod attachments;
mod authorization_details;
mod boundaries;
mod credential_report;
mod description;
mod device_owner;
mod devices;
mod documents;
mod empty_lists;
mod groups;
mod holder;
mod inline;
mod instance_profiles;
mod keys;
mod login_profile;
mod memberships;
mod names;
mod oidc;
mod page;
mod password_policy;
mod permit;
mod policies;
mod policy_entities;
mod policy_versions;
mod roles;
mod service_credentials;
mod signing_certificates;
mod ssh_keys;
mod tag_list;
mod tags;
mod users;

/// The content of an action's result element, or a refusal.
type Answer = Result<Xml, Failure>;

/// The actions on one noun: `None` for actions on others.
type Noun = fn(&Call, &mut Accounts) -> Option<Answer>;

const NOUNS: &[Noun] = &[
    account::answer,
    alias::answer,
    attachments::answer,
    authorization_details::answer,
    boundaries::answer,
    credential_report::answer,
    device_owner::answer,
    devices::answer,
    groups::answer,
    inline::answer,
    instance_profiles::answer,
    keys::answer,
    login_profile::answer,
    memberships::answer,
    empty_lists::answer,
    oidc::answer,
    password_policy::answer,
    policies::answer,
    policy_entities::answer,
    policy_versions::answer,
    roles::answer,
    service_credentials::answer,
    signing_certificates::answer,
    ssh_keys::answer,
    tags::answer,
    users::answer,
];

/// Decides a call and returns the content of its result element.
pub(crate) fn answer(call: &Call, accounts: &mut Accounts) -> Answer {
    refuse_sessions_without_mfa(call)?;
    NOUNS
        .iter()
        .find_map(|noun| noun(call, accounts))
        .unwrap_or_else(|| Err(Failure::no_action(&call.action, call.service.version())))
}

/// `Status`: `Active` or `Inactive`.
fn status(params: &Params) -> Result<KeyStatus, Failure> {
    let status = params.require("Status")?;
    KeyStatus::parse(status).ok_or_else(|| {
        let constraint = "Member must satisfy enum value set: [Active, Inactive]";
        Failure::constraint("status", status, constraint)
    })
}

/// IAM refuses sessions from GetSessionToken without a code, and federated ones.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html>
fn refuse_sessions_without_mfa(call: &Call) -> Result<(), Failure> {
    match call.caller.session().map(|session| &session.principal) {
        Some(
            Principal::User {
                mfa: Mfa::Absent, ..
            }
            | Principal::Root { mfa: Mfa::Absent }
            | Principal::Federated { .. },
        ) => Err(Failure::invalid_token()),
        _ => Ok(()),
    }
}
