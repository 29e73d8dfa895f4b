//! Identity and Access Management: the actions that people use on themselves, and what a tool
//! looks at. Policies decide each of them.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html>

use crate::call::Call;
use crate::failure::Failure;
use crate::state::Accounts;
use crate::xml::Xml;

/// Decides a call and gives the content of its result element.
pub(crate) fn answer(call: &Call, _accounts: &mut Accounts) -> Result<Xml, Failure> {
    Err(Failure::no_action(&call.action, call.service.version()))
}
