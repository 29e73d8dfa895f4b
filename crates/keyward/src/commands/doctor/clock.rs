//! This machine's clock against that of AWS, which refuses signatures more than five minutes off,
//! and one-time codes sooner.

use keyward_aws::{Aws, HttpRequest, Method, Settings};
use keyward_core::Timestamp;
use keyward_core::plan::Endpoints;
use zeroize::Zeroizing;

use super::finding::Finding;
use crate::environment as env;
use crate::world::{World, now};

/// A code changes every 30 s, and AWS takes the one before and the one after.
const CODES_FAIL: u64 = 60;

/// Asks once, without credentials: the answer says no, and when.
pub(super) fn look(world: &World) -> Option<Finding> {
    let endpoint = env::get("AWS_ENDPOINT_URL_STS").or_else(|| env::get(env::AWS_ENDPOINT_URL));
    let url = endpoint.unwrap_or_else(|| {
        let region = world
            .config
            .profiles()
            .find_map(|profile| profile.section.value("region"));
        // The partitions' clocks are one; the host only has to be within reach.
        match region {
            Some(region) if region.starts_with("cn-") => {
                format!("https://sts.{region}.amazonaws.com.cn/")
            }
            Some(region) => format!("https://sts.{region}.amazonaws.com/"),
            None => "https://sts.amazonaws.com/".to_owned(),
        }
    });
    let aws = Aws::new(Settings {
        endpoints: Endpoints::default(),
        region: None,
        partition_hint: None,
        now,
        proxy_from_env: true,
    });
    let asked = aws.http(HttpRequest {
        method: Method::Get,
        url: url.clone(),
        headers: Vec::new(),
        body: Zeroizing::default(),
    });
    match asked {
        Ok(answer) => compare(answer.date?, now()),
        Err(error) => Some(
            Finding::problem("offline", format!("AWS cannot be reached: {error}"))
                .at(url)
                .hint("look at HTTPS_PROXY and AWS_CA_BUNDLE, if there is a proxy"),
        ),
    }
}

fn compare(theirs: Timestamp, ours: Timestamp) -> Option<Finding> {
    let off = ours.as_second() - theirs.as_second();
    let way = if off > 0 { "ahead" } else { "behind" };
    (off.unsigned_abs() >= CODES_FAIL).then(|| {
        Finding::problem(
            "clock",
            format!(
                "this machine's clock is {} s {way}: codes and signatures are refused",
                off.unsigned_abs()
            ),
        )
        .hint("let the system set its clock, such as: timedatectl set-ntp true")
    })
}
