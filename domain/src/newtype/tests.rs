//! Every text value: its parser beside the regular expression of its specification, beside the pattern in its JSON Schema.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use proptest::prelude::*;
use regex::Regex;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::access_key::AccessKeyId;
use crate::digest::{Algorithm, Digest, InvalidDigest};
use crate::ids::{AccountId, GroupId, ProjectId, UserId};
use crate::names::{AccountName, GroupName, ProjectName, UserName};
use crate::organization_name::OrganizationName;
use crate::repository::{Category, Description, ShareDescription};
use crate::repository_name::{InvalidRepositoryName, RepositoryName};
use crate::tag::{InvalidReference, Reference, Tag};

/// Requirement P4, word for word.
const ORGANIZATION: &str = "^([a-z]+(?:(?:(?:_|__|[-]*)[a-z0-9]+)+)?)$";
const COMPONENT: &str = "^([a-z0-9]+(?:(?:(?:_|__|[-]*)[a-z0-9]+)+)?)$";
/// OCI distribution-spec, "Pulling manifests".
const TAG: &str = "^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$";

fn matches(pattern: &str, text: &str) -> bool {
    Regex::new(pattern).unwrap().is_match(text)
}

/// Whether the JSON Schema of `T` takes the text.
fn schema_takes<T: JsonSchema>(text: &str) -> bool {
    let schema = schemars::schema_for!(T).to_value();
    assert_eq!(schema["type"], "string");
    let length = u64::try_from(text.chars().count()).unwrap();
    schema["pattern"].as_str().is_none_or(|pattern| matches(pattern, text))
        && schema["minLength"].as_u64().is_none_or(|min| length >= min)
        && schema["maxLength"].as_u64().is_none_or(|max| length <= max)
}

/// Parsing, printing and serde agree about the text. Returns whether it is one.
fn is_one<T>(text: &str) -> bool
where
    T: FromStr + TryFrom<String> + Display + Into<String> + Serialize + DeserializeOwned + Clone + PartialEq + Debug,
{
    let json = serde_json::to_string(text).unwrap();
    let parsed = text.parse::<T>();
    assert_eq!(T::try_from(text.to_owned()).is_ok(), parsed.is_ok(), "{text:?}");
    assert_eq!(serde_json::from_str::<T>(&json).is_ok(), parsed.is_ok(), "{text:?}");
    let Ok(value) = parsed else { return false };
    assert_eq!(value.to_string(), text);
    assert_eq!(value.clone().into(), text.to_owned());
    assert_eq!(serde_json::to_string(&value).unwrap(), json);
    true
}

/// Mostly near misses: few letters, the separators, and what attackers send.
fn nasty() -> impl Strategy<Value = String> {
    let pieces = vec!["a", "z", "0", "9", "_", "__", "-", "--", "/", ".", "A", " ", "\n", "\0", "..", "é", "%2F", ":", "@", "manage"];
    let likely = prop::collection::vec(prop::sample::select(vec!["a", "b0", "_", "-", "/"]), 0..12);
    let unlikely = prop::collection::vec(prop::sample::select(pieces), 0..8);
    prop_oneof![likely.prop_map(|pieces| pieces.concat()), unlikely.prop_map(|pieces| pieces.concat()), any::<String>()]
}

/// Around the longest that is allowed.
fn long() -> impl Strategy<Value = String> {
    (prop::sample::select(vec!["a", "a/b", "-", "a-"]), 60usize..70, 0usize..2, 120usize..132)
        .prop_map(|(join, first, slash, second)| format!("{}{}{join}{}", "a".repeat(first), "/".repeat(slash), "b".repeat(second)))
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![4 => nasty(), 1 => long()]
}

fn is_organization(text: &str) -> bool {
    matches(ORGANIZATION, text) && text.len() <= 64 && text != "manage"
}

