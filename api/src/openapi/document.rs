//! An OpenAPI 3.1 document, as far as it is used here. Schemas are JSON Schemas of draft 2020-12, as the specification has them.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

#[derive(Debug, Serialize)]
pub(super) struct Document {
    pub(super) openapi: &'static str,
    pub(super) info: Info,
    pub(super) servers: [Server; 1],
    pub(super) tags: Vec<Tag>,
    pub(super) paths: BTreeMap<&'static str, BTreeMap<String, Operation>>,
    pub(super) components: Components,
}

#[derive(Debug, Serialize)]
pub(super) struct Info {
    pub(super) title: &'static str,
    pub(super) summary: &'static str,
    pub(super) description: &'static str,
    pub(super) license: License,
    pub(super) version: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct License {
    pub(super) name: &'static str,
    pub(super) identifier: &'static str,
}

/// Where the API is: relative to the document.
#[derive(Debug, Serialize)]
pub(super) struct Server {
    pub(super) url: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct Tag {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Operation {
    pub(super) operation_id: String,
    pub(super) tags: [&'static str; 1],
    pub(super) summary: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) description: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) parameters: Vec<ParameterOrReference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) request_body: Option<RequestBody>,
    pub(super) responses: BTreeMap<String, Answer>,
    /// Any of them will do; none is needed where there is none, or an empty one.
    pub(super) security: Vec<BTreeMap<&'static str, [(); 0]>>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    #[serde(rename = "in")]
    pub(super) place: &'static str,
    pub(super) description: &'static str,
    pub(super) required: bool,
    pub(super) schema: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) example: Option<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum ParameterOrReference {
    Parameter(Parameter),
    Reference {
        #[serde(rename = "$ref")]
        reference: &'static str,
    },
}

#[derive(Debug, Serialize)]
pub(super) struct RequestBody {
    pub(super) required: bool,
    pub(super) content: BTreeMap<&'static str, Content>,
}

#[derive(Debug, Serialize)]
pub(super) struct Answer {
    pub(super) description: String,
    pub(super) headers: BTreeMap<&'static str, HeaderOrReference>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) content: BTreeMap<&'static str, Content>,
}

#[derive(Debug, Serialize)]
pub(super) struct Content {
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(super) schema: Value,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum HeaderOrReference {
    Header(Header),
    Reference {
        #[serde(rename = "$ref")]
        reference: &'static str,
    },
}

#[derive(Debug, Serialize)]
pub(super) struct Header {
    pub(super) description: &'static str,
    pub(super) required: bool,
    pub(super) schema: Value,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Components {
    pub(super) schemas: BTreeMap<String, Value>,
    pub(super) headers: BTreeMap<&'static str, Header>,
    pub(super) parameters: BTreeMap<&'static str, Parameter>,
    pub(super) security_schemes: BTreeMap<&'static str, Value>,
}
