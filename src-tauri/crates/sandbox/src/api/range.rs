//! The `Range` header (RFC 9110, section 14): one range of bytes.

/// The part of a file to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Selection {
    /// All of it: no range was requested, or one that the RFC says to ignore.
    Whole,
    /// These bytes, both ends included.
    Part { first: u64, last: u64 },
    /// Bytes that do not exist.
    Beyond,
}

/// Evaluates a `Range` header for a file of `length` bytes. A request for several ranges is
/// answered with the whole file, which the RFC allows.
pub(super) fn select(header: Option<&str>, length: u64) -> Selection {
    let Some((first, last)) = header
        .and_then(|range| range.strip_prefix("bytes="))
        .and_then(|range| range.trim().split_once('-'))
    else {
        return Selection::Whole;
    };
    match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first > last => Selection::Whole,
        (Ok(first), _) if first >= length && (last.is_empty() || last.parse::<u64>().is_ok()) => {
            Selection::Beyond
        }
        (Ok(first), Ok(last)) => Selection::Part {
            first,
            last: last.min(length - 1),
        },
        (Ok(first), Err(_)) if last.is_empty() => Selection::Part {
            first,
            last: length - 1,
        },
        (Err(_), Ok(_)) if first.is_empty() && length == 0 => Selection::Beyond,
        (Err(_), Ok(0)) if first.is_empty() => Selection::Beyond,
        (Err(_), Ok(suffix)) if first.is_empty() => Selection::Part {
            first: length.saturating_sub(suffix),
            last: length - 1,
        },
        _ => Selection::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_select_what_the_rfc_says() {
        let part = |first, last| Selection::Part { first, last };
        for (header, selected) in [
            ("bytes=0-0", part(0, 0)),
            ("bytes=10-19", part(10, 19)),
            ("bytes=90-", part(90, 99)),
            ("bytes=90-1000", part(90, 99)),
            ("bytes=-10", part(90, 99)),
            ("bytes=-1000", part(0, 99)),
            ("bytes=100-", Selection::Beyond),
            ("bytes=100-200", Selection::Beyond),
            ("bytes=-0", Selection::Beyond),
            ("bytes=20-10", Selection::Whole),
            ("bytes=0-1,5-6", Selection::Whole),
            ("bytes=a-b", Selection::Whole),
            ("frames=0-1", Selection::Whole),
        ] {
            assert_eq!(select(Some(header), 100), selected, "{header}");
        }
        assert_eq!(select(None, 100), Selection::Whole);
    }
}
