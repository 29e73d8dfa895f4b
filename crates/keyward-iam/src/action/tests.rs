//! Tests of action.
