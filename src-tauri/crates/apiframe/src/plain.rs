//! Text from outside, made safe to show and log: no markup, no secrets, no long texts.

use crate::key::ApiKey;

/// Enough for any message of the API; longer text from the edge in front of it is cut here.
const LONGEST: usize = 500;

/// One line of at most 500 characters, without the key, without the queries of addresses, which can
/// carry a signature, and without anything that would affect the screen, the terminal or the
/// surrounding text.
pub(crate) fn sentence(text: &str, key: Option<&ApiKey>) -> String {
    let line = printable(text)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let line = match key {
        Some(key) => line.replace(key.expose(), &format!("afk_…{}", key.last4())),
        None => line,
    };
    let line = without_queries(&line);
    let mut short: String = line.chars().take(LONGEST).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    isolated(short)
}

/// The text without control characters, terminal escape sequences and characters that change the
/// text direction. Line breaks and tabs become spaces.
fn printable(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\u{1b}' => match characters.next() {
                Some('[') => skip_past(&mut characters, |c| ('@'..='~').contains(&c)),
                // Ends with BEL, or with another escape sequence, which is dropped in turn.
                Some(']' | 'P' | '^' | '_') => {
                    while characters
                        .next_if(|c| !matches!(c, '\u{7}' | '\u{1b}'))
                        .is_some()
                    {}
                }
                _ => {}
            },
            '\u{9b}' => skip_past(&mut characters, |c| ('@'..='~').contains(&c)),
            blank if blank.is_whitespace() => kept.push(' '),
            control if control.is_control() || turns_direction(control) => {}
            other => kept.push(other),
        }
    }
    kept
}

fn skip_past(characters: &mut impl Iterator<Item = char>, is_last: impl Fn(char) -> bool) {
    let _ = characters.find(|character| is_last(*character));
}

/// Marks, embeddings, overrides and isolates of Unicode's bidirectional algorithm.
fn turns_direction(character: char) -> bool {
    matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

/// Isolates right-to-left text, so that it can't rearrange the sentence that quotes it.
fn isolated(text: String) -> String {
    let is_from_right = |character: char| {
        matches!(
            character,
            '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
                | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}'
        )
    };
    if text.contains(is_from_right) {
        format!("\u{2068}{text}\u{2069}")
    } else {
        text
    }
}

/// The text of a body that is not JSON. Markup is stripped if there is any.
pub(crate) fn text_of(body: &str, is_html: bool) -> String {
    if is_html || body.trim_start().starts_with('<') {
        strip_markup(body)
    } else {
        body.to_owned()
    }
}

/// Elements whose content is not displayed.
const SILENT: [&str; 3] = ["head", "script", "style"];

fn strip_markup(html: &str) -> String {
    let lower = html.to_ascii_lowercase();
    let mut text = String::new();
    let mut at = 0;
    while let Some(open) = lower[at..].find('<').map(|found| at + found) {
        text.push_str(&html[at..open]);
        text.push(' ');
        at = end_of_markup(&lower, open);
    }
    text.push_str(&html[at..]);
    for (entity, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, character);
    }
    text
}

/// Where the text continues after the markup that begins at `open`.
fn end_of_markup(lower: &str, open: usize) -> usize {
    let after = |what: &str, from: usize| {
        lower[from..]
            .find(what)
            .map_or(lower.len(), |found| from + found + what.len())
    };
    let tag = &lower[open + 1..];
    if tag.starts_with("!--") {
        return after("-->", open);
    }
    let name_ends = tag
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(tag.len());
    let name = &tag[..name_ends];
    if SILENT.contains(&name) {
        after(">", after(&format!("</{name}"), open))
    } else {
        after(">", open)
    }
}

