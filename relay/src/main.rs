//! `spinney-relay --config FILE`: runs until Ctrl-C or SIGTERM. `spinney-relay invite`: invites people. `spinney-relay
//! token`: makes tokens for the pinning service.

use clap::Parser;
use spinney_relay::{
    config::{Command, Flags},
    start,
};
use tracing_subscriber::EnvFilter;

/// What is logged if the environment does not say (`RUST_LOG`). libp2p warns of what peers do, and Yamux reports it as
/// errors: a hostile peer could fill the disk with that.
const LOG: &str = "error,yamux=off,spinney_relay=info";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOG));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let mut flags = Flags::parse();
    let command = flags.command.take();
    let config = flags.config()?;
    match command {
        Some(Command::Invite(invite)) => return Ok(invite.run(&config, std::io::stdout()).await?),
        Some(Command::Token(token)) => return Ok(token.run(&config, std::io::stdout()).await?),
        None => {}
    }
    tracing::info!(admission = ?config.admission(), "starting");
    let relay = start(config).await?;
    for address in relay.addresses() {
        println!("listening {address}");
    }
    asked_to_stop().await?;
    relay.stop().await;
    Ok(())
}

async fn asked_to_stop() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
