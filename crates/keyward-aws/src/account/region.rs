//! The free quotas of a region, by three calls of EC2: Elastic IP addresses and availability zones.
//! EC2's own client is the largest of the SDK, so these calls are signed here.
//!
//! Source: <https://docs.aws.amazon.com/ec2/latest/devguide/Query-Requests.html>

mod texts;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use keyward_account::stacks::{AddressUse, RegionLimits, partition_of};
use keyward_core::Credentials;
use keyward_core::id::Region;
use zeroize::Zeroizing;

use crate::aws::Aws;
use crate::error::{Action, AwsMessage, Because};
use crate::http::{HttpError, HttpRequest, Method};
use crate::settings::domain_of;
use texts::texts;

/// The version of EC2's interface.
const VERSION: &str = "2016-11-15";

const CONTENT_TYPE: &str = "application/x-www-form-urlencoded; charset=utf-8";

/// The reasons why a region's limits are not known.
#[derive(Debug, thiserror::Error)]
pub enum LimitsError {
    /// EC2 refused the call.
    #[error("`{action}` was refused")]
    Refused {
        /// The action.
        action: Action,
        /// AWS's words.
        #[source]
        message: AwsMessage,
    },
    /// The answer has another shape.
    #[error("the answer to `{0}` did not come from AWS")]
    Unreadable(Action),
    /// The request could not be signed.
    #[error("`{action}` could not be signed")]
    Unsigned {
        /// The action.
        action: Action,
        /// The reason.
        #[source]
        because: Because,
    },
    /// There was no answer.
    #[error("`{action}` got no answer")]
    Http {
        /// The action.
        action: Action,
        /// The reason.
        #[source]
        because: HttpError,
    },
}

impl Aws {
    /// `ec2:DescribeAddresses`, `DescribeAccountAttributes` and `DescribeAvailabilityZones`.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAccountAttributes.html>
    ///
    /// # Errors
    /// See [`LimitsError`].
    pub fn region_limits(
        &self,
        credentials: &Credentials,
        region: &Region,
    ) -> Result<RegionLimits, LimitsError> {
        let action = Action::ec2("DescribeAddresses");
        let addresses = self.ask_ec2(credentials, region, action, &[])?;
        let attributes = [("AttributeName.1", "vpc-max-elastic-ips")];
        let action = Action::ec2("DescribeAccountAttributes");
        let quota = self.ask_ec2(credentials, region, action, &attributes)?;
        let quota = texts(&quota, "attributeValue").next();
        let quota: Option<usize> = quota.and_then(|text| text.trim().parse().ok());
        let quota = quota.ok_or(LimitsError::Unreadable(action))?;
        let usable = [
            ("Filter.1.Name", "zone-type"),
            ("Filter.1.Value.1", "availability-zone"),
            ("Filter.2.Name", "state"),
            ("Filter.2.Value.1", "available"),
        ];
        let action = Action::ec2("DescribeAvailabilityZones");
        let zones = self.ask_ec2(credentials, region, action, &usable)?;
        let zones = texts(&zones, "zoneName").count();
        Ok(RegionLimits {
            addresses: Some(AddressUse {
                allocated: texts(&addresses, "publicIp").count(),
                quota,
            }),
            zones: (zones > 0).then_some(zones),
        })
    }

    /// The body of EC2's answer.
    fn ask_ec2(
        &self,
        credentials: &Credentials,
        region: &Region,
        action: Action,
        params: &[(&str, &str)],
    ) -> Result<String, LimitsError> {
        let request = self.signed(credentials, region, action, params)?;
        let answer = self
            .http(request)
            .map_err(|because| LimitsError::Http { action, because })?;
        let body = std::str::from_utf8(&answer.body);
        let body = body.map_err(|_| LimitsError::Unreadable(action))?;
        if answer.status == 200 {
            let is_answer = body.contains(&format!("<{}Response", action.name));
            return is_answer
                .then(|| body.to_owned())
                .ok_or(LimitsError::Unreadable(action));
        }
        let first = |name| texts(body, name).next().unwrap_or_default();
        match first("Code") {
            "" => Err(LimitsError::Unreadable(action)),
            code => Err(LimitsError::Refused {
                action,
                // The secret and the token are exposed so that they can be struck out.
                message: AwsMessage::new(
                    code,
                    first("Message"),
                    None,
                    &[
                        credentials.secret_access_key.expose(),
                        credentials
                            .session_token
                            .as_ref()
                            .map_or("", |token| token.expose()),
                    ],
                ),
            }),
        }
    }

    fn signed(
        &self,
        credentials: &Credentials,
        region: &Region,
        action: Action,
        params: &[(&str, &str)],
    ) -> Result<HttpRequest, LimitsError> {
        let url = self.ec2_url(region);
        let host = url.split('/').nth(2).unwrap_or_default().to_owned();
        let mut body = format!("Action={}&Version={VERSION}", action.name);
        for (name, value) in params {
            // Names and values here are letters, digits, dots and hyphens, which need no escape.
            body.push_str(&format!("&{name}={value}"));
        }
        let unsigned = |because: &dyn std::error::Error| LimitsError::Unsigned {
            action,
            because: Because::text(&because.to_string()),
        };
        let identity = signer_identity(credentials).into();
        let signing = v4::SigningParams::builder()
            .identity(&identity)
            .region(region.as_str())
            .name("ec2")
            .time(self.signing_time())
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| unsigned(&error))?
            .into();
        let headers = [("host", host.as_str()), ("content-type", CONTENT_TYPE)];
        let signable = SignableRequest::new(
            "POST",
            url.as_str(),
            headers.into_iter(),
            SignableBody::Bytes(body.as_bytes()),
        )
        .map_err(|error| unsigned(&error))?;
        let (instructions, _) = sign(signable, &signing)
            .map_err(|error| unsigned(&error))?
            .into_parts();
        let (added, _) = instructions.into_parts();
        let mut headers = vec![("content-type", Zeroizing::new(CONTENT_TYPE.to_owned()))];
        headers.extend(added.iter().map(|header| {
            let value = Zeroizing::new(header.value().to_owned());
            (header.name(), value)
        }));
        Ok(HttpRequest {
            method: Method::Post,
            url,
            headers,
            body: Zeroizing::new(body.into_bytes()),
        })
    }

    /// The configured endpoint, or the region's own.
    ///
    /// Source: <https://docs.aws.amazon.com/general/latest/gr/ec2-service.html>
    fn ec2_url(&self, region: &Region) -> String {
        let endpoints = &self.settings.endpoints;
        if let Some(url) = &endpoints.ec2 {
            return format!("{}/", url.trim_end_matches('/'));
        }
        let name = if endpoints.fips { "ec2-fips" } else { "ec2" };
        let domain = domain_of(partition_of(region.as_str()));
        format!("https://{name}.{region}.{domain}/")
    }

    fn signing_time(&self) -> SystemTime {
        let second = self.aws_time().as_second();
        UNIX_EPOCH + Duration::from_secs(u64::try_from(second).unwrap_or_default())
    }
}

/// The credentials as the signer takes them. The secrets are exposed because signing needs them.
fn signer_identity(credentials: &Credentials) -> aws_credential_types::Credentials {
    aws_credential_types::Credentials::new(
        credentials.access_key_id.as_str(),
        credentials.secret_access_key.expose(),
        credentials
            .session_token
            .as_ref()
            .map(|token| token.expose().to_owned()),
        None,
        "keyward",
    )
}
