//! Views are a function of the log alone: however they came to be, they are the same.

use proptest::prelude::*;

use super::history::{steps, take};
use super::node::{Node, dump};

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn rebuilt_views_equal_the_live_ones_row_by_row(steps in steps(), restart_at in 0..120_usize, page in 1..9_usize) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let node = Node::new();
        let mut views = node.views("live");
        let mut aggregates = node.aggregates(&views);
        for (index, step) in steps.into_iter().enumerate() {
            if index == restart_at {
                drop((aggregates, views, node.views("late")));
                views = node.views("live");
                aggregates = node.aggregates(&views);
            }
            runtime.block_on(take(&node, &aggregates, step));
        }
        runtime.block_on(views.catch_up()).unwrap();
        let live = dump(&views);
        prop_assert_eq!(&live, &dump(&node.views("rebuilt")), "in one batch");
        prop_assert_eq!(&live, &dump(&node.views_in_pages("in_pages", page)), "in batches of {}", page);
        prop_assert_eq!(&live, &dump(&node.views_in_pages("late", page)), "caught up in batches of {}", page);
        runtime.block_on(views.rebuild()).unwrap();
        prop_assert_eq!(&live, &dump(&views), "and put in the place of the live ones");
    }
}
