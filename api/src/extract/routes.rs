//! Whether an address is one of a surface's, and a method one of the address's.

use http::Method;

/// Why a request goes nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoRoute {
    /// There is nothing at the address.
    Nothing,
    /// The address has other methods: these.
    OtherMethods(&'static str),
}

/// Looks the path up in a table of methods, as `GET, POST`, and paths, in which a segment in braces stands for any.
pub(crate) fn require_route(routes: &[(&'static str, &'static str)], method: &Method, path: &[&str]) -> Result<(), NoRoute> {
    let is_at = |route: &str| {
        let route = route.trim_matches('/').split('/');
        route.clone().count() == path.len() && route.zip(path).all(|(expected, segment)| expected == *segment || expected.starts_with('{'))
    };
    // A segment that has a route of its own is not one of those that another route has in its place.
    let here = routes.iter().filter(|(_, route)| is_at(route)).min_by_key(|(_, route)| route.matches('{').count());
    match here {
        None => Err(NoRoute::Nothing),
        Some((allowed, _)) if allowed.split(", ").any(|allowed| allowed == method.as_str()) => Ok(()),
        Some((allowed, _)) => Err(NoRoute::OtherMethods(allowed)),
    }
}
