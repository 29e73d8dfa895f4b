//! The addresses to which the sign-in page may send a browser.

use super::is_console;

#[track_caller]
fn check(destination: &str, expect: bool) {
    assert_eq!(
        is_console(destination, Some("127.0.0.1:4000")),
        expect,
        "{destination}"
    );
}

#[test]
fn only_the_console_and_this_server_are_destinations() {
    check("https://console.aws.amazon.com/", true);
    check(
        "https://eu-central-1.console.aws.amazon.com/ec2?region=eu-central-1",
        true,
    );
    check("https://console.amazonaws.cn/", true);
    check("http://127.0.0.1:4000/console", true);
    check("http://127.0.0.1:4001/console", false);
    check("http://console.aws.amazon.com/", false);
    check("https://evil.example/", false);
    check("https://evilconsole.aws.amazon.com/", false);
    check("https://console.aws.amazon.com@evil.example/", false);
    check("https://evil.example#.console.aws.amazon.com", false);
    check("https://evil.example\\.console.aws.amazon.com", false);
    check("https://console.aws.amazon.com/\r\nx: y", false);
    check("javascript:alert(1)", false);
}
