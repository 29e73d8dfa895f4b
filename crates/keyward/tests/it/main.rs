//! The program from outside: streams, exit codes, files. What it decides is tested where it is
//! decided; here the wiring is.

mod add;
mod architecture;
mod canaries;
mod handing_out;
mod practice;
mod readme;
mod refusals;
mod storm;
mod vault;
