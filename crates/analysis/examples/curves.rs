//! Prints the rows behind the curves of a made-up network (`rows`), behind its models
//! (`factors`), or the estimates made from them (`estimates`), for `tests/r`.

#[path = "../tests/suite/network.rs"]
mod network;

use std::io::Write;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let linked = network::fabricate(1200, 7);
    let study = network::study();
    let text = match std::env::args().nth(1).as_deref() {
        Some("rows") => analysis::survival_csv(&analysis::survival_export(&linked, &study)),
        Some("factors") => analysis::factor_csv(&linked, &study),
        Some("estimates") => serde_json::to_string_pretty(&analysis::analyse(
            &linked,
            &study,
            &network::provenance(),
        ))?,
        _ => return Err("ask for `rows`, `factors` or `estimates`".into()),
    };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}
