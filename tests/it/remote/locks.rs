//! A user whose password is guessed at is locked, and operators see it.

use super::Person;
use crate::registry::Registry;

#[test]
fn a_user_whose_password_is_guessed_at_is_locked_as_the_settings_say_and_the_metrics_tell() {
    let registry = Registry::start_with(&["--lock-user-after", "2", "--lock-user-minutes", "60"]);
    registry.ambar(&["user", "create", "anna"]);
    let (admin, anna) = (Person::logged_in(&registry, "admin"), Person::logged_in(&registry, "anna"));
    let password = "A long-enough 1 password";
    assert!(admin.with_input(&["user", "password", "anna", "--password-stdin"], &format!("{password}\n")).status.success());
    let prove = |old: &str| anna.with_input(&["user", "password", "--password-stdin"], &format!("{old}\n{password}\n")).status.success();
    assert_eq!(["wrong", password, "wrong", "wrong", password].map(prove), [false, true, false, false, false]);
    let metrics = registry.curl("/metrics");
    for line in [
        "ambar_limit{limit=\"lock_user_after\"} 2",
        "ambar_limit{limit=\"lock_user_minutes\"} 60",
        "ambar_limit_refusals_total{limit=\"lock_user_after\"} 1",
        "ambar_limit_refusals_total{limit=\"lock_key_after\"} 0",
        "ambar_locks_total{what=\"user\"} 1",
        "ambar_locked{what=\"users\"} 1",
        "ambar_locked{what=\"keys\"} 0",
    ] {
        assert!(metrics.lines().any(|shown| shown == line), "{line} is not in {metrics}");
    }
    // It is no block: what she is logged in with works.
    assert_eq!(anna.json(&["user", "show"])["user"], "anna");
}
