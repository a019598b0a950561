//! Whether Kling accepts pictures of a size.

use super::limits::MIN_SIDE;
use super::problem::FrameProblem;

/// Checks the size of an upright picture against what Kling accepts: [`MIN_SIDE`], and a ratio
/// between 1 to 2.5 and 2.5 to 1.
pub(super) fn check(width: u32, height: u32) -> Result<(), FrameProblem> {
    let (short, long) = (width.min(height), width.max(height));
    if short < MIN_SIDE {
        return Err(FrameProblem::TooSmall { width, height });
    }
    if u64::from(long) * 2 > u64::from(short) * 5 {
        return Err(FrameProblem::TooLong { width, height });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Message;

    fn code(width: u32, height: u32) -> String {
        check(width, height).map_or_else(|problem| Message::from(&problem).code(), |()| "ok".into())
    }

    #[test]
    fn each_limit_holds_to_the_pixel() {
        assert_eq!(code(300, 300), "ok");
        assert_eq!(code(299, 300), "pictureTooSmall");
        assert_eq!(code(300, 299), "pictureTooSmall");
        assert_eq!(code(750, 300), "ok");
        assert_eq!(code(300, 750), "ok");
        assert_eq!(code(751, 300), "pictureTooWide");
        assert_eq!(code(300, 751), "pictureTooTall");
        assert_eq!(code(u32::MAX, u32::MAX), "ok");
        assert_eq!(code(u32::MAX, 300), "pictureTooWide");
    }
}
