//! The form parameters of a query-protocol call, read with the API model's constraints.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::failure::Failure;

/// Parameters in the order they came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Params(Vec<(String, String)>);

/// Parameters that are secrets: they are never written to the journal.
const SECRET: &[&str] = &[
    "TokenCode",
    "AuthenticationCode1",
    "AuthenticationCode2",
    "Password",
    "OldPassword",
    "NewPassword",
    "Session",
    "SigninToken",
    "X-Amz-Signature",
    "X-Amz-Security-Token",
];

impl Params {
    /// Reads `a=b&c=d`.
    pub(crate) fn parse(form: &[u8]) -> Self {
        Self(form_urlencoded::parse(form).into_owned().collect())
    }

    /// Adds those of another form.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn require(&self, name: &'static str) -> Result<&str, Failure> {
        self.get(name).ok_or_else(|| Failure::absent(&member(name)))
    }

    /// A parameter read as an identifier, if it is there.
    pub(crate) fn read<T: FromStr>(
        &self,
        name: &'static str,
        constraint: &str,
    ) -> Result<Option<T>, Failure> {
        self.get(name)
            .map(|text| {
                text.parse()
                    .map_err(|_| Failure::constraint(&member(name), text, constraint))
            })
            .transpose()
    }

    /// A parameter that must be there, read as an identifier.
    pub(crate) fn demand<T: FromStr>(
        &self,
        name: &'static str,
        constraint: &str,
    ) -> Result<T, Failure> {
        self.read(name, constraint)?
            .ok_or_else(|| Failure::absent(&member(name)))
    }

    /// A secret parameter that must be there: its value is not repeated when it is wrong.
    pub(crate) fn demand_secret<T: FromStr>(
        &self,
        name: &'static str,
        constraint: &str,
    ) -> Result<T, Failure> {
        self.require(name)?
            .parse()
            .map_err(|_| Failure::constraint(&member(name), "***", constraint))
    }

    /// A number between two bounds, if it is there.
    pub(crate) fn number(
        &self,
        name: &'static str,
        least: u64,
        most: u64,
    ) -> Result<Option<u64>, Failure> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        let number: u64 = text
            .parse()
            .map_err(|_| Failure::new(400, "MalformedInput", "Invalid Argument"))?;
        let bound = |side: &str, bound: u64| {
            let constraint = format!("Member must have value {side} than or equal to {bound}");
            Failure::constraint(&member(name), number, &constraint)
        };
        match number {
            n if n < least => Err(bound("greater", least)),
            n if n > most => Err(bound("less", most)),
            n => Ok(Some(n)),
        }
    }

    /// `true` or `false`, if it is there.
    pub(crate) fn flag(&self, name: &'static str) -> Result<Option<bool>, Failure> {
        self.read(name, "Member must be a boolean")
    }

    /// The plain members of a list: `NAME.member.N`.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        let prefix = format!("{name}.member.");
        let mut members = BTreeMap::new();
        for (key, value) in &self.0 {
            if let Some(n) = key
                .strip_prefix(&prefix)
                .and_then(|n| n.parse::<u32>().ok())
            {
                members.insert(n, value.as_str());
            }
        }
        members.into_values().collect()
    }

    /// The structures of a list: `NAME.member.N.FIELD`, each as its fields.
    pub(crate) fn structures(&self, name: &str) -> Vec<BTreeMap<&str, &str>> {
        let prefix = format!("{name}.member.");
        let mut members: BTreeMap<u32, BTreeMap<&str, &str>> = BTreeMap::new();
        for (key, value) in &self.0 {
            let Some((n, field)) = key
                .strip_prefix(&prefix)
                .and_then(|rest| rest.split_once('.'))
            else {
                continue;
            };
            if let Ok(n) = n.parse() {
                members.entry(n).or_default().insert(field, value);
            }
        }
        members.into_values().collect()
    }

    /// For the journal: everything but `Action` and `Version`, secrets as `***`.
    pub(crate) fn redacted(&self) -> Vec<(String, String)> {
        self.0
            .iter()
            .filter(|(key, _)| key != "Action" && key != "Version")
            .map(|(key, value)| match SECRET.contains(&key.as_str()) {
                true => (key.clone(), "***".to_owned()),
                false => (key.clone(), value.clone()),
            })
            .collect()
    }
}

/// A member as AWS names it in validation errors: `durationSeconds`.
pub(crate) fn member(name: &str) -> String {
    let mut chars = name.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}
