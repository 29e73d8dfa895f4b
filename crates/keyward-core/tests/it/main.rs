//! The crate seen from outside, beside software that it must agree with.

mod sdk_config;
