//! The forms of single values: identifiers as text, documents as JSON, durations in seconds.

/// Anything that is written by `Display` and read by `FromStr`.
pub(super) mod text {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(in super::super) fn serialize<T, S>(value: &T, serializer: S) -> Result<S::Ok, S::Error>
    where
        T: Display,
        S: Serializer,
    {
        serializer.collect_str(value)
    }

    pub(in super::super) fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
    where
        T: FromStr,
        T::Err: Display,
        D: Deserializer<'de>,
    {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

/// The same, or nothing.
pub(super) mod optional_text {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(in super::super) fn serialize<T, S>(
        value: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error>
    where
        T: Display,
        S: Serializer,
    {
        let text = value.as_ref().map(ToString::to_string);
        text.serialize(serializer)
    }

    pub(in super::super) fn deserialize<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
    where
        T: FromStr,
        T::Err: Display,
        D: Deserializer<'de>,
    {
        let text: Option<String> = Option::deserialize(deserializer)?;
        text.map(|text| text.parse().map_err(D::Error::custom))
            .transpose()
    }
}

/// A policy document as JSON inside JSON.
pub(super) mod document {
    use keyward_iam::Policy;
    use serde::de::Error as _;
    use serde::ser::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use serde_json::Value;

    pub(in super::super) fn serialize<S>(
        document: &Policy,
        serializer: S,
    ) -> Result<S::Ok, S::Error>
    where
        S: Serializer,
    {
        let value: Value = serde_json::from_str(&document.to_json()).map_err(S::Error::custom)?;
        value.serialize(serializer)
    }

    pub(in super::super) fn deserialize<'de, D>(deserializer: D) -> Result<Policy, D::Error>
    where
        D: Deserializer<'de>,
    {
        let value = Value::deserialize(deserializer)?;
        Policy::parse(&value.to_string()).map_err(D::Error::custom)
    }
}

/// A duration in whole seconds, or nothing.
pub(super) mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(in super::super) fn serialize<S>(
        value: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error>
    where
        S: Serializer,
    {
        value.map(|value| value.as_secs()).serialize(serializer)
    }

    pub(in super::super) fn deserialize<'de, D>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error>
    where
        D: Deserializer<'de>,
    {
        let seconds: Option<u64> = Option::deserialize(deserializer)?;
        Ok(seconds.map(Duration::from_secs))
    }
}

/// A requirement as `true` or `false`.
pub(super) mod requirement {
    use keyward_iam::model::Requirement;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(in super::super) fn serialize<S>(
        value: &Requirement,
        serializer: S,
    ) -> Result<S::Ok, S::Error>
    where
        S: Serializer,
    {
        value.is_on().serialize(serializer)
    }

    pub(in super::super) fn deserialize<'de, D>(deserializer: D) -> Result<Requirement, D::Error>
    where
        D: Deserializer<'de>,
    {
        bool::deserialize(deserializer).map(Requirement::from_flag)
    }
}

/// A template as JSON.
pub(super) mod template {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::stacks::Template;

    pub(in super::super) fn serialize<S>(value: &Template, serializer: S) -> Result<S::Ok, S::Error>
    where
        S: Serializer,
    {
        value.as_json().serialize(serializer)
    }

    pub(in super::super) fn deserialize<'de, D>(deserializer: D) -> Result<Template, D::Error>
    where
        D: Deserializer<'de>,
    {
        let value = serde_json::Value::deserialize(deserializer)?;
        Template::of_json(value).ok_or_else(|| D::Error::custom("a template is an object"))
    }
}
