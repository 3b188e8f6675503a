//! Rows of this service for the fuzz targets.

use std::collections::HashMap;

use serde_json::Value;
use url::Url;

use super::convert::View;
use super::session::Marks;
use super::wire;
use crate::catalog::tolerant::made;

pub(in crate::catalog) fn rows(base: &Url, rows: &[Value]) {
    let (marks, keys) = (Marks::default(), HashMap::new());
    let view = View { base, own: "me", marks: &marks, keys: &keys };
    let all = || rows.to_vec();
    made("fuzz", all(), |row| view.item(row));
    made("fuzz", all(), |row| Some(view.tracks(row)));
    made("fuzz", all(), |told| view.notification(told));
    for row in rows {
        let _ = (wire::ids_of(row), wire::stats_token(row));
    }
}

pub(in crate::catalog) fn token(body: &str) {
    let _ = (wire::granted(body), wire::play_address(body));
}
