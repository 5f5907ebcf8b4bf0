//! How long lists of the management API take in a large registry: an account with 100,000 repositories in 1,000 organizations and a million
//! tags, asked by eight clients at once.
//!
//! `cargo bench -p ambar-api --bench management` prints a Markdown table; `-- --repositories 2000 --seconds 1` is a quick look, and
//! `-- --only middle` measures some rows. It works in a folder of its own below the build's and deletes it. The clients share the machine with
//! the server and so count in what they measure.

mod beyond;
mod client;
mod data;
#[path = "../registry/mod.rs"]
mod registry;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use data::{DataSet, Registry};
use registry::{Outcome, argument};

const CLIENTS: usize = 8;
/// What a list may take.
const MEDIAN_BAR: Duration = Duration::from_millis(20);
const P99_BAR: Duration = Duration::from_millis(60);
/// How many times longer than the first page of its list a deep page may take.
const DEEP_BAR: f64 = 3.0;

fn main() -> Outcome<()> {
    let mut out = io::stdout();
    let repositories = argument("--repositories")?.unwrap_or(100_000);
    let seconds = argument("--seconds")?.unwrap_or(3);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let folder = tempfile::TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
    let begun = Instant::now();
    let Registry { state, data } = runtime.block_on(data::write(folder.path(), repositories))?;
    writeln!(out, "{data}, written and in the views after {:.0} s\n", begun.elapsed().as_secs_f64())?;
    let beyond = beyond::rows(&state, &data)?;
    let address = runtime.block_on(serve(ambar_api::router(state)))?;
    // The clients have a thread of their own, so that an answer that is ready does not wait for one that is being made.
    let clients = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    writeln!(out, "| request | requests/s | median ms | p99 ms | bar |\n|---|---:|---:|---:|---|")?;
    let mut first = Duration::ZERO;
    let only = only();
    for row in rows(&data).into_iter().chain(beyond).filter(|row| only.as_ref().is_none_or(|only| row.name.contains(only.as_str()))) {
        let request = client::request(row.key, &row.path, data.now);
        let begun = Instant::now();
        let times = clients.block_on(client::ask(address, &request, CLIENTS, Duration::from_secs(seconds)))?;
        let rate = times.len() as f64 / begun.elapsed().as_secs_f64();
        let (median, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
        if row.page == Page::First {
            first = median;
        }
        let verdict = verdict(row.page, first, median, p99);
        writeln!(out, "| {} | {rate:.0} | {:.1} | {:.1} | {verdict} |", row.name, ms(median), ms(p99))?;
    }
    Ok(())
}

async fn serve(router: Router) -> Outcome<SocketAddr> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await });
    Ok(address)
}

/// What the names of rows must contain to be measured.
fn only() -> Option<String> {
    std::env::args().skip_while(|argument| argument != "--only").nth(1)
}

/// What a request is measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    /// The bars of lists; deep pages below it are compared with it.
    First,
    /// The bars of lists.
    Other,
    /// The bars of lists, and the page before it that is a first one.
    Deep,
}

