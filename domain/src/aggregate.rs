//! How every aggregate stands in `cqrs-es`: a pure `decide` and `evolve`, and the adapter that lends them to the framework.

/// The event, unless what it would say is so already.
pub(crate) fn unless<E>(already_so: bool, event: E) -> Vec<E> {
    if already_so { vec![] } else { vec![event] }
}

/// Implements [`cqrs_es::Aggregate`] for a type with `decide(&self, Command) -> Result<Vec<Event>, Error>` and `evolve(&mut self, Event)`.
///
/// All decisions are made before the first event is written, so a refusal leaves the aggregate as it was. The store relies on that
/// when it puts an aggregate back into its cache after a refused command.
macro_rules! aggregate {
    ($type:ident, $name:literal, $command:ident, $event:ident, $error:ident) => {
        impl cqrs_es::Aggregate for $type {
            const TYPE: &'static str = $name;
            type Command = $command;
            type Event = $event;
            type Error = $error;
            type Services = ();

            async fn handle(&mut self, command: $command, (): &(), sink: &cqrs_es::event_sink::EventSink<Self>) -> Result<(), $error> {
                for event in self.decide(command)? {
                    sink.write(event, self).await;
                }
                Ok(())
            }

            fn apply(&mut self, event: $event) {
                self.evolve(event);
            }
        }
    };
}

/// Gives an event enum its permanent stored names and versions, one line a variant.
macro_rules! event_names {
    ($event:ident { $($variant:ident => $name:literal, $version:literal;)+ }) => {
        impl $event {
            /// Every event type this aggregate has ever written, with its newest version.
            pub const TYPES: &'static [(&'static str, u32)] = &[$(($name, $version)),+];

            /// The permanent stored name.
            #[must_use]
            pub fn type_name(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $name),+ }
            }

            /// The version of the payload's shape.
            #[must_use]
            pub fn version(&self) -> u32 {
                match self { $(Self::$variant { .. } => $version),+ }
            }
        }

        impl cqrs_es::DomainEvent for $event {
            fn event_type(&self) -> String {
                self.type_name().to_owned()
            }

            fn event_version(&self) -> String {
                self.version().to_string()
            }
        }
    };
}

pub(crate) use {aggregate, event_names};
