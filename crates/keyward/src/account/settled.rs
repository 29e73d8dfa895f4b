//! One call of IAM, again while AWS is busy or has not spread an earlier change.

use std::thread;
use std::time::{Duration, Instant};

use keyward_aws::CallError;

use crate::screen::ui::Ui;
use crate::system::crash_point as point;

/// How long a change is given to reach every copy of IAM.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html#troubleshoot_general_eventual-consistency>
const SETTLE: Duration = Duration::from_secs(60);

/// The first pause before a call is made again; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// Makes a call until AWS has done it or refuses it for good.
pub(crate) fn settled<T>(ui: &Ui, call: impl Fn() -> Result<T, CallError>) -> Result<T, CallError> {
    let begun = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        let error = match call() {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        if error.settling().is_none() || begun.elapsed() + pause > SETTLE {
            return Err(error);
        }
        ui.explain(|| format!("waiting {pause:?}: {error}"));
        thread::sleep(point::pace(pause));
        pause *= 2;
    }
}
