//! Waiting until AWS knows a key that it has just made: `GetCallerIdentity`, which needs no
//! permission and no code, until it answers.

use std::time::{Duration, Instant};

use keyward_aws::{Aws, CallError, CallerIdentity};
use keyward_core::Credentials;
use keyward_vault::Paths;

use crate::screen::error::CliError;
use crate::screen::ui::Ui;

/// New keys spread within seconds; this is far more than was ever seen.
const PATIENCE: Duration = Duration::from_secs(90);
/// The pause after the first look; it grows by itself each time up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);
/// A look that gets no answer, or is throttled, is repeated this often in a row.
const BAD_LOOKS: u32 = 5;

/// Asks with the key until AWS says whose it is.
pub(crate) fn prove(
    aws: &Aws,
    key: &Credentials,
    ui: &Ui,
    paths: &Paths,
    point: &str,
) -> Result<CallerIdentity, CliError> {
    let begun = Instant::now();
    let mut pause = FIRST_PAUSE;
    let mut bad_looks = 0;
    loop {
        let looked =
            crate::system::crash_point::through(point, paths, || aws.get_caller_identity(key));
        let error = match looked {
            Ok(identity) => return Ok(identity),
            Err(error) => error,
        };
        match &error {
            CallError::KeyUnknown { .. } => {
                if bad_looks == 0 && pause == FIRST_PAUSE {
                    ui.say(format!(
                        "waiting until AWS knows {} everywhere…",
                        key.access_key_id
                    ));
                }
                bad_looks = 0;
            }
            CallError::Throttled { .. } | CallError::Network { .. } if bad_looks < BAD_LOOKS => {
                bad_looks += 1;
            }
            _ => return Err(error.into()),
        }
        if begun.elapsed() > PATIENCE {
            return Err(CliError::from(error));
        }
        ui.explain(|| format!("not yet: {error}"));
        std::thread::sleep(crate::system::crash_point::pace(pause));
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
