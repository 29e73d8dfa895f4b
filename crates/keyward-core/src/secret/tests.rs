use super::*;

#[test]
fn debug_shows_nothing_of_a_secret() {
    let secret: SecretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".parse().unwrap();
    assert_eq!(format!("{secret:?}"), "SecretAccessKey(***)");
    let error = "12 34".parse::<MfaCode>().unwrap_err();
    assert_eq!(error.to_string(), "that is not an MFA code (six digits)");
}

/// A type that implements the trait has two candidates for `item`, so the call is ambiguous
/// and the crate does not compile.
macro_rules! assert_not_impl {
    ($type:ty: $($bound:path),+) => {$(
        const _: fn() = || {
            trait Ambiguous<A> { fn item() {} }
            impl<T: ?Sized> Ambiguous<()> for T {}
            struct Marker;
            impl<T: ?Sized + $bound> Ambiguous<Marker> for T {}
            let _ = <$type as Ambiguous<_>>::item;
        };
    )+};
}

assert_not_impl!(SecretAccessKey: fmt::Display, serde::Serialize, std::ops::Deref, PartialEq);
assert_not_impl!(SessionToken: fmt::Display, serde::Serialize, std::ops::Deref, PartialEq);
assert_not_impl!(Passphrase: fmt::Display, serde::Serialize, std::ops::Deref, PartialEq);
assert_not_impl!(MfaCode: fmt::Display, serde::Serialize, std::ops::Deref, PartialEq);
