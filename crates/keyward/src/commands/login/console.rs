//! The addresses of the console and its sign-in in each partition. Refuses to guess for unknown
//! partitions.

use form_urlencoded::Serializer;
use keyward_core::chain::{Base, Call, Chain};
use keyward_core::id::Region;
use zeroize::Zeroizing;

use crate::environment as env;
use crate::screen::error::CliError;

/// The console of a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Console {
    /// The sign-in endpoint, without a query.
    pub(super) federation: String,
    pages: Pages,
}

/// The console's pages.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Pages {
    /// A domain below which each region has a name of its own.
    Domain(&'static str),
    /// A URL from the user.
    Given(String),
}

/// Partition, host of the sign-in, domain of the console.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html>
/// and the endpoint lists of the partitions.
const PARTITIONS: [(&str, &str, &str); 6] = [
    (
        "aws",
        "us-east-1.signin.aws.amazon.com",
        "console.aws.amazon.com",
    ),
    ("aws-cn", "signin.amazonaws.cn", "console.amazonaws.cn"),
    (
        "aws-us-gov",
        "signin.amazonaws-us-gov.com",
        "console.amazonaws-us-gov.com",
    ),
    (
        "aws-eusc",
        "signin.amazonaws-eusc.eu",
        "console.amazonaws-eusc.eu",
    ),
    ("aws-iso", "signin.c2shome.ic.gov", "console.c2shome.ic.gov"),
    (
        "aws-iso-b",
        "signin.sc2shome.sgov.gov",
        "console.sc2shome.sgov.gov",
    ),
];

/// Short names that people type for services.
const SHORT: [(&str, &str); 12] = [
    ("cfn", "cloudformation"),
    ("cw", "cloudwatch"),
    ("ddb", "dynamodbv2"),
    ("dynamodb", "dynamodbv2"),
    ("eb", "events"),
    ("logs", "cloudwatch/home#logsV2:log-groups"),
    ("r53", "route53/v2"),
    ("route53", "route53/v2"),
    ("sfn", "states"),
    ("sm", "secretsmanager"),
    ("ssm", "systems-manager"),
    ("sso", "singlesignon"),
];

impl Console {
    pub(super) fn of(chain: &Chain) -> Result<Self, CliError> {
        Self::in_partition(
            &partition(chain),
            env::text(env::SIGNIN_URL)?,
            env::text(env::CONSOLE_URL)?,
        )
    }

    fn in_partition(
        partition: &str,
        signin: Option<String>,
        console: Option<String>,
    ) -> Result<Self, CliError> {
        let known = PARTITIONS.iter().find(|(name, _, _)| *name == partition);
        let unknown = || {
            CliError::usage(format!(
                "the console of partition `{partition}` is not known"
            ))
            .hint(format!("set {} and {}", env::SIGNIN_URL, env::CONSOLE_URL))
        };
        let federation = match (signin, known) {
            (Some(url), _) => url,
            (None, Some((_, host, _))) => format!("https://{host}/federation"),
            (None, None) => return Err(unknown()),
        };
        let pages = match (console, known) {
            (Some(url), _) => Pages::Given(url.trim_end_matches('/').to_owned()),
            (None, Some((_, _, domain))) => Pages::Domain(domain),
            (None, None) => return Err(unknown()),
        };
        Ok(Self { federation, pages })
    }

    /// Refuses a requested region in another partition than the credentials, whose console does not know
    /// them.
    pub(super) fn refuse_foreign(chain: &Chain, asked: &Region) -> Result<(), CliError> {
        let own = partition(chain);
        let of_region = of_region(Some(asked));
        // For a region of an unknown partition, AWS decides.
        let judged = PARTITIONS.iter().any(|(name, _, _)| *name == own);
        if judged && own != of_region {
            return Err(CliError::usage(format!(
                "the credentials are of `{own}`, and region {asked} is in `{of_region}`"
            ))
            .hint("name a region of the same partition"));
        }
        Ok(())
    }

    /// The page to open.
    pub(super) fn page(
        &self,
        service: Option<&str>,
        path: Option<&str>,
        region: Option<&Region>,
    ) -> String {
        let wanted = match (service, path) {
            (Some(service), _) => Some(service_page(service)),
            (None, Some(path)) => Some(path.trim_start_matches('/').to_owned()),
            (None, None) => None,
        };
        let page = match (&self.pages, wanted) {
            (Pages::Domain(domain), wanted) => {
                let host = match region {
                    Some(region) => format!("{region}.{domain}"),
                    None => (*domain).to_owned(),
                };
                let wanted = wanted.unwrap_or_else(|| "console/home".to_owned());
                format!("https://{host}/{wanted}")
            }
            (Pages::Given(base), Some(wanted)) => format!("{base}/{wanted}"),
            (Pages::Given(base), None) => base.clone(),
        };
        match region {
            Some(region) => with_region(&page, region),
            None => page,
        }
    }

    /// The link that signs in and leads to the page.
    pub(super) fn sign_in(&self, destination: &str, token: &str) -> Zeroizing<String> {
        let query = Serializer::new(String::new())
            .append_pair("Action", "login")
            .append_pair("Issuer", "keyward")
            .append_pair("Destination", destination)
            .append_pair("SigninToken", token)
            .finish();
        Zeroizing::new(format!("{}?{query}", self.federation))
    }

    /// The page that offers to switch into a role.
    pub(super) fn switch_role(&self, query: &str) -> String {
        let host = self
            .federation
            .strip_suffix("/federation")
            .unwrap_or(&self.federation)
            // The page has one address for all regions.
            .replace("//us-east-1.", "//");
        format!("{host}/switchrole?{query}")
    }
}

fn service_page(service: &str) -> String {
    let lower = service.to_lowercase();
    let name = SHORT
        .iter()
        .find(|(short, _)| *short == lower)
        .map_or(lower.as_str(), |(_, name)| name);
    if name.contains("/home") {
        name.to_owned()
    } else {
        format!("{name}/home")
    }
}

/// The region as a query, before what follows `#`.
fn with_region(page: &str, region: &Region) -> String {
    let (page, fragment) = match page.split_once('#') {
        Some((page, fragment)) => (page, format!("#{fragment}")),
        None => (page, String::new()),
    };
    let sign = if page.contains('?') { '&' } else { '?' };
    format!("{page}{sign}region={region}{fragment}")
}

/// The partition of what a chain ends in.
fn partition(chain: &Chain) -> String {
    let of_role = chain.hops.iter().rev().find_map(|hop| match &hop.call {
        Call::AssumeRole(role) => Some(role.role_arn.partition().to_owned()),
        Call::GetSessionToken => None,
    });
    let region = match &chain.base {
        Base::Sso(role) => Some(&role.sso_region),
        _ => chain.region.as_ref(),
    };
    let of_base = chain
        .base
        .role_arn()
        .map(|role| role.partition().to_owned());
    of_role
        .or(of_base)
        .unwrap_or_else(|| of_region(region).to_owned())
}

/// The partition of a region, by the start of its name.
fn of_region(region: Option<&Region>) -> &'static str {
    const STARTS: [(&str, &str); 5] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("eusc-", "aws-eusc"),
        ("us-isob-", "aws-iso-b"),
        ("us-iso-", "aws-iso"),
    ];
    let name = region.map_or("", Region::as_str);
    STARTS
        .iter()
        .find(|(start, _)| name.starts_with(start))
        .map_or("aws", |(_, partition)| partition)
}

#[cfg(test)]
mod tests;
