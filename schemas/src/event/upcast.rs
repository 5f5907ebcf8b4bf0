//! Upcasters: each lifts the payload of one event type from one version to the next, so that code knows the newest shape only.
//!
//! To give a type a new version: raise its number in `event_names!`, change the Rust type, and add the step here. The schema and the
//! samples of the old version stay where they are, and the samples prove the step.

use serde_json::Value;

/// Turns a payload of one version into one of the next. It does not fail: what it cannot lift stays as it is and then fails to decode.
pub(super) type Upcast = fn(Value) -> Value;

/// The steps there are: (event type, version that it lifts from, the step).
#[derive(Debug)]
pub(super) struct Upcasters(pub(super) &'static [(&'static str, u32, Upcast)]);

/// Every step that was ever needed. None yet: no event type has a second version.
pub(super) static UPCASTERS: Upcasters = Upcasters(&[]);

impl Upcasters {
    /// The step that lifts this version of this type, if there is one.
    pub(super) fn find(&self, event_type: &str, from: u32) -> Option<Upcast> {
        let found = self.0.iter().find(|(name, version, _)| *name == event_type && *version == from);
        found.map(|(_, _, upcast)| *upcast)
    }
}
