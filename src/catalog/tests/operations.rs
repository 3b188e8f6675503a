//! The tables in `docs/operations`, read for tests: whether the requests in a sandbox's log are those that a table
//! calls used, with the credentials and the parameters it names. `docs/operations/README.md` says what the
//! columns hold. Names no service, and makes no request.

use std::collections::BTreeSet;

use serde_json::Value;
use url::form_urlencoded;

use crate::sandbox::RequestLine;

/// A table's rows.
pub(in crate::catalog) struct Table {
    rows: Vec<Row>,
}

/// One operation.
struct Row {
    method: String,
    /// With `{name}` where a value stands.
    path: String,
    is_used: bool,
    /// Whose credentials may come along; one of them must.
    auth: Vec<String>,
    /// What must be sent by some request that succeeds: a name, and the value if only that one will do.
    sends: Vec<(String, Option<String>)>,
}

impl Table {
    /// The rows below the heading `part`, or all when it is empty. Panics over a row that cannot be read.
    pub(in crate::catalog) fn read(text: &str, part: &str) -> Self {
        let (mut heading, mut columns, mut rows) = (String::new(), Vec::new(), Vec::new());
        for line in text.lines() {
            if let Some(words) = line.strip_prefix("## ") {
                heading = words.replace('`', "");
            }
            let Some(line) = line.strip_prefix("| ") else { continue };
            let cells: Vec<&str> = line.strip_suffix('|').unwrap().split('|').map(str::trim).collect();
            if cells[0] == "Operation" {
                columns = cells;
            } else if cells[0].starts_with('`') && (part.is_empty() || heading == part) {
                let cell = |name: &str| cells[columns.iter().position(|column| *column == name).unwrap()];
                rows.push(Row::read(cell("Operation"), cell("Used"), cell("Auth"), cell("Sends")));
            }
        }
        let shape = |row: &Row| format!("{} {:?}", row.method, literals(&row.path));
        let shapes: BTreeSet<String> = rows.iter().map(shape).collect();
        assert_eq!(shapes.len(), rows.len(), "an operation stands there twice");
        Self { rows }
    }

    /// How many operations there are, and how many of them are used.
    pub(in crate::catalog) fn counts(&self) -> (usize, usize) {
        (self.rows.len(), self.rows.iter().filter(|row| row.is_used).count())
    }

    /// What does not fit, a sentence each: a request that no row describes or that a row calls unused, an
    /// operation that never succeeded, the wrong credentials, a parameter that never came. `path` gives a
    /// request's path as the table writes it, or `None` when it is none of the service's API.
    pub(in crate::catalog) fn faults(
        &self,
        requests: &[RequestLine],
        path: impl Fn(&RequestLine) -> Option<String>,
    ) -> Vec<String> {
        let mut faults = Vec::new();
        let mut made: Vec<Vec<&RequestLine>> = vec![Vec::new(); self.rows.len()];
        for line in requests {
            let Some(path) = path(line) else { continue };
            match self.find(&line.method, &path) {
                Some(row) => made[row].push(line),
                None => faults.push(format!("{} {path} is in no row", line.method)),
            }
        }
        for (row, made) in self.rows.iter().zip(&made) {
            faults.extend(
                row.faults(made).into_iter().map(|fault| format!("{} {} {fault}", row.method, row.path)),
            );
        }
        faults
    }

    /// The most specific row for a request.
    fn find(&self, method: &str, path: &str) -> Option<usize> {
        let fits = |row: &Row| row.method == method && is_of(path, &row.path);
        let found = self.rows.iter().enumerate().filter(|(_, row)| fits(row));
        found.max_by_key(|(_, row)| literals(&row.path).iter().flatten().count()).map(|(index, _)| index)
    }
}

