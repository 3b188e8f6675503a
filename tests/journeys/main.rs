//! The whole program from outside: the binary is run as a listener runs it, and what it writes, plays
//! and shows is compared with what others make of the same input.

mod bad_input;
mod demo;
mod formats;
mod program;
mod server;
mod sound;
