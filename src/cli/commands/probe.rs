//! `segue probe`.

use std::process::ExitCode;

use serde_json::Value;

use crate::cli::args::Probe;
use crate::cli::text;
use crate::model::Fault;
use crate::runtime::{Profile, probe};

pub(in crate::cli) fn run(arguments: &Probe) -> Result<ExitCode, Fault> {
    let found = probe(&Profile::load(false)?, &arguments.target)?;
    if arguments.json {
        text::json(&found);
    } else {
        print_tree(&found, "");
    }
    Ok(ExitCode::SUCCESS)
}

/// The same facts as the JSON, one a line, nested ones indented; what is not known is left out.
fn print_tree(value: &Value, indent: &str) {
    let deeper = format!("{indent}  ");
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::Null => {}
                    Value::Object(_) => {
                        text::line(&format!("{indent}{name}:"));
                        print_tree(field, &deeper);
                    }
                    Value::Array(items) => {
                        text::line(&format!("{indent}{name}: {}", items.len()));
                        for item in items {
                            print_tree(item, &deeper);
                        }
                    }
                    simple => text::line(&format!("{indent}{name}: {}", plain(simple))),
                }
            }
        }
        simple => text::line(&format!("{indent}{}", plain(simple))),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
