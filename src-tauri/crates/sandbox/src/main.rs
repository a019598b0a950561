//! `apiframe-sandbox`: the sandbox as a standalone program.

mod arguments;

use std::io::Write;
use std::process::ExitCode;

use arguments::{Asked, Settings};
use sandbox::{Sandbox, SandboxError};

fn main() -> ExitCode {
    match arguments::read(std::env::args().skip(1)) {
        Ok(Asked::Help) => {
            // A reader that closed the pipe does not want the rest.
            let _ = writeln!(std::io::stdout(), "{}", arguments::HELP);
            ExitCode::SUCCESS
        }
        Ok(Asked::Run(settings)) => run(settings),
        Err(sentence) => complain(&sentence, 2),
    }
}

fn complain(sentence: &dyn std::fmt::Display, code: u8) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "{sentence}");
    ExitCode::from(code)
}

fn run(settings: Settings) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return complain(&format!("The sandbox cannot start: {error}."), 1),
    };
    match runtime.block_on(serve(settings)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&error, 1),
    }
}

/// Serves until the process is ended.
async fn serve(settings: Settings) -> Result<(), SandboxError> {
    let sandbox = Sandbox::builder()
        .port(settings.port)
        .key(settings.key)
        .credits(settings.credits)
        .speed(settings.speed)
        .state_dir(settings.state)
        .start()
        .await?;
    // Written immediately: the process that started this one waits for the line to learn the port.
    let mut output = std::io::stdout();
    let _ = writeln!(output, "listening on {}", sandbox.base_url());
    let _ = output.flush();
    std::future::pending().await
}
