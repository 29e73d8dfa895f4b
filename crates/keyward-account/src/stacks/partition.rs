//! The partition that a region belongs to. Nothing of one partition works in another.

/// The partitions by the prefixes of the regions that AWS has given out. All other regions are in
/// `aws`.
const PREFIXES: [(&str, &str); 7] = [
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-isof-", "aws-iso-f"),
    ("eusc-", "aws-eusc"),
];

/// The partition that a region belongs to.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
#[must_use]
pub fn partition_of(region: &str) -> &'static str {
    let found = PREFIXES.iter();
    let mut found = found.filter(|(prefix, _)| region.starts_with(prefix));
    found.next().map_or("aws", |(_, partition)| partition)
}

/// Whether the regions of a partition are known by their prefix.
#[must_use]
pub fn is_known_partition(partition: &str) -> bool {
    partition == "aws" || PREFIXES.iter().any(|(_, known)| *known == partition)
}
