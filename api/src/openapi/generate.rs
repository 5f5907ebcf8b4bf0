//! From the tables of all surfaces to the document.

use std::collections::BTreeMap;

use ambar_domain::ids::AccountId;
use ambar_schemas::oci::error::ErrorBody;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::document::{
    Answer, Components, Content, Document, Header, HeaderOrReference, Info, License, Parameter, ParameterOrReference, RequestBody, Server,
    Tag,
};
use super::operation::{self, Operation, Proof, Surface};
use super::parameter::{self, Shape};
use crate::{iam, manage, oci, ops, token, v1};

const DESCRIPTION: &str = "Everything that Ambar answers over HTTP. What it answers to a method or an address that is not described here is a \
    refusal in the shape of the surface that the address belongs to. Every answer has the header `X-Request-Id`, which finds the request in \
    the registry's log.";

/// Every operation of every surface. What names several hosts is refused before it is known whose it is.
pub(super) fn operations() -> Vec<Operation> {
    let surfaces = [
        manage::openapi::operations(),
        iam::openapi::operations(),
        v1::openapi::operations(),
        oci::openapi::operations(),
        token::openapi::operations(),
        ops::openapi::operations(),
    ];
    let all = surfaces.into_iter().flatten();
    all.map(|operation| {
        operation.refuses(400, "`UNSUPPORTED`: the request has more than one `Host`".to_owned(), Shape::written::<ErrorBody>())
    })
    .collect()
}

/// The document of these operations.
pub(super) fn generate(operations: &[Operation]) -> Document {
    let mut schemas = Schemas::new();
    let mut paths: BTreeMap<&'static str, BTreeMap<String, _>> = BTreeMap::new();
    for operation in operations {
        let methods = paths.entry(operation.path).or_default();
        methods.insert(operation.method.to_ascii_lowercase(), schemas.operation(operation));
    }
    let parameters = BTreeMap::from([("DomainId", schemas.parameter(&domain_id()))]);
    Document {
        openapi: "3.1.0",
        info: Info {
            title: "Ambar",
            summary: "A container image registry whose every change is an event",
            description: DESCRIPTION,
            license: License { name: "Apache 2.0", identifier: "Apache-2.0" },
            version: env!("CARGO_PKG_VERSION"),
        },
        servers: [Server { url: "/" }],
        tags: tags(),
        paths,
        components: Components { schemas: schemas.definitions(), headers: headers(), parameters, security_schemes: security_schemes() },
    }
}

/// What is defined for reading, and for writing.
#[cfg(test)]
pub(super) fn definitions(operations: &[Operation]) -> (serde_json::Map<String, Value>, serde_json::Map<String, Value>) {
    let mut schemas = Schemas::new();
    for operation in operations {
        schemas.operation(operation);
    }
    (schemas.read.take_definitions(true), schemas.written.take_definitions(true))
}

fn tags() -> Vec<Tag> {
    let all = [Surface::Management, Surface::Identity, Surface::Own, Surface::Registry, Surface::Tokens, Surface::Operators];
    all.into_iter().map(|surface| Tag { name: name(surface), description: describe(surface) }).collect()
}

fn name(surface: Surface) -> &'static str {
    match surface {
        Surface::Management => "Management",
        Surface::Identity => "Identity",
        Surface::Own => "Own API",
        Surface::Registry => "Registry",
        Surface::Tokens => "Registry tokens",
        Surface::Operators => "Operators",
    }
}

fn describe(surface: Surface) -> &'static str {
    match surface {
        Surface::Management => {
            "The SWR management API: organizations (*namespaces*), images, versions (*tags*), permissions, shares, login commands. \
             Operations that are not there yet, such as those of triggers, answer 501 and are not described."
        }
        Surface::Identity => {
            "Tokens, projects, users, groups, roles, access keys and agencies, in the shapes of Keystone and of the service's own extensions. \
             An account is a *domain* there."
        }
        Surface::Own => {
            "What goes past the product's API: the account's events, who can do what and why, histories, what accounts entrust to each other, \
             blocks, temporary logins."
        }
        Surface::Registry => {
            "The OCI distribution protocol, which containers are pulled and pushed with. A repository's name may hold further `/`, which \
             stand in the path as they are; a path template cannot say so."
        }
        Surface::Tokens => "Short tokens for registry logins (Docker Registry v2 authentication).",
        Surface::Operators => "What operators watch, the versions of the API, and this document.",
    }
}

fn security_schemes() -> BTreeMap<&'static str, Value> {
    BTreeMap::from([
        (
            "iamToken",
            json!({ "type": "apiKey", "in": "header", "name": "X-Auth-Token", "description": "Got from `POST /v3/auth/tokens`." }),
        ),
        (
            "requestSignature",
            json!({
                "type": "apiKey", "in": "header", "name": "Authorization",
                "description": "`SDK-HMAC-SHA256 …`: the call signed with an access key. A temporary one comes with its token in `X-Security-Token`.",
            }),
        ),
        (
            "registryLogin",
            json!({ "type": "http", "scheme": "basic", "description": "`<project>@<access key>` and the login key, or a temporary login." }),
        ),
        ("registryToken", json!({ "type": "http", "scheme": "bearer", "description": "Got from `/token` for a registry login." })),
    ])
}

