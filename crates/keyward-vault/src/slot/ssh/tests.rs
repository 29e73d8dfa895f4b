use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn no_bytes_make_the_key_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("key");
        disk::replace(&path, &bytes, disk::Durability::Cache).unwrap();
        prop_assert!(read_key(&path).is_err());
    }
}
