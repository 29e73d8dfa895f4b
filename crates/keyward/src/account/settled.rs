//! One call of AWS, again while AWS is busy or has not spread an earlier change. The only retry
//! loop of the account commands: the SDK's own retries end after seconds, and IAM may need a
//! minute.

use std::thread;
use std::time::{Duration, Instant};

use keyward_aws::{CallError, Settling};

use super::Interrupt;
use crate::screen::ui::Ui;
use crate::system::crash_point as point;

/// The time that a change has to reach every copy of IAM. AWS names no limit.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency>
const SETTLE: Duration = Duration::from_secs(60);

/// The first pause before a call is made again; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// An error that may hold AWS's refusal of a call.
pub(crate) trait MayBeRefusal {
    /// AWS's refusal, if that is what it is.
    fn refusal(&self) -> Option<&CallError>;
}

impl MayBeRefusal for CallError {
    fn refusal(&self) -> Option<&CallError> {
        Some(self)
    }
}

/// Makes a call until AWS has done it, refuses it for good, or the person stops the run.
pub(crate) fn settled<T, E: MayBeRefusal>(
    ui: &Ui,
    interrupt: &Interrupt,
    call: impl Fn() -> Result<T, E>,
) -> Result<T, E> {
    repeated(ui, interrupt, |_| true, call)
}

/// Makes a reading call until AWS is not busy. An entity that it does not find does not exist.
pub(crate) fn answered<T>(
    ui: &Ui,
    call: impl Fn() -> Result<T, CallError>,
) -> Result<T, CallError> {
    let busy = |why| why == Settling::Busy;
    repeated(ui, &Interrupt::default(), busy, call)
}

fn repeated<T, E: MayBeRefusal>(
    ui: &Ui,
    interrupt: &Interrupt,
    worth: impl Fn(Settling) -> bool,
    call: impl Fn() -> Result<T, E>,
) -> Result<T, E> {
    let begun = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        let error = match call() {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        let Some((refusal, settling)) = error
            .refusal()
            .and_then(|refusal| Some((refusal, refusal.settling()?)))
            .filter(|(_, settling)| worth(*settling))
        else {
            return Err(error);
        };
        if begun.elapsed() + pause > SETTLE || interrupt.came() {
            return Err(error);
        }
        ui.explain(|| match settling {
            Settling::Busy => format!("AWS is busy, waiting {pause:?}: {refusal}"),
            Settling::NotVisibleYet => {
                format!("waiting {pause:?} for IAM to see an earlier change: {refusal}")
            }
        });
        thread::sleep(point::pace(pause));
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
