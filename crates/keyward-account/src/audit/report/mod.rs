//! An audit for people and for programs: text, JSON and SARIF.

pub mod json;
pub mod sarif;
pub mod text;
