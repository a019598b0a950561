//! What a clip costs.
//!
//! The prices for standard and pro are those the vendor published; those for 4K are invented along
//! the same lines. They are only the sandbox's prices: here, as on the real service, a client
//! learns what it pays from `creditCost`, the catalogue and the numbers of a 402.

use crate::render::Mode;
use crate::schema::{Model, Request, Role, modes};

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

/// What a request costs. A clip of a model without a length counts as five seconds.
pub(crate) fn of(request: &Request) -> u32 {
    per_second(request.mode, request.sound) * request.duration
}

/// The lowest and the highest price of one second of a model.
pub(crate) fn range(model: &Model) -> (u32, u32) {
    let sounds = model
        .fields(Role::Sound)
        .next()
        .map_or(&[false][..], |_| &[false, true]);
    let offered = modes(model).into_iter();
    let prices = offered.flat_map(|mode| sounds.iter().map(move |sound| per_second(mode, *sound)));
    prices.fold((u32::MAX, 0), |(least, most), price| {
        (least.min(price), most.max(price))
    })
}

/// How long the real service takes for a job, in seconds: about 80 for standard and 150 for
/// pro were measured; 4K is an estimate.
pub(crate) const fn nominal_seconds(mode: Mode) -> u32 {
    match mode {
        Mode::Standard => 80,
        Mode::Pro => 150,
        Mode::FourK => 240,
    }
}
