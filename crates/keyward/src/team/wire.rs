//! The team file's own words, version 1.

use std::collections::BTreeMap;

use keyward_core::id::{AccountId, ProfileName, Region};
use keyward_core::suggest::similar_names;
use keyward_core::time::parse_duration;
use serde::Deserialize;

use super::{AwsRegion, Team, TeamError, TeamRole, role_arn};

const VERSION: u32 = 1;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Option<u32>,
    login: Option<String>,
    region: Option<String>,
    partition: Option<String>,
    #[serde(default)]
    accounts: BTreeMap<String, Account>,
    #[serde(default)]
    roles: Vec<Role>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    id: String,
    region: Option<String>,
    #[serde(alias = "color")]
    colour: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Role {
    account: String,
    role: String,
    profile: Option<String>,
    source: Option<String>,
    region: Option<String>,
    session: Option<String>,
    external_id: Option<String>,
    #[serde(alias = "color")]
    colour: Option<String>,
}

pub(super) fn read(text: &str) -> Result<Team, TeamError> {
    let file: File = toml_edit::de::from_str(text).map_err(|error| toml_error(text, &error))?;
    if let Some(version) = file.version.filter(|version| *version != VERSION) {
        return Err(TeamError::Version(version));
    }
    let mut team = Team {
        login: top("login", file.login.as_deref())?,
        region: top::<AwsRegion>("region", file.region.as_deref())?.map(Region::from),
        roles: Vec::with_capacity(file.roles.len()),
    };
    for (number, role) in file.roles.iter().enumerate() {
        let read = Reading {
            file: &file,
            role,
            number: number + 1,
        }
        .read()?;
        if team.roles.iter().any(|other| other.profile == read.profile) {
            return Err(TeamError::Twice(read.profile));
        }
        team.roles.push(read);
    }
    Ok(team)
}

/// A mistake with its line, and with the field that was probably meant.
fn toml_error(text: &str, error: &toml_edit::de::Error) -> TeamError {
    let start = error.span().map_or(0, |span| span.start);
    let before = text.get(..start).unwrap_or_default();
    let message = error.message().trim_end();
    let unknown = message.strip_prefix("unknown field `");
    let what = match unknown.and_then(|rest| rest.split_once('`')) {
        Some((field, fields)) => {
            // The reader lists the fields in backticks: every second piece is one.
            let fields = fields.split('`').skip(1).step_by(2);
            let meant = similar_names(field, fields).first().copied();
            let meant = meant.map(|name| format!("; did you mean `{name}`?"));
            format!("there is no field `{field}`{}", meant.unwrap_or_default())
        }
        None => message.to_owned(),
    };
    TeamError::Toml {
        line: before.matches('\n').count() + 1,
        what,
    }
}

/// One role and the file around it.
struct Reading<'a> {
    file: &'a File,
    role: &'a Role,
    number: usize,
}

impl Reading<'_> {
    fn read(&self) -> Result<TeamRole, TeamError> {
        let role = self.role;
        let account = self.file.accounts.get(&role.account);
        let id = match account {
            Some(account) => self.value("account", Some(&account.id))?,
            None => role.account.parse().ok(),
        };
        let id: AccountId = id.ok_or_else(|| TeamError::Account {
            role: self.number,
            account: role.account.clone(),
        })?;
        let partition = self.file.partition.as_deref().unwrap_or("aws");
        let arn = role_arn(partition, &id, &role.role).map_err(|e| self.wrong("role", e))?;
        let profile: Option<ProfileName> = self.value("profile", role.profile.as_deref())?;
        let profile = match profile {
            Some(profile) => profile,
            None => self.usual_name(arn.role_name())?,
        };
        let session = role.session.as_deref().map(parse_duration).transpose();
        let region = role.region.as_deref();
        let region = region.or(account.and_then(|account| account.region.as_deref()));
        let colour = role.colour.as_deref();
        let colour = colour.or(account.and_then(|account| account.colour.as_deref()));
        Ok(TeamRole {
            profile,
            arn,
            source: self.value("source", role.source.as_deref())?,
            region: self.value::<AwsRegion>("region", region)?.map(Region::from),
            session: session.map_err(|e| self.wrong("session", e))?,
            external_id: self.value("external_id", role.external_id.as_deref())?,
            colour: self.value("colour", colour)?,
        })
    }

    /// `ACCOUNT-ROLE`, in small letters and without blanks.
    fn usual_name(&self, role: &str) -> Result<ProfileName, TeamError> {
        let name = format!("{}-{role}", self.role.account).to_lowercase();
        name.replace(char::is_whitespace, "-")
            .parse()
            .map_err(|e: keyward_core::id::InvalidId| self.wrong("profile", e))
    }

    fn value<T>(&self, field: &'static str, text: Option<&str>) -> Result<Option<T>, TeamError>
    where
        T: std::str::FromStr,
        T::Err: std::error::Error + Send + Sync + 'static,
    {
        text.map(str::parse)
            .transpose()
            .map_err(|e| self.wrong(field, e))
    }

    fn wrong(
        &self,
        field: &'static str,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> TeamError {
        TeamError::Value {
            role: self.number,
            field,
            source: Box::new(source),
        }
    }
}

fn top<T>(field: &'static str, text: Option<&str>) -> Result<Option<T>, TeamError>
where
    T: std::str::FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let source = |e: T::Err| TeamError::Top {
        field,
        source: Box::new(e),
    };
    text.map(str::parse).transpose().map_err(source)
}
