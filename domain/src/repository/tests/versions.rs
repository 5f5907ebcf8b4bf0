//! Manifests and the versions that point at them.

use super::*;

#[test]
fn a_new_manifest_is_pushed_under_its_tags() {
    given::<Repository>(&[created()]).when(push(1, &["a", "b"])).then_expect_events(vec![
        manifest_pushed(1),
        version_pushed("a", 1, None),
        version_pushed("b", 1, None),
    ]);
}

#[test]
fn a_manifest_is_pushed_by_digest_under_no_tag() {
    given::<Repository>(&[created()]).when(push(1, &[])).then_expect_events(vec![manifest_pushed(1)]);
}

#[test]
fn pushing_the_same_manifest_again_is_no_event() {
    given::<Repository>(&filled()).when(push(1, &["a"])).then_expect_events(vec![]);
    given::<Repository>(&filled()).when(push(2, &[])).then_expect_events(vec![]);
}

#[test]
fn pushing_a_held_manifest_under_a_new_tag_names_it_only() {
    given::<Repository>(&filled()).when(push(2, &["c"])).then_expect_events(vec![version_pushed("c", 2, None)]);
}

#[test]
fn pushing_an_existing_tag_moves_it_and_says_from_where() {
    given::<Repository>(&filled()).when(push(3, &["a"])).then_expect_events(vec![manifest_pushed(3), version_pushed("a", 3, Some(1))]);
}

#[test]
fn of_several_tags_only_those_that_point_elsewhere_are_events() {
    given::<Repository>(&filled()).when(push(1, &["a", "c", "b"])).then_expect_events(vec![version_pushed("c", 1, None)]);
}

#[test]
fn a_tag_named_twice_in_one_push_is_one_event() {
    given::<Repository>(&filled()).when(push(2, &["c", "c"])).then_expect_events(vec![version_pushed("c", 2, None)]);
}

#[test]
fn the_old_manifest_of_a_moved_tag_is_still_held() {
    let history = [filled(), vec![version_pushed("a", 2, Some(1))]].concat();
    given::<Repository>(&history).when(push(1, &["z"])).then_expect_events(vec![version_pushed("z", 1, None)]);
    given::<Repository>(&history).when(delete_manifest(1)).then_expect_events(vec![version_deleted("b", 1), manifest_deleted(1)]);
}

#[test]
fn a_version_is_deleted_and_its_manifest_stays() {
    given::<Repository>(&filled()).when(delete_version("a")).then_expect_events(vec![version_deleted("a", 1)]);
    let history = [filled(), vec![version_deleted("a", 1)]].concat();
    given::<Repository>(&history).when(push(1, &["a"])).then_expect_events(vec![version_pushed("a", 1, None)]);
}

#[test]
fn a_version_that_is_not_there_cannot_be_deleted() {
    let refused = RepositoryError::VersionNotFound { tag: tag("z") };
    given::<Repository>(&filled()).when(delete_version("z")).then_expect_error(refused);
    let history = [filled(), vec![version_deleted("a", 1)]].concat();
    let refused = RepositoryError::VersionNotFound { tag: tag("a") };
    given::<Repository>(&history).when(delete_version("a")).then_expect_error(refused);
}

#[test]
fn several_versions_are_deleted_at_once_or_none_is() {
    let delete = |tags: &[&str]| RepositoryCommand::DeleteVersions { tags: tags.iter().map(|text| tag(text)).collect() };
    let deleted = vec![version_deleted("b", 1), version_deleted("a", 1)];
    given::<Repository>(&filled()).when(delete(&["b", "a", "b"])).then_expect_events(deleted);
    let refused = RepositoryError::VersionNotFound { tag: tag("z") };
    given::<Repository>(&filled()).when(delete(&["a", "z", "b"])).then_expect_error(refused);
}

#[test]
fn deleting_a_manifest_deletes_every_version_on_it_first() {
    given::<Repository>(&filled()).when(delete_manifest(1)).then_expect_events(vec![
        version_deleted("a", 1),
        version_deleted("b", 1),
        manifest_deleted(1),
    ]);
    given::<Repository>(&filled()).when(delete_manifest(2)).then_expect_events(vec![manifest_deleted(2)]);
}

#[test]
fn a_manifest_that_is_not_held_cannot_be_deleted() {
    let refused = RepositoryError::ManifestNotFound { digest: digest(9) };
    given::<Repository>(&filled()).when(delete_manifest(9)).then_expect_error(refused);
    let history = [filled(), vec![manifest_deleted(2)]].concat();
    let refused = RepositoryError::ManifestNotFound { digest: digest(2) };
    given::<Repository>(&history).when(delete_manifest(2)).then_expect_error(refused);
}

#[test]
fn a_deleted_manifest_is_new_when_it_is_pushed_again() {
    let history = [filled(), vec![version_deleted("a", 1), version_deleted("b", 1), manifest_deleted(1)]].concat();
    given::<Repository>(&history).when(push(1, &["a"])).then_expect_events(vec![manifest_pushed(1), version_pushed("a", 1, None)]);
}

#[test]
fn a_version_is_pointed_at_what_another_one_or_a_digest_names() {
    given::<Repository>(&filled())
        .when(point_version("c", Reference::Tag(tag("a")), false))
        .then_expect_events(vec![version_pushed("c", 1, None)]);
    given::<Repository>(&filled()).when(point_version("a", Reference::Digest(digest(2)), true)).then_expect_events(vec![version_pushed(
        "a",
        2,
        Some(1),
    )]);
    // It is so already.
    given::<Repository>(&filled()).when(point_version("b", Reference::Tag(tag("a")), true)).then_expect_events(vec![]);
}

#[test]
fn a_version_is_pointed_at_nothing_that_is_not_held_and_not_away_from_something_unasked() {
    let point = |name, target| point_version(name, target, false);
    let refused = [
        (point("c", Reference::Tag(tag("d"))), RepositoryError::VersionNotFound { tag: tag("d") }),
        (point("c", Reference::Digest(digest(3))), RepositoryError::ManifestNotFound { digest: digest(3) }),
        (point("a", Reference::Digest(digest(2))), RepositoryError::VersionExists { tag: tag("a") }),
        (point("a", Reference::Digest(digest(1))), RepositoryError::VersionExists { tag: tag("a") }),
    ];
    for (command, refusal) in refused {
        given::<Repository>(&filled()).when(command).then_expect_error(refusal);
    }
}
