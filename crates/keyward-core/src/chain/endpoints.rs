//! Connection settings: endpoints, switches and the region, from the environment and from the
//! profiles of a chain. The profile that was asked for speaks first, then its sources. Callers pass
//! views in that order. Refuses to apply anything of the kind when configured endpoints are to be
//! ignored.
//!
//! Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>

use std::cell::OnceCell;

use smol_str::SmolStr;

use super::error::{ResolveError, ValueOrigin};
use super::profile_path::ProfilePath;
use super::view::View;
use super::{Endpoints, Inputs};
use crate::config::Section;
use crate::id::Region;

/// The endpoints and switches that hold for a chain.
pub(super) fn of(
    inputs: &Inputs<'_>,
    views: &[&View<'_>],
    warnings: &mut Vec<String>,
) -> Endpoints {
    let ignored = switch(inputs, views, IGNORED, warnings);
    let general = inputs.env("AWS_ENDPOINT_URL").map(SmolStr::from);
    let endpoints: Vec<_> = views.iter().map(|view| ViewEndpoints::new(view)).collect();
    let mut url = |variable: &'static str, service: &str| {
        if ignored {
            return None;
        }
        let own = inputs.env(variable).map(SmolStr::from);
        let own = own.or_else(|| general.clone());
        own.or_else(|| {
            let mut endpoints = endpoints.iter();
            endpoints.find_map(|of_view| of_view.endpoint(inputs, service, warnings))
        })
    };
    Endpoints {
        sts: url("AWS_ENDPOINT_URL_STS", "sts"),
        iam: url("AWS_ENDPOINT_URL_IAM", "iam"),
        sso: url("AWS_ENDPOINT_URL_SSO", "sso"),
        sso_oidc: url("AWS_ENDPOINT_URL_SSO_OIDC", "sso_oidc"),
        signin: url("AWS_ENDPOINT_URL_SIGNIN", "signin"),
        cloudformation: url("AWS_ENDPOINT_URL_CLOUDFORMATION", "cloudformation"),
        ec2: url("AWS_ENDPOINT_URL_EC2", "ec2"),
        fips: switch(inputs, views, FIPS, warnings),
        dual_stack: switch(inputs, views, DUAL_STACK, warnings),
        ca_bundle: inputs
            .env("AWS_CA_BUNDLE")
            .or_else(|| views.iter().find_map(|view| view.text("ca_bundle")))
            // boto3 and the AWS CLI read the variable of another library last.
            .or_else(|| inputs.env("REQUESTS_CA_BUNDLE")),
    }
}

/// A switch: its variable and its key.
type Names = (&'static str, &'static str);
const IGNORED: Names = (
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "ignore_configured_endpoint_urls",
);
const FIPS: Names = ("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint");
const DUAL_STACK: Names = ("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint");

/// One profile's endpoints: its `services` section comes before its `endpoint_url`. Both are looked up
/// once for all services.
struct ViewEndpoints<'v, 'a> {
    view: &'v View<'a>,
    services: OnceCell<Option<&'a Section>>,
    general: OnceCell<Option<SmolStr>>,
}

impl<'v, 'a> ViewEndpoints<'v, 'a> {
    fn new(view: &'v View<'a>) -> Self {
        Self {
            view,
            services: OnceCell::new(),
            general: OnceCell::new(),
        }
    }

    fn endpoint(
        &self,
        inputs: &Inputs<'a>,
        service: &str,
        warnings: &mut Vec<String>,
    ) -> Option<SmolStr> {
        let services = self.services.get_or_init(|| self.section(inputs, warnings));
        let own = services.and_then(|section| section.nested(service, "endpoint_url"));
        let own = own.filter(|url| !url.is_empty()).map(SmolStr::from);
        own.or_else(|| {
            let general = || {
                self.view
                    .get("endpoint_url")
                    .map(|found| found.value.into())
            };
            self.general.get_or_init(general).clone()
        })
    }

    fn section(&self, inputs: &Inputs<'a>, warnings: &mut Vec<String>) -> Option<&'a Section> {
        let named = self.view.get("services")?;
        let section = inputs.config.services(named.value);
        if section.is_none() {
            let meant = inputs.config.ignored_section("services", named.value);
            let way = meant.map_or_else(String::new, |meant| {
                format!("; {} has `[{}]` in its place", meant.at, meant.text)
            });
            warnings.push(format!(
                "{}: there is no section `[services {}]`, so its endpoints are not used{way}",
                named.origin, named.value
            ));
        }
        section
    }
}

/// A switch: the environment, else the nearest profile that sets it. As in the SDKs, a word that is
/// neither yes nor no counts as no. It also adds a warning, because the user may rely on it.
fn switch(
    inputs: &Inputs<'_>,
    views: &[&View<'_>],
    (variable, key): Names,
    warnings: &mut Vec<String>,
) -> bool {
    let (name, value, place) = match inputs.env(variable) {
        Some(value) => (variable, value, ValueOrigin::Variable(variable)),
        None => match views.iter().find_map(|view| view.get(key)) {
            Some(found) => {
                let place = ValueOrigin::Line(found.origin.clone());
                (key, found.value.to_owned(), place)
            }
            None => return false,
        },
    };
    let is = |word: &str| value.trim().eq_ignore_ascii_case(word);
    if !is("true") && !is("false") {
        warnings.push(format!(
            "{place}: `{name}` is neither `true` nor `false`, so it counts as `false`"
        ));
    }
    is("true")
}

/// The region for programs: `--region`, then the profile and its sources, then the
/// environment. The SDKs look at the environment first; here the profile was named for this
/// very run, and a variable left over from another shell must not move it elsewhere.
pub(super) fn region(
    inputs: &Inputs<'_>,
    path: &ProfilePath<'_>,
) -> Result<Option<Region>, ResolveError> {
    if let Some(region) = &inputs.flags.region {
        return Ok(Some(region.clone()));
    }
    for view in path.views() {
        if let Some(region) = view.id("region")? {
            return Ok(Some(region));
        }
    }
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        let Some(value) = inputs.env(name) else {
            continue;
        };
        return value
            .parse()
            .map(Some)
            .map_err(|source| ResolveError::InvalidValue {
                key: name,
                place: ValueOrigin::Variable(name),
                source,
            });
    }
    Ok(None)
}
