//! SDK clients, one per call: credentials, clock and listener differ from call to call, the
//! connections underneath are shared.

use std::time::Duration;

use aws_sdk_sts::config::retry::{ClassifyRetry, RetryAction, RetryConfig};
use aws_sdk_sts::config::timeout::TimeoutConfig;
use aws_sdk_sts::config::{AppName, BehaviorVersion};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::RetryClassifierPriority;
use aws_smithy_types::retry::ErrorKind;
use keyward_core::Credentials;

use crate::clock::Clock;
use crate::error::never_sent;
use crate::settings::Timeouts;
use crate::watch::Watch;

/// Attempts in all, the first included.
const ATTEMPTS: u32 = 3;
/// The first pause between attempts; each further one is up to twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Whether a request may be sent again when its fate is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Sending it twice does no harm.
    Freely,
    /// It carries a code that works once, or creates something: again only when AWS cannot have
    /// acted on it (no connection, or throttled).
    IfUnsent,
}

/// All that a client of either service is made from.
pub(crate) struct Line<'a> {
    pub(crate) http: SharedHttpClient,
    pub(crate) region: String,
    pub(crate) endpoint: Option<String>,
    pub(crate) fips: bool,
    pub(crate) dual_stack: bool,
    pub(crate) credentials: Option<&'a Credentials>,
    pub(crate) clock: Clock,
    pub(crate) watch: Watch,
    pub(crate) repeat: Repeat,
    pub(crate) timeouts: Timeouts,
    /// The time for all attempts of a call, if that is limited.
    pub(crate) in_all: Option<Duration>,
}

impl Line<'_> {
    fn retries() -> RetryConfig {
        RetryConfig::standard()
            .with_max_attempts(ATTEMPTS)
            .with_initial_backoff(FIRST_PAUSE)
            .with_max_backoff(LONGEST_PAUSE)
    }

    fn timeouts(&self) -> TimeoutConfig {
        let mut limits = TimeoutConfig::builder()
            .connect_timeout(self.timeouts.connect)
            .operation_attempt_timeout(self.timeouts.attempt);
        limits.set_operation_timeout(self.in_all);
        limits.build()
    }

    /// The SDK's form of the credentials. The secrets are exposed because signing needs them.
    fn sdk_credentials(credentials: &Credentials) -> aws_sdk_sts::config::Credentials {
        aws_sdk_sts::config::Credentials::new(
            credentials.access_key_id.as_str(),
            credentials.secret_access_key.expose(),
            credentials
                .session_token
                .as_ref()
                .map(|token| token.expose().to_owned()),
            // No expiry: the SDK would refuse to sign by a local clock that may be wrong.
            None,
            "keyward",
        )
    }
}

/// Builds the client of one service. A macro, because the two services' builders are two types.
macro_rules! client {
    ($sdk:ident, $line:expr) => {{
        let line = $line;
        let mut config = $sdk::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .app_name(AppName::new("keyward").expect("the name keeps the SDK's rule for app names"))
            .region($sdk::config::Region::new(line.region.clone()))
            .http_client(line.http.clone())
            .time_source(line.clock.clone())
            .retry_config(Line::retries())
            .timeout_config(line.timeouts())
            .stalled_stream_protection($sdk::config::StalledStreamProtectionConfig::disabled())
            .identity_cache($sdk::config::IdentityCache::no_cache())
            // Skew is corrected once and reported, which the SDK's own correction cannot do.
            .disable_clock_skew_correction(true)
            .interceptor(line.watch.clone());
        config.set_endpoint_url(line.endpoint.clone());
        if line.fips {
            config = config.use_fips(true);
        }
        if line.dual_stack {
            config = config.use_dual_stack(true);
        }
        if let Some(credentials) = line.credentials {
            config = config.credentials_provider(Line::sdk_credentials(credentials));
        }
        if line.repeat == Repeat::IfUnsent {
            config = config.retry_classifier(IfUnsent);
        }
        $sdk::Client::from_conf(config.build())
    }};
}

impl Line<'_> {
    pub(crate) fn sts(&self) -> aws_sdk_sts::Client {
        client!(aws_sdk_sts, self)
    }

    pub(crate) fn iam(&self) -> aws_sdk_iam::Client {
        client!(aws_sdk_iam, self)
    }

    pub(crate) fn cloudformation(&self) -> aws_sdk_cloudformation::Client {
        client!(aws_sdk_cloudformation, self)
    }

    pub(crate) fn sso(&self) -> aws_sdk_sso::Client {
        client!(aws_sdk_sso, self)
    }

    pub(crate) fn signin(&self) -> aws_sdk_signin::Client {
        client!(aws_sdk_signin, self)
    }

    pub(crate) fn sso_oidc(&self) -> aws_sdk_ssooidc::Client {
        client!(aws_sdk_ssooidc, self)
    }
}

/// Forbids the retry of a request that AWS may have acted on.
#[derive(Debug)]
struct IfUnsent;

impl ClassifyRetry for IfUnsent {
    fn name(&self) -> &'static str {
        "IfUnsent"
    }

    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        self.classify_retry_v2(context, &RetryAction::NoActionIndicated)
    }

    fn classify_retry_v2(
        &self,
        context: &InterceptorContext,
        previous: &RetryAction,
    ) -> RetryAction {
        let throttled = *previous == RetryAction::retryable_error(ErrorKind::ThrottlingError);
        let unsent = match context.output_or_error() {
            Some(Err(error)) => error.as_connector_error().is_some_and(never_sent),
            _ => false,
        };
        if throttled || unsent {
            previous.clone()
        } else {
            RetryAction::RetryForbidden
        }
    }

    fn priority(&self) -> RetryClassifierPriority {
        // After every classifier of the SDK, because it judges their verdict.
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}
