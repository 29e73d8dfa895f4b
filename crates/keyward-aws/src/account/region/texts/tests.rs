use super::texts;

#[test]
fn every_element_of_a_name_is_read() {
    let xml = "<a><zoneName>eu-1a</zoneName><other>x</other><zoneName>eu-1b</zoneName></a>";
    let found: Vec<&str> = texts(xml, "zoneName").collect();
    assert_eq!(found, ["eu-1a", "eu-1b"]);
    assert_eq!(texts("<zoneName>cut", "zoneName").count(), 0);
}
