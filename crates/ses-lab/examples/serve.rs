//! Serves a world until it is interrupted, and prints the environment to use it with:
//! `cargo run -p ses-lab --example serve -- wrong-region-password`, or with the path of a TOML file.

use std::path::Path;

use ses_lab::{Lab, Options, World, scenario};

#[tokio::main]
#[expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program: it has arguments and a terminal"
)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let name = std::env::args().nth(1).unwrap_or_else(|| "healthy".to_owned());
    let world = match scenario(&name) {
        Some(text) => World::parse(&name, text)?,
        None => World::read(Path::new(&name))?,
    };
    let lab = Lab::start(world, Options::default()).await?;
    for (name, value) in lab.environment() {
        println!("export {name}='{}'", value.replace('\'', "'\\''"));
    }
    std::future::pending::<()>().await;
    Ok(())
}
