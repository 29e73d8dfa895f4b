//! The names of keyward's stacks. The names are fixed, so keyward finds a stack without a state
//! file.

use std::fmt;
use std::str::FromStr;

use keyward_core::id::Region;

/// A stack of keyward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StackName {
    /// The network.
    Vpc,
    /// AWS Config.
    Config,
}

/// A text that names no stack of keyward.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a stack of keyward")]
pub struct InvalidStackName(String);

impl StackName {
    /// Every stack.
    pub const ALL: [Self; 2] = [Self::Vpc, Self::Config];

    /// The name at AWS.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vpc => "keyward-vpc",
            Self::Config => "keyward-config",
        }
    }

    /// The file of an export.
    #[must_use]
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Vpc => "vpc.yaml",
            Self::Config => "config.yaml",
        }
    }
}

impl fmt::Display for StackName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for StackName {
    type Err = InvalidStackName;

    fn from_str(text: &str) -> Result<Self, InvalidStackName> {
        let mut all = Self::ALL.into_iter();
        all.find(|name| name.as_str() == text)
            .ok_or_else(|| InvalidStackName(text.chars().take(140).collect()))
    }
}

/// A stack in its region. One name can exist once in each region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StackPlace {
    /// The name.
    pub name: StackName,
    /// The region.
    pub region: Region,
}

impl StackPlace {
    /// A stack in a region.
    #[must_use]
    pub fn new(region: &Region, name: StackName) -> Self {
        Self {
            name,
            region: region.clone(),
        }
    }
}

impl fmt::Display for StackPlace {
    /// `REGION/NAME`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.region, self.name)
    }
}

impl FromStr for StackPlace {
    type Err = InvalidStackName;

    fn from_str(text: &str) -> Result<Self, InvalidStackName> {
        let invalid = || InvalidStackName(text.chars().take(140).collect());
        let (region, name) = text.split_once('/').ok_or_else(invalid)?;
        Ok(Self {
            name: name.parse()?,
            region: region.parse().map_err(|_| invalid())?,
        })
    }
}
