//! OpenID Connect providers: audiences and, if the blueprint names any, thumbprints.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html>

use keyward_iam::model::OidcProvider;

use super::operation::Operation;
use super::planner::Planner;
use super::step::{Change, ChangeAction, Kind, Stage};
use super::tags;
use super::work::Work;
use crate::desired::Entity;
use crate::ownership::blueprint_of;

impl Planner<'_> {
    pub(super) fn providers(&mut self) {
        for wanted in self.desired.account.oidc_providers.values() {
            let entity = Entity::OidcProvider(wanted.issuer.clone());
            match self.now.account.oidc_providers.get(&wanted.issuer).cloned() {
                Some(live) => self.update_provider(entity, &live, wanted),
                None if self.may_create(entity, None) => self.create_provider(wanted),
                None => {}
            }
        }
    }

    fn create_provider(&mut self, wanted: &OidcProvider) {
        let OidcProvider {
            issuer,
            audiences,
            thumbprints,
            tags,
        } = wanted.clone();
        let audience = |it: &String| Change::add(format!("audience `{it}`"));
        let changes = audiences.iter().map(audience);
        let work = Work {
            changes: changes.chain(tags::added(&tags)).collect(),
            operations: vec![Operation::CreateOidcProvider {
                issuer: issuer.clone(),
                audiences,
                thumbprints,
                tags,
            }],
        };
        let what = (ChangeAction::Create, Kind::OidcProvider);
        self.step(Stage::Policies, what, issuer, work);
    }

    fn update_provider(&mut self, entity: Entity, live: &OidcProvider, wanted: &OidcProvider) {
        let Some(ownership) = self.ownership(entity.clone(), blueprint_of(&live.tags)) else {
            return;
        };
        let issuer = &wanted.issuer;
        let mut work = Work::default();
        for audience in wanted.audiences.difference(&live.audiences) {
            work.push(
                Change::add(format!("audience `{audience}`")),
                Operation::AddOidcAudience {
                    issuer: issuer.clone(),
                    audience: audience.clone(),
                },
            );
        }
        for audience in live.audiences.difference(&wanted.audiences) {
            work.push(
                Change::remove(format!("audience `{audience}`")),
                Operation::RemoveOidcAudience {
                    issuer: issuer.clone(),
                    audience: audience.clone(),
                },
            );
        }
        if !wanted.thumbprints.is_empty() && wanted.thumbprints != live.thumbprints {
            work.push(
                Change::alter("thumbprints"),
                Operation::UpdateOidcThumbprints {
                    issuer: issuer.clone(),
                    thumbprints: wanted.thumbprints.clone(),
                },
            );
        }
        tags::compare(&entity, ownership, &live.tags, &wanted.tags, &mut work);
        let what = (ChangeAction::Update, Kind::OidcProvider);
        self.step(Stage::Policies, what, issuer, work);
    }
}
