//! Removes secrets from a text before it is kept or shown: the last filter before the log and the
//! report, for secrets that should not have got this far.
//!
//! Keys and signed addresses are kept out of messages where those are written. This filter is for
//! messages of a library, or of a server, that quote one anyway. Prompts are not recognised here,
//! because they look like any other text: no code may log them.

use std::path::Path;

/// The prefix of every Apiframe key.
const KEY: &str = "afk_";

/// The text without keys and without the parts of an address that could give access: its user, its
/// query and its fragment.
#[must_use]
pub fn redact(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let key = rest.find(KEY);
        let address = rest.find("://");
        match (key, address) {
            (None, None) => {
                clean.push_str(rest);
                return clean;
            }
            (Some(key), address) if address.is_none_or(|address| key < address) => {
                let (before, secret) = rest.split_at(key + KEY.len());
                clean.push_str(before);
                clean.push('…');
                rest = &secret[length_of(secret, is_of_key)..];
            }
            (_, Some(address)) => {
                let (before, tail) = rest.split_at(address + 3);
                clean.push_str(before);
                let (inside, after) = tail.split_at(length_of(tail, is_of_address));
                clean.push_str(&open_part(inside));
                rest = after;
            }
            // The guard above handles every other key.
            (Some(_), None) => return clean,
        }
    }
}

/// The text with the user's home folder replaced by `~`: a mailed report need not reveal a name.
#[must_use]
pub fn without_home(text: &str, home: Option<&Path>) -> String {
    match home.and_then(Path::to_str).filter(|home| home.len() > 1) {
        Some(home) => text.replace(home.trim_end_matches(['/', '\\']), "~"),
        None => text.to_owned(),
    }
}

/// The part of an address that may be kept: host and path, and a sign that there was more.
fn open_part(address: &str) -> String {
    let end = address.find(['?', '#']).unwrap_or(address.len());
    let (place, secret) = address.split_at(end);
    let host_end = place.find('/').unwrap_or(place.len());
    let place = match place[..host_end].rfind('@') {
        Some(at) => format!("…{}", &place[at..]),
        None => place.to_owned(),
    };
    // A path can contain a key too, if it was built that way.
    let place = if place.contains(KEY) {
        redact(&place)
    } else {
        place
    };
    match secret.chars().next() {
        Some(mark) => format!("{place}{mark}…"),
        None => place,
    }
}

fn length_of(text: &str, belongs: fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

/// Apiframe's keys are visible ASCII; a character that ends a word in a message also ends the key.
/// The mark of a key that was already removed counts as part of it, so that a second run changes
/// nothing.
fn is_of_key(c: char) -> bool {
    c == '…'
        || c.is_ascii_graphic()
            && !matches!(c, '"' | '\'' | '`' | ',' | ';' | ')' | ']' | '}' | '>')
}

fn is_of_address(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !matches!(c, '"' | '\'' | '`' | '<' | '>' | ')' | '}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_go_wherever_they_stand() {
        for (said, kept) in [
            ("key afk_live_1234567890 refused", "key afk_… refused"),
            ("\"afk_abc\"", "\"afk_…\""),
            ("x-api-key=afk_abc+/=,x", "x-api-key=afk_…,x"),
            ("afk_one afk_two", "afk_… afk_…"),
            ("they begin with afk_", "they begin with afk_…"),
        ] {
            assert_eq!(redact(said), kept);
        }
    }

    #[test]
    fn addresses_keep_their_place_and_lose_what_opens_them() {
        for (said, kept) in [
            (
                "GET https://cdn.test/a/b.mp4?X-Amz-Signature=abc&e=1 failed",
                "GET https://cdn.test/a/b.mp4?… failed",
            ),
            ("(http://h/p#token)", "(http://h/p#…)"),
            ("https://user:pass@h.test/p", "https://…@h.test/p"),
            ("https://h.test/afk_secret/x?y", "https://h.test/afk_…?…"),
            ("https://h.test/?k=afk_secret", "https://h.test/?…"),
            (
                "url: \"https://h/p?q=1\", next",
                "url: \"https://h/p?…\", next",
            ),
            (
                "one https://a/?x two https://b/?y",
                "one https://a/?… two https://b/?…",
            ),
            ("https://h.test/plain", "https://h.test/plain"),
        ] {
            assert_eq!(redact(said), kept);
        }
    }

    #[test]
    fn any_text_passes_without_a_panic_and_plain_words_unchanged() {
        for text in [
            "",
            "://",
            "a://",
            "afk",
            "ä://ö?ü afk_ß",
            "why? because",
            "1 < 2 ? 3 : 4",
        ] {
            let once = redact(text);
            assert_eq!(redact(&once), once, "{text}");
        }
        assert_eq!(redact("why? because"), "why? because");
    }

    #[test]
    fn the_home_folder_is_shortened() {
        let home = Path::new("/home/ada");
        assert_eq!(
            without_home("/home/ada/Videos and /home/ada", Some(home)),
            "~/Videos and ~"
        );
        assert_eq!(without_home("/srv/x", Some(home)), "/srv/x");
        assert_eq!(without_home("/a", Some(Path::new("/"))), "/a");
    }
}
