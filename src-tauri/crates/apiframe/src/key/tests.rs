#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::*;

#[test]
fn a_pasted_key_is_taken_without_the_blanks_around_it() {
    let key = ApiKey::parse(" \tafk_0123456789abcdef\n").unwrap();
    assert_eq!(key.expose(), "afk_0123456789abcdef");
    assert_eq!(key.last4(), "cdef");
}

#[test]
fn what_cannot_be_a_key_is_told_apart() {
    let long = format!("afk_{}", "a".repeat(509));
    for (pasted, why) in [
        ("", KeyShape::Empty),
        (" \r\n\t", KeyShape::Empty),
        ("sk-0123456789", KeyShape::NotApiframe),
        ("AFK_0123456789", KeyShape::NotApiframe),
        ("afk_", KeyShape::OnlyTheBeginning),
        ("afk_0123 456789", KeyShape::StrangeCharacters),
        ("afk_0123\n456789", KeyShape::StrangeCharacters),
        ("afk_0123\u{200b}456789", KeyShape::StrangeCharacters),
        ("afk_0123é", KeyShape::StrangeCharacters),
        ("afk_\u{7f}abc", KeyShape::StrangeCharacters),
        (long.as_str(), KeyShape::TooLong),
    ] {
        assert_eq!(ApiKey::parse(pasted).unwrap_err(), why, "{pasted:?}");
    }
    assert!(ApiKey::parse(&long[..512]).is_ok());
}

#[test]
fn debug_shows_the_last_four_characters_only() {
    let key = ApiKey::parse("afk_0123456789abcdef").unwrap();
    assert_eq!(format!("{key:?}"), "ApiKey(…cdef)");
    assert_eq!(format!("{:#?}", Some(&key)), "Some(\n    ApiKey(…cdef),\n)");
}

#[test]
fn a_very_short_key_keeps_at_least_half_of_its_secret() {
    for (key, shown) in [("afk_a", ""), ("afk_abc", "c"), ("afk_abcdefg", "efg")] {
        assert_eq!(ApiKey::parse(key).unwrap().last4(), shown, "{key}");
    }
}

#[test]
fn a_refused_key_is_not_repeated_in_the_sentence() {
    for pasted in ["sk-secret", "afk_sec ret"] {
        let why = ApiKey::parse(pasted).unwrap_err();
        assert!(!format!("{why} {why:?}").contains("sec"), "{why}");
    }
}
