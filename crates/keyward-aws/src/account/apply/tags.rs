//! Tags of users, roles, policies and identity providers. Groups have none.

use std::collections::BTreeSet;

use aws_sdk_iam::types::Tag;
use keyward_account::desired::Entity;
use keyward_core::Credentials;
use keyward_iam::model::{Account, Tags};

use super::send;
use crate::aws::Aws;
use crate::call::Call;
use crate::error::{Action, CallError};

impl Aws {
    pub(super) fn tag(
        &self,
        credentials: &Credentials,
        account: &Account,
        entity: &Entity,
        tags: &Tags,
    ) -> Result<(), CallError> {
        let tags = sdk_tags(tags);
        match entity {
            Entity::User(name) => send!(self, credentials, "TagUser", |iam| iam
                .tag_user()
                .user_name(name.as_str())
                .set_tags(tags.clone())),
            Entity::Role(name) => send!(self, credentials, "TagRole", |iam| iam
                .tag_role()
                .role_name(name.as_str())
                .set_tags(tags.clone())),
            Entity::Policy(arn) => send!(self, credentials, "TagPolicy", |iam| iam
                .tag_policy()
                .policy_arn(arn.as_str())
                .set_tags(tags.clone())),
            Entity::OidcProvider(issuer) => {
                send!(self, credentials, "TagOpenIDConnectProvider", |iam| iam
                    .tag_open_id_connect_provider()
                    .open_id_connect_provider_arn(account.oidc_provider_arn(issuer))
                    .set_tags(tags.clone()))
            }
            Entity::Group(_) => Ok(()),
        }
    }

    pub(super) fn untag(
        &self,
        credentials: &Credentials,
        account: &Account,
        entity: &Entity,
        keys: &BTreeSet<String>,
    ) -> Result<(), CallError> {
        let keys: Vec<String> = keys.iter().cloned().collect();
        match entity {
            Entity::User(name) => send!(self, credentials, "UntagUser", |iam| iam
                .untag_user()
                .user_name(name.as_str())
                .set_tag_keys(Some(keys.clone()))),
            Entity::Role(name) => send!(self, credentials, "UntagRole", |iam| iam
                .untag_role()
                .role_name(name.as_str())
                .set_tag_keys(Some(keys.clone()))),
            Entity::Policy(arn) => send!(self, credentials, "UntagPolicy", |iam| iam
                .untag_policy()
                .policy_arn(arn.as_str())
                .set_tag_keys(Some(keys.clone()))),
            Entity::OidcProvider(issuer) => {
                send!(self, credentials, "UntagOpenIDConnectProvider", |iam| iam
                    .untag_open_id_connect_provider()
                    .open_id_connect_provider_arn(account.oidc_provider_arn(issuer))
                    .set_tag_keys(Some(keys.clone())))
            }
            Entity::Group(_) => Ok(()),
        }
    }
}

pub(super) fn sdk_tags(tags: &Tags) -> Option<Vec<Tag>> {
    let tags: Vec<Tag> = tags
        .iter()
        .map(|(key, value)| {
            Tag::builder()
                .key(key)
                .value(value)
                .build()
                .expect("key and value are set")
        })
        .collect();
    (!tags.is_empty()).then_some(tags)
}
