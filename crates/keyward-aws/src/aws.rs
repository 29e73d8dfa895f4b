//! AWS: each call from credentials to a result or an error a person can act on.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use keyward_core::Timestamp;
use keyward_core::text::{HIDDEN, shown_url};

use crate::call::Call;
use crate::client::Line;
use crate::clock::{AGREEING, Clock};
use crate::error::{Action, Because, CallError, Failure, Service, unreadable};
use crate::settings::{Settings, Timeouts};
use crate::transport::{Transport, proxy_for};
use crate::watch::{Body, Watch};

/// The time of the calls that an end would leave less: AWS answers in a fraction of it.
const LEAST: Duration = Duration::from_secs(8);

/// AWS. Cheap to make: connections, TLS roots and runtime come with the first call.
///
/// Its methods block, and must not be called from within a task of another async runtime.
pub struct Aws {
    pub(crate) settings: Settings,
    pub(crate) timeouts: Timeouts,
    clock: Clock,
    transport: Mutex<Option<Arc<Transport>>>,
    /// The end of the repetitions of a call.
    end: Mutex<Option<Instant>>,
}

impl Aws {
    /// AWS as `settings` say to reach it. Nothing is opened yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let clock = Clock::new(settings.now);
        Self {
            settings,
            timeouts: Timeouts::default(),
            clock,
            transport: Mutex::default(),
            end: Mutex::default(),
        }
    }

    /// From this instant on, a call is not repeated. All calls after it end within 8 seconds of it. `None`
    /// sets no end.
    pub fn end_repetitions_at(&self, end: Option<Instant>) {
        *self.end.lock().unwrap_or_else(PoisonError::into_inner) = end;
    }

    /// The time for a call with its repetitions.
    fn time_for_call(&self) -> Option<Duration> {
        let end = *self.end.lock().unwrap_or_else(PoisonError::into_inner);
        let (end, now) = (end?, Instant::now());
        let left = end.saturating_duration_since(now);
        let past = (end + LEAST).saturating_duration_since(now);
        Some(left.max(LEAST.min(self.timeouts.attempt)).min(past))
    }

    /// The same with other patience.
    #[must_use]
    pub fn with_timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// By how many seconds AWS's clock is ahead of the local one, when a call failed for it and
    /// signing was corrected. `None` when no correction is in force.
    #[must_use]
    pub fn skew(&self) -> Option<i64> {
        Some(self.clock.correction()).filter(|seconds| *seconds != 0)
    }

    /// The time by AWS's clock, as far as an answer has shown it; else by this machine's. One-time
    /// codes are judged by that clock, to the half minute.
    #[must_use]
    pub fn aws_time(&self) -> Timestamp {
        self.clock.theirs_for(self.now())
    }

    /// This machine's clock at a time of AWS, corrected by the skew of the last answer.
    pub(crate) fn local(&self, theirs: Timestamp) -> Timestamp {
        self.clock.local_for(theirs)
    }

    /// The time by this machine's clock.
    pub(crate) fn now(&self) -> Timestamp {
        (self.settings.now)()
    }

    pub(crate) fn sts<'a, T, E, F>(
        &self,
        call: &Call<'a>,
        send: impl Fn(aws_sdk_sts::Client) -> F,
    ) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        self.run(call, |line| send(line.sts()))
    }

    pub(crate) fn iam<'a, T, E, F>(
        &self,
        call: &Call<'a>,
        send: impl Fn(aws_sdk_iam::Client) -> F,
    ) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        self.run(call, |line| send(line.iam()))
    }

    pub(crate) fn cloudformation<'a, T, E, F>(
        &self,
        call: &Call<'a>,
        send: impl Fn(aws_sdk_cloudformation::Client) -> F,
    ) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        self.run(call, |line| send(line.cloudformation()))
    }

    pub(crate) fn sso<'a, T, E, F>(
        &self,
        call: &Call<'a>,
        send: impl Fn(aws_sdk_sso::Client) -> F,
    ) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        self.run(call, |line| send(line.sso()))
    }

    pub(crate) fn sso_oidc<'a, T, E, F>(
        &self,
        call: &Call<'a>,
        send: impl Fn(aws_sdk_ssooidc::Client) -> F,
    ) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        self.run(call, |line| send(line.sso_oidc()))
    }

    pub(crate) fn signin<'a, T, E, F>(
        &self,
        call: &Call<'a>,
        send: impl Fn(aws_sdk_signin::Client) -> F,
    ) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        self.run(call, |line| send(line.signin()))
    }

    /// Makes the call. If AWS refuses the signing time, sets the clock by AWS's date and repeats
    /// the call. An MFA code in the refused request is still unused, because AWS checks the
    /// signature first.
    fn run<'a, T, E, F>(
        &self,
        call: &Call<'a>,
        send: impl Fn(&Line<'a>) -> F,
    ) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let transport = self.transport()?;
        let mut corrected = false;
        loop {
            let line = self.line(call, &transport)?;
            let answered = transport.runtime.block_on(send(&line));
            if let Some(skew) = line.watch.seen().skew {
                self.clock.measured(skew);
            }
            let error = match answered {
                // The SDK treats any body as an answer without fields.
                Ok(_) if is_foreign(call.action.service, line.watch.seen().body) => {
                    return Err(unreadable(call.action, line.watch.seen().answer));
                }
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let failure = Failure::read(&error, call, line.watch.seen(), |url| {
                proxy_for(url, &self.settings)
            });
            if let (true, false, Some(skew)) = (failure.may_be_skew(), corrected, failure.skew())
                && skew.abs_diff(self.clock.correction()) > AGREEING
            {
                self.clock.correct(skew);
                corrected = true;
                continue;
            }
            return Err(failure.into_error());
        }
    }

    fn line<'a>(&self, call: &Call<'a>, transport: &Transport) -> Result<Line<'a>, CallError> {
        let endpoints = &self.settings.endpoints;
        let endpoint = match call.action.service {
            Service::Sts => &endpoints.sts,
            Service::Iam => &endpoints.iam,
            Service::Sso => &endpoints.sso,
            Service::SsoOidc => &endpoints.sso_oidc,
            Service::Signin => &endpoints.signin,
            Service::CloudFormation => &endpoints.cloudformation,
            Service::Ec2 => &endpoints.ec2,
        };
        let endpoint = endpoint.as_deref();
        if let Some(endpoint) = endpoint {
            check_url(call.action, endpoint)?;
        }
        Ok(Line {
            http: transport.client(endpoint, &self.settings, self.timeouts)?,
            region: match call.region {
                Some(region) => region.as_str().to_owned(),
                None => self.settings.effective_region().to_owned(),
            },
            endpoint: endpoint.map(str::to_owned),
            fips: endpoints.fips,
            dual_stack: endpoints.dual_stack,
            credentials: call.credentials,
            watch: Watch::new(self.clock.clone()),
            clock: self.clock.clone(),
            repeat: call.repeat,
            timeouts: self.timeouts,
            in_all: self.time_for_call(),
        })
    }

    pub(crate) fn transport(&self) -> Result<Arc<Transport>, CallError> {
        let mut slot = self
            .transport
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(transport) = slot.as_ref() {
            return Ok(Arc::clone(transport));
        }
        Ok(Arc::clone(slot.insert(Arc::new(Transport::new()?))))
    }
}

/// Whether a body cannot be a service's answer.
fn is_foreign(service: Service, body: Body) -> bool {
    match service {
        Service::Sts | Service::Iam | Service::CloudFormation | Service::Ec2 => {
            body != Body::QueryAnswer
        }
        Service::Sso | Service::SsoOidc | Service::Signin => body == Body::Page,
    }
}

/// An endpoint is a URL with a host. The SDK would refuse others too, but in words that quote the
/// whole request.
fn check_url(action: Action, url: &str) -> Result<(), CallError> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let shown = shown_url(url);
    // The SDK would read a part of a password as the host.
    if shown != HIDDEN
        && rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', ':', '?']))
    {
        return Ok(());
    }
    let because = Because::text(&format!(
        "the endpoint `{shown}` is not an `https://` or `http://` URL"
    ));
    Err(CallError::Request { action, because })
}

impl fmt::Debug for Aws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aws")
            .field("settings", &self.settings)
            .field("skew", &self.skew())
            .finish_non_exhaustive()
    }
}
