//! The actions that set, remove and list tags.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html>

use super::permit::{Target, own, own_mut, permit_on};
use super::tag_list::{Kind, Tags};
use super::{Answer, instance_profiles, names, oidc, page, policies, tag_list};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::{Account, Accounts, Device, TAGS_PER_RESOURCE};
use crate::xml::Xml;

/// A tagged resource that a call names.
struct Tagged<'a> {
    kind: Kind,
    name: &'a str,
}

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "TagUser" => tag(call, accounts, Kind::User),
        "UntagUser" => untag(call, accounts, Kind::User),
        "ListUserTags" => list(call, accounts, Kind::User),
        "TagRole" => tag(call, accounts, Kind::Role),
        "UntagRole" => untag(call, accounts, Kind::Role),
        "ListRoleTags" => list(call, accounts, Kind::Role),
        "TagPolicy" => tag(call, accounts, Kind::Policy),
        "UntagPolicy" => untag(call, accounts, Kind::Policy),
        "ListPolicyTags" => list(call, accounts, Kind::Policy),
        "TagOpenIDConnectProvider" => tag(call, accounts, Kind::OidcProvider),
        "UntagOpenIDConnectProvider" => untag(call, accounts, Kind::OidcProvider),
        "ListOpenIDConnectProviderTags" => list(call, accounts, Kind::OidcProvider),
        "TagInstanceProfile" => tag(call, accounts, Kind::InstanceProfile),
        "UntagInstanceProfile" => untag(call, accounts, Kind::InstanceProfile),
        "ListInstanceProfileTags" => list(call, accounts, Kind::InstanceProfile),
        "TagMFADevice" => tag(call, accounts, Kind::MfaDevice),
        "UntagMFADevice" => untag(call, accounts, Kind::MfaDevice),
        "ListMFADeviceTags" => list(call, accounts, Kind::MfaDevice),
        _ => return None,
    })
}

