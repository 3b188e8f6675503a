//! The talk with a made-up service and a browser that is a socket.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;
use url::Url;

use super::talk::{Asked, hold};
use crate::catalog::{Answer, Catalog, CatalogError};
use crate::model::{
    Capabilities, Field, Form, Item, Kind, ListId, Locator, Page, Purpose, SearchQuery, Secret, ServiceId,
    SignInAnswer, SignInStep, Track,
};

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Asks for an e-mail address and a code, or sends the browser away.
struct MadeUp {
    in_browser: bool,
    heard: Mutex<Vec<SignInAnswer>>,
}

const NAME: &str = "Made up";

impl MadeUp {
    fn lacking<T: Send + 'static>(&self) -> Answer<'_, T> {
        Box::pin(async { Err(self.lacks("music")) })
    }

    fn next(&self, answer: SignInAnswer) -> Result<SignInStep, CatalogError> {
        let refused = |reason: &str| CatalogError::Refused { service: NAME, reason: reason.to_owned() };
        let step = match &answer {
            SignInAnswer::Begin { callback: Some(callback) } if self.in_browser => {
                let mut address: Url = "https://made-up.example/authorize?state=s1".parse().unwrap();
                address.query_pairs_mut().append_pair("redirect_uri", callback.as_str());
                let code = Form { words: "".into(), fields: vec![Field::new("code", "Code", "")] };
                Ok(SignInStep::Visit { address, code: Some(code) })
            }
            SignInAnswer::Begin { .. } => Ok(SignInStep::Form(Form {
                words: "A code was sent".into(),
                fields: vec![Field::new("code", "Code", "")],
            })),
            answer => match answer.value("code") {
                Some("right") => Ok(SignInStep::done("ada")),
                Some(_) => Err(refused("the code is wrong")),
                None => Err(refused("you said no")),
            },
        };
        self.heard.lock().unwrap().push(answer);
        step
    }
}

impl Catalog for MadeUp {
    fn id(&self) -> ServiceId {
        ServiceId::known("made-up")
    }
    fn name(&self) -> &'static str {
        NAME
    }
    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }
    fn search<'a>(&'a self, _query: &'a SearchQuery) -> Answer<'a, Page<Item>> {
        self.lacking()
    }
    fn browse<'a>(&'a self, _list: &'a ListId, _page: u32) -> Answer<'a, Page<Item>> {
        self.lacking()
    }
    fn track<'a>(&'a self, _id: &'a str) -> Answer<'a, Track> {
        self.lacking()
    }
    fn item<'a>(&'a self, _kind: Kind, _id: &'a str) -> Answer<'a, Item> {
        self.lacking()
    }
    fn locate<'a>(&'a self, _id: &'a str, _purpose: Purpose) -> Answer<'a, Locator> {
        self.lacking()
    }
    fn ping(&self) -> Answer<'_, ()> {
        self.lacking()
    }
    fn sign_in(&self, answer: SignInAnswer) -> Answer<'_, SignInStep> {
        Box::pin(async move { self.next(answer) })
    }
}

/// A talk under way.
struct Talk {
    service: Arc<MadeUp>,
    answers: mpsc::Sender<SignInAnswer>,
    asked: mpsc::Receiver<Asked>,
    task: tokio::task::JoinHandle<()>,
}

impl Talk {
    fn begin(tasks: &Runtime, in_browser: bool) -> Self {
        let service = Arc::new(MadeUp { in_browser, heard: Mutex::default() });
        let (answers, to_service) = mpsc::channel(1);
        let (tell, asked) = mpsc::channel(1);
        let catalog: Arc<dyn Catalog> = Arc::clone(&service) as _;
        let task = tasks.spawn(hold(catalog, true, to_service, move |step| {
            let tell = tell.clone();
            async move { tell.send(step).await.unwrap() }.boxed()
        }));
        Self { service, answers, asked, task }
    }

    fn asked(&mut self, tasks: &Runtime) -> Result<SignInStep, String> {
        tasks.block_on(self.asked.recv()).unwrap().map_err(|fault| fault.message.to_string())
    }

