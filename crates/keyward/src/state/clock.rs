//! AWS's time, asked for without credentials: any answer, also a refusal, has a date.

use keyward_aws::{Aws, HttpError, HttpRequest, Method, Settings, Timeouts};
use keyward_core::Timestamp;
use keyward_core::chain::Endpoints;
use zeroize::Zeroizing;

use crate::environment as env;
use crate::state::local_state::{LocalState, now};

/// The host that is asked for AWS's time. All partitions share one clock, so any reachable host is
/// enough.
pub(crate) fn url(local: &LocalState) -> String {
    let endpoint = env::get("AWS_ENDPOINT_URL_STS").or_else(|| env::get(env::AWS_ENDPOINT_URL));
    endpoint.unwrap_or_else(|| {
        let region = local
            .config
            .profiles()
            .find_map(|profile| profile.section.value("region"));
        match region {
            Some(region) if region.starts_with("cn-") => {
                format!("https://sts.{region}.amazonaws.com.cn/")
            }
            Some(region) => format!("https://sts.{region}.amazonaws.com/"),
            None => "https://sts.amazonaws.com/".to_owned(),
        }
    })
}

/// AWS's time; none if the answer bears no date.
pub(crate) fn ask(url: &str, deadline: Timeouts) -> Result<Option<Timestamp>, HttpError> {
    let aws = Aws::new(Settings {
        endpoints: Endpoints::default(),
        region: None,
        partition_hint: None,
        now,
        proxy_from_env: true,
    });
    let answer = aws.with_timeouts(deadline).http(HttpRequest {
        method: Method::Get,
        url: url.to_owned(),
        headers: Vec::new(),
        body: Zeroizing::default(),
    })?;
    Ok(answer.date)
}
