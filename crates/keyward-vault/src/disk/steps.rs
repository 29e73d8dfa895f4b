//! A hook at every step of a write, for tests that kill the process there or let the disk be
//! full. It exists in test builds only, and for the thread that set it only.

use std::cell::RefCell;
use std::io;
use std::path::Path;

use super::Step;

type Hook = Box<dyn FnMut(&Path, Step) -> io::Result<()>>;

thread_local! {
    static HOOK: RefCell<Option<Hook>> = const { RefCell::new(None) };
}

/// Calls `hook` at every step from now on.
pub(crate) fn watch(hook: impl FnMut(&Path, Step) -> io::Result<()> + 'static) {
    HOOK.with(|slot| *slot.borrow_mut() = Some(Box::new(hook)));
}

/// Ends what [`watch`] began.
pub(crate) fn unwatch() {
    HOOK.with(|slot| *slot.borrow_mut() = None);
}

pub(super) fn reached(step: Step, path: &Path) -> io::Result<()> {
    HOOK.with(|slot| {
        slot.borrow_mut()
            .as_mut()
            .map_or(Ok(()), |hook| hook(path, step))
    })
}
