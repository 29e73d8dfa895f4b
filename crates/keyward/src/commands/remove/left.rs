//! References to a key after it was forgotten: lines of the AWS files, and roles that start from
//! it.

use keyward_core::chain::{Flags, HandOut, ResolveError};
use keyward_core::id::ProfileName;

use crate::commands::list;
use crate::screen::ui::{Ui, listed};
use crate::state::local_state::LocalState;

/// Names the lines that ask keyward for a key that is gone, and the profiles that start from it.
pub(super) fn tell(local: &LocalState, gone: &ProfileName, ui: &Ui) {
    let Ok(local) = local.reload() else {
        return;
    };
    let mut line = None;
    let mut dependents = Vec::new();
    for name in list::names(&local) {
        let flags = Flags {
            hand_out: HandOut::Refreshing,
            ..Flags::default()
        };
        match local.try_resolve(&name, flags) {
            Err(ResolveError::AsksItself { profile, at }) if profile == *gone => line = Some(at),
            Err(ResolveError::NoCredentials { profile }) if profile == *gone => {}
            Err(ResolveError::UnknownSource { missing, .. }) if missing == *gone => {}
            _ => continue,
        }
        if name != *gone {
            dependents.push(name);
        }
    }
    let start = match dependents.as_slice() {
        [] => String::new(),
        [_] => format!("{} starts from it", listed(&dependents)),
        _ => format!("{} start from it", listed(&dependents)),
    };
    let what = match (line, start.is_empty()) {
        (Some(at), true) => format!("{at} still asks keyward for `{gone}`"),
        (Some(at), false) => format!("{at} still asks keyward for `{gone}`, and {start}"),
        (None, false) => format!("`{gone}` has no key now, and {start}"),
        (None, true) => return,
    };
    ui.hint(format!(
        "{what}: store another key with `keyward add {}`, or remove the lines",
        gone.argument()
    ));
}