fn without_queries(line: &str) -> String {
    let mut kept = String::new();
    let mut rest = line;
    while let Some(address) = rest.find("://") {
        let is_end = |c: char| c.is_whitespace() || "\"'<>()[]{}".contains(c);
        let end = rest[address..]
            .find(is_end)
            .map_or(rest.len(), |found| address + found);
        let query = rest[address..end].find('?').map(|found| address + found);
        match query {
            // A question mark with nothing after it ends the sentence, not the address.
            Some(query) if query + 1 < end => kept.push_str(&rest[..query]),
            _ => kept.push_str(&rest[..end]),
        }
        rest = &rest[end..];
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_gateways_page_reads_as_its_words() {
        let page = "<html>\r\n<head><title>502 Bad Gateway</title><style>h1 { color: red }</style></head>\
            <body><!-- a > b --><center><h1>502 Bad&nbsp;Gateway</h1></center><hr><header>cloud&amp;flare</header>\
            <script>if (1 < 2) alert('x')</script></body></html>";
        assert_eq!(
            sentence(&text_of(page, false), None),
            "502 Bad Gateway cloud&flare"
        );
    }

    #[test]
    fn markup_that_never_closes_ends_the_text() {
        for (page, said) in [
            ("<h1>Down", "Down"),
            ("<p>Down<img src=", "Down"),
            ("<p>Down<script>for (", "Down"),
            ("<p>Down<!-- ", "Down"),
            ("<", ""),
            ("<p>ünïcode <b>ok</b>", "ünïcode ok"),
        ] {
            assert_eq!(sentence(&text_of(page, true), None), said, "{page}");
        }
    }

    #[test]
    fn a_plain_sentence_keeps_its_angle_brackets() {
        assert_eq!(
            text_of("duration < 3 or > 15", false),
            "duration < 3 or > 15"
        );
    }

    #[test]
    fn addresses_lose_their_queries_and_nothing_else() {
        assert_eq!(
            sentence(
                "Could not fetch \"https://cdn.test/a.png?sig=1\",\"http://b.test/?t=2#x\" (see https://c.test/help?)",
                None
            ),
            "Could not fetch \"https://cdn.test/a.png\",\"http://b.test/\" (see https://c.test/help?)"
        );
    }

    #[test]
    fn an_echoed_key_is_reduced_to_its_last_four_characters() {
        let key = ApiKey::parse("afk_0123456789abcdef").unwrap();
        assert_eq!(
            sentence("The key afk_0123456789abcdef is unknown", Some(&key)),
            "The key afk_…cdef is unknown"
        );
    }

    #[test]
    fn a_novel_is_cut_at_five_hundred_characters() {
        let cut = "ä".repeat(500) + "…";
        assert_eq!(sentence(&"ä".repeat(900), None), cut);
        assert_eq!(sentence(&"ä".repeat(500), None), "ä".repeat(500));
    }

    #[test]
    fn nothing_that_acts_on_a_screen_or_a_terminal_passes() {
        for (said, shown) in [
            ("Do\u{7}wn\u{0}", "Down"),
            ("\u{1b}[31mDown\u{1b}[0m now", "Down now"),
            ("\u{1b}]0;title\u{7}Down", "Down"),
            ("\u{1b}]8;;http://x.test\u{1b}\\Down", "Down"),
            ("\u{9b}2JDown", "Down"),
            ("Do\u{1b}", "Do"),
            ("file\u{202e}gpj.exe", "filegpj.exe"),
            ("\u{2067}a\u{2069}\u{200f}b\u{61c}", "ab"),
            ("one\r\n\ttwo\u{2028}three", "one two three"),
            (
                "👩\u{200d}🎨 zero-width joiners stay",
                "👩\u{200d}🎨 zero-width joiners stay",
            ),
        ] {
            assert_eq!(sentence(said, None), shown, "{said:?}");
        }
    }

    #[test]
    fn a_sentence_from_right_to_left_is_set_apart() {
        assert_eq!(sentence("לא", None), "\u{2068}לא\u{2069}");
        assert_eq!(sentence("non, élève", None), "non, élève");
    }

    #[test]
    fn a_key_that_is_broken_up_by_control_characters_is_found_all_the_same() {
        let key = ApiKey::parse("afk_0123456789abcdef").unwrap();
        assert_eq!(
            sentence("afk_0123\u{7}4567\u{202e}89abcdef", Some(&key)),
            "afk_…cdef"
        );
    }
}
