//! How long clips take to render, compared to how long they play. Not part of a normal run, because
//! it measures the machine as much as the code:
//!
//! `cargo test -p sandbox --test sandbox pace -- --ignored --nocapture`

use std::sync::atomic::AtomicBool;
use std::time::Instant;

use crate::harness::{file, picture};
use image::{ImageFormat, Rgb};
use sandbox::render::{Film, Mode, Size, render};

/// A picture that is hard to encode: fine grain all over.
fn grainy(width: u32, height: u32, tint: [u8; 3]) -> Vec<u8> {
    let mut image = picture(width, height, tint);
    let mut seed = 1_u32;
    for pixel in image.pixels_mut() {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let grain = u8::try_from(seed >> 28).unwrap();
        *pixel = Rgb(pixel.0.map(|channel| channel.saturating_add(grain)));
    }
    file(&image, ImageFormat::Jpeg)
}

#[test]
#[ignore = "measures the machine"]
fn pace_of_every_mode() {
    let mut late = Vec::new();
    for (mode, seconds, limit) in [
        (Mode::Standard, 5, 4.0),
        (Mode::Pro, 5, 10.0),
        (Mode::FourK, 10, 25.0),
    ] {
        let film = Film {
            mode,
            size: Size::asked(mode, (16, 9)),
            seconds,
            sound: true,
            prompt: "A lighthouse at dusk".to_owned(),
            start: Some(grainy(1920, 1080, [230, 190, 120]).into()),
            between: Vec::new(),
            end: Some(grainy(1920, 1080, [90, 140, 230]).into()),
            shots: Vec::new(),
        };
        let begun = Instant::now();
        let clip = render(&film, &AtomicBool::new(false)).unwrap();
        let took = begun.elapsed().as_secs_f64();
        println!(
            "{mode:?}: {seconds} s made in {took:.2} s, {:.2} times real time, {} kB",
            f64::from(seconds) / took,
            clip.len() / 1000
        );
        if took > limit {
            late.push(format!("{mode:?} took {took:.1} s, the limit is {limit} s"));
        }
    }
    assert!(late.is_empty(), "{}", late.join("; "));
}
