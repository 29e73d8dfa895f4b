use proptest::prelude::*;

use super::*;

#[test]
fn an_offset_is_folded_into_utc() {
    let time: Timestamp = "2009-02-04T21:00:57-08:00".parse().unwrap();
    assert_eq!(time.to_string(), "2009-02-05T05:00:57Z");
}

proptest! {
    #[test]
    fn a_time_is_written_as_a_calendar_library_writes_it(second in any::<i64>(), near in -4_000_000_000_i64..9_000_000_000) {
        for second in [second, near] {
            let time = Timestamp::from_second(second);
            let theirs = jiff::Timestamp::from_second(time.as_second()).unwrap();
            prop_assert_eq!(time.to_string(), theirs.to_string());
        }
    }
}

#[test]
fn an_end_is_read_however_a_tool_writes_it() {
    for text in [
        "2099-01-01T00:00:00Z",
        "2099-01-01T00:00:00UTC",
        "2099-01-01 00:00:00 UTC",
        "2099-01-01 00:00:00",
        "2099-01-01T00:00:00",
        "2099-01-01T00:00:00.000Z",
        "2099-01-01T01:00:00+0100",
        "2099-01-01 01:00:00+01:00",
        "Thu, 01 Jan 2099 00:00:00 GMT",
        " 4070908800",
        "4070908800.9",
        "4070908800000",
        "2099-01-01 01:00:00 +0100",
        "2099-01-01 00:00:00 +0000 UTC",
        "2099-01-01 00:00:00.123 +0000 UTC",
        "Thu Jan  1 00:00:00 UTC 2099",
        "Thu Jan  1 00:00:00 GMT 2099",
    ] {
        let read = Timestamp::read_loosely(text).map(|time| time.to_string());
        assert_eq!(read.as_deref(), Some("2099-01-01T00:00:00Z"), "{text}");
    }
    for text in ["", "tomorrow", "2099-13-01T00:00:00Z", "NaN", "inf", "12h"] {
        assert_eq!(Timestamp::read_loosely(text), None, "{text}");
    }
}

#[test]
fn never_is_the_end_of_the_calendar() {
    let end = Timestamp::from_second(i64::MAX);
    for text in [
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59.999Z",
        "9999-12-31T23:59:59+00:00",
        "9999-12-31T23:59:59-12:00",
    ] {
        assert_eq!(text.parse(), Ok(end), "{text}");
        assert_eq!(Timestamp::read_loosely(text), Some(end), "{text}");
    }
    let first = Timestamp::from_second(i64::MIN);
    assert_eq!(
        Timestamp::read_loosely("-009999-01-01 00:00:00"),
        Some(first)
    );
    for text in ["9999-12-31 23:59:59", "9999-12-31 23:59:59 UTC"] {
        assert_eq!(Timestamp::read_loosely(text), Some(end), "{text}");
    }
    for text in [
        "9999-12-32T00:00:00Z",
        "9999-12-31T24:00:00Z",
        "10000-01-01T00:00:00Z",
        "9999-12-31",
    ] {
        assert!(text.parse::<Timestamp>().is_err(), "{text}");
    }
}

#[test]
fn durations_are_read_as_people_write_them() {
    for (text, seconds) in [
        ("3600", 3600),
        ("45m", 2700),
        ("1h30m", 5400),
        ("12h", 43_200),
        ("90d", 7_776_000),
        ("36 hours", 129_600),
    ] {
        assert_eq!(parse_duration(text).unwrap().as_secs(), seconds, "{text}");
    }
    for text in ["", "soon", "-5m", "1h-", "99999999999999999999d"] {
        assert!(parse_duration(text).is_err(), "{text}");
    }
}

#[test]
fn durations_are_shown_in_two_units() {
    for (seconds, text) in [
        (0, "0s"),
        (8, "8s"),
        (3548, "59m 8s"),
        (43_200, "12h"),
        (90_061, "1d 1h"),
        (3601, "1h"),
    ] {
        assert_eq!(show_duration(Duration::from_secs(seconds)), text);
    }
}

#[test]
fn exact_durations_are_shown_in_full() {
    for (seconds, text) in [
        (0, "0s"),
        (43_200, "12h"),
        (43_201, "12h 1s"),
        (90_061, "1d 1h 1m 1s"),
    ] {
        assert_eq!(exact_duration(Duration::from_secs(seconds)), text);
    }
}

proptest! {
    #[test]
    fn no_text_breaks_the_loose_reading(text in "\\PC{0,40}|[0-9eE.+-]{0,30}") {
        if let Some(time) = Timestamp::read_loosely(&text) {
            prop_assert!(!time.to_string().is_empty());
        }
    }

    #[test]
    fn every_time_prints_as_it_parses(second in any::<i64>()) {
        let time = Timestamp::from_second(second);
        prop_assert_eq!(time.to_string().parse::<Timestamp>().unwrap(), time);
    }
}
