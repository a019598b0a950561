//! The real mouse and the real keyboard, for tests in which a press has to come from them: two
//! presses in quick succession, a pointer that rests, a key of the keyboard.

use std::thread::sleep;
use std::time::Duration;

use super::hand;
use super::page::Found;
use super::window::Window;

/// The time between the two presses of a double click by a quick user.
const DOUBLE_CLICK_MS: &str = "120";

/// From the middle of the smallest card to its prompt, in pixels.
const BELOW_THE_BUTTONS: i32 = 60;

impl Window {
    /// Moves the pointer to the middle of something in the page, and leaves it there.
    pub fn point_at(&self, target: &Found<'_>) {
        let (x, y) = hand::on_screen(self.display(), &self.frame(), target);
        // Starts slightly to the side, so that the page sees the pointer move.
        for (x, y) in [(x - 4, y - 4), (x, y)] {
            self.display()
                .hand(&["mousemove", "--sync", &x.to_string(), &y.to_string()])
                .expect("the pointer moves");
        }
    }

    /// Presses something once with the mouse, as a user does who has seen it for a while.
    pub fn press(&self, target: &Found<'_>) {
        self.point_at(target);
        sleep(Duration::from_millis(700));
        self.display()
            .hand(&["click", "1"])
            .expect("the button is pressed");
    }

    /// Presses a card where its prompt is: in its middle it may have buttons of its own.
    pub fn press_card(&self, card: &Found<'_>) {
        let (x, y) = hand::on_screen(self.display(), &self.frame(), card);
        let below = (y + BELOW_THE_BUTTONS).to_string();
        let hand = |arguments: &[&str]| self.display().hand(arguments).expect("a press");
        hand(&["mousemove", "--sync", &x.to_string(), &below]);
        sleep(Duration::from_millis(700));
        hand(&["click", "1"]);
    }

    /// Double-clicks something.
    pub fn double_click(&self, target: &Found<'_>) {
        self.point_at(target);
        sleep(Duration::from_millis(700));
        self.display()
            .hand(&["click", "--repeat", "2", "--delay", DOUBLE_CLICK_MS, "1"])
            .expect("the button is pressed twice");
    }

    /// Presses keys of the keyboard one after another, in xdotool's notation: `ctrl+Return`,
    /// `Escape`.
    pub fn keys(&self, keys: &[&str]) {
        self.page().record_texts();
        let window = self.frame();
        self.display()
            .hand(&["windowfocus", "--sync", &window])
            .expect("the window takes the keyboard");
        self.display()
            .hand(&[&["key", "--delay", "40"], keys].concat())
            .expect("the keys are pressed");
    }

    /// Presses one key.
    pub fn key(&self, key: &str) {
        self.keys(&[key]);
    }

    /// The element with the keyboard focus, as role and name; `body` if the focus is lost.
    pub fn focus(&self) -> String {
        self.page().focus()
    }

    /// Waits until the keyboard focus is on an element whose role and name start with `what`.
    pub fn focus_is_on(&self, what: &str) {
        super::wait::until(
            || self.focus().starts_with(what),
            || format!("the keyboard is on {:?}, not on {what:?}", self.focus()),
        );
    }
}
