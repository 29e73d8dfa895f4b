//! A region to be written into profiles: one that has AWS's form. A region that is already in a file is
//! accepted as it is, because private clouds have their own.

use std::str::FromStr;

use keyward_core::id::Region;

/// A region such as `eu-central-1` or `us-gov-west-1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AwsRegion(Region);

/// A text that no region of AWS looks like. It may be something that was meant for another
/// question, so it is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that is not an AWS region (such as eu-central-1)")]
pub(crate) struct NoRegion;

impl FromStr for AwsRegion {
    type Err = NoRegion;

    fn from_str(text: &str) -> Result<Self, NoRegion> {
        let mut words: Vec<&str> = text.split('-').collect();
        let number = words.pop().ok_or(NoRegion)?;
        let digits = |word: &str| {
            (1..=2).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit())
        };
        let letters =
            |word: &&str| word.len() >= 2 && word.bytes().all(|byte| byte.is_ascii_lowercase());
        if words.len() < 2 || !words.iter().all(letters) || !digits(number) {
            return Err(NoRegion);
        }
        text.parse().map(Self).map_err(|_| NoRegion)
    }
}

impl From<AwsRegion> for Region {
    fn from(region: AwsRegion) -> Self {
        region.0
    }
}

/// The region from a flag.
pub(crate) fn region_flag(text: &str) -> Result<Region, NoRegion> {
    text.parse().map(|AwsRegion(region)| region)
}

#[cfg(test)]
mod tests;
