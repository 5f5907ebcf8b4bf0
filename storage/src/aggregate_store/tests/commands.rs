use std::collections::HashMap;

use ambar_domain::name_claim::NameClaimCommand;
use proptest::prelude::*;

use super::*;

/// Every event was decided in the state that the events before it left: each names what its tag pointed at until then.
fn assert_is_serial(events: &[RecordedEvent]) {
    let mut tags = HashMap::new();
    for (index, event) in events.iter().enumerate() {
        assert_eq!(event.sequence, index as u64 + 1);
        if let RepositoryEvent::VersionPushed { tag, digest, previous_digest } = serde_json::from_str(&event.payload).unwrap() {
            assert_eq!(tags.insert(tag, digest), previous_digest);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_commands_on_one_aggregate_all_land_without_a_conflict() {
    let world = World::new();
    let aggregates = world.with_repository().await;
    let pushes = (0..200).map(|number| {
        let (world, aggregates) = (world.clone(), aggregates.clone());
        tokio::spawn(async move { world.execute(&aggregates, push_to(number, number % 5)).await })
    });
    for pushed in futures::future::join_all(pushes).await {
        pushed.unwrap().unwrap();
    }
    let events = world.recorded().await;
    assert_eq!((events.len(), world.conflicts()), (401, 0));
    assert_is_serial(&events);
}

#[tokio::test]
async fn commands_on_one_aggregate_are_enqueued_before_the_first_is_durable() {
    let world = World::new();
    let aggregates = world.with_repository().await;
    world.hold_answers();
    let pushes: Vec<_> = (0..10).map(|number| world.execute(&aggregates, push(number))).collect();
    let mut pushes = Box::pin(futures::future::join_all(pushes));
    assert!(is_waiting(&mut pushes).await);
    let mut wakeups = world.log.wakeups();
    while world.recorded().await.len() < 21 {
        wakeups.changed().await.unwrap();
    }
    world.release_answers();
    assert!(pushes.await.iter().all(Result::is_ok));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Pushes and deletions in three processes at once, a third of whose appends meet a fault.
    #[test]
    fn any_interleaving_with_any_faults_is_some_serial_order(
        commands in prop::collection::vec((0..3_usize, 0..6_usize, 0..3_usize, any::<bool>()), 20..60),
        faults in prop::collection::vec(0..3_u8, 0..20),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
        runtime.block_on(async {
            let world = World::new();
            world.with_repository().await;
            let processes = [world.aggregates(), world.aggregates(), world.aggregates()];
            let fault = |number: &u8| [Fault::Unavailable, Fault::LostBefore, Fault::LostAfter][usize::from(*number)];
            world.fail_next(faults.iter().map(fault));
            let tasks: Vec<_> = commands.into_iter().map(|(process, manifest, tag, deletes)| {
                let (world, aggregates) = (world.clone(), processes[process].clone());
                let push = push_to(manifest, tag);
                let command = if deletes { RepositoryCommand::DeleteVersions { tags: vec![format!("v{tag}").parse().unwrap()] } } else { push };
                tokio::spawn(async move {
                    let context = world.context();
                    (context.command_id, aggregates.repositories.execute("team/web", command, &context).await)
                })
            }).collect();
            let mut refused = Vec::new();
            for task in tasks {
                let (command_id, answer) = task.await.unwrap();
                match answer {
                    Ok(()) => {}
                    Err(CommandError::Refused(_) | CommandError::Unavailable(_) | CommandError::Conflict) => refused.push(command_id),
                    Err(error) => panic!("{error}"),
                }
            }
            let events = world.recorded().await;
            let mut tags: HashMap<_, _> = HashMap::new();
            for (index, event) in events.iter().enumerate() {
                assert_eq!(event.sequence, index as u64 + 1);
                assert!(!refused.contains(&event.command_id), "an event of a command that was said to have recorded nothing");
                match serde_json::from_str(&event.payload).unwrap() {
                    RepositoryEvent::VersionPushed { tag, digest, previous_digest } => assert_eq!(tags.insert(tag, digest), previous_digest),
                    RepositoryEvent::VersionDeleted { tag, digest } => assert_eq!(tags.remove(&tag), Some(digest)),
                    _ => {}
                }
            }
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_on_one_stream_lose_nothing() {
    let world = World::new();
    let processes = [world.with_repository().await, world.aggregates()];
    for round in 0..20 {
        let pushes = (0..4).map(|number| world.execute(&processes[number % 2], push(round * 4 + number)));
        assert!(futures::future::join_all(pushes).await.iter().all(Result::is_ok));
    }
    let events = world.recorded().await;
    assert_eq!(events.len(), 161);
    assert_is_serial(&events);
    assert!(world.conflicts() > 0);
}

#[tokio::test]
async fn a_refused_command_records_nothing_and_costs_no_second_load() {
    let world = World::new();
    let aggregates = world.with_repository().await;
    let loaded = world.events_loaded();
    for _ in 0..3 {
        let delete = RepositoryCommand::DeleteVersions { tags: vec!["v1".parse().unwrap()] };
        let refused = world.execute(&aggregates, delete).await;
        assert!(matches!(refused, Err(CommandError::Refused(RepositoryError::VersionNotFound { .. }))), "{refused:?}");
    }
    world.execute(&aggregates, push(1)).await.unwrap();
    assert_eq!((world.recorded().await.len(), world.events_loaded()), (3, loaded));
}

#[tokio::test]
async fn the_views_have_passed_the_events_of_a_command_and_those_that_one_without_events_rests_on() {
    let world = World::new();
    let aggregates = world.with_repository().await;
    world.execute(&aggregates, push(1)).await.unwrap();
    world.execute(&aggregates, push(1)).await.unwrap();
    world.execute(&world.aggregates(), push(1)).await.unwrap();
    let events = world.recorded().await;
    let last = events[2].position;
    assert_eq!(*world.views.0.lock().unwrap(), [events[0].position, last, last, last]);
}

#[tokio::test]
async fn a_command_that_changes_nothing_waits_until_what_it_rests_on_is_durable() {
    let world = World::new();
    let aggregates = world.with_repository().await;
    world.hold_answers();
    let mut pushed = Box::pin(world.execute(&aggregates, push(1)));
    assert!(is_waiting(&mut pushed).await);
    let mut again = Box::pin(world.execute(&aggregates, push(1)));
    assert!(is_waiting(&mut again).await);
    world.release_answers();
    again.await.unwrap();
    pushed.await.unwrap();
    assert_eq!(world.recorded().await.len(), 3);
}

#[tokio::test]
async fn a_refusal_that_rests_on_an_event_that_never_came_to_be_is_void() {
    let world = World::new();
    let aggregates = world.aggregates();
    let claim = |holder: &str| {
        let (world, aggregates, holder) = (world.clone(), aggregates.clone(), holder.to_owned());
        Box::pin(async move { aggregates.names.execute("account:a", NameClaimCommand::Claim { holder }, &world.context()).await })
    };
    world.hold_answers();
    world.fail_next([Fault::Unavailable]);
    let mut first = claim("one");
    assert!(is_waiting(&mut first).await);
    let mut second = claim("other");
    assert!(is_waiting(&mut second).await);
    world.release_answers();
    assert!(matches!(first.await, Err(CommandError::Unavailable(_))));
    second.await.unwrap();
    assert!(matches!(claim("one").await, Err(CommandError::Refused(_))));
}

#[tokio::test]
async fn events_carry_who_gave_the_command_and_nothing_of_the_way_it_took() {
    let world = World::new();
    let context = CommandContext { actor: Actor::User("a".repeat(32).parse().unwrap()), ..world.context() };
    world.aggregates().repositories.execute("team/web", create(), &context).await.unwrap();
    let events = world.recorded().await;
    assert_eq!(events[0].command_id, context.command_id);
    let actor = "a".repeat(32);
    assert_eq!(events[0].metadata, format!(r#"{{"actor":"{actor}","request_id":"r1","source_address":"192.0.2.1"}}"#));
}

#[tokio::test]
async fn a_command_that_is_dropped_anywhere_leaves_the_aggregate_as_the_log_has_it() {
    let world = World::new();
    let aggregates = world.with_repository().await;
    // The runtime suspends a task that has used up its budget, wherever it is: with each k somewhere else.
    for k in 0..=130 {
        let task = {
            let (world, aggregates) = (world.clone(), aggregates.clone());
            tokio::spawn(async move {
                let lock = tokio::sync::Mutex::new(());
                for _ in 0..k {
                    drop(lock.lock().now_or_never());
                }
                let mut dropped = Box::pin(world.execute(&aggregates, push(k)));
                let _ = futures::poll!(&mut dropped);
            })
        };
        task.await.unwrap();
        world.execute(&aggregates, push(k)).await.unwrap();
        assert_eq!(world.recorded().await.len(), 3 + 2 * k, "dropped after {k}");
    }
}
