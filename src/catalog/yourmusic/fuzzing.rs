//! Rows of this service for the fuzz targets.

use serde_json::Value;
use url::Url;

use super::{convert, wire};
use crate::catalog::tolerant::{item, made};

pub(in crate::catalog) fn rows(base: &Url, rows: &[Value]) {
    let all = || rows.to_vec();
    made("fuzz", all(), |wire| convert::track(base, wire));
    made("fuzz", all(), |wire| convert::release(base, wire));
    made("fuzz", all(), |wire| convert::artist(base, wire));
    made("fuzz", all(), |wire| convert::playlist(wire, Some("me")));
}

pub(in crate::catalog) fn token(answer: &Value) {
    let _ = (item::<wire::Token>(answer.clone()), item::<wire::Session>(answer.clone()));
    wire::onboarding_token(answer);
}
