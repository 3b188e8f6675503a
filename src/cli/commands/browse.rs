//! `segue browse`.

use std::process::ExitCode;

use serde_json::{Value, json};

use crate::cli::args::Browse;
use crate::cli::facts::Facts;
use crate::cli::table::Table;
use crate::cli::text;
use crate::model::{Fault, Item, ServiceInfo, SignIn};
use crate::runtime::{Profile, RunAs, stdout_cells};

pub(in crate::cli) fn run(arguments: &Browse, run_as: RunAs) -> Result<ExitCode, Fault> {
    let Browse { place, page, json } = arguments;
    let shelves = super::open_shelves(Profile::load(run_as)?)?;
    let Some(place) = place else {
        let services = shelves.services();
        if *json {
            text::json(&services.iter().map(service_json).collect::<Vec<_>>());
        } else {
            services.iter().for_each(print_service);
        }
        return Ok(ExitCode::SUCCESS);
    };
    let listing = shelves.browse(place, page - 1)?;
    let (service, rows) = (&listing.service, &listing.page);
    if *json {
        text::json(&json!({
            "service": service,
            "page": page,
            "more": rows.more,
            "total": rows.total,
            "stale": rows.is_stale,
            "items": rows.items.iter().map(|item| Facts::of(item, Some(service))).collect::<Vec<_>>(),
        }));
        return Ok(ExitCode::SUCCESS);
    }
    Table::new().print(&rows.items, Some(service));
    if rows.is_stale {
        text::error_line("segue: The service cannot be reached; this is kept from earlier.");
    }
    if rows.items.is_empty() {
        text::error_line("segue: There is nothing here.");
    } else if rows.more && stdout_cells().is_some() {
        text::error_line(&format!("segue: There is more; add --page {}.", page + 1));
    }
    Ok(ExitCode::SUCCESS)
}

fn lists(service: &ServiceInfo) -> Vec<Item> {
    service.capabilities.lists.iter().cloned().map(Item::List).collect()
}

fn print_service(service: &ServiceInfo) {
    let account = &service.capabilities.account;
    let state = match (&service.capabilities.sign_in, &account.who, &account.way) {
        (SignIn::Missing(what), _, _) => format!("not set up: {what}"),
        (_, Some(who), _) => format!("signed in as {who}"),
        (_, None, Some(way)) => format!("ready; sign in {way}"),
        (_, None, None) => "ready".to_owned(),
    };
    text::line(&format!("{} ({}): {state}", service.name, service.id));
    Table::indented().print(&lists(service), Some(&service.id));
}

fn service_json(service: &ServiceInfo) -> Value {
    let able = &service.capabilities;
    let missing = match &able.sign_in {
        SignIn::Missing(what) => Some(what),
        SignIn::NotNeeded | SignIn::Ready => None,
    };
    let filters: Vec<_> = able
        .filters
        .iter()
        .map(|filter| json!({ "key": filter.key, "words": filter.words, "values": filter.values }))
        .collect();
    json!({
        "service": service.id,
        "title": service.name,
        "missing": missing,
        "signed_in_as": able.account.who,
        "sign_in": able.account.way,
        "search": able.search,
        "similar": able.similar,
        "filters": filters,
        "lists": lists(service).iter().map(|item| Facts::of(item, Some(&service.id))).collect::<Vec<_>>(),
    })
}
