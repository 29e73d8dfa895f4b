//! Answers before they go out, and the bodies of the query protocols.

use std::time::Duration;

use keyward_core::Timestamp;

use crate::call::Service;
use crate::clock::http_date;
use crate::failure::Failure;
use crate::random;
use crate::xml::{Xml, escape};

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

/// The final response of the server to a request.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The pause before the answer.
    pub(crate) delay: Duration,
    /// The answer; `None` closes the connection without one.
    pub(crate) reply: Option<Reply>,
}

impl From<Reply> for Outcome {
    fn from(reply: Reply) -> Self {
        Self {
            delay: Duration::ZERO,
            reply: Some(reply),
        }
    }
}

impl Reply {
    pub(crate) fn new(status: u16, kind: &str, now: Timestamp, body: String) -> Self {
        let headers = vec![
            ("content-type", kind.to_owned()),
            // Clients measure their clock's error by this header, so it follows the practice
            // account's clock and not the machine's.
            ("date", http_date(now)),
            ("cache-control", "no-store".to_owned()),
        ];
        Self {
            status,
            headers,
            body,
        }
    }

    pub(crate) fn text(status: u16, now: Timestamp, body: impl Into<String>) -> Self {
        Self::new(status, "text/plain; charset=utf-8", now, body.into())
    }

    pub(crate) fn html(status: u16, now: Timestamp, title: &str, text: &str) -> Self {
        let (title, text) = (escape(title), escape(text));
        let body = format!(
            "<!doctype html><meta charset=\"utf-8\"><title>{title}</title><h1>{title}</h1><p>{text}</p>\n"
        );
        Self::new(status, "text/html; charset=utf-8", now, body)
    }

    pub(crate) fn json(status: u16, now: Timestamp, body: &serde_json::Value) -> Self {
        Self::new(status, "application/json", now, body.to_string())
    }

    pub(crate) fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The answer to a call of the query protocol. IAM's actions without a result have no result
    /// element. An empty result here means that.
    pub(crate) fn query(
        service: Service,
        action: &str,
        now: Timestamp,
        result: Result<Xml, Failure>,
    ) -> Self {
        let id = random::request_id();
        let namespace = service.namespace();
        if service == Service::Ec2 {
            return Self::ec2(action, now, result, id);
        }
        let (status, body) = match result {
            Ok(xml) => {
                let content = xml.into_string();
                let result = match content.is_empty() {
                    true => String::new(),
                    false => format!("<{action}Result>{content}</{action}Result>"),
                };
                let body = format!(
                    "<{action}Response xmlns=\"{namespace}\">{result}<ResponseMetadata>\
                     <RequestId>{id}</RequestId></ResponseMetadata></{action}Response>\n"
                );
                (200, body)
            }
            Err(failure) => {
                let body = format!(
                    "<ErrorResponse xmlns=\"{namespace}\"><Error><Type>{}</Type><Code>{}</Code>\
                     <Message>{}</Message></Error><RequestId>{id}</RequestId></ErrorResponse>\n",
                    failure.kind(),
                    escape(&failure.code),
                    escape(&failure.message)
                );
                (failure.status, body)
            }
        };
        Self::new(status, "text/xml", now, body).with("x-amzn-requestid", id)
    }

    /// The answer to a call of EC2, which has a form of its own.
    ///
    /// Source: <https://docs.aws.amazon.com/ec2/latest/devguide/errors-overview.html>
    fn ec2(action: &str, now: Timestamp, result: Result<Xml, Failure>, id: String) -> Self {
        let namespace = Service::Ec2.namespace();
        let (status, body) = match result {
            Ok(xml) => {
                let content = xml.into_string();
                let body = format!(
                    "<{action}Response xmlns=\"{namespace}\"><requestId>{id}</requestId>{content}\
                     </{action}Response>\n"
                );
                (200, body)
            }
            Err(failure) => {
                let body = format!(
                    "<Response><Errors><Error><Code>{}</Code><Message>{}</Message></Error></Errors>\
                     <RequestID>{id}</RequestID></Response>\n",
                    escape(&failure.code),
                    escape(&failure.message)
                );
                (failure.status, body)
            }
        };
        Self::new(status, "text/xml", now, body).with("x-amzn-requestid", id)
    }
}
