//! The accounts that are there when a caller brings none.

use keyward_core::Timestamp;
use keyward_core::id::{AccessKeyId, AccountId};
use keyward_core::secret::SecretAccessKey;

use super::{AccessKey, Account, Accounts, HardwareMfa, KeyStatus};

impl Accounts {
    /// Two accounts to practise in, the same in every run.
    ///
    /// `123456789012` (alias `practice`) has the group `team` under a guard that leaves almost
    /// nothing without MFA, and in it
    /// - `alice`: key `AKIAIOSFODNN7EXAMPLE` (AWS's documented example, with its secret), the
    ///   device `arn:aws:iam::123456789012:mfa/alice` with the seed
    ///   `GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ`, console password `Practice!Alice1`;
    /// - `bob`: key `AKIAI44QH8DHBEXAMPLE` (likewise), no device, password `Practice!Bob12`;
    ///
    /// and the roles `ReadOnly` (a code of the last four hours, sessions up to twelve) and
    /// `Administrator` (a code of the last hour, sessions of one hour).
    ///
    /// `111122223333` has the role `ReadOnly`, which trusts the first account with the external
    /// id `practice`, and `Deploy`, which the first account's two roles may assume.
    #[must_use]
    pub fn practice() -> Self {
        Self::from_json(include_str!("practice.json")).expect("the built-in account is valid")
    }

    /// A new account as AWS hands it over: nothing in it, no MFA, and one access key of the root
    /// user. The key is `AKIAIOSFODNN7EXAMPLE` with the secret
    /// `wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY`, which AWS's documentation has as an example.
    #[must_use]
    pub fn empty_with_root(id: AccountId) -> Self {
        let mut account = Account::empty(id);
        account.root.hardware_mfa = HardwareMfa::Absent;
        let id = "AKIAIOSFODNN7EXAMPLE".parse();
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".parse();
        let created = account.root.created;
        account.give_root_key(
            id.expect("AWS's example is a key id"),
            secret.expect("AWS's example is a secret"),
            created,
        );
        let mut accounts = Self::default();
        accounts.insert(account);
        accounts
    }
}

impl Accounts {
    /// The same accounts with access keys that were made at `now`: an account that begins today has no
    /// key that is due for rotation.
    #[must_use]
    pub fn with_young_keys(mut self, now: Timestamp) -> Self {
        for account in self.accounts.values_mut() {
            let users = account.users.values_mut().flat_map(|user| &mut user.keys);
            for key in users.chain(&mut account.root.keys) {
                key.created = now;
            }
        }
        self
    }
}

impl Account {
    /// Adds another access key to the root user, active at once.
    pub fn give_root_key(&mut self, id: AccessKeyId, secret: SecretAccessKey, created: Timestamp) {
        self.root.keys.push(AccessKey {
            id,
            secret,
            status: KeyStatus::Active,
            created,
            last_used: None,
            known_from: created,
        });
    }
}
