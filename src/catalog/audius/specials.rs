//! Calls that no screen offers.

use serde_json::{Value, json};

use crate::catalog::call::Asked;
use crate::catalog::tolerant::{self, count_of};
use crate::catalog::{Catalog as _, CatalogError};
use crate::model::Special;

use super::hosts::{Get, Host, Route};
use super::reading::{Reading, senseless};
use super::{Audius, NAME, wire};

/// All of them.
pub(super) const ALL: &[Special] = &[Special {
    name: "metrics",
    words: "How often each app asked; --range is week (the usual one), month or all_time",
    values: &["range"],
}];

impl Audius {
    /// Makes one of them.
    pub(super) async fn call_special(
        &self,
        name: &str,
        values: &[(String, String)],
    ) -> Result<Value, CatalogError> {
        if name != "metrics" {
            return Err(self.lacks("such call"));
        }
        let range = values.iter().find(|(key, _)| key == "range").map_or("week", |(_, value)| value.as_str());
        if !matches!(range, "week" | "month" | "all_time") {
            let reason = "the range is week, month or all_time".to_owned();
            return Err(CatalogError::Refused { service: NAME, reason });
        }
        let asked = Asked::known("reading the apps' metrics");
        let path = "/metrics/app_name/trailing/{id}";
        // Only the first servers have it.
        let reading = Reading { asked, route: Route::Rare, path, id: range, query: Vec::new() };
        let make = |host: &Host| self.make(&reading, host);
        let get = Get { asked: reading.asked.clone(), make: &make };
        let (answer, _) = self.house()?.hosts.ask(reading.route, get).await?;
        let rows = tolerant::rows(answer, &["data"]).ok_or_else(|| senseless("it holds no list"))?;
        let row = |wire: wire::AppCount| Some(json!({ "name": wire.name?, "count": count_of(&wire.count) }));
        Ok(Value::Array(tolerant::made(NAME, rows, row)))
    }
}