impl Row {
    fn read(operation: &str, used: &str, auth: &str, sends: &str) -> Self {
        let (method, path) = operation.trim_matches('`').split_once(' ').unwrap();
        let is_used = used == "yes";
        assert!(
            is_used || used.strip_prefix("no: ").is_some_and(|why| why.len() > 10),
            "{operation}: {used}"
        );
        assert!(is_used != auth.is_empty(), "{operation} has the credentials {auth:?}");
        let auth = auth.split(" or ").filter(|kind| !kind.is_empty()).map(str::to_owned).collect();
        let names = sends.split(", ").filter(|name| !name.is_empty()).map(|name| name.trim_matches('`'));
        let sends = names.map(|name| match name.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (name.to_owned(), None),
        });
        Self { method: method.to_owned(), path: path.to_owned(), is_used, auth, sends: sends.collect() }
    }

    fn faults(&self, made: &[&RequestLine]) -> Vec<String> {
        if !self.is_used {
            return made.first().map(|_| "was made and is called unused".to_owned()).into_iter().collect();
        }
        let done: Vec<_> = made.iter().filter(|line| (200..400).contains(&line.status)).collect();
        if done.is_empty() {
            return vec![format!("never succeeded in {} tries", made.len())];
        }
        let mut faults: BTreeSet<String> = BTreeSet::new();
        for kind in made.iter().map(|line| credentials(line)) {
            if !self.auth.iter().any(|known| known == kind) {
                faults.insert(format!("came with the credentials {kind:?}"));
            }
        }
        let sent: Vec<(String, String)> = done.iter().flat_map(|line| sent(line)).collect();
        for (name, value) in &self.sends {
            let fits = |(known, came): &(String, String)| {
                known == name && value.as_ref().is_none_or(|value| value == came)
            };
            if !sent.iter().any(fits) {
                faults.insert(format!("never sent {name} {value:?}"));
            }
        }
        faults.into_iter().collect()
    }
}

/// A path's segments; `None` where a value stands.
fn literals(template: &str) -> Vec<Option<&str>> {
    template.split('/').map(|segment| (!segment.contains('{')).then_some(segment)).collect()
}

/// Whether a path is of a template; a page at its end does not count.
fn is_of(path: &str, template: &str) -> bool {
    let (path, _) = paged(path);
    let (came, wanted): (Vec<&str>, Vec<&str>) = (path.split('/').collect(), template.split('/').collect());
    let fits = |(came, wanted): (&&str, &&str)| match wanted.split_once('{') {
        Some((before, rest)) => {
            let (_, after) = rest.split_once('}').unwrap();
            let value = came.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
            value.is_some_and(|value| !value.is_empty())
        }
        None => came == wanted,
    };
    came.len() == wanted.len() && came.iter().zip(&wanted).all(fits)
}

/// A path without `/page/N` at its end, and that number.
fn paged(path: &str) -> (&str, Option<&str>) {
    match path.rsplit_once("/page/") {
        Some((path, page)) if page.bytes().all(|digit| digit.is_ascii_digit()) => (path, Some(page)),
        _ => (path, None),
    }
}

/// Whose credentials came along, in the tables' words.
fn credentials(line: &RequestLine) -> &'static str {
    match line.credentials() {
        "api key" => "key",
        "other" if line.header("x-audiosocket-token").is_some() => "token",
        "other" if line.header("auth-token").is_some() => "app user",
        "other" => "app",
        known => known,
    }
}

