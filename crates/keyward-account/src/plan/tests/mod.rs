pub(crate) mod cases;
mod hand_outs;
mod laws;
mod order;
mod ownership;
mod removals;
mod scale;
mod updates;
pub(crate) mod world;
