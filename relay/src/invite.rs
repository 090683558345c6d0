//! `spinney-relay invite`: the operator's invitations, while the relay runs or not.

use std::io::{self, Write};

use clap::Args;
use spinney::keys::Id;

use crate::{
    Config,
    config::Admission,
    store::{Error, Invitation, Invitations, today},
};

/// Says whose blocks, records and mail the relay stores. Takes effect at once, while the relay runs.
///
/// People find their id in the page under "Invite a friend", "Your lasting code".
#[derive(Clone, Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Invite {
    /// Ids to invite: k51…
    #[arg(value_name = "ID", required_unless_present_any = ["list", "end"])]
    ids: Vec<Id>,
    /// Bytes that each of them may store. Without it, the quota of the settings.
    #[arg(long, value_name = "BYTES", requires = "ids")]
    quota: Option<u64>,
    /// Lists who is invited: id, bytes used, quota, and when.
    #[arg(long, conflicts_with_all = ["ids", "end"])]
    list: bool,
    /// Ends the invitation of an id. What it has stored stays on the disk.
    #[arg(long, value_name = "ID", conflicts_with = "ids")]
    end: Vec<Id>,
}

/// Why the invitations could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] Error),
    /// Nobody with this id is invited.
    #[error("{0} is not invited: see `spinney-relay invite --list`")]
    NotInvited(Id),
    /// The answer could not be written.
    #[error("the answer could not be written: {0}")]
    Output(#[from] io::Error),
}

impl Invite {
    /// Does what was asked for in the data folder of these settings, and writes what it did.
    ///
    /// # Errors
    ///
    /// [`InviteError`]. Of several ids either all are invited or none; ids are ended one by one.
    pub async fn run(&self, config: &Config, mut out: impl Write) -> Result<(), InviteError> {
        let mut invitations = Invitations::open(&config.data).await?;
        if self.list {
            for invitation in invitations.list().await? {
                writeln!(out, "{}", line(&invitation, config.quota))?;
            }
        }
        if !self.ids.is_empty() {
            invitations.invite(&self.ids, self.quota).await?;
            for id in &self.ids {
                writeln!(out, "invited {id}, quota {} bytes", self.quota.unwrap_or(config.quota))?;
            }
        }
        for id in &self.end {
            if !invitations.end(id).await? {
                return Err(InviteError::NotInvited(*id));
            }
            writeln!(out, "ended {id}")?;
        }
        match config.admission() {
            Admission::Invited => {}
            Admission::Open => writeln!(out, "note: with admission \"open\" everybody is admitted")?,
            Admission::List => {
                writeln!(out, "note: with admission \"list\" only ids in `admitted` are admitted")?;
            }
        }
        Ok(invitations.close().await?)
    }
}

fn line(Invitation { id, quota, day, used }: &Invitation, usual: u64) -> String {
    let ago = today().saturating_sub(*day);
    format!("{id}  {used} of {} bytes, invited {ago} days ago", quota.unwrap_or(usual))
}
