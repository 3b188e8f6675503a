//! The whole of it against the sandbox: each operation that the table in `docs/operations/yourmusic.md` calls
//! used is made, with the right credentials.

use super::*;
use crate::catalog::tests::operations::Table;
use crate::model::{PlaylistAbout, Secret, SignInAnswer, SignInStep};
use crate::sandbox::{self, RequestLine, Sandbox};

/// 2027-01-15 08:00.
const NOW: u64 = 1_800_000_000;

struct Rehearsal {
    sandbox: Sandbox,
    time: Arc<AtomicU64>,
}

impl Rehearsal {
    async fn new() -> Self {
        let time = Arc::new(AtomicU64::new(NOW));
        let clock = Arc::clone(&time);
        let sandbox = sandbox::start(0, Arc::new(move || clock.load(Ordering::SeqCst))).await.unwrap();
        Self { sandbox, time }
    }

    fn player(&self, is_delegated: bool) -> YourMusic {
        let known = self.sandbox.credentials().yourmusic;
        let mut settings = YourMusicSettings {
            base_url: self.sandbox.base_url("yourmusic").parse().ok(),
            tenant: known.tenant.to_owned(),
            client_id: Secret::new(known.client_id),
            client_secret: Secret::new(known.client_secret),
            ..YourMusicSettings::default()
        };
        if is_delegated {
            settings.user_id = known.user_id.to_owned();
        }
        let time = Arc::clone(&self.time);
        let unix_time = Arc::new(move || time.load(Ordering::SeqCst));
        YourMusic::new(&settings, &net(), &Surroundings { unix_time, ..surroundings(0) })
    }

    async fn enter(&self, catalog: &YourMusic, email: &str) -> SignInStep {
        let form = |key: &str, value: &str| SignInAnswer::Form(vec![(key.to_owned(), Secret::new(value))]);
        catalog.sign_in(SignInAnswer::Begin { callback: None }).await.unwrap();
        let about = [("email", email), ("language", "en")];
        let about = about.map(|(key, value)| (key.to_owned(), Secret::new(value))).to_vec();
        catalog.sign_in(SignInAnswer::Form(about)).await.unwrap();
        catalog.sign_in(form("code", self.sandbox.credentials().yourmusic.otp_code)).await.unwrap()
    }
}

async fn open(catalog: &YourMusic, list: &str) -> Vec<Item> {
    catalog.browse(&ListId(list.to_owned()), 0).await.unwrap_or_else(|error| panic!("{list}: {error}")).items
}

async fn playlist_rows(catalog: &YourMusic, id: &str) -> Vec<String> {
    let items = open(catalog, &format!("playlist/{id}")).await;
    items.iter().filter_map(Item::track).map(|track| id_of(track).to_owned()).collect()
}

