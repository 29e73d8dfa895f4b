//! The text from which the digest of a setting or an entity is made. Times of use and quotas are
//! left out, because they change without a plan becoming wrong.

use keyward_iam::model::{
    Account, Document, Grants, Group, ManagedPolicy, OidcProvider, PasswordPolicy, PolicyVersion,
    Requirement, Role, Tags, User,
};
use sha2::{Digest as _, Sha256};

use super::Digest;
use crate::plan::index::Index;
use crate::snapshot::{LastUse, UserCredentials};
use crate::stacks::{LiveStack, Template};

/// Texts with their lengths, so that no two lists read the same.
#[derive(Default)]
pub(super) struct Text(Sha256);

impl Text {
    pub(super) fn word(&mut self, word: &str) {
        self.0.update((word.len() as u64).to_be_bytes());
        self.0.update(word.as_bytes());
    }

    pub(super) fn words<W: ToString>(&mut self, words: impl Iterator<Item = W>) {
        let words: Vec<String> = words.map(|word| word.to_string()).collect();
        self.word(&words.len().to_string());
        words.iter().for_each(|word| self.word(word));
    }

    pub(super) fn document(&mut self, document: &Document) {
        self.word(&document.to_json());
    }

    fn tags(&mut self, tags: &Tags) {
        self.words(tags.iter().flat_map(|(key, value)| [key, value]));
    }

    fn grants(&mut self, grants: &Grants) {
        let Grants {
            inline,
            attached,
            boundary,
        } = grants;
        self.words(inline.keys());
        inline.values().for_each(|it| self.document(it));
        self.words(attached.iter());
        self.words(boundary.iter());
    }

    pub(super) fn user(&mut self, user: &User) {
        let User {
            name,
            path,
            id,
            created: _,
            groups,
            grants,
            tags,
        } = user;
        self.words(
            [name.as_str(), path.as_str()]
                .into_iter()
                .chain(id.as_deref()),
        );
        self.words(groups.iter());
        self.grants(grants);
        self.tags(tags);
    }

    pub(super) fn group(&mut self, group: &Group) {
        let Group {
            name,
            path,
            id,
            created: _,
            grants,
        } = group;
        self.words(
            [name.as_str(), path.as_str()]
                .into_iter()
                .chain(id.as_deref()),
        );
        self.grants(grants);
    }

    pub(super) fn role(&mut self, role: &Role) {
        let Role {
            name,
            path,
            id,
            created: _,
            description,
            trust,
            grants,
            max_session,
            tags,
            last_used: _,
            instance_profiles,
        } = role;
        self.words(
            [name.as_str(), path.as_str()]
                .into_iter()
                .chain(id.as_deref()),
        );
        self.words(description.iter());
        self.document(trust);
        self.grants(grants);
        self.words(max_session.iter().map(|it| it.as_secs()));
        self.tags(tags);
        self.words(instance_profiles.iter());
    }

    pub(super) fn policy(&mut self, policy: &ManagedPolicy) {
        let ManagedPolicy {
            arn,
            name: _,
            path: _,
            document,
            versions,
            tags,
        } = policy;
        self.word(arn.as_str());
        self.document(document);
        self.words(versions.iter().map(|version| {
            let PolicyVersion {
                id,
                is_default,
                created: _,
            } = version;
            format!("{id} {is_default}")
        }));
        self.tags(tags);
    }

    pub(super) fn holders(&mut self, index: &Index, policy: &ManagedPolicy) {
        let Some(holders) = index.holders.get(&policy.arn) else {
            return;
        };
        self.words(holders.attached.iter().map(|it| it.entity()));
        self.words(holders.boundary.iter().map(|it| it.entity()));
    }

    pub(super) fn provider(&mut self, provider: &OidcProvider) {
        let OidcProvider {
            issuer,
            audiences,
            thumbprints,
            tags,
        } = provider;
        self.word(issuer.as_str());
        self.words(audiences.iter());
        self.words(thumbprints.iter());
        self.tags(tags);
    }

    /// A drift check by hand does not make a plan stale.
    pub(super) fn stack(&mut self, stack: &LiveStack) {
        let LiveStack {
            status,
            template,
            tags,
            outputs: _,
            drift: _,
        } = stack;
        self.word(status.as_str());
        self.words(template.iter().map(Template::digest));
        self.tags(tags);
    }

    pub(super) fn password_policy(&mut self, policy: Option<&PasswordPolicy>) {
        let Some(PasswordPolicy {
            minimum_length,
            symbols,
            numbers,
            uppercase,
            lowercase,
            users_may_change,
            max_age_days,
            reuse_prevention,
            hard_expiry,
        }) = policy
        else {
            return;
        };
        let flags = [
            symbols,
            numbers,
            uppercase,
            lowercase,
            users_may_change,
            hard_expiry,
        ];
        self.words(flags.into_iter().map(|flag| Requirement::is_on(*flag)));
        self.word(&minimum_length.to_string());
        self.words(max_age_days.iter());
        self.words(reuse_prevention.iter());
    }

    pub(super) fn credentials(&mut self, held: Option<&UserCredentials>) {
        let Some(UserCredentials {
            password,
            access_keys,
        }) = held
        else {
            return;
        };
        let used = |it: &LastUse| (*it != LastUse::Never).to_string();
        self.words(password.iter().map(used));
        self.words(
            access_keys
                .iter()
                .map(|(key, it)| format!("{key} {}", used(it))),
        );
    }

    pub(super) fn digest(mut self, account: &Account) -> Digest {
        self.word(account.id.as_str());
        Digest(data_encoding::HEXLOWER.encode(&self.0.finalize()))
    }
}
