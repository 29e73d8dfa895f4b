//! The MFA keys of each kind of credentials.

use std::time::Duration;

use super::Mfa;
use crate::request::Context;

#[test]
fn each_kind_of_credentials_has_its_keys() {
    let age = Duration::from_millis(90_500);
    let mut context = Context::new();
    // In turn on one context: nothing of an earlier one may stay.
    for (mfa, present, expect) in [
        (Mfa::Session { age }, Some("true"), Some("90")),
        (Mfa::SessionWithout, Some("false"), None),
        (Mfa::Session { age }, Some("true"), Some("90")),
        (Mfa::LongTermKey, None, None),
    ] {
        mfa.set_keys(&mut context);
        let value = |key| context.get(key).map(|values| values[0].as_str());
        assert_eq!(value("aws:MultiFactorAuthPresent"), present, "{mfa:?}");
        assert_eq!(value("aws:MultiFactorAuthAge"), expect, "{mfa:?}");
    }
}
