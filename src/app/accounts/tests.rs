use super::*;
use crate::app::tests::{Run, Step, gone, page, service, slow, tracks};
use crate::app::{Answer, Focus, Page, ShelfState, Start};
use crate::model::{Account, Fault, FaultKind, Field, Form, Link, ServiceInfo, SignIn, SignInStep};

fn with_account(id: &'static str, lists: &[&str], sign_in: SignIn, account: Account) -> ServiceInfo {
    let mut info = service(id, true, lists, sign_in);
    info.capabilities.account = account;
    info
}

fn can(way: &str) -> Account {
    Account { way: Some(way.into()), who: None, key: None, join: None }
}

fn is(who: &str) -> Account {
    Account { way: Some("here".into()), who: Some(who.into()), key: None, join: None }
}

/// Nothing to sign in to; two that can be signed in to, one of them useless before; one that lacks a setting;
/// folders.
fn start() -> Run {
    let services = vec![
        service("open", true, &["top"], SignIn::NotNeeded),
        with_account("web", &["charts"], SignIn::NotNeeded, can("in the browser")),
        with_account("mail", &[], SignIn::Missing("Sign in".into()), can("by e-mail")),
        service("shut", true, &["gone"], SignIn::Missing("Set services.shut.token".into())),
        service("files", false, &["music"], SignIn::NotNeeded),
    ];
    Run::new(Start { services, ..Start::default() })
}

#[test]
fn an_account_is_got_on_the_services_page() {
    let join = Some(Link("https://web.example/join".parse().unwrap()));
    let account = Account { join, ..can("in the browser") };
    let services = vec![
        with_account("web", &["charts"], SignIn::NotNeeded, account),
        with_account("mail", &[], SignIn::Missing("Sign in".into()), can("by e-mail")),
        service("files", false, &["music"], SignIn::NotNeeded),
    ];
    let run = Run::new(Start { services, ..Start::default() });
    let run = run.steps([Step::Keys("gi"), Step::Keys("gg"), Step::Keys("w")]);
    assert!(run.asked().contains("open https://web.example/join"), "{}", run.asked());
    assert!(run.state.hints().iter().any(|hint| hint.words == "get an account"));
    let run = run.steps([Step::Keys("j"), Step::Keys("w")]);
    assert!(!run.asked().contains("open "), "{}", run.asked());
    assert!(run.state.hints().iter().all(|hint| hint.words != "get an account"));
}

fn form() -> SignInStep {
    let fields = vec![
        Field::new("email", "E-mail address", "ada@example.net"),
        Field { optional: true, ..Field::new("name", "Name", "") },
        Field::new("code", "Code", "").hidden(),
    ];
    SignInStep::Form(Form { words: "Who are you?".into(), fields })
}

fn visit(code: bool) -> SignInStep {
    let code = code.then(|| Form { words: "".into(), fields: vec![Field::new("code", "Code", "")] });
    SignInStep::Visit { address: "https://web.example/authorize?state=s3cret".parse().unwrap(), code }
}

fn refused(words: &str) -> Fault {
    Fault::new(FaultKind::Refused, words)
}

/// What the page shows in short: the row under the cursor, or the talk with the line that takes the keys marked.
fn shown(run: &Run) -> String {
    let state = &run.state;
    let Some(talk) = &state.accounts.talk else {
        return state.account_here().map_or_else(String::new, |service| service.id.to_string());
    };
    let line = |(at, line): (usize, &Line)| {
        let mark = if at == talk.line { "*" } else { "" };
        format!("{mark}{}={}", line.field.key, line.input.text())
    };
    let lines: Vec<_> = talk.lines.iter().enumerate().map(line).collect();
    let fault = talk.fault.as_ref().map(|fault| format!("! {fault}")).unwrap_or_default();
    let waiting = if talk.waiting { "waiting" } else { "" };
    let words = [talk.service.as_str(), &lines.join(" "), waiting, &fault];
    words.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(" ")
}

fn check(steps: Vec<Step>, asked: &str, facts: &str) -> Run {
    let told = format!("{steps:?}");
    let run = start().steps(steps);
    assert_eq!((run.asked().as_str(), shown(&run).as_str()), (asked, facts), "{told}");
    run
}

/// Keys on the accounts page, the cursor on the first service that can be signed in to.
fn keys(keys: &'static str) -> Vec<Step> {
    vec![Step::Keys("4"), Step::Keys(keys)]
}

fn with(mut steps: Vec<Step>, more: Vec<Step>) -> Vec<Step> {
    steps.extend(more);
    steps
}

fn asked(step: SignInStep) -> Step {
    Step::Asked(Ok(step))
}

