//! What one call saw on the wire and the SDK's errors do not tell: which host it went to, the
//! time there, and what kind of answer came.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_sts::error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::DateTime;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::date_time::Format;

use crate::clock::Clock;

/// What was seen of the last attempt.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// Scheme and host of the endpoint.
    pub(crate) endpoint: Option<String>,
    /// The server's clock minus the local one, in seconds.
    pub(crate) skew: Option<i64>,
    /// HTTP status and content type of the answer.
    pub(crate) answer: Option<(u16, String)>,
}

/// Listens to one call.
#[derive(Debug, Clone)]
pub(crate) struct Watch {
    clock: Clock,
    seen: Arc<Mutex<Seen>>,
}

impl Watch {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            seen: Arc::default(),
        }
    }

    pub(crate) fn seen(&self) -> Seen {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn note(&self, change: impl FnOnce(&mut Seen)) {
        change(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Intercept for Watch {
    fn name(&self) -> &'static str {
        "Watch"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let endpoint = origin(context.request().uri());
        self.note(|seen| {
            *seen = Seen {
                endpoint: Some(endpoint),
                ..Seen::default()
            }
        });
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let answer = context.response();
        let headers = answer.headers();
        // A cache's answer carries the date at which it was stored, which says nothing of now.
        let date = headers.get("date").filter(|_| headers.get("age").is_none());
        let skew = date
            .and_then(|date| DateTime::from_str(date, Format::HttpDate).ok())
            .map(|date| date.secs().saturating_sub(self.clock.local().as_second()));
        let kind = headers
            .get("content-type")
            .unwrap_or("no content type")
            .chars()
            .take(60)
            .collect();
        let status = answer.status().as_u16();
        self.note(|seen| {
            seen.skew = skew;
            seen.answer = Some((status, kind));
        });
        Ok(())
    }
}

/// Scheme and host of a URL, without path and query.
fn origin(url: &str) -> String {
    let host_at = url.find("://").map_or(0, |at| at + 3);
    let end = url[host_at..]
        .find(['/', '?'])
        .map_or(url.len(), |at| host_at + at);
    url[..end].to_owned()
}
