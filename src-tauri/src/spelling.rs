//! Spell checking, which WebKitGTK leaves off by default: it marks words in the fields that the
//! page declares as prose. macOS and Windows do it without being asked.

use std::env;

use tauri::WebviewWindow;
use webkit2gtk::{WebContextExt, WebViewExt};

/// Checked in addition to the user's own languages, since most users write prompts in English. A
/// word is right if one of the languages has it.
const ENGLISH: &str = "en_US";

/// Turns on spell checking, in the languages of the desktop. If a dictionary is missing, `WebKit`
/// does without that language, and without any dictionary it marks nothing.
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

/// The languages in the environment, as `de_DE`, the preferred one first.
fn languages(variable: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    // The first one that is set wins, as is usual; LANGUAGE is a list and takes precedence.
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
    let wanted = format!(
        "{}:{}:{ENGLISH}",
        set("LANGUAGE").unwrap_or_default(),
        locale.unwrap_or_default()
    );
    let mut languages: Vec<String> = Vec::new();
    for language in wanted.split(':') {
        // `de_DE.UTF-8@euro` consists of a language, an encoding and a variant.
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