#[test]
fn rows_say_what_can_be_done() {
    let run = check(keys(""), "", "web");
    let standings: Vec<_> =
        run.state.account_rows().map(|service| format!("{:?}", run.state.standing(service))).collect();
    assert_eq!(
        standings,
        [
            "Open",
            "CanSignIn { way: \"in the browser\", needed: false }",
            "CanSignIn { way: \"by e-mail\", needed: true }",
            "Missing(\"Set services.shut.token\")",
        ]
    );
    check(keys("<Enter>"), "sign in web", "web waiting");
    check(keys("k<Enter>"), "wait 5000", "open");
    let run = check(keys("jj<Enter>"), "wait 5000", "shut");
    let words = &run.state.notices.latest().unwrap().words;
    assert_eq!(words.as_str(), "shut cannot be used yet. Set services.shut.token");
    check(keys("jjjjd"), "wait 5000", "shut");
}

#[test]
fn a_shelf_that_needs_a_sign_in_leads_here() {
    let run = start().steps([Step::Keys("g w2"), Step::Keys("hk<Enter>")]);
    assert_eq!((run.state.page, shown(&run).as_str()), (Page::Accounts, "shut"));
    let run = start().steps([Step::Keys("g w2"), Step::Keys("hkk<Enter>")]);
    assert_eq!((run.state.page, shown(&run).as_str()), (Page::Accounts, "mail"));
}

#[test]
fn a_form_is_filled_in_line_by_line() {
    let begun = || with(keys("j<Enter>"), vec![asked(form())]);
    let run = check(begun(), "", "mail *email= name= code=");
    assert_eq!(run.state.focus(), Focus::SignInForm);
    let check = |keys: &'static str, asked: &str, facts: &str| {
        check(with(begun(), vec![Step::Keys(keys)]), asked, facts)
    };
    check("a q1<Enter>", "", "mail email=aq1 *name= code=");
    check("<Enter>", "", "mail *email= name= code= ! E-mail address is missing.");
    check("a<Enter><Enter>7", "", "mail email=a name= *code=7");
    check("a<Tab>b<Tab>c<Tab>d", "", "mail *email=ad name=b code=c");
    check("a<S-Tab>b<Up>c<Down><Down>d", "", "mail *email=ad name=c code=b");
    check("ab<Backspace><Left>c", "", "mail *email=ca name= code=");
    check("<S-Tab>7<Enter>", "", "mail *email= name= code=7 ! E-mail address is missing.");
    check(
        "a<Enter><Enter>7<Enter>",
        "answer mail email=a name= code=7",
        "mail email=a name= *code=7 waiting",
    );
    check(
        "a<Enter><Enter>7<Enter><Enter><Enter>",
        "answer mail email=a name= code=7",
        "mail email=a name= *code=7 waiting",
    );
    check("a<Esc>", "cancel sign-in", "mail");
    check("a<F3>", "", "mail *email=a name= code=");
    let long: &'static str = "x".repeat(2000).leak();
    let pasted = super::super::Msg::Paste(format!("{long}\n"));
    let mut run = start().steps(begun());
    run.send(pasted);
    assert_eq!(run.state.accounts.talk.unwrap().lines[0].input.text(), long);
}

#[test]
fn a_refused_answer_stays_to_be_mended_three_times() {
    let begun = || with(keys("j<Enter>"), vec![asked(form()), Step::Keys("a<Enter><Enter>s3cret<Enter>")]);
    let wrong = || Step::Asked(Err(refused("The code is wrong")));
    let facts = "mail email=a name= *code=s3cret ! The code is wrong.";
    check(with(begun(), vec![wrong()]), "", facts);
    check(
        with(begun(), vec![Step::Asked(Err(refused("No s3cret here")))]),
        "",
        "mail email=a name= *code=s3cret ! mail did not take it.",
    );
    let again = || vec![wrong(), Step::Keys("<Enter>")];
    check(
        with(begun(), again()),
        "answer mail email=a name= code=s3cret",
        "mail email=a name= *code=s3cret waiting",
    );
    let third =
        || with(begun(), vec![wrong(), Step::Keys("<Enter>"), wrong(), Step::Keys("<Enter>"), wrong()]);
    check(third(), "cancel sign-in", "mail ! The code is wrong.");
    check(with(third(), vec![Step::Keys("<Enter>")]), "sign in mail", "mail waiting");
    // Trouble on the way is no wrong answer.
    let slow = || vec![Step::Asked(Err(slow())), Step::Keys("<Enter>")];
    let many = (0..9).flat_map(|_| slow()).collect();
    check(
        with(begun(), many),
        "answer mail email=a name= code=s3cret",
        "mail email=a name= *code=s3cret waiting",
    );
    // A new form is a new beginning.
    let next = vec![wrong(), Step::Keys("<Enter>"), wrong(), Step::Keys("<Enter>"), asked(form()), wrong()];
    check(with(begun(), next), "", "mail *email= name= code= ! The code is wrong.");
}

