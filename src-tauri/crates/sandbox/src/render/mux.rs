//! Writes the tracks to an mp4 that starts to play before all of it has arrived.
//!
//! The container crate writes the index after the media. Here the index is moved to the front,
//! which shifts every chunk by the index's own length.

use std::io::Cursor;

use mp4::{
    AacConfig, AudioObjectType, AvcConfig, Bytes, ChannelConfig, MediaConfig, Mp4Box, Mp4Config,
    Mp4Reader, Mp4Sample, Mp4Writer, SampleFreqIndex, TrackConfig, TrackType, WriteBox,
};

use super::{Film, RenderError, Track, sound};

/// Ticks per second of the film: the ticks of both tracks are whole multiples of these, so no
/// duration is ever rounded.
const TICKS: u32 = 48_000;

/// The two tracks of a film as one file.
pub(super) fn mux(track: &Track, film: &Film) -> Result<Vec<u8>, RenderError> {
    let brand = |name: &[u8; 4]| (*name).into();
    let mut writer = Mp4Writer::write_start(
        Cursor::new(Vec::new()),
        &Mp4Config {
            major_brand: brand(b"isom"),
            minor_version: 512,
            compatible_brands: vec![
                brand(b"isom"),
                brand(b"iso2"),
                brand(b"avc1"),
                brand(b"mp41"),
            ],
            timescale: TICKS,
        },
    )?;
    let size = film.size;
    let short = |pixels: u32| u16::try_from(pixels).map_err(|_| RenderError::Stream);
    writer.add_track(&TrackConfig {
        track_type: TrackType::Video,
        timescale: TICKS,
        language: "und".to_owned(),
        media_conf: MediaConfig::AvcConfig(AvcConfig {
            width: short(size.width)?,
            height: short(size.height)?,
            seq_param_set: track.sps.clone(),
            pic_param_set: track.pps.clone(),
        }),
    })?;
    if film.sound {
        writer.add_track(&TrackConfig {
            track_type: TrackType::Audio,
            timescale: sound::RATE,
            language: "und".to_owned(),
            media_conf: MediaConfig::AacConfig(AacConfig {
                bitrate: sound::BIT_RATE,
                profile: AudioObjectType::AacLowComplexity,
                freq_index: SampleFreqIndex::Freq48000,
                chan_conf: ChannelConfig::Stereo,
            }),
        })?;
    }

    // Second by second, so that picture and sound are close to each other in the file.
    let fps = film.mode.frames_per_second();
    let mut heard = sound::track(film.seconds).enumerate().peekable();
    for (second, frames) in (0_u64..).zip(track.frames.chunks(fps as usize)) {
        for (start, frame) in (second * u64::from(TICKS)..)
            .step_by((TICKS / fps) as usize)
            .zip(frames)
        {
            write(
                &mut writer,
                1,
                start,
                TICKS / fps,
                frame.is_key,
                Bytes::copy_from_slice(&frame.bytes),
            )?;
        }
        let until = (second + 1) * u64::from(sound::RATE);
        while let Some((index, frame)) = heard
            .next_if(|(index, _)| film.sound && *index as u64 * u64::from(sound::FRAME) < until)
        {
            let start = index as u64 * u64::from(sound::FRAME);
            write(
                &mut writer,
                2,
                start,
                sound::FRAME,
                true,
                Bytes::from_static(frame),
            )?;
        }
    }
    writer.write_end()?;
    index_first(&writer.into_writer().into_inner())
}

fn write(
    writer: &mut Mp4Writer<Cursor<Vec<u8>>>,
    track: u32,
    start_time: u64,
    duration: u32,
    is_sync: bool,
    bytes: Bytes,
) -> Result<(), RenderError> {
    let sample = Mp4Sample {
        start_time,
        duration,
        rendering_offset: 0,
        is_sync,
        bytes,
    };
    Ok(writer.write_sample(track, &sample)?)
}

/// Moves the index (`moov`) from the end of the file to directly after `ftyp`.
fn index_first(file: &[u8]) -> Result<Vec<u8>, RenderError> {
    let length = file.len() as u64;
    let reader = Mp4Reader::read_header(Cursor::new(file), length)?;
    let (ftyp, mut moov) = (reader.ftyp.clone(), reader.moov.clone());
    let media = usize::try_from(ftyp.box_size()).map_err(|_| RenderError::Stream)?;
    let index = usize::try_from(length - moov.box_size()).map_err(|_| RenderError::Stream)?;
    let shift = u32::try_from(moov.box_size()).map_err(|_| RenderError::Stream)?;
    for track in &mut moov.traks {
        // The writer switches to 64-bit offsets only beyond 4 GB, which no clip reaches.
        let chunks = track
            .mdia
            .minf
            .stbl
            .stco
            .as_mut()
            .ok_or(RenderError::Stream)?;
        for offset in &mut chunks.entries {
            *offset = offset.checked_add(shift).ok_or(RenderError::Stream)?;
        }
    }
    let mut whole = Vec::with_capacity(file.len());
    whole.extend_from_slice(&file[..media]);
    moov.write_box(&mut whole)?;
    whole.extend_from_slice(&file[media..index]);
    Ok(whole)
}
