//! How pictures of a clip get to the screen where there is no graphics card.
//!
//! WebKitGTK hands decoded pictures to OpenGL. Where that is done in software, a 4K picture
//! is told of long before it is drawn: on a busy machine a canvas reads black for more than
//! 25 s and a paused video keeps the picture it had before a seek, while through the memory
//! of the process both have it at once (measured on two cores with three busy processes,
//! WebKitGTK 2.50.6: reading one 4K picture took 0.3 s and gave black, and 0.02 s and was
//! right). The choice can be made only in the environment the program starts with.

use std::env;
use std::fs;

/// Read by WebKitGTK. What the person has set, whatever it is, stays.
const NO_OPENGL: &str = "WEBKIT_GST_DISABLE_GL_SINK";
/// Mesa's own switch, which a person sets for a card that fails.
const FORCED: &str = "LIBGL_ALWAYS_SOFTWARE";
/// Where the kernel lists what can draw; the nodes of cards that render are `renderD128` on.
const CARDS: &str = "/dev/dri";

/// The variable that has to be set, if it is needed and not there yet.
pub(crate) fn variable() -> Option<(&'static str, &'static str)> {
    (env::var_os(NO_OPENGL).is_none() && in_software()).then_some((NO_OPENGL, "1"))
}

fn in_software() -> bool {
    let forced = env::var(FORCED).is_ok_and(|value| value == "1" || value == "true");
    forced || !has_card()
}

fn has_card() -> bool {
    fs::read_dir(CARDS).is_ok_and(|nodes| {
        nodes
            .flatten()
            .any(|node| node.file_name().to_string_lossy().starts_with("renderD"))
    })
}