/// A tag replaces the one with the same key.
fn tag(call: &Call, accounts: &mut Accounts, kind: Kind) -> Answer {
    let tagged = Tagged::read(call, kind)?;
    let new = tag_list::read(&call.params, kind)?;
    let account = own(call, accounts);
    let target = Target {
        new_tags: Some(&new),
        ..tagged.target(account)
    };
    permit_on(call, accounts, &target)?;
    let tags = tagged.tags_mut(call, own_mut(call, accounts))?;
    let mut merged = tags.clone();
    for (key, value) in new {
        merged.retain(|old, _| !kind.is_same_key(old, &key));
        merged.insert(key, value);
    }
    if merged.len() > TAGS_PER_RESOURCE {
        return Err(Failure::limit("TagsPerResource", TAGS_PER_RESOURCE));
    }
    *tags = merged;
    Ok(Xml::new())
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagUser.html>
fn untag(call: &Call, accounts: &mut Accounts, kind: Kind) -> Answer {
    let tagged = Tagged::read(call, kind)?;
    let keys = call.params.list("TagKeys");
    if keys.is_empty() {
        return Err(Failure::absent("tagKeys"));
    }
    let target = Target {
        old_tags: keys.iter().map(|key| (*key).to_owned()).collect(),
        ..tagged.target(own(call, accounts))
    };
    permit_on(call, accounts, &target)?;
    let tags = tagged.tags_mut(call, own_mut(call, accounts))?;
    tags.retain(|old, _| !keys.iter().any(|key| kind.is_same_key(key, old)));
    Ok(Xml::new())
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserTags.html>
fn list(call: &Call, accounts: &mut Accounts, kind: Kind) -> Answer {
    let tagged = Tagged::read(call, kind)?;
    permit_on(call, accounts, &tagged.target(own(call, accounts)))?;
    let tags = tagged.tags(own(call, accounts))?;
    let page = page::cut(&call.params, tags)?;
    let mut xml = Xml::new();
    page.write(&mut xml, "Tags", |xml, (key, value)| {
        xml.text("Key", key).text("Value", value);
    });
    Ok(xml)
}

impl<'a> Tagged<'a> {
    fn read(call: &'a Call, kind: Kind) -> Result<Self, Failure> {
        let params = &call.params;
        let name = match kind {
            Kind::User => names::demand(params, "UserName", names::Longest(128))?,
            Kind::Role => names::demand(params, "RoleName", names::Longest(64))?,
            Kind::Policy => policies::arn(params)?,
            Kind::OidcProvider => oidc::arn(params)?,
            Kind::InstanceProfile => {
                names::demand(params, "InstanceProfileName", names::Longest(128))?
            }
            Kind::MfaDevice => params.require("SerialNumber")?,
        };
        Ok(Self { kind, name })
    }

    fn tags<'t>(&self, account: &'t Account) -> Result<&'t Tags, Failure> {
        let name = self.name;
        match self.kind {
            Kind::User => account
                .user(name)
                .map(|user| &user.tags)
                .ok_or_else(|| Failure::no_such(format!("user with name {name}"))),
            Kind::Role => account
                .roles
                .get(name)
                .map(|role| &role.tags)
                .ok_or_else(|| Failure::no_such(format!("role with name {name}"))),
            Kind::Policy => account
                .managed_policy(name)
                .map(|policy| &policy.tags)
                .ok_or_else(|| policies::not_found(name)),
            Kind::OidcProvider => account
                .oidc_providers
                .get(name)
                .map(|provider| &provider.tags)
                .ok_or_else(|| oidc::missing(name)),
            Kind::InstanceProfile => account
                .instance_profiles
                .get(name)
                .map(|profile| &profile.tags)
                .ok_or_else(|| instance_profiles::missing(name)),
            Kind::MfaDevice => device(account, name)
                .map(|device| &device.tags)
                .ok_or_else(|| no_device(name)),
        }
    }

    fn tags_mut<'t>(&self, call: &Call, account: &'t mut Account) -> Result<&'t mut Tags, Failure> {
        self.tags(account)?;
        let name = self.name;
        let tags = match self.kind {
            Kind::User => account.user_mut(name).map(|user| &mut user.tags),
            Kind::Role => {
                let role = account.roles.get_mut(name);
                if let Some(role) = role.as_ref().filter(|role| names::is_reserved(&role.path)) {
                    return Err(Failure::protected_role(&role.name));
                }
                role.map(|role| &mut role.tags)
            }
            Kind::Policy => {
                policies::refuse_foreign(call, name)?;
                account
                    .policies
                    .get_mut(name)
                    .map(|policy| &mut policy.tags)
            }
            Kind::OidcProvider => account
                .oidc_providers
                .get_mut(name)
                .map(|provider| &mut provider.tags),
            Kind::InstanceProfile => account
                .instance_profiles
                .get_mut(name)
                .map(|profile| &mut profile.tags),
            Kind::MfaDevice => {
                let mut devices = account.devices.values_mut();
                let device = devices.find(|device| device.serial.as_str() == name);
                device.map(|device| &mut device.tags)
            }
        };
        Ok(tags.expect("what has tags to read has tags to change"))
    }

    fn target<'t>(&self, account: &'t Account) -> Target<'t> {
        let name = self.name;
        let arn = match self.kind {
            Kind::User => account.user(name).map(|user| user.arn(&account.id)),
            Kind::Role => account
                .roles
                .get(name)
                .map(|role| role.arn(&account.id).to_string()),
            Kind::Policy | Kind::OidcProvider | Kind::MfaDevice => Some(name.to_owned()),
            Kind::InstanceProfile => Some(instance_profiles::target(account, name).arn),
        };
        let kind = match self.kind {
            Kind::User => "user",
            Kind::Role => "role",
            Kind::Policy => "policy",
            Kind::OidcProvider => "oidc-provider",
            Kind::InstanceProfile => "instance-profile",
            Kind::MfaDevice => "mfa",
        };
        Target {
            arn: arn.unwrap_or_else(|| account.arn(&format!("{kind}/{name}"))),
            tags: self.tags(account).ok(),
            ..Target::default()
        }
    }
}

fn device<'a>(account: &'a Account, serial: &str) -> Option<&'a Device> {
    let mut devices = account.devices.values();
    devices.find(|device| device.serial.as_str() == serial)
}

fn no_device(serial: &str) -> Failure {
    let message = format!("VirtualMFADevice with serial number {serial} does not exist.");
    Failure::new(404, "NoSuchEntity", message)
}
