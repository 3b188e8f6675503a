//! The talk that signs a listener in: an e-mail address, the code that was sent there, and for somebody new
//! the little that the service wants to know. Codes are sent once, never kept and never shown.

use std::time::Duration;

use serde_json::{Value, json};

use crate::catalog::CatalogError;
use crate::catalog::address::Operation;
use crate::catalog::call::{Asked, Outcome};
use crate::model::{CleanText, Field, Form, Secret, SignInAnswer, SignInStep};

use super::operations::{ONBOARD, OTP_SEND, OTP_VERIFY};
use super::{NAME, YourMusic, post, wire};

/// Wrong codes that may be typed before a new one must be asked for.
const TRIES: u8 = 3;

/// How long nothing is sent after that, in seconds.
const PAUSE_S: u64 = 60;

/// Longest code that the service takes, in characters.
const MAX_CODE_CHARS: usize = 32;

/// Longest e-mail address and name that the service takes, in characters.
const MAX_TEXT_CHARS: usize = 255;

/// How far the talk has come.
#[derive(Debug, Default)]
pub(super) struct Talk {
    stage: Stage,
    /// Too many codes were wrong: nothing is sent until then.
    paused_until_unix_s: u64,
}

#[derive(Debug, Default)]
enum Stage {
    /// The address is awaited.
    #[default]
    Address,
    /// The code is awaited.
    Code { email: String, wrong: u8 },
    /// The address is proved, and nobody is known by it.
    Onboarding { token: Secret },
}

impl YourMusic {
    /// The next step of the talk.
    pub(super) async fn talk(&self, answer: SignInAnswer) -> Result<SignInStep, CatalogError> {
        let mut talk = self.talk.lock().await;
        if let SignInAnswer::Begin { .. } = answer {
            talk.stage = Stage::Address;
            return Ok(SignInStep::Form(address_form("YourMusic sends you a code by e-mail")));
        }
        match std::mem::take(&mut talk.stage) {
            Stage::Address => self.send_code(&mut talk, &answer).await,
            Stage::Code { email, wrong } => {
                // An error on the wire leaves the code as it was.
                talk.stage = Stage::Code { email: email.clone(), wrong };
                self.check_code(&mut talk, &answer, &email, wrong).await
            }
            Stage::Onboarding { token } => {
                talk.stage = Stage::Onboarding { token: token.clone() };
                self.onboard(&mut talk, &answer, &token).await
            }
        }
    }

    async fn send_code(&self, talk: &mut Talk, answer: &SignInAnswer) -> Result<SignInStep, CatalogError> {
        let now = (self.caller.surroundings.unix_time)();
        if let Some(wait) = talk.paused_until_unix_s.checked_sub(now).filter(|wait| *wait > 0) {
            let wait = Duration::from_secs(wait);
            return Err(CatalogError::Limited { service: NAME, is_down: false, wait });
        }
        let email = answer.value("email").unwrap_or_default();
        if !email.contains('@') || email.chars().count() > MAX_TEXT_CHARS {
            return Ok(SignInStep::Form(address_form("That is no e-mail address")));
        }
        let mut body = json!({ "tenant": self.tenant, "email": email });
        if let (Some(locale), Some(fields)) = (answer.value("language"), body.as_object_mut()) {
            fields.insert("locale".to_owned(), locale.to_lowercase().into());
        }
        self.open_call(&OTP_SEND, &body).await?.meaning?;
        talk.stage = Stage::Code { email: email.to_owned(), wrong: 0 };
        Ok(SignInStep::Form(code_form(&format!("If {email} is an address, a code is on its way to it"))))
    }

