//! The rules of a generation's settings, checked before anything is sent or spent.
//!
//! The limits are the narrower of the API's schema and the known limits of the model behind it: the
//! schema accepts some values that the model then refuses, after a wait. Frames are not checked
//! here: a picture outside the limits never becomes a frame.

use std::ops::RangeInclusive;

use super::field::Field;
use super::values::{Model, Settings};
use super::violation::Violation;
use crate::message::Message;

/// The most characters of the prompt. The schema allows 4000, the model behind it 2500.
pub const PROMPT_CHARS: usize = 2500;
/// The most characters of what to avoid, by the schema.
pub const AVOID_CHARS: usize = 2500;
/// The seconds of a clip, by the schema.
pub const LENGTH_SECONDS: RangeInclusive<u8> = 3..=15;
/// The most shots of one clip, by the schema of Omni; the model behind both has the same limit.
pub const MOST_SHOTS: usize = 6;
/// The most characters of one shot's prompt, by the model behind the API.
pub const SHOT_CHARS: usize = 512;
/// Many times what any list of settings may contain.
const LONGEST_LIST: usize = 64;
/// The most reference pictures, by the schema of Omni.
pub const MOST_REFERENCES: usize = 7;

/// The most characters that any text field accepts: eight times the longest valid text, so that a
/// text can be pasted and shortened. The page's fields have the same limit.
pub const LONGEST_TEXT: usize = 20_000;

impl Settings {
    /// Whether a text is longer than a field accepts: the user can't have written it here.
    #[must_use]
    pub fn has_endless_text(&self) -> bool {
        let shots = self.shots.iter().map(|shot| &shot.prompt);
        let mut texts = shots.chain([&self.prompt, &self.avoid]);
        self.shots.len() > LONGEST_LIST
            || self.references.len() > LONGEST_LIST
            || texts.any(|text| text.chars().count() > LONGEST_TEXT)
    }

    /// Every rule that these settings break, in the order of the composer; empty means that they
    /// can be sent.
    #[must_use]
    pub fn violations(&self) -> Vec<Violation> {
        let mut found = Vec::new();
        let mut say = |field, message| found.push(Violation { field, message });

        for name in self.others.keys() {
            let field = Field::of_path(name).unwrap_or(Field::Model);
            say(field, Message::UnknownSetting { name: name.clone() });
        }
        if self.end.is_some() && self.start.is_none() {
            say(Field::End, Message::EndWithoutStart);
        }
        if !self.references.is_empty() && self.model != Model::Kling3Omni {
            say(Field::References, Message::ReferencesNeedOmni);
        }
        if self.references.len() > MOST_REFERENCES {
            let (most, count) = (of(MOST_REFERENCES), of(self.references.len()));
            say(
                Field::References,
                Message::TooManyReferences { most, count },
            );
        }

        let prompt = self.prompt.trim().chars().count();
        if prompt == 0 {
            say(Field::Prompt, Message::PromptMissing);
        } else if prompt > PROMPT_CHARS {
            let (over, most) = (of(prompt - PROMPT_CHARS), of(PROMPT_CHARS));
            say(Field::Prompt, Message::PromptTooLong { over, most });
        }

        if let Some(message) = self.shots_violation() {
            say(Field::Shots, message);
        }
        if !LENGTH_SECONDS.contains(&self.length) {
            let (least, most) = LENGTH_SECONDS.into_inner();
            let (least, most) = (least.into(), most.into());
            say(Field::Length, Message::LengthOutOfRange { least, most });
        }

        let avoid = self.avoid.trim().chars().count();
        if avoid > AVOID_CHARS {
            let (over, most) = (of(avoid - AVOID_CHARS), of(AVOID_CHARS));
            say(Field::Avoid, Message::AvoidTooLong { over, most });
        }
        found
    }

    /// The first rule that the shots break.
    fn shots_violation(&self) -> Option<Message> {
        if self.shots.is_empty() {
            return None;
        }
        if self.end.is_some() {
            return Some(Message::ShotsWithEnd);
        }
        if self.shots.len() > MOST_SHOTS {
            let (most, count) = (of(MOST_SHOTS), of(self.shots.len()));
            return Some(Message::TooManyShots { most, count });
        }
        for (number, shot) in (1..).zip(&self.shots) {
            let length = shot.prompt.trim().chars().count();
            if length == 0 {
                return Some(Message::ShotMissing { number });
            }
            if length > SHOT_CHARS {
                let (over, most) = (of(length - SHOT_CHARS), of(SHOT_CHARS));
                return Some(Message::ShotTooLong { number, over, most });
            }
            if shot.seconds == 0 {
                return Some(Message::ShotTooShort { number });
            }
        }
        let sum: u32 = self.shots.iter().map(|shot| u32::from(shot.seconds)).sum();
        let length = u32::from(self.length);
        (sum != length).then_some(Message::ShotsUnequal { sum, length })
    }
}

