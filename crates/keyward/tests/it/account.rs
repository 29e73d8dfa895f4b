//! `keyward account` against an empty practice account: from a root key to working roles, and
//! back to nothing.

mod drift;
mod faults;
mod github;
mod guard;
mod kills;
mod leaver;
mod lifecycle;
mod lockout;
mod many;
mod proof;
mod revoke;
mod saved_plan;
mod sheets;
mod side_by_side;
mod stacks;

use std::ops::{Deref, DerefMut};

use keyward_core::id::AccountId;
use keyward_sandbox::{Account, Accounts, Clock, Effect, Fault, Options, Sandbox};
use keyward_testkit::{Home, Ran};

use crate::practice::{KEY_ID, SECRET};

/// A public key of a person.
const SSH: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIANdyDoJmeN0VTw8hiDLh5tOYRZfiQeNi+cjDGOMVEv/";

/// Another one.
const OTHER_SSH: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIESK1MIa7ZLF6pRJmDX3eMk4erqD7MDlfjse3/PI/sqd";

/// The account of the blueprints.
const ACCOUNT: &str = "123456789012";
/// The second account of the template `two-accounts`.
const WORKLOAD: &str = "111122223333";
/// The key of the second account's root user.
const WORKLOAD_KEY: &str = "AKIAI44QH8DHBEXAMPLE";
/// Its secret.
const WORKLOAD_SECRET: &str = "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY";

/// A home beside empty accounts, whose root keys are in its profiles.
pub(crate) struct Rehearsal {
    pub(crate) server: Sandbox,
    pub(crate) home: Home,
}

impl Rehearsal {
    pub(crate) fn start() -> Self {
        let mut accounts = Accounts::empty_with_root(id(ACCOUNT));
        let mut workload = Account::empty(id(WORKLOAD));
        let created = workload.root.created;
        workload.give_root_key(
            WORKLOAD_KEY.parse().unwrap(),
            WORKLOAD_SECRET.parse().unwrap(),
            created,
        );
        accounts.insert(workload);
        let place = Self::of(accounts);
        let profile = |name: &str, id: &str, secret: &str| {
            format!(
                "[profile {name}]\nregion = eu-central-1\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n\n"
            )
        };
        place.home.config(
            &[
                profile("admin", KEY_ID, SECRET),
                profile("people-admin", KEY_ID, SECRET),
                profile("workload-admin", WORKLOAD_KEY, WORKLOAD_SECRET),
            ]
            .concat(),
        );
        place
    }

    /// A home beside these accounts, without profiles.
    pub(crate) fn of(accounts: Accounts) -> Self {
        let options = Options {
            port: 0,
            clock: Clock::real(),
        };
        let server = Sandbox::start(accounts, options).unwrap();
        let mut home = Home::new(env!("CARGO_BIN_EXE_keyward"));
        home.set("AWS_ENDPOINT_URL", server.url());
        home.set("KEYWARD_TEST_PACE_MS", "1");
        Self { server, home }
    }

    /// Writes a blueprint: a template with a user who gets a password and a key.
    pub(crate) fn blueprint(&self, template: &str, group: &str) {
        let text = self.run(&["account", "init", "--template", template]).ok();
        self.write(
            "account.toml",
            &format!(
                "{text}\n[users.zoe]\npath = \"/team/\"\ngroups = [\"{group}\"]\nssh = \"{SSH}\"\npassword = true\naccess_key = true\n"
            ),
        );
    }

    fn account(&self, verb: &str) -> Ran {
        match verb {
            "plan" => self.run(&["account", "plan", "account.toml"]),
            _ => self.run(&["account", verb, "account.toml", "--yes"]),
        }
    }

    /// Returns the number of entities of an account.
    fn entities(&self, account: &str) -> usize {
        self.server.with_accounts(|accounts| {
            let account = accounts.account(&id(account)).unwrap();
            account.users.len()
                + account.groups.len()
                + account.roles.len()
                + account.policies.len()
                + account.devices.len()
                + usize::from(account.alias.is_some())
                + usize::from(account.password_policy.is_some())
        })
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Account)) {
        self.server.with_accounts(|accounts| {
            change(accounts.account_mut(&id(ACCOUNT)).unwrap());
        });
    }
}

impl Deref for Rehearsal {
    type Target = Home;

    fn deref(&self) -> &Home {
        &self.home
    }
}

impl DerefMut for Rehearsal {
    fn deref_mut(&mut self) -> &mut Home {
        &mut self.home
    }
}

/// AWS refuses the action.
fn denied(action: &str) -> Fault {
    let refusal = Effect::Error {
        status: 403,
        code: "AccessDenied".to_owned(),
        message: "not authorized".to_owned(),
    };
    Fault::on(action, refusal)
}

fn id(text: &str) -> AccountId {
    text.parse().unwrap()
}
