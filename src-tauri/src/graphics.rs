//! How a clip's pictures are drawn on machines without a graphics card.
//!
//! WebKitGTK hands decoded pictures to OpenGL. If OpenGL runs in software, a 4K picture is reported
//! long before it is drawn: on a busy machine a canvas reads black for more than 25 s and a paused
//! video keeps the picture it had before a seek. Through the memory of the process both have it at
//! once (measured on two cores with three busy processes, WebKitGTK 2.50.6: reading one 4K picture
//! took 0.3 s and gave black, versus 0.02 s and the right picture). The choice can be made only in
//! the environment the program starts with.

use std::env;
use std::fs;

/// Read by WebKitGTK. If the user has set it, to any value, it is not changed.
const NO_OPENGL: &str = "WEBKIT_GST_DISABLE_GL_SINK";
/// Mesa's own switch, which users set for a faulty graphics card.
const FORCED: &str = "LIBGL_ALWAYS_SOFTWARE";
/// Where the kernel lists graphics devices; the nodes of cards that can render start at
/// `renderD128`.
const CARDS: &str = "/dev/dri";

/// The variable that has to be set, if it is needed and not set yet.
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
