use super::*;

#[test]
fn an_answer_is_read_back_as_it_was_written() {
    let end = Timestamp::from_second(1_800_000_000);
    let answers = [
        Answer::Text {
            log: "\"profile\":\"a\"".to_owned().into(),
            text: "{}\n".to_owned().into(),
        },
        Answer::Variables {
            log: String::new().into(),
            profile: "admin".to_owned(),
            set: vec![("AWS_REGION".to_owned(), "eu-central-1".to_owned().into())],
        },
        Answer::Prompt {
            profile: "admin".to_owned(),
            end,
        },
    ];
    for answer in answers {
        let parts = answer.write();
        let read = Answer::read(parts.clone()).unwrap();
        assert_eq!(read.write(), parts);
        // A missing part means a missing or a shorter answer.
        assert!(Answer::read(parts[..1].to_vec()).is_none());
    }
}
