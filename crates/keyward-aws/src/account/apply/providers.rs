//! OpenID Connect providers.

use std::collections::BTreeSet;

use keyward_account::plan::Operation;
use keyward_core::Credentials;
use keyward_iam::model::Account;

use super::send;
use super::tags::sdk_tags;
use crate::aws::Aws;
use crate::call::Call;
use crate::error::{Action, CallError};

impl Aws {
    pub(super) fn apply_oidc(
        &self,
        credentials: &Credentials,
        account: &Account,
        operation: &Operation,
    ) -> Result<(), CallError> {
        match operation {
            Operation::CreateOidcProvider {
                issuer,
                audiences,
                thumbprints,
                tags,
            } => send!(self, credentials, "CreateOpenIDConnectProvider", |iam| iam
                .create_open_id_connect_provider()
                .url(format!("https://{issuer}"))
                .set_client_id_list(Some(audiences.iter().cloned().collect()))
                .set_thumbprint_list(listed(thumbprints))
                .set_tags(sdk_tags(tags))),
            Operation::AddOidcAudience { issuer, audience } => {
                send!(
                    self,
                    credentials,
                    "AddClientIDToOpenIDConnectProvider",
                    |iam| iam
                        .add_client_id_to_open_id_connect_provider()
                        .open_id_connect_provider_arn(account.oidc_provider_arn(issuer))
                        .client_id(audience)
                )
            }
            Operation::RemoveOidcAudience { issuer, audience } => {
                send!(
                    self,
                    credentials,
                    "RemoveClientIDFromOpenIDConnectProvider",
                    |iam| iam
                        .remove_client_id_from_open_id_connect_provider()
                        .open_id_connect_provider_arn(account.oidc_provider_arn(issuer))
                        .client_id(audience)
                )
            }
            Operation::UpdateOidcThumbprints {
                issuer,
                thumbprints,
            } => send!(
                self,
                credentials,
                "UpdateOpenIDConnectProviderThumbprint",
                |iam| iam
                    .update_open_id_connect_provider_thumbprint()
                    .open_id_connect_provider_arn(account.oidc_provider_arn(issuer))
                    .set_thumbprint_list(listed(thumbprints))
            ),
            Operation::DeleteOidcProvider(issuer) => {
                send!(self, credentials, "DeleteOpenIDConnectProvider", |iam| iam
                    .delete_open_id_connect_provider()
                    .open_id_connect_provider_arn(
                        account.oidc_provider_arn(issuer)
                    ))
            }
            _ => Ok(()),
        }
    }
}

fn listed(texts: &BTreeSet<String>) -> Option<Vec<String>> {
    (!texts.is_empty()).then(|| texts.iter().cloned().collect())
}
