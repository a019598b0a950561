//! The command line of `apiframe-sandbox`.

use std::path::PathBuf;

/// What `--help` prints.
pub const HELP: &str = "\
Apiframe v2 on this machine, for trying a client out without a key or a bill.

Usage: apiframe-sandbox [OPTIONS]

  --port PORT        the port to listen on, on loopback only (default: any free one)
  --key KEY          the API key that is let in (default: afk_sandbox)
  --credits CREDITS  credits of the account (default: 10000)
  --speed TIMES      how many times faster than the real service (default: 1)
  --state FOLDER     keep jobs, credits, uploads and clips in this folder
  --help             print this

The first line of output is `listening on http://127.0.0.1:PORT`. Faults are set with
POST /sandbox/faults and taken back with DELETE /sandbox/faults.";

/// What the command line asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    Help,
    Run(Settings),
}

#[derive(Clone, PartialEq)]
pub struct Settings {
    pub port: u16,
    pub key: String,
    pub credits: i64,
    pub speed: f64,
    pub state: Option<PathBuf>,
}

impl std::fmt::Debug for Settings {
    /// Shows everything but the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("port", &self.port)
            .field("credits", &self.credits)
            .field("speed", &self.speed)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            port: 0,
            key: "afk_sandbox".to_owned(),
            credits: 10_000,
            speed: 1.0,
            state: None,
        }
    }
}

/// Reads the arguments after the program's name. `--port 80` and `--port=80` are the same.
///
/// # Errors
/// A message about the first argument that cannot be understood.
pub fn read(words: impl IntoIterator<Item = String>) -> Result<Asked, String> {
    let mut settings = Settings::default();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let (option, attached) = match word.split_once('=') {
            Some((option, value)) => (option.to_owned(), Some(value.to_owned())),
            None => (word, None),
        };
        if option == "--help" || option == "-h" {
            return Ok(Asked::Help);
        }
        if !["--port", "--key", "--credits", "--speed", "--state"].contains(&option.as_str()) {
            return Err(format!(
                "There is no option '{option}'. See --help for those there are."
            ));
        }
        let value = attached
            .or_else(|| words.next())
            .filter(|value| !value.is_empty())
            .ok_or_else(|| format!("The option {option} needs a value. See --help."))?;
        match option.as_str() {
            "--port" => settings.port = number(&option, &value, "a whole number from 0 to 65535")?,
            "--credits" => settings.credits = credits(&option, &value)?,
            "--speed" => settings.speed = speed(&option, &value)?,
            "--key" => settings.key = value,
            _ => settings.state = Some(value.into()),
        }
    }
    Ok(Asked::Run(settings))
}

fn number<T: std::str::FromStr>(option: &str, value: &str, wanted: &str) -> Result<T, String> {
    value
        .parse()
        .map_err(|_| format!("The option {option} takes {wanted}, not '{value}'."))
}

fn credits(option: &str, value: &str) -> Result<i64, String> {
    number::<u32>(option, value, "a whole number of credits").map(i64::from)
}

fn speed(option: &str, value: &str) -> Result<f64, String> {
    let wanted = "a number above 0";
    let speed: f64 = number(option, value, wanted)?;
    if speed > 0.0 && speed.is_finite() {
        Ok(speed)
    } else {
        Err(format!(
            "The option {option} takes {wanted}, not '{value}'."
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(line: &str) -> Result<Asked, String> {
        read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn every_option_is_taken_with_a_blank_or_an_equals_sign() {
        let settings = Settings {
            port: 8080,
            key: "afk_mine".to_owned(),
            credits: 5,
            speed: 2.5,
            state: Some("/tmp/kept".into()),
        };
        assert_eq!(
            asked("--port 8080 --key=afk_mine --credits 5 --speed=2.5 --state /tmp/kept"),
            Ok(Asked::Run(settings))
        );
        assert_eq!(asked(""), Ok(Asked::Run(Settings::default())));
        assert_eq!(asked("--port 1 --help"), Ok(Asked::Help));
    }

    #[test]
    fn what_cannot_be_understood_is_answered_with_a_sentence() {
        for (line, sentence) in [
            (
                "--prot 1",
                "There is no option '--prot'. See --help for those there are.",
            ),
            (
                "8080",
                "There is no option '8080'. See --help for those there are.",
            ),
            ("--port", "The option --port needs a value. See --help."),
            (
                "--port 70000",
                "The option --port takes a whole number from 0 to 65535, not '70000'.",
            ),
            (
                "--speed 0",
                "The option --speed takes a number above 0, not '0'.",
            ),
            (
                "--speed inf",
                "The option --speed takes a number above 0, not 'inf'.",
            ),
            (
                "--credits lots",
                "The option --credits takes a whole number of credits, not 'lots'.",
            ),
        ] {
            assert_eq!(asked(line), Err(sentence.to_owned()), "{line}");
        }
    }
}
