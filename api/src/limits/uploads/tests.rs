use ambar_domain::clock::ManualClock;
use chrono::DateTime;
use uuid::Uuid;

use super::*;

fn uploads(at_once: u32, per_second: u32) -> (Uploads, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(DateTime::from_timestamp(1_800_000_000, 0).unwrap()));
    let (uploads_at_once, uploads_per_second) = (NonZeroU32::new(at_once), NonZeroU32::new(per_second));
    let limits = Limits { uploads_at_once, uploads_per_second, ..Limits::default() };
    (Uploads::new(&limits, clock.clone()), clock)
}

fn account(number: u8) -> AccountId {
    format!("{number:032x}").parse().unwrap()
}

fn user(number: u8) -> UserId {
    format!("{number:032x}").parse().unwrap()
}

fn id(number: u128) -> UploadId {
    UploadId(Uuid::from_u128(number))
}

fn seconds(clock: &ManualClock, seconds: i64) {
    clock.advance(chrono::Duration::seconds(seconds));
}

#[test]
fn so_many_are_under_way_at_once_in_each_account_until_one_ends() {
    let (uploads, _) = uploads(2, 0);
    assert_eq!([1, 2, 3].map(|n| uploads.start(&account(1), &user(1), id(n))), [Ok(()), Ok(()), Err(TooManyUploads::AtOnce)]);
    assert_eq!(uploads.start(&account(2), &user(2), id(4)), Ok(()));
    uploads.end(&account(1), id(1));
    assert_eq!(uploads.start(&account(1), &user(1), id(3)), Ok(()));
    assert_eq!(uploads.count(), 3);
}

#[test]
fn an_upload_of_which_nothing_comes_takes_a_place_for_a_minute() {
    let (uploads, clock) = uploads(1, 0);
    uploads.start(&account(1), &user(1), id(1)).unwrap();
    seconds(&clock, 59);
    assert_eq!(uploads.start(&account(1), &user(1), id(2)), Err(TooManyUploads::AtOnce));
    seconds(&clock, 1);
    assert_eq!((uploads.count(), uploads.start(&account(1), &user(1), id(2))), (0, Ok(())));
}

#[test]
fn an_upload_takes_a_place_while_bytes_of_it_come_and_a_minute_longer() {
    let (uploads, clock) = uploads(1, 0);
    uploads.start(&account(1), &user(1), id(1)).unwrap();
    let bringing = uploads.bring(&account(1), &user(1), id(1)).unwrap();
    seconds(&clock, 3_600);
    assert_eq!(uploads.start(&account(1), &user(1), id(2)), Err(TooManyUploads::AtOnce));
    drop(bringing);
    seconds(&clock, 59);
    assert_eq!(uploads.start(&account(1), &user(1), id(2)), Err(TooManyUploads::AtOnce));
    seconds(&clock, 1);
    assert_eq!(uploads.start(&account(1), &user(1), id(2)), Ok(()));
}

#[test]
fn an_upload_that_lost_its_place_goes_on_when_there_is_one() {
    let (uploads, clock) = uploads(1, 0);
    uploads.start(&account(1), &user(1), id(1)).unwrap();
    seconds(&clock, 60);
    uploads.start(&account(1), &user(1), id(2)).unwrap();
    assert!(matches!(uploads.bring(&account(1), &user(1), id(1)), Err(TooManyUploads::AtOnce)));
    uploads.end(&account(1), id(2));
    let _bringing = uploads.bring(&account(1), &user(1), id(1)).unwrap();
    assert_eq!(uploads.start(&account(1), &user(1), id(3)), Err(TooManyUploads::AtOnce));
}

#[test]
fn so_many_are_started_in_a_second_however_fast_they_end() {
    let (uploads, clock) = uploads(0, 4);
    for n in 0..4 {
        uploads.start(&account(1), &user(1), id(n)).unwrap();
        uploads.end(&account(1), id(n));
    }
    let refused = TooManyUploads::PerSecond { wait: Duration::from_millis(250) };
    assert_eq!(uploads.start(&account(1), &user(1), id(9)), Err(refused));
    assert_eq!(uploads.start(&account(2), &user(2), id(9)), Ok(()));
    clock.advance(chrono::Duration::milliseconds(250));
    assert_eq!(uploads.start(&account(1), &user(1), id(9)), Ok(()));
}

#[test]
fn a_refusal_for_want_of_a_place_does_not_count_as_a_start() {
    let (uploads, _) = uploads(1, 2);
    uploads.start(&account(1), &user(1), id(1)).unwrap();
    assert_eq!([(); 9].map(|()| uploads.start(&account(1), &user(1), id(2))), [Err(TooManyUploads::AtOnce); 9]);
    uploads.end(&account(1), id(1));
    assert_eq!(uploads.start(&account(1), &user(1), id(2)), Ok(()));
}

#[test]
fn without_limits_nothing_is_counted() {
    let (uploads, _) = uploads(0, 0);
    assert!((0..1_000).all(|n| uploads.start(&account(1), &user(1), id(n)).is_ok()));
    assert_eq!(uploads.count(), 0);
}

#[test]
fn one_user_has_all_places_until_others_want_a_quarter_of_them() {
    let (uploads, clock) = uploads(8, 0);
    let start = |by: u8, n: u128| uploads.start(&account(1), &user(by), id(n));
    for n in 0..8 {
        start(1, n).unwrap();
        seconds(&clock, 1);
    }
    assert_eq!(start(1, 8), Err(TooManyUploads::AtOnce));
    assert_eq!(
        [start(2, 10), start(3, 11), start(2, 12), start(4, 13)],
        [Ok(()), Ok(()), Err(TooManyUploads::AtOnce), Err(TooManyUploads::AtOnce)]
    );
    assert_eq!(uploads.count(), 8);
    // Those of which nothing came for the longest time have lost their places, and want new ones.
    assert!([0, 1].iter().all(|n| uploads.bring(&account(1), &user(1), id(*n)).is_err()));
    assert!((2..8).all(|n| uploads.bring(&account(1), &user(1), id(n)).is_ok()));
}

#[test]
fn an_upload_of_which_bytes_come_loses_its_place_to_nobody() {
    let (uploads, clock) = uploads(4, 0);
    (0..4).for_each(|n| uploads.start(&account(1), &user(1), id(n)).unwrap());
    let coming: Vec<_> = (0..4).map(|n| uploads.bring(&account(1), &user(1), id(n)).unwrap()).collect();
    seconds(&clock, 3_600);
    assert_eq!(uploads.start(&account(1), &user(2), id(9)), Err(TooManyUploads::AtOnce));
    drop(coming);
    assert_eq!(uploads.start(&account(1), &user(2), id(9)), Ok(()));
}

#[test]
fn a_start_that_is_too_early_takes_nobodys_place() {
    let (uploads, _) = uploads(4, 4);
    (0..4).for_each(|n| uploads.start(&account(1), &user(1), id(n)).unwrap());
    assert!(matches!(uploads.start(&account(1), &user(2), id(9)), Err(TooManyUploads::PerSecond { .. })));
    assert!((0..4).all(|n| uploads.bring(&account(1), &user(1), id(n)).is_ok()));
}
