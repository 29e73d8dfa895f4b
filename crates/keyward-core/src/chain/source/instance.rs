//! The settings for the instance metadata service: the environment, else the profile, as in the
//! SDKs. Refuses invalid settings before it waits for an answer.
//!
//! Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html> and
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ec2-instance-metadata.html>

use std::time::Duration;

use serde_json::{Value, json};

use super::Source;
use crate::chain::cache_key::Fingerprint;
use crate::chain::error::{ResolveError, ValueOrigin};
use crate::chain::view::View;
use crate::chain::{Endpoints, Inputs};
use crate::text::shown_url;
use crate::time::show_duration;

const IPV4: &str = "http://169.254.169.254";
const IPV6: &str = "http://[fd00:ec2::254]";
const DISABLED: &str = "AWS_EC2_METADATA_DISABLED";

/// A setting: its variable and its key.
type Names = (&'static str, &'static str);
const ENDPOINT: Names = (
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "ec2_metadata_service_endpoint",
);
const MODE: Names = (
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
    "ec2_metadata_service_endpoint_mode",
);
const V1_DISABLED: Names = ("AWS_EC2_METADATA_V1_DISABLED", "ec2_metadata_v1_disabled");
const TIMEOUT: Names = ("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout");
const ATTEMPTS: Names = (
    "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
    "metadata_service_num_attempts",
);

/// The settings for the instance metadata service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataService {
    /// Its address, without a slash at the end.
    pub endpoint: String,
    /// The time that each step may take.
    pub timeout: Duration,
    /// The number of attempts of each step; at least one.
    pub attempts: u32,
    /// `AWS_EC2_METADATA_DISABLED`: it is not to be asked at all.
    pub disabled: bool,
}

/// The SDKs' defaults.
impl Default for MetadataService {
    fn default() -> Self {
        Self {
            endpoint: IPV4.to_owned(),
            timeout: Duration::from_secs(1),
            attempts: 1,
            disabled: false,
        }
    }
}

impl Source for MetadataService {
    fn kind(&self) -> &'static str {
        "ec2_metadata"
    }

    fn noun(&self) -> &'static str {
        "the instance's credentials"
    }

    fn show(&self) -> String {
        let Self {
            endpoint,
            timeout,
            attempts,
            disabled: _,
        } = self;
        let tries = match attempts {
            1 => "tried once".to_owned(),
            _ => format!("tried {attempts} times"),
        };
        format!(
            "credentials of the instance from {}, version 2, each step {} and {tries}",
            shown_url(endpoint),
            show_duration(*timeout)
        )
    }

    fn to_json(&self) -> Value {
        let Self {
            endpoint,
            timeout,
            attempts,
            disabled,
        } = self;
        json!({
            "endpoint": shown_url(endpoint),
            "timeout_seconds": timeout.as_secs(),
            "attempts": attempts,
            "disabled": disabled,
        })
    }

    fn fingerprint(&self, out: &mut Fingerprint, _: &Endpoints) {
        let Self {
            endpoint,
            // A time limit does not change the answer.
            timeout: _,
            attempts: _,
            disabled: _,
        } = self;
        out.text("ec2_metadata");
        out.text(endpoint);
    }
}

/// Reads the settings, now that all profiles that may state it are known.
pub(in crate::chain) fn read(
    inputs: &Inputs<'_>,
    views: &[&View<'_>],
    warnings: &mut Vec<String>,
) -> Result<MetadataService, ResolveError> {
    let setting = |names| find(inputs, views, names);
    let endpoint = match setting(ENDPOINT) {
        Some(found) => found.read("an `http://` or `https://` address", address)?,
        None => match setting(MODE) {
            Some(found) => found.read("`IPv4` or `IPv6`", mode)?,
            None => IPV4.to_owned(),
        },
    };
    let default = MetadataService::default();
    let timeout = match setting(TIMEOUT) {
        Some(found) => Duration::from_secs(found.read(COUNT, count)?.into()),
        None => default.timeout,
    };
    let attempts = match setting(ATTEMPTS) {
        Some(found) => found.read(COUNT, count)?,
        None => default.attempts,
    };
    let disabled = inputs
        .env(DISABLED)
        .is_some_and(|text| text.trim().eq_ignore_ascii_case("true"));
    if disabled {
        warnings.push(format!(
            "{DISABLED} switches the instance metadata service off, so it gives no credentials"
        ));
    }
    if let Some(found) = setting(V1_DISABLED).filter(|found| found.is("false")) {
        warnings.push(format!(
            "{}: `{}` has no effect: version 1 of the instance metadata service is never used",
            found.place, found.key
        ));
    }
    Ok(MetadataService {
        endpoint,
        timeout,
        attempts,
        disabled,
    })
}

const COUNT: &str = "a whole number from 1";

/// A setting and where it was made.
struct Setting {
    key: &'static str,
    value: String,
    place: ValueOrigin,
}

impl Setting {
    fn is(&self, wanted: &str) -> bool {
        self.value.trim().eq_ignore_ascii_case(wanted)
    }

    fn read<T>(
        self,
        wanted: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, ResolveError> {
        parse(self.value.trim()).ok_or(ResolveError::InvalidSetting {
            key: self.key,
            place: self.place,
            wanted,
        })
    }
}

/// The variable, else the nearest profile that has the key.
fn find(inputs: &Inputs<'_>, views: &[&View<'_>], (variable, key): Names) -> Option<Setting> {
    if let Some(value) = inputs.env(variable) {
        return Some(Setting {
            key: variable,
            value,
            place: ValueOrigin::Variable(variable),
        });
    }
    let found = views.iter().find_map(|view| view.get(key))?;
    Some(Setting {
        key,
        value: found.value.to_owned(),
        place: ValueOrigin::Line(found.origin.clone()),
    })
}

fn address(text: &str) -> Option<String> {
    let rest = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"))?;
    let plain = !rest.trim_matches('/').is_empty() && !text.contains(char::is_whitespace);
    plain.then(|| text.trim_end_matches('/').to_owned())
}

fn mode(text: &str) -> Option<String> {
    match text.to_ascii_lowercase().as_str() {
        "ipv4" => Some(IPV4.to_owned()),
        "ipv6" => Some(IPV6.to_owned()),
        _ => None,
    }
}

fn count(text: &str) -> Option<u32> {
    text.parse().ok().filter(|count| *count > 0)
}
