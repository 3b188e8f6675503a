//! The library against real files and real damage.

mod damage;
mod music;
