//! Facts that one call saw on the wire and the SDK's errors do not contain: the host it went to,
//! the time there, and the kind of answer that came.

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
use keyward_core::text::shown_url;

use crate::clock::Clock;
use crate::error::Earlier;

/// The facts seen of the last attempt.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// Scheme and host of the endpoint.
    pub(crate) endpoint: Option<String>,
    /// The server's clock minus the local one, in seconds.
    pub(crate) skew: Option<i64>,
    /// HTTP status and content type of the answer.
    pub(crate) answer: Option<(u16, String)>,
    /// The facts known of the attempts before the last one.
    pub(crate) earlier: Earlier,
    /// The kind of the answer's body.
    pub(crate) body: Body,
}

impl Seen {
    /// Returns the facts known about all attempts so far when another one begins.
    fn effect(&self) -> Earlier {
        let sent = self.endpoint.is_some();
        let settled = self.answer.as_ref();
        match settled.is_some_and(|(status, _)| *status < 500) || !sent {
            true => self.earlier,
            false => Earlier::Unknown,
        }
    }
}

/// The kind of a body, by its beginning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Body {
    /// XML whose first element is named as those of the query protocols are.
    QueryAnswer,
    /// An HTML page, as from a captive portal or a proxy.
    Page,
    /// Anything else.
    #[default]
    Other,
}

impl Body {
    pub(crate) fn of(kind: &str, bytes: &[u8]) -> Self {
        let start = String::from_utf8_lossy(&bytes[..bytes.len().min(512)]).to_ascii_lowercase();
        let start = start.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
        let is_page = ["<!doctype html", "<html"]
            .iter()
            .any(|mark| start.starts_with(mark));
        if is_page || kind.to_ascii_lowercase().starts_with("text/html") {
            return Self::Page;
        }
        let after = match start.strip_prefix("<?xml") {
            Some(rest) => rest.split_once("?>").map_or("", |(_, rest)| rest),
            None => start,
        };
        let name = after.trim_start().strip_prefix('<').unwrap_or_default();
        let name = name.split([' ', '\t', '\r', '\n', '>', '/']).next();
        match name.is_some_and(|name| name.ends_with("response")) {
            true => Self::QueryAnswer,
            false => Self::Other,
        }
    }
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
                earlier: seen.effect(),
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
        // A cache's answer carries the date at which it was stored, which says nothing about the
        // present.
        let date = headers.get("date").filter(|_| headers.get("age").is_none());
        let skew = date
            .and_then(|date| DateTime::from_str(date, Format::HttpDate).ok())
            .map(|date| date.secs().saturating_sub(self.clock.local().as_second()));
        let kind: String = headers
            .get("content-type")
            .unwrap_or("no content type")
            .chars()
            .take(60)
            .collect();
        let status = answer.status().as_u16();
        let body = Body::of(&kind, answer.body().bytes().unwrap_or_default());
        self.note(|seen| {
            seen.skew = skew;
            seen.answer = Some((status, kind));
            seen.body = body;
        });
        Ok(())
    }
}

/// Scheme and host of a URL, without user, path and query.
fn origin(url: &str) -> String {
    let url = shown_url(url);
    let host_at = url.find("://").map_or(0, |at| at + 3);
    let end = url[host_at..]
        .find(['/', '?'])
        .map_or(url.len(), |at| host_at + at);
    url[..end].to_owned()
}

#[cfg(test)]
mod tests;
