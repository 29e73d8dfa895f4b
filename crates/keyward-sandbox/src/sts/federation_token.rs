//! GetFederationToken: a name and a policy on a user's own key. It cannot carry MFA.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{issue, permit, session_policy, write_credentials};
use crate::call::{Call, Credential};
use crate::failure::Failure;
use crate::state::{Accounts, Principal, Sessions};
use crate::xml::Xml;

/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html>
pub(super) fn get_federation_token(
    call: &Call,
    accounts: &Accounts,
    sessions: &mut Sessions,
) -> Result<Xml, Failure> {
    let account = call.caller.account.clone();
    let user = match &call.caller.credential {
        Credential::LongTerm { user } => user,
        // AWS lets the root user federate and advises against it; here it cannot.
        Credential::Root => {
            return Err(Failure::denied(
                "The practice account gives the root user no federation tokens",
            ));
        }
        Credential::Temporary(_) => {
            return Err(Failure::denied(
                "Cannot call GetFederationToken with session credentials",
            ));
        }
    };
    let name = call.params.require("Name")?;
    let fits = (2..=32).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b));
    if !fits {
        let constraint = "Member must satisfy regular expression pattern: [\\w+=,.@-]*";
        return Err(Failure::constraint("name", name, constraint));
    }
    let seconds = call
        .params
        .number("DurationSeconds", 900, 129_600)?
        .unwrap_or(43_200);
    let policies = session_policy::read(&call.params, accounts, &account)?;
    let arn = format!("arn:aws:sts::{account}:federated-user/{name}");
    permit(call, accounts, "sts:GetFederationToken", &arn)?;
    let principal = Principal::Federated {
        user: user.clone(),
        name: name.to_owned(),
        policies,
    };
    let packed = session_policy::packed_size(&call.params, &BTreeMap::new());
    let lifetime = Duration::from_secs(seconds);
    let session = issue(call, sessions, account.clone(), lifetime, principal);
    let mut xml = Xml::new();
    write_credentials(&mut xml, &session);
    xml.element("FederatedUser", |xml| {
        xml.text("FederatedUserId", format!("{account}:{name}"))
            .text("Arn", arn);
    })
    .maybe("PackedPolicySize", packed);
    Ok(xml)
}
