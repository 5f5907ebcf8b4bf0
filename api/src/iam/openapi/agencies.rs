//! Agencies, but for their roles.

use ambar_schemas::iam::agency::{Agencies, OneAgency};

use super::super::agencies::{ChangeBody, NewBody};
use super::row;
use crate::openapi::{Operation, Parameter, Shape};

pub(super) fn operations() -> Vec<Operation> {
    let all = "/v3.0/OS-AGENCY/agencies";
    let one = "/v3.0/OS-AGENCY/agencies/{agency}";
    let missing = "There is no such agency in the account";
    vec![
        row("GET", all, "ListIamAgencies", "Lists to whom the account entrusts its registry")
            .with(Parameter::query("domain_id", Shape::text(), "Those of this account."))
            .with(Parameter::query("name", Shape::text(), "The one of this name."))
            .with(Parameter::query("trust_domain_id", Shape::text(), "Those for this account."))
            .with(Parameter::query("page", Shape::number(1, u64::from(u32::MAX)), "Which page, from 1."))
            .with(Parameter::query("per_page", Shape::number(1, u64::from(u32::MAX)), "The most that a page has; all if nothing is said."))
            .gives::<Agencies>(200, "The agencies by name")
            .malformed()
            .denied()
            .missing("The account is not the caller's"),
        row("POST", all, "CreateIamAgency", "Makes an agency")
            .details("It says nothing until it is given a role.")
            .takes::<NewBody>()
            .gives::<OneAgency>(201, "The agency")
            .malformed()
            .denied()
            .missing("There is no such account to entrust to, or the one that entrusts is not the caller's")
            .refuses_in_words(409, "The name is taken, or the trusted account has an agency already")
            .busy(),
        row("GET", one, "ShowIamAgency", "Shows an agency").gives::<OneAgency>(200, "The agency").denied().missing(missing),
        row("PUT", one, "UpdateIamAgency", "Changes an agency's description or its end")
            .details("Whom an agency is for stays as it is.")
            .takes::<ChangeBody>()
            .gives::<OneAgency>(200, "The agency")
            .malformed()
            .denied()
            .missing(missing)
            .busy(),
        row("DELETE", one, "DeleteIamAgency", "Deletes an agency").done(204, "It is gone").denied().missing(missing).busy(),
    ]
}