    async fn check_code(
        &self,
        talk: &mut Talk,
        answer: &SignInAnswer,
        email: &str,
        wrong: u8,
    ) -> Result<SignInStep, CatalogError> {
        // A code may begin with a zero and is no number.
        let code: String = answer.value("code").unwrap_or_default().split_whitespace().collect();
        if code.is_empty() || code.chars().count() > MAX_CODE_CHARS {
            return Ok(SignInStep::Form(code_form("Type the code from the e-mail")));
        }
        let device_id = self.device.id().await?;
        let body = json!({ "tenant": self.tenant, "email": email, "code": code, "device_id": device_id });
        let outcome = self.open_call(&OTP_VERIFY, &body).await?;
        if let Some(token) = wire::onboarding_token(&outcome.body) {
            // Whatever the status says.
            talk.stage = Stage::Onboarding { token: Secret::new(token) };
            return Ok(SignInStep::Form(onboarding_form(
                "Nobody is known by that address yet: who are you?",
            )));
        }
        if !is_wrong_code(&outcome) {
            outcome.meaning?;
            return self.done(talk, &outcome.body).await;
        }
        let left = TRIES.saturating_sub(wrong + 1);
        if left == 0 {
            talk.stage = Stage::Address;
            talk.paused_until_unix_s = (self.caller.surroundings.unix_time)().saturating_add(PAUSE_S);
            let words = format!("{TRIES} wrong codes; have a new one sent after {PAUSE_S} s");
            return Ok(SignInStep::Form(address_form(&words)));
        }
        talk.stage = Stage::Code { email: email.to_owned(), wrong: wrong + 1 };
        let tries = if left == 1 { "1 try is".to_owned() } else { format!("{left} tries are") };
        Ok(SignInStep::Form(code_form(&format!("That code is wrong or too old; {tries} left"))))
    }

    async fn onboard(
        &self,
        talk: &mut Talk,
        answer: &SignInAnswer,
        token: &Secret,
    ) -> Result<SignInStep, CatalogError> {
        let value = |key| answer.value(key).filter(|text| text.chars().count() <= MAX_TEXT_CHARS);
        let (Some(first), Some(last)) = (value("first_name"), value("last_name")) else {
            return Ok(SignInStep::Form(onboarding_form("YourMusic wants your first and your last name")));
        };
        let Some(born) = value("date_of_birth").filter(|text| is_date(text)) else {
            return Ok(SignInStep::Form(onboarding_form("Write the date of birth as year-month-day")));
        };
        let body = json!({ "onboarding_token": token.reveal(), "first_name": first, "last_name": last,
            "date_of_birth": born });
        let outcome = self.open_call(&ONBOARD, &body).await?;
        outcome.meaning?;
        self.done(talk, &outcome.body).await
    }

    async fn done(&self, talk: &mut Talk, body: &Value) -> Result<SignInStep, CatalogError> {
        let begun = self.session.begin(body).await;
        let (who, unkept) = begun.ok_or_else(|| self.caller.senseless("it holds no session"))?;
        talk.stage = Stage::Address;
        Ok(SignInStep::Done { who: who.name, unkept })
    }

    /// A call before anybody is signed in. It is made once.
    async fn open_call(&self, operation: &Operation, body: &Value) -> Result<Outcome, CatalogError> {
        let url = self.paths.url(self.setup.base()?, operation, &[])?;
        self.caller.outcome(&Asked::guessed(&self.paths, operation), || post(&url, body)).await
    }
}

/// Whether it is the code that is not taken, and not another line of the form.
fn is_wrong_code(outcome: &Outcome) -> bool {
    let lines = outcome.body.get("errors").and_then(Value::as_object);
    match outcome.status {
        401 => true,
        422 => lines.is_none_or(|lines| lines.is_empty() || lines.contains_key("code")),
        _ => false,
    }
}

/// Whether a text is a date as `2019-08-24`.
pub(super) fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, range: std::ops::RangeInclusive<u16>| {
        part.bytes().all(|byte| byte.is_ascii_digit())
            && part.parse().is_ok_and(|number| range.contains(&number))
    };
    match parts.as_slice() {
        [year, month, day] => {
            text.len() == 10 && number(year, 1850..=9999) && number(month, 1..=12) && number(day, 1..=31)
        }
        _ => false,
    }
}

fn form(words: &str, fields: Vec<Field>) -> Form {
    Form { words: CleanText::new(words), fields }
}

fn address_form(words: &str) -> Form {
    let language = Field::new("language", "Language of the e-mail: en, nl or fr", "en");
    let fields =
        vec![Field::new("email", "E-mail address", "ada@example.net"), Field { optional: true, ..language }];
    form(words, fields)
}

fn code_form(words: &str) -> Form {
    form(words, vec![Field::new("code", "Code from the e-mail", "01372")])
}

fn onboarding_form(words: &str) -> Form {
    let fields = vec![
        Field::new("first_name", "First name", "Ada"),
        Field::new("last_name", "Last name", "Cole"),
        Field::new("date_of_birth", "Date of birth", "1990-01-15"),
    ];
    form(words, fields)
}
