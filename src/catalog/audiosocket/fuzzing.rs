//! Rows of this service for the fuzz targets.

use serde_json::Value;
use url::Url;

use super::{convert, wire};
use crate::catalog::tolerant::made;

pub(in crate::catalog) fn rows(base: &Url, rows: &[Value]) {
    let all = || rows.to_vec();
    made("fuzz", all(), |wire| convert::track(base, wire));
    made("fuzz", all(), |wire| convert::own(base, wire));
    made("fuzz", all(), convert::filter);
    for row in rows {
        wire::place(row.clone()).and_then(|place| convert::placed(base, place));
        let _ = (wire::total(row), wire::liked(row), wire::stream_address(row));
    }
}
