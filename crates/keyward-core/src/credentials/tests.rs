use super::*;

fn until(end: Option<Timestamp>) -> Credentials {
    Credentials {
        access_key_id: "ASIAIOSFODNN7EXAMPLE".parse().unwrap(),
        secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".parse().unwrap(),
        session_token: None,
        expires_at: end,
        account_id: None,
    }
}

#[test]
fn credentials_are_usable_while_the_margin_is_left() {
    let now = Timestamp::from_second(1_700_000_000);
    let end = Some(Timestamp::from_second(1_700_000_060));
    for (end, margin, expect) in [
        (None, 3600, true),
        (end, 0, true),
        (end, 60, true),
        (end, 61, false),
        (Some(now), 0, false),
        (Some(Timestamp::from_second(1_600_000_000)), 0, false),
    ] {
        let usable = until(end).usable_for(Duration::from_secs(margin), now);
        assert_eq!(usable, expect, "{end:?} {margin}");
    }
}

#[test]
fn an_end_that_aws_gives_no_session_is_refused() {
    let now = Timestamp::from_second(1_700_000_000);
    let hours = |hours: u64| now.after(Duration::from_secs(hours * 3600));
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let check = |end: Option<Timestamp>, expect: Result<(), ImpossibleEnd>| {
        assert_eq!(until(end).check_end(now), expect, "{end:?}");
    };
    check(None, Ok(()));
    check(Some(hours(1)), Ok(()));
    // AWS's clock may be a little ahead of this one.
    check(Some(hours(36).after(Duration::from_secs(60))), Ok(()));
    check(Some(hours(37)), Err(ImpossibleEnd::TooFar(hours(37))));
    check(Some(now), Err(ImpossibleEnd::Passed(now)));
    for text in ["1970-01-01T00:00:00Z", "2001-01-01T00:00:00Z"] {
        check(Some(at(text)), Err(ImpossibleEnd::Passed(at(text))));
    }
    for text in ["2999-01-01T00:00:00Z", "9999-12-30T00:00:00Z"] {
        check(Some(at(text)), Err(ImpossibleEnd::TooFar(at(text))));
    }
}
