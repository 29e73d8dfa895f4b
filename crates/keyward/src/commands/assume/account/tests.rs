//! Parts of names.

use std::collections::BTreeMap;

use super::Account;

fn check(wanted: &str, expect: Result<&str, &str>) {
    let accounts: BTreeMap<_, _> = [
        ("main", "123456789012"),
        ("main-test", "111122223333"),
        ("Partner-Prod", "444455556666"),
        ("partner-dev", "777788889999"),
    ]
    .into_iter()
    .map(|(name, id)| (name.to_owned(), id.parse().unwrap()))
    .collect();
    match (Account::find(&accounts, wanted), expect) {
        (Ok(found), Ok(name)) => assert_eq!(found.name, name),
        (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
        (found, _) => panic!("{wanted}: {found:?}"),
    }
}

#[test]
fn an_unambiguous_part_is_enough() {
    check("main", Ok("main"));
    check("MAIN", Ok("main"));
    check("test", Ok("main-test"));
    check("prod", Ok("Partner-Prod"));
    check("part", Err("Partner-Prod (444455556666), partner-dev"));
    check("a", Err("fits several"));
    check("nothing", Err("no account is called `nothing`"));
}

#[test]
fn a_number_is_an_account_whether_it_has_a_name_or_not() {
    check("111122223333", Ok("main-test"));
    check("999999999999", Ok("999999999999"));
}
