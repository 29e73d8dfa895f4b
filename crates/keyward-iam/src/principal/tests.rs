//! Tests of principal.
