use super::*;

#[test]
fn the_dashes_of_exec_may_be_left_out() {
    for (given, wanted) in [
        (
            "exec a aws s3 ls --recursive",
            "exec a -- aws s3 ls --recursive",
        ),
        ("exec a -- aws s3", "exec a -- aws s3"),
        ("exec -- aws s3", "exec -- aws s3"),
        ("exec a", "exec a"),
        ("exec -d 1h a env -0", "exec -d 1h a -- env -0"),
        ("exec -d1h a env", "exec -d1h a -- env"),
        (
            "exec a --region eu-west-1 env",
            "exec a --region eu-west-1 -- env",
        ),
        (
            "exec a --region=eu-west-1 env",
            "exec a --region=eu-west-1 -- env",
        ),
        ("exec --server a env", "exec --server a -- env"),
        (
            "-v --color never exec a env",
            "-v --color never exec a -- env",
        ),
        ("exec --color never a env", "exec --color never a -- env"),
        ("exec -vd 1h a env", "exec -vd 1h a -- env"),
        ("exec a sh -c x -- y", "exec a -- sh -c x -- y"),
        ("add exec b c", "add exec b c"),
        ("", ""),
    ] {
        let words = |text: &str| -> Vec<OsString> {
            let words = ["keyward"].into_iter().chain(text.split_whitespace());
            words.map(OsString::from).collect()
        };
        assert_eq!(with_dashes(words(given)), words(wanted), "{given}");
    }
}
