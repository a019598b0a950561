//! Proxies: the desktop's own, and that nothing on this computer is looked for behind one.

use std::net::TcpListener;

use crate::harness::proxy_settings::ProxySettings;
use crate::harness::wait::until_some;
use crate::harness::{KEY, Options, Window};

/// An address that nothing listens on.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    address.to_string()
}

#[test]
fn the_proxy_of_the_desktop_is_used_and_named_when_it_does_not_answer() {
    let mut window = Window::prepare(Options {
        environment: vec![("APIFRAME_BASE_URL", "https://api.apiframe.test".into())],
        ..Options::default()
    });
    let proxy = nobody();
    let settings = ProxySettings::start(&window, &format!("http://{proxy}"));
    window.open();
    window.textbox("Apiframe API key").keys(KEY);
    window.button("Continue").click();
    window.shows(&format!(
        "The proxy {proxy}, which this computer is set to use, does not answer."
    ));
    // The portal is told where a request goes, and no more.
    let asked = settings.asked();
    assert!(
        asked.iter().all(|one| one == "https://api.apiframe.test"),
        "{asked:?}"
    );
}

#[test]
fn a_proxy_that_the_environment_names_is_never_asked_for_what_is_on_this_computer() {
    let proxy = format!("http://{}", nobody());
    let names = ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY"];
    let window = Window::start(Options {
        environment: names.map(|name| (name, proxy.clone())).into(),
        ..Options::default()
    });
    window.button("Use the sandbox").click();
    window.textbox("Prompt").write("Snow falls on the square");
    window.choice("Quality", "Standard 720p").click();
    window.button("Generate…").click();
    window.button("Play: Snow falls on the square").click();
    window.time_passes();
}

#[test]
fn why_a_clip_waits_is_on_its_card_and_not_cut_off() {
    let mut window = Window::prepare(Options {
        environment: vec![
            ("APIFRAME_BASE_URL", "https://api.apiframe.test".into()),
            ("APIFRAME_API_KEY", KEY.into()),
        ],
        ..Options::default()
    });
    let proxy = nobody();
    let _settings = ProxySettings::start(&window, &format!("http://{proxy}"));
    window.open();
    window.textbox("Prompt").write("Snow falls on the square");
    window.button("Generate…").click();
    let card = window
        .page()
        .find("button", "Rendering: Snow falls on the square");
    card.appears();
    window.button("Cancel").appears();
    let sentence =
        format!("The proxy {proxy}, which this computer is set to use, does not answer.");
    // Its text, and how much of it is hidden.
    let script = "const text = document.querySelector('.waits'); \
        return text && [text.textContent, text.scrollHeight - text.clientHeight]";
    let hidden = || {
        let found = window.page().run(script, &[]);
        let said = found[0].as_str()?.contains(&sentence);
        said.then(|| found[1].as_i64())?
    };
    let hidden = until_some(hidden, || "the card does not say why it waits".into());
    assert_eq!(hidden, 0, "a part of it is hidden");
}