/// Everything a request says besides its path, names and values: the query, the body's fields or form, the
/// OAuth parameters, the headers, and the page at the path's end.
fn sent(line: &RequestLine) -> Vec<(String, String)> {
    let mut sent: Vec<(String, String)> =
        form_urlencoded::parse(line.query.as_bytes()).into_owned().collect();
    sent.extend(line.headers.iter().cloned());
    sent.extend(paged(&line.path).1.map(|page| ("page".to_owned(), page.to_owned())));
    if let Some(oauth) = line.header("authorization").and_then(|value| value.strip_prefix("OAuth ")) {
        let pairs = oauth.split(',').filter_map(|pair| pair.trim().split_once('='));
        sent.extend(pairs.map(|(name, value)| (name.to_owned(), value.trim_matches('"').to_owned())));
    }
    let kind = line.header("content-type").unwrap_or_default();
    if kind.starts_with("application/x-www-form-urlencoded") {
        sent.extend(form_urlencoded::parse(line.body.as_bytes()).into_owned());
    } else if kind.starts_with("multipart/form-data") {
        let names = line.body.split("; name=\"").skip(1).filter_map(|rest| rest.split_once('"'));
        sent.extend(names.map(|(name, _)| (name.to_owned(), String::new())));
    } else if let Ok(body) = serde_json::from_str::<Value>(&line.body) {
        let objects = if let Value::Array(rows) = body { rows } else { vec![body] };
        for (name, value) in objects.iter().filter_map(Value::as_object).flatten() {
            sent.push((name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
        }
    }
    sent
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
## `one`
| Operation | Used | By | Auth | Sends |
| --- | --- | --- | --- | --- |
| `GET /list/{genre}/new` | yes | x | oauth or oauth user | `page` |
| `GET /list/{owner}/{slug}` | yes | x | oauth | |
| `POST /list/{id}.mp3` | yes | x | none | `type=play`, `range` |
| `PUT /list` | no: nobody needs it at all | | | |
## two
| Operation | Used | By | Key | Auth | Sends |
| --- | --- | --- | --- | --- | --- |
| `GET /` | yes | x | k | bearer | |
";

    fn line(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> RequestLine {
        RequestLine {
            method: method.to_owned(),
            path: path.to_owned(),
            query: String::new(),
            status: 200,
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: body.to_owned(),
        }
    }

    /// What is right, and then each way to be wrong.
    #[test]
    fn faults_are_found() {
        let oauth = ("authorization", "OAuth oauth_nonce=\"1\"");
        let json = ("content-type", "application/json");
        let form = ("content-type", "application/x-www-form-urlencoded");
        let newest = || line("GET", "/list/folk/new/page/2", &[oauth], "");
        let slug = || line("GET", "/list/ada/new-songs", &[oauth], "");
        let play = |headers: &[(&str, &str)], body: &str| {
            line("POST", "/list/7.mp3", &[&[("range", "bytes=0-")], headers].concat(), body)
        };
        let played = || play(&[json], r#"{"type":"play"}"#);
        let check = |requests: &[RequestLine], expected: &[&str]| {
            let table = Table::read(TABLE, "one");
            assert_eq!(table.counts(), (4, 3));
            assert_eq!(table.faults(requests, |line| Some(line.path.clone())), expected);
        };
        check(&[newest(), slug(), played()], &[]);
        check(&[newest(), slug(), play(&[form], "type=play")], &[]);
        check(
            &[newest(), slug(), play(&[form], "type=view")],
            &["POST /list/{id}.mp3 never sent type Some(\"play\")"],
        );
        check(&[newest(), played()], &["GET /list/{owner}/{slug} never succeeded in 0 tries"]);
        let failed = RequestLine { status: 404, ..slug() };
        check(&[newest(), failed, played()], &["GET /list/{owner}/{slug} never succeeded in 1 tries"]);
        let open = line("GET", "/list/ada/x", &[], "");
        check(
            &[newest(), slug(), open, played()],
            &["GET /list/{owner}/{slug} came with the credentials \"none\""],
        );
        let first = line("GET", "/list/folk/new", &[oauth], "");
        check(&[first, slug(), played()], &["GET /list/{genre}/new never sent page None"]);
        let unused = line("PUT", "/list", &[], "");
        check(&[newest(), slug(), played(), unused], &["PUT /list was made and is called unused"]);
        let unknown = line("POST", "/list/7.ogg", &[], "");
        check(&[newest(), slug(), played(), unknown], &["POST /list/7.ogg is in no row"]);
        assert_eq!(Table::read(TABLE, "").counts(), (5, 4));
    }

    /// The counts in the overview are those of the tables, and no table or part is left out.
    #[test]
    fn the_overview_counts_right() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operations");
        let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        let (mut of_all, mut counted) = (0, std::collections::BTreeMap::<String, (usize, usize)>::new());
        for row in text("README.md").lines().filter_map(|line| line.strip_prefix("| [")) {
            let (_, row) = row.split_once("](").unwrap();
            let (file, row) = row.split_once(") | ").unwrap();
            let (part, numbers) = row.trim_end_matches(" |").split_once(" | ").unwrap();
            let numbers: Vec<usize> = numbers.split(" | ").map(|number| number.parse().unwrap()).collect();
            let table = Table::read(&text(file), if part == "all" { "" } else { part });
            assert_eq!(table.counts(), (numbers[0], numbers[1]), "{file} {part}");
            let sum = counted.entry(file.to_owned()).or_default();
            *sum = (sum.0 + numbers[0], sum.1 + numbers[1]);
            of_all += numbers[2];
        }
        assert_eq!(of_all, 113);
        let rows = |file: &String| text(file).lines().filter(|line| line.starts_with("| `")).count();
        assert!(counted.iter().all(|(file, sum)| rows(file) == sum.0), "{counted:?}");
        let files = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name());
        let files = files.filter(|name| name != "README.md").map(|name| name.into_string().unwrap());
        assert_eq!(files.collect::<BTreeSet<_>>(), counted.into_keys().collect::<BTreeSet<_>>());
    }
}
