//! The compiled-in texts, compressed with zlib. `scripts/catalogue` makes them.

use miniz_oxide::inflate::decompress_to_vec_zlib;

/// The text of a compiled-in file.
pub(super) fn unpack(packed: &[u8]) -> String {
    let bytes = decompress_to_vec_zlib(packed).expect("compiled-in data has a valid checksum");
    String::from_utf8(bytes).expect("compiled-in data is UTF-8")
}
