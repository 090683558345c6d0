//! Profiles of this browser: the list of them, what I say of myself, bringing a profile back from its words, and trying that.

mod bequest;
mod devices;
mod list;
mod own;
mod restore;
mod signed_in;
mod succession;
#[cfg(test)]
mod tests;
mod trial;
mod waiting;

pub(super) use devices::{
    confirm_device, devices, expect_device, list_this_device, remove_device, rename_device, restore_device,
};
pub(super) use list::ProfileList;
pub(super) use own::{check_passphrase, confirm_restored, confirm_words, new_account, update};
pub(super) use restore::Args as Restore;
pub(super) use succession::{NewIdentity, account_of_heir, take_over};
pub(super) use trial::Trial;
pub(super) use waiting::random_passphrase;
