use super::Body;

#[test]
fn a_body_is_known_by_its_beginning() {
    for (kind, bytes, expect) in [
        (
            "text/xml",
            "<DeleteUserResponse xmlns=\"x\">",
            Body::QueryAnswer,
        ),
        (
            "text/xml",
            "<?xml version=\"1.0\"?>\n<DeleteUserResponse/>",
            Body::QueryAnswer,
        ),
        ("text/xml", "<ErrorResponse>", Body::QueryAnswer),
        (
            "text/html; charset=utf-8",
            "<DeleteUserResponse>",
            Body::Page,
        ),
        ("text/xml", " <!DOCTYPE html><p>sign in", Body::Page),
        ("no content type", "<HTML>", Body::Page),
        ("text/xml", "<a>", Body::Other),
        ("text/plain", "ok", Body::Other),
        ("application/json", "{}", Body::Other),
        ("no content type", "", Body::Other),
        ("text/xml", "<?xml <DeleteUserResponse>", Body::Other),
    ] {
        assert_eq!(Body::of(kind, bytes.as_bytes()), expect, "{kind}: {bytes}");
    }
}
