//! Shows a folder of pages on this machine alone.

use crate::exit::{Exit, Failure};
use crate::progress::Reporter;
use axum::Router;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Command, Stdio};
use tower_http::services::ServeDir;

/// Serves until Ctrl-C, on the loopback address only.
pub fn serve(folder: &Path, port: u16, reporter: &Reporter) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(
            Exit::Io,
            format!("De site kon niet worden geopend: {error}."),
        )
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(failed)?;
    let pages = Router::new().fallback_service(ServeDir::new(folder));
    runtime.block_on(async {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listener = tokio::net::TcpListener::bind(address)
            .await
            .map_err(failed)?;
        let url = format!("http://{}/", listener.local_addr().map_err(failed)?);
        println!("\nDe site staat open op {url} (stoppen met Ctrl-C).");
        if !open_browser(&url) {
            reporter.say("Open dit adres in een browser.");
        }
        let stop = async {
            // Without a signal handler the demo is stopped like any other program.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        axum::serve(listener, pages)
            .with_graceful_shutdown(stop)
            .await
            .map_err(failed)
    })
}

fn open_browser(url: &str) -> bool {
    let opener = if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    Command::new(opener)
        .arg(url)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .is_ok()
}
