//! A picture for a prompt without a start picture: a landscape at some time of some day.
//!
//! It does not depict the prompt, but the same prompt always gives the same picture and different
//! prompts give different ones, so users can tell their sandbox clips apart.

use image::{Rgb, RgbImage};
use sha2::{Digest, Sha256};

use super::{Picture, Size};

/// Everything in the picture that depends on the prompt.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scene {
    sky: [f32; 3],
    horizon: [f32; 3],
    land: [f32; 3],
    sun: (f32, f32),
    sun_size: f32,
    waves: [[f32; 2]; 4],
}

impl Scene {
    pub fn of(prompt: &str) -> Self {
        let digest = Sha256::digest(prompt.as_bytes());
        let unit = |i: usize| f32::from(digest[i]) / 255.0;
        // Cool at the top, warm at the horizon, at any time of day.
        Self {
            sky: colour(0.52 + 0.28 * unit(0), 0.50, 0.22 + 0.12 * unit(1)),
            horizon: colour(0.93 + 0.2 * unit(2), 0.72, 0.70),
            land: colour(0.55 + 0.3 * unit(3), 0.42, 0.14),
            sun: (0.2 + 0.6 * unit(4), 0.34 + 0.22 * unit(5)),
            sun_size: 0.05 + 0.05 * unit(6),
            waves: std::array::from_fn(|layer| [unit(8 + layer), unit(12 + layer)]),
        }
    }

    pub fn paint(&self, size: Size) -> Picture {
        let (width, height) = (size.width as f32, size.height as f32);
        // Measured in picture heights, so that the sun stays round in every shape.
        let (sun_x, sun_y) = (self.sun.0 * width / height, self.sun.1);
        let ridges: [Vec<f32>; 4] = std::array::from_fn(|layer| {
            (0..size.width)
                .map(|x| self.ridge(layer, x as f32 / height))
                .collect()
        });
        let image = RgbImage::from_fn(size.width, size.height, |px, py| {
            let (x, y) = (px as f32 / height, py as f32 / height);
            let mut shade = mix(self.sky, self.horizon, smooth(y / 0.68));
            let away = ((x - sun_x).powi(2) + (y - sun_y).powi(2)).sqrt() / self.sun_size;
            let glow = 0.55 / (1.0 + away * away * 0.22);
            let disc = smooth((1.06 - away) / 0.12);
            shade = mix(shade, [1.0, 0.94, 0.82], glow.max(disc * 0.96));
            for (layer, ridge) in ridges.iter().enumerate() {
                let depth = (layer as f32 + 1.0) / 4.0;
                let inside = (y - ridge[px as usize]) * height;
                if inside > 0.0 {
                    // Mist lies at the foot of every hill except the nearest.
                    let mist = (1.0 - depth) * 0.35 * smooth((y - ridge[px as usize]) * 5.0);
                    let hill = mix(
                        mix(self.horizon, self.land, 0.25 + 0.75 * depth),
                        self.horizon,
                        mist,
                    );
                    shade = mix(shade, hill, inside.min(1.0));
                }
            }
            // A little noise, so that the wide gradients do not show banding.
            let grain = (noise(px, py) - 0.5) / 255.0 * 1.5;
            Rgb(shade.map(|channel| byte(channel + grain)))
        });
        Picture::from_rgb(&image)
    }

    /// How far down a hill's outline is at `x`; both in picture heights.
    fn ridge(&self, layer: usize, x: f32) -> f32 {
        let [phase, swing] = self.waves[layer];
        let near = layer as f32;
        let height = 0.58 + 0.115 * near;
        let size = (0.055 - 0.008 * near) * (0.6 + 0.8 * swing);
        let turn = phase * std::f32::consts::TAU;
        height
            - size
                * ((x * (2.3 + near) + turn).sin()
                    + 0.5 * (x * (5.1 + 2.0 * near) + 2.0 * turn).sin())
            - size * 0.16 * (x * 19.0 + 3.0 * turn).sin()
    }
}

fn mix(a: [f32; 3], b: [f32; 3], share: f32) -> [f32; 3] {
    std::array::from_fn(|i| a[i] + (b[i] - a[i]) * share)
}

fn smooth(x: f32) -> f32 {
    let x = x.clamp(0.0, 1.0);
    x * x * (3.0 - 2.0 * x)
}

fn byte(channel: f32) -> u8 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped just before
    let byte = (channel * 255.0 + 0.5).clamp(0.0, 255.0) as u8;
    byte
}

/// 0 to 1, always the same for the same pixel.
fn noise(x: u32, y: u32) -> f32 {
    let mixed =
        (x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77)).wrapping_mul(0xC2B2_AE3D);
    (mixed >> 16) as f32 / 65_535.0
}

/// A colour by hue (a turn is 1), saturation and lightness.
fn colour(hue: f32, saturation: f32, lightness: f32) -> [f32; 3] {
    let reach = saturation * lightness.min(1.0 - lightness);
    [0.0, 8.0, 4.0].map(|offset| {
        let k = (offset + hue * 12.0).rem_euclid(12.0);
        lightness - reach * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Size = Size {
        width: 64,
        height: 36,
    };

    #[test]
    fn the_same_prompt_gives_the_same_picture_and_another_prompt_another() {
        let fox = Scene::of("A fox in the snow").paint(SMALL);
        assert_eq!(fox, Scene::of("A fox in the snow").paint(SMALL));
        assert_ne!(fox, Scene::of("A boat at night").paint(SMALL));
    }

    #[test]
    fn a_scene_is_a_picture_and_not_a_flat_colour() {
        let scene = Scene::of("anything").paint(SMALL);
        let (low, high) = (scene.y.iter().min(), scene.y.iter().max());
        assert!(
            high > low.map(|low| low + 60).as_ref(),
            "{low:?} to {high:?}"
        );
    }
}
