//! An audit for people and for programs: text, HTML, JSON and SARIF.

pub mod html;
pub mod json;
mod people;
pub mod sarif;
pub mod text;

#[cfg(test)]
mod tests;
