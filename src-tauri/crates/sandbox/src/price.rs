//! What a clip costs.
//!
//! The prices for standard and pro are those the vendor published; those for 4K are invented along
//! the same lines. They are only the sandbox's prices: here, as on the real service, a client
//! learns what it pays from `creditCost`, the catalogue and the numbers of a 402.

use crate::render::Mode;

/// Credits per second.
pub(crate) const fn per_second(mode: Mode, sound: bool) -> u32 {
    match (mode, sound) {
        (Mode::Standard, false) => 3,
        (Mode::Standard, true) => 4,
        (Mode::Pro, false) => 5,
        (Mode::Pro, true) => 7,
        (Mode::FourK, false) => 12,
        (Mode::FourK, true) => 15,
    }
}

/// The lowest and the highest price of one second.
pub(crate) const RANGE: (u32, u32) = (
    per_second(Mode::Standard, false),
    per_second(Mode::FourK, true),
);

/// How long the real service takes for a job, in seconds: about 80 for standard and 150 for
/// pro were measured; 4K is an estimate.
pub(crate) const fn nominal_seconds(mode: Mode) -> u32 {
    match mode {
        Mode::Standard => 80,
        Mode::Pro => 150,
        Mode::FourK => 240,
    }
}
