//! A clip's file name: the day and the first words of the prompt. It is safe on Linux, macOS and
//! Windows alike, so that a folder of clips is readable and can be copied anywhere.

use std::path::Path;

use crate::generation::Millis;

/// Characters taken from the prompt: enough to tell clips apart, and few enough that the whole name
/// stays far below 255 bytes in any script (at most 4 bytes per character).
const WORDS: usize = 48;

/// The name for a clip of `prompt`, created at `created`, by the calendar of `zone`.
#[must_use]
pub fn file_name(created: Millis, zone: &jiff::tz::TimeZone, prompt: &str) -> String {
    let day = jiff::Timestamp::from_millisecond(created)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .to_zoned(zone.clone())
        .strftime("%Y-%m-%d")
        .to_string();
    // Only letters, digits and simple punctuation: this leaves out what Windows forbids
    // (<>:"/\|?*), control characters, and anything that changes the text direction.
    let safe: String = prompt
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || matches!(c, '-' | '_' | '\'' | ',') {
                c
            } else {
                ' '
            }
        })
        .collect();
    let mut words = String::new();
    for word in safe.split_whitespace() {
        let length = words.chars().count() + word.chars().count() + 1;
        if length > WORDS {
            if words.is_empty() {
                words.extend(word.chars().take(WORDS));
            }
            break;
        }
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    let words = words.trim_matches([' ', '-', ',', '_', '\'']);
    if words.is_empty() {
        format!("{day} Clip.mp4")
    } else {
        format!("{day} {words}.mp4")
    }
}

/// Whether a file is called `name`, with or without a number.
#[must_use]
pub fn is_named(file: &str, name: &str) -> bool {
    let Some(rest) = file.strip_prefix(name.strip_suffix(".mp4").unwrap_or(name)) else {
        return false;
    };
    let number = rest
        .strip_prefix(" (")
        .and_then(|rest| rest.strip_suffix(").mp4"));
    rest == ".mp4" || number.is_some_and(|number| number.parse::<u32>().is_ok())
}

/// The part of the prompt that a clip's file name still shows; `None` if the file is not named as
/// [`file_name`] names clips, with or without a number.
#[must_use]
pub fn prompt_of(file: &Path) -> Option<String> {
    let name = file.file_name()?.to_str()?.strip_suffix(".mp4")?;
    let (day, words) = name.split_once(' ')?;
    jiff::civil::Date::strptime("%Y-%m-%d", day).ok()?;
    let without_number = words
        .rsplit_once(" (")
        .filter(|(_, number)| {
            number
                .strip_suffix(')')
                .is_some_and(|number| number.parse::<u32>().is_ok())
        })
        .map_or(words, |(words, _)| words);
    Some(without_number.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn name(prompt: &str) -> String {
        let noon = "2026-11-22T12:00:00Z"
            .parse::<jiff::Timestamp>()
            .unwrap()
            .as_millisecond();
        file_name(noon, &jiff::tz::TimeZone::UTC, prompt)
    }

    #[test]
    fn a_name_is_the_day_and_the_first_words() {
        assert_eq!(
            name("Drone shot flying over a tropical coastline at sunrise, smooth motion"),
            "2026-11-22 Drone shot flying over a tropical coastline at.mp4"
        );
    }

    #[test]
    fn nothing_in_a_prompt_can_leave_the_folder_or_upset_a_system() {
        assert_eq!(name("../../etc/passwd"), "2026-11-22 etc passwd.mp4");
        assert_eq!(
            name("a<b>c:d\"e|f?g*h\\i"),
            "2026-11-22 a b c d e f g h i.mp4"
        );
        assert_eq!(name("con\u{202e}4pm.exe\0\n"), "2026-11-22 con 4pm exe.mp4");
        assert_eq!(name(" \u{1f600} !!! "), "2026-11-22 Clip.mp4");
    }

    #[test]
    fn long_words_and_wide_scripts_stay_short_enough() {
        assert!(name(&"x".repeat(5000)).len() < 100);
        let japanese = name(&"雨の街".repeat(900));
        assert!(japanese.len() < 255, "{}", japanese.len());
        assert!(japanese.starts_with("2026-11-22 雨の街"));
    }

    #[test]
    fn the_day_is_the_persons_own() {
        let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(9));
        let late = "2026-11-22T20:00:00Z"
            .parse::<jiff::Timestamp>()
            .unwrap()
            .as_millisecond();
        assert!(file_name(late, &zone, "Rain").starts_with("2026-11-23"));
    }

    #[test]
    fn a_name_is_known_again_with_its_number() {
        for file in ["A day.mp4", "A day (2).mp4"] {
            assert!(is_named(file, "A day.mp4"), "{file}");
        }
        for other in [
            "A day out.mp4",
            "A day (out).mp4",
            "A day (2)",
            "Another day.mp4",
        ] {
            assert!(!is_named(other, "A day.mp4"), "{other}");
        }
    }

    #[test]
    fn a_files_name_tells_the_prompts_beginning() {
        let prompt = |name: &str| prompt_of(&Path::new("/clips").join(name));
        assert_eq!(prompt("2026-11-22 A day.mp4").as_deref(), Some("A day"));
        assert_eq!(
            prompt("2026-11-22 A day (12).mp4").as_deref(),
            Some("A day")
        );
        assert_eq!(prompt("2026-11-22 A (day).mp4").as_deref(), Some("A (day)"));
        for strange in [
            "holiday.mp4",
            "2026-13-22 A day.mp4",
            "2026-11-22 A day.mov",
            "2026-11-22.mp4",
        ] {
            assert_eq!(prompt(strange), None, "{strange}");
        }
    }
}