fn is_repository(text: &str) -> bool {
    let Some((organization, path)) = text.split_once('/') else { return false };
    is_organization(organization) && path.len() <= 128 && path.split('/').all(|component| matches(COMPONENT, component))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn an_organization_name_is_what_requirement_p4_says(text in text()) {
        prop_assert_eq!(is_one::<OrganizationName>(&text), is_organization(&text));
        prop_assert_eq!(schema_takes::<OrganizationName>(&text), is_organization(&text) || text == "manage");
    }

    #[test]
    fn a_repository_name_is_what_requirement_p4_says(text in text()) {
        prop_assert_eq!(is_one::<RepositoryName>(&text), is_repository(&text));
        prop_assert!(schema_takes::<RepositoryName>(&text) || !is_repository(&text));
    }

    #[test]
    fn a_repository_name_is_its_organization_and_its_path(organization in "[a-z]{1,9}", path in "[a-z0-9]{1,9}(/[a-z0-9]{1,9}){0,3}") {
        prop_assume!(organization != "manage");
        let name: RepositoryName = format!("{organization}/{path}").parse().unwrap();
        prop_assert_eq!(name.organization_str(), &organization);
        prop_assert_eq!(name.organization().to_string(), organization);
        prop_assert_eq!(name.path(), &path);
    }

    #[test]
    fn a_tag_is_what_the_distribution_spec_says(text in prop_oneof![text(), "[a-z._-]{0,4}", "[a-zA-Z0-9_.-]{126,130}"]) {
        prop_assert_eq!(is_one::<Tag>(&text), matches(TAG, &text));
        prop_assert_eq!(schema_takes::<Tag>(&text), matches(TAG, &text));
    }

    #[test]
    fn the_names_people_give_are_what_their_schema_says(text in prop_oneof![text(), "[aZ9_. -]{0,9}", "[a ]{62,66}"]) {
        let expected = schema_takes::<AccountName>(&text);
        let found = [is_one::<AccountName>(&text), is_one::<UserName>(&text), is_one::<GroupName>(&text), is_one::<ProjectName>(&text)];
        prop_assert_eq!(found, [expected; 4]);
    }

    #[test]
    fn ids_and_access_keys_are_what_their_schema_says(text in prop_oneof![nasty(), "[0-9a-f]{31,33}", "[0-9A-Z]{19,21}", "[0-9a-fA-F]{32}"]) {
        let expected = schema_takes::<AccountId>(&text);
        let found = [is_one::<AccountId>(&text), is_one::<UserId>(&text), is_one::<GroupId>(&text), is_one::<ProjectId>(&text)];
        prop_assert_eq!(found, [expected; 4]);
        prop_assert_eq!(is_one::<AccessKeyId>(&text), schema_takes::<AccessKeyId>(&text));
    }

    #[test]
    fn a_digest_is_what_its_schema_says(text in prop_oneof![nasty(), "(sha256|sha512|SHA256|md5):[0-9a-f]{64}", "sha512:[0-9a-f]{128}", "sha256:[0-9a-fA-F]{63,65}"]) {
        prop_assert_eq!(is_one::<Digest>(&text), schema_takes::<Digest>(&text));
    }

    #[test]
    fn a_digest_is_its_algorithm_and_its_hash(hash in prop::collection::vec(any::<u8>(), 64)) {
        for (algorithm, hash) in [(Algorithm::Sha256, &hash[..32]), (Algorithm::Sha512, &hash[..])] {
            let digest = Digest::from_hash(algorithm, hash).unwrap();
            let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            prop_assert_eq!((digest.algorithm(), digest.hex()), (algorithm, hex.as_str()));
            prop_assert_eq!(&digest, &format!("{}:{hex}", algorithm.as_str()).parse::<Digest>().unwrap());
        }
    }

    #[test]
    fn a_reference_is_a_digest_if_it_has_a_colon_and_else_a_tag(text in prop_oneof![nasty(), "sha256:[0-9a-f]{64}", "v[0-9.]{1,5}"]) {
        let expected = match (text.contains(':'), text.parse::<Digest>(), text.parse::<Tag>()) {
            (true, digest, _) => digest.map(Reference::Digest).map_err(InvalidReference::Digest),
            (false, _, tag) => tag.map(Reference::Tag).map_err(InvalidReference::Tag),
        };
        prop_assert_eq!(text.parse::<Reference>(), expected);
    }
}

#[test]
fn the_longest_names_are_taken_and_one_more_character_is_refused() {
    let (organization, path) = ("a".repeat(64), "b".repeat(128));
    assert!(is_one::<OrganizationName>(&organization) && !is_one::<OrganizationName>(&format!("{organization}a")));
    assert!(is_one::<RepositoryName>(&format!("{organization}/{path}")) && !is_one::<RepositoryName>(&format!("a/{path}b")));
}

#[test]
fn a_description_has_up_to_30_000_characters_and_that_of_a_share_1_000_whatever_they_are() {
    for character in ["a", "\n", "é", "🦀"] {
        let longest = character.repeat(30_000);
        assert!(is_one::<Description>(&longest) && schema_takes::<Description>(&longest));
        let longer = format!("{longest}a");
        assert!(!is_one::<Description>(&longer) && !schema_takes::<Description>(&longer));
    }
    assert!(is_one::<Description>("") && is_one::<ShareDescription>(""));
    assert!(is_one::<ShareDescription>(&"é".repeat(1_000)) && !is_one::<ShareDescription>(&"é".repeat(1_001)));
}

#[test]
fn a_category_is_called_in_events_what_it_is_called_everywhere() {
    for category in Category::ALL {
        assert_eq!(serde_json::to_value(category).unwrap(), category.as_str());
        assert_eq!(category.to_string().parse(), Ok(category));
    }
    assert!("Linux".parse::<Category>().is_err());
    assert_eq!(Category::default().as_str(), "other");
}

#[test]
fn a_bad_name_is_refused_in_the_words_that_clients_know() {
    let namespace = "Team/web".parse::<RepositoryName>().unwrap_err();
    assert_eq!((namespace, namespace.to_string().as_str()), (InvalidRepositoryName::Organization, "name invalid: 'namespace' is invalid"));
    for text in ["web", "team/", "team/Web", "team//web", "team/web/"] {
        let repository = text.parse::<RepositoryName>().unwrap_err();
        assert_eq!(repository, InvalidRepositoryName::Path, "{text}");
        assert!(repository.to_string().starts_with("name invalid: 'repository' is invalid; an image is organization/name"));
    }
}

#[test]
fn a_digest_says_what_is_wrong_with_it() {
    assert_eq!("latest".parse::<Digest>(), Err(InvalidDigest::Malformed));
    assert_eq!("md5:d41d8cd98f00b204e9800998ecf8427e".parse::<Digest>(), Err(InvalidDigest::UnsupportedAlgorithm));
    assert_eq!("sha256:12".parse::<Digest>(), Err(InvalidDigest::InvalidHex));
    assert_eq!(Digest::from_hash(Algorithm::Sha256, &[0; 31]), Err(InvalidDigest::InvalidHex));
}
