//! This machine's clock against that of AWS, which refuses signatures more than five minutes off,
//! and one-time codes sooner.

use keyward_aws::Timeouts;
use keyward_core::Timestamp;
use keyward_core::text::shown_url;

use super::finding::Finding;
use crate::state::clock;
use crate::state::local_state::{LocalState, now};

/// A code changes every 30 s, and AWS accepts the one before and the one after.
const CODES_FAIL: u64 = 60;

/// Asks once, without credentials: the answer is a refusal with a date.
pub(super) fn look(local: &LocalState) -> Option<Finding> {
    let url = clock::url(local);
    match clock::ask(&url, Timeouts::default()) {
        Ok(date) => compare(date?, now()),
        Err(error) => Some(
            Finding::problem("offline", format!("AWS cannot be reached: {error}"))
                .at(shown_url(&url))
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