#[test]
fn a_page_is_opened_and_a_code_taken() {
    let address = "open https://web.example/authorize?state=s3cret";
    let begun = |code| with(keys("<Enter>"), vec![asked(visit(code))]);
    let run = check(begun(false), address, "web");
    assert_eq!(run.state.focus(), Focus::SignIn);
    check(with(begun(false), vec![Step::Keys("<Enter>")]), address, "web");
    check(with(begun(false), vec![Step::Keys("<C-o>")]), address, "web");
    check(with(begun(false), vec![Step::Keys("q")]), "cancel sign-in", "web");
    check(with(begun(false), vec![Step::Keys("<Esc>")]), "cancel sign-in", "web");
    check(with(begun(true), vec![Step::Keys("1o<C-o>")]), address, "web *code=1o");
    check(with(begun(true), vec![Step::Keys("1o<Enter>")]), "answer web code=1o", "web *code=1o waiting");
    // The browser comes back while something else is looked at.
    let done = SignInStep::done("ada");
    let run = check(with(begun(true), vec![Step::Keys("1<F3><Esc>"), asked(done)]), "wait 5000", "web");
    assert_eq!(run.state.notices.latest().unwrap().words.as_str(), "You are signed in to web as ada.");
    assert_eq!(run.state.page, Page::Search);
    let denied = Step::Asked(Err(refused("You said no")));
    check(with(begun(false), vec![denied.clone()]), "cancel sign-in", "web ! You said no.");
    check(with(begun(false), vec![denied, Step::Keys("<Enter>")]), "sign in web", "web waiting");
    check(
        with(keys("<Enter>"), vec![Step::Asked(Err(slow())), Step::Keys("<Enter>")]),
        "sign in web",
        "web waiting",
    );
}

#[test]
fn what_is_told_of_the_token_is_not_lost() {
    use crate::app::{Event, Msg};
    let kept = |name: &str| Event::TokenKept {
        name: name.to_owned(),
        remark: refused(&format!("The token of {name} is in a file")),
    };
    let check = |heard: &[Event], expected: &str| {
        let mut run = start().steps(with(keys("<Enter>"), vec![asked(visit(true))]));
        for event in heard {
            run.send(Msg::Event(event.clone()));
        }
        run.step(asked(SignInStep::done("ada")));
        let words = run.state.notices.latest().unwrap().words.to_string();
        assert_eq!(words, expected, "{heard:?}");
    };
    let (done, in_file) = ("You are signed in to web as ada.", "The token of web is in a file.");
    check(&[], done);
    check(&[kept("web")], &format!("{done} {in_file}"));
    check(&[kept("web-device")], &format!("{done} The token of web-device is in a file."));
    // What else was said meanwhile is not about this sign-in.
    check(&[Event::Warned(refused("The configuration is odd"))], done);
    check(&[kept("webber"), kept("mail")], done);
    check(&[kept("web"), kept("mail"), Event::Warned(gone())], &format!("{done} {in_file}"));
}

#[test]
fn a_sign_in_that_cannot_be_kept_is_told() {
    let mut run = start().steps(with(keys("<Enter>"), vec![asked(visit(true))]));
    let unkept = Some(refused("The sign-in at web cannot be kept: the disk is full"));
    run.step(asked(SignInStep::Done { who: "ada".into(), unkept }));
    let notice = run.state.notices.latest().unwrap();
    let words = "You are signed in to web as ada. It lasts until you quit. The sign-in at web cannot be kept: the disk is full.";
    assert_eq!((notice.level, notice.words.as_str()), (crate::app::notices::Level::Warning, words));
}

#[test]
fn answers_of_a_sign_in_that_is_over_change_nothing() {
    let run = start().steps(with(keys("<Enter>"), vec![asked(visit(true)), Step::Keys("12<Esc>")]));
    let before = run.state.clone();
    let run = run.steps([asked(form())]);
    assert_eq!((run.asked().as_str(), &run.state), ("", &before));
    let run = start().steps([Step::Keys("4j<Enter>"), Step::Keys("<Esc>")]);
    let stale = run.state.accounts.clone();
    let run = run.steps([Step::Asked(Err(gone()))]);
    assert_eq!(run.state.accounts, stale);
}

