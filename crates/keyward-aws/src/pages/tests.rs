use super::*;

const ACTION: Action = Action::iam("ListRoles");

fn next(pages: &mut Pages, token: &str) -> Result<Option<String>, String> {
    let next = pages.next(ACTION, Some(token.to_owned()));
    next.map_err(|error| error.to_string())
}

#[test]
fn pages_end_without_a_token_or_with_an_empty_one() {
    let mut pages = Pages::default();
    assert_eq!(next(&mut pages, "a"), Ok(Some("a".to_owned())));
    assert_eq!(next(&mut pages, ""), Ok(None));
    assert!(matches!(pages.next(ACTION, None), Ok(None)));
}

#[test]
fn a_token_that_returns_is_an_error_also_after_others() {
    let mut pages = Pages::default();
    assert!(next(&mut pages, "a").is_ok());
    assert!(next(&mut pages, "b").is_ok());
    assert_eq!(
        next(&mut pages, "a").unwrap_err(),
        "the answer to `iam:ListRoles` did not come from AWS (its pages do not end)"
    );
}

#[test]
fn a_listing_whose_tokens_are_always_new_ends_too() {
    let mut pages = Pages::default();
    let refused = (0..2 * MOST).find(|number| next(&mut pages, &number.to_string()).is_err());
    assert_eq!(refused, Some(MOST));
}

#[test]
fn a_page_that_is_not_the_last_names_the_next_one() {
    let marker = |marker: &str, more| Pages::marker(ACTION, Some(marker.to_owned()), more);
    assert!(matches!(marker("a", true), Ok(Some(next)) if next == "a"));
    assert!(matches!(marker("a", false), Ok(None)));
    for marker in [marker("", true), Pages::marker(ACTION, None, true)] {
        assert_eq!(
            marker.unwrap_err().to_string(),
            "the answer to `iam:ListRoles` did not come from AWS (a page that is not the last names no next one)"
        );
    }
}
