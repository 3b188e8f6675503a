//! The library against real files and real damage.

mod damage;
mod music;

use super::keeper::News;

/// Nothing goes wrong.
fn quiet(news: News) {
    assert!(!matches!(news, News::Trouble(_)), "{news:?}");
}
