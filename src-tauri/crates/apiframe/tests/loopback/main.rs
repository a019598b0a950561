//! The client against a server on loopback that answers from a script, byte for byte: what
//! arrives there, and what is made of each thing that can come back.

mod bodies;
mod losses;
mod rejections;
mod script;
mod secrecy;
mod uploads;