    fn answer(&self, tasks: &Runtime, code: &str) {
        let form = SignInAnswer::Form(vec![("code".to_owned(), Secret::new(code))]);
        tasks.block_on(self.answers.send(form)).unwrap();
    }

    /// Where the browser is to come back to.
    fn callback(&self) -> Url {
        match &self.service.heard.lock().unwrap()[0] {
            SignInAnswer::Begin { callback: Some(callback) } => callback.clone(),
            other => panic!("{other:?}"),
        }
    }
}

fn done() -> SignInStep {
    SignInStep::done("ada")
}

/// What the page that comes back says; nothing when nobody is there.
fn browse(callback: &Url, query: &str) -> String {
    let port = callback.port().unwrap();
    let Ok(mut stream) = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))) else {
        return String::new();
    };
    let host = format!("{}:{port}", callback.host_str().unwrap());
    let sent = write!(stream, "GET /callback?{query} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let mut page = String::new();
    match sent.and_then(|()| stream.read_to_string(&mut page)) {
        Ok(_) => page,
        Err(_) => String::new(),
    }
}

#[test]
fn a_form_is_asked_until_it_is_right() {
    let tasks = runtime();
    let mut talk = Talk::begin(&tasks, false);
    assert!(matches!(talk.asked(&tasks), Ok(SignInStep::Form(_))));
    for code in ["wrong", "wrong again"] {
        talk.answer(&tasks, code);
        assert_eq!(talk.asked(&tasks), Err("Made up refused: the code is wrong".to_owned()));
    }
    talk.answer(&tasks, " right ");
    assert_eq!(talk.asked(&tasks), Ok(done()));
    tasks.block_on(talk.task).unwrap();
    // The place to come back to is closed.
    assert!(talk.answers.is_closed());
}

#[test]
fn the_browser_comes_back_by_itself() {
    let tasks = runtime();
    let mut talk = Talk::begin(&tasks, true);
    assert!(matches!(talk.asked(&tasks), Ok(SignInStep::Visit { .. })));
    let callback = talk.callback();
    assert!(callback.as_str().starts_with("http://localhost:"), "{callback}");
    // A wrong code is no end of waiting; a stranger's answer is none at all.
    talk.answer(&tasks, "wrong");
    assert!(talk.asked(&tasks).is_err());
    assert!(browse(&callback, "code=right&state=s2").contains("403"));
    assert!(browse(&callback, "code=right&state=s1").contains("Segue has the answer"));
    assert_eq!(talk.asked(&tasks), Ok(done()));
    tasks.block_on(talk.task).unwrap();
    assert_eq!(browse(&callback, "code=right&state=s1"), "");
    let heard = talk.service.heard.lock().unwrap();
    assert!(matches!(heard.last(), Some(SignInAnswer::Callback(_))), "{heard:?}");
    assert_eq!(heard.len(), 3);
}

#[test]
fn a_code_ends_the_waiting_for_the_browser() {
    let tasks = runtime();
    let mut talk = Talk::begin(&tasks, true);
    assert!(talk.asked(&tasks).is_ok());
    talk.answer(&tasks, "right");
    assert_eq!(talk.asked(&tasks), Ok(done()));
    tasks.block_on(talk.task).unwrap();
    let callback = talk.service.heard.lock().unwrap()[0].clone();
    let SignInAnswer::Begin { callback: Some(callback) } = callback else { panic!("{callback:?}") };
    assert_eq!(browse(&callback, "code=right&state=s1"), "");
}

#[test]
fn who_says_no_is_told_and_who_leaves_closes_the_door() {
    let tasks = runtime();
    let mut talk = Talk::begin(&tasks, true);
    assert!(talk.asked(&tasks).is_ok());
    let callback = talk.callback();
    assert!(browse(&callback, "error=access_denied&state=s1").contains("Not signed in"));
    assert_eq!(talk.asked(&tasks), Err("Made up refused: you said no".to_owned()));

    let mut talk = Talk::begin(&tasks, true);
    assert!(talk.asked(&tasks).is_ok());
    let callback = talk.callback();
    talk.task.abort();
    assert!(tasks.block_on(talk.task).unwrap_err().is_cancelled());
    assert_eq!(browse(&callback, "code=right&state=s1"), "");
}
