//! The formats of ARNs of a resource type: fixed text with placeholders.

use std::fmt;

/// A format such as `arn:${Partition}:iam::${Account}:user/${UserNameWithPath}`. A few formats
/// hold a `*` for a part that AWS does not fix.
///
/// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ArnFormat<'a>(&'a str);

/// The names that hold neither a slash nor a colon, by the service of the ARN, for formats that
/// would take in others if they did: without a slash, the ARN of a bucket is that of no object.
/// A name is listed only if AWS documents all of its characters.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-restrictions-limitations-naming-rules.html>
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>
/// Source: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineDeclaration.html>
/// Source: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_StageDeclaration.html>
/// Source: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionDeclaration.html>
const WORDS: &[(&str, &[&str])] = &[
    ("s3", &["BucketName", "AccessPointName"]),
    ("dynamodb", &["TableName"]),
    ("codepipeline", &["PipelineName", "StageName", "ActionName"]),
];

impl<'a> ArnFormat<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The format as AWS writes it.
    #[must_use]
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// The names of the placeholders, from left to right: `Partition`, `Account`,
    /// `UserNameWithPath`.
    pub fn placeholders(self) -> impl Iterator<Item = &'a str> {
        self.0
            .split("${")
            .skip(1)
            .filter_map(|rest| rest.split_once('}'))
            .map(|(name, _)| name)
    }

    /// Whether the values of a placeholder are known to hold neither a slash nor a colon. A `false`
    /// may mean that AWS does not document it.
    pub(crate) fn is_word(self, placeholder: &str) -> bool {
        let service = self.0.split(':').nth(2).unwrap_or_default();
        let mut words = WORDS.iter().filter(|(own, _)| *own == service);
        words.any(|(_, names)| names.contains(&placeholder))
    }

    /// The ARN with a value for each placeholder, which is asked for by its name.
    #[must_use]
    pub fn fill<'v>(self, mut value: impl FnMut(&str) -> &'v str) -> String {
        let mut arn = String::with_capacity(self.0.len());
        let mut parts = self.0.split("${");
        arn.push_str(parts.next().unwrap_or_default());
        for part in parts {
            match part.split_once('}') {
                Some((name, text)) => {
                    arn.push_str(value(name));
                    arn.push_str(text);
                }
                None => arn.push_str(part),
            }
        }
        arn
    }
}

impl fmt::Display for ArnFormat<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
