//! docs/guarantees.md and the tests it names: each exists, by that name and in that place.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers as well")]

use std::path::Path;

/// What stands in backquotes in the last column of each row.
fn rows() -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(root().join("docs/guarantees.md")).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| promise"));
    let tests = rows.map(|row| row.trim_end_matches(['|', ' ']).rsplit_once(" | ").unwrap().1.to_owned());
    tests.map(|tests| tests.split('`').skip(1).step_by(2).filter(|word| *word != "make fuzz").map(str::to_owned).collect()).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether a test of this name is in the code: a function with an attribute above it that makes it one.
fn has_test(code: &str, name: &str) -> bool {
    let lines: Vec<&str> = code.lines().map(str::trim).collect();
    let is_function = |line: &str| [format!("fn {name}("), format!("async fn {name}(")].iter().any(|start| line.starts_with(start));
    let is_attribute = |line: &&&str| line.starts_with("#[");
    (0..lines.len()).filter(|&at| is_function(lines[at])).any(|at| {
        let attributes = lines[..at].iter().rev().take_while(is_attribute);
        attributes.into_iter().any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
    })
}

#[test]
fn every_guarantee_names_tests_that_exist() {
    let rows = rows();
    assert!(rows.len() > 10, "{rows:?}");
    for words in rows {
        let mut place = None;
        let mut tests = 0;
        for word in &words {
            if word.contains('/') {
                assert!(root().join(word).exists(), "{word} does not exist");
                place = Some(word);
                continue;
            }
            let place = place.unwrap_or_else(|| panic!("{word} is named without its file"));
            let code = std::fs::read_to_string(root().join(place)).unwrap();
            assert!(has_test(&code, word), "there is no test {word} in {place}");
            tests += 1;
        }
        let is_suite = words.iter().all(|word| word.ends_with("/contract/"));
        assert!(!words.is_empty() && (is_suite || tests > 0), "no test is named: {words:?}");
    }
}
