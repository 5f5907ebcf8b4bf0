use super::{Address, AddressCommand, AddressError, AddressEvent};
use crate::block::BlockCause;
use crate::samples::{at, given, parsed};

fn block(seconds: i64) -> AddressCommand {
    AddressCommand::Block { cause: BlockCause::FailedLogins, until: at(seconds + 1_800), now: at(seconds) }
}

fn blocked(seconds: i64) -> AddressEvent {
    AddressEvent::Blocked { cause: BlockCause::FailedLogins, until: at(seconds + 1_800) }
}

fn unblock(seconds: i64) -> AddressCommand {
    AddressCommand::Unblock { reason: parsed("their office"), now: at(seconds) }
}

fn unblocked() -> AddressEvent {
    AddressEvent::Unblocked { reason: parsed("their office") }
}

#[test]
fn an_address_is_blocked_once_in_the_time_of_a_block_and_may_be_again_behind_it() {
    given::<Address>(&[]).when(block(0)).then_expect_events(vec![blocked(0)]);
    given::<Address>(&[blocked(0)]).when(block(1_799)).then_expect_events(vec![]);
    given::<Address>(&[blocked(0)]).when(block(1_800)).then_expect_events(vec![blocked(1_800)]);
}

#[test]
fn a_block_is_lifted_once_and_before_its_end() {
    given::<Address>(&[blocked(0)]).when(unblock(1_799)).then_expect_events(vec![unblocked()]);
    given::<Address>(&[blocked(0)]).when(unblock(1_800)).then_expect_error(AddressError::NotBlocked);
    given::<Address>(&[blocked(0), unblocked()]).when(unblock(1)).then_expect_error(AddressError::NotBlocked);
    given::<Address>(&[]).when(unblock(0)).then_expect_error(AddressError::NotBlocked);
}

#[test]
fn an_address_whose_block_was_lifted_may_be_blocked_again() {
    given::<Address>(&[blocked(0), unblocked()]).when(block(1)).then_expect_events(vec![blocked(1)]);
}

#[test]
fn the_state_survives_a_snapshot() {
    let mut address = Address::default();
    address.evolve(blocked(0));
    let snapshot = serde_json::to_string(&address).unwrap();
    assert_eq!(serde_json::from_str::<Address>(&snapshot).unwrap(), address);
}
