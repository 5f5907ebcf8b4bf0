//! Everybody who may call what is signed, for the tables that say how each is answered.

use ambar_domain::level::Level;
use chrono::Duration;
use http::Method;

use super::trace::Trace;
use super::{Answer, Login, TestRegistry, image};

/// The callers, in the order of the columns of the tables.
pub(crate) const CALLERS: [&str; 12] = [
    "nobody",
    "a wrong secret",
    "another account's administrator",
    "a colleague without rights",
    "read",
    "edit",
    "manage",
    "administrator",
    "share receiver",
    "delegate with read",
    "delegate with edit",
    "delegate with manage",
];

/// From here on they act for the account.
const FIRST_DELEGATE: usize = 9;

/// What a table says of one call: method, path, body, and the status for each of [`CALLERS`]; and a header beside the usual ones. Path, body and
/// header may have words of the scene.
pub(crate) struct Expected {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) body: &'static str,
    pub(crate) statuses: [u16; 12],
    pub(crate) header: Option<(&'static str, &'static str)>,
    /// What it changes stands in the way of nothing that the table has behind it.
    pub(crate) is_apart: bool,
}

/// A registry with the image `team/web`, which is shared with the account `initech`, and the callers.
pub(crate) struct Scene {
    pub(crate) registry: TestRegistry,
    logins: [Option<Login>; 12],
    words: Vec<(&'static str, String)>,
}

impl Scene {
    pub(crate) async fn set() -> Self {
        let registry = TestRegistry::start().await;
        registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
        let (_, globex) = registry.other_account("globex").await;
        let (receiver, initech) = registry.other_account("initech").await;
        registry.share("team/web", &receiver).await;
        let mut wrong = registry.member("wrong", Level::Manage).await;
        wrong.key.secret_key = "wrong".to_owned();
        let (none, administrator) = (registry.user("none").await, registry.administrator.clone());
        let (read, edit) = (registry.member("read", Level::Read).await, registry.member("editor", Level::Edit).await);
        let manage = registry.member("manager", Level::Manage).await;
        let [looker, builder, keeper] = registry.delegates().await;
        let logins = [wrong, globex, none, read, edit, manage, administrator, initech, looker, builder, keeper];
        let logins: Vec<_> = [None].into_iter().chain(logins.map(Some)).collect();
        Self { registry, logins: logins.try_into().unwrap(), words: Vec::new() }
    }

    /// One of [`CALLERS`] that has an access key.
    pub(crate) fn login(&self, caller: &str) -> &Login {
        let number = CALLERS.iter().position(|name| *name == caller).unwrap();
        self.logins[number].as_ref().unwrap()
    }

    /// Has paths and bodies mean something by a word.
    pub(crate) fn mean(&mut self, word: &'static str, value: impl ToString) {
        self.words.push((word, value.to_string()));
    }

    /// `SELF` is the id of the user who calls.
    fn say(&self, text: &str, login: Option<&Login>) -> String {
        let own = login.map_or("nobody", |login| login.user.as_str());
        let said = self.words.iter().fold(text.to_owned(), |text, (word, value)| text.replace(word, value));
        said.replace("SELF", own)
    }

    /// Has one of the callers call, and holds what is recorded to the answer.
    pub(crate) async fn send(&self, expected: &Expected, caller: usize) -> Answer {
        let (registry, login) = (&self.registry, self.logins[caller].as_ref());
        let (path, body) = (self.say(expected.path, login), self.say(expected.body, login));
        let trace = registry.trace(caller).await;
        let ask = trace.mark(registry.ask(expected.method.parse::<Method>().unwrap(), &path));
        let ask = if body.is_empty() { ask } else { ask.body(body) };
        let ask = expected.header.into_iter().fold(ask, |ask, (name, value)| ask.header(name, &self.say(value, login)));
        let on_behalf_of = (caller >= FIRST_DELEGATE).then_some(&registry.account);
        let ask = on_behalf_of.into_iter().fold(ask, |ask, account| ask.header("x-domain-id", account.as_str()));
        let answer = match login {
            Some(login) => ask.signed(login, registry.now()).head().await,
            None => ask.head().await,
        };
        let is_change = Trace::is_change(expected.method, &answer);
        trace.require(is_change, login, on_behalf_of, &expected.by(caller)).await;
        answer
    }
}

impl Expected {
    fn by(&self, caller: usize) -> String {
        format!("{} {} by {}", self.method, self.path, CALLERS[caller])
    }
}

/// Has everybody make every call of a table, and fails unless each is answered as the table says and changes nothing where it is refused.
/// What a refusal must say is the surface's own.
pub(crate) async fn require_answers(set: impl AsyncFn() -> Scene, rows: impl IntoIterator<Item = Expected>, refused: impl Fn(&Answer)) {
    let mut scene = set().await;
    for row in rows {
        // A key with which too much was signed wrongly is locked, and an address of which too many logins fail has to wait.
        scene.registry.advance(Duration::minutes(2));
        for (caller, expected) in row.statuses.into_iter().enumerate() {
            let answer = scene.send(&row, caller).await;
            assert_eq!(answer.status, expected, "{}: {answer:?}", row.by(caller));
            if expected >= 400 {
                refused(&answer);
            }
            if !row.is_apart && Trace::is_change(row.method, &answer) {
                scene = set().await;
            }
        }
    }
}
