//! The JSON Schema of blueprints, for editors. It checks forms and names of keys; what only a
//! reading of the whole file can find is left to the reader.

/// The schema, JSON Schema draft 2020-12.
pub const SCHEMA: &str = include_str!("schema/blueprint.schema.json");

#[cfg(test)]
mod tests;
