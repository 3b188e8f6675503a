//! Calls that no screen offers.

use crate::model::{CleanText, Fault, FaultKind, ServiceId, Special, SpecialAnswer};

use super::{Shelves, find, unknown};

impl Shelves {
    /// The special calls of each service.
    pub fn specials(&self) -> Vec<(ServiceId, CleanText, &'static [Special])> {
        let of = |catalog: &std::sync::Arc<dyn crate::catalog::Catalog>| {
            (catalog.id(), catalog.name().into(), catalog.specials())
        };
        self.catalogs.iter().map(of).collect()
    }

    /// Those of one service.
    ///
    /// # Errors
    /// When there is no such service.
    pub fn specials_of(&self, service: &ServiceId) -> Result<&'static [Special], Fault> {
        find(&self.catalogs, service).map(|catalog| catalog.specials())
    }

    /// Makes a call, by its name.
    ///
    /// # Errors
    /// Of kind `Usage` when the name or a value's name is not known, or a value is missing.
    pub fn special(
        &self,
        service: &ServiceId,
        name: &str,
        values: &[(String, String)],
    ) -> Result<SpecialAnswer, Fault> {
        let catalog = find(&self.catalogs, service)?;
        let call = chosen(catalog.specials(), service, name)?;
        let values = known_values(call, service, values)?;
        self.tasks.block_on(catalog.special(call.name, &values)).map_err(|error| error.fault())
    }
}

fn chosen<'s>(specials: &'s [Special], service: &ServiceId, name: &str) -> Result<&'s Special, Fault> {
    specials.iter().find(|special| special.name == name).ok_or_else(|| {
        if specials.is_empty() {
            return Fault::new(FaultKind::Usage, format!("{service} has no special calls"));
        }
        unknown(&format!("call of {service}"), name, specials.iter().map(|special| special.name))
    })
}

/// The values under the names that the service has for them; dashes and underscores are the same here.
fn known_values(
    call: &Special,
    service: &ServiceId,
    values: &[(String, String)],
) -> Result<Vec<(String, String)>, Fault> {
    let known = || call.values.iter().map(|name| name.trim_end_matches('!'));
    let mut named = Vec::new();
    for (name, value) in values {
        let Some(found) = known().find(|known| dashed(known) == dashed(name)) else {
            if call.values.is_empty() {
                return Err(Fault::new(FaultKind::Usage, format!("{service} {} takes no values", call.name)));
            }
            let typed: Vec<String> = known().map(dashed).collect();
            let what = format!("value of {service} {}", call.name);
            return Err(unknown(&what, &dashed(name), typed.iter().map(String::as_str)));
        };
        named.push((found.to_owned(), value.clone()));
    }
    let missing: Vec<_> = call
        .values
        .iter()
        .filter_map(|name| name.strip_suffix('!'))
        .filter(|name| named.iter().all(|(given, _)| given != name))
        .map(|name| format!("--{}", dashed(name)))
        .collect();
    if missing.is_empty() {
        return Ok(named);
    }
    let words = format!("{service} {} needs {}", call.name, missing.join(" and "));
    Err(Fault::new(FaultKind::Usage, words))
}

/// As it is typed and shown.
fn dashed(name: &str) -> String {
    name.replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALLS: [Special; 3] = [
        Special { name: "metrics", words: "How often", values: &[] },
        Special { name: "admin users", words: "Who is there", values: &["offset", "limit"] },
        Special { name: "admin create", words: "One more", values: &["email!", "name!", "date_of_birth"] },
    ];

    fn check(name: &str, values: &[(&str, &str)], expected: Option<&str>) {
        let service = ServiceId::known("yourmusic");
        let owned: Vec<_> =
            values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let result = chosen(&CALLS, &service, name).and_then(|call| known_values(call, &service, &owned));
        match (result, expected) {
            (Ok(named), None) => {
                assert!(named.iter().all(|(name, _)| !name.contains('-')), "{named:?}");
                assert_eq!(named.len(), values.len());
            }
            (Err(fault), Some(words)) => {
                assert_eq!(fault.kind, FaultKind::Usage);
                assert!(fault.to_string().contains(words), "{fault}");
            }
            (result, expected) => panic!("{name} {values:?}: {result:?} {expected:?}"),
        }
    }

    #[test]
    fn calls_and_values_are_checked_before_anybody_is_asked() {
        check("metrics", &[], None);
        check("admin users", &[("limit", "5")], None);
        check("admin create", &[("name", "Ada"), ("email", "ada@example.net")], None);
        let dashed = [("name", "Ada"), ("email", "ada@example.net"), ("date-of-birth", "1990-01-15")];
        check("admin create", &dashed, None);
        check(
            "admin create",
            &dashed.map(|(name, value)| (if value.starts_with('1') { "date_of_birth" } else { name }, value)),
            None,
        );
        check("admin create", &[("date_of_brth", "")], Some("Did you mean date-of-birth?"));
        check("metrics", &[("limit", "5")], Some("takes no values"));
        check("metric", &[], Some("Did you mean metrics?"));
        check("admin user", &[], Some("Did you mean admin users?"));
        check("admin users", &[("limt", "5")], Some("Did you mean limit?"));
        check("admin create", &[], Some("needs --email and --name"));
        check("admin create", &[("name", "Ada")], Some("needs --email."));
    }
}
