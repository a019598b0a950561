//! The ledger as a file for a spreadsheet: RFC 4180 (commas, CRLF, doubled quotes), in UTF-8.
//!
//! Prompts can be any text and job ids come from a server, so no cell may start like a formula: a
//! spreadsheet would run it when the file is opened.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Entry, Kind};

/// Marks the file as UTF-8 for a spreadsheet; without it Excel assumes the system's legacy encoding
/// and breaks every accented letter.
const MARK: &str = "\u{feff}";

const HEADER: [&str; 10] = [
    "Entry",
    "Time",
    "Day",
    "Kind",
    "Charged",
    "Refunded",
    "Running total",
    "Job",
    "Generation",
    "Prompt",
];

/// The whole file. Times are ISO 8601 in `zone`, with their UTC offset; an amount that is not known
/// yet is an empty cell.
#[must_use]
pub fn write(entries: &[Entry], zone: &TimeZone) -> Vec<u8> {
    let mut text = String::from(MARK);
    row(&mut text, HEADER.map(String::from));
    for entry in entries {
        let credits = entry.credits.map_or_else(String::new, |c| c.to_string());
        // As the page calls it, which is not the word in the library's rows.
        let (kind, charged, refunded) = match entry.kind {
            Kind::Charge => ("charge", credits, String::new()),
            Kind::Return => ("refund", String::new(), credits),
        };
        row(
            &mut text,
            [
                entry.id.to_string(),
                time(entry.at, zone),
                entry.day.clone(),
                kind.into(),
                charged,
                refunded,
                entry.total.to_string(),
                harmless(&entry.job),
                harmless(&entry.generation),
                harmless(&entry.prompt),
            ],
        );
    }
    text.into_bytes()
}

fn time(at: i64, zone: &TimeZone) -> String {
    Timestamp::from_millisecond(at)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_zoned(zone.clone())
        .strftime("%Y-%m-%dT%H:%M:%S%:z")
        .to_string()
}

fn row<const CELLS: usize>(text: &mut String, cells: [String; CELLS]) {
    for (number, cell) in cells.into_iter().enumerate() {
        if number > 0 {
            text.push(',');
        }
        if cell.contains(['"', ',', '\r', '\n']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&cell);
        }
    }
    text.push_str("\r\n");
}

/// Text that no spreadsheet takes for a formula. A quote is put before a text that starts like one,
/// even after spaces or in the full-width forms that some spreadsheets read as the same.
fn harmless(text: &str) -> String {
    let begins = text.trim_start().chars().next();
    let formula = matches!(
        begins,
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
    ) || text.starts_with(['\t', '\r', '\n']);
    if formula {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn entry(prompt: &str) -> Entry {
        Entry {
            id: 1,
            at: 1_795_348_800_000,
            day: "2026-11-22".into(),
            generation: "g".into(),
            in_gallery: true,
            prompt: prompt.into(),
            job: "j".into(),
            kind: Kind::Charge,
            credits: Some(35),
            total: 35,
        }
    }

    fn lines(entries: &[Entry]) -> Vec<String> {
        let text =
            String::from_utf8(write(entries, &TimeZone::fixed(jiff::tz::offset(1)))).unwrap();
        let text = text.strip_prefix('\u{feff}').unwrap();
        let text = text.strip_suffix("\r\n").unwrap();
        text.split("\r\n").map(String::from).collect()
    }

    #[test]
    fn a_row_is_the_entry_with_iso_dates_under_named_columns() {
        let returned = Entry {
            id: 2,
            kind: Kind::Return,
            total: 0,
            ..entry("Rain")
        };
        let unknown = Entry {
            id: 3,
            credits: None,
            total: 0,
            ..entry("Snow")
        };
        assert_eq!(
            lines(&[entry("Rain"), returned, unknown]),
            [
                "Entry,Time,Day,Kind,Charged,Refunded,Running total,Job,Generation,Prompt",
                "1,2026-11-22T13:00:00+01:00,2026-11-22,charge,35,,35,j,g,Rain",
                "2,2026-11-22T13:00:00+01:00,2026-11-22,refund,,35,0,j,g,Rain",
                "3,2026-11-22T13:00:00+01:00,2026-11-22,charge,,,0,j,g,Snow",
            ]
        );
    }

    #[test]
    fn an_empty_ledger_is_its_header_alone() {
        assert_eq!(lines(&[]).len(), 1);
    }

    #[test]
    fn commas_quotes_and_line_ends_stay_in_their_cell() {
        let cell = |prompt: &str| {
            let text = String::from_utf8(write(&[entry(prompt)], &TimeZone::UTC)).unwrap();
            text.split_once("j,g,").unwrap().1.to_owned()
        };
        assert_eq!(
            cell("dusk, then \"night\""),
            "\"dusk, then \"\"night\"\"\"\r\n"
        );
        assert_eq!(cell("one\r\ntwo"), "\"one\r\ntwo\"\r\n");
        assert_eq!(cell("雨の街, é"), "\"雨の街, é\"\r\n");
    }

    #[test]
    fn no_prompt_and_no_job_runs_as_a_formula() {
        for evil in [
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1", "\r=1",
        ] {
            assert!(harmless(evil).starts_with('\''), "{evil:?}");
        }
        let both = Entry {
            job: "=HYPERLINK(1)".into(),
            ..entry("=cmd|' /C calc'!A0")
        };
        assert!(lines(&[both])[1].ends_with(",'=HYPERLINK(1),g,'=cmd|' /C calc'!A0"));
        assert_eq!(harmless("Rain - at night = calm"), "Rain - at night = calm");
    }
}