fn strings(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

#[tokio::test]
async fn both_ways_in_keep_the_contract() {
    let rehearsal = Rehearsal::new().await;
    assert_eq!(contract::check(&rehearsal.player(true)).await, Vec::<String>::new());
    let catalog = rehearsal.player(false);
    let email = rehearsal.sandbox.credentials().yourmusic.email;
    assert!(matches!(rehearsal.enter(&catalog, email).await, SignInStep::Done { .. }));
    assert_eq!(contract::check(&catalog).await, Vec::<String>::new());
    let bad: Vec<_> = rehearsal.sandbox.requests().into_iter().filter(|line| line.status >= 400).collect();
    // What the contract asks for in vain.
    assert!(bad.iter().all(|line| line.status == 404 || line.path.contains("/stream/")), "{bad:#?}");
}

#[tokio::test]
async fn playlists_change_as_they_are_told_to() {
    let rehearsal = Rehearsal::new().await;
    let catalog = rehearsal.player(true);
    let about = PlaylistAbout { title: Some("Rehearsed".to_owned()), ..PlaylistAbout::default() };
    let create = Change::CreatePlaylist { about, tracks: strings(&["2001", "2002", "2003"]) };
    let id = catalog.change(&create).await.unwrap().unwrap().id;
    let steps: [&[&str]; 6] = [
        &["2003", "2001", "2002"],
        &["2003", "2001", "2002", "2010"],
        &["2003", "2002", "2010"],
        &["2010", "2002", "2003"],
        &["2010", "2002", "2003", "2010"],
        &[],
    ];
    let mut before = playlist_rows(&catalog, &id).await;
    assert_eq!(before, ["2001", "2002", "2003"]);
    for after in steps {
        let change = Change::ArrangePlaylist { id: id.clone(), before, after: strings(after) };
        catalog.change(&change).await.unwrap();
        before = playlist_rows(&catalog, &id).await;
        assert_eq!(before, after);
    }
    let public = PlaylistAbout { public: Some(true), ..PlaylistAbout::default() };
    catalog.change(&Change::EditPlaylist { id: id.clone(), about: public }).await.unwrap();
    let item = catalog.item(Kind::Playlist, &id).await.unwrap();
    let Item::Collection(playlist) = item else { panic!() };
    assert!(playlist.mine && playlist.title.as_str() == "Rehearsed");
    assert_eq!(playlist.note, Some("public".into()));
}

#[tokio::test]
async fn every_operation_of_the_table_is_made() {
    let rehearsal = Rehearsal::new().await;
    let catalog = rehearsal.player(false);
    assert_eq!(open(&catalog, "home").await.len(), 2, "a guest's home: two modules have nothing to show");
    // Somebody new, who leaves again; then somebody known.
    let asked = rehearsal.enter(&catalog, "nia@example.net").await;
    assert!(matches!(asked, SignInStep::Form(_)));
    let about = [("first_name", "Nia"), ("last_name", "Okoro"), ("date_of_birth", "1990-01-15")];
    let about = about.map(|(key, value)| (key.to_owned(), Secret::new(value))).to_vec();
    let done = catalog.sign_in(SignInAnswer::Form(about)).await.unwrap();
    assert_eq!(done, SignInStep::done("Nia Okoro"));
    catalog.sign_out().await.unwrap();
    rehearsal.enter(&catalog, rehearsal.sandbox.credentials().yourmusic.email).await;
    rehearsal.time.fetch_add(3600, Ordering::SeqCst);
    assert_eq!(open(&catalog, "home").await.len(), 3, "renewed, with one's own module");

    for kind in Kind::ALL {
        let query = SearchQuery { kind, ..words("e", 50, 0) };
        assert!(!catalog.search(&query).await.unwrap().items.is_empty(), "{kind}");
        let filters = vec![("explicit".to_owned(), "hide".to_owned())];
        catalog.search(&SearchQuery { filters, ..query }).await.unwrap();
    }
    let artists = open(&catalog, "letter/A").await;
    let Some(Item::Collection(artist)) = artists.first() else { panic!() };
    let lists = open(&catalog, &artist.reference.list().0).await;
    assert!(lists.len() > 3, "types of releases, then tracks");
    let albums = open(&catalog, &format!("releases/{}/album", artist.reference.id)).await;
    let Some(Item::Collection(album)) = albums.first() else { panic!() };
    assert!(matches!(catalog.item(Kind::Album, &album.reference.id).await, Ok(Item::Collection(_))));
    assert!(!open(&catalog, &album.reference.list().0).await.is_empty());
    for list in ["mine", "featured"] {
        assert!(!open(&catalog, list).await.is_empty(), "{list}");
    }
    let mine = open(&catalog, "mine").await;
    let Some(Item::Collection(mine)) = mine.first() else { panic!() };
    let id = mine.reference.id.clone();
    let mut rows = playlist_rows(&catalog, &id).await;
    for after in [rows.iter().rev().cloned().collect::<Vec<_>>(), Vec::new()] {
        catalog
            .change(&Change::ArrangePlaylist { id: id.clone(), before: rows, after: after.clone() })
            .await
            .unwrap();
        rows = after;
    }
    let tracks = strings(&["2001", "2002"]);
    catalog.change(&Change::AddToPlaylist { id: id.clone(), tracks }).await.unwrap();
    let (before, after) = (strings(&["2001", "2002"]), strings(&["2002", "2001"]));
    catalog.change(&Change::ArrangePlaylist { id: id.clone(), before, after }).await.unwrap();
    let about =
        PlaylistAbout { title: Some("Other".to_owned()), public: Some(true), ..PlaylistAbout::default() };
    catalog.change(&Change::EditPlaylist { id: id.clone(), about: about.clone() }).await.unwrap();
    catalog.change(&Change::CreatePlaylist { about, tracks: Vec::new() }).await.unwrap();
    catalog.item(Kind::Playlist, &id).await.unwrap();
    catalog.track("2001").await.unwrap();
    catalog.locate("2001", Purpose::Listen).await.unwrap();

    let special = async |name: &str, values: &[(&str, &str)]| {
        let values: Vec<_> =
            values.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        catalog.special(name, &values).await.unwrap_or_else(|error| panic!("{name}: {error}")).value
    };
    special("profile", &[]).await;
    special("profile edit", &[("first_name", "Ada")]).await;
    let back = ["success_url", "cancel_url"].map(|name| (name, "https://app.example.net/back"));
    let product = ("product_slug", rehearsal.sandbox.credentials().yourmusic.product_slug);
    special("checkout", &[product, back[0], back[1]]).await;
    assert_eq!(special("status", &[]).await["catalogue"]["status"], "up");
    special("releases", &[("ids", &album.reference.id)]).await;
    assert!(special("admin users", &[("page", "1")]).await["data"].is_array());
    let user = [
        ("first_name", "Kit"),
        ("last_name", "Moss"),
        ("email", "kit@b.example"),
        ("date_of_birth", "2001-02-03"),
    ];
    let made = special("admin create-user", &user).await;
    let id = made["id"].as_str().unwrap();
    special("admin get-user", &[("id", id)]).await;
    special("admin update-user", &[("id", id), ("last_name", "Fern")]).await;
    special("admin udt", &[("id", id)]).await;

    let lines = rehearsal.sandbox.requests();
    let path = |line: &RequestLine| line.path.strip_prefix("/yourmusic").map(str::to_owned);
    let table = include_str!("../../../../docs/operations/yourmusic.md");
    assert_eq!(Table::read(table, "").faults(&lines, path), Vec::<String>::new());
    // Nobody's token goes to where the bytes are.
    assert!(
        lines.iter().filter(|line| line.path.starts_with("/cdn/")).all(|line| line.credentials() == "none")
    );
}
