//! H.264 from painted frames, on several cores.
//!
//! The clip is cut into stretches of one second. Each starts with a key frame and does not depend
//! on the others, so threads take them one after another, paint and encode them, and the results
//! are joined. That also gives players a seek point every second.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use openh264::OpenH264API;
use openh264::encoder::{
    BitRate, Complexity, EncodedBitStream, Encoder, EncoderConfig, FrameRate, FrameType,
    IntraFramePeriod, RateControlMode, VuiConfig,
};
use openh264::formats::YUVSlices;

use super::brush::Brush;
use super::paint::Leg;
use super::{Picture, RenderError, Size};

/// More threads than this would only use memory: a 4K encoder alone holds over 100 MB.
const MOST_THREADS: usize = 4;

/// NAL unit types of H.264 that describe the stream (Table 7-1).
const SEQUENCE_PARAMETERS: u8 = 7;
const PICTURE_PARAMETERS: u8 = 8;

/// An encoded picture track.
pub(super) struct Track {
    /// The sequence parameter set, without start code.
    pub sps: Vec<u8>,
    /// The picture parameter set, without start code.
    pub pps: Vec<u8>,
    pub frames: Vec<Sample>,
}

/// One encoded frame, with each part preceded by its length as mp4 requires.
pub(super) struct Sample {
    pub bytes: Vec<u8>,
    pub is_key: bool,
}

/// One stretch to be encoded: frames `first..end` of the whole clip.
struct Stretch {
    first: u32,
    end: u32,
}

/// Encodes the legs one after another.
pub(super) fn encode(
    legs: &[Leg],
    size: Size,
    fps: u32,
    stop: &AtomicBool,
) -> Result<Track, RenderError> {
    let total: u32 = legs.iter().map(|leg| leg.frames).sum();
    let stretches: Vec<Stretch> = (0..total)
        .step_by(fps as usize)
        .map(|first| Stretch {
            first,
            end: total.min(first + fps),
        })
        .collect();
    let done: Vec<Mutex<Option<Track>>> = stretches.iter().map(|_| Mutex::default()).collect();
    let next = AtomicUsize::new(0);

    let work = || -> Result<(), RenderError> {
        let mut encoder = Encoder::with_api_config(OpenH264API::from_source(), settings(fps))?;
        let mut canvas = Picture::blank(size);
        let mut brush = Brush::default();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let (Some(stretch), Some(slot)) = (stretches.get(index), done.get(index)) else {
                return Ok(());
            };
            let mut track = Track {
                sps: Vec::new(),
                pps: Vec::new(),
                frames: Vec::new(),
            };
            for frame in stretch.first..stretch.end {
                if stop.load(Ordering::Relaxed) {
                    return Err(RenderError::Stopped);
                }
                paint(legs, frame, &mut canvas, &mut brush);
                if frame == stretch.first {
                    encoder.force_intra_frame();
                }
                let planes = (
                    canvas.y.as_slice(),
                    canvas.u.as_slice(),
                    canvas.v.as_slice(),
                );
                let half = canvas.width / 2;
                let source = YUVSlices::new(
                    planes,
                    (canvas.width, canvas.height),
                    (canvas.width, half, half),
                );
                track.take(&encoder.encode(&source)?)?;
            }
            *slot
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(track);
        }
    };
    let threads = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(MOST_THREADS)
        .min(stretches.len());
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        // If the encoder's thread panics, its stream cannot be used.
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().unwrap_or(Err(RenderError::Stream)))
    })?;
    join(done)
}

fn paint(legs: &[Leg], mut frame: u32, canvas: &mut Picture, brush: &mut Brush) {
    for leg in legs {
        if frame < leg.frames {
            return leg.paint(frame, canvas, brush);
        }
        frame -= leg.frames;
    }
}

/// A fixed quality instead of a fixed rate: every frame, especially the first and the last, is
/// equally close to its picture, and no frame is ever skipped.
fn settings(fps: u32) -> EncoderConfig {
    EncoderConfig::new()
        .rate_control_mode(RateControlMode::Off)
        .bitrate(BitRate::from_bps(20_000_000))
        .max_frame_rate(FrameRate::from_hz(fps as f32))
        .intra_frame_period(IntraFramePeriod::from_num_frames(0))
        .complexity(Complexity::Low)
        .skip_frames(false)
        .scene_change_detect(false)
        .adaptive_quantization(false)
        .background_detection(false)
        .vui(VuiConfig::bt709())
}

impl Track {
    fn take(&mut self, encoded: &EncodedBitStream<'_>) -> Result<(), RenderError> {
        let mut bytes = Vec::new();
        let layers = (0..encoded.num_layers()).filter_map(|i| encoded.layer(i));
        for layer in layers {
            for unit in (0..layer.nal_count()).filter_map(|i| layer.nal_unit(i)) {
                let unit = without_start_code(unit);
                match unit.first().map(|head| head & 0x1f) {
                    Some(SEQUENCE_PARAMETERS) => unit.clone_into(&mut self.sps),
                    Some(PICTURE_PARAMETERS) => unit.clone_into(&mut self.pps),
                    Some(_) => {
                        let length = u32::try_from(unit.len()).map_err(|_| RenderError::Stream)?;
                        bytes.extend_from_slice(&length.to_be_bytes());
                        bytes.extend_from_slice(unit);
                    }
                    None => {}
                }
            }
        }
        let is_key = encoded.frame_type() == FrameType::IDR;
        if bytes.is_empty() || is_key != self.frames.is_empty() {
            return Err(RenderError::Stream);
        }
        self.frames.push(Sample { bytes, is_key });
        Ok(())
    }
}

fn without_start_code(unit: &[u8]) -> &[u8] {
    unit.strip_prefix(&[0, 0, 0, 1])
        .or_else(|| unit.strip_prefix(&[0, 0, 1]))
        .unwrap_or(unit)
}

/// Joins the stretches into one track. They share one description, so they must agree on it.
fn join(parts: Vec<Mutex<Option<Track>>>) -> Result<Track, RenderError> {
    let mut whole: Option<Track> = None;
    for part in parts {
        let part = part
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .ok_or(RenderError::Stream)?;
        match &mut whole {
            None => whole = Some(part),
            Some(whole) if whole.sps == part.sps && whole.pps == part.pps => {
                whole.frames.extend(part.frames);
            }
            Some(_) => return Err(RenderError::Stream),
        }
    }
    whole
        .filter(|track| !track.sps.is_empty() && !track.pps.is_empty())
        .ok_or(RenderError::Stream)
}
