//! The page inside the window, queried and operated through `WebKitWebDriver`.
//!
//! Elements are found as a user would name them, by role and accessible name. A [`Found`] is only
//! the path to an element: it looks the element up again at every use and waits for it to appear.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::net::TcpListener;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::controls;
use super::process::{Environment, Process};
use super::wait::{HANG, until, until_some};

/// Longer than the page requires before a press that costs or deletes something.
const DELIBERATE: Duration = Duration::from_millis(600);

/// Roles and names; a call of one of its functions is appended.
const NAMES: &str = include_str!("names.js");

/// Records what the page shows from now on, ten times a second while it changes. Replaces what was
/// recorded before.
const RECORD_TEXTS: &str = "
    window.textRecorder?.disconnect();
    const texts = [];
    let waiting = false;
    const record = () => {
      waiting = false;
      const text = document.body.innerText;
      if (texts.at(-1) !== text) texts.push(text);
    };
    window.textRecorder = new MutationObserver(() => {
      if (!waiting) setTimeout(record, 100);
      waiting = true;
    });
    window.textRecorder.observe(document.body, { subtree: true, childList: true, characterData: true });
    window.shownTexts = texts;";

/// The driven page, and with it the running program.
pub struct Page {
    runtime: Runtime,
    client: Option<Client>,
    /// Controls that were used since the test last checked something.
    used: RefCell<Vec<(String, String)>>,
    /// Whether what is shown is being recorded, which it is since the last use.
    recording: Cell<bool>,
    _driver: Process,
}

impl Page {
    /// Starts the program under the driver and waits for its page.
    pub fn open(program: &Path, environment: &Environment, logs: &Path) -> Self {
        let port = free_port();
        let mut environment = environment.clone();
        environment.push(("TAURI_AUTOMATION".into(), "true".into()));
        environment.push(("TAURI_WEBVIEW_AUTOMATION".into(), "true".into()));
        let mut driver = Process::start(
            &[
                "WebKitWebDriver",
                "--host=127.0.0.1",
                &format!("--port={port}"),
            ],
            "",
            &environment,
            &logs.join("program.log"),
        );
        driver.wait_until("a driver to talk to", || {
            std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
        });

        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let program = program.display().to_string();
        let mut wanted = Capabilities::new();
        wanted.insert(
            "webkitgtk:browserOptions".into(),
            // The program dies with the driver that started it, whatever kills the driver.
            json!({ "binary": "/usr/bin/setpriv", "args": ["--pdeathsig", "KILL", "--", program] }),
        );
        let address = format!("http://127.0.0.1:{port}");
        let client = runtime.block_on(async {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            builder.capabilities(wanted);
            tokio::time::timeout(HANG, builder.connect(&address)).await
        });
        let client = match client {
            Ok(Ok(client)) => client,
            Ok(Err(error)) => panic!(
                "the program does not come up: {error}\n{}",
                driver.printed()
            ),
            Err(elapsed) => panic!(
                "the program did not come up ({elapsed})\n{}",
                driver.printed()
            ),
        };
        Self {
            runtime,
            client: Some(client),
            used: RefCell::default(),
            recording: Cell::default(),
            _driver: driver,
        }
    }

    fn client(&self) -> &Client {
        self.client.as_ref().expect("the program runs")
    }

    /// Runs a script in the page, with `arguments[0]…`, and returns its result. As long as it
    /// fails, what it asks for is not there yet, and it is run again.
    pub fn run(&self, script: &str, arguments: &[Value]) -> Value {
        let last = RefCell::new(String::new());
        let ask = || {
            let answer = self.try_run(script, arguments);
            answer.map_err(|error| last.replace(error)).ok()
        };
        until_some(ask, || {
            format!("the page can't answer {script}: {}", last.borrow())
        })
    }

    /// Like [`Self::run`], only once, for a page or an element that may be gone.
    pub fn try_run(&self, script: &str, arguments: &[Value]) -> Result<Value, String> {
        let answer = self.runtime.block_on(async {
            tokio::time::timeout(HANG, self.client().execute(script, arguments.to_vec())).await
        });
        answer
            .map_err(|_| "no answer".to_owned())?
            .map_err(|error| error.to_string())
    }

