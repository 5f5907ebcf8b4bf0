//! Lists of what goes beyond an account's own images: its events, public images of all accounts, and what another account shares with it.

use ambar_api::AppState;
use ambar_domain::level::Visibility;
use ambar_domain::repository::RepositoryEvent;
use ambar_projections::events::{EventFilter, list_account_events};
use ambar_storage::event_log::{EventLog, Position};
use chrono::Duration;
use futures::future::try_join_all;

use crate::data::DataSet;
use crate::registry::{Outcome, append};
use crate::{Page, Row};

/// How many images the other account has of either kind.
const IMAGES: u64 = 10_000;
/// How many appends are under way at once.
const IN_FLIGHT: usize = 512;

/// A public image of the other account, and a private one that it shares.
fn names(number: u64) -> [String; 2] {
    ["public", "shared"].map(|kind| format!("other-{}/{kind}-{number:06}", number % 5))
}

/// Writes the images of the other account.
pub(crate) async fn write(log: &dyn EventLog, data: &DataSet) -> Outcome<()> {
    let numbers: Vec<u64> = (0..IMAGES).collect();
    for numbers in numbers.chunks(IN_FLIGHT) {
        let mut appends = Vec::with_capacity(2 * numbers.len());
        for number in numbers {
            let ([public, shared], at) = (names(*number), data.now + Duration::seconds(number.cast_signed()));
            let created = |visibility| RepositoryEvent::Created { account: data.other.clone(), visibility };
            let share = RepositoryEvent::ShareCreated { account: data.account.clone(), until: None, description: "".parse()? };
            appends.push(append(&public, at, vec![created(Visibility::Public)])?);
            appends.push(append(&shared, at, vec![created(Visibility::Private), share])?);
        }
        try_join_all(appends.into_iter().map(|append| log.append(append))).await?;
    }
    Ok(())
}

/// The rows, with the first and a deep page of each list.
pub(crate) fn rows<'a>(state: &AppState, data: &'a DataSet) -> Outcome<Vec<Row<'a>>> {
    let all = |name, path, page| Row { name, key: &data.administrator, path, page };
    let (events, center, shared) = ("/v1/events", "/v1/center/images", "/v2/manage/shared-repositories?center=thirdparty");
    let ([public, _], deep) = (names(IMAGES * 9 / 10), IMAGES * 9 / 10);
    // Both are signed as they stand in the query.
    let (event, public) = (deep_event(state, data)?.to_string().replace(':', "%3A"), public.replace('/', "%2F"));
    Ok(vec![
        all("events: first 20", format!("{events}?limit=20"), Page::First),
        all("events: from nine tenths, by cursor", format!("{events}?cursor={event}&limit=20"), Page::Deep),
        all("image centre: first 20", format!("{center}?limit=20"), Page::First),
        all("image centre: from nine tenths, by cursor", format!("{center}?cursor={public}&limit=20"), Page::Deep),
        all("image centre: by a part of the name", format!("{center}?limit=20&name=0042"), Page::Other),
        all("images shared by others: first 20", format!("{shared}&limit=20&offset=0"), Page::First),
        all("images shared by others: from nine tenths, by offset", format!("{shared}&limit=20&offset={deep}"), Page::Deep),
    ])
}

/// An event behind nine tenths of the account's images.
fn deep_event(state: &AppState, data: &DataSet) -> Outcome<Position> {
    let from = data.begun + Duration::seconds((data.repositories * 9 / 10).cast_signed());
    let filter = EventFilter { from: Some(from), ..EventFilter::default() };
    let reader = state.views.reader()?;
    let snapshot = reader.snapshot()?;
    let found = list_account_events(&snapshot, &data.account, &filter, Position::START, 1)?;
    Ok(found.places.first().ok_or("there is no event there")?.position)
}
