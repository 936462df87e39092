//! Readings of the evidence, and judgements upon it, that several causes share.

mod account;
mod config;
mod damage;
mod experiment;
mod health;
mod key;
mod message;
mod pair;
mod remedy;
mod source;
mod trail;
mod vpc;
mod way;
mod wire;

pub(crate) use account::{
    Blamed, Elsewhere, account_unread, as_written, bare, blamed, covers, elsewhere, sender_is_unverified,
};
pub(crate) use config::{by_config, with_config};
pub(crate) use damage::judge_damage;
pub(crate) use experiment::{BadAddress, bad_address, code, flipped, mode_flips};
pub(crate) use health::{exposure, issues, pause, was_on, which_and_since};
pub(crate) use key::{
    created, deletion, is_ours, is_without_user, key_in_question, key_is_gone, newer_active_key, owner,
    status, unless_settled, unusable,
};
pub(crate) use message::{configuration_set, default_set_unread, tenant};
pub(crate) use pair::{
    PROOF, asks_for_pair, at_ses, best_password, best_username, fault_of_logged_name, logged_username,
    refused, refused_everywhere, ses_is_meant, unexplained_refusal, visible_fault,
};
pub(crate) use remedy::{argument, derive_password, new_key, region_argument};
pub(crate) use source::{
    age, client_has_another, is_older_than_key, restore_previous, source_name, store, stored_login,
    wants_stored_login, written_recently,
};
pub(crate) use trail::{change_of_key, events, histories, is_on_key, who_and_when};
pub(crate) use vpc::{Admission, admission, endpoints, is_private};
pub(crate) use way::{
    account_decides, is_line_alone, is_seen, message_was_taken, pair_was_accepted, ses_account,
    trouble_is_seen, with_doubt,
};
pub(crate) use wire::{
    Greeter, failure, greeter, is_ses_host, is_unauthenticated_postfix, names_another_service, ses_said,
    told, told_by_client, told_of_another_service,
};