/// A count, in the type that messages use.
fn of(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::frames::FrameHash;
    use crate::settings::Shot;

    fn frame(digit: char) -> FrameHash {
        FrameHash::try_from(digit.to_string().repeat(64)).unwrap()
    }

    fn good() -> Settings {
        Settings {
            prompt: "A tram turns the corner".into(),
            ..Settings::default()
        }
    }

    fn only(settings: &Settings) -> (Field, String) {
        let mut found = settings.violations();
        assert_eq!(found.len(), 1, "{found:?}");
        let Violation { field, message } = found.remove(0);
        (field, message.to_string())
    }

    fn shots(lengths: &[u8]) -> Vec<Shot> {
        lengths
            .iter()
            .map(|&seconds| Shot {
                prompt: "Rain".into(),
                seconds,
            })
            .collect()
    }

    #[test]
    fn a_prompt_alone_can_be_sent() {
        assert_eq!(good().violations(), []);
    }

    #[test]
    fn an_empty_or_blank_prompt_is_asked_for() {
        for prompt in ["", "  \n "] {
            let settings = Settings {
                prompt: prompt.into(),
                ..good()
            };
            assert_eq!(
                only(&settings),
                (Field::Prompt, "Describe what happens in the clip.".into())
            );
        }
    }

    #[test]
    fn the_prompt_is_counted_in_characters_not_bytes() {
        let mut settings = Settings {
            prompt: "ä".repeat(2500),
            ..good()
        };
        assert_eq!(settings.violations(), []);
        settings.prompt.push('ä');
        assert_eq!(
            only(&settings),
            (
                Field::Prompt,
                "The prompt is 1 character too long: at most 2500 characters fit.".into()
            )
        );
    }

    #[test]
    fn what_to_avoid_has_its_own_limit() {
        let mut settings = Settings {
            avoid: "x".repeat(2500),
            ..good()
        };
        assert_eq!(settings.violations(), []);
        settings.avoid.push_str("yz");
        assert_eq!(only(&settings).0, Field::Avoid);
    }

    #[test]
    fn an_end_frame_needs_a_start_frame() {
        let mut settings = Settings {
            end: Some(frame('b')),
            ..good()
        };
        let (field, message) = only(&settings);
        assert_eq!(field, Field::End);
        assert!(message.contains("Add a start picture"), "{message}");
        settings.start = Some(frame('a'));
        assert_eq!(settings.violations(), []);
    }

    #[test]
    fn length_is_three_to_fifteen_seconds() {
        for length in 0..=255 {
            let settings = Settings { length, ..good() };
            assert_eq!(
                settings.violations().is_empty(),
                (3..=15).contains(&length),
                "{length}"
            );
        }
    }

    #[test]
    fn shots_must_fill_the_clip_exactly() {
        let mut settings = Settings {
            shots: shots(&[2, 3]),
            ..good()
        };
        assert_eq!(settings.violations(), []);
        settings.length = 6;
        assert_eq!(
            only(&settings),
            (
                Field::Shots,
                "The shots last 5 s together, the clip 6 s. Make them equal.".into()
            )
        );
    }

    #[test]
    fn each_shot_says_something_short_and_lasts_a_second() {
        let broken: [fn(&mut Shot); 3] = [
            |shot| shot.prompt = " ".into(),
            |shot| shot.prompt = "x".repeat(513),
            |shot| shot.seconds = 0,
        ];
        for breaking in broken {
            let mut settings = Settings {
                shots: shots(&[2, 3]),
                ..good()
            };
            breaking(&mut settings.shots[1]);
            let (field, message) = only(&settings);
            assert_eq!(field, Field::Shots);
            assert!(message.contains("hot 2"), "{message}");
        }
    }

    #[test]
    fn seven_shots_are_one_too_many() {
        let settings = Settings {
            shots: shots(&[1; 7]),
            length: 7,
            ..good()
        };
        assert!(only(&settings).1.contains("At most 6 shots"));
    }

    #[test]
    fn shots_and_an_end_frame_exclude_each_other() {
        let settings = Settings {
            start: Some(frame('a')),
            end: Some(frame('b')),
            shots: shots(&[2, 3]),
            ..good()
        };
        assert_eq!(only(&settings).0, Field::Shots);
    }

    #[test]
    fn reference_pictures_are_for_omni_and_at_most_seven() {
        let mut settings = Settings {
            references: vec![frame('a')],
            ..good()
        };
        assert_eq!(only(&settings).0, Field::References);
        settings.model = Model::Kling3Omni;
        assert_eq!(settings.violations(), []);
        settings.references = "01234567".chars().map(frame).collect();
        assert!(only(&settings).1.contains("At most 7"));
    }
}
