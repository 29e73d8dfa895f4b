//! A second look: until the sessions are denied, a thief can make keys and a console password. A run
//! that revokes looks again after the denial and revokes those too.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use keyward_account::revoke::{self, Console, Held, Measure, Measures, revoke_made_since};
use keyward_core::id::AccessKeyId;

use super::{Revocation, held};
use crate::account::Places;
use crate::screen::error::CliError;

/// How often a run looks for credentials that were made in the meantime.
const LOOKS: usize = 3;

impl Revocation<'_> {
    /// Makes all calls of a revocation. Then it also revokes the keys and passwords that a thief made
    /// before the sessions were denied.
    pub(crate) fn revoke(
        &self,
        places: &mut Places<'_>,
        measures: &Measures,
    ) -> Result<(), CliError> {
        let mut measures = Cow::Borrowed(measures);
        let mut handled = BTreeSet::new();
        self.in_account(&mut places.home, &measures.home)?;
        handled.extend(switched_off(&measures.home));
        for _ in 0..LOOKS {
            let Some(held) = self.made_since(places, &handled) else {
                break;
            };
            handled.extend(held.active.iter().cloned());
            let calls = match measures.is_empty() {
                // The denial of an earlier run is too old for these.
                true => {
                    let others = places.others();
                    let whom = places.whom(self.user, &others);
                    let mut anew = revoke::revoke(whom, &held, self.aws_time());
                    anew.home
                        .iter_mut()
                        .for_each(|call| forget(call, &held.active));
                    measures = Cow::Owned(anew);
                    measures.home.clone()
                }
                false => {
                    let Held {
                        active, console, ..
                    } = &held;
                    revoke_made_since(self.user, &measures.home, active, *console)
                }
            };
            self.in_account(&mut places.home, &calls)?;
        }
        self.elsewhere(places, &measures.elsewhere)?;
        self.finish(places, &measures.last)
    }

    /// The credentials of the user that work now, without the keys that this run has handled; `None` if
    /// there are none. A look that fails is reported.
    fn made_since(&self, places: &Places<'_>, handled: &BTreeSet<AccessKeyId>) -> Option<Held> {
        let mut held = match held(&places.home.signer, self.user) {
            Ok(held) => held,
            Err(error) => {
                self.failed.fetch_add(1, Ordering::Relaxed);
                self.report(&places.home, error);
                return None;
            }
        };
        held.active.retain(|key| !handled.contains(key));
        // A password that could not be deleted was reported.
        if self.failed() > 0 {
            held.console = Console::None;
        }
        for key in &held.active {
            self.ui.warn(format!(
                "access key {key} was made in the meantime and is switched off too; `--undo` leaves it off"
            ));
        }
        if held.console == Console::Password {
            self.ui
                .warn("a console password is there again, and is deleted too");
        }
        let works = !held.active.is_empty() || held.console == Console::Password;
        works.then_some(held)
    }
}

/// The keys that these calls switch off.
fn switched_off(measures: &[Measure]) -> impl Iterator<Item = AccessKeyId> + use<'_> {
    measures.iter().filter_map(|measure| match measure {
        Measure::SwitchOff(key) => Some(key.clone()),
        _ => None,
    })
}

/// Takes keys out of the record that an undo reads.
fn forget(measure: &mut Measure, keys: &BTreeSet<AccessKeyId>) {
    if let Measure::Note(noted) = measure {
        noted.retain(|key| !keys.contains(key));
    }
}
