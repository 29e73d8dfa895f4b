//! Messages that keyward prints if a signal ends it in the middle of work at another service.

use super::modes;
use super::signals::{self, Held};

/// The last message of the process: it is printed before a signal ends it, as long as this value
/// exists. No hidden question may be asked in that time.
pub(crate) struct LastWords {
    _held: Held,
}

impl LastWords {
    /// From now on; `None` where signals cannot be caught, or are another's business.
    pub(crate) fn keep(say: impl Fn() + Send + Sync + 'static) -> Option<Self> {
        super::show_again();
        let held = Held::hold(|| {}).ok().filter(|held| held.end)?;
        let end = move || {
            modes::give_back_for_good();
            say();
            signals::end_by_it();
        };
        let end = std::sync::Arc::new(end);
        let at_notice = std::sync::Arc::clone(&end);
        held.notify(move || at_notice());
        // One that came before the words were known.
        if held.came() {
            end();
        }
        Some(Self { _held: held })
    }
}
