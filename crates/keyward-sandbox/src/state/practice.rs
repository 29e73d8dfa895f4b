//! The account that is there when nobody brings one.

use super::Accounts;

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
}
