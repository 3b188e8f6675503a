//! Answers in which one thing after the other is of a wrong type.

use std::sync::{Arc, Mutex};

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::house::{ALL, ASKS, Ask, House, Plan, net, page};
use crate::leaks::{assert_log_is_clean, watch_log};
use crate::server::{Reply, Server};
use crate::table::tasks;

/// JSON pointers to everything in a value.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    let mut inner = |key: String, value| pointers(value, &format!("{at}/{key}"), found);
    match value {
        Value::Array(rows) => rows.iter().enumerate().for_each(|(key, value)| inner(key.to_string(), value)),
        Value::Object(fields) => fields.iter().for_each(|(key, value)| inner(key.clone(), value)),
        _ => {}
    }
}

/// Each is an answer or an error in words; the house looks at the words.
#[test]
fn wrong_types_in_every_field() {
    watch_log();
    let whole = page();
    let mut places = Vec::new();
    pointers(&whole, "", &mut places);
    assert!(places.len() > 60);
    let others =
        [json!(null), json!(true), json!(-7), json!(1e300), json!("\u{0}"), json!([[]]), json!({"id": {}})];
    let answer = Arc::new(Mutex::new(whole.to_string()));
    let theirs = Arc::clone(&answer);
    let server = Server::start(move |_| Reply::json(200, theirs.lock().unwrap().as_str()));
    let (tasks, net, base) = (tasks(), net(0, false), server.url("/v1"));
    let mut fine = 0;
    for place in places {
        for other in &others {
            let mut value = whole.clone();
            *value.pointer_mut(&place).unwrap() = other.clone();
            *answer.lock().unwrap() = value.to_string();
            let asked = ALL.map(|who| {
                let (net, base) = (&net, &base);
                async move {
                    let house = House::new(who, base, Plan::new(net)).await;
                    let asks = ASKS.into_iter().filter(|ask| who.has(*ask) && *ask != Ask::Listened);
                    join_all(asks.map(|ask| house.ask(ask))).await
                }
            });
            fine += tasks.block_on(join_all(asked)).iter().flatten().filter(|result| result.is_ok()).count();
        }
    }
    // One field that is wrong seldom costs anything.
    assert!(fine * 10 > server.calls().len() * 5, "{fine} of {}", server.calls().len());
    assert_log_is_clean();
}