/// What every answer has.
fn headers() -> BTreeMap<&'static str, Header> {
    BTreeMap::from([(
        "RequestId",
        Header { description: "Finds the request in the log.", required: true, schema: json!({ "type": "string" }) },
    )])
}

/// What every call of a user may name.
fn domain_id() -> parameter::Parameter {
    parameter::Parameter::header(
        "X-Domain-Id",
        Shape::read::<AccountId>(),
        "The id of the account that the call is made for: the caller's own if nothing is said, or one that has entrusted its registry to that. \
         A signature must cover it then.",
    )
}

/// Any of these; an empty one is none.
fn security(proof: Proof) -> Vec<BTreeMap<&'static str, [(); 0]>> {
    let (schemes, optional): (&[_], _) = match proof {
        Proof::Api => (&["iamToken", "requestSignature"], false),
        Proof::ApiIfAny => (&["iamToken", "requestSignature"], true),
        Proof::Registry => (&["registryLogin", "registryToken"], false),
        Proof::Login => (&["registryLogin"], false),
        Proof::Nothing => (&[], false),
    };
    let needed = schemes.iter().map(|scheme| BTreeMap::from([(*scheme, [])]));
    optional.then(BTreeMap::new).into_iter().chain(needed).collect()
}

/// Gathers the definitions that the operations refer to: what is read, and what is written.
struct Schemas {
    read: SchemaGenerator,
    written: SchemaGenerator,
}

impl Schemas {
    fn new() -> Self {
        let settings = SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = "/components/schemas".into());
        Self { read: settings.clone().for_deserialize().into_generator(), written: settings.for_serialize().into_generator() }
    }

    fn schema(&mut self, shape: &Shape) -> Value {
        match shape {
            Shape::Read(of) => of(&mut self.read).to_value(),
            Shape::Written(of) => of(&mut self.written).to_value(),
            Shape::Plain(schema) => schema.clone(),
        }
    }

    /// A name stands for one type; a test holds that what is read and written under one name looks the same.
    fn definitions(mut self) -> BTreeMap<String, Value> {
        self.read.take_definitions(true).into_iter().chain(self.written.take_definitions(true)).collect()
    }

    fn operation(&mut self, row: &Operation) -> super::document::Operation {
        let content = row.body.iter().map(|body| (body.media_type, self.content(std::slice::from_ref(body)))).collect();
        let parameters = row.parameters.iter().map(|parameter| ParameterOrReference::Parameter(self.parameter(parameter)));
        let shared = (row.proof == Proof::Api).then_some(ParameterOrReference::Reference { reference: "#/components/parameters/DomainId" });
        super::document::Operation {
            operation_id: row.id.to_owned(),
            tags: [name(row.surface)],
            summary: row.summary,
            description: row.details,
            parameters: parameters.chain(shared).collect(),
            request_body: row.body.first().map(|body| RequestBody { required: body.required, content }),
            responses: row.answers.iter().map(|(status, answer)| (status.to_string(), self.answer(answer))).collect(),
            security: security(row.proof),
        }
    }

    fn parameter(&mut self, row: &parameter::Parameter) -> Parameter {
        let parameter::Parameter { name, place, text, shape, required, example } = row;
        Parameter { name, place, description: text, required: *required, schema: self.schema(shape), example: *example }
    }

    fn answer(&mut self, row: &operation::Answer) -> Answer {
        let header = |(name, required, description): &(&'static str, bool, &'static str)| {
            (*name, HeaderOrReference::Header(Header { description, required: *required, schema: json!({ "type": "string" }) }))
        };
        let request_id = ("X-Request-Id", HeaderOrReference::Reference { reference: "#/components/headers/RequestId" });
        let mut by_type: BTreeMap<&'static str, Vec<operation::Body>> = BTreeMap::new();
        for body in &row.bodies {
            by_type.entry(body.media_type).or_default().push(body.clone());
        }
        Answer {
            description: row.texts.join("\n"),
            headers: row.headers.iter().map(header).chain([request_id]).collect(),
            content: by_type.into_iter().map(|(media_type, bodies)| (media_type, self.content(&bodies))).collect(),
        }
    }

    fn content(&mut self, bodies: &[operation::Body]) -> Content {
        let mut shapes: Vec<_> = bodies.iter().filter_map(|body| body.shape.as_ref()).map(|shape| self.schema(shape)).collect();
        let schema = match shapes.len() {
            0 => Value::Null,
            1 => shapes.remove(0),
            _ => json!({ "anyOf": shapes }),
        };
        Content { schema }
    }
}
