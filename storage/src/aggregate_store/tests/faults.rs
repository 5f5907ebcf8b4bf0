use super::*;

#[tokio::test]
async fn an_append_that_failed_is_forgotten_by_the_aggregate() {
    let world = World::new();
    let aggregates = world.with_repository().await;
    world.fail_next([Fault::Unavailable]);
    let failed = world.execute(&aggregates, push(1)).await;
    assert!(matches!(failed, Err(CommandError::Unavailable(_))), "{failed:?}");
    assert_eq!(world.recorded().await.len(), 1);
    // Were it remembered, this would be "already so".
    world.execute(&aggregates, push(1)).await.unwrap();
    assert_eq!(world.recorded().await.len(), 3);
}

#[tokio::test]
async fn an_append_that_failed_after_its_caller_had_gone_is_forgotten_too() {
    let world = World::new();
    let aggregates = world.with_repository().await;
    world.hold_answers();
    world.fail_next([Fault::Unavailable]);
    let mut gone = Box::pin(world.execute(&aggregates, push(1)));
    assert!(is_waiting(&mut gone).await);
    drop(gone);
    world.release_answers();
    world.execute(&aggregates, push(1)).await.unwrap();
    assert_eq!(world.recorded().await.len(), 3);
}

#[tokio::test]
async fn those_behind_a_failed_append_are_decided_anew_and_land() {
    let world = World::new();
    let aggregates = world.with_repository().await;
    world.hold_answers();
    world.fail_next([Fault::Unavailable]);
    let mut failing = Box::pin(world.execute(&aggregates, push(0)));
    assert!(is_waiting(&mut failing).await);
    let mut behind = Box::pin(futures::future::join_all((0..30).map(|number| world.execute(&aggregates, push(number)))));
    assert!(is_waiting(&mut behind).await);
    world.release_answers();
    let (failed, landed) = tokio::join!(failing, behind);
    assert!(matches!(failed, Err(CommandError::Unavailable(_))), "{failed:?}");
    assert!(landed.iter().all(Result::is_ok), "{landed:?}");
    assert_eq!(world.recorded().await.len(), 61);
    assert!(world.conflicts() <= 30, "each of them fails once: {}", world.conflicts());
}

#[tokio::test]
async fn an_outcome_that_got_lost_is_found_by_the_command_id() {
    let world = World::new();
    let aggregates = world.with_repository().await;
    world.fail_next([Fault::LostAfter]);
    world.execute(&aggregates, push(1)).await.unwrap();
    let events = world.recorded().await;
    assert_eq!(events.len(), 3);
    assert_eq!(world.views.0.lock().unwrap().last(), Some(&events[2].position));
    world.execute(&aggregates, push(2)).await.unwrap();
    assert_eq!(world.recorded().await.len(), 5);
}

#[tokio::test]
async fn an_append_that_got_lost_is_said_to_be_unavailable_and_leaves_nothing() {
    let world = World::new();
    let aggregates = world.with_repository().await;
    world.fail_next([Fault::LostBefore]);
    let lost = world.execute(&aggregates, push(1)).await;
    assert!(matches!(lost, Err(CommandError::Unavailable(_))), "{lost:?}");
    world.execute(&aggregates, push(1)).await.unwrap();
    assert_eq!(world.recorded().await.len(), 3);
}

#[tokio::test]
async fn an_outcome_that_cannot_be_looked_up_stays_unknown() {
    let world = World::new();
    let aggregates = world.with_repository().await;
    world.fail_next([Fault::LostAfter]);
    world.log.unreadable.store(true, Ordering::Relaxed);
    let unknown = world.execute(&aggregates, push(1)).await;
    assert!(matches!(unknown, Err(CommandError::OutcomeUnknown(_))), "{unknown:?}");
    let unread = world.execute(&aggregates, push(1)).await;
    assert!(matches!(unread, Err(CommandError::Unavailable(_))), "{unread:?}");
    world.log.unreadable.store(false, Ordering::Relaxed);
    world.execute(&aggregates, push(1)).await.unwrap();
    assert_eq!(world.recorded().await.len(), 3, "it had been recorded, and is known again");
}

#[tokio::test]
async fn a_stream_with_an_event_that_nobody_knows_is_not_guessed() {
    let world = World::new();
    let unknown = Append {
        stream: repository(),
        expected_sequence: 0,
        expected_event: None,
        events: vec![crate::event_log::contract::event("{}")],
        command_id: world.ids.uuid(),
        metadata: "{}".to_owned(),
        recorded_at: Timestamp::UNIX_EPOCH,
    };
    world.log.append(unknown).await.unwrap();
    let failed = world.execute(&world.aggregates(), create()).await;
    assert!(matches!(failed, Err(CommandError::Failed(_))), "{failed:?}");
    assert_eq!(world.recorded().await.len(), 1);
}
