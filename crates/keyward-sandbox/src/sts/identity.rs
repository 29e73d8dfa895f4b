//! GetCallerIdentity, which nothing can forbid, and GetAccessKeyInfo.

use keyward_core::id::AccessKeyId;

use super::permit;
use crate::call::Call;
use crate::failure::Failure;
use crate::state::{Accounts, Sessions};
use crate::xml::Xml;

/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
pub(super) fn get_caller_identity(call: &Call, accounts: &Accounts) -> Xml {
    let mut xml = Xml::new();
    xml.text("UserId", call.caller.user_id(accounts))
        .text("Account", &call.caller.account)
        .text("Arn", call.caller.arn(accounts));
    xml
}

/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html>
pub(super) fn get_access_key_info(
    call: &Call,
    accounts: &Accounts,
    sessions: &Sessions,
) -> Result<Xml, Failure> {
    let shape = "Member must satisfy regular expression pattern: [\\w]*";
    let id: AccessKeyId = call.params.demand("AccessKeyId", shape)?;
    permit(call, accounts, "sts:GetAccessKeyInfo", "*")?;
    let owner = accounts.key(&id).map(|(account, ..)| &account.id);
    let owner = owner.or_else(|| sessions.get(&id).map(|session| &session.account));
    // AWS reads the account out of the id itself; here only keys that exist have one.
    let owner = owner.ok_or_else(|| Failure::validation(format!("Invalid access key id: {id}")))?;
    let mut xml = Xml::new();
    xml.text("Account", owner);
    Ok(xml)
}