#[test]
fn signing_out_is_asked_once() {
    let signed_in = || with_account("web", &["charts", "mine"], SignIn::Ready, is("ada"));
    let begun = || with(keys(""), vec![Step::ServiceChanged(Box::new(signed_in()))]);
    let check = |steps: Vec<Step>, asked: &str| check(with(begun(), steps), asked, "web");
    let run = check(vec![Step::Keys("d")], "wait 5000");
    let words = run.state.notices.latest().unwrap().words.to_string();
    assert_eq!(words, "Sign out of web, where you are ada? d again does it for good");
    check(vec![Step::Keys("d"), Step::Keys("d")], "sign out web");
    check(vec![Step::Keys("djk"), Step::Keys("d")], "wait 5000");
    check(vec![Step::Keys("d"), Step::Elapsed, Step::Keys("d")], "wait 5000");
    let run = check(vec![Step::Keys("dd"), Step::Keys("d")], "");
    assert_eq!(run.state.standing(run.state.account_here().unwrap()), Standing::Leaving);
    let out = with_account("web", &["charts"], SignIn::NotNeeded, can("in the browser"));
    let run = run.steps([Step::ServiceChanged(Box::new(out)), Step::SignedOut("web", Ok(()))]);
    assert_eq!(run.state.notices.latest().unwrap().words.as_str(), "You are signed out of web");
    let run = run.steps([Step::SignedOut("web", Err(slow()))]);
    assert!(run.state.notices.latest().unwrap().words.as_str().contains("here only. Nothing comes."));
}

#[test]
fn a_change_makes_only_its_own_shelves_anew() {
    let mut run =
        start().steps([Step::Keys("1"), Step::Browsed(Ok(page(tracks("a b c"), false))), Step::Keys("j")]);
    let before = run.state.browse.clone();
    let ready = with_account("mail", &["home", "new"], SignIn::Ready, is("ada"));
    run.step(Step::ServiceChanged(Box::new(ready.clone())));
    assert_eq!(run.asked(), "");
    let shelves = |run: &Run| {
        let title = |shelf: &crate::app::Shelf| format!("{}/{}", shelf.service, shelf.title());
        run.state.browse.shelves.iter().map(title).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(shelves(&run), "open/top web/charts mail/home mail/new shut/shut files/music");
    assert_eq!(run.state.browse.open(), before.open(), "what is read stays");
    let same = run.state.clone();
    run.step(Step::ServiceChanged(Box::new(ready)));
    assert_eq!(run.state, same, "no change changes nothing");
    // The open shelf's own service: the same list is asked for anew.
    let more = with_account("open", &["mine", "top"], SignIn::Ready, is("bob"));
    run.step(Step::ServiceChanged(Box::new(more)));
    assert_eq!(run.asked(), "browse open top 0");
    assert_eq!(shelves(&run), "open/mine open/top web/charts mail/home mail/new shut/shut files/music");
    // Its session ends.
    let shut = with_account("open", &[], SignIn::Missing("Sign in".into()), can("here"));
    run.step(Step::ServiceChanged(Box::new(shut)));
    assert!(matches!(run.state.browse.open().unwrap().state, ShelfState::NeedsSignIn(_)));
    let words = run.state.notices.latest().unwrap().words.to_string();
    assert_eq!(words, "open has ended your session; sign in again");
    assert!(run.state.welcome.doors[3].words.as_str().contains("open"), "{:?}", run.state.welcome.doors[3]);
}

#[test]
fn a_service_joins_the_search_that_is_shown() {
    let run = start().steps([Step::Keys("/night<Enter>")]);
    assert_eq!(
        run.asked(),
        "wait 250, wait 250, wait 250, wait 250, search open \"night\" 0, search web \"night\" 0"
    );
    let run = run.steps([Step::Found("open", Ok(page(tracks("a b"), false)))]);
    let ready = with_account("mail", &["home"], SignIn::Ready, is("ada"));
    let run = run.steps([Step::ServiceChanged(Box::new(ready))]);
    assert_eq!(run.asked(), "search mail \"night\" 0");
    assert_eq!(run.state.search.rows.len(), 2);
    let run = run.steps([Step::Found("mail", Ok(page(tracks("c"), false)))]);
    assert_eq!(run.state.search.rows.len(), 3);
    let out = with_account("mail", &[], SignIn::Missing("Sign in".into()), can("by e-mail"));
    let run = run.steps([Step::ServiceChanged(Box::new(out))]);
    assert!(matches!(run.state.search.services[2].answer, Answer::NotSignedIn(_)));
    assert_eq!(run.state.search.rows.len(), 3, "what was found stays");
}

/// I11: neither what is typed nor what an address carries is shown by `Debug`.
#[test]
fn debug_shows_nothing_that_is_typed() {
    let steps = with(keys("j<Enter>"), vec![asked(form()), Step::Keys("ada<Enter>lovelace<Enter>s3cret")]);
    let mut run = start().steps(steps);
    let before = format!("{:?}", run.state);
    run.step(Step::Keys("<Enter>"));
    let sent = format!("{:?} {:?}", run.effects, run.state);
    run.step(asked(visit(true)));
    let address = format!("{:?} {:?}", run.effects, run.state);
    for text in [before, sent, address] {
        assert!(!["s3cret", "lovelace"].iter().any(|secret| text.contains(secret)), "{text}");
    }
}
