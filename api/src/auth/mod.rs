//! Who is asking, and what they may do here.
//!
//! [`authenticate`] finds out who, and [`authenticate_api`] for the API, where requests are signed. The capabilities ([`Puller`], [`Pusher`], [`Deleter`], [`Uploader`]) can only be had by proving the right:
//! a handler that takes one cannot run without it. Whoever has no level on a repository gets the same answer whether it exists or not.

mod api_auth_error;
mod api_login;
mod attempt;
mod capability;
mod delegate;
mod identity;
mod logins;
mod member;

pub(crate) use api_auth_error::ApiAuthError;
pub(crate) use api_login::{X_AUTH_TOKEN, X_SECURITY_TOKEN, authenticate_again, authenticate_api};
pub(crate) use attempt::{login_failed, may_log_in};
pub(crate) use capability::{Deleter, Puller, Pusher, Uploader, new_session, readable};
pub(crate) use delegate::{delegate, delegate_since, delegate_under};
pub(crate) use identity::Identity;
pub(crate) use logins::{Authenticated, BEARER_TOKEN, Logins, authenticate, authenticate_as};
pub(crate) use member::Member;