    /// A screenshot of the page as PNG, if one can still be taken.
    pub fn picture(&self) -> Option<Vec<u8>> {
        let client = self.client.as_ref()?;
        let picture = self.runtime.block_on(async {
            tokio::time::timeout(Duration::from_mins(1), client.screenshot()).await
        });
        picture.ok()?.ok()
    }

    /// Records every control that can be seen now.
    pub fn note_controls(&self) {
        let found = self.run(&format!("{NAMES} return controls()"), &[]);
        let found: Vec<(String, String)> = serde_json::from_value(found).expect("roles with names");
        for (role, name) in found {
            controls::seen(&role, &name);
        }
    }

    /// Switches to the pseudo-language, or back to English.
    pub fn speak_pseudo(&self, on: bool) {
        let language = if on { "en-x-pseudo" } else { "en" };
        self.run(
            "document.documentElement.lang = arguments[0]",
            &[json!(language)],
        );
    }

    /// What is shown or read out and looks like plain English, apart from what is `known`.
    pub fn plain_words(&self, known: &[&str]) -> Vec<String> {
        let found = self.run(
            &format!("{NAMES} return plainWords(arguments[0])"),
            &[json!(known)],
        );
        serde_json::from_value(found).expect("texts")
    }

    /// Records every text that the page shows from now on, until the test has checked something
    /// and uses something again.
    pub fn record_texts(&self) {
        if !self.recording.replace(true) {
            let _ = self.try_run(RECORD_TEXTS, &[]);
        }
    }

    /// Records that something is about to be used.
    fn uses(&self, element: &Element) {
        self.note_controls();
        self.record_texts();
        let element = serde_json::to_value(element).expect("an element has an id");
        let script = format!("{NAMES} return describe(arguments[0])");
        // An element that is gone by now can't be used either; the caller looks it up again.
        if let Ok(control) = self.try_run(&script, &[element]) {
            let control = serde_json::from_value(control).expect("a role with a name");
            self.used.borrow_mut().push(control);
        }
    }

    /// Records that the test checked the effect of what it used.
    pub fn looked(&self) {
        self.recording.set(false);
        for (role, name) in self.used.borrow_mut().drain(..) {
            controls::used(&role, &name);
        }
    }

    /// The element with the keyboard focus, as role and name; `body` if the focus is lost.
    pub fn focus(&self) -> String {
        self.looked();
        let script = format!(
            "{NAMES} const it = document.activeElement; \
             return !it || it === document.body ? 'body' : describe(it).join(' ')"
        );
        self.run(&script, &[])
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// The text that the page shows.
    pub fn text(&self) -> String {
        self.run("return document.body.innerText", &[])
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// The whole page as it is now, with everything typed into it.
    pub fn source(&self) -> String {
        let script = "return document.documentElement.outerHTML + \
            [...document.querySelectorAll('input,textarea')].map((field) => field.value).join('\\n') + \
            JSON.stringify(localStorage) + JSON.stringify(sessionStorage)";
        self.run(script, &[])
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Waits until the page shows the text, or has shown it since it was last used: a note
    /// that goes after some seconds may be gone before a busy machine looks.
    pub fn shows(&self, text: &str) {
        let shown = || {
            let texts = self.run(
                "return [document.body.innerText, ...(window.shownTexts ?? [])]",
                &[],
            );
            let texts = texts.as_array().cloned().unwrap_or_default();
            texts
                .iter()
                .filter_map(Value::as_str)
                .any(|shown| shown.contains(text))
        };
        until(shown, || {
            format!("the page does not show {text:?} but:\n{}", self.text())
        });
        self.looked();
    }

    /// An element of the page by its role and name.
    pub fn find(&self, role: &str, name: &str) -> Found<'_> {
        Found {
            page: self,
            steps: vec![(role.to_owned(), name.to_owned())],
        }
    }

    fn elements(&self, steps: &[(String, String)]) -> Result<Vec<Element>, String> {
        let steps = steps
            .iter()
            .map(|(role, name)| json!([role, name]))
            .collect();
        let found = self.try_run(
            &format!("{NAMES} return find(arguments[0])"),
            &[Value::Array(steps)],
        )?;
        let found = found.as_array().cloned().unwrap_or_default();
        found
            .into_iter()
            .map(|found| {
                self.element(&found)
                    .ok_or_else(|| "not an element".to_owned())
            })
            .collect()
    }

    /// The element that a script returned: an object with its id.
    fn element(&self, found: &Value) -> Option<Element> {
        let id = found.as_object()?.values().next()?.as_str()?.to_owned();
        Some(Element::from_element_id(self.client().clone(), id.into()))
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // The driver and the program are killed; closing the session would only wait for them.
        self.client.take();
    }
}

/// The path to an element of the page.
#[derive(Clone)]
pub struct Found<'a> {
    page: &'a Page,
    steps: Vec<(String, String)>,
}

impl fmt::Display for Found<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (role, name)) in self.steps.iter().rev().enumerate() {
            let within = if at == 0 { "" } else { " in " };
            write!(out, "{within}{role} {name:?}")?;
        }
        Ok(())
    }
}

