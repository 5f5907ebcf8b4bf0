//! One operation of a surface as its row in the table says it: method, path, what it takes, what it answers.
//!
//! Types stand for their schemas, so that what is described is what is read and written.

use std::collections::BTreeMap;

use schemars::JsonSchema;

use super::parameter::{Parameter, Shape};

/// A part of the API, with its own ways of logging in and refusing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Surface {
    Management,
    Identity,
    Own,
    Registry,
    Tokens,
    Operators,
}

/// How a caller proves who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    /// By an IAM token or a request signature.
    Api,
    /// The same, or not at all: it depends on what is asked for.
    ApiIfAny,
    /// By a registry login, or a token got for one.
    Registry,
    /// By a registry login only.
    Login,
    /// Not at all.
    Nothing,
}

/// What a body is.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    pub(crate) media_type: &'static str,
    /// None for bytes that nothing is said of.
    pub(crate) shape: Option<Shape>,
    pub(crate) required: bool,
}

/// An answer to one status. It may have one of several bodies.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    pub(crate) texts: Vec<String>,
    pub(crate) bodies: Vec<Body>,
    pub(crate) headers: Vec<(&'static str, bool, &'static str)>,
}

/// A row of the table.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    /// Unique; what the surface's documents call it, where they do.
    pub(crate) id: &'static str,
    pub(crate) surface: Surface,
    pub(crate) summary: &'static str,
    pub(crate) details: &'static str,
    pub(crate) proof: Proof,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Vec<Body>,
    pub(crate) answers: BTreeMap<u16, Answer>,
}

impl Operation {
    pub(crate) fn new(method: &'static str, path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self {
            method,
            path,
            id,
            surface: Surface::Management,
            summary,
            details: "",
            proof: Proof::Api,
            parameters: Vec::new(),
            body: Vec::new(),
            answers: BTreeMap::new(),
        }
    }

    /// Where it belongs, and how callers prove who they are.
    pub(crate) fn of(self, surface: Surface, proof: Proof) -> Self {
        Self { surface, proof, ..self }
    }

    pub(crate) fn details(self, details: &'static str) -> Self {
        Self { details, ..self }
    }

    pub(crate) fn with(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self
    }

    pub(crate) fn with_all(mut self, parameters: impl IntoIterator<Item = Parameter>) -> Self {
        self.parameters.extend(parameters);
        self
    }

    /// A parameter for every part of the path in braces, as the surface describes it.
    pub(crate) fn naming(mut self, describe: fn(&str) -> Option<Parameter>) -> Self {
        let names = self.path.split(['{', '}']).skip(1).step_by(2);
        let named: Vec<_> = names.filter_map(describe).collect();
        self.parameters.splice(0..0, named);
        self
    }

    /// Takes JSON.
    pub(crate) fn takes<T: JsonSchema>(self) -> Self {
        self.takes_as("application/json", Some(Shape::read::<T>()), true)
    }

    pub(crate) fn takes_as(mut self, media_type: &'static str, shape: Option<Shape>, required: bool) -> Self {
        self.body.push(Body { media_type, shape, required });
        self
    }

    /// Answers JSON.
    pub(crate) fn gives<T: JsonSchema>(self, status: u16, text: &'static str) -> Self {
        self.gives_as(status, text, "application/json", Some(Shape::written::<T>()))
    }

    pub(crate) fn gives_as(mut self, status: u16, text: &'static str, media_type: &'static str, shape: Option<Shape>) -> Self {
        self = self.done(status, text);
        if !self.is_head() {
            self.answers.entry(status).or_default().bodies.push(Body { media_type, shape, required: true });
        }
        self
    }

    /// Answers without a body.
    pub(crate) fn done(mut self, status: u16, text: &'static str) -> Self {
        let texts = &mut self.answers.entry(status).or_default().texts;
        if !texts.iter().any(|known| known == text) {
            texts.push(text.to_owned());
        }
        self
    }

    /// A header that an answer always has.
    pub(crate) fn header(self, status: u16, name: &'static str, text: &'static str) -> Self {
        self.header_if(status, name, true, text)
    }

    /// A header that an answer may have. What was said of it before stands.
    pub(crate) fn header_if(mut self, status: u16, name: &'static str, always: bool, text: &'static str) -> Self {
        let headers = &mut self.answers.entry(status).or_default().headers;
        if !headers.iter().any(|(known, ..)| *known == name) {
            headers.push((name, always, text));
        }
        self
    }

    /// The answer may say when trying again may help.
    pub(crate) fn retried(self, status: u16, always: bool) -> Self {
        self.header_if(status, "Retry-After", always, "In how many seconds to try again.")
    }

    /// A refusal; several of one status are told in one answer.
    pub(crate) fn refuses(mut self, status: u16, text: String, shape: Shape) -> Self {
        let is_head = self.is_head();
        let answer = self.answers.entry(status).or_default();
        if !answer.texts.contains(&text) {
            answer.texts.push(text);
        }
        if !is_head && !answer.bodies.iter().any(|body| body.shape.as_ref() == Some(&shape)) {
            answer.bodies.push(Body { media_type: "application/json", shape: Some(shape), required: true });
        }
        if matches!(status, 429 | 503) { self.retried(status, true) } else { self }
    }

    /// The same by `HEAD`, whose answers have no body.
    pub(crate) fn head(&self, id: &'static str) -> Self {
        let mut head = Self { method: "HEAD", id, ..self.clone() };
        head.answers.values_mut().for_each(|answer| answer.bodies.clear());
        head
    }

    fn is_head(&self) -> bool {
        self.method == "HEAD"
    }
}
