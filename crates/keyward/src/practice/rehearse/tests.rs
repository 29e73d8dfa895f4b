use keyward_account::blueprint::Blueprint;
use keyward_account::desired::render;
use keyward_account::templates::Template;

use super::*;

#[test]
fn every_template_can_be_played_with_a_key_and_a_phone_for_each_user() {
    for template in Template::ALL {
        let text = format!(
            "{}\n[users.zoe]\nssh = \"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPGu1Kq8nW7fN0mGvYbJ4d2Q7l8yq3vK9b1wXr5tZ6cH zoe\"\n",
            template.text()
        );
        let blueprint = Blueprint::parse(&text).unwrap();
        let accounts = accounts(&render(&blueprint)).unwrap();
        let users = accounts
            .account(&blueprint.users_account().id.value)
            .unwrap();
        let zoe = &users.users[&"zoe".parse().unwrap()];
        assert_eq!(zoe.keys.len(), 1, "{template}");
        let devices = users.devices.values();
        assert!(devices.into_iter().any(|device| device.is_of(&zoe.name)));
    }
}

#[test]
fn keys_are_the_same_in_every_run_and_differ_between_users() {
    let account: AccountId = "123456789012".parse().unwrap();
    let key_of = |name: &str| key(&account, &name.parse().unwrap());
    assert_eq!(key_of("alice"), key_of("alice"));
    assert_ne!(key_of("alice").0, key_of("bob").0);
    assert_ne!(key_of("alice").1, key_of("bob").1);
}
