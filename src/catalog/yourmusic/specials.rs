//! Calls that no screen offers: the profile, the checkout, the service's state, several releases at once, and
//! what a tenant's administrator does with the client's credentials.

use serde_json::{Map, Value, json};
use url::Url;

use crate::catalog::address::asked_id;
use crate::catalog::{Catalog as _, CatalogError};
use crate::model::{Link, Special, SpecialAnswer, Then};
use crate::net::Method;

use super::calls::{By, Call};
use super::operations::{
    AGGREGATOR, CHECKOUT, HEARTBEAT, ME, ME_UPDATE, USER, USER_CREATE, USER_UPDATE, USERS,
};
use super::sign_in::is_date;
use super::{NAME, YourMusic};

const fn special(name: &'static str, words: &'static str, values: &'static [&'static str]) -> Special {
    Special { name, words, values }
}

/// All of them.
pub(super) const SPECIALS: &[Special] = &[
    special("profile", "Show your profile", &[]),
    special("profile edit", "Change your profile", &["first_name", "last_name", "date_of_birth"]),
    special(
        "checkout",
        "Open the page where a subscription is paid",
        &["product_slug!", "success_url", "cancel_url"],
    ),
    special("status", "Whether the service and its catalogue are up", &[]),
    special("releases", "Several releases by their ids, with commas between", &["ids!"]),
    special("admin users", "List the tenant's users", &["page"]),
    special("admin create-user", "Make a user", &["first_name!", "last_name!", "email!", "date_of_birth!"]),
    special("admin get-user", "Show a user", &["id!"]),
    special(
        "admin update-user",
        "Change a user",
        &["id!", "first_name", "last_name", "email", "date_of_birth"],
    ),
    special(
        "admin udt",
        "Mint a token for a user on a device; shown only with --reveal yes",
        &["id!", "device", "reveal"],
    ),
];

/// What belongs to a user.
const USER_FIELDS: [&str; 4] = ["first_name", "last_name", "email", "date_of_birth"];

impl YourMusic {
    /// Makes a special call.
    pub(super) async fn special_call(
        &self,
        name: &str,
        values: &[(String, String)],
    ) -> Result<SpecialAnswer, CatalogError> {
        let Some(special) = SPECIALS.iter().find(|special| special.name == name) else {
            return Err(self.lacks(&format!("call {name:?}")));
        };
        let given = Given { values };
        for needed in special.values.iter().filter_map(|value| value.strip_suffix('!')) {
            given.needed(needed)?;
        }
        let answer = match name {
            "profile" => self.call(Call::get(&ME)).await?,
            "profile edit" => {
                let body = given.user(&["first_name", "last_name", "date_of_birth"])?;
                self.call(Call::send(Method::PATCH, &ME_UPDATE, body)).await?
            }
            "checkout" => {
                let body = given.body(&["product_slug", "success_url", "cancel_url"]);
                let answer = self.call(Call::send(Method::POST, &CHECKOUT, body)).await?;
                let url = payment(&answer).ok_or_else(|| self.caller.senseless("it holds no address"))?;
                let (value, page) = (json!({ "url": url.as_str() }), Then::Visit(Link(url)));
                return Ok(SpecialAnswer { value, then: Some(page) });
            }
            "status" => {
                let beat = self.call(Call::get(&HEARTBEAT).by(By::Guest)).await?;
                let catalogue = self.call(Call::get(&AGGREGATOR).by(By::Guest)).await?;
                json!({ "heartbeat": beat, "catalogue": catalogue })
            }
            "releases" => self.releases_at_once(given.needed("ids")?).await?,
            _ => return self.admin(name, &given).await.map(SpecialAnswer::from),
        };
        Ok(without_secrets(answer).into())
    }

    async fn admin(&self, name: &str, given: &Given<'_>) -> Result<Value, CatalogError> {
        let id = given.value("id").unwrap_or_default();
        let call =
            match name {
                "admin users" => {
                    let call = Call::get(&USERS);
                    given.value("page").map_or(Call::get(&USERS), |page| call.with("page", page))
                }
                "admin create-user" => Call::send(Method::POST, &USER_CREATE, given.user(&USER_FIELDS)?),
                "admin get-user" => Call::get(&USER).about("user", "user_id", asked_id(NAME, "user", id)?),
                "admin update-user" => Call::send(Method::PATCH, &USER_UPDATE, given.user(&USER_FIELDS)?)
                    .about("user", "user_id", asked_id(NAME, "user", id)?),
                _ => return self.minted(asked_id(NAME, "user", id)?, given).await,
            };
        self.call(call.by(By::Client)).await.map(without_secrets)
    }

    async fn minted(&self, user: &str, given: &Given<'_>) -> Result<Value, CatalogError> {
        let base = self.base_for(By::Client)?;
        let device = match given.value("device") {
            Some(device) => device,
            None => self.device.id().await?,
        };
        let client = self.delegation.client(base, None).await?;
        let answer = match self.delegation.mint(base, &client, user, device).await {
            Err(CatalogError::SignIn { .. }) => {
                let client = self.delegation.client(base, Some(&client)).await?;
                self.delegation.mint(base, &client, user, device).await?
            }
            result => result?,
        };
        let is_revealed = given.value("reveal") == Some("yes");
        Ok(if is_revealed { answer } else { without_secrets(answer) })
    }
}

/// What was given on the command line.
struct Given<'a> {
    values: &'a [(String, String)],
}

impl<'a> Given<'a> {
    fn value(&self, name: &str) -> Option<&'a str> {
        let found = self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim());
        found.filter(|value| !value.is_empty())
    }

    fn needed(&self, name: &str) -> Result<&'a str, CatalogError> {
        self.value(name)
            .ok_or_else(|| CatalogError::Refused { service: NAME, reason: format!("--{name} must be given") })
    }

    fn body(&self, names: &[&str]) -> Value {
        let pair = |name: &&str| Some(((*name).to_owned(), Value::from(self.value(name)?)));
        names.iter().filter_map(pair).collect::<Map<_, _>>().into()
    }

    /// Fields of a user, at least one.
    fn user(&self, names: &[&str]) -> Result<Value, CatalogError> {
        let refused = |reason: &str| CatalogError::Refused { service: NAME, reason: reason.to_owned() };
        if self.value("date_of_birth").is_some_and(|born| !is_date(born)) {
            return Err(refused("the date of birth is written as 1990-01-15"));
        }
        let body = self.body(names);
        if body.as_object().is_none_or(Map::is_empty) {
            return Err(refused("nothing to change was given"));
        }
        Ok(body)
    }
}

/// The address of a checkout: under one of the likely names, else the first that is encrypted.
fn payment(answer: &Value) -> Option<Url> {
    let inner = answer.get("data").unwrap_or(answer);
    let address = |value: &Value| Url::parse(value.as_str()?).ok().filter(|url| url.scheme() == "https");
    let named = ["url", "checkout_url", "session_url"];
    let named = named.iter().find_map(|name| address(inner.get(name)?));
    named.or_else(|| inner.as_object()?.values().find_map(address))
}

/// The answer without tokens and how somebody pays.
fn without_secrets(answer: Value) -> Value {
    match answer {
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(name, _)| !name.starts_with("pm_") && name != "payload");
            let shown = |(name, value): (String, Value)| {
                let is_token = name.ends_with("token") && value.is_string();
                (name, if is_token { "[hidden]".into() } else { without_secrets(value) })
            };
            Value::Object(kept.map(shown).collect())
        }
        Value::Array(rows) => rows.into_iter().map(without_secrets).collect(),
        other => other,
    }
}
