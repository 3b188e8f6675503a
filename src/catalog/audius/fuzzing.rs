//! Rows of this service for the fuzz targets.

use serde_json::Value;
use url::Url;

use super::convert::{self, Eyes};
use crate::catalog::tolerant::made;

pub(in crate::catalog) fn rows(base: &Url, rows: &[Value]) {
    let eyes = Eyes { base, me: Some("me") };
    let all = || rows.to_vec();
    made("fuzz", all(), |wire| convert::track(eyes, wire));
    made("fuzz", all(), |wire| convert::user(eyes, wire));
    made("fuzz", all(), |wire| convert::playlist(eyes, wire));
    made("fuzz", all(), |wire| convert::activity(eyes, wire));
    made("fuzz", all(), |tokens: super::wire::Tokens| Some(tokens));
}
