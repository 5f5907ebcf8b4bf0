//! Public images of all accounts.

use ambar_domain::level::Visibility;
use ambar_domain::organization::OrganizationCommand;
use ambar_domain::repository::{Category, RepositoryCommand};

use super::history::{Step, account, after, open_account, push, take};
use super::plans::plan;
use crate::Views;
use crate::center::{CenterQuery, PAGE, list_public_images};

async fn world() -> (super::node::Node, Views) {
    let there = [open_account(0, "acme"), Step::CreateOrganization(0), Step::CreateOrganization(1)];
    let images = [0, 1, 2, 3].map(Step::CreateRepository);
    let public = [Step::Publish(0, true), Step::Publish(1, true), Step::Publish(3, true)];
    after(&[&there[..], &images, &public, &[push(3, 0, 1), push(3, 1, 2), Step::Describe(3, Some(Category::Database), None)]].concat())
        .await
}

fn names(views: &Views, query: &CenterQuery) -> Vec<String> {
    let reader = views.reader().unwrap();
    let found = list_public_images(&reader.snapshot().unwrap(), query, None, 10).unwrap();
    found.into_iter().map(|image| image.card.name.to_string()).collect()
}

#[tokio::test]
async fn what_is_public_is_found_by_name_organization_and_category_as_long_as_it_is() {
    let (node, views) = world().await;
    let of = |organization: &str| CenterQuery { organization: Some(organization.parse().unwrap()), ..CenterQuery::default() };
    let named = |text: &str| CenterQuery { name_contains: Some(text.to_owned()), ..CenterQuery::default() };
    assert_eq!(names(&views, &CenterQuery::default()), ["org0/repo0", "org1/repo1", "org1/repo3"]);
    assert_eq!(names(&views, &of("org1")), ["org1/repo1", "org1/repo3"]);
    assert_eq!(names(&views, &of("none")), Vec::<String>::new());
    assert_eq!(names(&views, &named("o1")), ["org1/repo1"]);
    assert_eq!(names(&views, &named("")).len(), 3);
    assert_eq!(names(&views, &CenterQuery { category: Some(Category::Database), ..named("repo") }), ["org1/repo3"]);
    take(&node, &node.aggregates(&views), Step::Publish(1, false)).await;
    take(&node, &node.aggregates(&views), Step::DeleteRepository(0)).await;
    assert_eq!(names(&views, &CenterQuery::default()), ["org1/repo3"]);
}

#[tokio::test]
async fn pages_go_on_behind_each_other_and_an_image_tells_its_newest_version() {
    let (_node, views) = world().await;
    let reader = views.reader().unwrap();
    let snapshot = reader.snapshot().unwrap();
    let (mut after, mut found) = (None, Vec::new());
    while let [image] = &list_public_images(&snapshot, &CenterQuery::default(), after.as_ref(), 1).unwrap()[..] {
        after = Some(image.card.name.clone());
        found.push(image.clone());
    }
    assert_eq!(found, list_public_images(&snapshot, &CenterQuery::default(), None, 10).unwrap());
    assert_eq!((found.len(), &found[0].newest, found[2].card.account_name.as_str()), (3, &None, "acme"));
    let newest = found[2].newest.clone().unwrap();
    assert_eq!((newest.tag.as_str(), newest.platforms), ("v2", vec!["linux/amd64".to_owned()]));
}

#[tokio::test]
async fn what_a_page_tells_is_of_one_moment_and_nothing_of_an_image_that_has_become_private() {
    let (node, views) = world().await;
    let reader = views.reader().unwrap();
    let snapshot = reader.snapshot().unwrap();
    let listed = || list_public_images(&snapshot, &CenterQuery::default(), None, 10).unwrap();
    let before = listed();
    for step in [Step::Publish(3, false), push(3, 2, 3)] {
        take(&node, &node.aggregates(&views), step).await;
    }
    assert_eq!(listed(), before);
    assert_eq!(before[2].newest.as_ref().map(|version| version.tag.as_str()), Some("v2"));
    assert_eq!(names(&views, &CenterQuery::default()), ["org0/repo0", "org1/repo1"]);
}

#[tokio::test]
async fn images_named_alike_follow_each_other_and_a_cursor_does_not_tell_of_private_ones() {
    let (node, views) = after(&[open_account(0, "acme")]).await;
    let aggregates = node.aggregates(&views);
    let create = |visibility| RepositoryCommand::Create { account: account(0), visibility };
    let created = [("one/web", Visibility::Private), ("two/web", Visibility::Public), ("three/web", Visibility::Private)];
    for (name, visibility) in created.into_iter().chain([("four/web", Visibility::Public), ("five/web", Visibility::Public)]) {
        let organization = name.split_once('/').unwrap().0;
        let found = OrganizationCommand::Create { account: account(0) };
        aggregates.organizations.execute(organization, found, &node.context()).await.unwrap();
        aggregates.repositories.execute(name, create(visibility), &node.context()).await.unwrap();
    }
    let reader = views.reader().unwrap();
    let behind = |name: &str| {
        let found = list_public_images(&reader.snapshot().unwrap(), &CenterQuery::default(), Some(&name.parse().unwrap()), 10).unwrap();
        found.into_iter().map(|image| image.card.name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(behind("two/web"), ["four/web", "five/web"]);
    assert_eq!(behind("five/web"), Vec::<String>::new());
    // As if there were nothing of that name, wherever it stands among the others.
    for private in ["one/web", "three/web", "none/web"] {
        assert_eq!(behind(private), ["two/web", "four/web", "five/web"], "{private}");
    }
}

#[test]
fn a_page_is_read_in_the_order_of_the_public_names_and_nothing_of_what_is_private() {
    let plan = plan(PAGE);
    assert!(
        plan.iter().any(|line| line.starts_with("SEARCH card USING") && line.contains("INDEX public_cards ((path,repository)>")),
        "{plan:?}"
    );
    assert!(plan.iter().all(|line| !line.contains("SCAN card") && !line.contains("ORDER BY")), "{plan:?}");
}
