//! The client against a loopback server that answers from a script, byte for byte: what arrives
//! there, and how the client handles every possible answer.

mod bodies;
mod losses;
mod rejections;
mod script;
mod secrecy;
mod uploads;
