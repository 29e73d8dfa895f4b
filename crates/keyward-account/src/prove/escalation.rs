//! The roles that lead to every right. Each role is judged once per proof.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// How far a role leads to every right. Roles are numbered as the positions of a proof.
pub(super) enum Escalation {
    /// It can give itself or others every right.
    Powerful,
    /// It leads to other roles, and to nothing more.
    Leads(Leads),
}

/// The roles that a role leads to.
#[derive(Default)]
pub(super) struct Leads {
    /// Those that it can assume, or pass to a service.
    pub(super) surely: Vec<usize>,
    /// Those that it may reach: it assumes them under a condition, or can change what a service runs
    /// that may have them.
    pub(super) perhaps: Vec<usize>,
}

/// The ways from role to role that an answer follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ways {
    /// Those that exist for certain.
    Sure,
    /// Those that may exist, too.
    All,
}

/// Two roles, so that there is one besides the role that asks.
pub(super) type Taken = [Option<usize>; 2];

/// A service, with the number of the account whose roles it may assume.
type OfAccount = (usize, &'static str);

/// The escalation of each role, as far as it was asked for.
pub(super) struct Escalations {
    own: Vec<OnceCell<Escalation>>,
    /// The answers of [`Escalations::is_powerful`] that are known. None depends on the order of the
    /// questions.
    known: [RefCell<Vec<Option<bool>>>; 2],
    /// The roles that a service may assume, by the number of the account and the service.
    takers: RefCell<BTreeMap<OfAccount, Rc<[usize]>>>,
    /// The powerful roles that a service may assume, by the number of the account and the service.
    taken: RefCell<BTreeMap<OfAccount, Taken>>,
}

impl Escalations {
    /// For this number of roles, of which none is judged yet.
    pub(super) fn new(roles: usize) -> Self {
        Self {
            own: (0..roles).map(|_| OnceCell::new()).collect(),
            known: [(); 2].map(|()| RefCell::new(vec![None; roles])),
            takers: RefCell::default(),
            taken: RefCell::default(),
        }
    }

    /// Whether a role is powerful, or leads to such a role. A cycle of roles leads to no right. `judge`
    /// looks at one role alone.
    pub(super) fn is_powerful(
        &self,
        role: usize,
        ways: Ways,
        judge: impl Fn(usize) -> Escalation,
    ) -> bool {
        let mut known = self.known[ways as usize].borrow_mut();
        let mut seen = vec![false; self.own.len()];
        seen[role] = true;
        let mut open = vec![role];
        while let Some(at) = open.pop() {
            if known[at] == Some(false) {
                continue;
            }
            let own = self.own[at].get_or_init(|| judge(at));
            let Escalation::Leads(leads) = own else {
                known[role] = Some(true);
                return true;
            };
            if known[at] == Some(true) {
                known[role] = Some(true);
                return true;
            }
            let perhaps = match ways {
                Ways::Sure => &[][..],
                Ways::All => &leads.perhaps,
            };
            for &next in leads.surely.iter().chain(perhaps) {
                if !std::mem::replace(&mut seen[next], true) {
                    open.push(next);
                }
            }
        }
        // Nothing that was seen leads further.
        for (known, seen) in known.iter_mut().zip(seen) {
            if seen {
                *known = Some(false);
            }
        }
        false
    }

    /// The roles that a service may assume in an account. `find` is asked once for each.
    pub(super) fn takers(
        &self,
        account: usize,
        service: &'static str,
        find: impl FnOnce() -> Rc<[usize]>,
    ) -> Rc<[usize]> {
        let mut takers = self.takers.borrow_mut();
        Rc::clone(takers.entry((account, service)).or_insert_with(find))
    }

    /// The powerful roles that a service may assume in an account. `find` is asked once for each.
    pub(super) fn taken(
        &self,
        account: usize,
        service: &'static str,
        find: impl FnOnce() -> Taken,
    ) -> Taken {
        let known = self.taken.borrow().get(&(account, service)).copied();
        known.unwrap_or_else(|| {
            let found = find();
            self.taken.borrow_mut().insert((account, service), found);
            found
        })
    }
}

#[cfg(test)]
mod tests;
