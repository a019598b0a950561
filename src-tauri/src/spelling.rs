//! Spell checking, which WebKitGTK leaves off unless it is asked for: it marks words in the
//! fields that the page says have prose in them. macOS and Windows do it without being asked.

use std::env;

use tauri::WebviewWindow;
use webkit2gtk::{WebContextExt, WebViewExt};

/// Checked beside the person's own languages, since models are prompted in English by most.
/// A word is right if one of the languages has it.
const ENGLISH: &str = "en_US";

/// Turns spell checking on, in the languages of the desktop. Where a dictionary is missing
/// `WebKit` does without that language, and without any it marks nothing.
pub(crate) fn check(window: &WebviewWindow) {
    let languages = languages(|name| env::var(name).ok());
    let asked = window.with_webview(move |view| {
        if let Some(context) = view.inner().context() {
            let languages: Vec<&str> = languages.iter().map(String::as_str).collect();
            context.set_spell_checking_languages(&languages);
            context.set_spell_checking_enabled(true);
        }
    });
    if let Err(error) = asked {
        tracing::warn!(%error, "spelling is not checked");
    }
}

/// The languages that the environment names, as `de_DE`, the preferred one first.
fn languages(variable: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    // The first that is set wins, as everywhere; LANGUAGE is a list and counts before it.
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
    let wanted = format!(
        "{}:{}:{ENGLISH}",
        set("LANGUAGE").unwrap_or_default(),
        locale.unwrap_or_default()
    );
    let mut languages: Vec<String> = Vec::new();
    for language in wanted.split(':') {
        // `de_DE.UTF-8@euro` is a language, a coding and a variant.
        let language = language.split(['.', '@']).next().unwrap_or_default();
        let is_one = !matches!(language, "" | "C" | "POSIX");
        if is_one && !languages.iter().any(|known| known == language) {
            languages.push(language.to_owned());
        }
    }
    languages
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Vec<String> {
        languages(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_desktops_languages_come_first_and_english_is_always_there() {
        assert_eq!(of(&[]), ["en_US"]);
        assert_eq!(of(&[("LANG", "C.UTF-8")]), ["en_US"]);
        assert_eq!(of(&[("LANG", "de_DE.UTF-8@euro")]), ["de_DE", "en_US"]);
        assert_eq!(
            of(&[
                ("LANG", "fr_FR.UTF-8"),
                ("LC_ALL", "en_GB.UTF-8"),
                ("LANGUAGE", "")
            ]),
            ["en_GB", "en_US"]
        );
        assert_eq!(
            of(&[("LANG", "de_CH.UTF-8"), ("LANGUAGE", "de_CH:fr")]),
            ["de_CH", "fr", "en_US"]
        );
    }
}
