//! Values that hold in any account: the account's own id and partition become pseudo parameters,
//! and CloudFormation leaves everything else as it is.

use serde_json::{Map, Value, json};

use keyward_iam::model::Account;

/// The account whose id is replaced.
#[derive(Debug, Clone, Copy)]
pub(super) struct Portable<'a>(pub(super) &'a Account);

impl Portable<'_> {
    /// A text. The account's id alone becomes a reference. A text with an ARN of the account becomes
    /// `Fn::Sub`, in which `${` is written `${!`.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html>
    pub(super) fn text(self, text: &str) -> Value {
        let Self(account) = self;
        if text == account.id.as_str() {
            return json!({ "Ref": "AWS::AccountId" });
        }
        let own = format!(":{}:", account.id);
        let prefix = format!("arn:{}:", account.partition);
        let managed = format!("{prefix}iam::aws:");
        if !text.contains(&own) && !text.starts_with(&managed) {
            return json!(text);
        }
        let escaped = text.replace("${", "${!");
        let replaced = escaped
            .replace(&own, ":${AWS::AccountId}:")
            .replace(&prefix, "arn:${AWS::Partition}:");
        json!({ "Fn::Sub": replaced })
    }

    /// Every text of a value. Keys stay as they are.
    pub(super) fn value(self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(map) => {
                let entries = map.iter();
                let entries = entries.map(|(key, value)| (key.clone(), self.value(value)));
                Value::Object(entries.collect::<Map<String, Value>>())
            }
            other => other.clone(),
        }
    }
}
