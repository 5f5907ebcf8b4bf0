//! Who is asking, and what they may do here.
//!
//! [`authenticate`] finds out who. The capabilities ([`Puller`], [`Pusher`], [`Deleter`], [`Uploader`]) can only be had by proving the right:
//! a handler that takes one cannot run without it. Whoever has no level on a repository gets the same answer whether it exists or not.

mod capability;
mod identity;
mod logins;

pub(crate) use capability::{Deleter, Puller, Pusher, Uploader, new_session, readable};
pub(crate) use identity::Identity;
pub(crate) use logins::{Authenticated, Logins, authenticate, check_login};