impl Found<'_> {
    /// An element inside this one, by its role and name.
    #[must_use]
    pub fn find(mut self, role: &str, name: &str) -> Self {
        self.steps.push((role.to_owned(), name.to_owned()));
        self
    }

    /// Whether it is there now, without waiting.
    pub fn is_there(&self) -> bool {
        self.count() > 0
    }

    /// How many such elements there are now.
    pub fn count(&self) -> usize {
        self.page.looked();
        self.number()
    }

    fn number(&self) -> usize {
        self.page
            .elements(&self.steps)
            .map_or(0, |found| found.len())
    }

    /// Waits until it is there.
    pub fn appears(&self) {
        until(
            || self.number() > 0,
            || format!("no {self}; the page shows:\n{}", self.page.text()),
        );
        self.page.looked();
    }

    /// Waits until it is no longer there.
    pub fn disappears(&self) {
        until(|| self.number() == 0, || format!("{self} is still there"));
        self.page.looked();
    }

    fn element(&self) -> Element {
        // It may disappear between two checks.
        let mut found = until_some(
            || {
                let found = self.page.elements(&self.steps).ok();
                found.filter(|found| !found.is_empty())
            },
            || format!("no {self}; the page shows:\n{}", self.page.text()),
        );
        assert!(
            found.len() == 1,
            "{} things are called {self}; say which",
            found.len()
        );
        found.remove(0)
    }

    /// What the user presses: a radio button may be drawn by its label alone.
    fn handle(&self) -> Element {
        let element = self.element();
        self.page.uses(&element);
        let script = "const it = arguments[0]; \
            it.scrollIntoView({ block: 'nearest', behavior: 'instant' }); \
            return it.type === 'radio' || it.type === 'checkbox' ? it.labels[0] ?? it : it";
        let value = serde_json::to_value(&element).expect("an element has an id");
        // If it is gone by now, the press fails and the caller looks it up again.
        let handle = self.page.try_run(script, &[value]).ok();
        handle
            .and_then(|handle| self.page.element(&handle))
            .unwrap_or(element)
    }

    /// Presses it once it can be pressed. If a press costs or deletes something, it must also have
    /// been in its place for as long as the page requires: a user is never quicker than that.
    pub fn click(&self) {
        let started = Instant::now();
        loop {
            until(|| self.ask_enabled(), || format!("{self} stays disabled"));
            let mut handle = self.handle();
            if self.is_deliberate(&handle) {
                sleep(DELIBERATE);
                handle = self.handle();
            }
            let clicked = self.page.runtime.block_on(handle.click());
            match clicked {
                Ok(()) => return,
                // It moved, was redrawn or was covered by something that fades away.
                Err(_) if started.elapsed() < HANG => sleep(Duration::from_millis(100)),
                Err(error) => panic!("{self} cannot be pressed: {error}"),
            }
        }
    }

    fn is_deliberate(&self, element: &Element) -> bool {
        let element = serde_json::to_value(element).expect("an element has an id");
        let script = "return arguments[0].closest('[data-deliberate]') !== null";
        self.page.try_run(script, &[element]) == Ok(json!(true))
    }

    /// Types into it, key by key.
    pub fn keys(&self, text: &str) {
        let started = Instant::now();
        loop {
            let element = self.element();
            self.page.uses(&element);
            match self.page.runtime.block_on(element.send_keys(text)) {
                Ok(()) => return,
                // It was redrawn between the lookup and the first key.
                Err(_) if started.elapsed() < HANG => sleep(Duration::from_millis(100)),
                Err(error) => panic!("{self} takes no keys: {error}"),
            }
        }
    }

    /// Selects its content and types over it.
    pub fn write(&self, text: &str) {
        self.click();
        // Control down, A, control up.
        self.keys("\u{e009}a\u{e000}");
        self.keys(text);
    }

    /// Waits until its content contains `text`, and returns all of it.
    pub fn holds(&self, text: &str) -> String {
        self.page.looked();
        let value = || self.read("value").as_str().map(str::to_owned);
        until_some(
            || value().filter(|value| value.contains(text)),
            || format!("{self} does not hold {text:?} but {:?}", value()),
        )
    }

    /// Waits until its content no longer contains `text`.
    pub fn lacks(&self, text: &str) {
        self.page.looked();
        let value = || self.read("value").as_str().map(str::to_owned);
        until(
            || value().is_some_and(|value| !value.contains(text)),
            || format!("{self} still holds {text:?}: {:?}", value()),
        );
    }

    /// A property of its element, as the page's own scripts see it.
    pub fn property(&self, name: &str) -> Value {
        self.page.looked();
        self.read(name)
    }

    fn read(&self, name: &str) -> Value {
        self.ask("return arguments[0][arguments[1]]", &json!(name))
    }

    /// What a script says about its element, `arguments[0]`. If that is redrawn in the meantime, it
    /// is looked up again.
    fn ask(&self, script: &str, argument: &Value) -> Value {
        until_some(
            || {
                let element = serde_json::to_value(self.element()).expect("an element has an id");
                self.page.try_run(script, &[element, argument.clone()]).ok()
            },
            || format!("{self} can't be asked {script}"),
        )
    }

    /// An attribute of its element.
    pub fn attribute(&self, name: &str) -> Option<String> {
        self.page.looked();
        let value = self.ask(
            "return arguments[0].getAttribute(arguments[1])",
            &json!(name),
        );
        value.as_str().map(str::to_owned)
    }

    /// Presses a switch that is off and waits until it is on.
    pub fn turn_on(&self) {
        let is_on = || self.attribute("aria-checked").as_deref() == Some("true");
        if is_on() {
            return;
        }
        self.click();
        until(is_on, || format!("{self} stays off"));
    }

    /// Whether it has the keyboard focus.
    pub fn has_focus(&self) -> bool {
        self.page.looked();
        self.ask(
            "return arguments[0] === document.activeElement",
            &json!(null),
        ) == json!(true)
    }

    /// Whether the user may use it: neither `disabled` nor `aria-disabled`.
    pub fn is_enabled(&self) -> bool {
        self.page.looked();
        self.ask_enabled()
    }

    fn ask_enabled(&self) -> bool {
        let script = "return !arguments[0].matches(':disabled, [aria-disabled=\"true\"], [aria-disabled=\"true\"] *')";
        self.ask(script, &json!(null)) == json!(true)
    }

    /// Its centre, in the page's own pixels.
    pub fn middle(&self) -> (i32, i32) {
        self.page.uses(&self.element());
        let script = "arguments[0].scrollIntoView({ block: 'nearest', behavior: 'instant' }); \
            const box = arguments[0].getBoundingClientRect(); \
            return [box.x + box.width / 2, box.y + box.height / 2]";
        let middle = self.ask(script, &json!(null));
        let number = |at: usize| middle[at].as_f64().expect("a position").round();
        #[allow(clippy::cast_possible_truncation)]
        (number(0) as i32, number(1) as i32)
    }
}

/// A port that nothing is listening on right now.
fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}