fn verdict(page: Page, first: Duration, median: Duration, p99: Duration) -> String {
    let fast = if median <= MEDIAN_BAR && p99 <= P99_BAR { "met" } else { "missed" };
    let times = median.as_secs_f64() / first.as_secs_f64();
    match page {
        Page::First | Page::Other => fast.to_owned(),
        Page::Deep => format!("{fast}; {times:.1} × the first, {}", if times <= DEEP_BAR { "met" } else { "missed" }),
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// A line of the table.
struct Row<'a> {
    name: &'static str,
    key: &'a ambar_api::operations::NewAccessKey,
    path: String,
    page: Page,
}

fn rows(data: &DataSet) -> Vec<Row<'_>> {
    let (deep, deep_tag, seen) = (data.repositories * 9 / 10, data::MANY_TAGS * 9 / 10, data.visible * 9 / 10);
    let (middle, middle_seen, middle_rare) = (data.repositories / 2, data.visible / 2, data.repositories / 200);
    let (middle_private, middle_linux) = (data.private / 2, data.linux / 2);
    let [by_name, by_change] = ["name", "updated_time"].map(|column| format!("order_column={column}&order_type=asc"));
    let [by_tags, by_size, by_downloads] =
        ["tag_count", "size", "download_count"].map(|column| format!("order_column={column}&order_type=desc"));
    let (repos, repos3, namespaces) = ("/v2/manage/repos", "/v3/manage/repos", "/v2/manage/namespaces");
    let [tags, tags3] = ["v2", "v3"].map(|version| format!("/{version}/manage/namespaces/{}/repos/{}/tags", data::TEAM, data::MANY));
    let all = |name, path, page| Row { name, key: &data.administrator, path, page };
    let some = |name, path, page| Row { name, key: &data.member, path, page };
    vec![
        all("images: 100, no paging", repos.to_owned(), Page::Other),
        all("images: first 20", format!("{repos}?limit=20&offset=0"), Page::First),
        all("images: from the middle, by offset", format!("{repos}?limit=20&offset={middle}"), Page::Deep),
        all("images: from nine tenths, by offset", format!("{repos}?limit=20&offset={deep}"), Page::Deep),
        all("images: by name", format!("{repos}?limit=20&offset=0&{by_name}"), Page::First),
        all("images: by name, from the middle, by offset", format!("{repos}?limit=20&offset={middle}&{by_name}"), Page::Deep),
        all("images: by last change, oldest first", format!("{repos}?limit=20&offset=0&{by_change}"), Page::First),
        all("images: by last change, from the middle, by offset", format!("{repos}?limit=20&offset={middle}&{by_change}"), Page::Deep),
        all("images: by number of tags", format!("{repos}?limit=20&offset=0&{by_tags}"), Page::First),
        all("images: by number of tags, from the middle, by offset", format!("{repos}?limit=20&offset={middle}&{by_tags}"), Page::Deep),
        all("images: by size", format!("{repos}?limit=20&offset=0&{by_size}"), Page::First),
        all("images: by size, from the middle, by offset", format!("{repos}?limit=20&offset={middle}&{by_size}"), Page::Deep),
        all("images: by downloads", format!("{repos}?limit=20&offset=0&{by_downloads}"), Page::First),
        all("images: by downloads, from the middle, by offset", format!("{repos}?limit=20&offset={middle}&{by_downloads}"), Page::Deep),
        all("images: private", format!("{repos}?is_public=false&limit=20&offset=0"), Page::First),
        all("images: private, from the middle, by offset", format!("{repos}?is_public=false&limit=20&offset={middle_private}"), Page::Deep),
        all("images: of a category", format!("{repos}?category=linux&limit=20&offset=0"), Page::First),
        all(
            "images: of a category, from the middle, by offset",
            format!("{repos}?category=linux&limit=20&offset={middle_linux}"),
            Page::Deep,
        ),
        all("images: one in a hundred by name", format!("{repos}?limit=20&name={}&offset=0", data::RARE), Page::First),
        all(
            "images: one in a hundred by name, from the middle, by offset",
            format!("{repos}?limit=20&name={}&offset={middle_rare}", data::RARE),
            Page::Deep,
        ),
        all("images: of one organization", format!("{repos}?limit=20&namespace={}&offset=0", data::TEAM), Page::First),
        all(
            "images: of one organization, from the middle, by offset",
            format!("{repos}?limit=20&namespace={}&offset=50", data::TEAM),
            Page::Deep,
        ),
        all("images, v3: first 20", format!("{repos3}?limit=20"), Page::First),
        all("images, v3: from nine tenths, by marker", format!("{repos3}?limit=20&marker={deep}"), Page::Deep),
        all("tags of 10,000: first 20", format!("{tags}?limit=20&offset=0"), Page::First),
        all("tags of 10,000: from nine tenths, by offset", format!("{tags}?limit=20&offset={deep_tag}"), Page::Deep),
        all("tags of 10,000: one in a hundred by name", format!("{tags}?limit=20&offset=0&tag={}", data::RARE_TAG), Page::Other),
        all("tags of 10,000, v3: first 20", format!("{tags3}?limit=20"), Page::First),
        all("tags of 10,000, v3: from nine tenths, by marker", format!("{tags3}?limit=20&marker={deep_tag}"), Page::Deep),
        all("organizations", namespaces.to_owned(), Page::Other),
        some("images of a member: first 20", format!("{repos}?limit=20&offset=0"), Page::First),
        some("images of a member: from the middle, by offset", format!("{repos}?limit=20&offset={middle_seen}"), Page::Deep),
        some("images of a member: from nine tenths, by offset", format!("{repos}?limit=20&offset={seen}"), Page::Deep),
        some("images of a member: one in a hundred by name", format!("{repos}?limit=20&name={}&offset=0", data::RARE), Page::Other),
        some("images of a member, v3: first 20", format!("{repos3}?limit=20"), Page::First),
        some("images of a member, v3: from nine tenths, by marker", format!("{repos3}?limit=20&marker={deep}"), Page::Deep),
        some("organizations of a member", namespaces.to_owned(), Page::Other),
        some("organizations of a member, visible ones", format!("{namespaces}?mode=visible"), Page::Other),
    ]
}
