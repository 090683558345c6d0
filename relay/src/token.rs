//! `spinney-relay token`: the operator's tokens for the pinning service, while the relay runs or not.

use std::io::{self, Write};

use clap::{Args, Subcommand};
use spinney::keys::Id;

use crate::{
    Config,
    config::{Admission, Name},
    store::{Error, PinToken, Tokens, today},
};

/// Letters of the longest name of a token.
const NAME: usize = 64;

/// Makes a token with which somebody pins for an id over HTTP, by the IPFS Pinning Service API at /pins. Takes effect at
/// once, while the relay runs.
///
/// The token is good for pins alone: it lists, adds and removes what was pinned with tokens of this id, within its quota.
/// It is shown once, because the relay keeps only its hash.
#[derive(Clone, Debug, Args)]
#[command(verbatim_doc_comment, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Token {
    #[command(subcommand)]
    action: Option<Action>,
    /// Whom the token pins for: k51…
    #[arg(value_name = "ID", required = true)]
    id: Option<Id>,
    /// What you call the token, for the list.
    #[arg(long, value_name = "NAME", default_value = "", value_parser = name)]
    name: String,
}

#[derive(Clone, Debug, Subcommand)]
enum Action {
    /// Lists the tokens of an id, or all: number, id, name, and when it was made.
    List {
        /// Whose tokens: k51…
        #[arg(value_name = "ID")]
        id: Option<Id>,
    },
    /// Ends tokens, by their numbers. What was pinned with them stays.
    End {
        /// Numbers from the list.
        #[arg(value_name = "NUMBER", required = true)]
        numbers: Vec<i64>,
    },
}

/// Why the tokens could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] Error),
    /// There is no token with this number.
    #[error("there is no token {0}: see `spinney-relay token list`")]
    NoToken(i64),
    /// The answer could not be written.
    #[error("the answer could not be written: {0}")]
    Output(#[from] io::Error),
}

impl Token {
    /// Does what was asked for in the data folder of these settings, and writes what it did.
    ///
    /// # Errors
    ///
    /// [`TokenError`]. Tokens are ended one by one.
    pub async fn run(&self, config: &Config, mut out: impl Write) -> Result<(), TokenError> {
        let mut tokens = Tokens::open(&config.data).await?;
        match &self.action {
            Some(Action::List { id }) => {
                for token in tokens.list(id.as_ref()).await? {
                    writeln!(out, "{}", line(&token))?;
                }
            }
            Some(Action::End { numbers }) => {
                for number in numbers {
                    if !tokens.end(*number).await? {
                        return Err(TokenError::NoToken(*number));
                    }
                    writeln!(out, "ended token {number}")?;
                }
            }
            None => {
                // Without an action clap asks for an id.
                if let Some(id) = &self.id {
                    make(config, &mut tokens, id, &self.name, &mut out).await?;
                }
            }
        }
        if !config.pinning {
            writeln!(out, "note: with `pinning = false` the relay answers to no token")?;
        }
        Ok(tokens.close().await?)
    }
}

async fn make(
    config: &Config,
    tokens: &mut Tokens,
    id: &Id,
    name: &str,
    out: &mut impl Write,
) -> Result<(), TokenError> {
    let (number, token) = tokens.make(id, name).await?;
    writeln!(out, "token {number} of {id}, shown this once: {token}")?;
    if !is_admitted(config, tokens, id).await? {
        writeln!(out, "note: {id} is not admitted, so the token does nothing yet")?;
    }
    Ok(())
}

async fn is_admitted(config: &Config, tokens: &mut Tokens, id: &Id) -> Result<bool, Error> {
    match config.admission() {
        Admission::Open => Ok(true),
        _ if config.admitted.contains(&Name(*id)) => Ok(true),
        Admission::Invited => tokens.is_invited(id).await,
        Admission::List => Ok(false),
    }
}

fn line(PinToken { number, id, name, day }: &PinToken) -> String {
    let ago = today().saturating_sub(*day);
    let name = if name.is_empty() { String::new() } else { format!("  \"{name}\"") };
    format!("{number}  {id}{name}  made {ago} days ago")
}

/// Reads a name that fits into one line.
fn name(text: &str) -> Result<String, String> {
    match text.chars().count() <= NAME && !text.chars().any(char::is_control) {
        true => Ok(text.to_owned()),
        false => Err(format!("a name has at most {NAME} letters, in one line")),
    }
}
