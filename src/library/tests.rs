//! The library against real files and real damage.

mod beside;
mod damage;
mod finding;
mod kills;
mod log;
mod music;
mod said;
mod sheets;

use super::keeper::News;

/// Nothing goes wrong.
#[expect(clippy::needless_pass_by_value, reason = "as the keeper calls it")]
fn quiet(news: News) {
    assert!(!matches!(news, News::Trouble(_)), "{news:?}");
}
